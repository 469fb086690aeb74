"""`doorstep population summary`: how many, where, in which segments and cohorts; small numbers hidden."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import home_option, json_option, known_day, progress, report, table
from doorstep.cli.population_verbs.shared import count_lines, day, day_options, made_of
from doorstep.errors import UsageError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.planning.person_file import PersonFile
    from doorstep.planning.reading_out import Reading, Sheet
    from doorstep.records import Lake

WAYS = ("group", "segment", "cohort", "use")
_HIDDEN = "* below 6, or hidden so that one below 6 cannot be worked out."
_LONGEST = 80  # rows of a table that a terminal shows


@click.command("summary", short_help="Count the people found; small numbers are hidden.")
@click.option("--by", type=click.Choice(WAYS), default="group", help="What to read out (default: the national group).")
@click.option("--scheme", help="With --by segment: the segmentation (default: the first there is).")
@click.option("--area", help="With --by segment: lad, msoa, practice, pcn or neighbourhood.")
@click.option("--without-quintiles", is_flag=True, help="With --by segment: do not split by deprivation.")
@click.option("--costs", type=click.Path(path_type=Path), help="With --by use: CSV of activity and cost in pounds.")
@click.option("--out", type=click.Path(path_type=Path), help="A new folder for the tables (CSV) and charts.")
@day_options
@home_option
@json_option
def summary_command(
    by: str, out: Path | None, as_at: datetime | None, known_by: datetime | None, home: Path | None, as_json: bool,
    **how: Any,
) -> int:  # fmt: skip
    """Count the people found; small numbers are hidden.

    By group: registered adults and the national group, by deprivation, age and ethnic group. By segment: the segments
    of a scheme, by area and deprivation. By cohort: how large each is, by deprivation, and how they overlap. By use:
    how emergency care concentrates in few people, and in which groups.

    Without a day, of the person table that was built last; with --as-at or --known-by, of that one, built if need be.
    """
    from doorstep.records import open_lake

    _refuse_others(by, how)
    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        person = _person(place, lake, day(as_at), is_newest=not (as_at or known_by))
        if by == "group" and out is None:
            return _report_group(lake, person, as_json)
        reading = _read(place, lake, person, by, how)
    return _report(reading, person, out, as_json)


def _refuse_others(by: str, how: dict[str, Any]) -> None:
    belongs = {"scheme": "segment", "area": "segment", "without_quintiles": "segment", "costs": "use"}
    wrong = [f"--{n.replace('_', '-')}" for n, to in belongs.items() if how[n] and to != by]
    if wrong:
        wanted = belongs[wrong[0][2:].replace("-", "_")]
        raise UsageError(
            f"{', '.join(wrong)} cannot be used with --by {by}" + (", which is the default" if by == WAYS[0] else ""),
            expected=f"--by {wanted}",
            do=f"add --by {wanted}",
        )


def _person(place: Home, lake: Lake, as_at: Any, *, is_newest: bool) -> PersonFile:
    from doorstep.planning.person_file import ensure_person_file, newest_person_file

    person = newest_person_file(place, lake.snapshot) if is_newest else None
    if person is None:
        progress("building the person table where it is stale")
        person = ensure_person_file(place, lake, as_at=as_at or lake.known_by)
    return person


def _read(place: Home, lake: Lake, person: PersonFile, by: str, how: dict[str, Any]) -> Reading:
    from doorstep.planning import reading_out

    con = lake.connection()
    if by == "group":
        return reading_out.read_counts(con, person)
    if by == "cohort":
        return reading_out.read_cohorts(con, person)
    if by == "use":
        return reading_out.read_use(con, person, costs=reading_out.read_costs(how["costs"]) if how["costs"] else None)
    by_quintile = not how["without_quintiles"]
    return reading_out.read_segments(
        con, place, person, scheme=how["scheme"], area=how["area"], by_quintile=by_quintile
    )


def _report_group(lake: Lake, person: PersonFile, as_json: bool) -> int:
    from doorstep.planning.reading_out import summarise

    found = summarise(lake.connection(), person)
    report(
        as_json,
        {"counts": found, **person.meta},
        [_heading(person), "", *count_lines(found), "", *made_of(person.meta), _HIDDEN],
    )
    return 0


def _report(reading: Reading, person: PersonFile, out: Path | None, as_json: bool) -> int:
    from doorstep.planning.reading_out import write

    files = write(reading, out, made_of=person.meta) if out else ()
    lines = [line for sheet in reading.sheets for line in _lines(sheet)]
    closing = [f"{len(files)} files written to {out}."] if out else []
    result = {**reading.as_json(), "made_of": person.meta, "files": [str(path) for path in files]}
    report(
        as_json, result, [_heading(person), "", *lines, *reading.notes, "", *made_of(person.meta), _HIDDEN, *closing]
    )
    return 0


def _heading(person: PersonFile) -> str:
    """Return the line above the numbers: which table they are of, for nobody need have given a day."""
    return made_of(person.meta)[0]


def _lines(sheet: Sheet) -> Iterable[str]:
    """Yield a table as text; one longer than a screen shows its rows about everybody, and says where the rest is."""
    rows = list(sheet.rows)
    if len(rows) > _LONGEST and "area" in sheet.columns:
        at = sheet.columns.index("area")
        rows = [row for row in rows if row[at] == "All"]
    left = len(sheet.rows) - len(rows)
    yield f"{sheet.title}"
    yield from table(sheet.columns, [tuple(_told(cell) for cell in row) for row in rows])
    yield from [f"{left:,} further rows, of each area: --out FOLDER or --json."] if left else []
    yield ""


def _told(cell: object) -> object:
    if cell is None:
        return ""
    return f"{cell:,}" if isinstance(cell, int) else cell
