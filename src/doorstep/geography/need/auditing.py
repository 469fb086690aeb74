"""A published report's claims about 150 neighbourhoods, each computed again from open data or added up.

The only place in the project that reads counts of who won where, as the report prints them; ranking, drawing and siting
have no such field.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

from doorstep.geography.need.index import Ranked
from doorstep.reference import places, table

Verdict = Literal["holds", "does not hold", "cannot be told", "context"]


@dataclass(frozen=True)
class Audited:
    """One claim, what was found, and whether it holds. `found` is a sentence with its own numbers."""

    id: str
    says: str
    printed: str
    where: str
    verdict: Verdict
    found: str
    source: str


@dataclass(frozen=True)
class AuditReport:
    """The report's claims in its order, the slips in its names, and how its list stands in an index."""

    report: str
    quotes: str
    claims: tuple[Audited, ...]
    slips: tuple[tuple[int, str, str, str], ...]  # rank, as printed, corrected, area
    areas: tuple[Mapping[str, Any], ...]


@cache
def _areas() -> tuple[Mapping[str, Any], ...]:
    """Return the 150 with their 2021 areas, councils, boards and health decile."""
    import duckdb

    query = """select r.*, l.lsoa21_name, l.ltla24, l.ltla24_name, l.icb24_name, l.pcon24_name, n.health_decile,
            n.health_rank from read_parquet(?) r left join read_parquet(?) l using (lsoa21)
            left join read_parquet(?) n using (lsoa21) order by rank"""
    paths = [str(table(name)) for name in ("report_150", "lsoa21", "need_lsoa21")]
    found = duckdb.connect().execute(query, paths)
    names = [d[0] for d in found.description or ()]
    return tuple(dict(zip(names, row, strict=True)) for row in found.fetchall())


def audit_report(ranked: Ranked) -> AuditReport:
    """Audit the report: every claim with its verdict. `ranked` is the index that the list is set beside."""
    text = (resources.files("doorstep.geography.need") / "report_claims.toml").read_text(encoding="utf-8")
    found = tomllib.loads(text)
    ranks = dict(zip(ranked.codes, ranked.rank.tolist(), strict=True))
    areas = tuple({**area, "need_rank": ranks.get(area["lsoa21"], 0)} for area in _areas())
    claims = tuple(_audited(claim) for claim in found["claim"])
    return AuditReport(found["report"], found["quotes"], (*claims, _beside(ranked, areas)), _slips(), areas)


def _audited(claim: Mapping[str, Any]) -> Audited:
    if "by" in claim:
        verdict, told, source = _BY[claim["by"]]()
    elif "adds" in claim:
        verdict, told, source = _added(claim["adds"], claim["total"])
    else:
        verdict, told, source = _shared(claim["share"], claim["as_share"])
    return Audited(claim["id"], claim["says"], claim["printed"], claim["where"], verdict, told, source)


Told = tuple[Verdict, str, str]
_OWN_FIGURES = "the report's own figures"


def _added(parts: list[float], total: float) -> Told:
    added = sum(parts)
    holds = math.isclose(added, total, abs_tol=0.05)
    shown = " + ".join(f"{p:g}" for p in parts)
    return "holds" if holds else "does not hold", f"{shown} = {added:g}, against {total:g}", _OWN_FIGURES


def _shared(share: list[int], printed: float) -> Told:
    value = share[0] / share[1]
    holds = abs(value - printed) < 0.0005
    return "holds" if holds else "does not hold", f"{share[0]} of {share[1]} is {value:.1%}", _OWN_FIGURES


def _names() -> Told:
    areas = _areas()
    resolved = sum(area["lsoa21_name"] == area["lsoa_name"] for area in areas)
    new = sum(area["change_from_2011"] != "U" for area in areas)
    unnamed = sum(not area["name_as_printed"] for area in areas)
    told = (
        f"{resolved} of {len(areas)} resolve to areas of 2021, {len(_slips())} after a correction ({unnamed} print no "
        f"name); {new} did not exist in 2011, so the measure is on 2021 areas, which the report does not say"
    )
    return ("holds" if resolved == len(areas) == 150 else "does not hold"), told, "ONS areas of 2021"


