"""What arrived: contracts, profiles, mapping, loading, quarantine, linkage, purposes, pseudonyms, the gate, the lake.

In: extracts as a Place receives them (three ways: de-identified, identifiable, the Place's own list).
Out: an immutable, hashed lake snapshot of pseudonymised tables (`contracts`), and for every row that arrived what
became of it. Planes: the vault and the gate are direct care; the lake is planning.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.records.adopting import adopt_made as adopt_made
    from doorstep.records.coverage import Completeness as Completeness
    from doorstep.records.coverage import completeness as completeness
    from doorstep.records.coverage import stop_reasons as stop_reasons
    from doorstep.records.lake import Lake as Lake
    from doorstep.records.lake import open_lake as open_lake
    from doorstep.records.loading import LoadReport as LoadReport
    from doorstep.records.loading import load as load
    from doorstep.records.row_outcomes import outcomes as outcomes
    from doorstep.records.snapshot import current_name as current_snapshot

__all__ = [
    "Completeness",
    "Lake",
    "LoadReport",
    "adopt_made",
    "completeness",
    "current_snapshot",
    "load",
    "open_lake",
    "outcomes",
    "stop_reasons",
]

# The door's names, imported on first use: DuckDB is heavy and `doorstep --help` must stay quick.
_HOMES = {
    "Completeness": ("coverage", "Completeness"),
    "adopt_made": ("adopting", "adopt_made"),
    "Lake": ("lake", "Lake"),
    "LoadReport": ("loading", "LoadReport"),
    "completeness": ("coverage", "completeness"),
    "current_snapshot": ("snapshot", "current_name"),
    "load": ("loading", "load"),
    "open_lake": ("lake", "open_lake"),
    "outcomes": ("row_outcomes", "outcomes"),
    "stop_reasons": ("coverage", "stop_reasons"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _HOMES[name]
    return getattr(importlib.import_module(f"{__name__}.{module}"), attribute)
