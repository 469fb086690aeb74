"""Buildings and spots by their reference: a site's code, or a spot such as 340000,390000 on the National Grid."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from doorstep.errors import UsageError
from doorstep.geography.areas import names_of_places
from doorstep.geography.siting import Site, sites_of
from doorstep.geography.siting.shipped import KINDS
from doorstep.reference import places, systems, table

_SPOT = re.compile(r"(\d{1,6}),(\d{1,7})")
_GRID = (700_000, 1_300_000)  # metres
_LONG = 72  # hours in six days of twelve


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """Return the names that may be asked about: Places, systems and councils."""
    import pyarrow.parquet as pq

    boards = pq.read_table(table("lsoa21"), columns=["icb24_name", "ltla24_name"])
    named = set(names_of_places()) | set(boards["ltla24_name"].unique().to_pylist())
    named |= {systems.short_name(name) for name in boards["icb24_name"].unique().to_pylist()}
    return tuple(sorted(named))


def as_listed(name: str) -> str:
    """Return a name as `names` spells it, so that one question has one address; a name that is not there as it is."""
    return {places.plain(one): one for one in names()}.get(places.plain(name), name)


@lru_cache(maxsize=64)
def offered(where: str, kinds: tuple[str, ...]) -> tuple[Site, ...]:
    """Return the candidate sites of these kinds; UsageError for a name or kind that is not there."""
    return sites_of(where, kinds)


@lru_cache(maxsize=64)
def _known(where: str) -> Mapping[str, Site]:
    """Return every building and spot there by its code, those that share a spot with another too."""
    return {site.id: site for kind in KINDS for site in offered(where, (kind,))}


def site_of(where: str, reference: str) -> Site:
    """Return the site that a reference names; UsageError where there is none."""
    if spot := _SPOT.fullmatch(reference):
        return _spot(reference, int(spot[1]), int(spot[2]))
    if reference not in _known(where):
        raise UsageError(
            f"there is no site {reference[:40]!r} in {where}",
            expected="a site's code from the table, or a spot such as 340000,390000",
        )
    return _known(where)[reference]


def _spot(reference: str, easting: int, northing: int) -> Site:
    if not (0 < easting < _GRID[0] and 0 < northing < _GRID[1]):
        raise UsageError(f"{reference} is off the National Grid", expected="eastings and northings in metres")
    return Site(reference, f"Spot at {easting}, {northing}", "spot", float(easting), float(northing), "new")


@lru_cache(maxsize=1)
def _hours() -> Mapping[str, float]:
    import pyarrow.parquet as pq

    found = pq.read_table(table("sites"), columns=["site", "hours_per_week"]).to_pydict()
    pairs = zip(found["site"], found["hours_per_week"], strict=True)
    return {site: hours for site, hours in pairs if hours is not None}


def hours_told(site: Site) -> str:
    """Say whether a site is open 12 hours a day on 6 days a week, as far as its weekly hours tell.

    Fewer than 72 hours cannot hold six days of twelve; 72 or more may be spread otherwise.
    """
    hours = _hours().get(site.id)
    if site.kind == "area":
        return "New: no hours yet"
    if hours is None:
        return "Unknown: no hours published here"
    if hours < _LONG:
        return f"No: {hours:g} hours a week, and {_LONG} are needed"
    return f"Unknown: {hours:g} hours a week, but not by day"
