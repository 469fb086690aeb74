"""Generalised linear models of counts and yes-or-no outcomes, with standard errors for clustered people."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.impact.dispersion import fit_with_dispersion
from doorstep.statistics.impact.effects import SAME_BUT_FOR_THE_SERVICE, Effect, Measure, cluster_notes, effect
from doorstep.statistics.impact.faults import NotConvergedError, SeparationError, TooFewClustersError
from doorstep.statistics.impact.inputs import (
    Covariates,
    check_rank,
    exposures,
    labels,
    matrix,
    two_groups,
    weights_of,
    with_constant,
    yes_or_no,
)
from doorstep.statistics.impact.jackknife import jackknife
from doorstep.statistics.impact.library import fit_glm
from doorstep.statistics.impact.logistic import diverging, fit_logistic
from doorstep.statistics.results import Floats, Ints, Numbers, counts

Family = Literal["poisson", "quasi-poisson", "negative binomial", "logit"]
Errors = Literal["model", "HC0", "HC1", "cluster", "cluster HC0", "cluster HC1", "cluster jackknife"]
ERRORS: tuple[Errors, ...] = ("model", "HC0", "HC1", "cluster", "cluster HC0", "cluster HC1", "cluster jackknife")
FAMILIES: tuple[Family, ...] = ("poisson", "quasi-poisson", "negative binomial", "logit")


@dataclass(frozen=True)
class Regression:
    """`coefficients` (k, on the log or logit scale) of `terms`, with `covariance` (k by k) by `errors`.

    `dispersion` is Pearson's statistic over its degrees of freedom (1 for Poisson and logit); `alpha` is the
    negative binomial's: variance = mean + alpha * mean^2, NaN for other families. `n` are the rows of weight
    above 0, `freedom` the degrees of freedom of intervals: clusters less one for the jackknife, else infinite.
    """

    family: Family
    errors: Errors
    terms: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    dispersion: float
    alpha: float
    n: int
    n_clusters: int | None
    freedom: float
    notes: tuple[str, ...]

    @property
    def standard_errors(self) -> Floats:
        """The square roots of the covariance's diagonal (k)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    def ratio(self, term: str, *, comparison: str, confidence: float = 0.95) -> Effect:
        """Return exp(coefficient) of a term with its interval: a rate ratio, or an odds ratio for logit.

        `comparison` says in words what the term is compared with. UsageError where there is no such term.
        """
        if term not in self.terms or not comparison.strip():
            raise UsageError(
                f"the term is {term!r} and the comparison {comparison!r}",
                expected=f"one of {', '.join(self.terms)}, and words that say what it is compared with",
            )
        at = self.terms.index(term)
        measure: Measure = "odds ratio" if self.family == "logit" else "rate ratio"
        return effect(
            measure,
            float(self.coefficients[at]),
            float(self.standard_errors[at]),
            confidence=confidence,
            comparison=comparison,
            assumptions=(SAME_BUT_FOR_THE_SERVICE, "The model's terms multiply one another's effects."),
            notes=self.notes,
            freedom=self.freedom,
        )


def fit_regression(
    outcome: Numbers,
    covariates: Covariates,
    *,
    family: Family,
    exposure: Numbers | None = None,
    weights: Numbers | None = None,
    clusters: Numbers | None = None,
    errors: Errors = "model",
) -> Regression:
    """Fit outcome ~ intercept + covariates, log(exposure) as offset, by maximum (quasi-)likelihood.

    `outcome` (n) are counts of 0 or more, or 0 and 1 for logit; `exposure` (n) is time at risk; `weights` (n)
    multiply each row's likelihood, rows of weight 0 are left out; `clusters` (n) are labels. With the sandwich
    S = A^-1 (sum of u_g u_g') A^-1 and scores u_g by row or cluster, `errors` are: `model` A^-1 (times the
    dispersion for quasi-Poisson; given alpha for the negative binomial), `HC0` S by row, `HC1` S n/(n-k),
    `cluster` S by cluster G/(G-1), `cluster HC0` S by cluster, `cluster HC1` S by cluster G/(G-1) (n-1)/(n-k),
    `cluster jackknife` see `jackknife`, with t intervals of G - 1 degrees of freedom.
    Errors: ShapeError, NegativeCountError, NotBinaryError, ExposureError, CollinearError, SeparationError,
    TooFewClustersError, NotConvergedError, UsageError.
    Source: McCullagh and Nelder 1989; Zeileis, Journal of Statistical Software 2006;16(9) and 2020;95(1).
    """
    _check_choice(family, errors, clusters)
    y = counts("outcome", outcome)
    names, design = with_constant(*matrix(covariates, len(y)))
    weight = weights_of(weights, len(y))
    offset = None if exposure is None else np.log(exposures(exposure, len(y)))
    group = None if clusters is None else labels("clusters", clusters, len(y))
    used = weight > 0
    rows = _Rows(
        y[used],
        design[used],
        weight[used],
        None if offset is None else offset[used],
        None if group is None else group[used],
    )
    return _fit(rows, names, family, errors)


