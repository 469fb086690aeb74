"""The areas of a Place, a council or a system, by its name."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache

from doorstep.errors import UsageError
from doorstep.reference import places, systems, table

_PLACE = " (Place)"  # stands after the name of a Place where a council of that name has other areas


def areas_within(name: str) -> tuple[str, ...]:
    """Return the 2021 codes of a council (2024), a Place of the programme or a system, in that order of looking.

    `West Suffolk` is the council and `West Suffolk (Place)` the Place, which has areas of its neighbours too. Raises
    UsageError with the nearest names where there is none. A Place that is part of a council gives the council.
    """
    councils = _councils()
    wanted = places.plain(name)
    if name.rstrip().casefold().endswith(_PLACE.casefold()):
        return places.find(name.rstrip()[: -len(_PLACE)]).lsoas()
    if wanted in councils:
        return councils[wanted]
    for find in (places.find, systems.find):
        try:
            return find(name).lsoas()
        except UsageError:
            continue
    near = difflib.get_close_matches(wanted, [*councils, *(places.plain(p.name) for p in places.all_places())], n=4)
    raise UsageError(
        f"there is no council, Place or system called {name!r}",
        expected="a name such as Sefton, Halton or Cheshire and Merseyside",
        do=f"did you mean {', '.join(near)}?" if near else "see `doorstep reference places`",
    )


@cache
def names_of_places() -> tuple[str, ...]:
    """Return the name of each Place as `areas_within` takes it for that Place, in the order of the programme's list."""
    councils = _councils()
    found = []
    for place in places.all_places():
        name, of_council = place.name.strip(), councils.get(places.plain(place.name))
        is_other = of_council is not None and {*of_council} != {*place.lsoas()}
        found.append(f"{name}{_PLACE}" if is_other else name)
    return tuple(found)


@cache
def _councils() -> Mapping[str, tuple[str, ...]]:
    import pyarrow.parquet as pq

    found = pq.ParquetFile(table("lsoa21")).read(columns=["lsoa21", "ltla24_name"]).to_pylist()
    names: dict[str, list[str]] = {}
    for row in found:
        names.setdefault(places.plain(row["ltla24_name"]), []).append(row["lsoa21"])
    return {name: tuple(sorted(codes)) for name, codes in names.items()}
