"""The second half of `doorstep demo`: the programme's site and the Place's, each on a database of its own."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import click

from doorstep.cli.output import table
from doorstep.errors import DataError
from doorstep.web import postgres

PORTS = {"national": 8000, "place": 8001}  # or the next that is free
LONGEST_WAIT = 60  # seconds until a site must answer
TITLES = {"national": "The Intelligence Centre's site", "place": "The Place's own site"}
_PROCESS = (sys.executable, "-m", "doorstep.cli.demo_process")


@dataclass(frozen=True)
class Sites:
    """A demonstration's folder, its Place's home, and the database server of both sites."""

    out: Path
    home: Path
    database: postgres.Server

    def environment(self, role: str, today: str = "") -> dict[str, str]:
        """Return the environment of one of the two sites, looked at on a day."""
        set_here = {
            "DOORSTEP_ROLE": role,
            "DOORSTEP_DEMO": "1",
            "DOORSTEP_HOME": str(self.home),
            "DATABASE_URL": self.database.create(f"demo_{role}"),
            "DOORSTEP_SECRET_KEY": f"demo-only-{role}-{'x' * 50}",
        }
        return {**os.environ, **set_here, **({"DOORSTEP_TODAY": today} if today else {})}

    def log(self, role: str) -> Path:
        """Return the file that a site's own words go to."""
        return self.out / f"{role}-site.log"


@contextmanager
def begun(out: Path, home: Path) -> Iterator[Sites]:
    """Start the database server of a demonstration; stopped at the end."""
    with postgres.running(postgres.laptop_folder("demo", out)) as server:
        yield Sites(out, home, server)


@contextmanager
def filling_national(sites: Sites, months: int, places: int) -> Iterator[subprocess.Popen[str]]:
    """Fill the national site in the background; ended where the demonstration stops before it is done."""
    words = [*_PROCESS, "fill-national", str(sites.out / "returns"), str(months), str(places)]
    with (
        sites.log("national").open("w", encoding="utf-8") as log,
        _started(words, sites.environment("national"), log, output=subprocess.PIPE) as process,
    ):
        yield process


@contextmanager
def _started(
    command: list[str], environment: Mapping[str, str], log: IO[str], output: int | IO[str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603  (our own program, no shell)
        command, env=dict(environment), stdout=output or log, stderr=log, text=True
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(timeout=30)


def finish_national(sites: Sites, process: subprocess.Popen[str]) -> str:
    """Wait until the national site is filled, say what came of it, and return the day on which it is looked at."""
    said, _ = process.communicate()
    if process.returncode:
        raise DataError(
            "the national site could not be filled", where=str(sites.log("national")), do="see its last lines"
        )
    found: dict[str, Any] = json.loads(said.strip().splitlines()[-1])
    click.echo(
        f"{found['n_files']} files taken in: {found['n_signed_off']} signed off, {found['n_sent_back']} sent back, "
        f"{found['n_editions']} editions published. The site is looked at as on {found['today']}."
    )
    return str(found["today"])


def fill_place(sites: Sites, today: str, workbooks: Path) -> None:
    """Make the Place's accounts and load its own figures from its home."""
    environment = sites.environment("place", today)
    _run([*_PROCESS, "fill-place"], environment)
    words = ["site", "figures", "--home", str(sites.home), "--workbooks", str(workbooks)]
    click.secho(f"$ DOORSTEP_ROLE=place doorstep {' '.join(words)}", dim=True)
    click.echo(_run([sys.executable, "-m", "doorstep", *words], environment, allowed=(0, 1)), nl=False)


def _run(command: list[str], environment: Mapping[str, str], allowed: tuple[int, ...] = (0,)) -> str:
    done = subprocess.run(command, env=dict(environment), capture_output=True, text=True)  # noqa: S603
    if done.returncode not in allowed:
        raise DataError(f"a step of the demonstration failed: {(done.stdout + done.stderr)[-1500:]}")
    return done.stdout


def serve(sites: Sites, today: Mapping[str, str], *, stay: bool) -> None:
    """Start both sites, check that they answer, print a log-in for each role; stay until stopped where asked."""
    ports = {role: _free(port) for role, port in PORTS.items()}
    with ExitStack() as stack:
        for role, port in ports.items():
            log = stack.enter_context(sites.log(role).open("a", encoding="utf-8"))
            command = [sys.executable, "-m", "doorstep", "serve", "--port", str(port), "--workers", "1"]
            process = stack.enter_context(_started(command, sites.environment(role, today[role]), log))
            _wait(port, process, sites.log(role))
        for role, port in ports.items():
            click.secho(f"\n{TITLES[role]}: http://localhost:{port}", bold=True)
            found = json.loads(_run([*_PROCESS, "codes"], sites.environment(role)))["log_ins"]
            click.echo("\n".join(table(("role", "email", "password", "code now"), found)))
        if stay:
            _stay(ports["national"])


def _free(port: int) -> int:
    """Return the first port from this one on that nobody listens on; every second, so that two sites do not meet."""
    for found in range(port, port + 100, 2):
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", found)):
                return found
    raise DataError(f"no port from {port} is free", do="stop what listens there")


def _wait(port: int, process: subprocess.Popen[str], log: Path) -> None:
    for _ in range(LONGEST_WAIT * 4):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/ready", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, TimeoutError):
            time.sleep(0.25)
    raise DataError(
        f"nothing answers on port {port}", expected="a site that is ready", where=str(log),
        do="see whether another program has the port; what the site said is in that file",
    )  # fmt: skip


def _stay(port: int) -> None:
    click.echo("\nCodes change every 30 seconds: `doorstep demo-codes` prints those of now. Stop with Ctrl-C.")
    click.launch(f"http://localhost:{port}/scorecard/")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("stopped")


@click.command("demo-codes")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("demo"), show_default=True, help="The demonstration."
)
def demo_codes(out: Path) -> None:
    """Print the log-ins of a demonstration with the codes of now."""
    with begun(out.resolve(), out.resolve() / "home") as sites:
        for role in PORTS:
            found = json.loads(_run([*_PROCESS, "codes"], sites.environment(role)))["log_ins"]
            click.echo("\n".join(table((TITLES[role], "email", "password", "code now"), found)))
