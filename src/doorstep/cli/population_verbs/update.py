"""`doorstep population update`: bring the newest person table up to the lake as it is now."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from doorstep.cli.output import home_option, json_option, known_day, n_of, progress, report
from doorstep.cli.population_verbs.shared import day, day_options, made_of
from doorstep.home import Home


@click.command("update", short_help="Bring the newest person table up to the lake as it is now.")
@day_options
@home_option
@json_option
def update_command(as_at: datetime | None, known_by: datetime | None, home: Path | None, as_json: bool) -> int:
    """Bring the newest person table up to the lake as it is now: only people touched are computed again.

    The result equals a full build. Where it cannot be done (other definitions, code lists or practices, or no sorted
    copy of the records yet), everyone is built and the copy made, and the output says why.
    """
    from doorstep.planning.updating import update_person_file
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        done = update_person_file(lake, as_at=day(as_at), say=progress)
    found = {
        "whole_because": done.whole_because, "people_computed": done.n_touched, "rows_came": done.came,
        "rows_gone": done.gone,
    }  # fmt: skip
    people, meta = n_of(done.n_touched, "person").replace("persons", "people"), done.person.meta
    how = f"built whole: {done.whole_because}" if done.whole_because else f"{people} computed again"
    rows = f"; {n_of(done.came, 'row')} came, {n_of(done.gone, 'row')} gone" if not done.whole_because else ""
    where = f"{meta['n_people']:,} people stand in {done.person.folder}"
    report(as_json, {**meta, **found, "path": str(done.person.folder)}, [*made_of(meta), f"  {how}{rows}", where])
    return 0
