"""Identities on their way to the vault, and the clashes they show (one NHS number, two names or birth dates)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from doorstep.records.sql import parquet
from doorstep.records.staged import Staged
from doorstep.records.vault import IDENTITY_COLUMNS, Vault

if TYPE_CHECKING:
    import duckdb

CLASH = "name or birth date differs between rows of one NHS number"


def keep(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], vault: Vault) -> None:
    """Put the identities of a delivery in the vault and mark the person rows of clashing NHS numbers with a warning."""
    with_identity = [s for s in staged if s.table == "person" and _has_identity(con, s)]
    if not with_identity:
        return
    rows = " UNION ALL ".join(_identity_of(s) for s in with_identity)
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_identity AS SELECT DISTINCT * FROM ({rows})")
    _mark_clashes(con, with_identity, vault)
    vault.add_identities(con, "new_identity")


def _has_identity(con: duckdb.DuckDBPyConnection, s: Staged) -> bool:
    query = "SELECT count(*) FROM duckdb_tables() WHERE table_name = ?"
    return bool(con.execute(query, [f"{s.name}_identity"]).fetchall()[0][0])


def _identity_of(s: Staged) -> str:
    names = ", ".join(f"i.{c}::VARCHAR AS {c}" for c in IDENTITY_COLUMNS if c != "person_id")
    return f"""SELECT k.person_id, {names} FROM {s.name} s JOIN {s.name}_identity i USING (row_no)
        JOIN key_person k ON k.scheme = s.key_scheme AND k.key = s.person_key
        WHERE s.outcome IN ('loaded', 'loaded_with_warning') AND NOT k.is_purged"""


def _mark_clashes(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], vault: Vault) -> None:
    kept = f"UNION ALL SELECT * FROM {parquet([str(vault.identities)])}" if vault.identities.exists() else ""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE clashing AS
        SELECT person_id FROM (SELECT * FROM new_identity {kept}) GROUP BY person_id
        HAVING count(DISTINCT upper(surname)) > 1 OR count(DISTINCT birth_on) > 1""")
    for s in staged:
        con.execute(
            f"""UPDATE {s.name} AS s SET outcome = 'loaded_with_warning', warning = concat_ws('; ', s.warning, ?)
            FROM key_person k WHERE k.scheme = s.key_scheme AND k.key = s.person_key AND s.outcome LIKE 'loaded%'
            AND k.person_id IN (SELECT person_id FROM clashing)""",
            [CLASH],
        )
