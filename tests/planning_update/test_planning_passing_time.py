"""Whom time touches: the days that edges pass over, table by table."""

from __future__ import annotations

from datetime import date

import duckdb
import pytest
from update_home import small_shelf

from doorstep.planning.definitions import (
    FOLDERS,
    Activity,
    CodedValue,
    CohortRule,
    DeficitCount,
    DiagnosisScore,
    Flag,
    Group,
    History,
    PlaceScore,
    Register,
    Scheme,
    Tally,
    WeightedSum,
)
from doorstep.planning.updating.passing_time import at, edges, passed, touched_queries

READ_FROM_ROWS = {Register, CodedValue, DeficitCount, Activity, DiagnosisScore, History}
MADE_OF_COLUMNS = {Tally, WeightedSum, Flag, Group, CohortRule, Scheme}


def test_every_kind_of_definition_either_reads_rows_or_is_made_of_columns() -> None:
    """A new kind must be told here what time does to it, or updates would miss people."""
    assert {kind for kind, _ in FOLDERS.values()} == READ_FROM_ROWS | MADE_OF_COLUMNS


def test_an_edge_is_the_same_day_months_before_or_the_last_of_that_month() -> None:
    assert at((), date(2026, 3, 31)) == date(2026, 3, 31)
    assert at((1,), date(2026, 3, 31)) == date(2026, 2, 28)
    assert at((1, 12), date(2026, 3, 31)) == date(2025, 2, 28)


def test_days_passed_over_are_merged_and_edges_that_stand_still_pass_over_none() -> None:
    found = passed({(), (1,), (12,)}, date(2026, 3, 30), date(2026, 3, 31))
    # 30 and 31 March both have 28 February a month before: that edge stands still.
    assert found == [(date(2025, 3, 30), date(2025, 3, 31)), (date(2026, 3, 30), date(2026, 3, 31))]
    month = passed({(), (1,), (2,)}, date(2026, 3, 15), date(2026, 4, 15))
    assert month == [(date(2026, 1, 15), date(2026, 4, 15))]


def test_each_definition_looks_at_its_own_table() -> None:
    found = edges(small_shelf(), None)
    assert found["emergency"] >= {(), (6,), (12,), (24,)}
    assert found["medicine"] >= {(), (3,), (12,)}
    assert found["coded"] >= {(), (60,)}  # cancer first coded in the last five years
    assert "appointment" not in found and "cohort" not in found
    score = PlaceScore(
        id="local", version=1, title="t", purpose="p", owner="o", source="s", status="inferred",
        review_by=date(2030, 1, 1), scored_on=date(2026, 1, 1), cohort_name="local", intermediate_from=1.0,
        high_from=2.0,
    )  # fmt: skip
    assert edges(small_shelf(), score)["cohort"] == {()}


@pytest.mark.parametrize(
    ("born", "is_touched"),
    [("1950-10-01", True), ("1950-10-03", True), ("1950-09-30", False), ("1950-10-04", False), (None, False)],
)
def test_a_birthday_between_the_days_touches(born: str | None, is_touched: bool) -> None:
    con = duckdb.connect()
    con.execute("create table people as select 1 as person_id, ?::date as birth_on, null::date as died_on", [born])
    queries = touched_queries(small_shelf(), None, before=date(2026, 9, 30), now=date(2026, 10, 3), schema="main")
    ages = [q for q in queries if "birth_on" in q]
    assert bool(con.execute(ages[0]).fetchall()) == is_touched


@pytest.mark.parametrize(
    ("admitted", "discharged", "is_touched"),
    [
        ("2026-10-01", None, True),
        ("2020-01-01", None, True),  # still in hospital: every day counts
        ("2025-09-20", "2025-10-02", True),  # lies over the edge a year before
        ("2026-04-01", "2026-04-20", False),
    ],
)
def test_a_stay_touches_where_it_lies_over_an_edge(admitted: str, discharged: str | None, is_touched: bool) -> None:
    shelf = small_shelf()
    shelf = shelf.without([d.id for d in shelf.all if d.id != "bed_days"])
    con = duckdb.connect()
    row = "select 1 as person_id, ?::date as admitted_on, ?::date as discharged_on"
    con.execute(f"create table spell as {row}", [admitted, discharged])
    queries = touched_queries(shelf, None, before=date(2026, 9, 30), now=date(2026, 10, 1), schema="main")
    assert bool(con.execute(next(q for q in queries if "spell" in q)).fetchall()) == is_touched
