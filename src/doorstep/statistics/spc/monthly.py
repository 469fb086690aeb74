"""Months made comparable, and jumps in who is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorstep.statistics.results import Floats, Numbers, ShapeError, counts, populations, together
from doorstep.statistics.spc.series import Dates, When

STANDARD_MONTH = 365.25 / 12
"""Days in a month of the same length as every other: 30.4375."""


@dataclass(frozen=True)
class RebaseCandidate:
    """A point at which the denominator jumped; whether to rebase there is for a person who knows why."""

    position: int
    before: float
    after: float

    @property
    def change(self) -> float:
        """The jump as a share of what was there before."""
        return self.after / self.before - 1


def days_in_month(months: Sequence[When] | Dates) -> Floats:
    """Return the days of the calendar month in which each date lies."""
    first = np.asarray(months, dtype="datetime64[M]")
    length = (first + 1).astype("datetime64[D]") - first.astype("datetime64[D]")
    return np.asarray(length / np.timedelta64(1, "D"), dtype=np.float64)


def day_adjusted(
    events: Numbers, months: Sequence[When] | Dates, denominator: Numbers | None = None, per: float = 1.0
) -> Floats:
    """Return monthly counts as if every month had 30.4375 days: events/days × 30.4375.

    events: (n,), NaN where a month has none. With a denominator (people, each month) a rate per `per` people and
    standard month: a month's rate a day, times 30.4375. A 28-day February of a steady service is 8% below a month of
    average length before this. Raises NegativeCountError, ZeroPopulationError, ShapeError.
    """
    days = days_in_month(months)
    people = np.ones(1) if denominator is None else populations("denominator", denominator)
    x, length, n = together(events=counts("events", events, missing=True), months=days, denominator=people)
    return x / length * STANDARD_MONTH * per / n


def rebase_candidates(denominator: Numbers, jump: float = 0.1) -> tuple[RebaseCandidate, ...]:
    """Return the points at which a denominator moved by more than `jump` (a share) from the last known one.

    denominator: (n,) above 0, NaN where unknown. Nothing is rebased by this. Raises ZeroPopulationError, ShapeError.
    """
    found = counts("denominator", denominator, missing=True)
    if found.ndim != 1:
        raise ShapeError(f"the denominator has shape {found.shape}", expected="one number for each point")
    known = np.flatnonzero(~np.isnan(found))
    values = populations("denominator", found[known])
    moved = np.flatnonzero(np.abs(values[1:] / values[:-1] - 1) > jump) + 1
    return tuple(RebaseCandidate(int(known[i]), float(values[i - 1]), float(values[i])) for i in moved)
