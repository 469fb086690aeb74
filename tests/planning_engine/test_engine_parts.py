"""The parts of a plan: days, bits, and which relations the steps read."""

from __future__ import annotations

from datetime import date, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from doorstep import reference
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.columns import offered
from doorstep.planning.engine.days import age, literal, months_before
from doorstep.planning.engine.masks import Space
from doorstep.planning.engine.plan import make_plan
from doorstep.planning.engine.sources import READ, LakeTables


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 9, 30), 12, date(2025, 9, 30)),
        (date(2026, 9, 30), 7, date(2026, 2, 28)),
        (date(2024, 3, 31), 1, date(2024, 2, 29)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 0, date(2026, 1, 15)),
    ],
)
def test_months_before_a_day_keep_its_number_or_end_the_month(day: date, months: int, expected: date) -> None:
    assert months_before(day, months) == expected


@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.integers(0, 40000))
def test_a_birthday_is_reached_on_its_day(born: date, days: int) -> None:
    on = born + timedelta(days)
    had_birthday = (on.month, on.day) >= (born.month, born.day)
    sql = exp.select(age(literal(born), literal(on))).sql("duckdb")
    assert duckdb.execute(sql).fetchall() == [(on.year - born.year - (not had_birthday),)]


def test_things_near_one_name_have_the_bits_of_a_word_of_their_own() -> None:
    space = Space("e")
    first, alone = space.add("a", near="efi"), space.add("b")
    second = space.add("c", near="efi")
    assert (first.mask, second.mask, first.word == second.word) == (1, 2, True)
    assert alone.word != first.word and space.add("b") == alone
    assert space.words(["a", "c", "b"]) == (3, 1)


def test_a_full_word_is_followed_by_another() -> None:
    space = Space("e")
    bits = [space.add(n) for n in range(63)]
    assert (bits[61].word, bits[61].place, bits[62].word, bits[62].place) == (0, 61, 1, 0)
    assert space.columns == ("e0", "e1")


def test_every_step_reads_relations_of_the_contract_lookups_or_steps_before_it() -> None:
    path = reference.table("codes")
    names = duckdb.execute("select distinct list_id from read_parquet(?)", [str(path)]).fetchall()
    shelf = offered(shipped(), {name for (name,) in names}).shelf
    plan = make_plan(shelf, as_at=date(2026, 9, 30), practices=("N84001",), lists=path)
    known = {*READ, *(lookup.name for lookup in plan.lookups)}
    for step in plan.steps(LakeTables()):
        own = {cte.alias for cte in step.query.find_all(exp.CTE)}
        assert {table.name for table in step.query.find_all(exp.Table)} <= known | own, step.name
        known.add(step.name)
    assert len(plan.describe(LakeTables()).splitlines()) == len(plan.steps(LakeTables()))
