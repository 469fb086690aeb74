"""Disclosure control: which small numbers to hide, and whether hiding them worked.

In: tables of counts with the rules by which they add up. Out: which cells to hide, and what a reader could still
work out. `protect` takes columns of counts and gives back what may be shown; `Cube`, `Hierarchy` and `join` state
tables with totals, `suppress` protects the small numbers of any table and proves it. `secondary` is the return's own
promise, for every hidden number; `audit`, `ranges` and `worked_out` say what a printed table gives away.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.statistics.disclosure.columns import Protected, protect
    from doorstep.statistics.disclosure.general import Loss, Protection, suppress
    from doorstep.statistics.disclosure.proof import Proof

from doorstep.statistics.disclosure.cube import Cube, equal, join, same_numbers, steady
from doorstep.statistics.disclosure.exposure import Exposure, audit, ranges, worked_out
from doorstep.statistics.disclosure.hierarchy import Hierarchy
from doorstep.statistics.disclosure.rounding import Rounded, hes_rule, rounded_ranges
from doorstep.statistics.disclosure.suppression import Suppression, secondary
from doorstep.statistics.disclosure.table import Cell, Line, Link, Range, Table, Version, bed_day_links
from doorstep.statistics.disclosure.threshold import (
    BELOW_5,
    BELOW_6,
    BELOW_10,
    HES,
    THRESHOLD,
    SmallNumbers,
    percentages,
    primary,
)

# These bring the solver in (numpy and highspy): loaded when first asked for.
_WITH_SOLVER = {
    "Loss": "general",
    "Proof": "proof",
    "Protected": "columns",
    "Protection": "general",
    "protect": "columns",
    "suppress": "general",
}

__all__ = [
    "BELOW_5",
    "BELOW_6",
    "BELOW_10",
    "HES",
    "THRESHOLD",
    "Cell",
    "Cube",
    "Exposure",
    "Hierarchy",
    "Line",
    "Link",
    "Loss",
    "Proof",
    "Protected",
    "Protection",
    "Range",
    "Rounded",
    "SmallNumbers",
    "Suppression",
    "Table",
    "Version",
    "audit",
    "bed_day_links",
    "equal",
    "hes_rule",
    "join",
    "percentages",
    "primary",
    "protect",
    "ranges",
    "rounded_ranges",
    "same_numbers",
    "secondary",
    "steady",
    "suppress",
    "worked_out",
]


def __getattr__(name: str) -> Any:
    if name in _WITH_SOLVER:
        return getattr(import_module(f"{__name__}.{_WITH_SOLVER[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
