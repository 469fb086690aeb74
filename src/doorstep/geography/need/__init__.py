"""Need: an index over England's small areas that anybody can read, vary and check.

In: a definition (indicators, weights, what happens to blanks) and measures of areas: those that ship, and a user's own
with their stated edition. Out: `rank` gives score, rank and decile of every area; `rank_intervals` how far each rank
moves when weights and indicators are varied; `compare` where somebody's list stands in it; `audit_report` what holds of
a published report. Deprivation, doctors and funding stand beside it (`layers`), never in it.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.geography.need.auditing import audit_report
    from doorstep.geography.need.comparing import compare
    from doorstep.geography.need.definition import NeedIndex, load
    from doorstep.geography.need.index import Ranked, rank
    from doorstep.geography.need.measures import Measures, bring, shipped
    from doorstep.geography.need.stability import RankIntervals, rank_intervals

_LAZY = {
    "Measures": "measures",
    "NeedIndex": "definition",
    "RankIntervals": "stability",
    "Ranked": "index",
    "audit_report": "auditing",
    "bring": "measures",
    "compare": "comparing",
    "load": "definition",
    "rank": "index",
    "rank_intervals": "stability",
    "shipped": "measures",
}

__all__ = [
    "Measures",
    "NeedIndex",
    "RankIntervals",
    "Ranked",
    "audit_report",
    "bring",
    "compare",
    "load",
    "rank",
    "rank_intervals",
    "shipped",
]


def __getattr__(name: str) -> Any:
    """Load a name of the door on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
