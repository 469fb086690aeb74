"""What a database holds, table by table, as counts and hashes that two databases can be held to each other by."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from psycopg import Connection, sql

# Sessions are not carried over: nobody is logged in by putting a backup back.
LEFT_OUT = ("django_session",)
_TABLES = """
select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'public' and c.relkind in ('r', 'p') order by c.relname collate "C"
"""
_OBJECTS = """
select count(*) from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg\\_%'
"""


@dataclass(frozen=True)
class Content:
    """The rows of one table: how many, and the SHA-256 over them in the order of their text."""

    rows: int
    sha256: str


def contents(connection: Connection[Any]) -> dict[str, Content]:
    """Return the content of every table but those left out. One pass over each; memory for one row."""
    names = [name for (name,) in connection.execute(_TABLES) if name not in LEFT_OUT]
    return {name: _content(connection, name) for name in names}


def is_empty(connection: Connection[Any]) -> bool:
    """Say whether a database has no table, view or sequence of its own."""
    found = connection.execute(_OBJECTS).fetchone()
    return found is not None and found[0] == 0


def _content(connection: Connection[Any], name: str) -> Content:
    rows, digest = 0, hashlib.sha256()
    asked = sql.SQL('copy (select t::text from {} t order by t::text collate "C") to stdout')
    with connection.cursor() as cursor, cursor.copy(asked.format(sql.Identifier(name))) as lines:
        for line in lines.rows():
            rows += 1
            digest.update((line[0] or "").encode() + b"\n")
    return Content(rows, digest.hexdigest())
