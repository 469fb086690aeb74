"""Rows that wait in quarantine for a patient file, or for their person to join the Place, and are tried again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from doorstep.home import Home
from doorstep.records import placing
from doorstep.records.contracts import TABLES
from doorstep.records.snapshot import Snapshot

if TYPE_CHECKING:
    import duckdb


def create_retried_tables(con: duckdb.DuckDBPyConnection, home: Home, before: Snapshot) -> dict[str, str]:
    """Create a temp table of retried rows per lake table that has rows waiting; return table -> its name."""
    names = {}
    for table in TABLES:
        waiting = before.paths(home, "waiting", table)
        if waiting:
            names[table] = placing.create_retried(con, table, waiting, before.paths(home, "placed", table))
    return names


def changed_outcomes(retried: Mapping[str, str]) -> list[str]:
    """Return the queries of rows that were unlinked and are out of scope now that their person is known."""
    return [
        f"""SELECT file_id, row_no, 'out_of_scope' AS outcome,
            'not a person, practice or area of this Place' AS reason, NULL::BIGINT AS carried_by
        FROM {name} WHERE NOT is_inside AND waits_as = 'unlinked'"""
        for name in retried.values()
    ]
