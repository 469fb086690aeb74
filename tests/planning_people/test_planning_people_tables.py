"""Which of several records about one person is believed."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lake_tables import lake, refill, spec

from doorstep.errors import UsageError
from doorstep.planning.people import create_people

START, END = date(1, 1, 1), date(9999, 12, 31)


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def people_of(con: duckdb.DuckDBPyConnection, columns: str, **kwargs: Any) -> list[tuple[Any, ...]]:
    create_people(con, **kwargs)
    return rows(con, f"select person_id, {columns} from people order by person_id")


def test_the_first_source_that_knows_is_believed() -> None:
    con = lake(
        person=spec("""
        | person_id | source    | record_id | sex | ethnicity | birth_on   | birth_precision | died_on    |
        | p1        | hospital  | h1        | 1   | S         | 1950-03-02 | day             |            |
        | p1        | gp        | g1        | 2   |           | 1950-03-31 | month           |            |
        | p1        | cohort    | c1        |     | M         |            |                 | 2026-02-01 |
        | p2        | gp        | g2        | X   | Z         | 1960-01-01 | day             |            |
        | p2        | community | m2        | 9   | 99        | 1961-01-01 | day             |            |
        """)
    )
    assert people_of(con, "sex, ethnicity, ethnicity_source, birth_on, birth_precision, died_on") == [
        ("p1", "2", "M", "cohort", date(1950, 3, 2), "day", date(2026, 2, 1)),
        ("p2", "9", None, None, date(1960, 1, 1), "day", None),
    ]


def test_of_one_source_the_newest_row_is_believed() -> None:
    con = lake(
        person=spec("""
        | person_id | source | record_id | received_on | sex | ethnicity |
        | p1        | gp     | g1        | 2026-02-01  | 2   |           |
        | p1        | gp     | g2        | 2026-01-01  | 1   | A         |
        | p1        | gp     | g3        | 2025-12-01  | 1   | B         |
        """)
    )
    assert people_of(con, "sex, ethnicity") == [("p1", "2", "A")]


def test_hospital_activity_tells_an_ethnicity_where_no_record_does() -> None:
    con = lake(
        person=spec("""
        | person_id | source | record_id | ethnicity |
        | p1        | gp     | g1        |           |
        | p2        | gp     | g2        | C         |
        """),
        spell=[{"person_id": "p1", "ethnicity": "H", "admitted_on": date(2025, 1, 1)}],
        emergency=[{"person_id": p, "ethnicity": "J", "arrived_on": date(2025, 6, 1)} for p in ("p1", "p2")],
        outpatient=[{"person_id": "p1", "ethnicity": "Z", "appointment_on": date(2025, 9, 1)}],
    )
    assert people_of(con, "ethnicity, ethnicity_source") == [("p1", "J", "hospital"), ("p2", "C", "gp")]
    assert people_of(con, "ethnicity", ethnicity_order=("hospital", "gp")) == [("p1", "J"), ("p2", "J")]
    assert people_of(con, "ethnicity", ethnicity_order=("gp",)) == [("p1", None), ("p2", "C")]


def test_an_unknown_source_in_the_order_is_refused() -> None:
    with pytest.raises(UsageError, match="gp, cohort, community, hospital"):
        create_people(lake(), ethnicity_order=("gp", "pharmacy"))


def test_a_death_in_hospital_counts_where_no_record_has_one() -> None:
    con = lake(
        person=spec("""
        | person_id | source | record_id | died_on    |
        | p1        | gp     | g1        |            |
        | p2        | gp     | g2        | 2026-01-09 |
        | p3        | gp     | g3        |            |
        """),
        spell=spec("""
        | person_id | spell_id | discharged_on | discharge_method |
        | p1        | s1       | 2026-01-08    | 4                |
        | p2        | s2       | 2026-01-08    | 4                |
        | p3        | s3       | 2026-01-08    | 1                |
        """),
    )
    assert people_of(con, "died_on") == [("p1", date(2026, 1, 8)), ("p2", date(2026, 1, 9)), ("p3", None)]


def test_a_cohort_member_without_any_record_is_still_a_person() -> None:
    assert people_of(lake(cohort=[{"person_id": "p1"}]), "birth_on, sex") == [("p1", None, None)]


def test_a_move_ends_one_home_and_begins_the_next() -> None:
    con = lake(
        person=spec("""
        | person_id | source | record_id | lsoa21    | resident_from | received_on |
        | p1        | gp     | g1        | E01000001 |               | 2026-01-01  |
        | p1        | gp     | g1        | E01000002 | 2026-03-10    | 2026-03-20  |
        | p1        | gp     | g1        |           | 2026-05-01    | 2026-05-20  |
        | p1        | cohort | c1        | E01000009 |               | 2026-06-01  |
        | p2        | gp     | g2        |           |               | 2026-01-01  |
        | p2        | cohort | c2        | E01000003 | 2025-01-01    | 2026-01-01  |
        """)
    )
    create_people(con)
    assert rows(con, "from residence order by person_id, from_on") == [
        ("p1", "E01000001", START, date(2026, 3, 9)),
        ("p1", "E01000002", date(2026, 3, 10), date(2026, 4, 30)),
        ("p2", "E01000003", date(2025, 1, 1), END),
    ]


def test_two_records_of_one_home_give_one_interval() -> None:
    con = lake(
        person=spec("""
        | person_id | source | record_id | lsoa21    | received_on |
        | p1        | gp     | g1        | E01000001 | 2026-01-01  |
        | p1        | gp     | g2        | E01000002 | 2026-02-01  |
        | p1        | gp     | g3        |           | 2026-03-01  |
        """)
    )
    create_people(con)
    assert rows(con, "from residence") == [("p1", "E01000002", START, END)]


def test_registrations_keep_their_periods() -> None:
    con = lake(
        person=spec("""
        | person_id | source    | record_id | practice | registered_from | registered_to | resident_from | received_on |
        | p1        | gp        | g1        | N84001   | 2020-01-01      |               |               | 2025-01-01  |
        | p1        | gp        | g1        | N84001   | 2020-01-01      | 2026-02-28    | 2025-06-01    | 2026-03-20  |
        | p1        | gp        | g2        | N84002   | 2026-03-01      |               |               | 2026-03-20  |
        | p2        | cohort    | c2        | N84003   |                 |               |               | 2026-03-20  |
        | p2        | community | m2        | N84004   |                 |               |               | 2026-03-20  |
        | p3        | hospital  | h3        | N84005   |                 |               |               | 2026-03-20  |
        """)
    )
    create_people(con)
    assert rows(con, "from registration order by person_id, from_on") == [
        ("p1", "N84001", date(2020, 1, 1), date(2026, 2, 28)),
        ("p1", "N84002", date(2026, 3, 1), END),
        ("p2", "N84003", START, END),
    ]


moves = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["E01000001", "E01000002", None]), st.integers(0, 5)), max_size=8
)


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return lake()


@settings(max_examples=40, deadline=None)
@given(moves)
def test_homes_never_overlap_and_each_ends_where_the_next_known_move_begins(
    con: duckdb.DuckDBPyConnection, given_moves: Any
) -> None:
    first = date(2020, 1, 1)
    refill(
        con,
        person=[
            {
                "person_id": "p1",
                "source": "gp",
                "record_id": "g1",
                "lsoa21": lsoa,
                "resident_from": first + timedelta(day),
                "received_on": first + timedelta(100 + received),
            }
            for day, lsoa, received in given_moves
        ],
    )
    create_people(con)
    found = rows(con, "select from_on, to_on, lsoa21 from residence order by from_on")
    starts = {first + timedelta(day) for day, _, _ in given_moves}
    assert all(a[1] < b[0] for a, b in pairwise(found))
    assert all(f in starts and (t == END or t + timedelta(1) in starts) for f, t, _ in found)
