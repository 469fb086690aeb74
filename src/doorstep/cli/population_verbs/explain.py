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
_SEX = {"1": "male", "2": "female", "9": "indeterminate"}  # NHS data dictionary: person stated gender code
_FOR_MACHINES = ("efi_deficits",)  # a bit a deficit; the words beside it name them


@click.command("explain", short_help="Show what each definition says of one person, and why.")
@click.option("--person", required=True, help="The pseudonym.")
@click.option("--purpose", required=True, help="Why you look; it is written down with your name.")
@click.option("--definition", default=None, help="Only this definition, column or cohort, true or not, with every row.")
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
        *(f"  {name}: {_shown(name, row[name])}" for name in shown),
        "",
        *(line for cohort in found["cohorts"] for line in _cohort(cohort)),
        *([""] if found["cohorts"] and said else []),
        *(line for finding in said for line in _lines(finding, len(finding["rows"]) if is_one else _SHOWN)),
        "",
        *([] if is_one else [f"{others} more definitions found nothing; {unreviewed} of those shown are unreviewed."]),
        *(["It is unreviewed: no named clinician has signed it."] if is_one and unreviewed else []),
        f"This look was written to {home.log / 'explain.jsonl'}.",
    ]


def _cohort(cohort: Mapping[str, Any]) -> Iterator[str]:
    """Yield how the person stands to one of the Place's cohorts, with the rule and what it read of them."""
    stays = [
        f"{'left it on' if s['left_on'] else 'in it since'} {s['left_on'] or s['identified_on']}"
        + (f" ({s['reason']})" if s["left_on"] and s["reason"] else "")
        for s in cohort["stays"]
    ]
    when = f", last run for {cohort['run_for']}" if cohort["run_for"] else ""
    yield f"cohort {cohort['cohort']}: {'; '.join(stays) or 'not in it'} ({cohort['source']}{when})"
    if cohort["rule"]:
        read = ", ".join(f"{name} = {_word(value)}" for name, value in cohort["values"].items())
        yield from (f"    {cohort['rule']}", f"    {read}")


def _shown(name: str, value: Any) -> str:
    return _SEX.get(value, str(value)) if name == "sex" and value is not None else _word(value)


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
    told = {n: v for n, v in values.items() if v is not None and v is not False and n not in _FOR_MACHINES}
    return ", ".join(f"{n} {_word(v)}" for n, v in told.items()) or "not known"


def _word(value: Any) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return ("no", "yes")[value]
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _row(row: Mapping[str, Any]) -> str:
    what = " ".join(part for part in (row["code"], row["term"]) if part) or row["table"]
    origin = " ".join(part for part in (row["provider"], row["profile"]) if part)
    where = f"{row['file'] or row['file_id']} row {row['row_no']}"
    return f"{row['day'] or 'undated'}, {what}, from {origin or 'a sender not named'}, {where}"
