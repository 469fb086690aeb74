"""The facts of one person: from the sorted copy where it is there and fresh, else by a scan of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from doorstep.home import Home
from doorstep.planning.person_file import LakeView
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.definitions import Shelf

Rows = dict[str, list[dict[str, Any]]]


class Inputs(Protocol):
    """What a manifest says of the files that came in."""

    def known_files(self) -> Mapping[str, Any]:
        """Return every input file (`file_id`, `name`) by its SHA-256."""


class LookedAt(LakeView, Protocol):
    """A lake that one person is explained from: with the names of its files."""

    @property
    def manifest(self) -> Inputs:
        """The snapshot's manifest."""


def facts_of(home: Home, lake: LookedAt, shelf: Shelf, person_id: str) -> Rows:
    """Return the facts of one person, lake table to rows."""
    import duckdb

    from doorstep.planning.sorted_copy import find_copy, rows_of_person
    from doorstep.planning.sorted_copy.layout import serves

    copy = find_copy(home, lake.snapshot, lake.known_by)
    if copy and serves(shelf):
        with duckdb.connect(":memory:") as con:
            return rows_of_person(con, copy, person_id)
    return scanned(lake.connection(), person_id)


def scanned(con: DuckDBPyConnection, person_id: str) -> Rows:
    """Return the facts of one person by reading through every table of the lake."""
    found: Rows = {}
    for table in TABLES:
        result = con.execute(f"select * from {table} where person_id = ?", [person_id])
        columns = [c[0] for c in result.description or ()]
        found[table] = [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
    return found


def file_names(lake: LookedAt) -> dict[str, str]:
    """Return the name of each file that came in, by its id."""
    return {i.file_id: i.name for i in lake.manifest.known_files().values()}
