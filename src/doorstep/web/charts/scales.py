"""From values and months to positions, and the ticks a reader can count by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

EVEN_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class Linear:
    """A straight scale: `low` stands at `start` and `high` at `end`."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the position of a value."""
        return self.start + (value - self.low) / (self.high - self.low) * (self.end - self.start)


def even_ticks(low: float, high: float, about: int) -> tuple[float, ...]:
    """Return ticks at multiples of 1, 2, 2.5 or 5 times a power of ten, from at or below `low` to at or above `high`.

    `about` is how many steps there may be at most. Where both ends are equal the scale reaches one beyond.
    """
    if high <= low:
        high = low + 1
    rough = (high - low) / about
    power = 10.0 ** math.floor(math.log10(rough))
    for step in (power * even for even in (*EVEN_STEPS, 20.0)):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        if last - first <= about:
            break
    return tuple(round(i * step, 12) for i in range(first, last + 1))


def tick_words(ticks: Sequence[float]) -> tuple[str, ...]:
    """Return ticks as text, all with as many decimals as the finest of them needs."""
    decimals = next((d for d in range(6) if all(abs(t - round(t, d)) < 1e-9 for t in ticks)), 6)
    return tuple(f"{tick:,.{decimals}f}" for tick in ticks)


def months_between(first: date, last: date) -> int:
    """Return how many months `last` lies after `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


@dataclass(frozen=True)
class Months:
    """Months side by side, each as wide as the next: a month stands in the middle of its strip."""

    first: date
    count: int
    start: float
    end: float

    @property
    def width(self) -> float:
        """The width of one month's strip."""
        return (self.end - self.start) / self.count

    def __call__(self, month: date) -> float:
        """Return the middle of a month's strip."""
        return self.left(month) + self.width / 2

    def left(self, month: date) -> float:
        """Return the left edge of a month's strip."""
        return self.start + months_between(self.first, month) * self.width

    @property
    def all(self) -> tuple[date, ...]:
        """Every month of the scale."""
        at = self.first.year * 12 + self.first.month - 1
        return tuple(date((at + i) // 12, (at + i) % 12 + 1, 1) for i in range(self.count))

    def ticks(self, apart: float) -> tuple[date, ...]:
        """Return months to label, at least `apart` units from each other: every one, 2nd, 3rd, 6th, or one a year.

        They fall on January, April, July and October where every third is labelled, and so on.
        """
        for step in (1, 2, 3, 6, 12, 24, 60):
            if step * self.width >= apart:
                break
        return tuple(m for m in self.all if (m.year * 12 + m.month - 1) % step == 0)
