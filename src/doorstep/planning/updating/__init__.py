"""Bringing the newest person table up to the lake as published now: only the people touched are computed again.

In: a home with a person table and a sorted copy, and the lake as it is now. Out: an overlay on that table (rows that
replace, people gone) that equals a full build, and the copy brought along. Plane: planning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doorstep.planning.updating.update import Updated as Updated
    from doorstep.planning.updating.update import update_person_file as update_person_file

__all__ = ["Updated", "update_person_file"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from doorstep.planning.updating import update

    return getattr(update, name)
