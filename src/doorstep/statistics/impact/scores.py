"""The three comparisons of one group's change with the others' change, each with its influence function.

Notation of all three, over n units with change dy, treated D, covariates X (with the intercept) and weights w:
propensity p = P(D = 1 | X) by weighted logistic regression, m = Xb the change expected without the service by
weighted least squares on the comparison units, e1 and e0 the means of treated and comparison below. The effect is
e1 - e0; its influence function psi (n) has mean 0, and mean(psi^2) / n is its variance.
Source: Sant'Anna and Zhao, Journal of Econometrics 2020;219:101-122 (panel data; weights normalised in each group).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from doorstep.statistics.impact.faults import NoOverlapError
from doorstep.statistics.impact.inputs import check_rank
from doorstep.statistics.impact.logistic import fit_logistic
from doorstep.statistics.results import Bools, Floats

Scored = tuple[float, Floats]
Terms = tuple[str, ...]
Method = Callable[[Floats, Bools, Floats, Terms, Floats], Scored]
MOST_LIKELY = 0.999  # a comparison unit surer than this to be treated would stand for a thousand treated units


def doubly_robust(dy: Floats, treated: Bools, x: Floats, terms: Terms, w: Floats) -> Scored:
    """e1 = mean of dy - m over wD, e0 = mean of dy - m over w(1-D) p/(1-p): right if either model is."""
    p, p_influence = _propensity(treated, x, terms, w)
    m, m_influence = _expected_change(dy, treated, x, terms, w)
    left = dy - m
    w1, w0 = w * treated, w * np.where(treated, 0.0, p / (1 - p))
    e1, psi1 = _mean(left, w1, m_influence @ -_average(x, w1))
    shift = _average(x, w0)
    e0 = float(w0 @ left / w0.sum())
    _, psi0 = _mean(left, w0, p_influence @ _average(x * (left - e0)[:, None], w0) - m_influence @ shift)
    return e1 - e0, psi1 - psi0


def inverse_probability(dy: Floats, treated: Bools, x: Floats, terms: Terms, w: Floats) -> Scored:
    """e1 = mean of dy over wD, e0 = mean of dy over w(1-D) p/(1-p): right if the propensity is."""
    p, p_influence = _propensity(treated, x, terms, w)
    w1, w0 = w * treated, w * np.where(treated, 0.0, p / (1 - p))
    e1, psi1 = _mean(dy, w1, np.zeros(len(dy)))
    e0 = float(w0 @ dy / w0.sum())
    _, psi0 = _mean(dy, w0, p_influence @ _average(x * (dy - e0)[:, None], w0))
    return e1 - e0, psi1 - psi0


def outcome_regression(dy: Floats, treated: Bools, x: Floats, terms: Terms, w: Floats) -> Scored:
    """e1 = mean of dy over wD, e0 = mean of m over wD: right if the expected change is."""
    m, m_influence = _expected_change(dy, treated, x, terms, w)
    w1 = w * treated
    e1, psi1 = _mean(dy, w1, np.zeros(len(dy)))
    e0, psi0 = _mean(m, w1, m_influence @ _average(x, w1))
    return e1 - e0, psi1 - psi0


METHODS: dict[str, Method] = {"dr": doubly_robust, "ipw": inverse_probability, "reg": outcome_regression}


def _mean(values: Floats, weights: Floats, nuisance: Floats) -> Scored:
    """Return the weighted mean and its influence; `nuisance` (n) is that of the models that the values rest on."""
    found = float(weights @ values / weights.sum())
    return found, weights * (values - found) / weights.mean() + nuisance


def _average(values: Floats, weights: Floats) -> Floats:
    return np.asarray(weights @ values / weights.sum())


def _propensity(treated: Bools, x: Floats, terms: Terms, w: Floats) -> tuple[Floats, Floats]:
    """Return p (n) and the influence of its coefficients (n by k): n * covariance * score."""
    fit = fit_logistic(treated, x, terms, weights=w)
    if (fit.fitted[~treated] > MOST_LIKELY).any():
        raise NoOverlapError(
            f"a comparison unit has a propensity of {fit.fitted[~treated].max():.5f}",
            expected=f"at most {MOST_LIKELY}",
            do="leave out the units that the covariates say must be treated",
        )
    score = x * (w * (treated - fit.fitted))[:, None]
    return fit.fitted, score @ fit.covariance * len(treated)


def _expected_change(dy: Floats, treated: Bools, x: Floats, terms: Terms, w: Floats) -> tuple[Floats, Floats]:
    """Return m (n) and the influence of its coefficients (n by k)."""
    w0 = w * ~treated
    check_rank(terms, x[w0 > 0])
    inverse = np.linalg.inv(x.T @ (x * w0[:, None]) / len(dy))
    b = inverse @ (x.T @ (w0 * dy)) / len(dy)
    m = x @ b
    return m, (x * (w0 * (dy - m))[:, None]) @ inverse
