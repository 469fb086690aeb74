"""What arrived: contracts, profiles, mapping, loading, quarantine, linkage, purposes, pseudonyms, the lake.

In: extracts as a Place receives them (three ways: de-identified, identifiable, the Place's own list).
Out: an immutable, hashed lake snapshot of pseudonymised tables (`contracts`), and for every row that arrived what
became of it. Planes: the vault and the gate are direct care; the lake is planning.
"""
