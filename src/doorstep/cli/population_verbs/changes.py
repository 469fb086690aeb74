"""`doorstep population changes`: what a changed definition or code list changes."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doorstep.cli.output import home_option, json_option, known_day, n_of, progress, report, table
from doorstep.cli.population_verbs.shared import DAY, day
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.planning.changes import Changes


@click.command("changes", short_help="Show what a changed definition or code list changes, and list whom.")
@click.option("--purpose", required=True, help="Why you look; it is written down with your name.")
@click.option("--known-by", type=DAY, help="Use what had arrived by this day (default: today).")
@home_option
@json_option
def changes_command(purpose: str, known_by: datetime | None, home: Path | None, as_json: bool) -> int:
    """Build the newest person table again, and show what changed definitions and code lists changed in it.

    Counts are printed; who enters, leaves or has another value is written to a file under planning/changes.
    """
    from dataclasses import asdict

    from doorstep.planning.changes import rebuild
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        progress("building the person table again")
        found = rebuild(place, lake, purpose=purpose)
    lines = _lines(found) if found.definitions or found.columns else ["No definition and no code list has changed."]
    lines += [f"This look was written to {place.log / 'explain.jsonl'}."]
    report(as_json, asdict(found), lines)
    return 0


def _lines(found: Changes) -> list[str]:
    return [
        *table(
            ("definition", "because", "made into"),
            [(d.definition, "; ".join(d.because), ", ".join(d.made_into)) for d in found.definitions],
        ),
        "",
        *table(
            ("column", "of", "enter", "leave", "differ"),
            [(c.column, c.definition, c.enter, c.leave, c.differ) for c in found.columns],
        ),
        "",
        f"{n_of(len(found.definitions), 'definition')} changed; the people are listed in {found.path}.",
    ]
