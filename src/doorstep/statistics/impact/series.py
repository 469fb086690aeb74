"""Segmented regression of one monthly series, interrupted once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.impact.effects import Effect, effect
from doorstep.statistics.impact.faults import OneGroupError
from doorstep.statistics.impact.inputs import check_rank, one_column
from doorstep.statistics.impact.memory import fit_remembering
from doorstep.statistics.results import Floats, Numbers, ShapeError

Errors = Literal["remembering", "newey-west"]
OWN_TREND = "the series' own level, trend and season before the start, carried on"
ASSUMPTIONS = (
    "Without the change the level, trend and season before the start would have gone on.",
    "Nothing else changed at the start, and the measure was counted in the same way throughout.",
)


@dataclass(frozen=True)
class SegmentedSeries:
    """`coefficients` (k) of `terms` with their `covariance` (k by k) by `errors`.

    The terms are the intercept, `t` (1 at the first point), `post` (0 before the start, then 1), `t_since` (0
    before the start, 1 at the first point after) and, with a season, `sin` and `cos` of one wave. `memory` is the
    correlation of noise one step apart (NaN for Newey-West), `freedom` the degrees of freedom of intervals,
    `ordinary_covariance` that of least squares on independent points, to compare.
    """

    errors: Errors
    terms: tuple[str, ...]
    coefficients: Floats
    covariance: Floats
    ordinary_covariance: Floats
    memory: float
    freedom: float
    n_before: int
    n_after: int
    notes: tuple[str, ...]

    @property
    def standard_errors(self) -> Floats:
        """The square roots of the covariance's diagonal (k)."""
        return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def ordinary_standard_errors(self) -> Floats:
        """Standard errors that take the points as independent (k), to compare."""
        return np.asarray(np.sqrt(np.diag(self.ordinary_covariance)))

    def difference_at(self, points_after: float, *, confidence: float = 0.95) -> Effect:
        """Return the difference from the series' own trend at a point after the start (1 is the first).

        post + points_after * t_since, with its interval. UsageError outside the points seen.
        """
        if not 1 <= points_after <= self.n_after:
            raise UsageError(f"the point is {points_after}", expected=f"1 to {self.n_after}: points that were seen")
        return self._difference(points_after, confidence)

    def mean_difference(self, *, confidence: float = 0.95) -> Effect:
        """Return the mean difference from the series' own trend over all points after the start."""
        return self._difference((1 + self.n_after) / 2, confidence)

    def _difference(self, points_after: float, confidence: float) -> Effect:
        pick = np.zeros(len(self.terms))
        pick[[self.terms.index("post"), self.terms.index("t_since")]] = 1.0, points_after
        return effect(
            "difference",
            float(pick @ self.coefficients),
            float(np.sqrt(pick @ self.covariance @ pick)),
            confidence=confidence,
            comparison=OWN_TREND,
            assumptions=ASSUMPTIONS,
            notes=self.notes,
            freedom=self.freedom,
        )


def segmented_series(
    y: Numbers, n_before: int, *, season: int | None = 12, errors: Errors = "remembering", lag: int = 3
) -> SegmentedSeries:
    """Fit y ~ t + post + t_since + sin(2 pi t / season) + cos(2 pi t / season).

    `y` (n) are values at equal steps in order of time, `n_before` of them before the start. `remembering` fits noise
    that remembers the step before (see `memory`) with t intervals; `newey-west` fits least squares with Bartlett
    weights 1 - l / (lag + 1), no small-sample factor and normal intervals. In series of 36 to 60 points the second
    held the truth in 59% to 86% of simulations, the first in 87% to 94%, so Newey-West is there to compare with
    published figures. For a series beside a comparison series give the difference of the two, and say so. Errors:
    OneGroupError (fewer than 3 points on a side), ShapeError, CollinearError, UsageError.
    Source: Wagner et al., Journal of Clinical Pharmacy and Therapeutics 2002;27:299-309; Newey and West,
    Econometrica 1987;55:703-708.
    """
    values = one_column("y", y)
    _check(len(values), n_before, season, errors, lag)
    terms, design = _design(len(values), n_before, season)
    check_rank(terms, design)
    inverse = np.linalg.inv(design.T @ design)
    plain = inverse @ design.T @ values
    left = values - design @ plain
    freedom = len(values) - len(terms)
    ordinary = inverse * (left @ left) / freedom
    n_after = len(values) - n_before
    notes = _notes(n_before, n_after, season, errors)
    if errors == "newey-west":
        sandwich = inverse @ _newey_west(design * left[:, None], lag) @ inverse
        return SegmentedSeries(errors, terms, plain, sandwich, ordinary, math.nan, math.inf, n_before, n_after, notes)
    fit = fit_remembering(values, design)
    return SegmentedSeries(
        errors, terms, fit.coefficients, fit.covariance, ordinary, fit.memory, freedom, n_before, n_after, notes
    )


def _design(n: int, n_before: int, season: int | None) -> tuple[tuple[str, ...], Floats]:
    t = np.arange(1.0, n + 1)
    since = np.maximum(t - n_before, 0.0)
    columns = {"(Intercept)": np.ones(n), "t": t, "post": (since > 0).astype(np.float64), "t_since": since}
    if season is not None:
        columns |= {"sin": np.sin(2 * np.pi * t / season), "cos": np.cos(2 * np.pi * t / season)}
    return tuple(columns), np.column_stack(list(columns.values()))


def _newey_west(scores: Floats, lag: int) -> Floats:
    total = scores.T @ scores
    for step in range(1, lag + 1):
        cross = scores[step:].T @ scores[:-step]
        total = total + (1 - step / (lag + 1)) * (cross + cross.T)
    return np.asarray(total)


def _check(n: int, n_before: int, season: int | None, errors: str, lag: int) -> None:
    if min(n_before, n - n_before) < 3:
        raise OneGroupError(
            f"{n_before} points before the start and {n - n_before} after", expected="3 or more on both sides"
        )
    if (season is not None and season < 3) or not 0 <= lag < n:
        raise UsageError(
            f"the season is {season} and the lag {lag}", expected=f"a season of 3 points or more, a lag of 0 to {n - 1}"
        )
    if errors not in ("remembering", "newey-west"):
        raise UsageError(f"errors are {errors!r}", expected="remembering or newey-west")
    if n <= (4 if season is None else 6):
        raise ShapeError(f"{n} points", expected="more points than terms")


def _notes(n_before: int, n_after: int, season: int | None, errors: Errors) -> tuple[str, ...]:
    found = ["There is no comparison group: what else changed at the start cannot be told apart from the service."]
    least = 2 * season if season else 12
    if n_before < least:
        found.append(f"Only {n_before} points before the start; fewer than {least} say little about trend and season.")
    if n_after < 8:
        found.append(f"Only {n_after} points after the start.")
    if errors == "newey-west" and n_before + n_after < 100:
        found.append("Newey-West intervals of a series this short are too narrow.")
    return tuple(found)
