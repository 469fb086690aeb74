"""Use of care between two days: the outcome, what it is compared with, and what the audit looks at beside need."""

from __future__ import annotations

import calendar
from datetime import date

# Use -> lake table, its day, and which rows count (not known does not). An emergency admission is HES ADMIMETH
# starting with 2; same-day emergency care (department type 05) and follow-ups are no attendances.
USES: dict[str, tuple[str, str, str]] = {
    "emergency_admissions": ("spell", "admitted_on", "starts_with(admission_method, '2')"),
    "ed_attendances": (
        "emergency",
        "arrived_on",
        "attendance_category = '1' and coalesce(department_type, '') <> '05'",
    ),
    "outpatient_attendances": ("outpatient", "appointment_on", "attended in ('5', '6')"),
    "gp_appointments": ("appointment", "appointment_on", "status = 'Attended'"),
}
TITLES = {
    "emergency_admissions": "emergency admissions",
    "ed_attendances": "emergency department attendances",
    "outpatient_attendances": "outpatient attendances",
    "gp_appointments": "GP appointments",
}
RECORDS_UNTIL = "select max(admitted_on) from spell where admitted_on <= $day"


def use_query(after: date, until: date) -> str:
    """Return the query of how often each person used each kind of care, after one day, up to and including another.

    One row for each person who used any: person_id, and one whole number for each of `USES`.
    """
    parts = [
        f"select person_id, '{use}' as use from {table} "
        f"where {day} > date '{after}' and {day} <= date '{until}' and {counts} and person_id is not null"
        for use, (table, day, counts) in USES.items()
    ]
    counted = ", ".join(f"count(*) filter (use = '{use}')::int as {use}" for use in USES)
    return f"select person_id, {counted} from ({' union all '.join(parts)}) as used group by person_id"


def months_on(day: date, months: int) -> date:
    """Return the same day so many months on (back where below nought), or the month's last where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
