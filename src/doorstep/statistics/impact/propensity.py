"""Propensity scores: how likely each person was to have the service, by what was known of them before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.inputs import Covariates, matrix, two_groups, with_constant
from doorstep.statistics.impact.logistic import fit_logistic
from doorstep.statistics.results import Bools, Floats, Numbers


@dataclass(frozen=True)
class Propensity:
    """`score` (n) by a logistic model with `terms` and `coefficients` (k with the intercept).

    `in_common_support` (n) is whether a score lies within the range of scores of the other group.
    """

    score: Floats
    terms: tuple[str, ...]
    coefficients: Floats
    in_common_support: Bools
    n_iterations: int


def propensity_scores(treated: Numbers, covariates: Covariates) -> Propensity:
    """Return each person's propensity by logistic regression, without interactions (add columns for these).

    `treated` is 0 or 1 per person, `covariates` named columns of what was known before the service could begin.
    Errors: NotBinaryError, OneGroupError, ShapeError, CollinearError, SeparationError, NotConvergedError.
    Source: Rosenbaum and Rubin, Biometrika 1983;70:41-55.
    """
    has = two_groups("treated", treated)
    names, design = with_constant(*matrix(covariates, len(has)))
    fit = fit_logistic(has, design, names)
    return Propensity(fit.fitted, names, fit.coefficients, _common_support(fit.fitted, has), fit.n_iterations)


def _common_support(score: Floats, treated: Bools) -> Bools:
    low = max(score[treated].min(), score[~treated].min())
    high = min(score[treated].max(), score[~treated].max())
    return np.asarray((score >= low) & (score <= high))
