"""One person, or many, through the plain-Python engine and DuckDB: what a few definitions say of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import duckdb
import pyarrow as pa

from doorstep import reference
from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.duck import create_person_table
from doorstep.planning.engine.plain import person_table
from doorstep.planning.engine.plain.given import read_rows
from doorstep.records.contracts import ARRIVAL, TABLES

AS_AT = date(2026, 9, 30)
CODES = read_rows(reference.table("codes"))


def shelf_of(*ids: str) -> Shelf:
    """Return a shelf that holds only these shipped definitions, switched on."""
    keep = set(ids)
    shelf = shipped().switched_on(keep)
    return shelf.without(d.id for d in shelf.all if d.id not in keep)


Rows = Mapping[str, Iterable[Mapping[str, Any]]]
People = dict[str, dict[str, Any]]


def people(shelf: Shelf, tables: Rows, *, born: Mapping[str, date] | None = None) -> People:
    """Return the person table by person, the same from both engines; all are registered with the Place."""
    facts: dict[str, list[Mapping[str, Any]]] = {name: list(rows) for name, rows in tables.items()}
    facts["person"] = _person_rows(tables, born or {})
    found = person_table(facts, shelf, as_at=AS_AT, practices=["A1"], codes=CODES, areas={})
    made = {row["person_id"]: row for row in found.people}
    assert made == by_duckdb(shelf, facts)
    return made


def by_duckdb(shelf: Shelf, facts: Mapping[str, Sequence[Mapping[str, Any]]]) -> People:
    """Return the person table by person, as DuckDB makes it."""
    with duckdb.connect() as con:
        for table in TABLES.values():
            columns = ", ".join(f"{c.name} {c.type}" for c in (*table.columns, *ARRIVAL))
            con.execute(f"create table {table.name} ({columns})")
        for name, rows in facts.items():
            keys = dict.fromkeys(key for row in rows for key in row)
            if keys:
                con.register("rows", pa.table({key: [row.get(key) for row in rows] for key in keys}))
                con.execute(f"insert into {name} by name from rows")
        create_person_table(con, shelf, as_at=AS_AT, practices=["A1"])
        found = con.sql("from person_table order by person_id").to_arrow_table().to_pylist()
    return {row["person_id"]: row for row in found}


def _person_rows(tables: Rows, born: Mapping[str, date]) -> list[Mapping[str, Any]]:
    names = {row["person_id"] for rows in tables.values() for row in rows} | set(born)
    same = {"source": "gp", "practice": "A1", "registered_from": date(2000, 1, 1), "received_on": date(2026, 10, 1)}
    return [
        {"person_id": name, "record_id": name, "birth_on": born.get(name), "file_id": "f", "row_no": i, **same}
        for i, name in enumerate(sorted(names))
    ]


def cases(
    shelf: Shelf, table: str, rows_of: Sequence[Sequence[Mapping[str, Any]]], **born: date
) -> list[dict[str, Any]]:
    """Return the rows of several people, each of whom has these rows of one lake table; `born` names p0, p1, …"""
    names = [f"p{i}" for i in range(len(rows_of))]
    rows = [{"person_id": name, **row} for name, mine in zip(names, rows_of, strict=True) for row in mine]
    made = people(shelf, {table: rows}, born=dict.fromkeys(names, date(1950, 1, 1)) | born)
    return [made[name] for name in names]


def one(shelf: Shelf, **tables: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the row of one person, born in 1950, who has these rows of lake tables."""
    mine = {table: [{"person_id": "p", **row} for row in found] for table, found in tables.items()}
    return people(shelf, mine, born={"p": date(1950, 1, 1)})["p"]


def spell(admitted: str, discharged: str | None = "", **more: Any) -> dict[str, Any]:
    """Return an emergency stay; a day case of the calendar unless `discharged` says another day, or None for no end."""
    left = None if discharged is None else date.fromisoformat(discharged or admitted)
    return {"admitted_on": date.fromisoformat(admitted), "discharged_on": left, "admission_method": "21"} | more
