"""Reading the population out: how many, where, in which segments and cohorts, and how use concentrates.

In: a person table. Out: tables of disclosure-controlled counts, a chart beside each with the same numbers, and files
of them. One run reads out one thing, so that what it prints cannot be set against another table of the same run.
Plane: planning; nothing about one person leaves.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.planning.reading_out.areas import Areas, areas_of
    from doorstep.planning.reading_out.cohorts import read_cohorts
    from doorstep.planning.reading_out.costs import read_costs
    from doorstep.planning.reading_out.counts import read_counts, summarise
    from doorstep.planning.reading_out.segments import read_segments
    from doorstep.planning.reading_out.sheets import Reading, Sheet
    from doorstep.planning.reading_out.use import read_use
    from doorstep.planning.reading_out.writing import write

_HOMES = {
    "Areas": "areas",
    "Reading": "sheets",
    "Sheet": "sheets",
    "areas_of": "areas",
    "read_cohorts": "cohorts",
    "read_costs": "costs",
    "read_counts": "counts",
    "read_segments": "segments",
    "read_use": "use",
    "summarise": "counts",
    "write": "writing",
}

__all__ = [
    "Areas", "Reading", "Sheet", "areas_of", "read_cohorts", "read_costs", "read_counts", "read_segments", "read_use",
    "summarise", "write",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
