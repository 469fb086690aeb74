"""The flexible calibration curve: what share of people of each risk had the outcome."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.impact.effects import quantile
from doorstep.statistics.impact.faults import OneGroupError
from doorstep.statistics.impact.logistic import LogisticFit, fit_logistic
from doorstep.statistics.results import Estimate, Floats, Numbers
from doorstep.statistics.risk.inputs import risk_and_outcome

# Where Harrell puts four knots: these shares of people have a lower risk (Regression Modeling Strategies, table 2.3).
KNOTS = (0.05, 0.35, 0.65, 0.95)
LEAST_EVENTS = 30


class TooFewEventsError(DataError):
    """Too few people with (or without) the outcome for a curve that may bend."""


@dataclass(frozen=True)
class CalibrationCurve:
    """`observed` is the smoothed share with the outcome at each `risk`, with pointwise limits.

    `mean_gap`, `median_gap` and `largest_decile_gap` are the mean, the middle and the 90th percentile of
    |smoothed share - risk| over the people (ICI, E50 and E90).
    """

    risk: Floats
    observed: Estimate
    mean_gap: float
    median_gap: float
    largest_decile_gap: float


def calibration_curve(
    risk: Numbers, outcome: Numbers, *, points: int = 50, confidence: float = 0.95
) -> CalibrationCurve:
    """Smooth the outcome on logit(risk) by logistic regression with a restricted cubic spline of four knots.

    The curve has `points` risks from the 1st to the 99th percentile: beyond, few people carry it. With fewer than
    30 people on either side of the outcome a curve that may bend says nothing, and TooFewEventsError is raised.
    Errors: ProportionError, NotBinaryError, ShapeError, OneGroupError (too few different risks).
    Source: Austin and Steyerberg, Statistics in Medicine 2019;38:4051-4065 (ICI, E50, E90).
    """
    p, had = risk_and_outcome(risk, outcome)
    least = min(int(had.sum()), int((~had).sum()))
    if least < LEAST_EVENTS:
        raise TooFewEventsError(
            f"{least} people on one side of the outcome",
            expected=f"{LEAST_EVENTS} or more with it, and as many without",
            do="show calibration in the large instead",
        )
    logit = np.log(p / (1 - p))
    knots = np.quantile(logit, KNOTS)
    if len(np.unique(knots)) < len(KNOTS):
        raise OneGroupError("most people have the same few risks", expected="risks that vary", do="compare the groups")
    names = ("(Intercept)", "logit of the risk", "bend 1", "bend 2")
    fit = fit_logistic(had, _spline(logit, knots), names)
    gap = np.abs(fit.fitted - p)
    at = np.linspace(float(np.quantile(logit, 0.01)), float(np.quantile(logit, 0.99)), points)
    mean, median, decile = float(gap.mean()), float(np.median(gap)), float(np.quantile(gap, 0.9))
    return CalibrationCurve(_expit(at), _with_limits(fit, _spline(at, knots), confidence), mean, median, decile)


def _with_limits(fit: LogisticFit, design: Floats, confidence: float) -> Estimate:
    middle = design @ fit.coefficients
    half = quantile(confidence) * np.sqrt(np.einsum("ij,jk,ik->i", design, fit.covariance, design))
    return Estimate(_expit(middle), _expit(middle - half), _expit(middle + half))


def _spline(x: Floats, knots: Floats) -> Floats:
    """Return 1, x and the k - 2 bends of a spline that is cubic between and straight beyond the knots t.

    Bend j is ((x - t_j)+^3 - (x - t_{k-1})+^3 (t_k - t_j)/(t_k - t_{k-1}) + (x - t_k)+^3 (t_{k-1} - t_j)/(t_k -
    t_{k-1})) / (t_k - t_1)^2.
    """
    cubes = np.maximum(x[:, None] - knots, 0.0) ** 3
    last, before = knots[-1], knots[-2]
    bends = [
        cubes[:, j]
        - cubes[:, -2] * (last - knots[j]) / (last - before)
        + cubes[:, -1] * (before - knots[j]) / (last - before)
        for j in range(len(knots) - 2)
    ]
    scale = (last - knots[0]) ** 2
    return np.column_stack([np.ones(len(x)), x, *(bend / scale for bend in bends)])


def _expit(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))
