"""The negative binomial's dispersion by maximum likelihood, in turns with the coefficients."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.impact.faults import NotConvergedError
from doorstep.statistics.impact.library import fit_glm
from doorstep.statistics.results import Floats

LEAST, MOST = 1e-6, 1e4  # below, the terms of the score cancel to nothing; the counts are as good as Poisson
TURNS = 200


def fit_with_dispersion(y: Floats, design: Floats, offset: Floats | None, weight: Floats) -> float:
    """Return alpha of variance = mean + alpha * mean^2; 0 where the counts vary no more than Poisson counts.

    Coefficients given alpha and alpha given the means take turns until alpha stands still; the two are orthogonal,
    so few turns are needed. NotConvergedError where it does not stand still or runs away.
    Source: Venables and Ripley, Modern Applied Statistics with S, 2002, section 7.4.
    """
    from statsmodels.genmod.families import NegativeBinomial, Poisson

    alpha, family = 0.0, Poisson()
    start = None
    for _ in range(TURNS):
        turn = fit_glm(y, design, family, offset=offset, weight=weight, start=start)
        found = _best_alpha(y, np.asarray(turn.fittedvalues), weight)
        if abs(found - alpha) <= 1e-10 * max(alpha, 1e-3) or found == 0.0:
            return found
        alpha, family, start = found, NegativeBinomial(alpha=found), turn.params
    raise NotConvergedError("the negative binomial's dispersion did not settle", do="use quasi-Poisson")


def _best_alpha(y: Floats, mean: Floats, weight: Floats) -> float:
    """Return the alpha at which the score is nought, given the means."""
    from scipy.optimize import brentq

    if _score(LEAST, y, mean, weight) <= 0:
        return 0.0
    if _score(MOST, y, mean, weight) >= 0:
        raise NotConvergedError(
            f"the counts vary more than alpha = {MOST:g} allows",
            expected="counts that are not nearly all nought",
            do="use quasi-Poisson with clustered errors",
        )
    low, high = np.log(LEAST), np.log(MOST)
    root = brentq(lambda x: _score(float(np.exp(x)), y, mean, weight), low, high, xtol=1e-14, rtol=1e-14)
    return float(np.exp(root))


def _score(alpha: float, y: Floats, mean: Floats, weight: Floats) -> float:
    """Return minus the slope of the log likelihood in theta = 1/alpha, times theta^2: its slope in alpha."""
    from scipy.special import digamma

    theta = 1 / alpha
    slope = digamma(theta + y) - digamma(theta) + np.log(theta / (theta + mean)) + (mean - y) / (theta + mean)
    return float(-(weight * slope).sum() * theta**2)
