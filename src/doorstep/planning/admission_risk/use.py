"""Use of care between two days: the outcome, what it is compared with, and what the audit looks at beside need."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date

from doorstep.planning.definitions import Activity, Shelf
from doorstep.planning.definitions.used import DATED
from doorstep.planning.rules import read_rule
from doorstep.records.contracts import TABLES

OUTCOME = "emergency_admissions"

# Activity definition -> how readers know it. Their rules say which rows count: one meaning, in columns and here.
TITLES = {
    "emergency_admissions": "emergency admissions",
    "ed_attendances": "emergency department attendances",
    "outpatient_attendances": "outpatient attendances",
    "gp_appointments": "GP appointments",
}
USES = tuple(TITLES)
RECORDS_UNTIL = "select max(admitted_on) from spell where admitted_on <= $day"


def activities(shelf: Shelf) -> tuple[Activity, ...]:
    """Return the definitions of the uses, in the order of `USES`."""
    by_id = {a.id: a for a in shelf.activities}
    return tuple(by_id[use] for use in USES)


def use_query(uses: Sequence[Activity], after: date, until: date) -> str:
    """Return the query of how often each person used each kind of care, after one day, up to and including another.

    One row for each person who used any: person_id, and one whole number for each use, under its id.
    """
    parts = [
        f"select person_id, '{use.id}' as use from {use.table} where {DATED[use.table]} > date '{after}' "
        f"and {DATED[use.table]} <= date '{until}' and {_counts(use)} and person_id is not null"
        for use in uses
    ]
    counted = ", ".join(f"count(*) filter (use = '{use.id}')::int as {use.id}" for use in uses)
    return f"select person_id, {counted} from ({' union all '.join(parts)}) as used group by person_id"


def _counts(use: Activity) -> str:
    columns = {c.name: c.type for c in TABLES[use.table].columns}
    return read_rule(use.where, columns, where=use.id).sql if use.where else "true"


def months_on(day: date, months: int) -> date:
    """Return the same day so many months on (back where below nought), or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
