"""Two sites as `doorstep serve` serves them, on one real PostgreSQL: a programme of four Places, and one Place's."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import psycopg

from doorstep.web import postgres
from doorstep.web.environment import DEMO_MARK

PLACES, MONTHS, LAST = 4, 15, "2027-03"
TODAY = "2027-05-26"  # the day after the last of these files came: March is the month being collected
PLACE, OTHER = "north-east-essex", "fenland-and-peterborough"  # of the four
IDLE_MINUTES = 120  # a session that two test processes share may lie still for long
LONGEST_WAIT = 120  # seconds until a site must answer
_FILLING = str(Path(__file__).with_name("filling.py"))


@dataclass(frozen=True)
class Site:
    """One site that answers: where, on which database, who may log in, what it says of each request."""

    role: str
    address: str
    database: str
    secret: str
    log_ins: dict[str, tuple[str, str]]  # role -> email, password
    folder: str

    def ask(self, asked: str, *values: Any) -> list[Any]:
        """Return the rows that the database has."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            return connection.execute(asked.encode(), values).fetchall()

    def do(self, asked: str, *values: Any) -> None:
        """Change the database as nobody can from a page."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            connection.execute(asked.encode(), values)

    @property
    def log(self) -> Path:
        """The file of the site's own lines."""
        return Path(self.folder) / f"{self.role}.log"

    def views(self) -> dict[str, str]:
        """Return the name of the address that each request came to, by the request's id: the site writes it down."""
        lines = (line for line in self.log.read_text(encoding="utf-8").splitlines() if line.startswith("{"))
        return {line["request"]: line["view"] for line in map(json.loads, lines) if "view" in line}

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
def shared(folder: Path) -> Iterator[World]:
    """Give every process of a test run the same world.

    The first to come makes it, and at its own end waits until the others are done with it.
    """
    kept = folder / "world.json"
    with ExitStack() as stack:
        with locked(folder / "making"):
            if kept.exists():
                stack.enter_context(locked(folder / "using", fcntl.LOCK_SH))
                world = World(**{name: Site(**told) for name, told in json.loads(kept.read_text()).items()})
            else:
                world = stack.enter_context(running())
                kept.write_text(json.dumps(asdict(world)), encoding="utf-8")
                stack.callback(_wait_for_others, folder)
        yield world


def _wait_for_others(folder: Path) -> None:
    with locked(folder / "making"), locked(folder / "using"):
        (folder / "world.json").unlink()


@contextmanager
def locked(path: Path, how: int = fcntl.LOCK_EX) -> Iterator[None]:
    """Hold a lock of that name; a process that dies gives it up."""
    with path.with_suffix(".lock").open("w") as file:
        fcntl.flock(file, how)
        yield


@contextmanager
def running() -> Iterator[World]:
    """Make both sites and serve them; both and their databases are gone at the end."""
    with tempfile.TemporaryDirectory(prefix="dsb") as name, ExitStack() as stack:
        folder = Path(name)
        folder.chmod(0o755)  # the database server is another account's
        server = stack.enter_context(postgres.running(folder / "pg", is_kept=False))
        told = {role: _environment(role, server, folder) for role in ("national", "place")}
        filling = {role: _filling(one, folder) for role, one in told.items()}
        log_ins = {role: _filled(process) for role, process in filling.items()}
        addresses = {role: _serving(stack, one, folder) for role, one in told.items()}
        for role, address in addresses.items():
            _wait(address, folder / f"{role}.log")
        yield World(
            **{
                role: Site(role, addresses[role], one["DATABASE_URL"], one["DOORSTEP_SECRET_KEY"], log_ins[role], name)
                for role, one in told.items()
            }
        )


def _environment(role: str, server: postgres.Server, folder: Path) -> dict[str, str]:
    told = {
        "DOORSTEP_ROLE": role,
        "DOORSTEP_DEMO": "1",
        "DOORSTEP_HOME": str(folder / "home"),
        "DATABASE_URL": server.create(f"browser_{role}"),
        "DOORSTEP_SECRET_KEY": f"{DEMO_MARK}-{role}-{'x' * 50}",
        "DOORSTEP_TODAY": TODAY,
        "DOORSTEP_IDLE_MINUTES": str(IDLE_MINUTES),
    }
    return {**os.environ, **told}


def _filling(environment: dict[str, str], folder: Path) -> subprocess.Popen[str]:
    command = (sys.executable, _FILLING, str(folder / "returns"))
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _filled(process: subprocess.Popen[str]) -> dict[str, tuple[str, str]]:
    said, complained = process.communicate()
    assert not process.returncode, (said + complained)[-3000:]
    found: dict[str, tuple[str, str]] = json.loads(said.strip().splitlines()[-1])
    return found


def _serving(stack: ExitStack, environment: dict[str, str], folder: Path) -> str:
    role, port = environment["DOORSTEP_ROLE"], _free_port()
    log = stack.enter_context((folder / f"{role}.log").open("w", encoding="utf-8"))
    command = (sys.executable, "-m", "doorstep", "serve", "--port", str(port), "--workers", "1")
    process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    stack.callback(process.wait, timeout=60)
    stack.callback(process.terminate)
    return f"http://localhost:{port}"


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
