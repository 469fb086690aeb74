"""A made-up system with every code list: what the record last says of each person is what the person table holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from doorstep.cli.app import main
from doorstep.home import Home
from doorstep.planning import lists
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.duck import create_person_table
from doorstep.planning.person_file import place_practices
from doorstep.records import open_lake

PACK = Path(__file__).resolve().parents[2] / "packs" / "gm-sde"
AS_AT = date(2026, 9, 30)  # the last day of the window that is made
NAME = "Cheshire and Merseyside"
SIZE = ("--people", "1500", "--months", "12", "--workers", "1")


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The person table on the last day of the window as `made`, and what is true as `truth`."""
    out = tmp_path_factory.mktemp("system") / "home"
    with pytest.raises(SystemExit) as stop:
        main(["synthetic", "make", "--system", NAME, "--plane", "planning", "--out", str(out), *SIZE])
    assert not stop.value.code
    home, shelf, found = Home(out), shipped(), duckdb.connect()
    lists.add(home, PACK)
    medicines = tuple(a for a in shelf.activities if a.id == "medicines")
    asked = Shelf(statuses=shelf.statuses, values=shelf.values, deficits=shelf.deficits, activities=medicines)
    with open_lake(home) as lake:
        con = lake.connection()
        create_person_table(con, asked, as_at=AS_AT, practices=place_practices(home), lists=lists.in_use(home).path)
        con.execute(f"copy person_table to '{out}/made.parquet'")
    found.execute(f"create table made as from '{out}/made.parquet'")
    found.execute(f"create table truth as from '{out}/truth/people-*.parquet'")
    return found


@pytest.mark.parametrize(
    ("ours", "true"),
    [("cfs", "cfs"), ("cfs_on", "cfs_on"), ("efi2", "efi2"), ("interpreter_needed", "needs_interpreter")],
)
def test_what_was_recorded_is_found(people: duckdb.DuckDBPyConnection, ours: str, true: str) -> None:
    query = f"""
        select count(*) filter (made.{ours} is distinct from truth.{true}),
               count(*) filter (coalesce(truth.{true}::varchar, 'false') <> 'false'), count(*)
        from made join truth using (person_id)
    """
    wrong, known, everyone = people.execute(query).fetchall()[0]
    assert wrong == 0
    assert 5 < known < everyone / 2


def test_the_frailty_index_comes_near_the_deficits_that_people_have(people: duckdb.DuckDBPyConnection) -> None:
    """Near and not equal: medicines are counted as issued, and some codes lie in two deficits."""
    query = """
        select corr(efi_count, deficits_at_end), avg(abs(efi_count - deficits_at_end)), count(*)
        from made join truth using (person_id) where age >= 65 and is_registered
    """
    together, apart, n = people.execute(query).fetchall()[0]
    assert n > 150
    assert together > 0.97 and apart < 0.5