def rate_ratio(
    events: Numbers,
    exposure: Numbers,
    treated: Numbers,
    *,
    comparison: str,
    covariates: Covariates | None = None,
    weights: Numbers | None = None,
    clusters: Numbers | None = None,
    errors: Errors | None = None,
    confidence: float = 0.95,
) -> Effect:
    """Return the treated people's rate over the comparison people's, by weighted Poisson regression.

    With `clusters` (practices) the interval allows for people of one practice being alike (`cluster jackknife`),
    without for rows that vary more than a Poisson count (`HC0`), or give other `errors` of `fit_regression`.
    `comparison` says in words who they are compared with.
    Errors: those of `fit_regression`, and OneGroupError.
    """
    has = two_groups("treated", treated)
    columns: Covariates = {"treated": has, **(covariates or {})}
    found = fit_regression(
        events,
        columns,
        family="poisson",
        exposure=exposure,
        weights=weights,
        clusters=clusters,
        errors=errors or ("HC0" if clusters is None else "cluster jackknife"),
    )
    return found.ratio("treated", comparison=comparison, confidence=confidence)


@dataclass(frozen=True)
class _Rows:
    y: Floats
    design: Floats
    weight: Floats
    offset: Floats | None
    group: Ints | None


def _fit(rows: _Rows, names: tuple[str, ...], family: Family, errors: Errors) -> Regression:
    check_rank(names, rows.design)
    if not rows.y.any():
        raise SeparationError("nobody had an event", expected="events in both groups", do="report the counts")
    if family == "logit":
        # Fitted for its named faults; the library's own fit below starts from the same likelihood.
        fit_logistic(yes_or_no("outcome", rows.y), rows.design, names, offset=rows.offset, weights=rows.weight)
    clusters = _n_clusters(rows, errors)
    alpha = float("nan")
    if family == "negative binomial":
        alpha = fit_with_dispersion(rows.y, rows.design, rows.offset, rows.weight)
    found = _library_fit(rows, family, errors, alpha)
    if not found.converged or not np.isfinite(found.params).all():
        raise NotConvergedError(
            f"the {family} model did not settle", do="look for extreme values, or use fewer covariates"
        )
    _check_finite(names, rows, np.asarray(found.normalized_cov_params))
    return Regression(
        family,
        errors,
        names,
        np.asarray(found.params),
        _covariance(rows, family, errors, found, 0.0 if np.isnan(alpha) else alpha, clusters),
        float(found.scale) if family == "quasi-poisson" else 1.0,
        alpha,
        len(rows.y),
        clusters,
        clusters - 1 if clusters and errors == "cluster jackknife" else math.inf,
        cluster_notes(clusters),
    )


def _covariance(rows: _Rows, family: Family, errors: Errors, found: Any, alpha: float, clusters: int | None) -> Floats:
    if errors != "cluster jackknife" or rows.group is None:
        correction = _correction(errors, len(rows.y), len(found.params), clusters)
        return np.asarray(found.cov_params()) * correction
    mean = np.asarray(found.fittedvalues)
    # Slope and expected curvature of each row's likelihood, on the log or logit scale.
    shrink = 1 / (1 + alpha * mean)
    curve = mean * (1 - mean) if family == "logit" else mean * shrink
    return jackknife(rows.design, rows.weight * (rows.y - mean) * shrink, rows.weight * curve, rows.group)


def _library_fit(rows: _Rows, family: Family, errors: Errors, alpha: float) -> Any:
    from statsmodels.genmod import families

    kinds = {"logit": families.Binomial, "negative binomial": lambda: families.NegativeBinomial(alpha=alpha)}
    return fit_glm(
        rows.y,
        rows.design,
        families.Poisson() if alpha == 0 else kinds.get(family, families.Poisson)(),
        offset=rows.offset,
        weight=rows.weight,
        scale="X2" if family == "quasi-poisson" else 1.0,
        sandwich=_sandwich(errors),
        clusters=rows.group,
    )


def _sandwich(errors: Errors) -> Literal["nonrobust", "HC0", "cluster"]:
    if errors in ("model", "cluster jackknife"):
        return "nonrobust"
    return "cluster" if errors.startswith("cluster") else "HC0"


def _check_finite(names: tuple[str, ...], rows: _Rows, covariance: Floats) -> None:
    name = diverging(names, rows.design, covariance)
    if name is not None:
        raise SeparationError(
            f"the rate by {name} runs to nought: one group of it had no event",
            expected="events in every group that is compared",
            do=f"leave {name} out, or report the counts without a ratio",
        )


def _n_clusters(rows: _Rows, errors: Errors) -> int | None:
    if rows.group is None or not errors.startswith("cluster"):
        return None
    found = len(np.unique(rows.group))
    if found < 2:
        raise TooFewClustersError(f"there is {found} cluster", expected="2 or more, better 40")
    return found


def _correction(errors: Errors, n: int, k: int, clusters: int | None) -> float:
    by_terms = (n - 1 if clusters else n) / (n - k) if errors in ("HC1", "cluster HC1") else 1.0
    by_clusters = clusters / (clusters - 1) if clusters and errors != "cluster HC0" else 1.0
    return by_terms * by_clusters


def _check_choice(family: str, errors: str, clusters: Numbers | None) -> None:
    for what, choice, choices in (("family", family, FAMILIES), ("errors", errors, ERRORS)):
        if choice not in choices:
            raise UsageError(f"{what} is {choice!r}", expected=f"one of {', '.join(choices)}")
    if errors.startswith("cluster") != (clusters is not None):
        raise UsageError(
            f"errors are {errors!r} and clusters are {'not ' if clusters is None else ''}given",
            expected="clusters with the clustered errors, and only with them",
        )
