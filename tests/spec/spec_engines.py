"""The engines that must say the same: each takes a case and returns the rows of the person table and the history."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine import plain
from doorstep.planning.engine.duck import create_person_table
from doorstep.records.contracts import ARRIVAL, TABLES

Row = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Everything that a person table is made from."""

    tables: Mapping[str, list[Row]]
    shelf: Shelf
    codes: Sequence[Row]
    as_at: date
    practices: tuple[str, ...] = ("HERE",)
    place_score: PlaceScore | None = None


@dataclass(frozen=True)
class Made:
    """The rows that one engine made, in the order of person_id."""

    people: list[Row] = field(default_factory=list)
    history: list[Row] = field(default_factory=list)


def by_plain(case: Case) -> Made:
    """Compute in plain Python."""
    made = plain.person_table(
        case.tables,
        case.shelf,
        as_at=case.as_at,
        practices=case.practices,
        codes=case.codes,
        place_score=case.place_score,
    )
    return Made(made.people, made.history)


def by_duck(case: Case) -> Made:
    """Compute in DuckDB, from tables with the columns of the lake."""
    con = _lake()
    for name, table in TABLES.items():
        names = [c.name for c in (*table.columns, *ARRIVAL)]
        con.execute(f"delete from {name}")
        if rows := case.tables.get(name):
            con.register("given", pa.table({n: [row.get(n) for row in rows] for n in names}))
            con.execute(f"insert into {name} by name select * from given")
    with TemporaryDirectory() as folder:
        lists = Path(folder) / "codes.parquet"
        pq.write_table(pa.table({n: [r[n] for r in case.codes] for n in ("list_id", "code", "system")}, _CODES), lists)
        create_person_table(
            con, case.shelf, as_at=case.as_at, practices=case.practices, lists=lists, place_score=case.place_score
        )
    return Made(_fetched(con, "person_table"), _fetched(con, "history_table") if case.shelf.histories else [])


_CODES = pa.schema([(name, pa.string()) for name in ("list_id", "code", "system")])


@cache
def _lake() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect(config={"threads": "1"})
    for table in TABLES.values():
        columns = ", ".join(f"{c.name} {c.type}" for c in (*table.columns, *ARRIVAL))
        con.execute(f"create table {table.name} ({columns})")
    return con


def _fetched(con: duckdb.DuckDBPyConnection, table: str) -> list[Row]:
    found = con.execute(f"select * from {table} order by person_id")
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


Engine = Callable[[Case], Made]

ENGINES: dict[str, Engine] = {"plain": by_plain, "duckdb": by_duck}
