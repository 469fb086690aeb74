"""A made-up system (an ICB) written straight as a pseudonymised lake, with known truth.

In: `Parameters` that name a system. Out (`make_lake`): the lake tables of `records.contracts` as Parquet files of whole
people, `truth/`, and a manifest from which `records` can publish them. Plane: none; every person is made up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.synthetic.lake.making import MadeLake, make_lake

__all__ = ["MadeLake", "make_lake"]


def __getattr__(name: str) -> Any:
    """Load the makers only when they are used: they bring numpy and pyarrow."""
    if name not in __all__:
        raise AttributeError(name)
    from doorstep.synthetic.lake import making

    return getattr(making, name)
