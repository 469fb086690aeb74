"""Registers in one pass against a plain reading of each rule, on made-up rules and records."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_tables import lake, refill

from doorstep.planning.definitions import Criterion, Register, Shelf
from doorstep.planning.engine.duck import create_person_table

AS_AT, LONG_AGO = date(2026, 9, 30), date(1, 1, 1)
LISTS = ("a", "b", "c", "d")
Entry = tuple[str, date | None]

days = st.none() | st.integers(-10, 3000).map(lambda n: AS_AT - timedelta(n))
records = st.lists(st.tuples(st.sampled_from(LISTS), days), max_size=6)
births = st.none() | st.integers(0, 33000).map(lambda n: AS_AT - timedelta(n))
# Mostly nothing, so that conditions come one or two at a time and people are found as often as not.
maybe_day = st.none() | st.none() | st.integers(1000, 3000).map(lambda n: AS_AT - timedelta(n))
maybe_age = st.none() | st.none() | st.integers(0, 40)


@st.composite
def criteria(draw: Any) -> Criterion:
    chosen = draw(st.permutations(LISTS))
    has_second = draw(st.booleans())
    return Criterion(
        lists=tuple(chosen[: draw(st.integers(1, 2))]),
        resolved_by=(chosen[2],) if draw(st.booleans()) else (),
        recorded_from=draw(maybe_day),
        first_within_months=draw(st.none() | st.none() | st.integers(1, 90)),
        first_at_age_from=draw(maybe_age),
        and_lists=(chosen[3],) if has_second else (),
        and_recorded_from=draw(maybe_day) if has_second else None,
        age_from=draw(maybe_age),
        age_to=draw(st.none() | st.none() | st.integers(40, 90)),
    )


def age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    last = [31, 29 if year % 4 == 0 else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month]
    return date(year, month + 1, min(day.day, last))


def holds(c: Criterion, entries: list[Entry], born: date | None) -> bool:
    def of(lists: tuple[str, ...]) -> list[date]:
        return [day or LONG_AGO for name, day in entries if name in lists and (day is None or day <= AS_AT)]

    found, ended, second = of(c.lists), of(c.resolved_by), of(c.and_lists)
    first = min((d for d in found if d > LONG_AGO), default=None)
    return all(
        (
            bool(found),
            not ended or (bool(found) and max(found) > max(ended)),
            c.recorded_from is None or (bool(found) and max(found) >= c.recorded_from),
            not c.and_lists or bool(second),
            c.and_recorded_from is None or (bool(second) and max(second) >= c.and_recorded_from),
            c.first_within_months is None
            or (first is not None and first > months_before(AS_AT, c.first_within_months)),
            c.first_at_age_from is None
            or (first is not None and (born is None or age(born, first) >= c.first_at_age_from)),
            born is None or c.age_from is None or age(born, AS_AT) >= c.age_from,
            born is None or c.age_to is None or age(born, AS_AT) <= c.age_to,
        )
    )


@pytest.fixture(scope="module")
def codes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("codes") / "codes.parquet"
    rows = ", ".join(f"('{name}', 'code of {name}', 'snomedct')" for name in LISTS)
    with duckdb.connect() as con:
        con.sql(f"select * from (values {rows}) as t(list_id, code, system)").write_parquet(str(path))
    return path


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return lake()


def register(name: str, ways: list[Criterion], unless: tuple[str, ...] = ()) -> Register:
    return Register(
        id=name, version=1, title="t", purpose="p", owner="o", source="s", status="inferred",
        review_by=date(2027, 1, 1), any_of=tuple(ways), unless=unless,
    )  # fmt: skip


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(records, births), min_size=1, max_size=8),
    st.lists(criteria(), min_size=1, max_size=2),
    st.lists(criteria(), min_size=1, max_size=1),
)
def test_one_pass_says_what_the_rule_says(
    con: duckdb.DuckDBPyConnection,
    codes: Path,
    people: list[tuple[list[Entry], date | None]],
    ways: list[Criterion],
    other: list[Criterion],
) -> None:
    refill(
        con,
        person=[
            {"person_id": f"p{i}", "source": "gp", "record_id": f"g{i}", "birth_on": b}
            for i, (_, b) in enumerate(people)
        ],
        coded=[
            {"person_id": f"p{i}", "code": f"code of {name}", "recorded_on": day}
            for i, (entries, _) in enumerate(people)
            for name, day in entries
        ],
    )
    shelf = Shelf(registers=(register("one", ways, ("two",)), register("two", other)))
    create_person_table(con, shelf, as_at=AS_AT, practices=(), lists=codes)
    found = con.execute("select one, two from person_table order by person_id").fetchall()
    expected = []
    for entries, born in people:
        two = any(holds(c, entries, born) for c in other)
        expected.append((any(holds(c, entries, born) for c in ways) and not two, two))
    assert found == expected
