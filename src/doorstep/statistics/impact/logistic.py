"""Logistic regression with its faults named; what propensities, staggered starts and calibration share."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.faults import NotConvergedError, SeparationError
from doorstep.statistics.impact.inputs import check_rank
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
    from statsmodels.genmod.generalized_linear_model import GLM

    check_rank(names, design)
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        # Separation has its own check and name below; the library warns of one kind of it only.
        warnings.simplefilter("ignore")
        model = GLM(outcome.astype(np.float64), design, family=Binomial(), offset=offset, var_weights=weights)
        found = model.fit(maxiter=100, tol=1e-12)
        errors = np.sqrt(np.diag(found.cov_params()))
    _check_separation(names, design, np.asarray(errors))
    if not found.converged:
        raise NotConvergedError(
            f"the logistic model did not settle in {found.fit_history['iteration']} steps",
            do="look for covariates with extreme values, or use fewer of them",
        )
    return LogisticFit(
        np.asarray(found.params), np.asarray(found.cov_params()), np.asarray(found.fittedvalues), _steps(found)
    )


def _steps(found: object) -> int:
    history: dict[str, int] = found.fit_history  # type: ignore[attr-defined]
    return int(history["iteration"])


def diverging(names: tuple[str, ...], design: Floats, errors: Floats) -> str | None:
    """Return the column whose coefficient runs away, or None; `errors` are the model's own standard errors (k)."""
    spread = design.std(axis=0)
    scaled = errors * np.where(spread > 0, spread, 1.0)
    scaled = np.where(np.isfinite(scaled), scaled, np.inf)
    if (scaled < SEPARATED).all():
        return None
    candidates = np.where(spread > 0, scaled, -1.0) if (spread > 0).any() else scaled
    return names[int(np.argmax(candidates))]


def _check_separation(names: tuple[str, ...], design: Floats, errors: Floats) -> None:
    name = diverging(names, design, errors)
    if name is not None:
        raise SeparationError(
            f"{name} (perhaps with others) tells the two groups apart without fail",
            expected="values that both groups have",
            do=f"keep only people with values of {name} that occur in both groups, or leave {name} out",
        )
