"""How much care people of a cohort use: by age and deprivation, and through the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any

import numpy as np

from doorstep.returns.layout import next_month
from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.timeline import YEAR, day_of
from doorstep.synthetic.use.constants import assumed, fitted, read
from doorstep.synthetic.use.days import weights

# kind -> the days of the week on which it happens
_WEEKS = {
    "outpatients": "clinic",
    "general_practice": "clinic",
    "community": "community",
    "admission": "admission",
    "attendance": "attendance",
}


@cache
def constants() -> dict[str, Any]:
    """Return the constants that ship, by subject."""
    return read("programme_returns")


@dataclass(frozen=True)
class Rate:
    """One drawn metric: the rate a person a month by age and fifth (10, 6), its rhythm and how it varies."""

    metric: str
    by_age_and_fifth: Floats
    kind: str
    places: float
    months: float


@cache
def rates() -> dict[str, Rate]:
    """Return the metrics that are drawn, in the return's order."""
    return {metric: _rate(metric, given) for metric, given in constants()["metrics"].items()}


def _rate(metric: str, given: dict[str, Any]) -> Rate:
    from doorstep.synthetic.programme_returns.mix import standard_ages_and_fifths

    ages = np.array(given["ages"])
    fifths = np.array([*given["fifths"] ** (np.arange(2, -3, -1) / 4), 1.0])  # the ratio of the first to the last
    shape = ages[:, None] * fifths[None, :]
    mean = float((shape[:9, :5] * standard_ages_and_fifths()).sum())
    return Rate(metric, shape * given["level"] / 1000 / mean, given["kind"], given["places"], given["months"])


@lru_cache(maxsize=64)
def rhythm(kind: str, months: tuple[date, ...]) -> Floats:
    """Return what each month weighs by its days, weekdays, bank holidays and season, 1 on average over the years."""
    week = tuple(assumed()["week"][_WEEKS[kind]])
    found = [_weight(month, week, _season(kind)) for month in months]
    return np.array(found)


def _weight(month: date, week: tuple[float, ...], season: tuple[float, ...]) -> float:
    return float(weights(day_of(month), day_of(next_month(month)) - 1, week, season).sum()) / (YEAR / 12)


def _season(kind: str) -> tuple[float, ...]:
    of_emergency: dict[str, Sequence[float]] = {
        "admission": fitted().season_admission.tolist(),
        "attendance": fitted().season_attendance.tolist(),
    }
    return tuple(of_emergency.get(kind) or assumed()["season"].get(kind, assumed()["season"]["none"]))


def before(months: tuple[date, ...], count: int) -> tuple[date, ...]:
    """Return so many months before a window, oldest first."""
    first = months[0]
    earlier = [first.year * 12 + first.month - 1 - back for back in range(count, 0, -1)]
    return tuple(date(number // 12, number % 12 + 1, 1) for number in earlier)
