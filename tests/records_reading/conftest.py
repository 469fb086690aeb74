"""A small reader for tests: rows written inline, the staged rows given back as dictionaries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from doorstep.records.contracts import LAYOUTS
from doorstep.records.reading import Interpretation, read_delivery

RECEIVED = date(2026, 8, 20)
Row = Mapping[str, object]


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One connection for all tests: the look-up tables are made once."""
    with duckdb.connect() as connection:
        yield connection


@pytest.fixture(autouse=True)
def _no_dictionaries(con: duckdb.DuckDBPyConnection) -> None:
    for (table,) in con.execute("SELECT table_name FROM duckdb_tables() WHERE table_name LIKE 'dict_%'").fetchall():
        con.execute(f"DROP TABLE {table}")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write rows as one extract file in the layout of its stem; `{key}` is the sender's key unless told."""

    def _write(stem: str, *rows: Row, key: str = "Der_Pseudo_NHS_Number", name: str = "") -> Path:
        columns = [key if c == "{key}" else c for c in LAYOUTS[stem].columns]
        unknown = {c for row in rows for c in row} - set(columns)
        assert not unknown, f"not columns of {stem}: {unknown}"
        lines = [",".join(columns), *(",".join(str(row.get(c, "")) for c in columns) for row in rows)]
        path = tmp_path / (name or f"{stem}_2026-07.csv")
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return _write


@pytest.fixture
def read(con: duckdb.DuckDBPyConnection) -> Callable[..., list[Interpretation]]:
    """Read files as one delivery received on 20 August 2026."""

    def _read(*files: Path, received_on: date = RECEIVED, **options: Any) -> list[Interpretation]:
        return read_delivery(con, files, received_on=received_on, **options)

    return _read


@pytest.fixture
def rows(con: duckdb.DuckDBPyConnection) -> Callable[[Interpretation], list[dict[str, Any]]]:
    """Return the staged rows of one interpretation in the order of the file."""

    def _rows(item: Interpretation) -> list[dict[str, Any]]:
        cursor = con.execute(f"SELECT * FROM temp.{item.staged} ORDER BY row_no")
        names = [d[0] for d in cursor.description or []]
        return [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]

    return _rows


@pytest.fixture
def staged(read: Callable[..., list[Interpretation]], rows: Callable[..., list[dict[str, Any]]]) -> Callable[..., Any]:
    """Read one file and return its staged rows (of its main table)."""

    def _staged(path: Path, **options: Any) -> list[dict[str, Any]]:
        return rows(read(path, **options)[0])

    return _staged


def pick(found: Sequence[Mapping[str, Any]], *names: str) -> list[tuple[Any, ...]]:
    """Return these columns of the rows."""
    return [tuple(r[n] for n in names) for r in found]
