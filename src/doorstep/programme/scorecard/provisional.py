"""Which months may still change: until the final report of a month's collection, its numbers are provisional."""

from __future__ import annotations

from datetime import date
from functools import cache

from doorstep.errors import UsageError
from doorstep.reference import policy
from doorstep.returns.layout import TimetableLine


@cache
def final_on(month: date) -> date:
    """Return the day of a month's final report.

    From the published timetable; a month outside it follows the same rule, eight weeks and a fortnight after its end.
    """
    try:
        return policy.timetable_row(month).final_report
    except UsageError:
        return TimetableLine(0, month.replace(day=1)).dates["G"]


def is_provisional(month: date, on: date) -> bool:
    """Say whether a month's numbers may still change after a day: its final report has not come yet."""
    return on < final_on(month)
