"""Versions: which row is a fact as known by a date, when several rows have its key.

A load writes down, for each table, the addresses of rows whose key repeats (in it or before it) or is deleted: few rows
in practice, so opening the lake never sorts the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from doorstep.records.contracts import TABLES
from doorstep.records.sql import listed, parquet

if TYPE_CHECKING:
    import duckdb

_VERSION = ("version_key", "received_on", "file_id", "row_no", "row_hash", "is_deleted")


def columns_of(table: str) -> tuple[str, ...]:
    """Return the columns that versions look at: the fact's key, and what orders its rows."""
    return tuple(dict.fromkeys((*TABLES[table].key, *_VERSION)))


def repeated_rows(table: str, fresh: str, old: Sequence[str]) -> str:
    """Return the query of all rows, old and `fresh` (SQL of a table), whose key a fresh row repeats or deletes.

    Keys are compared by hash first: a collision only lists rows that the window over the real key then keeps.
    """
    columns = listed(columns_of(table))
    hashed = f"hash({listed(TABLES[table].key)})"
    earlier = f"UNION ALL SELECT {columns} FROM {parquet(old)} WHERE {hashed} IN (SELECT h FROM again)" if old else ""
    seen = f"UNION SELECT n.h FROM (SELECT {hashed} AS h FROM {fresh}) n SEMI JOIN " if old else ""
    seen += f"(SELECT {hashed} AS h FROM {parquet(old)}) o ON n.h = o.h" if old else ""
    return f"""
        WITH again AS MATERIALIZED (
            SELECT h FROM (SELECT {hashed} AS h, is_deleted FROM {fresh})
            GROUP BY h HAVING count(*) > 1 OR bool_or(coalesce(is_deleted, false)) {seen})
        SELECT {columns} FROM {fresh} WHERE {hashed} IN (SELECT h FROM again) {earlier}"""


def create_dropped(
    con: duckdb.DuckDBPyConnection, name: str, table: str, repeated: Sequence[str], known_by: date | None
) -> None:
    """Create table `name`(file_id, row_no, outcome): rows that are not the fact of their key as known by that date.

    The newest version (version_key, received_on, file, row) says what the fact is. The first row to have arrived with
    that content stands for it; a later one with equal content is an exact duplicate, one with other content is
    superseded. A fact whose newest version is deleted has no row.
    """
    if not repeated:
        con.execute(f"CREATE OR REPLACE TABLE {name} (file_id VARCHAR, row_no BIGINT, outcome VARCHAR)")
        return
    key = listed(TABLES[table].key)
    newest = "(PARTITION BY {key} ORDER BY version_key DESC NULLS LAST, received_on DESC, file_id DESC, row_no DESC)"
    newest = newest.format(key=key)
    con.execute(
        f"""
        CREATE OR REPLACE TABLE {name} AS
        WITH known AS (
            SELECT DISTINCT * REPLACE (coalesce(is_deleted, false) AS is_deleted) FROM {parquet(repeated)}
            WHERE received_on <= coalesce(?, 'infinity'::DATE)),
        ranked AS (
            SELECT file_id, row_no, row_hash, is_deleted,
                first_value(row_hash) OVER {newest} AS newest_hash,
                first_value(is_deleted) OVER {newest} AS newest_is_deleted,
                row_number() OVER (PARTITION BY {key}, row_hash, is_deleted
                                   ORDER BY received_on, file_id, row_no) AS copy_no
            FROM known)
        SELECT file_id, row_no, CASE WHEN copy_no > 1 THEN 'exact_duplicate' ELSE 'superseded' END AS outcome
        FROM ranked WHERE copy_no > 1 OR newest_is_deleted OR is_deleted OR row_hash IS DISTINCT FROM newest_hash""",
        [known_by],
    )
