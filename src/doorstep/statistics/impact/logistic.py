"""Logistic regression with its faults named; what propensities, staggered starts and calibration share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.faults import NotConvergedError, SeparationError
from doorstep.statistics.impact.inputs import check_rank
from doorstep.statistics.impact.library import fit_glm
from doorstep.statistics.results import Bools, Floats

# A standard error this large per standard deviation of its column means that the likelihood has no top: with 0.1%
# treated among 1,000 people an honest one is about 1, under separation it is in the thousands.
SEPARATED = 200.0


@dataclass(frozen=True)
class LogisticFit:
    """Coefficients (k), their covariance (k by k), the fitted probabilities (n), and the iterations that it took."""

    coefficients: Floats
    covariance: Floats
    fitted: Floats
    n_iterations: int


def fit_logistic(
    outcome: Bools,
    design: Floats,
    names: tuple[str, ...],
    *,
    offset: Floats | None = None,
    weights: Floats | None = None,
) -> LogisticFit:
    """Fit by maximum likelihood. CollinearError, SeparationError (both name a column), NotConvergedError.

    `design` holds the intercept where one is wanted; `weights` multiply each row's likelihood.
    """
    from statsmodels.genmod.families import Binomial

    check_rank(names, design)
    found = fit_glm(outcome.astype(np.float64), design, Binomial(), offset=offset, weight=weights)
    covariance = np.asarray(found.cov_params())
    _check_separation(names, design, covariance)
    steps = int(found.fit_history["iteration"])
    if not found.converged:
        raise NotConvergedError(
            f"the logistic model did not settle in {steps} steps",
            do="look for covariates with extreme values, or use fewer of them",
        )
    return LogisticFit(np.asarray(found.params), covariance, np.asarray(found.fittedvalues), steps)


def diverging(names: tuple[str, ...], design: Floats, covariance: Floats) -> str | None:
    """Return the column whose coefficient runs away, or None; `covariance` is the model's own (k by k).

    Where a column runs away the intercept does too, but the intercept of honest columns far from nought (a calendar
    year) has a large error as well: it is looked at only where nothing else varies.
    """
    with np.errstate(invalid="ignore"):  # a variance that runs away may come out below nought; its root is NaN
        errors = np.sqrt(np.diag(covariance))
    spread = design.std(axis=0)
    varies = spread > 1e-12 * np.abs(design).max(axis=0)
    scaled = np.where(varies, errors * spread, -1.0 if varies.any() else errors)
    scaled = np.where(np.isnan(scaled), np.inf, scaled)
    worst = int(np.argmax(scaled))
    return names[worst] if scaled[worst] > SEPARATED else None


def _check_separation(names: tuple[str, ...], design: Floats, covariance: Floats) -> None:
    name = diverging(names, design, covariance)
    if name is not None:
        raise SeparationError(
            f"{name} (perhaps with others) tells the two groups apart without fail",
            expected="values that both groups have",
            do=f"keep only people with values of {name} that occur in both groups, or leave {name} out",
        )
