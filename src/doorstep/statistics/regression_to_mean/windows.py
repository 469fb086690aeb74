"""Windows of people's periods, and who is chosen in them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.regression_to_mean.models import Above, Rule
from doorstep.statistics.results import Floats, Ints


@dataclass(frozen=True)
class Window:
    """What each person had in a window, and in the periods behind it; `place` is the level's rank, highest first."""

    total: Floats
    later: Floats
    place: Ints

    @classmethod
    def of(cls, periods: Floats, start: int, end: int, follow_up: int) -> Window:
        """Sum periods `start` to `end` (not included), and `follow_up` periods behind them."""
        total = periods[:, start:end].sum(axis=1)
        place = np.unique(-total, return_inverse=True)[1]
        return cls(total, periods[:, end : end + follow_up].sum(axis=1), place)

    def chosen(self, rule: Rule, times: Floats) -> Floats:
        """Return how many of each person are chosen, where each is there so many times; part of those at the cut."""
        if isinstance(rule, Above):
            return times * (self.total >= rule.threshold)
        level = np.bincount(self.place, times)
        left = rule.share * times.sum() - (np.cumsum(level) - level)
        return np.asarray(times * np.clip(left / np.where(level > 0, level, 1.0), 0.0, 1.0)[self.place])

    def excess(self, rule: Rule, times: Floats) -> tuple[float, float]:
        """Return what the chosen have above the mean of all, in the window and behind it, summed over people."""
        chosen = self.chosen(rule, times)
        both = (float(chosen @ x - chosen.sum() * (times @ x) / times.sum()) for x in (self.total, self.later))
        return next(both), next(both)
