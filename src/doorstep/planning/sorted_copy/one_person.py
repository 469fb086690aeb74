"""The rows of one person, read from the copy: a block of rows of each table, found by the person's number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from doorstep.planning.sorted_copy.layout import NUMBERED_CODES, ORIGIN, SortedCopy, kept
from doorstep.planning.sorted_copy.reading import part_of, relation
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Rows = dict[str, list[dict[str, Any]]]


def rows_of_person(con: DuckDBPyConnection, copy: SortedCopy, name: str) -> Rows:
    """Return the facts of one person by lake table, in the columns of the lake that the copy keeps.

    The files that are read are checked first. No row where the copy does not know the pseudonym.
    """
    return PersonRows(con, copy).of(name)


class PersonRows:
    """One person's facts after another's: codes and origins once looked up are kept."""

    def __init__(self, con: DuckDBPyConnection, copy: SortedCopy) -> None:
        self._con, self._copy = con, copy
        self._codes: dict[Any, Any] = {None: None}
        self._origins: dict[int, Mapping[str, Any]] = {}

    def of(self, name: str) -> Rows:
        """Return what `rows_of_person` does."""
        found = self._con.execute(f"select person_id from ({relation(self._copy, 'names')}) where name = ?", [name])
        known = found.fetchall()
        if not known:
            return {table: [] for table in TABLES}
        part = part_of(known[0][0])
        self._copy.check(p for x in self._copy.layers for p in x.pieces if p.part == part)
        stored = {table: list(self._stored(table, known[0][0])) for table in TABLES}
        self._look_up(stored)
        return {table: [self._row(table, name, row) for row in rows] for table, rows in stored.items()}

    def _stored(self, table: str, number: int) -> Iterator[dict[str, Any]]:
        columns = [*kept(table), "origin", "row_no"]
        rows = relation(self._copy, table, parts=[part_of(number)], only=f"f.person_id = {number}")
        for row in self._con.execute(f"select {', '.join(columns)} from ({rows})").fetchall():
            yield dict(zip(columns, row, strict=True))

    def _look_up(self, stored: Rows) -> None:
        """Learn the codes and origins that these rows have by number."""
        codes = {row["code"] for table in NUMBERED_CODES for row in stored[table]}
        self._codes |= dict(self._named("code, name", "codes", codes - self._codes.keys()))
        origins = {row["origin"] for rows in stored.values() for row in rows}
        for n, *found in self._named(f"origin, {', '.join(ORIGIN)}", "origins", origins - self._origins.keys()):
            self._origins[n] = dict(zip(ORIGIN, found, strict=True))

    def _named(self, columns: str, dictionary: str, numbers: Iterable[int]) -> list[tuple[Any, ...]]:
        """Return the rows of a dictionary with these numbers, which are its first column."""
        number, wanted = columns.split(",")[0], ", ".join(map(str, sorted(numbers)))
        if not wanted:
            return []
        query = f"select {columns} from ({relation(self._copy, dictionary)}) where {number} in ({wanted})"
        return self._con.execute(query).fetchall()

    def _row(self, table: str, name: str, stored: dict[str, Any]) -> dict[str, Any]:
        own = {column: value for column, value in stored.items() if column != "origin"}
        if table in NUMBERED_CODES:
            own["code"] = self._codes[own["code"]]
        return {"person_id": name, **own, **self._origins[stored["origin"]], "is_deleted": False}
