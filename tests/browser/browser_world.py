"""Two sites as `doorstep serve` serves them, on one real PostgreSQL: a programme of four Places, and one Place's."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO, Any

import psycopg

from doorstep.web import postgres
from doorstep.web.environment import DEMO_MARK

PLACES, MONTHS, LAST = 4, 15, "2027-03"
TODAY = "2027-05-26"  # the day after the last of these files came: March is the month being collected
PLACE, OTHER = "north-east-essex", "fenland-and-peterborough"  # of the four
LONGEST_WAIT = 90  # seconds until a site must answer
_DEMO = (sys.executable, "-m", "doorstep.cli.demo_process")
_FILL_PLACE = (sys.executable, str(Path(__file__).with_name("filling_place.py")))


@dataclass(frozen=True)
class Site:
    """One site that answers: where, on which database, and who may log in."""

    role: str
    address: str
    database: str
    log_ins: dict[str, tuple[str, str]]  # role -> email, password
    secret: str
    kept: dict[str, Any] = field(default_factory=dict)  # role -> the cookies of somebody who logged in

    def ask(self, asked: str, *values: Any) -> list[Any]:
        """Return the rows that the database has."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(asked.encode(), values).fetchall()

    def do(self, asked: str, *values: Any) -> None:
        """Change the database as nobody can from a page."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(asked.encode(), values)

    def events(self, action: str = "", outcome: str = "allowed") -> list[tuple[str, str, str]]:
        """Return thing, Place and reason of the audited events, the oldest first."""
        words = "select thing, place, coalesce(detail->>'why', '') from audit_event where outcome = %s"
        return self.ask(f"{words} and (%s = '' or action = %s) order by id", outcome, action, action)

    @cached_property
    def keys(self) -> dict[str, bytes]:
        """Return the secret of each account's authenticator, by e-mail address."""
        asked = "select u.email, d.key from otp_totp_totpdevice d join accounts_user u on u.id = d.user_id"
        return {email: bytes.fromhex(key) for email, key in self.ask(asked)}


@dataclass(frozen=True)
class World:
    """Both sites."""

    national: Site
    place: Site


@contextmanager
def running() -> Iterator[World]:
    """Make both sites and serve them; both and their databases are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="dsb") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the database server is another account's
        server = stack.enter_context(postgres.running(folder / "pg", is_kept=False))
        national, place = (_environment(role, server, folder) for role in ("national", "place"))
        _run((*_DEMO, "fill-national", str(folder / "returns"), str(MONTHS), str(PLACES)), national)
        _run(_FILL_PLACE, place)
        yield World(*[_served(stack, one, folder) for one in (national, place)])


def _environment(role: str, server: postgres.Server, folder: Path) -> dict[str, str]:
    told = {
        "DOORSTEP_ROLE": role,
        "DOORSTEP_DEMO": "1",
        "DOORSTEP_HOME": str(folder / "home"),
        "DATABASE_URL": server.create(f"browser_{role}"),
        "DOORSTEP_SECRET_KEY": f"{DEMO_MARK}-{role}-{'x' * 50}",
        "DOORSTEP_TODAY": TODAY,
    }
    return {**os.environ, **told}


def _run(command: tuple[str, ...], environment: Mapping[str, str]) -> Any:
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True)
    assert not done.returncode, (done.stdout + done.stderr)[-3000:]
    return json.loads(done.stdout.strip().splitlines()[-1])


def _served(stack: ExitStack, environment: dict[str, str], folder: Path) -> Site:
    role, port = environment["DOORSTEP_ROLE"], _free_port()
    log = stack.enter_context((folder / f"{role}.log").open("w", encoding="utf-8"))
    command = (sys.executable, "-m", "doorstep", "serve", "--port", str(port), "--workers", "1")
    stack.enter_context(_ended(command, environment, log))
    address = f"http://localhost:{port}"
    _wait(address, Path(log.name))
    found = _run((*_DEMO, "codes"), environment)["log_ins"]
    log_ins = {one: (email, password) for one, email, password, _ in found}
    return Site(role, address, environment["DATABASE_URL"], log_ins, environment["DOORSTEP_SECRET_KEY"])


@contextmanager
def _ended(command: tuple[str, ...], environment: dict[str, str], log: IO[str]) -> Iterator[None]:
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait(address: str, log: Path) -> None:
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(f"{address}/ready", timeout=10):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}: {log.read_text(encoding='utf-8')[-3000:]}")
