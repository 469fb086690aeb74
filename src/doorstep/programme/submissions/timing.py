"""The days of a month's collection: those the timetable publishes, and by its rule for months it does not have yet."""

from __future__ import annotations

from datetime import date
from functools import cache

from doorstep.reference import policy
from doorstep.returns.layout import TimetableLine

FIRST, SECOND, LATE = "first", "second", "late"


@cache
def dates(month: date) -> policy.TimetableRow:
    """Return a month's dates; for a month beyond the published timetable those that its own rule gives."""
    if is_published(month):
        return policy.timetable_row(month)
    return policy.TimetableRow(*TimetableLine(0, month).dates.values())


def is_published(month: date) -> bool:
    """Say whether the template's timetable has the month."""
    return any(row.month == month for row in policy.timetable())


def window(month: date, received_on: date) -> str:
    """Return the window that a day falls in: "first", "second", or "late" after the second closed."""
    due = dates(month)
    if received_on <= due.first_submission:
        return FIRST
    return SECOND if received_on <= due.second_submission else LATE


def months(today: date) -> tuple[date, ...]:
    """Return the months that have ended and are on the template's list, oldest first."""
    return tuple(month for month in policy.lookup_months() if dates(month).period_end < today)


def collected(today: date) -> date:
    """Return the month being collected: the oldest whose second window is still open, of those that have ended.

    Where none is, the newest that has ended; before the first has ended, the first.
    """
    ended = months(today)
    still = [month for month in ended if dates(month).second_submission >= today]
    return still[0] if still else ended[-1] if ended else policy.lookup_months()[0]


def on_list(month: date) -> bool:
    """Say whether the month stands on the template's list."""
    return month in policy.lookup_months()
