"""Days, months and deliveries as numbers: a day counts from 1 January 1970, a month from January 1970.

Each month's activity arrives about the 20th of the next; everything before the last three months arrives at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from doorstep.errors import UsageError
from doorstep.synthetic.arrays import Ints

EPOCH = date(1970, 1, 1)
NEVER = 60_000  # a day in 2134: has not happened by the end of any window
RECEIVED_DAY = 20
FIRST_YEAR, LAST_YEAR = 2015, 2099  # the areas, practices and codes that ship mean nothing outside these years
N_DELIVERIES = 3
YEAR = 365.25


def day_of(day: date) -> int:
    """Return the number of a day."""
    return (day - EPOCH).days


def date_of(day: int) -> date:
    """Return the date of a day's number."""
    return EPOCH + timedelta(days=int(day))


def months_of(days: Ints) -> Ints:
    """Return the number of the month in which each day lies."""
    months: Ints = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return months


def first_of(month: int) -> date:
    """Return the first day of the month of that number."""
    return date(1970 + month // 12, month % 12 + 1, 1)


@dataclass(frozen=True)
class Delivery:
    """One delivery: the day it arrives and the last day of the month its data reach."""

    number: int
    received: int
    cut: int

    @property
    def name(self) -> str:
        """Folder name: the day it arrives."""
        return date_of(self.received).isoformat()

    @property
    def month(self) -> str:
        """The month its data reach, such as 2026-07."""
        return date_of(self.cut).isoformat()[:7]


@dataclass(frozen=True)
class Timeline:
    """The window of activity, first to last day, and the deliveries in order of arrival."""

    first: int
    last: int
    deliveries: tuple[Delivery, ...]

    @classmethod
    def ending(cls, end: str, months: int) -> Timeline:
        """Return the timeline of `months` months that ends with month `end` (such as 2026-09)."""
        try:
            closing = date.fromisoformat(f"{end}-01")
        except ValueError as error:
            raise UsageError(f"{end!r} is not a month", expected="a month such as 2026-09", where="--end") from error
        if not FIRST_YEAR <= closing.year <= LAST_YEAR:
            raise UsageError(
                f"the window ends in {closing.year}", expected=f"a year from {FIRST_YEAR} to {LAST_YEAR}", where="--end"
            )
        if not 2 <= months <= 120:
            raise UsageError(f"{months} months were asked for", expected="2 to 120", where="--months")
        number = (closing.year - 1970) * 12 + closing.month - 1
        n = min(N_DELIVERIES, months)
        deliveries = tuple(_delivery(i, number - n + 1 + i) for i in range(n))
        return cls(day_of(first_of(number - months + 1)), day_of(first_of(number + 1)) - 1, deliveries)

    @property
    def middle(self) -> int:
        """The day in the middle of the window, on which the reference ages hold."""
        return (self.first + self.last) // 2

    @property
    def cuts(self) -> Ints:
        """The last day that each delivery reaches."""
        return np.array([d.cut for d in self.deliveries])

    @property
    def received(self) -> Ints:
        """The day on which each delivery arrives."""
        return np.array([d.received for d in self.deliveries])

    def delivery_of(self, days: Ints) -> Ints:
        """Return the number of the delivery that brings activity of these days in time."""
        found: Ints = np.minimum(np.searchsorted(self.cuts, days), len(self.deliveries) - 1).astype(np.int8)
        return found


def _delivery(number: int, month: int) -> Delivery:
    arrives = first_of(month + 1).replace(day=RECEIVED_DAY)
    return Delivery(number, day_of(arrives), day_of(first_of(month + 1)) - 1)
