"""On which days care happens: weekdays, bank holidays and months."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.timeline import YEAR, Timeline, date_of, day_of, first_of, months_of
from doorstep.synthetic.use.chances import SIZE, Shorts, look_up, raw, unit
from doorstep.synthetic.use.constants import Singles

WARM_UP = 3  # months before the window, so that it opens with people who have just been in hospital
_STEPS = 256


@lru_cache(maxsize=8)
def bank_holidays(first: int, last: int) -> Ints:
    """Return the numbers of England's bank holidays from `first` to `last`."""
    import holidays

    years = range(date_of(first).year, date_of(last).year + 1)
    days = sorted(day_of(day) for day in holidays.country_holidays("GB", subdiv="ENG", years=years))
    return np.array([day for day in days if first <= day <= last], dtype=np.int64)


def weights(first: int, last: int, week: tuple[float, ...], season: tuple[float, ...]) -> Floats:
    """Return the weight of each day from `first` to `last`, 1 on an average day of a year.

    `week` has Monday to Sunday and bank holidays, `season` January to December.
    """
    days = np.arange(first, last + 1)
    weight = np.asarray(week[:7])[(days + 3) % 7] / np.mean(week[:7])  # 1 January 1970 was a Thursday
    weight[bank_holidays(first, last) - first] = week[7] / np.mean(week[:7])
    return np.asarray(weight * np.asarray(season)[months_of(days) % 12] / np.mean(season))


@dataclass(frozen=True)
class Window:
    """The days of a window by one kind's weights: what they weigh in years, and draws among them."""

    first: int
    years: float
    table: Shorts

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, timeline: Timeline, week: tuple[float, ...], season: tuple[float, ...]) -> Window:
        """Weigh the days of a timeline."""
        weight = weights(timeline.first, timeline.last, week, season)
        return cls(timeline.first, float(weight.sum()) / YEAR, look_up(weight))

    def draw(self, n: int, rng: np.random.Generator) -> Ints:
        """Draw n days."""
        return self.first + self.table.take(raw(rng, n)).astype(np.int32)


@dataclass(frozen=True)
class Months:
    """The months of a window and of the warm-up before it: their days, and what each weighs in years."""

    first: Ints
    middle: Ints
    calendar: Ints
    years: Floats
    tables: Shorts

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, timeline: Timeline, week: tuple[float, ...], season: tuple[float, ...]) -> Months:
        """Weigh the months of a timeline."""
        opening, closing = (int(m) for m in months_of(np.array([timeline.first, timeline.last])))
        numbers = range(opening - WARM_UP, closing + 1)
        edges = np.array([day_of(first_of(m)) for m in (*numbers, closing + 1)])
        weight = weights(int(edges[0]), int(edges[-1]) - 1, week, season)
        parts = np.split(weight, (edges[1:-1] - edges[0]))
        return cls(
            first=edges[:-1],
            middle=(edges[:-1] + edges[1:]) // 2,
            calendar=np.array(numbers) % 12,
            years=np.array([part.sum() for part in parts]) / YEAR,
            tables=np.stack([look_up(part)[SIZE // _STEPS // 2 :: SIZE // _STEPS] for part in parts]),
        )

    @property
    def n(self) -> int:
        """How many months there are, those of the warm-up first."""
        return len(self.first)

    def days(self, month: int, part: Floats | Singles) -> Ints:
        """Return the days at some parts (0 up to 1) of a month's weight."""
        step = np.minimum((part * _STEPS).astype(np.int64), _STEPS - 1)
        return np.asarray(self.first[month] + self.tables[month, step], dtype=np.int32)


def working(day: Ints, rng: np.random.Generator) -> Ints:
    """Move most days of a weekend to the Monday after it."""
    weekday = (day + 3) % 7
    moves = (weekday >= 5) & (unit(rng, len(day)) < 0.95)
    return np.where(moves, day + 7 - weekday, day).astype(np.int32)
