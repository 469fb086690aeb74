"""`doorstep serve`: run the site, or only look whether it could run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from threading import Event, Thread

import click

from doorstep.cli.output import home_option, json_option, report, table
from doorstep.cli.serve_site import Site, database_option, site
from doorstep.errors import ConfigurationError

PAUSE = 5.0  # seconds before a maker of packs that ended is started anew


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address of this machine to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True, help="The port to listen on.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that answer.")
@click.option("--check", "only_check", is_flag=True, help="Only look whether the site could run, and say what to mend.")
@home_option
@database_option
@json_option
def serve(
    host: str, port: int, workers: int, only_check: bool, home: Path | None, database: Path | None, as_json: bool
) -> int:
    """Run the site until it is stopped.

    DOORSTEP_ROLE says whose site it is, DATABASE_URL where its data are. Without DATABASE_URL a database of this
    machine's own is started: for a laptop or a demo, refused in production. Exit code with --check: 0 when all is
    well, 1 with notes, 3 when something must be mended.
    """
    from doorstep.cli.serve_check import examine

    if not only_check:
        _needs_assets()
    with site(home, database, must_exist=only_check) as found:
        if only_check:
            findings = examine(found)
            to_do = [f"to do: {one.do}" for one in findings if one.do and one.state != "ok"]
            rows = [(one.state, one.what, one.found) for one in findings]
            report(
                as_json,
                {"findings": [vars(one) for one in findings]},
                [*table(("state", "what", "found"), rows), *to_do],
            )
            states = {one.state for one in findings}
            return 3 if "fault" in states else 1 if "note" in states else 0
        _bring_up_to_date(found)
        _run(found, host, port, workers)
    return 0


def _needs_assets() -> None:
    from doorstep.web.layout import ASSETS

    if not (ASSETS / "doorstep.css").exists():
        raise ConfigurationError(
            "the site's stylesheet and scripts are not built",
            where=str(ASSETS),
            do="in a checkout run `make assets`; a released wheel carries them",
        )


def _bring_up_to_date(found: Site) -> None:
    """Apply what waits on a laptop; a production database is changed by `doorstep migrate` alone, after a backup."""
    from doorstep.web.migrating import migrate, waiting

    names = waiting()
    if names and found.folder is None:
        raise ConfigurationError(
            f"{len(names)} migrations wait", where="DATABASE_URL", do="take a backup, then run `doorstep migrate`"
        )
    if names:
        migrate()


def _run(found: Site, host: str, port: int, workers: int) -> None:
    from granian.constants import Interfaces
    from granian.server import Server

    os.environ.setdefault("DOORSTEP_HOSTS", ",".join(found.settings.hosts))
    click.echo(f"Doorstep ({found.settings.role}) at http://{host}:{port} — stop it with Ctrl-C")
    maker = Thread(target=_keep_making, args=(ended := Event(),), daemon=True)
    maker.start()
    # No access log: it would hold addresses with their values. The site writes its own line for each request.
    server = Server(
        "doorstep.web.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=8,  # each holds a connection to the database
        websockets=False,
        log_access=False,
        respawn_failed_workers=True,
    )
    try:
        server.serve()
    finally:
        ended.set()
        maker.join(timeout=10)


def _keep_making(ended: Event) -> None:
    """Have a process make packs beside the site, on the same settings; one that ends is started anew."""
    command = [sys.executable, "-m", "doorstep", "site", "packs", "--stay"]
    while not ended.is_set():
        # A session of its own: Ctrl-C is for the site, which then ends it.
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)  # noqa: S603
        while process.poll() is None and not ended.wait(1):
            pass
        if process.poll() is None:
            process.terminate()
            process.wait()
        ended.wait(PAUSE)
