"""The few pieces of SQL text that every step shares; names come from the contracts, values are quoted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from doorstep.records.contracts import ARRIVAL, Table

if TYPE_CHECKING:
    import duckdb


def literal(text: str) -> str:
    """Quote a text value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def parquet(paths: Sequence[str]) -> str:
    """Return the table function that reads these Parquet files as one table."""
    return f"read_parquet([{', '.join(literal(p) for p in paths)}])"


def rows_of(con: duckdb.DuckDBPyConnection, table: Table, paths: Sequence[str]) -> str:
    """Return SQL of a table's files as one relation; a column added since some of them were written is null there."""
    if not table.added:
        return parquet(paths)
    found = con.execute(
        "SELECT name, count(DISTINCT file_name) FROM parquet_schema(?) WHERE list_contains(?, name) GROUP BY name",
        [list(paths), list(table.added)],
    ).fetchall()
    n_files = dict(found)
    by_name = any(n < len(set(paths)) for n in n_files.values())
    rows = f"{parquet(paths)[:-1]}, union_by_name = true)" if by_name else parquet(paths)
    nothing = "".join(f", NULL::{table.column(c).type} AS {c}" for c in table.added if c not in n_files)
    return f"(SELECT *{nothing} FROM {rows})" if nothing else rows


def columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of every column of a lake table, those of arrival last."""
    return tuple((c.name, c.type) for c in (*table.columns, *ARRIVAL))


def typed_nothing(fields: Iterable[tuple[str, str]]) -> str:
    """Return a query with these columns and no rows."""
    return "SELECT " + ", ".join(f"NULL::{kind} AS {name}" for name, kind in fields) + " WHERE false"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Return column names as a comma-separated list, each with a prefix such as `f.`."""
    return ", ".join(f"{prefix}{name}" for name in names)
