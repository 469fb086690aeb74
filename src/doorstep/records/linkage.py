"""Linkage: from the key on a row to one pseudonym per person, in every flow.

Sender keys and NHS numbers become pseudonyms directly. Local keys (`local:*`) go through links that patient files make:
the lake keeps them hashed, so that neither a PatientGuid nor a Person_ID stands in it. The HMAC is computed once per
distinct key, in Python; rows are joined to it in SQL.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import pyarrow as pa

from doorstep.records.snapshot import Snapshot
from doorstep.records.sql import parquet
from doorstep.records.staged import Staged
from doorstep.records.vault import Vault

if TYPE_CHECKING:
    import duckdb

LINK_COLUMNS = (
    ("local_hash", "VARCHAR"),
    ("person_id", "VARCHAR"),
    ("version_key", "VARCHAR"),
    ("received_on", "DATE"),
    ("file_id", "VARCHAR"),
    ("row_no", "BIGINT"),
)
_BATCH = 50_000  # keys that are Python objects at one time


def create_keys(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], vault: Vault) -> None:
    """Create temp table hashed_key(scheme, key, hash): every distinct key of the delivery with its pseudonym."""
    parts = [f"SELECT DISTINCT key_scheme, person_key FROM {s.name}" for s in staged if s.table]
    parts += [f"SELECT DISTINCT local_scheme, local_key FROM {s.name}" for s in staged if s.has_local_key]
    query = " UNION ".join(parts) or "SELECT NULL, NULL"
    keys = con.sql(
        f"SELECT scheme::VARCHAR AS scheme, key::VARCHAR AS key FROM ({query}) k(scheme, key) "
        "WHERE scheme <> '' AND key <> ''"
    ).to_arrow_table()
    pairs = (
        pair
        for batch in keys.to_batches(max_chunksize=_BATCH)
        for pair in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    )
    hashes = pa.array(vault.each_pseudonym(pairs), pa.string(), size=len(keys))
    con.register("hashed_rows", keys.append_column("hash", hashes))
    con.execute("CREATE OR REPLACE TEMP TABLE hashed_key AS SELECT * FROM hashed_rows")
    con.unregister("hashed_rows")


def create_links(con: duckdb.DuckDBPyConnection, staged: Sequence[Staged], known: Sequence[str]) -> None:
    """Create temp tables new_link (links this delivery makes) and link (the newest of each local key, all loads)."""
    parts = [_links_of(s) for s in staged if s.has_local_key]
    nothing = "SELECT " + ", ".join(f"NULL::{kind} AS {name}" for name, kind in LINK_COLUMNS) + " WHERE false"
    con.execute(f"CREATE OR REPLACE TEMP TABLE new_link AS {' UNION ALL '.join(parts) or nothing}")
    earlier = f"UNION ALL SELECT * FROM {parquet(known)}" if known else ""
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE link AS
        SELECT local_hash, last(person_id ORDER BY version_key NULLS FIRST, received_on, file_id, row_no) AS person_id
        FROM (SELECT * FROM new_link {earlier}) GROUP BY local_hash""")


def _links_of(s: Staged) -> str:
    return f"""
        SELECT h.hash AS local_hash, p.hash AS person_id, s.version_key, s.received_on, s.file_id, s.row_no
        FROM {s.name} s
        JOIN hashed_key h ON h.scheme = s.local_scheme AND h.key = s.local_key
        JOIN hashed_key p ON p.scheme = s.key_scheme AND p.key = s.person_key
        WHERE s.outcome IN ('loaded', 'loaded_with_warning')"""


def create_people_of_keys(con: duckdb.DuckDBPyConnection, snapshot: Snapshot) -> None:
    """Create temp table key_person(scheme, key, hash, person_id, is_purged): whose key it is, where that is known."""
    tombstones = [h for p in snapshot.purges if p.what == "person" for h in p.hash.split()]
    con.execute("CREATE OR REPLACE TEMP TABLE tombstone AS SELECT unnest(?::VARCHAR[]) AS hash", [tombstones])
    con.execute("""
        CREATE OR REPLACE TEMP TABLE key_person AS
        SELECT h.scheme, h.key, h.hash, p.person_id,
            coalesce(sha256(p.person_id) IN (SELECT hash FROM tombstone), false) AS is_purged
        FROM hashed_key h
        LEFT JOIN link l ON l.local_hash = h.hash AND h.scheme LIKE 'local:%',
        LATERAL (SELECT CASE WHEN h.scheme LIKE 'local:%' THEN l.person_id ELSE h.hash END AS person_id) p""")


def tombstone_of(person_id: str) -> str:
    """Return what a tombstone keeps of a purged person: the SHA-256 of the pseudonym."""
    return hashlib.sha256(person_id.encode()).hexdigest()
