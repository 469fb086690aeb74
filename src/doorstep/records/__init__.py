"""What arrived: contracts, profiles, mapping, loading, quarantine, linkage, purposes, pseudonyms, the gate, the lake.

In: extracts as a Place receives them (three ways: de-identified, identifiable, the Place's own list).
Out: an immutable, hashed lake snapshot of pseudonymised tables (`contracts`), and for every row that arrived what
became of it. Planes: the vault and the gate are direct care; the lake is planning.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.records.lake import Lake as Lake
    from doorstep.records.lake import open_lake as open_lake
    from doorstep.records.load import LoadReport as LoadReport
    from doorstep.records.load import load as load
    from doorstep.records.outcomes import outcomes as outcomes

# The door's names, imported on first use: DuckDB is heavy and `doorstep --help` must stay quick.
_HOMES = {
    "Lake": "lake",
    "open_lake": "lake",
    "LoadReport": "load",
    "load": "load",
    "outcomes": "outcomes",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_HOMES[name]}"), name)
