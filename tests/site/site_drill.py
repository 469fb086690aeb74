"""A database of its own, and the commands of the site run on it as a person would."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg


class Drill:
    """A database of a name: empty, or with the site's tables where `is_migrated`."""

    def __init__(self, server: Any, name: str, *, is_migrated: bool = False) -> None:
        self.server, self.url = server, server.url(name)
        template = "site_template" if is_migrated else "template1"
        with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
            connection.execute(f"create database {name} template {template}".encode())

    def words(self, *words: str, **settings: str) -> tuple[list[str], dict[str, str]]:
        environment = {**os.environ, "DATABASE_URL": self.url, "DOORSTEP_ROLE": "national", **settings}
        return [sys.executable, "-c", "from doorstep.cli import main; main()", *words], environment

    def run(self, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
        command, environment = self.words(*words, **settings)
        return subprocess.run(command, env=environment, capture_output=True, text=True)

    def restore(self, file: Path, role: str = "national") -> None:
        """Restore as the command does, in this process: starting it anew each time takes longer than its work."""
        from doorstep.web.backup import files, restoring

        with files.opened(file) as (manifest, _):
            known = set(manifest.migrations)
        restoring.restore(self.url, file, role=role, known_migrations=known)

    def ask(self, asked: str) -> list[Any]:
        with psycopg.connect(self.url) as connection:
            return connection.execute(asked.encode()).fetchall()

    def hashes(self) -> dict[str, Any]:
        from doorstep.web.backup import tables

        with psycopg.connect(self.url) as connection:
            return dict(tables.contents(connection))

    def is_empty(self) -> bool:
        return self.ask("select count(*) from pg_tables where schemaname = 'public'") == [(0,)]
