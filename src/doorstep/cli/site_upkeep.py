"""`doorstep site packs` and `doorstep site sums`: what a site makes beside its pages, and stores with each edition."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doorstep.cli.output import json_option, n_of, progress, report
from doorstep.cli.serve_site import database_option, site

if TYPE_CHECKING:
    from doorstep.programme.scorecard.making import Outcome

NOTES = 1
LOOK_EVERY = 2.0  # seconds: one indexed question


@click.command("packs", short_help="Make the monthly packs that are asked for.")
@click.option("--stay", is_flag=True, help="Go on looking for packs to make, until stopped.")
@database_option
@json_option
def packs(stay: bool, database: Path | None, as_json: bool) -> int:
    """Make every monthly pack that publishing or a person asked for.

    `doorstep serve` does this by itself. Several may run at once: each takes another pack, and one that is killed
    leaves its pack to be made. Exit code: 1 where a pack could not be made.
    """
    if stay and hasattr(os, "nice"):
        os.nice(10)  # pages come first
    with site(folder=database, must_exist=True):
        found = _made_all()
        while stay and _has_parent():
            time.sleep(LOOK_EVERY)
            found += _made_all()
    failed = [f"edition {one.edition}, {one.place or 'all Places'}: {one.why}" for one in found if one.why]
    result = {"made": len(found) - len(failed), "failed": failed}
    report(as_json, result, [*failed, f"{n_of(len(found) - len(failed), 'pack')} made"])
    return NOTES if failed else 0


def _made_all() -> list[Outcome]:
    from django.db import close_old_connections

    from doorstep.programme.scorecard.making import make_next

    close_old_connections()
    found = []
    while (made := make_next()) is not None:
        progress(f"edition {made.edition}, {made.place or 'all Places'}: {made.why or 'made'}")
        found.append(made)
    return found


_PARENT = os.getppid()


def _has_parent() -> bool:
    """Say whether whoever started this still runs: a maker does not outlive its site."""
    return os.getppid() == _PARENT


@click.command("sums", short_help="Check the sums stored with each edition, and make them again.")
@click.option("--check", "only_check", is_flag=True, help="Only compare.")
@database_option
@json_option
def sums(only_check: bool, database: Path | None, as_json: bool) -> int:
    """Compare the sums over Places that are stored with each edition with what its lines give, and mend them.

    Editions of a version that stored none get theirs. Exit code: 1 where any differed.
    """
    with site(folder=database, must_exist=True):
        from django.db import transaction

        from doorstep.programme.figures import models
        from doorstep.programme.figures import sums as stored

        found: dict[int, int] = {}
        for edition in models.Edition.objects.order_by("number"):
            with transaction.atomic():
                found[edition.number] = len(stored.wrong(edition))
                if found[edition.number] and not only_check:
                    stored.write(edition)
    wrong = {number: n for number, n in found.items() if n}
    done = "differ or are missing" if only_check else "differed or were missing and were made again"
    lines = [f"edition {number}: {n_of(n, 'sum')} {done}" for number, n in wrong.items()]
    report(as_json, {"editions": len(found), "wrong": wrong}, [*lines, f"{n_of(len(found), 'edition')} compared"])
    return NOTES if wrong else 0
