"""The facts of one person: from the sorted copy where it is there and fresh, else by a scan of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from doorstep import clock
from doorstep.home import Home
from doorstep.planning.person_file import LakeView
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.definitions import Shelf
    from doorstep.records import Lake

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


class LakeWhenNeeded:
    """The lake as published, opened when its connection is first asked for: the sorted copy may do without."""

    def __init__(self, home: Home, known_by: date) -> None:
        from doorstep.records.snapshot import current

        home.config()
        self.known_by, self.manifest = known_by, current(home)
        self._home = home
        self._lake: Lake | None = None

    @property
    def snapshot(self) -> str:
        """Hash of the snapshot."""
        return self.manifest.hash

    def connection(self) -> DuckDBPyConnection:
        """Return a connection with a view per lake table."""
        from doorstep.records import open_lake

        self._lake = self._lake or open_lake(self._home, known_by=self.known_by, snapshot=self.snapshot)
        return self._lake.connection()

    def __enter__(self) -> LakeWhenNeeded:
        return self

    def __exit__(self, *_: object) -> None:
        if self._lake:
            self._lake.close()


def lake_for(home: Home, known_by: date | None) -> AbstractContextManager[LookedAt]:
    """Return the published lake to explain from; not opened yet where a fresh sorted copy may do without it."""
    from doorstep import records
    from doorstep.planning.sorted_copy import find_copy

    snapshot, day = records.current_snapshot(home), known_by or clock.today()
    if snapshot and find_copy(home, snapshot, day):
        return LakeWhenNeeded(home, day)
    return records.open_lake(home, known_by=known_by)


class Facts:
    """The facts of one person after another's; `con` is any connection, which the sorted copy is read with."""

    def __init__(self, home: Home, lake: LookedAt, shelf: Shelf, con: DuckDBPyConnection) -> None:
        from doorstep.planning.sorted_copy import find_copy
        from doorstep.planning.sorted_copy.layout import serves
        from doorstep.planning.sorted_copy.one_person import PersonRows

        copy = find_copy(home, lake.snapshot, lake.known_by)
        self._lake = lake
        self._copied = PersonRows(con, copy) if copy and serves(shelf) else None

    def of(self, person_id: str) -> Rows:
        """Return the facts of one person, lake table to rows."""
        return self._copied.of(person_id) if self._copied else scanned(self._lake.connection(), person_id)


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
