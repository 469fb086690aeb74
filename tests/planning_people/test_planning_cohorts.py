"""A Place's own cohorts: rules run forward as stays, lists that arrived, freezing, and overlaps."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from lake_tables import FakeLake, lake, make_home, spec

from doorstep.errors import ConfigurationError, DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning import cohorts
from doorstep.planning.cohorts.overlaps import overlaps

HERE = "N84001"
RULE = """
id = "{id}"
version = {version}
title = "Older people"
purpose = "Proactive care"
owner = "The Place"
source = "Clinical lead"
status = "inferred"
review_by = 2027-04-01
rule = "{rule}"
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


def define(home: Home, rule: str = "age >= 65", version: int = 1, name: str = "older") -> str:
    path = home.root / f"{name}.toml"
    path.write_text(RULE.format(id=name, version=version, rule=rule), encoding="utf-8")
    return cohorts.define(home, path).rule


def people(table: str, **tables: Any) -> duckdb.DuckDBPyConnection:
    rows = [{"source": "gp", "record_id": r["person_id"], "practice": HERE, **r} for r in spec(table)]
    return lake(person=rows, **tables)


def stays(home: Home, con: duckdb.DuckDBPyConnection, name: str = "older", **kwargs: Any) -> list[tuple[Any, ...]]:
    view = FakeLake(con, **{k: kwargs.pop(k) for k in ("known_by",) if k in kwargs})
    found = cohorts.create_membership(home, view, name, **kwargs)
    return found.order("person_id, identified_on").fetchall()


JULY, AUGUST, SEPTEMBER = date(2026, 7, 31), date(2026, 8, 31), date(2026, 9, 30)


def test_stays_grow_forward_and_say_why_they_end(home: Home) -> None:
    define(home)
    before = people("""
        | person_id | birth_on   |
        | stays     | 1950-01-01 |
        | dies      | 1950-01-01 |
        | moves     | 1950-01-01 |
        | younger   | 1950-01-01 |
        | turns_65  | 1961-08-31 |
        """)
    first = cohorts.run(home, FakeLake(before, known_by=JULY), "older", as_at=JULY)
    assert (first["members"], first["came"], first["went"]) == (4, 4, 0)
    after = people("""
        | person_id | birth_on   | died_on    | registered_to |
        | stays     | 1950-01-01 |            |               |
        | dies      | 1950-01-01 | 2026-08-03 |               |
        | moves     | 1950-01-01 |            | 2026-08-10    |
        | younger   | 1970-01-01 |            |               |
        | turns_65  | 1961-08-31 |            |               |
        """)
    second = cohorts.run(home, FakeLake(after, known_by=AUGUST), "older", as_at=AUGUST)
    assert (second["members"], second["came"], second["went"]) == (2, 1, 3)
    assert stays(home, after) == [
        ("dies", JULY, "older@1", date(2026, 8, 3), "died"),
        ("moves", JULY, "older@1", date(2026, 8, 10), "moved"),
        ("stays", JULY, "older@1", None, None),
        ("turns_65", AUGUST, "older@1", None, None),
        ("younger", JULY, "older@1", date(2026, 8, 30), "no longer meets"),
    ]


def test_somebody_who_comes_back_has_two_stays(home: Home) -> None:
    define(home)
    old, young = "| person_id | birth_on |\n| p1 | 1950-01-01 |", "| person_id | birth_on |\n| p1 | 1990-01-01 |"
    for day, table in ((JULY, old), (AUGUST, young), (SEPTEMBER, old)):
        cohorts.run(home, FakeLake(people(table), known_by=day), "older", as_at=day)
    assert [row[1:4:2] for row in stays(home, people(old))] == [(JULY, date(2026, 8, 30)), (SEPTEMBER, None)]


def test_running_a_day_again_gives_the_same_and_an_earlier_day_is_refused(home: Home) -> None:
    define(home)
    con = people("| person_id | birth_on |\n| p1 | 1950-01-01 |")
    cohorts.run(home, FakeLake(con), "older", as_at=JULY)
    first = cohorts.run(home, FakeLake(con), "older", as_at=AUGUST)
    again = cohorts.run(home, FakeLake(con), "older", as_at=AUGUST)
    assert {k: v for k, v in first.items() if k != "run_at"} == {k: v for k, v in again.items() if k != "run_at"}
    assert stays(home, con) == [("p1", JULY, "older@1", None, None)]
    with pytest.raises(UsageError, match="already run for 2026-08-31"):
        cohorts.run(home, FakeLake(con), "older", as_at=JULY)


