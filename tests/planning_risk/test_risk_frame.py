"""The frame: two clocks, edges of the year, and what is said of people who die, leave, or were dead already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lake_tables import Row
from risk_tables import DAY, HERE, UNTIL, KnownLake, People

from doorstep.errors import DataError, UsageError
from doorstep.planning.admission_risk.definition import risk_model
from doorstep.planning.admission_risk.frame import Frame, build_frame, is_made_up
from doorstep.planning.admission_risk.use import months_on

DEFINITION = risk_model().definition
LATER = date(2026, 10, 20)
# Somebody who is in no frame: their stay says that records reach the end of the year.
LAST: Row = {"person_id": "z", "admitted_on": date(2026, 9, 30), "admission_method": "11", "received_on": LATER}


def stay(person: str, day: date, method: str = "21", received: date = LATER) -> Row:
    return {"person_id": person, "admitted_on": day, "admission_method": method, "received_on": received}


def registered(person: str, **more: Any) -> Row:
    return {"person_id": person, "source": "gp", "record_id": person, "practice": HERE, "received_on": DAY, **more}


def framed(tmp_path: Path, names: str, person: list[Row] | None = None, **tables: Sequence[Row]) -> Frame:
    tables["spell"] = [*tables.get("spell", ()), LAST]
    rows = [registered(n) for n in names] if person is None else person
    before, after = (KnownLake.of(day, person=rows, **tables) for day in (DAY, LATER))
    table = People([{"person_id": n} for n in names]).write(tmp_path)
    return build_frame(DEFINITION, before, after, table, practices=[HERE])


def test_an_emergency_admission_counts_after_the_day_up_to_and_with_the_year_s_last(tmp_path: Path) -> None:
    stays = [
        stay("a", DAY), stay("b", date(2025, 10, 1)), stay("c", UNTIL), stay("d", date(2026, 10, 1)),
        stay("e", date(2026, 1, 1), "11"), stay("f", date(2026, 1, 1), "2A"),
    ]  # fmt: skip
    found = framed(tmp_path, "abcdef", spell=stays)
    assert found.admitted.tolist() == [False, True, True, False, False, True]
    assert (found.made_of["n_people"], found.made_of["n_admitted"]) == (6, 3)
    assert found.made_of["until"] == "2026-09-30"


def test_use_before_is_what_was_known_on_the_day_and_use_after_what_is_known_later(tmp_path: Path) -> None:
    """The stay of June that arrived in October is no part of last year as anybody knew it; nor of the year after."""
    june, old = date(2025, 6, 1), date(2024, 9, 30)
    stays = [stay("a", june, received=DAY), stay("b", june), stay("c", old, received=DAY)]
    seen = [{"person_id": "a", "appointment_on": DAY, "status": "Attended", "received_on": DAY}]
    found = framed(tmp_path, "abc", spell=stays, appointment=seen)
    assert found.columns["before_emergency_admissions"].tolist() == [1, 0, 0]
    assert found.columns["after_emergency_admissions"].tolist() == [0, 0, 0]
    assert found.columns["before_gp_appointments"].tolist() == [1, 0, 0]


def test_people_who_die_or_leave_are_kept_and_marked_and_the_dead_of_before_are_not(tmp_path: Path) -> None:
    people = [
        registered("a"),
        registered("b", died_on=date(2026, 3, 1)),
        registered("c", registered_to=date(2026, 3, 1)),
        registered("d", died_on=date(2025, 8, 1)),
        registered("e", died_on=date(2026, 12, 1)),
    ]
    found = framed(tmp_path, "abcde", person=people, spell=[stay("b", date(2026, 2, 1))])
    assert found.n == 4 and found.made_of["n_dead_already"] == 1
    assert found.died.tolist() == [False, True, False, False]
    assert found.left.tolist() == [False, False, True, False]
    assert found.admitted.tolist() == [False, True, False, False]


def test_the_target_population_is_alive_registered_and_of_age(tmp_path: Path) -> None:
    names: list[dict[str, Any]] = [
        {"person_id": "a"}, {"person_id": "b", "is_alive": False}, {"person_id": "c", "is_registered": False},
        {"person_id": "d", "age": 17}, {"person_id": "e", "age": 18}, {"person_id": "f", "age": None},
    ]  # fmt: skip
    lake = KnownLake.of(LATER, person=[registered(n) for n in "abcdef"], spell=[LAST])
    empty = KnownLake.of(DAY)
    found = build_frame(DEFINITION, empty, lake, People(names).write(tmp_path), practices=[HERE])
    assert found.n == 2 and found.columns["age"].tolist() == [70, 18]


def test_predictors_known_later_than_the_day_are_refused_unless_asked_for_and_then_said(tmp_path: Path) -> None:
    later = KnownLake.of(LATER, person=[registered("a")], spell=[LAST])
    table = People([{"person_id": "a"}]).write(tmp_path)
    with pytest.raises(UsageError, match="leak"):
        build_frame(DEFINITION, later, later, table, practices=[HERE])
    assert build_frame(DEFINITION, later, later, table, practices=[HERE], history_came_later=True).n == 1


def test_a_year_that_has_not_passed_or_whose_records_have_not_come_is_refused(tmp_path: Path) -> None:
    table = People([{"person_id": "a"}]).write(tmp_path)
    before, early = KnownLake.of(DAY), KnownLake.of(date(2026, 9, 29))
    with pytest.raises(UsageError, match="ends on 2026-09-30"):
        build_frame(DEFINITION, before, early, table, practices=[HERE])
    short = KnownLake.of(LATER, person=[registered("a")], spell=[stay("a", date(2026, 8, 1))])
    with pytest.raises(DataError, match="admitted on 2026-08-01"):
        build_frame(DEFINITION, before, short, table, practices=[HERE])


def test_nobody_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="--predictors-known-by"):
        build_frame(
            DEFINITION,
            KnownLake.of(DAY),
            KnownLake.of(LATER, spell=[LAST]),
            People([]).write(tmp_path),
            practices=[HERE],
        )


def test_who_is_held_out_depends_on_the_person_alone(tmp_path: Path) -> None:
    few = framed(tmp_path / "few", "abc")
    many = framed(tmp_path / "many", "abcdefgh")
    assert few.columns["part"].tolist() == many.columns["part"].tolist()[:3]
    assert many.held_out(0.5).tolist() == (many.columns["part"] < 32_768).tolist()


def test_the_hash_of_the_data_tells_an_outcome_that_changed(tmp_path: Path) -> None:
    none = framed(tmp_path / "x", "ab").made_of["data_sha256"]
    assert framed(tmp_path / "x", "ab").made_of["data_sha256"] == none
    assert framed(tmp_path / "x", "ab", spell=[stay("b", UNTIL)]).made_of["data_sha256"] != none


def test_made_up_people_are_recognised() -> None:
    assert not is_made_up(KnownLake.of(LATER, person=[registered("a", profile="emis@1")]))
    assert is_made_up(KnownLake.of(LATER, person=[registered("a", profile="synthetic@1")]))


def test_months_end_where_the_month_does() -> None:
    assert months_on(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert months_on(date(2025, 9, 30), -12) == date(2024, 9, 30)
    assert months_on(date(2025, 12, 31), 2) == date(2026, 2, 28)
