"""Rates with their intervals, and months made comparable."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

import numpy as np

from doorstep import statistics
from doorstep.programme.scorecard import words
from doorstep.statistics.results import Floats
from doorstep.statistics.spc import STANDARD_MONTH, day_adjusted

SATURDAY: Final = 5

EQUAL_MONTHS: Final = (
    "The chart shows months as if each had 30.4 days, so that a short February does not look like a change; the "
    "return's own rate, without this, stands in the table."
)
WORKING_DAYS: Final = (
    "Months are made equal by calendar days, not working days. This care is given mostly on working days (18 to 23 a "
    "month), so that part of the movement is the calendar's; the table has their number."
)
REPEATS: Final = (
    "Intervals take each event for independent of the others. The same people have several, so that the true "
    "uncertainty is larger."
)
STAYS: Final = (
    "Bed days come in stays, so that their variance is taken as 2m - 1 times that of separate events, m being the mean "
    "days of a stay of one day or more. Lengths vary more than that assumes, and the same people have several stays: "
    "the true uncertainty is larger."
)


@dataclass(frozen=True)
class Rate:
    """A rate per 1,000 patients with its 95% interval; the ends are None where no interval is honest."""

    value: float
    low: float | None
    high: float | None


def rate_of(events: int, patients: int, spread: float | None = 1.0) -> Rate:
    """Return a rate: exact limits below ten events, Byar's from ten.

    spread: how many times their mean events vary (`pooling.spread`); None gives no interval. Raises
    ZeroPopulationError where there are no patients.
    """
    if spread is None:
        return Rate(events / patients * words.PER, None, None)
    found = statistics.rate(events / spread, patients, multiplier=words.PER * spread)
    return Rate(float(found.value), float(found.lower), float(found.upper))


def interval_note(line: str) -> str:
    """Return what a reader must know of a line's intervals."""
    return STAYS if words.line_words(line).counted == "days" else REPEATS


def equal_months(
    events: Sequence[float | None], patients: Sequence[float | None], months: Sequence[date]
) -> tuple[float | None, ...]:
    """Return rates per 1,000 patients and month of 30.4375 days; None where a number is hidden or missing."""
    known = [e is not None and bool(p) for e, p in zip(events, patients, strict=True)]
    x = np.array([e if k else np.nan for e, k in zip(events, known, strict=True)], dtype=float)
    n = np.array([p if k else 1.0 for p, k in zip(patients, known, strict=True)], dtype=float)
    return blanks(day_adjusted(x, list(months), n, words.PER))


def blanks(values: Floats) -> tuple[float | None, ...]:
    """Return an array with None for NaN."""
    return tuple(None if np.isnan(v) else float(v) for v in values)


def scaled(month: date, rate: float) -> float:
    """Return a month's rate as if it had 30.4375 days."""
    return rate / monthrange(month.year, month.month)[1] * STANDARD_MONTH


@cache
def working_days(month: date) -> int:
    """Return how many days of a month are neither Saturday, Sunday nor a bank holiday in England."""
    import holidays  # heavy: only where a table asks

    free = holidays.country_holidays("GB", subdiv="ENG", years=month.year)
    days = (month + timedelta(days=i) for i in range(monthrange(month.year, month.month)[1]))
    return sum(day.weekday() < SATURDAY and day not in free for day in days)
