"""The plan on DuckDB: the columns it promises, some people alone, and files that keep an order."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "planning_people"))
from lake_tables import lake

from doorstep import reference
from doorstep.errors import UsageError
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine import keyed
from doorstep.planning.engine.columns import history_columns, offered, person_columns
from doorstep.planning.engine.duck import create_person_table, limit_memory, write_columns, write_person_table
from doorstep.planning.engine.plan import make_plan
from doorstep.planning.engine.slices import slices
from doorstep.planning.engine.sources import LakeTables
from doorstep.planning.engine.steps import query

AS_AT = date(2026, 9, 30)


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    path = str(reference.table("codes"))
    names = duckdb.execute("select distinct list_id from read_parquet(?)", [path]).fetchall()
    return offered(shipped(), {name for (name,) in names}).shelf


def people() -> duckdb.DuckDBPyConnection:
    """Three people: one admitted, one with two records, one without anything."""
    person: list[dict[str, Any]] = [
        {"person_id": name, "source": "gp", "record_id": f"{name}{n}", "practice": "N84001", "sex": "1"}
        for name, n in (("p3", 1), ("p1", 1), ("p2", 1), ("p2", 2))
    ]
    stay = {"person_id": "p3", "admitted_on": date(2026, 8, 1), "discharged_on": date(2026, 8, 4)}
    return lake(
        person=person,
        spell=[{**stay, "admission_method": "21", "patient_classification": "1", "diagnoses": ["F00.1", "I694"]}],
        medicine=[{"person_id": "p2", "code": c, "issued_on": date(2026, 9, 1)} for c in ("7", "7", "8")],
    )


def test_the_table_has_the_columns_and_types_that_a_shelf_promises(shelf: Shelf) -> None:
    con = people()
    create_person_table(con, shelf, as_at=AS_AT, practices=["N84001"])
    for table, promised in (("person_table", person_columns(shelf)), ("history_table", history_columns(shelf))):
        made = con.execute(f"select column_name, column_type from (describe {table})").fetchall()
        assert made == list(promised.items())


def test_an_empty_shelf_still_says_who_people_are() -> None:
    con = people()
    create_person_table(con, Shelf(), as_at=AS_AT, practices=["N84001"])
    found = con.execute("select person_id, sex, is_registered, in_national_group, why from person_table order by 1")
    assert found.fetchall() == [(name, "1", True, False, None) for name in ("p1", "p2", "p3")]


def test_some_people_have_the_rows_they_have_among_everyone(shelf: Shelf) -> None:
    con = people()
    create_person_table(con, shelf, as_at=AS_AT, practices=["N84001"])
    whole = con.execute("select * from person_table where person_id <> 'p1' order by person_id").fetchall()
    create_person_table(
        con, shelf, as_at=AS_AT, practices=["N84001"], wanted="select unnest(['p2', 'p3']) as person_id"
    )
    assert con.execute("select * from person_table order by person_id").fetchall() == whole


def test_only_the_answers_stay_in_the_connection(shelf: Shelf) -> None:
    con = people()
    create_person_table(con, shelf, as_at=AS_AT, practices=["N84001"])
    left = con.execute("select table_name from duckdb_tables() where temporary order by 1").fetchall()
    assert left == [("history_table",), ("person_table",)]


def test_files_are_in_the_order_of_person_id_and_the_history_has_those_with_anything(
    shelf: Shelf, tmp_path: Path
) -> None:
    person, history = tmp_path / "person.parquet", tmp_path / "history.parquet"
    made = write_person_table(people(), shelf, person, history, as_at=AS_AT, practices=["N84001"])
    assert (made.n_people, made.has_codes) == (3, False)
    read = "select person_id from read_parquet(?)"
    assert duckdb.execute(read, [str(person)]).fetchall() == [("p1",), ("p2",), ("p3",)]
    assert duckdb.execute(read, [str(history)]).fetchall() == [("p3",)]
    (months,) = duckdb.execute("select bed_days from read_parquet(?)", [str(history)]).fetchall()[0]
    assert months == [0, 3, *[0] * 22]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["history.parquet", "person.parquet"]


@pytest.mark.parametrize("memory", ["much", "1", "1GB; drop table person", "-1GB", ""])
def test_memory_that_is_no_size_is_refused(memory: str) -> None:
    with pytest.raises(UsageError, match=r"1GB or 1\.5GB"):
        limit_memory(duckdb.connect(), memory)


@pytest.mark.parametrize(("memory", "left"), [("2GB", 1600), ("1GB", 600), ("600MB", 300)])
def test_duckdb_is_given_what_python_and_buffers_leave_and_at_least_half(memory: str, left: int) -> None:
    con, own = duckdb.connect(), duckdb.connect(config={"memory_limit": f"{left}MB"})
    limit_memory(con, memory)
    limit = "select current_setting('memory_limit')"
    assert con.execute(limit).fetchall() == own.execute(limit).fetchall()


def test_chosen_columns_are_those_of_the_table(shelf: Shelf, tmp_path: Path) -> None:
    con, path = people(), tmp_path / "some.parquet"
    place: dict[str, Any] = {"as_at": AS_AT, "practices": ["N84001"]}
    create_person_table(con, shelf, **place)
    chosen = {"person_id": "person_id", "nights": "bed_days_12m + 1", "many": "medicines_12m >= 2", "score": "hfrs"}
    whole = f"select {', '.join(chosen.values())} from person_table order by 1"
    expected = con.execute(whole).fetchall()
    write_columns(con, shelf, chosen, path, **place)
    found = duckdb.execute("select * from read_parquet(?) order by 1", [str(path)])
    assert [c[0] for c in found.description or ()] == [*chosen]
    assert (
        found.fetchall() == expected == [("p1", 1, False, None), ("p2", 1, True, None), ("p3", 4, False, 10.8)]
    )  # 7.1 for dementia and 3.7 for a past stroke
    assert [p.name for p in tmp_path.iterdir()] == ["some.parquet"]


@pytest.mark.parametrize(
    ("activity", "column", "is_settled"),
    [
        ("bed_days", "bed_days_12m", False),  # counts nights, whoever it is
        ("bed_days", "age", True),
        ("falls_admissions", "falls_admissions_12m", True),  # counts those of 65 and over
    ],
)
def test_who_people_are_is_settled_only_where_a_column_asks(
    shelf: Shelf, activity: str, column: str, is_settled: bool
) -> None:
    own = Shelf(activities=tuple(a for a in shelf.activities if a.id == activity))
    plan = make_plan(own, as_at=AS_AT, practices=["N84001"], lists=reference.table("codes"), wanted={column})
    assert ("person_record" in {step.name for step in plan.steps(LakeTables())}) == is_settled


def test_people_with_equal_keys_are_told_apart(shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [tmp_path / f"{name}.parquet" for name in ("person", "history", "other_person", "other_history")]
    place: dict[str, Any] = {"as_at": AS_AT, "practices": ["N84001"]}
    write_person_table(people(), shelf, paths[0], paths[1], **place)
    monkeypatch.setattr(keyed, "KEY", "hash(left(name, 1))")
    write_person_table(people(), shelf, paths[2], paths[3], **place)
    rows = [duckdb.execute("select * from read_parquet(?)", [str(path)]).fetchall() for path in paths]
    assert rows[:2] == rows[2:]
    assert [len(found) for found in rows] == [3, 1, 3, 1]


def test_nothing_of_the_keys_stays_in_the_connection(shelf: Shelf, tmp_path: Path) -> None:
    con = people()
    before = con.execute("select table_name from duckdb_tables() order by 1").fetchall()
    write_columns(con, shelf, {"n": "bed_days_12m"}, tmp_path / "n.parquet", as_at=AS_AT, practices=["N84001"])
    paths = tmp_path / "person.parquet", tmp_path / "history.parquet"
    write_person_table(con, shelf, *paths, as_at=AS_AT, practices=["N84001"])
    assert con.execute("select table_name from duckdb_tables() order by 1").fetchall() == before
    assert con.execute("select count(*) from duckdb_views() where schema_name = 'keyed'").fetchall() == [(0,)]


def test_slices_have_the_rows_of_their_own_people_and_none_is_lost() -> None:
    con = duckdb.connect()
    con.execute("create temp table person_now as select n::int as person_id from range(10) t(n)")
    con.execute("create temp table scored as select person_id, person_id * 2 as n from person_now where person_id > 4")
    rows = query("select person_id, n from person_now left join scored using (person_id)")
    cut = [(people, con.execute(text).fetchall()) for people, (text,) in slices([rows], 10, size=4)]
    assert [people for people, _ in cut] == [range(0, 4), range(4, 8), range(8, 10)]
    assert [sorted(found) for _, found in cut] == [[(n, n * 2 if n > 4 else None) for n in people] for people, _ in cut]
    assert [people for people, _ in slices([rows], 0)] == [range(0, 1)]


def test_answers_that_come_out_of_order_are_put_in_order_under_their_names() -> None:
    known = pa.table({"person_id": pa.array([7, 8, 9], pa.int32()), "name": ["p7", "p8", "p9"]})
    answer = pa.table({"person_id": pa.array([9, 7], pa.int32()), "n": [90, 70]})
    assert keyed.named(answer, known).to_pydict() == {"person_id": ["p7", "p9"], "n": [70, 90]}
