"""The facts of the people touched, fetched from the copy, and which of them are facts no longer.

The copy is sorted by person: reading everybody's number and keeping the rows of some costs little. What costs is the
address of each row (its origin and its number in a file). It is read of few people only, the careful ones: those of
whose rows some went before or may be gone now. Of them `touched_facts.careful_<table>` has the rows and addresses, and
`touched_facts.<table>` has those of everyone else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.planning.definitions import Shelf
from doorstep.planning.engine.sources import READ
from doorstep.planning.sorted_copy.layout import ORIGIN, Piece, SortedCopy, columns_of_rule
from doorstep.planning.sorted_copy.reading import SCHEMA as COPY
from doorstep.planning.sorted_copy.reading import gone_of, relation, scan
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA = "touched_facts"
ADDRESS = ("origin", "row_no")
_ARRIVAL = (*ORIGIN, "is_deleted")


def columns_asked(table: str, shelf: Shelf) -> tuple[str, ...]:
    """Return the columns that the program reads of a table, and those that rules of activities ask for."""
    asked = {n for a in shelf.activities if a.table == table for n in columns_of_rule(a.where)}
    return (*dict.fromkeys((*READ[table], *sorted(asked))),)


def asks_arrival(table: str, shelf: Shelf) -> bool:
    """Return whether any column of a table that is read says when or from whom rows came."""
    return bool(set(columns_asked(table, shelf)) & set(_ARRIVAL))


def columns_stored(table: str, shelf: Shelf) -> tuple[str, ...]:
    """Return the columns of the copy that stand for those asked: the address in place of what it leads to."""
    own = (n for n in columns_asked(table, shelf) if n not in _ARRIVAL)
    return (*dict.fromkeys((*own, *(ADDRESS if asks_arrival(table, shelf) else ()))),)


def n_rows(con: DuckDBPyConnection, table: str) -> int:
    """Return how many rows a table has."""
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])


@dataclass(frozen=True)
class Fetch:
    """Fetching from a copy that is open in a connection; `news` is the schema of what changed since (`arrivals`)."""

    con: DuckDBPyConnection
    copy: SortedCopy
    shelf: Shelf
    news: str

    def run(self) -> int:
        """Fetch the facts of `<news>.touched` (person_id, name), find which are none now, and return how many.

        Adds to `<news>.gone_<table>` the rows whose address is in `<news>.dropped_<table>`, and to `touched` people
        who turn out to have had such rows.
        """
        self.con.execute(f"create schema if not exists {SCHEMA}")
        self.con.execute(f"create or replace table {self.news}.careful as {self._careful()}")
        for table in READ:
            careful = f"{SCHEMA}.careful_{table}"
            self.con.execute(f"create or replace table {SCHEMA}.{table} as {self._many(table)}")
            self.con.execute(f"create or replace table {careful} as {self._few(table, f'{self.news}.careful')}")
        self.con.execute(f"create or replace table {self.news}.others (person_id integer)")
        for table in TABLES:
            self._take_away(table)
        self._add_others()
        return sum(n_rows(self.con, f"{self.news}.gone_{table}") for table in TABLES)

    def _careful(self) -> str:
        """Return the query of the people touched of whose rows some went before, or may be gone now."""
        gone = [f"select person_id from {self.news}.gone_{t}" for t in TABLES]
        gone += [f"select person_id from {scan(self.copy, p)}" for t in TABLES if (p := self._went(t))]
        found = " union all ".join((f"select person_id from {self.news}.suspects", *gone))
        return f"select person_id from {self.news}.touched semi join ({found}) as c using (person_id)"

    def _went(self, table: str) -> list[Piece]:
        """Return the files that say which rows of a table earlier updates took away."""
        return [p for layer in self.copy.layers for p in layer.of(gone_of(table))]

    def _is_divided(self, table: str) -> bool:
        """Return whether any row of a table is gone, or may be: else nobody's addresses are asked."""
        now = any(n_rows(self.con, f"{self.news}.{name}_{table}") for name in ("gone", "dropped"))
        return now or bool(self._went(table))

    def _many(self, table: str) -> str:
        """Return the query of the rows of everyone of whose rows none can be gone: no layer takes any away."""
        columns = ", ".join(columns_stored(table, self.shelf))
        but = f"anti join {self.news}.careful using (person_id)" if self._is_divided(table) else ""
        only = f"person_id in (select person_id from {self.news}.touched {but})"
        files = [own for layer in self.copy.layers if (own := layer.of(table))]
        queries = [f"select {columns} from {scan(self.copy, own)} where {only}" for own in files]
        return " union all ".join(queries) or f"select {columns} from ({relation(self.copy, table)})"

    def _few(self, table: str, people: str) -> str:
        """Return the query of the rows of some people, with their addresses, without what earlier layers took away."""
        only = f"f.person_id in (select person_id from {people})" if self._is_divided(table) else "false"
        columns = dict.fromkeys((*columns_stored(table, self.shelf), *ADDRESS))
        return f"select {', '.join(columns)} from ({relation(self.copy, table, only=only)}) as f"

    def _take_away(self, table: str) -> None:
        """Look for the rows dropped among those of careful people, and for any not found there in the whole copy."""
        con, dropped = self.con, f"{self.news}.dropped_{table}"
        n_wanted = n_rows(con, f"(select distinct file_id, row_no from {dropped})")
        if not n_wanted:
            return
        rows = "select f.person_id, f.origin, f.row_no from {0} as f semi join {1} using (origin, row_no)"
        near = rows.format(f"{SCHEMA}.careful_{table}", dropped) if table in READ else _NOTHING
        con.execute(f"create or replace temp table dropped_rows as {near}")
        if n_rows(con, "dropped_rows") < n_wanted:
            con.execute(f"create or replace temp table dropped_rows as {rows.format(f'{COPY}.{table}', dropped)}")
        con.execute(f"insert into {self.news}.gone_{table} (from dropped_rows except from {self.news}.gone_{table})")
        con.execute(f"""insert into {self.news}.others
            select person_id from dropped_rows anti join {self.news}.careful using (person_id)""")

    def _add_others(self) -> None:
        """Give people who turned out to have had rows dropped the place of careful ones."""
        others, touched = f"{self.news}.others", f"{self.news}.touched"
        if not n_rows(self.con, others):
            return
        self.con.execute(f"create or replace temp table added as from {others} anti join {touched} using (person_id)")
        for table in READ:
            self._add_rows(table, others)
        named = f"select person_id, name from {COPY}.names semi join added using (person_id)"
        self.con.execute(f"insert into {touched} {named}")
        self.con.execute(f"insert into {self.news}.careful select distinct person_id from {others}")

    def _add_rows(self, table: str, others: str) -> None:
        if self._is_divided(table):
            self.con.execute(f"delete from {SCHEMA}.{table} where person_id in (from {others})")
            self.con.execute(f"insert into {SCHEMA}.careful_{table} {self._few(table, others)}")
            return
        rows = relation(self.copy, table, only="f.person_id in (from added)")
        self.con.execute(
            f"insert into {SCHEMA}.{table} select {', '.join(columns_stored(table, self.shelf))} from ({rows})"
        )


_NOTHING = "select 0 as person_id, 0 as origin, 0::bigint as row_no where false"
