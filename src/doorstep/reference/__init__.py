"""Facts with sources: areas, deprivation, practices, code lists, score weights, metric definitions, policy values.

In: nothing at run time (the tables ship in the package, derived by `scripts/derive_reference.py`). Out: Parquet tables
(`table`), Places (`places`), areas and deprivation (`areas`) and policy values (`policy`), each with its source.
Plane: none; nothing here is about a person.
"""

from doorstep.reference.tables import DEFINITIONS, Source, attributions, sources, table, verify

__all__ = ["DEFINITIONS", "Source", "attributions", "sources", "table", "verify"]
