"""Placing rows: which staged row becomes a row of the lake, which waits, and why the others do not.

One pass over each staged table finds the exceptions; the facts are then written without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.records.contracts import ARRIVAL, TABLES
from doorstep.records.reading.staging import PLACEHOLDERS, filled
from doorstep.records.scope import row_is_inside, row_says_where
from doorstep.records.sql import listed, literal, parquet, rows_of
from doorstep.records.staged import Staged
from doorstep.records.versions import columns_of

if TYPE_CHECKING:
    import duckdb

OUTCOME_COLUMNS = (
    ("file_id", "VARCHAR"),
    ("row_no", "BIGINT"),
    ("outcome", "VARCHAR"),
    ("reason", "VARCHAR"),
    ("carried_by", "BIGINT"),
)
_KEYED = "LEFT JOIN key_person k ON k.scheme = s.key_scheme AND k.key = s.person_key"


def create_listed_people(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], known: Sequence[str]) -> None:
    """Create temp table listed_person(person_id, is_inside): inside where a person list of this Place names them.

    A cohort list names this Place's people whatever else is known; other person rows do where their practice or area
    is the Place's, and say nothing where they give neither. Somebody whom lists place elsewhere is inside where a row
    of activity names the Place's practice or area. `known` are the lists of earlier loads. Temp table odd_key holds
    the keys of everybody else (unlinked, purged, in no list of this Place), whose rows alone need a closer look.
    """
    parts = [_people_of(s) for s in staged if s.table in ("person", "cohort") and "person_key" in s.columns]
    parts += [f"SELECT person_id, is_inside FROM {parquet(known)} WHERE is_listed"] if known else []
    rows = " UNION ALL ".join(parts) or "SELECT NULL::VARCHAR, false WHERE false"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE listed_person AS
        SELECT person_id, bool_or(is_inside) AS is_inside FROM ({rows}) p(person_id, is_inside)
        WHERE person_id IS NOT NULL GROUP BY person_id""")
    for s in staged:
        if s.table not in ("", "person", "cohort") and {"practice", "lsoa21"} & set(TABLES[s.table].names):
            con.execute(_bring_in(s))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE odd_key AS
        SELECT k.scheme, k.key, k.person_id, k.is_purged, l.is_inside
        FROM key_person k LEFT JOIN listed_person l ON l.person_id = k.person_id
        WHERE k.person_id IS NULL OR k.is_purged OR l.is_inside IS NOT TRUE""")


def _bring_in(s: Staged) -> str:
    """Return the update for people whose lists say elsewhere, and whose own activity names the Place's practice."""
    return f"""UPDATE listed_person SET is_inside = true WHERE NOT is_inside AND person_id IN (
        SELECT k.person_id FROM {s.name} s {_KEYED} JOIN listed_person l ON l.person_id = k.person_id
        WHERE NOT l.is_inside AND {row_is_inside(frozenset(TABLES[s.table].names))} AND s.outcome LIKE 'loaded%')"""


def _people_of(s: Staged) -> str:
    given = f"CASE WHEN {row_says_where(s.columns)} THEN {row_is_inside(s.columns)} END"
    inside = "true" if s.table == "cohort" else f"(s.source = 'cohort' OR {given})"
    return f"SELECT k.person_id, {inside} FROM {s.name} s {_KEYED} WHERE s.outcome IN ('loaded', 'loaded_with_warning')"


