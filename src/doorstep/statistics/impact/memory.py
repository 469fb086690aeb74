"""Least squares for a series whose noise remembers the step before, by restricted maximum likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.results import Floats

MOST = 0.95  # stronger memory cannot be told from a trend in a series of a few years


@dataclass(frozen=True)
class RememberingFit:
    """`coefficients` (k), their `covariance` (k by k), and `memory`: the correlation of noise one step apart."""

    coefficients: Floats
    covariance: Floats
    memory: float


def fit_remembering(y: Floats, design: Floats) -> RememberingFit:
    """Fit y = X b + e with e_t = r e_{t-1} + noise, r between -0.95 and 0.95.

    r maximises the restricted likelihood: with y* and X* whitened (the first row times sqrt(1 - r^2), each other row
    less r times the one before) and RSS* their residual sum of squares, -(n - k)/2 log RSS* + log(1 - r^2)/2 -
    log det(X*'X*)/2. The covariance is RSS*/(n - k) (X*'X*)^-1, n - k degrees of freedom.
    Source: Turner et al., BMC Medical Research Methodology 2021;21:181 (which compares methods on short series).
    """
    from scipy.optimize import minimize_scalar

    memory = float(minimize_scalar(lambda r: -_likelihood(r, y, design), bounds=(-MOST, MOST), method="bounded").x)
    x, coefficients, rss = _solve(memory, y, design)
    return RememberingFit(coefficients, np.linalg.inv(x.T @ x) * rss / (len(y) - x.shape[1]), memory)


def _likelihood(memory: float, y: Floats, design: Floats) -> float:
    x, _, rss = _solve(memory, y, design)
    n, k = x.shape
    # A series without noise has no memory to find; the floor keeps its logarithm finite.
    floor = np.finfo(float).eps ** 2 * float(y @ y)
    return float(-(n - k) * np.log(max(rss, floor)) + np.log(1 - memory**2) - np.linalg.slogdet(x.T @ x)[1]) / 2


def _solve(memory: float, y: Floats, design: Floats) -> tuple[Floats, Floats, float]:
    x, z = _whitened(memory, design), _whitened(memory, y)
    b = np.asarray(np.linalg.solve(x.T @ x, x.T @ z), np.float64)
    return x, b, float(((z - x @ b) ** 2).sum())


def _whitened(memory: float, values: Floats) -> Floats:
    found = values.astype(np.float64, copy=True)
    found[1:] -= memory * values[:-1]
    found[0] *= np.sqrt(1 - memory**2)
    return found
