"""A made-up Place on real geography, with known truth.

In: a Place, a number of months, a seed (`Parameters`). Out (`make`): extracts in each shipped profile, deliveries by
date, and `truth/`. Plane: none; every person is made up and NHS numbers come from the 999 test range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from doorstep.synthetic.parameters import FaultRates, Parameters, Rates

if TYPE_CHECKING:
    from doorstep.synthetic.making import Made, make

__all__ = ["FaultRates", "Made", "Parameters", "Rates", "make"]


def __getattr__(name: str) -> Any:
    """Load the makers only when they are used: they bring numpy and pyarrow."""
    if name not in ("Made", "make"):
        raise AttributeError(name)
    from doorstep.synthetic import making

    return getattr(making, name)
