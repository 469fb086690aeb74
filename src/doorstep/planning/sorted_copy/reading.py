"""Reading the sorted copy as relations for the population's program."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.sorted_copy.layout import (
    NUMBERED_CODES,
    ORIGIN,
    PEOPLE_A_PART,
    WHO,
    Piece,
    SortedCopy,
    asks_for,
    kept,
    stored_types,
)
from doorstep.planning.sorted_copy.pieces import in_parts
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from doorstep.planning.definitions import Shelf

SCHEMA = "sorted_copy"
DICTIONARIES = {
    "names": "person_id INTEGER, name VARCHAR",
    "codes": "code INTEGER, name VARCHAR",
    "origins": "origin INTEGER, file_id VARCHAR, profile VARCHAR, provider VARCHAR, received_on DATE",
}
_STATE = {
    "dropped": "lake_table VARCHAR, file_id VARCHAR, row_no BIGINT",
    "withheld": "flow VARCHAR, person_id VARCHAR",
}
# The program orders the rows of these by when they arrived, so their relations carry the columns of arrival.
_WITH_ARRIVAL = ("person", "cohort")


class SortedSource:
    """The copy as relations of the population's program: people and codes keyed by whole numbers."""

    has_people = True
    everyone = f"{SCHEMA}.people"
    names = f"{SCHEMA}.names"
    codes = f"{SCHEMA}.codes"

    def relation(self, name: str) -> str:
        """Return the view of this relation."""
        return f"{SCHEMA}.{name}"

    def diagnoses(self) -> exp.Select:
        """Return the diagnoses of the step `stay`, unnested with their positions, codes as numbers."""
        return diagnoses_with(self.codes)


def diagnoses_with(codes: str) -> exp.Select:
    """Return the diagnoses of the step `stay` with the numbers that a relation (code, name) gives their codes."""
    found: exp.Expr = exp.maybe_parse(_DIAGNOSES.format(codes=codes), dialect="duckdb")
    assert isinstance(found, exp.Select)  # noqa: S101  (fixed text)
    return found


_DIAGNOSES = """
select person_id, stay, position, known.code
from (
    select person_id, stay, unnest(diagnoses) as name, generate_subscripts(diagnoses, 1) as position from stay
) as listed left join {codes} as known using (name)
"""


def open_copy(con: DuckDBPyConnection, copy: SortedCopy, shelf: Shelf | None = None) -> SortedSource:
    """Make the views of a copy in schema `sorted_copy` of a connection, and return them as a source.

    The views have the columns of arrival where the program reads them, or where an activity of `shelf` asks for the
    provider.
    """
    con.execute(f"create schema if not exists {SCHEMA}")
    for name in DICTIONARIES:
        con.execute(f"create or replace view {SCHEMA}.{name} as {relation(copy, name)}")
    show_parts(con, copy, with_arrival(shelf))
    return SortedSource()


def with_arrival(shelf: Shelf | None) -> frozenset[str]:
    """Return the tables whose rows the program, or an activity of the shelf, asks when and from whom they came."""
    asked = (a.table for a in (shelf.activities if shelf else ()) if asks_for(a.where, ("provider",)))
    return frozenset((*_WITH_ARRIVAL, *asked))


def show_parts(con: DuckDBPyConnection, copy: SortedCopy, wide: Collection[str], parts: range | None = None) -> None:
    """Make the views of the facts and of who people are: of everyone, or of the people of some parts that follow.

    The views of the tables in `wide` have the columns of arrival.
    """
    for name in (*WHO, *TABLES):
        rows = relation(copy, name, parts=parts, only=_within(copy, parts))
        query = _with_arrival(rows) if name in wide else rows
        con.execute(f"create or replace view {SCHEMA}.{name} as {query}")


def _within(copy: SortedCopy, parts: range | None) -> str:
    """The files of the first layer are cut into parts; those of later layers hold anybody."""
    return "true" if parts is None or len(copy.layers) == 1 else in_parts(parts[0], parts[-1])


def _with_arrival(rows: str) -> str:
    arrival = ", ".join(f"o.{n}" for n in ORIGIN)
    return f"""select f.*, {arrival}, false as is_deleted
        from ({rows}) as f join {SCHEMA}.origins as o on o.origin = f.origin"""


def relation(copy: SortedCopy, table: str, *, parts: Collection[int] | None = None, only: str = "true") -> str:
    """Return the query of one table of the copy, layers put together.

    From the files of some parts of the people where `parts` is given (files that are not cut hold other people too);
    of the rows that hold a condition where `only` is (alias `f`).
    """
    queries = []
    for i, layer in enumerate(copy.layers):
        if own := layer.of(table, parts):
            later = [p for x in copy.layers[i + 1 :] for p in x.of(gone_of(table))]
            rows = f"(select * from {scan(copy, own)} as f where {only})" if only != "true" else scan(copy, own)
            queries.append(f"select * from {rows} as f {_without(copy, table, later)}")
    return " union all ".join(queries) or _nothing(table)


def part_of(person: int) -> int:
    """Return the part that a person's rows stand in."""
    return person // PEOPLE_A_PART


def state(copy: SortedCopy, name: str) -> str:
    """Return the query of `dropped` or `withheld` as the copy knows them: what its last layer says."""
    pieces = copy.layers[-1].of(name)
    return f"select * from {scan(copy, pieces)}" if pieces else _nothing(name)


def gone_of(table: str) -> str:
    """Return the table of what a layer takes away from earlier ones; dictionaries only grow."""
    return "renewed" if table in WHO else f"gone_{table}"


def scan(copy: SortedCopy, pieces: Sequence[Piece]) -> str:
    """Return the table function that reads these files."""
    return "read_parquet([" + ", ".join("'" + p.replace("'", "''") + "'" for p in copy.paths(pieces)) + "])"


def _without(copy: SortedCopy, table: str, gone: Sequence[Piece]) -> str:
    if not gone:
        return ""
    same = "g.person_id = f.person_id" + ("" if table in WHO else " and g.origin = f.origin and g.row_no = f.row_no")
    return f"anti join {scan(copy, gone)} as g on {same}"


def _nothing(table: str) -> str:
    if table in TABLES:
        fields = ", ".join(f"{n} {t}" for n, t in stored_types(table).items())
    else:
        fields = {**DICTIONARIES, **_STATE}.get(table) or f"person_id INTEGER, {WHO[table]}"
    names = [field.strip().rsplit(" ", 1) for field in fields.split(",")]
    return "select " + ", ".join(f"null::{kind} as {name}" for name, kind in names) + " where false"


def lake_shape(copy: SortedCopy, table: str, *, parts: Collection[int] | None = None, only: str = "true") -> str:
    """Return the query of a table's rows in the columns of the lake, without the pseudonym."""
    own = ["c.name as code" if n == "code" and table in NUMBERED_CODES else f"f.{n}" for n in kept(table)]
    codes = f"left join ({relation(copy, 'codes')}) as c on c.code = f.code" if table in NUMBERED_CODES else ""
    return f"""select {", ".join(own)}, {", ".join(ORIGIN)}, f.row_no, false as is_deleted
        from ({relation(copy, table, parts=parts, only=only)}) as f {codes}
        join ({relation(copy, "origins")}) as o on o.origin = f.origin"""
