"""Put a backup back into an empty database, and hold what came out to what went in."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

import psycopg

from doorstep.errors import ConfigurationError, DataError, NotWhatItClaimsError
from doorstep.web.backup import files, programs, tables


def restore(url: str, file: Path, *, role: str, known_migrations: Container[str]) -> files.Manifest:
    """Restore a backup in one transaction: cut off at any moment, the database is empty as before.

    `known_migrations` are those of this version (app.name). Raises NotWhatItClaimsError for a file that is no backup
    or gives other rows than it should, ConfigurationError for another role's or a newer version's, DataError where
    the database is not empty.
    """
    with files.opened(file) as (manifest, dump):
        _refuse_unfit(manifest, file, role, known_migrations)
        _refuse_full(url)
        words = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
        programs.run("pg_restore", url, *words, str(dump))
    _compare(url, manifest, file)
    return manifest


def _refuse_unfit(manifest: files.Manifest, file: Path, role: str, known: Container[str]) -> None:
    if manifest.role != role:
        raise ConfigurationError(
            f"this is the backup of a {manifest.role} site", expected=f"one of a {role} site (DOORSTEP_ROLE)",
            where=str(file),
        )  # fmt: skip
    newer = [name for name in manifest.migrations if name not in known]
    if newer:
        raise ConfigurationError(
            f"version {manifest.doorstep} made it, with {', '.join(newer[:3])} that this version does not know",
            where=str(file),
            do="install that version, or a later one",
        )


def _refuse_full(url: str) -> None:
    with psycopg.connect(url) as connection:
        if not tables.is_empty(connection):
            raise DataError(
                "the database is not empty",
                expected="a database without any table",
                where="DATABASE_URL",
                do="make a new, empty database and name that; nothing is ever put over what is there",
            )


def _compare(url: str, manifest: files.Manifest, file: Path) -> None:
    with psycopg.connect(url) as connection:
        found = tables.contents(connection)
    differ = sorted(name for name in {*found, *manifest.tables} if found.get(name) != manifest.tables.get(name))
    if differ:
        raise NotWhatItClaimsError(
            f"{len(differ)} tables hold other rows than the backup says: {', '.join(differ[:5])}",
            where=str(file),
            do="do not use this database; drop it, and take another backup",
        )
