"""The few pieces of SQL text that every step shares; names come from the contracts, values are quoted here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from doorstep.records.contracts import ARRIVAL, Table


def literal(text: str) -> str:
    """Quote a text value for SQL."""
    return "'" + text.replace("'", "''") + "'"


def parquet(paths: Sequence[str]) -> str:
    """Return the table function that reads these Parquet files as one table."""
    return f"read_parquet([{', '.join(literal(p) for p in paths)}])"


def columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Return (name, type) of every column of a lake table, those of arrival last."""
    return tuple((c.name, c.type) for c in (*table.columns, *ARRIVAL))


def typed_nothing(fields: Iterable[tuple[str, str]]) -> str:
    """Return a query with these columns and no rows."""
    return "SELECT " + ", ".join(f"NULL::{kind} AS {name}" for name, kind in fields) + " WHERE false"


def listed(names: Iterable[str], prefix: str = "") -> str:
    """Return column names as a comma-separated list, each with a prefix such as `f.`."""
    return ", ".join(f"{prefix}{name}" for name in names)