def _constituencies() -> Told:
    areas = _areas()
    agree = sum(area["constituency_as_printed"] == area["pcon24_name"] for area in areas)
    n = len({area["pcon24_name"] for area in areas})
    told = f"{n} constituencies; {agree} of {len(areas)} areas lie in the one printed"
    return ("holds" if (n, agree) == (55, len(areas)) else "does not hold"), told, "mySociety's overlap of areas"


def _councils() -> Told:
    n = len({area["ltla24"] for area in _areas()})
    return ("holds" if n == 41 else "does not hold"), f"{n} councils of 2024", "ONS areas of 2021, councils of 2024"


def _health_decile() -> Told:
    areas = _areas()
    first = sum(area["health_decile"] == 1 for area in areas)
    told = (
        f"{first} of {len(areas)} are in the worst tenth of England by the health domain of the Index of Deprivation "
        f"2025, the rest in the second tenth; another measure than the report's, so near is what can be expected"
    )
    return "holds" if first >= 0.95 * len(areas) else "does not hold", told, "IoD 2025, health domain"


def _in_programme() -> Told:
    inside = {code for place in places.all_places() for code in place.lsoas()}
    n = sum(area["lsoa21"] in inside for area in _areas())
    parts = sum(place.status == "part_of_council" for place in places.all_places())
    told = (
        f"{n} of {len(_areas())} lie in councils or sub-ICB areas of the first wave's Places. Approximate: {parts} "
        f"Places are parts of councils without a published boundary, and are matched on the whole council"
    )
    return "context", told, "names of the 43 Places, read as councils"


def _economic() -> Told:
    ranks = [area["rank"] for area in _areas() if area["in_table_2"]]
    n = len(ranks)
    if ranks != list(range(1, n + 1)):
        return "cannot be told", f"{n} are named", "the report's two tables"
    digits = math.log10(math.comb(150, n))
    told = (
        f"the {n} named are exactly ranks 1 to {n} of Table 1. Were the economy unrelated to the health rank among "
        f"the 150, the chance of that is one in 10 to the power {digits:.0f}: a list cut at the count, not a second "
        f"measure. Do not use it to place money"
    )
    return "does not hold", told, "the report's two tables"


def _sites() -> Told:
    n = len(places.all_places())
    told = f"42 were planned in July 2025 and {n} were named in September: both are right, of their day"
    return "context", told, "the return's own list of Places"


_BY: dict[str, Callable[[], Told]] = {
    "names": _names,
    "constituencies": _constituencies,
    "councils": _councils,
    "health_decile": _health_decile,
    "in_programme": _in_programme,
    "economic": _economic,
    "sites": _sites,
}


def _beside(ranked: Ranked, areas: tuple[Mapping[str, Any], ...]) -> Audited:
    """Say how many of the list stand in the top 3% of our index, beside the plain health domain."""
    last = int(0.03 * ranked.n_ranked)
    ours = sum(0 < area["need_rank"] <= last for area in areas)
    plain = sum(area["health_rank"] <= last for area in areas)
    told = (
        f"{ours} of {len(areas)} stand in the top 3% of {ranked.index.id}@{ranked.index.version}, whose weights were "
        f"fixed before looking; {plain} in the top 3% of the health domain alone"
    )
    return Audited(
        "index", "How the list stands in an open index", "", "not printed", "context", told, "IoD 2025, Census 2021"
    )


def _slips() -> tuple[tuple[int, str, str, str], ...]:
    return tuple(
        (area["rank"], area["name_as_printed"] or "", area["name_corrected"], area["lsoa_name"])
        for area in _areas()
        if area["name_as_printed"] != area["name_corrected"]
    )
