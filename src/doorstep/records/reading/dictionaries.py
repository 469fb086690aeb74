"""Files that only help others: dictionaries of codes, sessions and roles, kept from delivery to delivery.

They are ordinary tables of the connection (`DICTIONARIES`), so that the caller can keep them between loads. Of two rows
of one key the newest version wins. They hold nothing about a patient.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from doorstep.records.profiles import FileMapping, SlotRule, shipped_slot_rules
from doorstep.records.reading import cells
from doorstep.records.reading.raw import Raw
from doorstep.records.reading.sqltext import cell, literal, name

SLOT_SESSIONS = "slot_sessions"


@dataclass(frozen=True)
class Dictionary:
    """One dictionary table: all columns are text; `version` and `is_deleted` come after these."""

    key: tuple[str, ...]
    values: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns in order."""
        return (*self.key, *self.values, "version", "is_deleted")


DICTIONARIES: dict[str, Dictionary] = {
    "dict_clinical": Dictionary(("code_id",), ("concept",)),
    "dict_drug": Dictionary(("code_id",), ("concept",)),
    "dict_session": Dictionary(("session",), ("session_type", "location_type")),
    "dict_session_user": Dictionary(("session", "user_role")),
    "dict_user_role": Dictionary(("user_role",), ("job_code", "job_name")),
}


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the dictionary tables that are not there yet."""
    for table, shape in DICTIONARIES.items():
        columns = ", ".join(f"{c} {'BOOLEAN' if c == 'is_deleted' else 'VARCHAR'}" for c in shape.columns)
        con.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")


def stage(con: duckdb.DuckDBPyConnection, mapping: FileMapping, raw: Raw, header: frozenset[str], staged: str) -> None:
    """Stage the outcomes of a helping file, and take its rows into its dictionary."""
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE {name(staged)} AS SELECT {raw.row_no} AS row_no, "
        f"CASE WHEN {cell(mapping.row_key)} IS NULL THEN 'refused' ELSE 'loaded' END AS outcome, "
        f"CASE WHEN {cell(mapping.row_key)} IS NULL THEN {literal('no ' + mapping.row_key)} END AS reason "
        f"FROM temp.{name(raw.cells)} "
        f"UNION ALL SELECT row_no, 'refused', reason FROM temp.{name(raw.refused)}"
    )
    if mapping.dictionary:
        _take_in(con, mapping, raw, header)


def _take_in(con: duckdb.DuckDBPyConnection, mapping: FileMapping, raw: Raw, header: frozenset[str]) -> None:
    table = f"dict_{mapping.dictionary}"
    shape = DICTIONARIES[table]
    ours = dict(mapping.dictionary_columns)
    parts = [
        f"{cell(ours[c])} AS {c}" if ours.get(c) in header else f"NULL AS {c}" for c in (*shape.key, *shape.values)
    ]
    versions = [cells.version_part(cell(c), kind, ()) for c, kind in mapping.version if c in header]
    version = " || '|' || ".join(versions) or "''"
    deleted = cells.boolean(cell(mapping.deleted)) if mapping.deleted in header else "false"
    keys = ", ".join(shape.key)
    known = " AND ".join(f"{k} IS NOT NULL" for k in shape.key)
    con.execute(f"""
        CREATE OR REPLACE TABLE {table} AS
        SELECT * EXCLUDE (age) FROM (
            SELECT *, 0 AS age FROM {table}
            UNION ALL BY NAME
            SELECT {", ".join(parts)}, {version} AS version, coalesce({deleted}, false) AS is_deleted,
                   {raw.row_no} AS age FROM temp.{name(raw.cells)})
        WHERE {known}
        QUALIFY row_number() OVER (PARTITION BY {keys} ORDER BY version DESC, age DESC) = 1""")


def make_slot_sessions(con: duckdb.DuckDBPyConnection, own: Mapping[str, Sequence[SlotRule]]) -> None:
    """Make `slot_sessions` (session, role_group, service_setting) from what the dictionaries say now.

    A session with several users is a GP's where any of them is a GP; what the rules do not name is Unknown. `own` rules
    stand in place of those that ship, part by part.
    """
    rules = {**shipped_slot_rules(), **own}
    role = _matched(rules["role_group"], {"code": "job_code", "name": "job_name"})
    setting = _matched(rules["service_setting"], {"session": "session_type", "location": "location_type"})
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE {SLOT_SESSIONS} AS
        WITH roles AS (
            SELECT session, {role} AS role_group FROM dict_session_user AS u JOIN dict_user_role USING (user_role)
            WHERE NOT u.is_deleted),
        by_session AS (
            SELECT session, CASE WHEN bool_or(role_group = 'GP') THEN 'GP'
                ELSE coalesce(min(role_group) FILTER (role_group <> 'Unknown'), 'Unknown') END AS role_group
            FROM roles GROUP BY session),
        settings AS (SELECT session, {setting} AS service_setting FROM dict_session)
        SELECT session, role_group, service_setting FROM by_session FULL JOIN settings USING (session)""")


def _matched(rules: Sequence[SlotRule], columns: Mapping[str, str]) -> str:
    """Return SQL that gives what the first rule says one of whose words is in its column, else Unknown."""
    cases = [
        f"WHEN contains(lower({columns[key]}), {literal(word.lower())}) THEN {literal(rule.is_)}"
        for rule in rules
        for key, words in rule.words.items()
        for word in words
    ]
    return f"CASE {' '.join(cases)} ELSE 'Unknown' END" if cases else "'Unknown'"
