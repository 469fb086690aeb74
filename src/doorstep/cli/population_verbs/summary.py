"""`doorstep population summary`: how many, with small numbers hidden."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from doorstep.cli.output import home_option, json_option, known_day, progress, report
from doorstep.cli.population_verbs.shared import count_lines, day, day_options, made_of
from doorstep.home import Home


@click.command("summary", short_help="Count the people found; small numbers are hidden.")
@day_options
@home_option
@json_option
def summary_command(as_at: datetime | None, known_by: datetime | None, home: Path | None, as_json: bool) -> int:
    """Count the people found, by deprivation, age and ethnic group; small numbers are hidden.

    Without a day, of the person table that was built last; with --as-at or --known-by, of that one, built if need be.
    """
    from doorstep.planning.person_file import ensure_person_file, newest_person_file
    from doorstep.planning.summary import summarise
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        person = None if as_at or known_by else newest_person_file(place, lake.snapshot)
        if person is None:
            progress("building the person table where it is stale")
            person = ensure_person_file(place, lake, as_at=day(as_at) or lake.known_by)
        found = summarise(lake.connection(), person)
    closing = "* below 6, or hidden so that one below 6 cannot be worked out."
    report(as_json, {"counts": found, **person.meta}, [*count_lines(found), "", *made_of(person.meta), closing])
    return 0
