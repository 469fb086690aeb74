"""From contributions to the 23 columns of the return, with people beside events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from doorstep.planning.choices import Effective
from doorstep.planning.contributions import create_contributions, create_events, place_events
from doorstep.planning.denominator import Area, Month, create_denominator, create_members
from doorstep.planning.metrics import MetricSet
from doorstep.returns import COLUMNS, METRICS, Figures

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_BY_COLUMN = """
select {name}, age_column, ethnic_column, quintile_column, {amount}::bigint
from {table} group by all order by all
"""

_MOVED = """
select metric, sum(value)::bigint as events, count(distinct c.person_id) as people
from contribution c join denominator d using (person_id)
where metric <> 'P1' and (c.age_column, c.ethnic_column, c.quintile_column)
      is distinct from (d.age_column, d.ethnic_column, d.quintile_column)
group by metric
"""


def prepare(con: DuckDBPyConnection, month: Month, area: Area) -> None:
    """Make what no choice touches, once: members, presence in the Place, and the month's events of all members."""
    create_members(con, area)
    create_events(con, month)


def count(con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective) -> None:
    """Make `denominator` and `contribution` under these choices, after `prepare`."""
    create_denominator(con, month, choices)
    place_events(con, month, choices)
    create_contributions(con, month, definitions, choices)


def figures(con: DuckDBPyConnection, place: str, month: date) -> Figures:
    """Return the figures that `denominator` and `contribution` add up to."""
    counts = _lines(con.execute(_BY_COLUMN.format(name="metric", amount="sum(value)", table="contribution")).fetchall())
    patients = _lines(con.execute(_BY_COLUMN.format(name="'all'", amount="count(*)", table="denominator")).fetchall())
    empty = (0,) * len(COLUMNS)
    return Figures(
        place=place,
        month=month,
        counts={m: counts.get(m, empty) for m in METRICS},
        patients=patients.get("all", empty),
        caseload=counts.get("P1", empty)[0],
        caseload_line=counts.get("P1", empty),
    )


def people(con: DuckDBPyConnection) -> dict[str, int]:
    """Return how many people stand behind each metric: those with something counted."""
    rows = con.execute(
        "select metric, count(distinct person_id) from contribution where value > 0 group by metric"
    ).fetchall()
    return {m: dict(rows).get(m, 0) for m in (*METRICS, "P1")}


def in_another_column(con: DuckDBPyConnection) -> dict[str, dict[str, int]]:
    """Return per metric the events whose person stands in another column of the denominator (a birthday, a move)."""
    found = {m: {"events": e, "people": p} for m, e, p in con.execute(_MOVED).fetchall()}
    return {m: found.get(m, {"events": 0, "people": 0}) for m in METRICS}


def totals(con: DuckDBPyConnection) -> dict[str, int]:
    """Return patients and every metric's total from `denominator` and `contribution`."""
    counted = con.execute("select metric, sum(value)::bigint from contribution group by metric").fetchall()
    (patients,) = con.execute("select count(*) from denominator").fetchall()[0]
    return {"patients": patients, **{m: dict(counted).get(m, 0) for m in (*METRICS, "P1")}}


def _lines(rows: Iterable[tuple[Any, ...]]) -> dict[str, tuple[int, ...]]:
    """Add rows (name, age, ethnic group, quintile, amount) up into lines in the order of COLUMNS."""
    lines: dict[str, list[int]] = {}
    places = {column: index for index, column in enumerate(COLUMNS)}
    for name, age, ethnic, quintile, amount in rows:
        line = lines.setdefault(name, [0] * len(COLUMNS))
        line[0] += amount
        for breakdown, value in (("Age Group", age), ("Ethnic Group", ethnic), ("Deprivation Quintile", quintile)):
            line[places[breakdown, value]] += amount
    return {name: tuple(line) for name, line in lines.items()}
