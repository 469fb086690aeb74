"""`doorstep audit`: seal the site's audit trail, and verify it."""

from __future__ import annotations

import re
from pathlib import Path

import click

from doorstep.cli.output import json_option, n_of, report
from doorstep.cli.serve_site import database_option, site
from doorstep.errors import UsageError


@click.group("audit")
def group() -> None:
    """Seal and verify the site's audit trail."""


@group.command()
@database_option
@json_option
def seal(database: Path | None, as_json: bool) -> int:
    """Seal every event that has no seal yet; run it at least daily, and keep the printed hash elsewhere."""
    with site(folder=database, must_exist=True):
        from doorstep.web.audit import actions  # Django must be set up before a model is imported

        n, newest = actions.seal(), actions.newest_seal()
    report(
        as_json, {"sealed": n, "newest_seal": newest}, [f"sealed {n_of(n, 'event')}", f"newest seal {newest or 'none'}"]
    )
    return 0


@group.command()
@click.option("--holds", default="", help="A seal's hash noted earlier, which the trail must still hold.")
@database_option
@json_option
def verify(holds: str, database: Path | None, as_json: bool) -> int:
    """Compute every seal again from its events and compare. Exit code 4 where the trail is broken.

    The site's page of the audit trail shows what came of it, and when.
    """
    holds = holds.strip().lower()
    if holds and not re.fullmatch("[0-9a-f]{64}", holds):
        raise UsageError(
            f"{holds!r} is no hash of a seal",
            where="--holds",
            expected="the 64 digits and letters of it",
        )
    with site(folder=database, must_exist=True):
        from doorstep.web.audit import actions

        found, newest = actions.check(holds=holds), actions.newest_seal()
    lines = [
        *found.faults,
        f"{n_of(found.n_seals, 'seal')} over {n_of(found.n_sealed, 'event')}, {found.n_unsealed} not sealed yet",
        f"newest seal {newest or 'none'}",
        "the trail is broken" if found.faults else "the trail is whole",
    ]
    report(as_json, {**vars(found), "newest_seal": newest}, lines)
    return 4 if found.faults else 0
