"""Chance that can be had again: the same seed draws the same.

Records and definitions are drawn freely and whole. A search that starts from the smallest case and mutates it was
tried: it seldom reached the rarer options, and took minutes to make a case smaller.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Chance:
    """Draws of one seed."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def one(self, values: Sequence[T]) -> T:
        """Draw one of some values."""
        return self._random.choice(values)

    def maybe(self, values: Sequence[T]) -> T | None:
        """Draw one of some values, or not known."""
        return self._random.choice([*values, None])

    def some(self, values: Sequence[T], least: int = 0, most: int = 2) -> tuple[T, ...]:
        """Draw a few of some values, each at most once."""
        return tuple(self._random.sample(list(values), self.number(least, min(most, len(values)))))

    def number(self, least: int, most: int) -> int:
        """Draw a whole number, both ends included."""
        return self._random.randint(least, most)

    def often(self) -> bool:
        """Draw true half the time."""
        return self._random.random() < 0.5

    def seldom(self) -> bool:
        """Draw true a quarter of the time."""
        return self._random.random() < 0.25

    def in_any_order(self, values: Sequence[T]) -> list[T]:
        """Draw an order of some values."""
        return self._random.sample(list(values), len(values))
