"""People whose whole record is a few entries, and the engines that say what definitions make of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.planning.definitions import Shelf
from doorstep.planning.engine.duck import create_person_table
from doorstep.planning.engine.plain import person_table
from doorstep.planning.list_files import list_id, read_list
from doorstep.records.contracts import ARRIVAL, TABLES

PACK = Path(__file__).resolve().parents[2] / "packs" / "gm-sde"
AS_AT = date(2026, 9, 30)
HERE = "N84001"
MADE_UP = "19999999103"  # stands for the code under which a supplier would write its index

Row = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """Born when, with which entries: `2019-05-01 diabetes`, `undated diabetes`, `2026-03-01 cfs.score=6`, a code."""

    entries: Sequence[str] = ()
    born: date | None = None
    medicines: Sequence[str] = ()


@cache
def code_rows() -> tuple[Row, ...]:
    """Every code list that ships or is packed, and one for the supplier's index."""
    shipped = pq.read_table(reference.table("codes"), columns=["list_id", "code", "system"]).to_pylist()
    packed = [
        {"list_id": list_id(path), "code": c.code, "system": c.system}
        for path in sorted(PACK.glob("*.csv"))
        for c in read_list(path)
    ]
    return (*shipped, *packed, {"list_id": "efi2", "code": MADE_UP, "system": "snomedct"})


@cache
def code_of() -> dict[str, str]:
    """One code of each list, of those that lie in the fewest other lists."""
    rows = [row for row in code_rows() if row["system"] == "snomedct"]
    often = Counter(row["code"] for row in rows)
    found: dict[str, str] = {}
    for row in sorted(rows, key=lambda r: (often[r["code"]], r["code"])):
        found.setdefault(row["list_id"], row["code"])
    return found


def lake_rows(people: Mapping[str, Person]) -> dict[str, list[Row]]:
    """Return lake tables of these people, all registered here."""
    found: dict[str, list[Row]] = {"person": [], "coded": [], "medicine": []}
    for name, person in people.items():
        found["person"].append(
            {"person_id": name, "source": "gp", "record_id": name, "birth_on": person.born, "practice": HERE}
        )
        found["coded"] += [{"person_id": name, "practice": HERE, **_entry(text)} for text in person.entries]
        for text in person.medicines:
            day, code = text.split(" ")
            found["medicine"].append({"person_id": name, "code": code, "issued_on": date.fromisoformat(day)})
    return {table: [_complete(table, row, n) for n, row in enumerate(rows, 1)] for table, rows in found.items()}


def _entry(text: str) -> Row:
    when, said = text.split(" ")
    name, _, number = said.partition("=")
    day = None if when == "undated" else date.fromisoformat(when)
    return {"code": code_of().get(name, name), "recorded_on": day, "value": float(number) if number else None}


def _complete(table: str, row: Row, number: int) -> Row:
    arrived = {
        "received_on": date(2026, 1, 1),
        "row_no": number,
        "file_id": "f",
        "version_key": "",
        "is_deleted": False,
    }
    nothing = dict.fromkeys(c.name for c in (*TABLES[table].columns, *ARRIVAL))
    return {**nothing, **arrived, **row}


def by_plain(people: Mapping[str, Person], shelf: Shelf) -> dict[str, Row]:
    """The person table in plain Python, by person."""
    made = person_table(lake_rows(people), shelf, as_at=AS_AT, practices=[HERE], codes=code_rows())
    return {row["person_id"]: row for row in made.people}


def by_duckdb(people: Mapping[str, Person], shelf: Shelf) -> dict[str, Row]:
    """The person table on DuckDB, by person."""
    con = duckdb.connect()
    for table in TABLES.values():
        columns = ", ".join(f"{c.name} {c.type}" for c in (*table.columns, *ARRIVAL))
        con.execute(f"create table {table.name} ({columns})")
    for name, rows in lake_rows(people).items():
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            con.executemany(f"insert into {name} values ({marks})", [list(row.values()) for row in rows])
    with TemporaryDirectory() as folder:
        lists = Path(folder) / "lists.parquet"
        pq.write_table(pa.Table.from_pylist(list(code_rows())), lists)
        create_person_table(con, shelf, as_at=AS_AT, practices=[HERE], lists=lists)
        found = con.execute("select * from person_table")
        names = [d[0] for d in found.description or ()]
        return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


ENGINES = {"plain": by_plain, "duckdb": by_duckdb}