def test_news_of_a_death_before_the_stay_does_not_turn_it_round(home: Home) -> None:
    define(home)
    cohorts.run(home, FakeLake(people("| person_id | birth_on |\n| p1 | 1950-01-01 |")), "older", as_at=JULY)
    later = people("| person_id | birth_on | died_on |\n| p1 | 1950-01-01 | 2026-07-01 |")
    cohorts.run(home, FakeLake(later), "older", as_at=AUGUST)
    assert stays(home, later) == [("p1", JULY, "older@1", JULY, "died")]


def test_only_people_alive_and_registered_here_are_found(home: Home) -> None:
    define(home, "age >= 65 or age is null")
    con = people("""
        | person_id | birth_on   | died_on    | practice |
        | here      | 1950-01-01 |            | N84001   |
        | ageless   |            |            | N84001   |
        | dead      | 1950-01-01 | 2026-07-30 | N84001   |
        | away      | 1950-01-01 |            | Y99999   |
        """)
    cohorts.run(home, FakeLake(con), "older", as_at=JULY)
    assert [row[0] for row in stays(home, con)] == ["ageless", "here"]


def test_membership_is_what_was_run_by_the_knowledge_date(home: Home) -> None:
    define(home)
    con = people("| person_id | birth_on |\n| p1 | 1950-01-01 |\n| p2 | 1961-08-15 |")
    for day in (JULY, AUGUST):
        cohorts.run(home, FakeLake(con, known_by=day), "older", as_at=day)
    assert [row[0] for row in stays(home, con, known_by=AUGUST)] == ["p1", "p2"]
    assert [row[0] for row in stays(home, con, known_by=date(2026, 8, 30))] == ["p1"]
    with pytest.raises(DataError, match="2026-07-31"):
        stays(home, con, known_by=date(2026, 7, 30))


def test_a_run_that_was_changed_is_noticed(home: Home) -> None:
    define(home)
    con = people("| person_id | birth_on |\n| p1 | 1950-01-01 |")
    cohorts.run(home, FakeLake(con), "older", as_at=JULY)
    (home.planning / "cohorts" / "older" / "runs" / "2026-07-31.parquet").write_bytes(b"changed")
    with pytest.raises(NotWhatItClaimsError):
        stays(home, con)


def test_a_list_that_arrived_becomes_stays_that_do_not_overlap(home: Home) -> None:
    con = lake(
        cohort=spec("""
        | person_id | cohort_name | identified_on | identified_by | left_on    | left_reason |
        | p1        | local       | 2026-01-01    | rule          | 2026-03-31 | moved       |
        | p1        | local       | 2026-02-01    | clinician     |            |             |
        | p2        | local       | 2026-01-01    | rule          | 2026-01-31 | declined    |
        | p2        | local       | 2026-02-01    | clinician     |            |             |
        | p3        | local       | 2026-01-01    | rule          | 2026-05-31 | died        |
        | p3        | local       | 2026-02-01    | rule          | 2026-03-31 | other       |
        | p9        | other       | 2026-01-01    | rule          |            |             |
        """)
    )
    assert stays(home, con, "local") == [
        ("p1", date(2026, 1, 1), "rule", None, None),
        ("p2", date(2026, 1, 1), "rule", date(2026, 1, 31), "declined"),
        ("p2", date(2026, 2, 1), "clinician", None, None),
        ("p3", date(2026, 1, 1), "rule", date(2026, 5, 31), "died"),
    ]
    with pytest.raises(UsageError, match="one of local, other"):
        stays(home, con, "elsewhere")


def test_a_rule_keeps_its_version_until_it_changes(home: Home) -> None:
    define(home)
    define(home)
    with pytest.raises(ConfigurationError, match="version = 2"):
        define(home, "age >= 70")
    define(home, "age >= 70", version=2)
    assert cohorts.CohortFolder.of(home, "older").definition().rule == "age >= 70"


@pytest.mark.parametrize("rule", ["person_id = 'p1'", "died_on is null", "why = 'x'", "age > 65; select 1", "shoe > 9"])
def test_a_rule_that_cannot_be_run_is_never_kept(home: Home, rule: str) -> None:
    with pytest.raises(ConfigurationError, match=r"older\.toml"):
        define(home, rule)
    assert not (home.planning / "cohorts").exists()


def test_a_rule_may_ask_about_registers_counts_scores_and_the_group(home: Home) -> None:
    rule = "in_national_group and not palliative_care and ltc_count >= 3 and coalesce(hfrs, 0) >= 5"
    assert define(home, rule) == rule
    with pytest.raises(ConfigurationError, match="palliative_kare"):
        define(home, rule.replace("palliative_care", "palliative_kare"), version=2)


@pytest.mark.parametrize("name", ["../up", "", "a/b", ".hidden"])
def test_a_name_cannot_leave_its_folder(home: Home, name: str) -> None:
    with pytest.raises(UsageError):
        cohorts.create_membership(home, FakeLake(lake()), name)


