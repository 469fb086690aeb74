"""The monthly returns of the programme's Places, made up, with known truth.

`simulate` draws each Place's true figures as arrays, by Place and metric where only some are wanted; `figures` gives
them as `returns.Figures`; `make` writes the workbooks as Places would send them, late, faulty and corrected ones among
them, with a calendar to replay and the truth beside. Case mix is that of the Places' real areas; everything else is
made up.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from doorstep.synthetic.programme_returns.parameters import Parameters, TrueChange

if TYPE_CHECKING:
    from doorstep.synthetic.programme_returns.making import Truth, make
    from doorstep.synthetic.programme_returns.series import PlaceSeries, figures, simulate

_LAZY = {"PlaceSeries": "series", "Truth": "making", "figures": "series", "make": "making", "simulate": "series"}

__all__ = ["Parameters", "PlaceSeries", "TrueChange", "Truth", "figures", "make", "simulate"]


def __getattr__(name: str) -> Any:
    """Load the makers only when they are used: they bring numpy and pyarrow."""
    if name not in _LAZY:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
