"""Differences between people, and changes within them, told apart by moments."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.regression_to_mean.models import GammaPoisson, NormalMeasure
from doorstep.statistics.results import Floats, Numbers, ShapeError, numbers


class TooFewPeriodsError(DataError):
    """There are too few periods to tell differences between people from changes within them."""


@dataclass(frozen=True)
class Spread:
    """What periods of the same people show: the mean and variance of one period, and the covariance of two."""

    n_people: int
    mean: float
    variance: float
    between: float

    def reliability(self, window: int = 1) -> float:
        """Return the share of an excess over `window` periods that stays: w c/(v + (w − 1) c), 0 to 1.

        Source: Spearman, British Journal of Psychology 1910; 3: 271-295; Brown, the same volume: 296-322.
        """
        total = self.variance + (window - 1) * self.between
        return min(1.0, window * self.between / total) if total > 0 else 0.0

    def counts(self) -> GammaPoisson:
        """Return the gamma-Poisson model with this mean and variance between people (unit of time: one period)."""
        return GammaPoisson(self.mean, self.mean**2 / self.between if self.between > 0 else math.inf)

    def measures(self) -> NormalMeasure:
        """Return the normal model with these variances."""
        return NormalMeasure(self.mean, math.sqrt(self.between), math.sqrt(max(0.0, self.variance - self.between)))


def spread(periods: Numbers) -> Spread:
    """Separate differences between people from changes within them, by moments.

    periods: (people, periods) of everyone the rule could have chosen, two periods or more of equal length. v is the
    mean variance of a period, c = max(0, mean covariance of two periods), each about the means of its periods, so that
    season and growth that all share are left out. Raises ShapeError, NotANumberError, TooFewPeriodsError.
    """
    people = People(checked_periods(periods))
    return people.spread(np.ones(people.n))


def checked_periods(periods: Numbers) -> Floats:
    """Return the periods as rows of people. Raises ShapeError, NotANumberError, TooFewPeriodsError."""
    found = numbers("periods", periods)
    if found.ndim != 2 or found.shape[0] < 2:
        raise ShapeError(f"the periods have shape {found.shape}", expected="a row for each of two people or more")
    if found.shape[1] < 2:
        raise TooFewPeriodsError("there is one period", expected="two or more of the same people")
    return found


class People:
    """People's periods, summed up once, so that a resample costs one pass over them."""

    def __init__(self, periods: Floats) -> None:
        self.n, self.k = periods.shape
        self._means = periods.mean(axis=0)
        self._away = periods - self._means
        self._squares, self._sums = (self._away**2).sum(axis=1), self._away.sum(axis=1)

    def spread(self, times: Floats) -> Spread:
        """Return the moments where each person is there so many times."""
        n = float(times.sum())
        shift = times @ self._away / n
        squares = float(times @ self._squares) - n * float(shift @ shift)
        products = float(times @ self._sums**2) - n * float(shift.sum()) ** 2 - squares
        mean = float((self._means + shift).mean())
        between = max(0.0, products / (self.k * (self.k - 1)) / (n - 1))
        return Spread(round(n), mean, squares / self.k / (n - 1), between)
