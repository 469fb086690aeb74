"""Make a backup of a running site: dump and hashes are of one moment."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg

from doorstep import __version__
from doorstep.errors import ConfigurationError, UsageError
from doorstep.web.backup import files, programs, tables

_SEAL = "select hash from audit_seal order by last desc limit 1"
_MIGRATIONS = "select app || '.' || name from django_migrations order by id"


def make(url: str, out: Path, *, role: str) -> files.Manifest:
    """Write a backup of the database to `out` while the site runs on.

    Raises UsageError where the file is there already, ConfigurationError where the database is no site's.
    """
    if out.exists():
        raise UsageError("this file is there already", where=str(out), do="name another file with --out")
    with psycopg.connect(url) as connection, TemporaryDirectory(prefix="doorstep-backup-") as folder:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = _one(connection, "select pg_export_snapshot()")
        dump = Path(folder) / files.DUMP
        left_out = [f"--exclude-table-data=public.{name}" for name in tables.LEFT_OUT]
        words = ("--format=custom", "--no-owner", "--no-privileges", f"--snapshot={snapshot}", f"--file={dump}")
        programs.run("pg_dump", url, *words, *left_out)
        made = _manifest(connection, files.sha256_of(dump), role)
        files.write(out, made, dump)
    return made


def _manifest(connection: psycopg.Connection[Any], dump_sha256: str, role: str) -> files.Manifest:
    try:
        migrations = [name for (name,) in connection.execute(_MIGRATIONS)]
        seal = connection.execute(_SEAL).fetchone()
    except psycopg.errors.UndefinedTable as error:
        raise ConfigurationError("this database holds no site", do="run `doorstep migrate` first") from error
    return files.Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        doorstep=__version__,
        role=role,
        server=_one(connection, "show server_version"),
        dump_sha256=dump_sha256,
        tables=tables.contents(connection),
        migrations=migrations,
        newest_seal=seal[0] if seal else "",
    )


def _one(connection: psycopg.Connection[Any], asked: str) -> str:
    found = connection.execute(asked.encode()).fetchone()
    return str(found[0]) if found else ""
