"""Bring the site up for a command: its settings, its database (a laptop's own where none is named), Django."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from doorstep.errors import ConfigurationError
from doorstep.home import Home
from doorstep.web import environment, postgres

database_option = click.option(
    "--database",
    type=click.Path(path_type=Path),
    default=None,
    help="Where a laptop keeps its own database (default: DOORSTEP_DATABASE_FOLDER, else a folder of your account).",
)


@dataclass(frozen=True)
class Site:
    """A site whose Django is set up: its settings, its database's address, and a laptop's folder where it has one."""

    settings: environment.Environment
    url: str
    folder: Path | None


@contextmanager
def site(home: Path | None = None, folder: Path | None = None, *, must_exist: bool = False) -> Iterator[Site]:
    """Set Django up on the site's database.

    Without DATABASE_URL a laptop's own server is started, and stopped at the end where this started it; `must_exist`
    refuses where it never was. ConfigurationError names what is missing or unsafe.
    """
    settings = environment.read(os.environ)
    root = Home.find(home).root
    os.environ["DOORSTEP_HOME"] = str(root)
    if settings.database:
        environment.database_settings(settings.database)
        yield _set_up(settings, settings.database, None)
        return
    folder = folder or _named_folder() or postgres.laptop_folder(settings.role, root)
    if must_exist and not (folder / "data").exists():
        raise ConfigurationError(
            "there is no DATABASE_URL, and this machine has no database of its own",
            where=str(folder),
            do="set DATABASE_URL, or make one with `doorstep migrate`",
        )
    with postgres.running(folder) as server:
        yield _set_up(settings, server.create(f"doorstep_{settings.role}"), folder)


def _named_folder() -> Path | None:
    named = os.environ.get("DOORSTEP_DATABASE_FOLDER")
    return Path(named).expanduser() if named else None


def _set_up(settings: environment.Environment, url: str, folder: Path | None) -> Site:
    os.environ["DATABASE_URL"] = url
    os.environ["DJANGO_SETTINGS_MODULE"] = "doorstep.web.settings"
    os.environ["DOORSTEP_SECRET_KEY"] = _key(settings, folder)
    import django

    django.setup()
    return Site(settings, url, folder)


def _key(settings: environment.Environment, folder: Path | None) -> str:
    """Return the key that all workers share; a laptop keeps its own, so that a restart logs nobody out."""
    if os.environ.get("DOORSTEP_SECRET_KEY") or folder is None:
        return settings.secret_key
    kept = folder / "secret-key"
    if not kept.exists():
        with open(os.open(kept, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as out:  # noqa: PTH123
            out.write(f"{environment.DEMO_MARK}-{secrets.token_urlsafe(50)}")
    return kept.read_text(encoding="utf-8")
