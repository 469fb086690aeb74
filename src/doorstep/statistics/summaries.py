"""Summaries of areas or groups weighted by the people in them. All along the last dimension, all areas at once."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.results import (
    ConfidenceError,
    Floats,
    Numbers,
    ShapeError,
    ZeroPopulationError,
    counts,
    numbers,
    together,
)


def weighted_mean(values: Numbers, population: Numbers) -> Floats:
    """Return sum(n y) / sum(n) along the last dimension; the two broadcast. A weight of 0 is allowed.

    Errors (as for all in this module): ShapeError, NegativeCountError for a weight below nought, ZeroPopulationError
    where all weights are nought, NotANumberError.
    """
    y, share = _shares(values, population)
    return np.asarray((share * y).sum(axis=-1))


def weighted_variance(values: Numbers, population: Numbers) -> Floats:
    """Return sum(n (y - mean)^2) / sum(n), the variance between people who each have their area's value."""
    y, share = _shares(values, population)
    about = y - (share * y).sum(axis=-1, keepdims=True)
    return np.asarray((share * about**2).sum(axis=-1))


def weighted_quantile(values: Numbers, population: Numbers, share: float) -> Floats:
    """Return the smallest value that at least `share` (0 to 1) of the people have or are below.

    The inverse of the weighted distribution function: always one of the values, never between two.

    Errors: ConfidenceError where the share is not from 0 to 1.
    """
    if not 0 <= share <= 1:
        raise ConfidenceError(f"the share is {share}", expected="a share from 0 to 1, such as 0.5 for the median")
    y, of_people = _shares(values, population)
    ordered, weights = _ordered(y, of_people)
    # Cumulated rounding must not carry a share that is met exactly past its value; nobody counts where nobody lives.
    reached = (np.cumsum(weights, axis=-1) >= share - 1e-12) & (weights > 0)
    return np.take_along_axis(ordered, reached.argmax(axis=-1)[..., None], axis=-1)[..., 0]


def weighted_median(values: Numbers, population: Numbers) -> Floats:
    """Return the `weighted_quantile` of one half."""
    return weighted_quantile(values, population, 0.5)


def gini(values: Numbers, population: Numbers) -> Floats:
    """Return the Gini coefficient: the mean difference between two people over twice the mean.

    sum_i sum_j p_i p_j |y_i - y_j| / (2 mean), for shares p: 0 where all have the same, nearly 1 where one has all.
    `values` are 0 or more.

    Errors: ZeroPopulationError where the mean is nought, NegativeCountError for a value below nought.
    Source: Gini (1912), in the form of Lerman and Yitzhaki, J Econometrics 1989; 42: 43-47.
    """
    y, share = _shares(counts("values", values), population)
    ordered, weights = _ordered(y, share)
    mean = (weights * ordered).sum(axis=-1)
    if (mean <= 0).any():
        raise ZeroPopulationError("the mean is 0, so there is nothing to share", expected="a mean above 0")
    rank = np.cumsum(weights, axis=-1) - weights / 2
    return np.asarray((weights * ordered * (2 * rank - 1)).sum(axis=-1) / mean)


def _shares(values: Numbers, population: Numbers) -> tuple[Floats, Floats]:
    y, n = together(values=numbers("values", values), population=counts("population", population))
    if y.ndim == 0:
        raise ShapeError("a single number has nothing to summarise", expected="values along the last dimension")
    total = n.sum(axis=-1, keepdims=True)
    if (total <= 0).any():
        raise ZeroPopulationError("the population sums to 0", expected="a population above 0 somewhere")
    return y, n / total


def _ordered(values: Floats, share: Floats) -> tuple[Floats, Floats]:
    order = values.argsort(axis=-1, kind="stable")
    return np.take_along_axis(values, order, axis=-1), np.take_along_axis(share, order, axis=-1)
