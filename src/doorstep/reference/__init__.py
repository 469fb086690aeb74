"""Facts with sources: areas, deprivation, practices, code lists, score weights, metric definitions, policy values.

In: nothing at run time (the tables ship in the package, derived by `scripts/derive_reference.py`). Out: Parquet tables
(`table`), Places (`places`) and policy values (`policy`), each with source, vintage, licence and checksum.
Plane: none; nothing here is about a person.
"""

from doorstep.reference.tables import Source, attributions, sources, table, verify

__all__ = ["Source", "attributions", "sources", "table", "verify"]
