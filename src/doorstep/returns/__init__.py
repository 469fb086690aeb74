"""The NNHIP monthly return as a document: layout, write, fill, read, check, collate, compare, ledger.

In: `Figures` (counts by metric and column; no record about a person). Out: the workbook, what is hidden in it, and
what is wrong with one. `write` makes a workbook, `fill` fills the official template, `read` and `check` take one from
anybody, `collate` takes a folder of them, `apply_suppression` says what to hide, `cell_changes` compares two versions,
`produce` does all that belongs to a build and enters it in the `Ledger`. Plane: none; these are aggregates on their
way from planning to the programme.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from doorstep.returns.figures import COLUMNS, METRICS, Figures

if TYPE_CHECKING:
    from doorstep.returns.checking import check
    from doorstep.returns.collating import Collation, collate
    from doorstep.returns.compare import Change, cell_changes
    from doorstep.returns.faults import Fault, exit_code
    from doorstep.returns.filling import fill
    from doorstep.returns.ledger import Ledger
    from doorstep.returns.printed import Suppressed
    from doorstep.returns.producing import Order, Produced, produce
    from doorstep.returns.reading import SubmittedReturn, read
    from doorstep.returns.suppression import apply_suppression, small_numbers
    from doorstep.returns.writing import write

# name -> the module it stands in: loaded on first use, since workbooks need heavy libraries.
_LAZY = {
    "Change": "compare",
    "Collation": "collating",
    "Fault": "faults",
    "Ledger": "ledger",
    "Order": "producing",
    "Produced": "producing",
    "SubmittedReturn": "reading",
    "Suppressed": "printed",
    "apply_suppression": "suppression",
    "cell_changes": "compare",
    "check": "checking",
    "collate": "collating",
    "exit_code": "faults",
    "fill": "filling",
    "produce": "producing",
    "read": "reading",
    "small_numbers": "suppression",
    "write": "writing",
}

__all__ = [
    "COLUMNS",
    "METRICS",
    "Change",
    "Collation",
    "Fault",
    "Figures",
    "Ledger",
    "Order",
    "Produced",
    "SubmittedReturn",
    "Suppressed",
    "apply_suppression",
    "cell_changes",
    "check",
    "collate",
    "exit_code",
    "fill",
    "produce",
    "read",
    "small_numbers",
    "write",
]


def __getattr__(name: str) -> Any:
    """Load a name of the door on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
