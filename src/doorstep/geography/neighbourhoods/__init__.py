"""Neighbourhoods: draw them, bring a list of them, keep who recognises them, audit them.

In: areas with residents and borders, lists of practices (`reference`); a user's own lists and wishes. Out: a
`NeighbourhoodSet` (`draw_set`, `import_set`), kept in versions that are never overwritten (`save`, `read`, `amend`) and
as GeoJSON; `audit` says what of it is out of range, unrecognised, in pieces, or parted from councils, wards and lists.
Nothing drawn is called a neighbourhood until somebody recognises it. Plane: none; nothing here is about a person.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.geography.neighbourhoods.amending import amend
    from doorstep.geography.neighbourhoods.auditing import audit
    from doorstep.geography.neighbourhoods.constraints import Constraints
    from doorstep.geography.neighbourhoods.drawing import Wishes
    from doorstep.geography.neighbourhoods.importing import import_set
    from doorstep.geography.neighbourhoods.making import draw_set
    from doorstep.geography.neighbourhoods.model import Evidence, Neighbourhood, NeighbourhoodSet, Reason
    from doorstep.geography.neighbourhoods.piece import Band, Weights
    from doorstep.geography.neighbourhoods.store import geojson, read, save

_LAZY = {
    "Band": "piece",
    "Constraints": "constraints",
    "Evidence": "model",
    "Neighbourhood": "model",
    "NeighbourhoodSet": "model",
    "Reason": "model",
    "Weights": "piece",
    "Wishes": "drawing",
    "amend": "amending",
    "audit": "auditing",
    "draw_set": "making",
    "geojson": "store",
    "import_set": "importing",
    "read": "store",
    "save": "store",
}

__all__ = [
    "Band",
    "Constraints",
    "Evidence",
    "Neighbourhood",
    "NeighbourhoodSet",
    "Reason",
    "Weights",
    "Wishes",
    "amend",
    "audit",
    "draw_set",
    "geojson",
    "import_set",
    "read",
    "save",
]


def __getattr__(name: str) -> Any:
    """Load a name of the door on first use."""
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