def create_exceptions(con: duckdb.DuckDBPyConnection, s: Staged) -> str:
    """Create a temp table of the rows of `s` that do not go to the lake now, and return its name."""
    name = f"{s.name}_exception"
    if not s.table:
        con.execute(f"""CREATE OR REPLACE TEMP TABLE {name} AS
            SELECT row_no, outcome AS fate, reason, NULL::BIGINT AS carried_by FROM {s.name}""")
        return name
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT row_no, fate, CASE WHEN NOT is_fact THEN carried_by END AS carried_by, CASE fate
            WHEN 'unlinked' THEN 'the person key is in no patient file yet'
            WHEN 'out_of_scope' THEN coalesce(reason, 'not a person, practice or area of this Place')
            WHEN 'withheld' THEN 'the person was purged'
            WHEN 'refused' THEN coalesce(reason, 'no person key') ELSE reason END AS reason
        FROM (SELECT s.row_no, {_fate(s)} AS fate, s.reason, {s.is_fact} AS is_fact, {s.carried_by} AS carried_by
              FROM {s.name} s LEFT JOIN odd_key k ON k.scheme = s.key_scheme AND k.key = s.person_key)
        WHERE fate NOT IN ('loaded', 'loaded_with_warning') OR NOT is_fact""")
    return name


def _fate(s: Staged) -> str:
    elsewhere = f"(({row_says_where(s.columns)} AND NOT {row_is_inside(s.columns)})"
    elsewhere += f" OR (NOT {row_says_where(s.columns)} AND k.is_inside IS FALSE))"
    return f"""CASE
        WHEN s.outcome NOT IN ('loaded', 'loaded_with_warning') THEN s.outcome
        WHEN coalesce(s.is_deleted, false) THEN s.outcome
        WHEN k.is_purged THEN 'withheld'
        WHEN NOT {s.is_fact} THEN s.outcome
        WHEN coalesce(s.person_key, '') = '' THEN 'refused'
        WHEN coalesce(s.key_scheme, '') = '' THEN 'unlinked'
        WHEN k.key IS NULL THEN s.outcome
        WHEN k.person_id IS NULL THEN 'unlinked'
        WHEN {elsewhere} THEN 'out_of_scope'
        ELSE s.outcome END"""


def create_retried(con: duckdb.DuckDBPyConnection, table: str, waiting: Sequence[str], placed: Sequence[str]) -> str:
    """Create a temp table of the rows of earlier loads that can be placed now, or wait for another reason now.

    A row is known from the day that what it waited for arrived, so its received_on moves to that day.
    """
    name = f"retried_{table}"
    gone = f"ANTI JOIN {parquet(placed)} g ON g.file_id = s.file_id AND g.row_no = s.row_no" if placed else ""
    columns = frozenset(TABLES[table].names)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {name} AS
        SELECT s.* EXCLUDE (person_id), coalesce(k.person_id, s.person_id) AS person_id,
            coalesce(l.is_inside, false) OR {row_is_inside(columns)}
                OR (l.is_inside IS NULL AND NOT {row_says_where(columns)}) AS is_inside
        FROM {rows_of(con, TABLES[table], waiting)} s {gone}
        LEFT JOIN link k USING (local_hash)
        LEFT JOIN listed_person l ON l.person_id = coalesce(k.person_id, s.person_id)
        WHERE coalesce(k.person_id, s.person_id) IS NOT NULL""")
    return name


def retried_facts(name: str, table: str) -> str:
    """Return the query of retried rows that go to the lake; variable `received_on` is the delivery's day."""
    names = [c.name for c in (*TABLES[table].columns, *ARRIVAL)]
    moved = "greatest(received_on, getvariable('received_on')::DATE) AS received_on"
    return f"SELECT {', '.join(moved if n == 'received_on' else n for n in names)} FROM {name} WHERE is_inside"


@dataclass(frozen=True)
class Placed:
    """A staged table and the temp table of its exceptions."""

    staged: Staged
    exceptions: str

    def facts(self) -> str:
        """Return the query of the rows that go to the lake, in the columns of the lake table."""
        return f"""SELECT {_lake_columns(self.staged)} FROM {self.staged.name} s {_keyed(self.staged)}
            ANTI JOIN {self.exceptions} e ON e.row_no = s.row_no"""

    def waiting(self) -> str:
        """Return the query of the rows that a later load may yet place (unlinked, out of scope)."""
        return f"""SELECT {_lake_columns(self.staged)}, k.hash AS local_hash, e.fate AS waits_as
            FROM {self.staged.name} s {_keyed(self.staged)} JOIN {self.exceptions} e ON e.row_no = s.row_no
            WHERE e.fate IN ('unlinked', 'out_of_scope') AND coalesce(s.person_key, '') <> ''"""

    def outcomes(self) -> str:
        """Return the query of the outcomes of the rows that are not in the lake."""
        return f"""SELECT {literal(self.staged.file_id)} AS file_id, row_no, fate AS outcome, reason, carried_by
            FROM {self.exceptions}"""


def _lake_columns(s: Staged) -> str:
    """The columns of the lake table, identifiers that are made of the person filled with the pseudonym."""
    values = {c.name: f"s.{c.name}" for c in (*TABLES[s.table].columns, *ARRIVAL)} | {"person_id": "k.person_id"}
    made = PLACEHOLDERS.get(s.table)
    if made:
        local = "h.hash" if s.has_local_key else "NULL"
        values[made] = f"{filled(f's.{made}', 'k.person_id', local)} AS {made}"
    return ", ".join(values.values())


def _keyed(s: Staged) -> str:
    """Return the joins that give a row (alias `s`) its person (`k`) and, in patient files, its local hash (`h`)."""
    local = "LEFT JOIN hashed_key h ON h.scheme = s.local_scheme AND h.key = s.local_key"
    return f"{_KEYED} {local}" if s.has_local_key else _KEYED


def fresh_rows(table: str, placed: Sequence[Placed], again: str | None) -> str | None:
    """Return SQL of the rows that a load adds to a lake table, in the columns that versions look at.

    They are still in memory, which is cheaper than reading the new Parquet. None where a key is made of the person, so
    that only what was written has it.
    """
    names = columns_of(table)
    if table in PLACEHOLDERS or "person_id" in names:
        return None
    parts = [
        f"SELECT {listed(names, 's.')} FROM {p.staged.name} s ANTI JOIN {p.exceptions} e ON e.row_no = s.row_no"
        for p in placed
    ]
    parts += [f"SELECT {listed(names)} FROM ({retried_facts(again, table)})"] if again else []
    return f"({' UNION ALL '.join(parts)})"
