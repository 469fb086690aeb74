"""Values that policy sets, with their sources, and the timetable of the return computed by the template's own rule."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any

from doorstep.errors import UsageError
from doorstep.reference.tables import DATA

SATURDAY, SUNDAY = 5, 6


@dataclass(frozen=True)
class PolicyValue:
    """One value that policy sets. `status` is verified, inferred or recalled."""

    name: str
    value: int | str
    meaning: str
    source: str
    valid_from: date
    status: str


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads((DATA / "policy.toml").read_text(encoding="utf-8"))


def values(on: date | None = None) -> dict[str, PolicyValue]:
    """Return every policy value by name: the newest, or the one in force on a day."""
    found: dict[str, PolicyValue] = {}
    for entry in sorted(_file()["value"], key=lambda e: e["valid_from"]):
        if on is None or entry["valid_from"] <= on:
            found[entry["name"]] = PolicyValue(**entry)
    return found


suppression_threshold = int(values()["suppression_threshold"].value)
contact_address = str(values()["contact_address"].value)
contact_reference = str(values()["contact_reference"].value)
sending_address = str(values()["sending_address"].value)
sending_subject = str(values()["sending_subject"].value)


@dataclass(frozen=True)
class TimetableRow:
    """The dates of one month's return; `month` is its first day."""

    month: date
    period_start: date
    period_end: date
    first_submission: date
    quality_report: date
    second_submission: date
    final_report: date

    @property
    def bank_holiday_warnings(self) -> tuple[str, ...]:
        """Return a sentence for each date that is a bank holiday in England, with the last working day before it."""
        dates = {
            "first submission": self.first_submission,
            "quality report": self.quality_report,
            "second submission": self.second_submission,
            "final report": self.final_report,
        }
        return tuple(
            f"{what} {written(day)} is {bank_holiday(day)}: the last working day before is "
            f"{last_working_day_before(day):%A} {written(last_working_day_before(day))}"
            for what, day in dates.items()
            if bank_holiday(day)
        )


def written(day: date) -> str:
    """Return a day as people write it: 3 April 2026. (The code that drops the nought differs between systems.)"""
    return f"{day.day} {day:%B %Y}"


def bank_holiday(day: date) -> str:
    """Return the name of the bank holiday in England on that day, or an empty string."""
    import holidays  # heavy: only when a timetable is asked for

    return str(holidays.country_holidays("GB", subdiv="ENG", years=day.year).get(day, ""))


def last_working_day_before(day: date) -> date:
    """Return the latest day before `day` that is no Saturday, Sunday or bank holiday in England."""
    earlier = day - timedelta(days=1)
    while earlier.weekday() in (SATURDAY, SUNDAY) or bank_holiday(earlier):
        earlier -= timedelta(days=1)
    return earlier


def _next_month(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _months(span: str) -> Iterator[date]:
    month = _file()[span]["first_month"]
    while month <= _file()[span]["last_month"]:
        yield month
        month = _next_month(month)


def _row(month: date) -> TimetableRow:
    rule = _file()["timetable"]
    end = _next_month(month) - timedelta(days=1)
    first = end + timedelta(weeks=rule["first_submission_weeks"])
    first -= timedelta(days=max(0, first.weekday() - 4))  # Saturday one day back, Sunday two
    step = timedelta(weeks=rule["next_step_weeks"])
    return TimetableRow(month, month, end, first, first + step, first + step, first + 2 * step)


@cache
def timetable() -> tuple[TimetableRow, ...]:
    """Return the dates of every month's return that the template publishes, oldest first."""
    return tuple(_row(month) for month in _months("timetable"))


def lookup_months() -> tuple[date, ...]:
    """Return the months that the template's own list offers (first days): more than its timetable has dates for."""
    return tuple(_months("lookup_months"))


def timetable_note() -> str:
    """Return the conflict between the guide's text and its table, and which one is used."""
    return str(_file()["timetable"]["conflict"])


def timetable_row(month: date) -> TimetableRow:
    """Return the dates of one month's return; `month` is any day in it. UsageError outside the published timetable."""
    for row in timetable():
        if row.month == month.replace(day=1):
            return row
    first, last = timetable()[0].month, timetable()[-1].month
    raise UsageError(
        f"the published timetable has no {month:%B %Y}", expected=f"a month from {first:%B %Y} to {last:%B %Y}"
    )
