"""Who sent what for a month, as the lines of an edition tell it: late, corrected, awaited, provisional."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import pooling, words
from doorstep.reference import places, policy


@dataclass(frozen=True)
class Sending:
    """The Places that sent a month, in the order of their names, and what is to be said of how they came.

    `late` came after the second window, `corrected` replace an earlier version, `awaited` sent nothing so far.
    """

    month: date
    sent: tuple[str, ...]
    late: tuple[str, ...]
    corrected: tuple[str, ...]
    awaited: tuple[str, ...]


def listed_places() -> tuple[str, ...]:
    """Return every Place of the return's own list, by slug."""
    return tuple(place.slug for place in places.all_places())


def sending(figures: Figures, month: date, listed: Sequence[str]) -> Sending:
    """Return who sent a month, of the Places that are `listed` and any besides."""
    lines = {f.place: f for f in figures.lines if f.month == month and f.line == pooling.PATIENTS}
    due = second_window(month)
    return Sending(
        month,
        words.by_name(lines),
        words.by_name(slug for slug, line in lines.items() if due and line.received_on > due),
        words.by_name(slug for slug, line in lines.items() if line.version > 1),
        words.by_name(slug for slug in listed if slug not in lines),
    )


def second_window(month: date) -> date | None:
    """Return the day on which a month's second window closes; None where no timetable is published for it."""
    row = _row(month)
    return row.second_submission if row else None


def provisional_months(figures: Figures) -> tuple[date, ...]:
    """Return the months that may still be corrected: their final report was not due when the edition was made.

    A month later than the published timetable is provisional; one before it is not.
    """
    return tuple(month for month in figures.months if is_provisional(month, figures.edition.made_on))


def is_provisional(month: date, on: date) -> bool:
    """Return whether a month may still be corrected on a day."""
    row = _row(month)
    return row.final_report > on if row else month > policy.timetable()[-1].month


def _row(month: date) -> policy.TimetableRow | None:
    try:
        return policy.timetable_row(month)
    except UsageError:
        return None