def test_what_is_frozen_is_signed_followed_and_never_replaced(home: Home) -> None:
    con = lake(
        cohort=spec("""
        | person_id | cohort_name | identified_on | left_on    |
        | before    | local       | 2026-01-01    | 2026-07-30 |
        | last_day  | local       | 2026-01-01    | 2026-07-31 |
        | first_day | local       | 2026-07-31    |            |
        | after     | local       | 2026-08-01    |            |
        """)
    )
    view = FakeLake(con, known_by=AUGUST)
    with pytest.raises(UsageError, match="not frozen"):
        stays(home, con, "local", baseline=True)
    with pytest.raises(UsageError, match="signed"):
        cohorts.freeze(home, view, "local", signed_by=" ", on=JULY)
    kept = cohorts.freeze(home, view, "local", signed_by="Dr A, clinical lead", on=JULY)
    assert (kept["members"], kept["signed_by"], kept["from"]) == (2, "Dr A, clinical lead", "the list that was loaded")
    frozen = [
        ("first_day", date(2026, 7, 31), None, None, None),
        ("last_day", date(2026, 1, 1), None, None, None),
    ]
    assert stays(home, con, "local", baseline=True) == frozen
    with pytest.raises(ConfigurationError, match="frozen for 2026-07-31 by Dr A"):
        cohorts.freeze(home, view, "local", signed_by="B", on=JULY)
    file = home.planning / "cohorts" / "local" / "frozen.parquet"
    file.chmod(0o644)
    file.write_bytes(b"changed")
    with pytest.raises(NotWhatItClaimsError):
        stays(home, con, "local", baseline=True)


def test_freezing_wants_a_known_day_a_recent_run_and_people(home: Home) -> None:
    define(home)
    con = people("| person_id | birth_on |\n| p1 | 1950-01-01 |")
    view = FakeLake(con, known_by=SEPTEMBER)
    cohorts.run(home, view, "older", as_at=JULY)
    with pytest.raises(UsageError, match="not known yet"):
        cohorts.freeze(home, view, "older", signed_by="A", on=date(2026, 10, 1))
    with pytest.raises(DataError, match="last run for 2026-07-31"):
        cohorts.freeze(home, view, "older", signed_by="A", on=AUGUST)
    with pytest.raises(DataError, match="nobody"):
        cohorts.freeze(home, view, "older", signed_by="A", on=date(2026, 7, 30))
    assert cohorts.freeze(home, view, "older", signed_by="A", on=JULY)["from"] == "older@1"


def overlap_lake() -> duckdb.DuckDBPyConnection:
    """100 people; frail ones (0-39) are national, 30-59 are local, 50-79 are on the caseload."""
    names = [f"p{i:02d}" for i in range(100)]
    return lake(
        person=[{"person_id": n, "source": "gp", "record_id": n, "practice": HERE} for n in names],
        spell=[{"person_id": n, "admitted_on": date(2026, 1, 1), "diagnoses": ["F00"]} for n in names[:40]],
        cohort=[{"person_id": n, "cohort_name": "local", "identified_on": date(2026, 9, 15)} for n in names[30:60]],
        caseload=[
            {"person_id": n, "case_id": n, "opened_on": date(2026, 9, 1), "is_nnhip": True} for n in names[50:80]
        ],
    )


def test_overlaps_are_counted_and_nobody_is_dropped(home: Home) -> None:
    found = overlaps(home, FakeLake(overlap_lake()), "local", as_at=SEPTEMBER)
    assert found["national group"] == {
        "total": {"total": 40},
        "by local cohort": {"in the local cohort": 10, "not in it": 30},
    }
    assert found["local cohort"] == {
        "total": {"total": 30},
        "by national group": {"in the national group": 10, "not in it": 20},
        "by caseload": {"on the caseload": 10, "not on it": 20},
    }
    assert found["caseload"]["by local cohort"] == {"in the local cohort": 10, "not in it": 20}
    assert found["caseload"]["by national group"] == {"in the national group": "*", "not in it": "*"}
    assert found["came since 2026-08-30"] == {"total": {"total": 30}}
    assert found["went since 2026-08-30"] == {"total": {"total": "*"}}


def test_a_small_overlap_cannot_be_worked_out_from_its_neighbours(home: Home) -> None:
    con = overlap_lake()
    con.execute("delete from spell where person_id between 'p03' and 'p35'")
    found = overlaps(home, FakeLake(con), "local", as_at=SEPTEMBER)
    shown_small = [found["national group"]["by local cohort"], found["local cohort"]["by national group"]]
    assert shown_small == [
        {"in the local cohort": "*", "not in it": "*"},
        {"in the national group": "*", "not in it": "*"},
    ]
