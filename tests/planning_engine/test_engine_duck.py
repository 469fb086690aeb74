"""The plan on DuckDB: the columns it promises, some people alone, and files that keep an order."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "planning_people"))
from lake_tables import lake

from doorstep import reference
from doorstep.errors import UsageError
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.columns import history_columns, offered, person_columns
from doorstep.planning.engine.duck import create_person_table, limit_memory, write_person_table
from doorstep.planning.engine.slices import write
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


def test_memory_is_set() -> None:
    con = duckdb.connect()
    limit_memory(con, "1GB")
    assert con.execute("select current_setting('memory_limit')").fetchall() == [("953.6 MiB",)]


def test_a_file_written_slice_by_slice_is_the_one_written_whole(tmp_path: Path) -> None:
    con = duckdb.connect()
    con.execute(
        "create temp table person_now as select 'p' || lpad(n::varchar, 3, '0') as person_id from range(10) t(n)"
    )
    con.execute(
        "create temp table scored as select person_id, length(person_id) as n from person_now where person_id > 'p004'"
    )
    rows = query("select person_id, n from person_now left join scored using (person_id)")
    assert write(con, rows, tmp_path / "whole.parquet") == write(con, rows, tmp_path / "cut.parquet", size=3) == 10
    whole, cut = (
        duckdb.execute("select * from read_parquet(?)", [str(tmp_path / f"{name}.parquet")]).fetchall()
        for name in ("whole", "cut")
    )
    assert whole == cut == [(f"p{n:03}", 4 if n > 4 else None) for n in range(10)]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["cut.parquet", "whole.parquet"]
