"""A user's own files: candidate sites, fixed centres, and a matrix of travel times or distances."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from doorstep.errors import DataError
from doorstep.geography.brought import rows_with
from doorstep.geography.siting.pairs import Listed
from doorstep.geography.siting.question import How, Site

_GRID = (0.0, 700_000.0, 1_300_000.0)
_METRES = "metres on the National Grid, such as 335200 and 391200; longitude and latitude must be turned into these"
_COST = "a number such as 3.5, in the budget's unit"
Row = dict[str, str]


def _number(text: str, where: str, column: str, expected: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or value < 0:
        seen = f"{text!r} is no number from nought up" if text else "the cell is empty"
        raise DataError(seen, where=f"{where}, {column}", expected=expected)
    return value


def read_sites(path: Path) -> tuple[Site, ...]:
    """Read sites from a CSV: site, easting, northing (metres), and where wanted name, kind, how, cost, lsoa21.

    `how` is new or repurposed (repurposed where empty). Raises UsageError for missing columns, DataError for a site
    that stands twice, a point off the National Grid, or a cell that is no number.
    """
    found: dict[str, Site] = {}
    for where, row in rows_with(path, ("site", "easting", "northing")):
        site = _site(row, where)
        if site.id in found:
            raise DataError(f"site {site.id} stands twice", where=where, expected="one line a site")
        found[site.id] = site
    if not found:
        raise DataError("the file has no site", where=str(path), expected="one line a site")
    return tuple(found.values())


def _site(row: Row, where: str) -> Site:
    if not row["site"]:
        raise DataError("no site is named", where=where, expected="a code of your own")
    east, north = (_number(row[column], where, column, _METRES) for column in ("easting", "northing"))
    if not (_GRID[0] < east < _GRID[1] and _GRID[0] < north < _GRID[2]):
        raise DataError(f"{east:g}, {north:g} is off the National Grid", where=where, expected=_METRES)
    return Site(
        row["site"], row.get("name") or row["site"], row.get("kind", ""), east, north, _how(row.get("how", ""), where),
        _number(row["cost"], where, "cost", _COST) if row.get("cost") else None, row.get("lsoa21", ""),
    )  # fmt: skip


def _how(text: str, where: str) -> How:
    match text.lower():
        case "new":
            return "new"
        case "" | "repurposed":
            return "repurposed"
    raise DataError(f"{text!r} is no way of making a centre", where=f"{where}, how", expected="new or repurposed")


def read_matrix(path: Path, codes: Sequence[str], sites: Sequence[Site]) -> Listed:
    """Read a CSV of lsoa21, site and value into areas down and sites across; a pair that is missing is infinite.

    Lines of other areas and sites are left aside. Raises DataError for a pair that stands twice, a file that names none
    of the areas and sites, and a site without a line: that is a code written otherwise, and not a site out of reach.
    """
    row_of = {code: k for k, code in enumerate(codes)}
    col_of = {site.id: k for k, site in enumerate(sites)}
    values = np.full((len(codes), len(sites)), np.inf)
    for where, row in rows_with(path, ("lsoa21", "site", "value")):
        i, j = row_of.get(row["lsoa21"]), col_of.get(row["site"])
        if i is None or j is None:
            continue
        if math.isfinite(values[i, j]):
            raise DataError(f"{row['lsoa21']} to {row['site']} stands twice", where=where, expected="a pair once")
        values[i, j] = _number(row["value"], where, "value", "minutes or kilometres, such as 17.5")
    if not np.isfinite(values).any():
        raise DataError("no line is of these areas and sites", where=str(path), expected="2021 areas and site codes")
    unknown = [site.id for site, near in zip(sites, np.isfinite(values).any(axis=0), strict=True) if not near]
    if unknown:
        raise DataError(
            f"{len(unknown):,} of the {len(sites):,} sites are in no line of it, first {unknown[0]}", where=str(path),
            expected="lines for every candidate and every fixed centre, under the codes that their files use",
        )  # fmt: skip
    return Listed(values)
