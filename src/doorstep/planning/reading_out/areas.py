"""Which areas a reading can be cut by: those that reference holds of a home address or a practice, and a home's own."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.errors import ConfigurationError, UsageError
from doorstep.home import Home
from doorstep.planning.reading_out.base import QUINTILES, column, quintile
from doorstep.planning.reading_out.protecting import ELSEWHERE, NOT_KNOWN

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

NEIGHBOURHOODS = "neighbourhoods.csv"

# Level -> what it is called, the reference table, its key, and the words for each area.
_LEVELS: Mapping[str, tuple[str, str, str, str]] = {
    "msoa": ("MSOA of residence", "lsoa21", "lsoa21", "msoa21_name"),
    "lad": ("council of residence", "lsoa21", "lsoa21", "ltla24_name"),
    "practice": ("practice", "practices", "practice", "practice || coalesce(' ' || practice_name, '')"),
    "pcn": ("primary care network", "practices", "practice", "coalesce(pcn, 'No network')"),
}
LEVELS = ("lad", "msoa", "practice", "pcn", "neighbourhood")


@dataclass(frozen=True)
class Areas:
    """One level of areas: `title`, the labels in order, and for each the deprivation quintiles that it can hold.

    People who live in no area of the Place are `Elsewhere`, those whose address is not known `Not known`.
    """

    level: str
    title: str
    labels: tuple[str, ...]
    quintiles: Mapping[str, tuple[str, ...]]


def areas_of(con: DuckDBPyConnection, home: Home, level: str) -> Areas:
    """Make the temp view `placed`: `counted` with `area` and `quintile`; return the areas of that level.

    Raises UsageError for a level that does not exist, ConfigurationError where a home that defines no neighbourhoods
    is asked for them.
    """
    if level not in LEVELS:
        raise UsageError(f"there is no area {level!r}", expected=", ".join(LEVELS))
    title, key, labels = _own(con, home) if level == "neighbourhood" else _reference(con, home, level)
    con.execute(f"""
        create or replace temp view placed as
        select counted.*, {quintile()} as quintile,
               case when {column(key)} is null then '{NOT_KNOWN}'
                    else coalesce(area_name.area, '{ELSEWHERE}') end as area
        from counted left join area_name using ({column(key)})
    """)
    if key == "practice":  # everybody counted is registered with a practice of the Place
        return Areas(level, title, labels, dict.fromkeys(labels, (*QUINTILES, NOT_KNOWN)))
    return Areas(level, title, (*labels, ELSEWHERE, NOT_KNOWN), _quintiles(con, labels))


def _reference(con: DuckDBPyConnection, home: Home, level: str) -> tuple[str, str, tuple[str, ...]]:
    from doorstep import reference
    from doorstep.reference import places

    title, table, key, words = _LEVELS[level]
    place, practices = places.configured(home.config())
    own = list(place.lsoas() if key == "lsoa21" else practices)
    con.execute(
        f"create or replace temp table area_name as select {key}, {words} as area "
        f"from (select unnest($own) as {key}) left join read_parquet($table) using ({key})",
        {"table": str(reference.table(table)), "own": own},
    )
    return title, key, _labels(con)


def _own(con: DuckDBPyConnection, home: Home) -> tuple[str, str, tuple[str, ...]]:
    """Read the home's neighbourhoods: a file of two columns, lsoa21 and neighbourhood."""
    path = home.root / NEIGHBOURHOODS
    if not path.exists():
        raise ConfigurationError(
            "this home defines no neighbourhoods",
            expected=f"{NEIGHBOURHOODS} in the home, with the columns lsoa21 and neighbourhood",
            where=str(path),
            do="add the file, or give --area msoa or --area lad",
        )
    con.execute("create or replace temp table area_name (lsoa21 varchar, area varchar)")
    con.executemany("insert into area_name values (?, ?)", [list(row) for row in _neighbourhoods(path).items()])
    return "neighbourhood of residence", "lsoa21", _labels(con)


def _neighbourhoods(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"lsoa21", "neighbourhood"} <= set(reader.fieldnames or ()):
            raise ConfigurationError(
                f"the columns {', '.join(reader.fieldnames or ()) or '(none)'}",
                expected="lsoa21 and neighbourhood",
                where=str(path),
            )
        found: dict[str, str] = {}
        for number, row in enumerate(reader, start=2):
            lsoa, name = (row["lsoa21"] or "").strip(), (row["neighbourhood"] or "").strip()
            if not name or found.setdefault(lsoa, name) != name or name in (ELSEWHERE, NOT_KNOWN):
                raise ConfigurationError(
                    f"LSOA {lsoa!r} in neighbourhood {name!r}",
                    expected="each LSOA once, with the name of its neighbourhood",
                    where=f"{path}, line {number}",
                )
    return found


def _labels(con: DuckDBPyConnection) -> tuple[str, ...]:
    return tuple(row[0] for row in con.execute("select distinct area from area_name order by area").fetchall())


def _quintiles(con: DuckDBPyConnection, labels: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Return the quintiles that the LSOAs of each area have: everybody knows that it holds no others."""
    from doorstep import reference

    found: dict[str, list[str]] = {label: [] for label in labels}
    pairs = con.execute(
        "select distinct area, ((imd2025_decile + 1) // 2)::varchar as quintile from area_name "
        "join read_parquet($table) using (lsoa21) where imd2025_decile is not null order by all",
        {"table": str(reference.table("lsoa21"))},
    )
    for area, number in pairs.fetchall():
        found[area].append(number)
    known = {area: tuple(numbers) or (NOT_KNOWN,) for area, numbers in found.items()}
    return {**known, ELSEWHERE: (*QUINTILES, NOT_KNOWN), NOT_KNOWN: (NOT_KNOWN,)}
