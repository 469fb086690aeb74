"""`doorstep population`: build the person table, count it, and explain one person."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from doorstep.cli.output import home_option, json_option, known_day, progress, report, table
from doorstep.home import Home

F = TypeVar("F", bound=Callable[..., Any])
_DAY = click.DateTime(formats=["%Y-%m-%d"])


def day(given: datetime | None) -> date | None:
    """Return the day of an option, or None where it was not given."""
    return given.date() if given else None


def day_options(command: F) -> F:
    """Add --as-at and --known-by, the two clocks."""
    as_at = click.option("--as-at", type=_DAY, help="The day the facts are about (default: the knowledge date).")
    known = click.option("--known-by", type=_DAY, help="Use what had arrived by this day (default: today).")
    return as_at(known(command))


def count_rows(found: Mapping[str, Mapping[str, Mapping[str, int | str]]]) -> list[tuple[str, str, str, int | str]]:
    """Lay counts out as rows: whom, split by, part, people."""
    return [(n, s, p, v) for n, splits in found.items() for s, parts in splits.items() for p, v in parts.items()]


def count_lines(found: Mapping[str, Mapping[str, Mapping[str, int | str]]]) -> Iterable[str]:
    """Yield the table of counts; hidden ones are stars, so all counts are text, to the right."""
    rows = [(n, "" if s == "total" else s, "all" if s == "total" else p, v) for n, s, p, v in count_rows(found)]
    width = max((len(f"{v:,}") if isinstance(v, int) else 1 for *_, v in rows), default=1)
    shown = [(*r[:3], (f"{r[3]:,}" if isinstance(r[3], int) else r[3]).rjust(width)) for r in rows]
    return table(("whom", "by", "part", "people"), shown)


@click.group()
def group() -> None:
    """Build the person table: who, and why."""


@group.command("build", short_help="Build the person table: one row a person.")
@day_options
@home_option
@json_option
def build_command(as_at: datetime | None, known_by: datetime | None, home: Path | None, as_json: bool) -> int:
    """Build the person table: one row a person, with registers, frailty and the national group."""
    from doorstep.planning.person_file import build_person_file
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        progress("reading the records of everyone")
        built = build_person_file(place, lake, as_at=day(as_at) or lake.known_by)
    lines = [*_made_of(built.meta), f"{built.meta['n_people']:,} people written to {built.path}"]
    report(as_json, {**built.meta, "path": str(built.path)}, lines)
    return 0


@group.command("summary", short_help="Count the people found; small numbers are hidden.")
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
    report(as_json, {"counts": found, **person.meta}, [*count_lines(found), "", *_made_of(person.meta), closing])
    return 0


@group.command("explain", short_help="Show why one person is, or is not, in the group.")
@click.option("--person", required=True, help="The pseudonym.")
@click.option("--purpose", required=True, help="Why you look; it is written down with your name.")
@day_options
@home_option
@json_option
def explain_command(
    person: str, purpose: str, as_at: datetime | None, known_by: datetime | None, home: Path | None, as_json: bool
) -> int:
    """Show why one person is, or is not, on each register and in the national group."""
    from doorstep.planning.explain import explain
    from doorstep.records import open_lake

    place = Home.find(home)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        found = explain(place, lake, person, as_at=day(as_at) or lake.known_by, purpose=purpose)
    report(as_json, found, _explained(found, place))
    return 0


def _made_of(meta: Mapping[str, Any]) -> list[str]:
    unreviewed = len(meta["unreviewed"])
    return [
        f"{meta['place']} on {meta['as_at']}, as known by {meta['known_by']}, snapshot {meta['snapshot'][:8]}",
        f"  group: {meta['group']} from {meta['basis']}",
        f"  risk:  {meta['risk']['rule']} ({meta['risk']['label']})",
        f"  {unreviewed} of {len(meta['definitions'])} definitions are unreviewed: no named clinician has signed them",
    ]


def _explained(found: Mapping[str, Any], home: Home) -> list[str]:
    row = found["person"]
    shown = ("age", "sex", "ethnic_group", "imd_quintile", "practice", "ltc_count", "hfrs", "hfrs_band", "risk_band")
    entries = [_entry(register, entry) for register in found["registers"] for entry in register["entries"]]
    return [
        f"{row['person_id']}: {'in' if row['in_national_group'] else 'not in'} the national group: {row['why']}",
        *(f"  {name}: {'not known' if row[name] is None else row[name]}" for name in shown),
        "",
        *table(("register", "on it", "list", "code", "term", "latest", "from"), entries),
        f"This look was written to {home.log / 'explain.jsonl'}.",
    ]


def _entry(register: Mapping[str, Any], entry: Mapping[str, Any]) -> tuple[str, ...]:
    is_on, latest = "yes" if register["is_on"] else "no", str(entry["recorded_on"] or "undated")
    origin = f"{entry['file_id']} row {entry['row_no']}"
    return (register["register"], is_on, entry["list"], entry["code"], entry["term"], latest, origin)
