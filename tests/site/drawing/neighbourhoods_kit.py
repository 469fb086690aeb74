"""Small sets of neighbourhoods on real ground: Halton, in two parts north and south of the Mersey."""

from __future__ import annotations

from datetime import date
from typing import Any

NORTH, SOUTH = "n02", "n01"  # Widnes, Runcorn: the smaller part of the ground has fewer areas
FIRST_DAY = date(2026, 4, 1)


def halton(set_id: str = "halton") -> Any:
    """Return Halton as its two parts, unnamed."""
    from doorstep.geography.site.drawing import starting

    return starting.by_hand(set_id, "Halton", title="Halton's neighbourhoods", start="pieces", on=FIRST_DAY)


def kept(by: Any = None, set_id: str = "halton") -> Any:
    """Keep Halton as version 1 of a set."""
    from doorstep.geography.site.drawing import actions

    return actions.create(made=halton(set_id), why="To begin with", by=by)


def changes(**named: Any) -> Any:
    """Return changes as the map makes them."""
    from doorstep.geography.site.drawing.changing import Changes

    return Changes(**named)


def save(base: int, why: str = "Moved", by: Any = None, slug: str = "halton", **named: Any) -> Any:
    """Save changes on a version."""
    from doorstep.geography.site.drawing import actions

    return actions.save_version(slug=slug, base=base, changes=changes(**named), why=why, by=by)


def areas_of(made: Any, id: str) -> tuple[str, ...]:
    """Return the areas of one neighbourhood."""
    return next(n.areas for n in made.neighbourhoods if n.id == id)


def sign(who: str = "residents") -> Any:
    """Return evidence."""
    from doorstep.geography.neighbourhoods import Evidence

    return Evidence(who, "Drew it at a workshop", date(2026, 5, 6), "Notes of the workshop")
