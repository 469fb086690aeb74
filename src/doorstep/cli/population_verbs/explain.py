"""`doorstep population explain`: why one person is where they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import home_option, json_option, known_day, report, table
from doorstep.cli.population_verbs.shared import day, day_options
from doorstep.home import Home


@click.command("explain", short_help="Show why one person is, or is not, in the group.")
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
