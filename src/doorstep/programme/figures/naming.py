"""What Places are called."""

from __future__ import annotations

from doorstep.reference import places


def names() -> dict[str, str]:
    """Return the name of each Place of the programme by its slug."""
    return {place.slug: place.name.strip() for place in places.all_places()}
