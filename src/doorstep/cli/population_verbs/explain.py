"""`doorstep population explain`: why one person is where they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import home_option, json_option, known_day, report
from doorstep.cli.population_verbs.shared import day, day_options
from doorstep.home import Home

# Rows shown of one definition, unless it alone is asked for: a year's appointments would fill the screen.
_SHOWN = 3
_OFF: tuple[object, ...] = (None, False, 0)


@click.command("explain", short_help="Show what each definition says of one person, and why.")
@click.option("--person", required=True, help="The pseudonym.")
@click.option("--purpose", required=True, help="Why you look; it is written down with your name.")
@click.option("--definition", default=None, help="Only this definition, true or not, with every row it rests on.")
@day_options
@home_option
@json_option
def explain_command(
    person: str,
    purpose: str,
    definition: str | None,
    as_at: datetime | None,
    known_by: datetime | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Show what each definition says of one person, and the rows of the record that made it so."""
    from doorstep.planning.explain import explain
    from doorstep.planning.explained.rows import lake_for

    place = Home.find(home)
    with lake_for(place, known_day(day(known_by))) as lake:
        found = explain(place, lake, person, as_at=day(as_at) or lake.known_by, purpose=purpose, definition=definition)
    report(as_json, found, _explained(found, place, is_one=definition is not None))
    return 0


def _explained(found: Mapping[str, Any], home: Home, *, is_one: bool) -> list[str]:
    row = found["person"]
    shown = ("age", "sex", "ethnic_group", "imd_quintile", "practice", "risk_band")
    said = [f for f in found["definitions"] if is_one or f["rows"] or any(v not in _OFF for v in f["values"].values())]
    unreviewed, others = sum(not f["is_reviewed"] for f in said), len(found["definitions"]) - len(said)
    return [
        f"{row['person_id']}: {'in' if row['in_national_group'] else 'not in'} the national group: {row['why']}",
        *(f"  {name}: {'not known' if row[name] is None else row[name]}" for name in shown),
        "",
        *(line for finding in said for line in _lines(finding, len(finding["rows"]) if is_one else _SHOWN)),
        "",
        f"{others} more definitions found nothing; {unreviewed} of those shown are unreviewed.",
        f"This look was written to {home.log / 'explain.jsonl'}.",
    ]


def _lines(finding: Mapping[str, Any], n_rows: int) -> Iterator[str]:
    """Yield what a definition says and why; the only row it rests on beside it, several under it."""
    rows, more = [_row(r) for r in finding["rows"][:n_rows]], len(finding["rows"]) - n_rows
    head = f"{finding['definition']}: {_said(finding['values'])}; {finding['why'] or 'no reason is recorded'}"
    if len(rows) == 1:
        yield f"{head}: {rows[0]}"
        return
    yield head
    yield from (f"    {row}" for row in rows)
    if more > 0:
        yield f"    and {more} more rows (--definition {finding['id']})"


def _said(values: Mapping[str, Any]) -> str:
    if len(values) == 1:
        return _word(next(iter(values.values())))
    return ", ".join(f"{n} {_word(v)}" for n, v in values.items() if v is not None and v is not False) or "not known"


def _word(value: Any) -> str:
    if value is None:
        return "not known"
    return ("no", "yes")[value] if isinstance(value, bool) else str(value)


def _row(row: Mapping[str, Any]) -> str:
    what = " ".join(part for part in (row["code"], row["term"]) if part) or row["table"]
    origin = " ".join(part for part in (row["provider"], row["profile"]) if part)
    where = f"{row['file'] or row['file_id']} row {row['row_no']}"
    return f"{row['day'] or 'undated'}, {what}, from {origin or 'a sender not named'}, {where}"
