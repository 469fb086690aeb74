"""Balance: whether the groups are alike, before and after weighting."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.faults import OneGroupError
from doorstep.statistics.impact.inputs import Covariates, matrix, two_groups, weights_of
from doorstep.statistics.results import Bools, Floats, Numbers


@dataclass(frozen=True)
class Balance:
    """One row per covariate (k): means, standardised differences, variance ratios, and how much data is left.

    `difference` is (mean of treated - mean of comparison) / pooled standard deviation of the groups before
    weighting. `variance_ratio` is treated over comparison, NaN where the comparison does not vary.
    """

    names: tuple[str, ...]
    mean_treated: Floats
    mean_comparison: Floats
    difference: Floats
    variance_ratio: Floats
    effective_treated: float
    effective_comparison: float

    @property
    def largest(self) -> float:
        """The largest difference, whatever its sign."""
        return float(np.abs(self.difference).max(initial=0.0))


def balance_table(treated: Numbers, covariates: Covariates, weights: Numbers | None = None) -> Balance:
    """Return how alike the groups are, with `weights` (n; all 1 where none are given).

    The pooled standard deviation is sqrt((s1^2 + s0^2) / 2) of the groups WITHOUT weights, so that a figure before
    and one after matching share a scale. Where neither group varies the difference is 0 if the means are equal and
    infinite if not. Errors: NotBinaryError, OneGroupError, ShapeError, NegativeCountError.
    Source: Austin, Statistics in Medicine 2009;28:3083-3107.
    """
    has = two_groups("treated", treated)
    names, values = matrix(covariates, len(has))
    weight = weights_of(weights, len(has))
    _check_both_weigh(has, weight)
    mean_t, variance_t = _moments(values[has], weight[has])
    mean_c, variance_c = _moments(values[~has], weight[~has])
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(variance_c > 0, variance_t / variance_c, np.nan)
    return Balance(
        names,
        mean_t,
        mean_c,
        _standardised(mean_t - mean_c, _pooled(values, has)),
        ratio,
        effective_size(weight[has]),
        effective_size(weight[~has]),
    )


def effective_size(weights: Floats) -> float:
    """Return (sum w)^2 / sum w^2: how many people of equal weight would say as much (Kish 1965); 0 for none."""
    square = float((weights**2).sum())
    return float(weights.sum()) ** 2 / square if square else 0.0


def _check_both_weigh(has: Bools, weight: Floats) -> None:
    for group, name in ((has, "treated"), (~has, "comparison")):
        if not (weight[group] > 0).any():
            raise OneGroupError(f"no {name} person has a weight above 0", expected="people of both groups")


def _moments(values: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Return weighted means and variances; with equal weights the variance has the divisor n - 1."""
    total = weights.sum()
    mean = weights @ values / total
    freedom = total - (weights**2).sum() / total
    squares = weights @ (values - mean) ** 2
    return mean, squares / freedom if freedom > 1e-12 * total else np.zeros_like(mean)


def _pooled(values: Floats, has: Bools) -> Floats:
    ones = np.ones(len(has))
    variances = [_moments(values[group], ones[group])[1] for group in (has, ~has)]
    return np.asarray(np.sqrt((variances[0] + variances[1]) / 2))


def _standardised(difference: Floats, spread: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(difference == 0, 0.0, difference / spread))
