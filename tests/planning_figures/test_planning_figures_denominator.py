"""Who is a patient of the month, until when their activity counts, and in which columns they stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from return_tables import chosen, column, counted, made, one_person, patients, spec, total

from doorstep.errors import DataError, UsageError
from doorstep.planning.denominator import Area, Month, create_denominator
from doorstep.planning.figures import in_another_column
from doorstep.returns import COLUMNS

# person: identified, left, died, registered from and to; then the rules that count them
LIVES = """
| person_id | identified_on | left_on    | died_on    | registered_from | registered_to | rules |
| a         | 2026-06-30    |            |            |                 |               | before end any ever |
| b         | 2026-07-01    |            |            |                 |               | end any ever |
| c         | 2026-07-31    |            |            |                 |               | end any ever |
| d         | 2026-08-01    |            |            |                 |               | |
| e         | 2026-01-01    | 2026-06-30 |            |                 |               | ever |
| f         | 2026-01-01    | 2026-07-01 |            |                 |               | before any ever |
| g         | 2026-01-01    |            | 2026-06-30 |                 |               | ever |
| h         | 2026-01-01    |            | 2026-07-01 |                 |               | before any ever |
| i         | 2026-01-01    |            |            | 2026-07-02      |               | end any ever |
| j         | 2026-01-01    |            |            | 2020-01-01      | 2026-06-30    | ever |
| k         | 2026-01-01    |            |            | 2020-01-01      | 2026-07-01    | before any ever |
| l         | 2026-01-01    | 2026-07-31 |            |                 |               | before end any ever |
"""


def lives() -> duckdb.DuckDBPyConnection:
    rows = spec(LIVES)
    columns = ("person_id", "died_on", "registered_from", "registered_to")
    person = [one_person(record_id=r["person_id"], **{c: r[c] for c in columns}) for r in rows]
    members = [{k: r[k] for k in ("person_id", "identified_on", "left_on")} for r in rows]
    return made(person=person, membership=members)


RULES = {"before": "identified_before", "end": "month_end", "any": "any_day", "ever": "ever"}


@pytest.mark.parametrize(("word", "rule"), RULES.items())
def test_each_rule_counts_the_people_it_names(word: str, rule: str) -> None:
    expected = [str(r["person_id"]) for r in spec(LIVES) if word in str(r["rules"]).split()]
    assert patients(lives(), denominator=rule) == expected


def member(person_id: str = "p1", **fields: Any) -> dict[str, Any]:
    return {"person_id": person_id, "identified_on": "2026-01-01", **fields}


def visits(*days: str) -> list[dict[str, Any]]:
    return [
        {"person_id": "p1", "provider": "R1", "attendance_id": f"v{n}", "arrived_on": day, "department_type": "01"}
        for n, day in enumerate(days)
    ]


def test_activity_counts_until_death_or_leaving_and_that_day_included() -> None:
    days = visits("2026-07-09", "2026-07-10", "2026-07-11")
    alive = made(person=[one_person()], membership=[member()], emergency=days)
    died = made(person=[one_person(died_on="2026-07-10")], membership=[member()], emergency=days)
    left = made(person=[one_person()], membership=[member(left_on="2026-07-10")], emergency=days)
    moved = made(person=[one_person(registered_to="2026-07-10")], membership=[member()], emergency=days)
    assert [total(con, "O5a") for con in (alive, died, left, moved)] == [3, 2, 2, 2]
    assert total(left, "O5a", denominator="ever") == 3
    assert total(died, "O5a", denominator="ever") == 2


def test_a_move_between_practices_of_the_place_is_not_leaving() -> None:
    person = [
        one_person(record_id="g1", practice="N1", registered_to="2026-07-10"),
        one_person(record_id="g2", practice="N2", registered_from="2026-07-11"),
    ]
    con = made(person=person, membership=[member()], emergency=visits("2026-07-20"))
    assert total(con, "O5a") == 1
    gap = [person[0], {**person[1], "registered_from": "2026-07-13"}]
    assert total(made(person=gap, membership=[member()], emergency=visits("2026-07-20")), "O5a") == 0


def test_a_member_registered_elsewhere_is_out_and_one_nobody_knows_is_in() -> None:
    con = made(
        person=[one_person(practice="N9"), one_person(person_id="p2", record_id="g2", practice=None)],
        membership=[member(), member("p2"), member("p3")],
    )
    assert patients(con) == ["p2", "p3"]


def test_a_place_of_residents_counts_homes_and_both_counts_either() -> None:
    person = [
        one_person(practice="N1", lsoa21="E9"),
        one_person(person_id="p2", record_id="g2", practice="N9", lsoa21="E1"),
    ]
    members = [member(), member("p2")]
    found = {}
    for basis in ("registered", "resident", "both"):
        found[basis] = patients(made(person=person, membership=members, area=Area(["N1"], ["E1"], basis)))
    assert found == {"registered": ["p1"], "resident": ["p2"], "both": ["p1", "p2"]}
    with pytest.raises(UsageError, match="registered, resident or both"):
        made(area=Area(["N1"], ["E1"], "nearby"))


AGES = """
| birth_on   | on the day  |
| 2008-07-01 | 18-19       |
| 2008-07-02 | nobody      |
| 2006-07-02 | 18-19       |
| 2006-07-01 | 20-29       |
| 1936-07-02 | 80-89       |
| 1936-07-01 | 90+         |
| 1900-01-01 | 90+         |
|            | Not known   |
"""


@pytest.mark.parametrize("row", spec(AGES), ids=lambda r: str(r["birth_on"]))
def test_age_on_the_first_day_decides_the_column_and_who_is_adult(row: dict[str, Any]) -> None:
    con = made(person=[one_person(birth_on=row["birth_on"])], membership=[member()])
    expected = {} if row["on the day"] == "nobody" else {row["on the day"]: 1}
    assert column(counted(con).patients, "Age Group") == expected


def test_people_of_unknown_age_can_be_left_out() -> None:
    con = made(person=[one_person(birth_on=None)], membership=[member()])
    assert (patients(con), patients(con, adults="known_only")) == (["p1"], [])


def test_a_leap_day_birthday_is_reached_on_the_first_of_march() -> None:
    con = made()
    ages = con.execute(
        "select age_on(date '2008-02-29', d) from (values (date '2026-02-28'), (date '2026-03-01'), "
        "(date '2028-02-28'), (date '2028-02-29')) v(d)"
    ).fetchall()
    assert [a for (a,) in ages] == [17, 18, 19, 20]


def test_a_birthday_or_a_move_can_put_an_event_in_another_column_and_it_is_counted() -> None:
    person = [
        one_person(birth_on="1966-07-15", lsoa21="E1"),
        one_person(birth_on="1966-07-15", lsoa21="E2", resident_from="2026-07-20"),
    ]
    con = made(person=person, membership=[member()], emergency=visits("2026-07-14", "2026-07-15", "2026-07-20"))
    found = counted(con)
    assert column(found.patients, "Age Group") == {"50-59": 1}
    assert column(found.patients, "Deprivation Quintile") == {"1": 1}
    assert column(found.counts["O5a"], "Age Group") == {"50-59": 1, "60-69": 2}
    assert column(found.counts["O5a"], "Deprivation Quintile") == {"1": 2, "5": 1}
    assert in_another_column(con)["O5a"] == {"events": 2, "people": 1}


def test_only_a_person_without_any_home_takes_the_lsoa_of_the_activity() -> None:
    row = {**visits("2026-07-10")[0], "lsoa21": "E2"}
    homeless = made(person=[one_person(lsoa21=None)], membership=[member()], emergency=[row])
    assert column(counted(homeless).counts["O5a"], "Deprivation Quintile") == {"5": 1}
    assert column(counted(homeless).patients, "Deprivation Quintile") == {"Not Known": 1}
    unknown_now = made(
        person=[one_person(), one_person(lsoa21=None, resident_from="2026-07-05")],
        membership=[member()],
        emergency=[row],
    )
    assert column(counted(unknown_now).counts["O5a"], "Deprivation Quintile") == {"Not Known": 1}


@pytest.mark.parametrize(
    ("codes", "group"),
    [("ABC", "White"), ("DEFG", "Mixed"), ("HJKLR", "Asian"), ("MNP", "Black"), ("S", "Other"), ("ZX9", "Not known")],
)
def test_every_ethnic_category_has_its_group(codes: str, group: str) -> None:
    person = [one_person(person_id=c, record_id=c, ethnicity="99" if c == "9" else c) for c in codes]
    con = made(person=person, membership=[member(c) for c in codes])
    assert column(counted(con).patients, "Ethnic Group") == {group: len(codes)}


def test_chinese_can_be_placed_under_other() -> None:
    con = made(person=[one_person(ethnicity="R")], membership=[member()])
    assert column(counted(con, ethnicity_chinese="other").patients, "Ethnic Group") == {"Other": 1}


def test_the_index_of_2019_gives_its_own_quintile() -> None:
    con = made(person=[one_person(lsoa21="E1")], membership=[member()])
    assert column(counted(con).patients, "Deprivation Quintile") == {"1": 1}
    assert column(counted(con, deprivation_index="imd2019").patients, "Deprivation Quintile") == {"2": 1}


def test_birth_dates_can_be_taken_to_the_end_of_their_month() -> None:
    con = made(person=[one_person(birth_on="2008-07-01")], membership=[member()])
    assert (patients(con), patients(con, birth_precision="month")) == (["p1"], [])


def test_a_baseline_cohort_is_followed_until_death_or_leaving_the_place() -> None:
    members = [
        member("before", identified_on="2025-12-31"),
        member("after", identified_on="2026-01-01"),
        member("declined", identified_on="2025-06-01", left_on="2026-03-01", reason="declined"),
        member("moved", identified_on="2025-06-01", left_on="2026-03-01", reason="moved"),
        member("gone", identified_on="2025-06-01", left_on="2025-12-31", reason="declined"),
    ]
    con = made(membership=members)
    assert patients(con) == ["after", "before"]
    assert patients(con, cohort="baseline") == ["before", "declined"]


def test_a_month_before_the_baseline_has_no_baseline_cohort() -> None:
    con = made(membership=[member()])
    with pytest.raises(DataError, match="before the baseline"):
        create_denominator(con, Month(date(2025, 12, 1)), chosen(cohort="baseline"))


def test_two_entries_of_one_person_are_one_patient() -> None:
    members = [member(identified_on="2026-01-01", left_on="2026-07-05"), member(identified_on="2026-03-01")]
    con = made(person=[one_person()], membership=members, emergency=visits("2026-07-20"))
    assert (patients(con), total(con, "O5a")) == (["p1"], 1)


def test_a_month_starts_on_its_first_day() -> None:
    assert Month(date(2028, 2, 1)).end == date(2028, 2, 29)
    with pytest.raises(UsageError, match="first day"):
        Month(date(2026, 7, 2))


people = st.lists(
    st.tuples(
        st.sampled_from(["A", "R", "M", "Z", None]),
        st.sampled_from(["E1", "E2", "E3", "E9", None]),
        st.one_of(st.none(), st.dates(date(1930, 1, 1), date(2012, 1, 1))),
        st.lists(st.integers(-3, 35), max_size=3),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=10, deadline=None)
@given(people, st.sampled_from(["identified_before", "month_end", "any_day", "ever"]))
def test_every_breakdown_adds_up_to_its_total_and_contributions_to_the_figures(drawn: Any, rule: str) -> None:
    person, members, activity = [], [], []
    for number, (ethnicity, lsoa, birth, days) in enumerate(drawn):
        name = f"p{number}"
        person.append(one_person(person_id=name, record_id=name, ethnicity=ethnicity, lsoa21=lsoa, birth_on=birth))
        members.append(member(name))
        for at, day in enumerate(days):
            arrived = date(2026, 7, 1) + timedelta(day)
            activity.append({**visits(str(arrived))[0], "person_id": name, "attendance_id": f"{name}-{at}"})
    con = made(person=person, membership=members, emergency=activity)
    found = counted(con, denominator=rule)
    for line in (*found.counts.values(), found.patients):
        for breakdown in ("Age Group", "Ethnic Group", "Deprivation Quintile"):
            assert sum(n for (b, _), n in zip(COLUMNS, line, strict=True) if b == breakdown) == line[0]
    rows = con.execute("select metric, sum(value) from contribution group by metric").fetchall()
    assert dict(rows) == {m: line[0] for m, line in found.counts.items() if line[0]}
