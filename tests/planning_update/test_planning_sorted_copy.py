"""The sorted copy holds the facts of the lake and nothing else, and the program says the same of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from update_home import Place, everything, small_shelf, spell

from doorstep.planning.engine import duck
from doorstep.planning.lists import in_use
from doorstep.planning.person_file import offer_of, place_practices
from doorstep.planning.sorted_copy import SortedCopy, build, find_copy, layout, make_copy, rows_of_person
from doorstep.planning.sorted_copy.layout import asks_for, kept, serves
from doorstep.planning.sorted_copy.reading import lake_shape
from doorstep.records import open_lake
from doorstep.records.contracts import TABLES

KNOWN, DAY = date(2026, 10, 5), date(2026, 9, 30)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place.make(tmp_path / "home")
    place.load("2026-09-25", **everything())
    place.load("2026-09-26", spell=[everything()["spell"][0] | {"discharge_method": "4"}, spell("k01", 70, DAY)])
    return place


def facts(con: duckdb.DuckDBPyConnection, copy: SortedCopy, table: str) -> tuple[list[str], list[str]]:
    """Return the rows of a table in the lake and in the copy, as sorted text, in the columns that the copy keeps."""
    columns = ", ".join((*kept(table), "file_id", "profile", "provider", "received_on", "row_no"))
    copied = con.execute(f"select {columns} from ({lake_shape(copy, table)})").fetchall()
    return sorted(map(str, con.execute(f"select {columns} from {table}").fetchall())), sorted(map(str, copied))


def test_the_copy_holds_every_fact_of_the_lake_with_its_origin(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        copy = make_copy(lake)
        for table in TABLES:
            lake_rows, copied = facts(lake.connection(), copy, table)
            assert lake_rows == copied, table
        copy.check()
        assert len(facts(lake.connection(), copy, "spell")[1]) > 40


def test_one_person_has_the_rows_of_the_lake_and_a_stranger_none(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        con, copy = lake.connection(), make_copy(lake)
        ((person, n),) = con.execute(
            "select person_id, count(*) from spell group by 1 order by 2 desc limit 1"
        ).fetchall()
        found = rows_of_person(con, copy, person)
        assert (len(found["spell"]), {r["person_id"] for r in found["spell"]}) == (n, {person})
        assert not any(rows_of_person(con, copy, "nobody").values())


def test_parts_hold_whole_people(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("layout", "writing", "pieces", "reading"):
        monkeypatch.setattr(f"doorstep.planning.sorted_copy.{module}.PEOPLE_A_PART", 16)
    with open_lake(place.home, known_by=KNOWN) as lake:
        con, copy = lake.connection(), make_copy(lake)
        assert {p.part for p in copy.layers[0].of("person")} == {0, 1, 2}
        lake_rows, copied = facts(con, copy, "coded")
        assert lake_rows == copied
        people = [r[0] for r in con.execute("select distinct person_id from spell").fetchall()]
        n_rows = sum(len(rows_of_person(con, copy, p)["spell"]) for p in people)
        assert con.execute("select count(*) from spell").fetchall() == [(n_rows,)]


def test_a_copy_serves_its_own_snapshot_and_knowledge_date_only(place: Place) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        make_copy(lake)
        assert find_copy(place.home, lake.snapshot, KNOWN)
        assert find_copy(place.home, lake.snapshot, DAY) is None
        assert find_copy(place.home, "f" * 64, KNOWN) is None


def test_a_copy_of_another_format_is_not_used(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_lake(place.home, known_by=KNOWN) as lake:
        make_copy(lake)
        monkeypatch.setattr(layout, "SORTED_FORMAT", 99)
        assert find_copy(place.home, lake.snapshot, KNOWN) is None


def test_the_copy_gives_the_tables_and_the_chosen_columns_that_the_lake_gives(place: Place, tmp_path: Path) -> None:
    shown = {"person_id": "person_id", "older": "age + 1", "often": "ed_attendances_12m > 0"}
    with open_lake(place.home, known_by=KNOWN) as lake:
        copy, con = make_copy(lake), lake.connection()
        shelf = offer_of(lake.home, small_shelf()).shelf
        asked: dict[str, Any] = {"practices": place_practices(lake.home), "lists": in_use(lake.home).path}
        duck.create_person_table(con, shelf, as_at=DAY, **asked)
        person, history, some = (tmp_path / f"{name}.parquet" for name in ("person", "history", "some"))
        build.write_person_table(copy, shelf, person, history, as_at=DAY, **asked)
        build.write_columns(copy, shelf, shown, some, as_at=DAY, **asked)
        assert rows(con, f"'{person}'") == rows(con, "person_table") != []
        assert rows(con, f"'{history}'") == rows(con, "history_table") != []
        chosen = rows(con, "person_table", ", ".join(shown.values()))
    assert rows(duckdb.connect(), f"'{some}'") == chosen
    assert len(chosen) == 40 and any("True" in row for row in chosen)


def rows(con: duckdb.DuckDBPyConnection, table: str, columns: str = "*") -> list[str]:
    """Return the rows of a table or file as sorted text."""
    return sorted(map(str, con.execute(f"select {columns} from {table}").fetchall()))


def test_a_rule_over_a_column_that_the_copy_does_not_keep_is_noticed() -> None:
    assert serves(small_shelf())
    assert asks_for("appointment_id = 'x' and attended = '5'", ("appointment_id",))
    assert not asks_for("attended = '5'", ("appointment_id",)) and not asks_for("", ("appointment_id",))
