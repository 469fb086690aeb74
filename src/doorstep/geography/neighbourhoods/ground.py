"""The ground to draw on: England's areas with residents, centres of population, councils, wards and networks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from doorstep.reference import table


@dataclass(frozen=True)
class Area:
    """One LSOA of 2021: residents of the 2021 Census, its centre in kilometres of the national grid, and units."""

    code: str
    name: str
    people: int
    x: float
    y: float
    council: str
    council_name: str
    ward: str
    ward_name: str


_AREA = ("lsoa21", "lsoa21_name", "population", "ltla24", "ltla24_name")
_PLACED = ("easting", "northing", "ward24", "ward24_name")


@cache
def areas() -> Mapping[str, Area]:
    """Return every LSOA of England by its code."""
    import pyarrow.parquet as pq

    one = pq.read_table(table("lsoa21"), columns=list(_AREA)).to_pydict()
    other = pq.read_table(table("need_lsoa21"), columns=["lsoa21", *_PLACED]).to_pydict()
    placed = dict(zip(other["lsoa21"], zip(*(other[c] for c in _PLACED), strict=True), strict=True))
    found = {}
    for code, name, people, council, council_name in zip(*(one[c] for c in _AREA), strict=True):
        east, north, ward, ward_name = placed[code]
        found[code] = Area(
            code, name, people, east / 1000, north / 1000, council, council_name, ward, ward_name
        )  # fmt: skip
    return found


@cache
def council_names() -> Mapping[str, str]:
    """Return the name of each council by its code."""
    return {area.council: area.council_name for area in areas().values()}


def residents(codes: Iterable[str]) -> int:
    """Return the residents of areas at the 2021 Census."""
    known = areas()
    return sum(known[code].people for code in codes)


@cache
def practice_names() -> Mapping[str, str]:
    """Return the name of each practice by its code."""
    import pyarrow.parquet as pq

    found = pq.read_table(table("practices"), columns=["practice", "practice_name"]).to_pydict()
    return dict(zip(found["practice"], found["practice_name"], strict=True))


@cache
def pcn_of_practice() -> Mapping[str, str]:
    """Return the primary care network of each practice that is in one."""
    import pyarrow.parquet as pq

    found = pq.read_table(table("practices"), columns=["practice", "pcn"]).to_pydict()
    return {practice: pcn for practice, pcn in zip(found["practice"], found["pcn"], strict=True) if pcn}


@cache
def practices_of_pcn() -> Mapping[str, tuple[str, ...]]:
    """Return the practices of each primary care network."""
    found: dict[str, list[str]] = {}
    for practice, pcn in sorted(pcn_of_practice().items()):
        found.setdefault(pcn, []).append(practice)
    return {pcn: tuple(practices) for pcn, practices in found.items()}


@cache
def pcn_names() -> Mapping[str, str]:
    """Return the name of each primary care network by its code."""
    import pyarrow.parquet as pq

    found = pq.read_table(table("practices"), columns=["pcn", "pcn_name"]).to_pydict()
    return {pcn: name for pcn, name in zip(found["pcn"], found["pcn_name"], strict=True) if pcn}


@dataclass(frozen=True)
class Registered:
    """Patients of July 2022 by practice and by area of 2021: `of_practice[p][area]` and `in_area[area][p]`."""

    of_practice: Mapping[str, Mapping[str, float]]
    in_area: Mapping[str, Mapping[str, float]]


@cache
def registered() -> Registered:
    """Return all patients of England's practices by the area they live in.

    The lists are on areas of 2011; where one was split, its patients are shared out by the residents of its parts, so
    that numbers are no longer whole but their sum is.
    """
    import pyarrow.parquet as pq

    found = pq.read_table(table("registrations")).to_pydict()
    carried = _carried()
    of_practice: dict[str, dict[str, float]] = {}
    in_area: dict[str, dict[str, float]] = {}
    for practice, lsoa11, patients in zip(found["practice"], found["lsoa11"], found["patients"], strict=True):
        held = of_practice.setdefault(practice, {})
        for lsoa21, share in carried.get(lsoa11, ()):
            held[lsoa21] = held.get(lsoa21, 0.0) + patients * share
    for practice, held in of_practice.items():
        for code, patients in held.items():
            in_area.setdefault(code, {})[practice] = patients
    return Registered(of_practice, in_area)


@cache
def _carried() -> Mapping[str, tuple[tuple[str, float], ...]]:
    import pyarrow.parquet as pq

    found = pq.read_table(table("lsoa11_lsoa21"), columns=["lsoa11", "lsoa21", "share_of_lsoa11"]).to_pydict()
    shares: dict[str, list[tuple[str, float]]] = {}
    for lsoa11, lsoa21, share in zip(found["lsoa11"], found["lsoa21"], found["share_of_lsoa11"], strict=True):
        if share > 0:
            shares.setdefault(lsoa11, []).append((lsoa21, share))
    return {code: tuple(held) for code, held in shares.items()}
