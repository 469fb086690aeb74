"""Demand and candidate sites from the tables that ship."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Literal

import numpy as np

from doorstep.errors import UsageError
from doorstep.geography.areas import areas_within
from doorstep.geography.siting.question import Demand, How, Site
from doorstep.reference import table

Weight = Literal["need", "people", "aged_65"]
WEIGHTS: dict[str, str] = {
    "need": "people x the area's acute morbidity (English Indices of Deprivation 2025: emergency stays in hospital, "
    "standardised for age and sex) over England's mean by population",
    "people": "people, each counted once",
    "aged_65": "people aged 65 and over (Census 2021)",
}
KINDS = ("hospital", "library", "practice", "area")
_HOW: dict[str, How] = {"area": "new"}


def _columns(name: str, columns: Sequence[str]) -> dict[str, list[Any]]:
    import pyarrow.parquet as pq

    found = pq.read_table(table(name), columns=list(columns)).to_pydict()
    return {column: found[column] for column in columns}


def demand_of(name: str, weight: Weight = "need") -> Demand:
    """Return the areas of a council, a Place, a system or England, with their people and weights.

    An area's point is the mean of its postcodes. Raises UsageError for a name or weight that is not known.
    """
    if weight not in WEIGHTS:
        raise UsageError(f"there is no weight {weight!r}", expected=f"one of {', '.join(WEIGHTS)}")
    wanted = set(areas_within(name))
    areas = _columns("lsoa21", ["lsoa21", "population", "imd2025_decile", "ltla24_name"])
    measures = _columns("need_lsoa21", ["lsoa21", "easting", "northing", "acute_morbidity", "aged_65"])
    place = {code: k for k, code in enumerate(measures["lsoa21"])}
    kept = [k for k, code in enumerate(areas["lsoa21"]) if code in wanted]
    order = np.array([place[areas["lsoa21"][k]] for k in kept])
    people = np.array(areas["population"], dtype=np.float64)
    return Demand(
        codes=tuple(areas["lsoa21"][k] for k in kept),
        points=np.column_stack([np.array(measures[c], dtype=np.float64)[order] for c in ("easting", "northing")]),
        people=people[kept],
        weight=_weights(weight, areas["lsoa21"], people, measures, place)[kept],
        weight_says=WEIGHTS[weight],
        quintile=(np.array(areas["imd2025_decile"])[kept].astype(np.intp) + 1) // 2,
        council=tuple(areas["ltla24_name"][k] for k in kept),
    )


def _weights(weight: str, codes: list[str], people: Any, measures: dict[str, list[Any]], place: dict[str, int]) -> Any:
    if weight == "people":
        return people
    at = np.array([place[code] for code in codes])
    if weight == "aged_65":
        return np.array(measures["aged_65"], dtype=np.float64)[at]
    morbidity = np.array(measures["acute_morbidity"], dtype=np.float64)[at]
    return people * morbidity / np.average(morbidity, weights=people)


def sites_of(name: str, kinds: Iterable[str] = ("hospital", "library", "practice")) -> tuple[Site, ...]:
    """Return the buildings within a council, Place or system, one for each spot.

    Where several kinds share a spot, the first of hospital, library, practice stands. `area` adds the point of each
    small area as a spot for a new building: it says where about, and nothing of land. Raises UsageError for a kind
    that is not there.
    """
    asked = tuple(kinds)
    unknown = [kind for kind in asked if kind not in KINDS]
    if unknown or not asked:
        raise UsageError(f"there is no kind {', '.join(unknown)!r}", expected=f"some of {', '.join(KINDS)}")
    wanted = set(areas_within(name))
    found = [site for site in _buildings() if site.kind in asked and site.lsoa21 in wanted]
    if "area" in asked:
        found += [site for site in _spots() if site.lsoa21 in wanted]
    found.sort(key=lambda site: (KINDS.index(site.kind), site.id))
    spots: dict[tuple[float, float], Site] = {}
    for site in found:
        spots.setdefault(site.spot, site)
    return tuple(spots.values())


def besides(offered: Iterable[Site], standing: Iterable[Site]) -> tuple[Site, ...]:
    """Return candidates without those that stand already, by code or spot."""
    there = tuple(standing)
    ids, spots = {site.id for site in there}, {site.spot for site in there}
    return tuple(site for site in offered if site.id not in ids and site.spot not in spots)


def far_off(demand: Demand, sites: Iterable[Site], km: float) -> list[tuple[Site, float]]:
    """Return sites farther than `km` in a straight line from every area, with how far: most are placed wrongly."""
    listed = list(sites)
    nearest = [np.hypot(*(demand.points - np.array(site.spot)).T).min() / 1000.0 for site in listed]
    return [(site, float(away)) for site, away in zip(listed, nearest, strict=True) if away > km]


def _buildings() -> list[Site]:
    columns = _columns("sites", ["site", "name", "kind", "easting", "northing", "lsoa21"])
    rows = zip(*columns.values(), strict=True)
    return [Site(id_, name, kind, float(e), float(n), lsoa21=lsoa) for id_, name, kind, e, n, lsoa in rows]


def _spots() -> list[Site]:
    names = dict(zip(*_columns("lsoa21", ["lsoa21", "lsoa21_name"]).values(), strict=True))
    rows = zip(*_columns("need_lsoa21", ["lsoa21", "easting", "northing"]).values(), strict=True)
    return [Site(code, names[code], "area", float(e), float(n), _HOW["area"], lsoa21=code) for code, e, n in rows]
