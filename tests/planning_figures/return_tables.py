"""Hand-made cohorts and activity, counted as a return is: the Place is practices N1 and N2, the month July 2026."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent / "planning_people"))

from lake_tables import Row, lake, spec

from doorstep.planning import figures
from doorstep.planning.baseline import members_of
from doorstep.planning.choices import DEFAULT_BASELINE, Effective, defaults
from doorstep.planning.denominator import Area, Month
from doorstep.planning.metrics import metric_set
from doorstep.planning.people import create_people
from doorstep.returns import COLUMNS, Figures

JULY = Month(date(2026, 7, 1))
AREA = Area(("N1", "N2"), ("E1", "E2"))
# LSOA: decile of 2025, decile of 2019
DECILES = {"E1": (1, 3), "E2": (10, 10), "E3": (6, 5)}

__all__ = [
    "AREA",
    "DECILES",
    "JULY",
    "Row",
    "chosen",
    "column",
    "counted",
    "lake",
    "made",
    "one_person",
    "patients",
    "spec",
    "total",
]


def one_person(**fields: Any) -> dict[str, Any]:
    """A white woman of 56 in the most deprived fifth, registered with N1; a test changes what it is about."""
    usual = {
        "person_id": "p1", "source": "gp", "record_id": "g1", "birth_on": date(1970, 1, 1), "birth_precision": "day",
        "sex": "2", "ethnicity": "A", "lsoa21": "E1", "practice": "N1",
    }  # fmt: skip
    return {**usual, **fields}


def made(
    *,
    person: Sequence[Row] = (),
    membership: Sequence[Row] = (),
    month: Month = JULY,
    area: Area = AREA,
    **tables: Sequence[Row],
) -> duckdb.DuckDBPyConnection:
    """Return a connection prepared for counting: lake, people, membership, deciles, events."""
    con = lake(person=person, **tables)
    con.execute("set threads = 1")  # tiny tables: threads cost more than they save
    create_people(con)
    con.execute(
        "create temp table membership(person_id varchar, identified_on date, source varchar, left_on date, "
        "reason varchar)"
    )
    for row in membership:
        names = ("person_id", "identified_on", "source", "left_on", "reason")
        con.execute("insert into membership values (?, ?, ?, ?, ?)", [row.get(n) for n in names])
    con.execute("create temp table decile(lsoa21 varchar, iod2025 int, imd2019 int)")
    con.executemany("insert into decile values (?, ?, ?)", [[k, *v] for k, v in DECILES.items()])
    members_of(con, DEFAULT_BASELINE)
    figures.prepare(con, month, area)
    return con


def counted(
    con: duckdb.DuckDBPyConnection,
    *,
    set_name: str = "guide",
    month: Month = JULY,
    choices: Effective | None = None,
    **options: str,
) -> Figures:
    """Count under the default choices, but for the options given."""
    figures.count(con, month, metric_set(set_name), choices or chosen(**options))
    return figures.figures(con, "Testshire", month.start)


def chosen(**options: str) -> Effective:
    """The default choices, but for the options given."""
    effective = defaults()
    for choice, option in options.items():
        effective = effective.with_option(choice, option)
    return effective


def total(con: duckdb.DuckDBPyConnection, metric: str, **options: Any) -> int:
    """One metric's total."""
    found = counted(con, **options)
    return found.caseload if metric == "P1" else found.counts[metric][0]


def patients(con: duckdb.DuckDBPyConnection, **options: Any) -> list[str]:
    """The people of the denominator."""
    counted(con, **options)
    return [row[0] for row in con.execute("select person_id from denominator order by all").fetchall()]


def column(line: Sequence[int], breakdown: str) -> dict[str, int]:
    """The non-zero columns of one breakdown."""
    return {value: n for (b, value), n in zip(COLUMNS, line, strict=True) if b == breakdown and n}
