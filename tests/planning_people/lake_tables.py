"""Hand-made lake tables for tests: every table of the contracts, typed, with the rows a test gives."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb

from doorstep.home import Home
from doorstep.records.contracts import ARRIVAL, TABLES

Row = Mapping[str, Any]

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def make_lake(con: duckdb.DuckDBPyConnection, **tables: Sequence[Row]) -> None:
    """Create an empty table per lake table and insert the rows given by table name.

    A column left out is null, except those of arrival: row numbers count up, `received_on` is 2026-01-01.
    A column or table that does not exist is a KeyError, so that a slip in a test is seen.
    """
    for table in TABLES.values():
        columns = ", ".join(f"{c.name} {c.type}" for c in (*table.columns, *ARRIVAL))
        con.execute(f"create table {table.name} ({columns})")
    refill(con, **tables)


def refill(con: duckdb.DuckDBPyConnection, **tables: Sequence[Row]) -> None:
    """Replace the rows of the lake tables given: quicker than a new lake where a test tries many."""
    unknown = set(tables) - set(TABLES)
    if unknown:
        raise KeyError(f"no such lake table: {unknown}")
    for name, given in tables.items():
        names = [c.name for c in (*TABLES[name].columns, *ARRIVAL)]
        con.execute(f"delete from {name}")
        rows = [_values(names, row, n) for n, row in enumerate(given, start=1)]
        if rows:
            con.executemany(f"insert into {name} values ({', '.join('?' * len(names))})", rows)


def lake(**tables: Sequence[Row]) -> duckdb.DuckDBPyConnection:
    """Return a new in-memory connection with these lake tables."""
    con = duckdb.connect()
    make_lake(con, **tables)
    return con


def spec(text: str) -> list[dict[str, Any]]:
    """Read a small table drawn with bars; blank cells are null, ISO dates are dates, `true`/`false` booleans."""
    lines = [line.strip().strip("|") for line in text.strip().splitlines()]
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines if set(line) - set("-| +")]
    return [dict(zip(header, map(_value, row), strict=True)) for row in rows]


def _value(cell: str) -> Any:
    if cell in ("", "true", "false"):
        return {"": None, "true": True, "false": False}[cell]
    if _DATE.fullmatch(cell):
        return date.fromisoformat(cell)
    return cell


def _values(names: Sequence[str], row: Row, number: int) -> list[Any]:
    wrong = set(row) - set(names)
    if wrong:
        raise KeyError(f"no such column: {wrong}")
    arrival = {"file_id": "f" * 16, "row_no": number, "received_on": date(2026, 1, 1), "is_deleted": False}
    return [{**arrival, **row}.get(name) for name in names]


@dataclass(frozen=True)
class FakeLake:
    """An open lake made of hand-made tables."""

    con: duckdb.DuckDBPyConnection
    known_by: date = date(2026, 10, 31)
    snapshot: str = "a" * 64

    def connection(self) -> duckdb.DuckDBPyConnection:
        """Return the connection."""
        return self.con

    @property
    def manifest(self) -> SimpleNamespace:
        """A manifest without any file."""
        return SimpleNamespace(known_files=dict)

    def __enter__(self) -> FakeLake:
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the tables open: the test made them."""


def make_home(root: Path, place: str = "Sefton") -> Home:
    """Return a home with the least it needs: a config.toml that names a Place."""
    (root / "config.toml").write_text(f'format = 1\nplace = "{place}"\n', encoding="utf-8")
    return Home(root)
