"""Registers of conditions and statuses: each definition's own examples come out as written."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.home import Home
from doorstep.planning import lists
from doorstep.planning.definitions import Example, Register, Shelf, shipped
from doorstep.planning.engine.duck import create_person_table
from doorstep.records.contracts import ARRIVAL, TABLES

PACK = Path(__file__).resolve().parents[2] / "packs" / "gm-sde"
AS_AT = date(2026, 9, 30)
SHELF = shipped()


@pytest.fixture(scope="module")
def codes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("home")
    (root / "config.toml").write_text('format = 1\nplace = "Sefton"\n', encoding="utf-8")
    lists.add(Home(root), PACK)
    return lists.in_use(Home(root)).path


def made(people: dict[str, Example], of_list: dict[str, str]) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for table in TABLES.values():
        columns = ", ".join(f"{c.name} {c.type}" for c in (*table.columns, *ARRIVAL))
        con.execute(f"create table {table.name} ({columns})")
    for person, example in people.items():
        con.execute(
            "insert into person (person_id, source, record_id, birth_on, received_on) values (?, 'gp', ?, ?, ?)",
            [person, person, example.born, date(2026, 1, 1)],
        )
        for text in example.entries:
            con.execute(
                "insert into coded (person_id, code, recorded_on) values (?, ?, ?)", [person, *_entry(text, of_list)]
            )
    return con


def _entry(text: str, of_list: dict[str, str]) -> tuple[Any, ...]:
    when, name = text.split(" ")
    return of_list[name], None if when == "undated" else date.fromisoformat(when)


@pytest.mark.parametrize("register", (*SHELF.conditions, *SHELF.statuses), ids=lambda r: r.id)
def test_the_examples_come_out_as_written(register: Register, codes: Path) -> None:
    rows = duckdb.execute("select list_id, max(code) from read_parquet(?) group by 1", [str(codes)]).fetchall()
    people = {example.says: example for example in register.example}
    expected = {says: example.is_on for says, example in people.items()}
    assert set(expected.values()) == {True, False}, "a definition shows someone on it and someone not"
    con = made(people, dict(rows))
    create_person_table(con, Shelf(registers=(register,)), as_at=AS_AT, practices=(), lists=codes)
    assert dict(con.execute(f"select person_id, {register.id} from person_table").fetchall()) == expected
