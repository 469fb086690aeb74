"""Two regressions for large numbers of people, with limits that hold whatever the spread: a mean and a rate ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doorstep.errors import DataError

Floats = npt.NDArray[np.float64]
MOST_STEPS = 50
_Z = 1.959963984540054


@dataclass(frozen=True)
class Effect:
    """A value with 95% limits."""

    value: float
    lower: float
    upper: float

    def exponential(self) -> Effect:
        """Return the ratio that a difference of logarithms stands for."""
        return Effect(*(float(np.exp(v)) for v in (self.value, self.lower, self.upper)))


@dataclass(frozen=True)
class Regression:
    """Coefficients (k), the fitted values (n), and the robust covariance (k by k)."""

    coefficients: Floats
    covariance: Floats
    fitted: Floats

    def effect(self, column: int) -> Effect:
        """Return one coefficient with its limits."""
        value, error = float(self.coefficients[column]), float(np.sqrt(self.covariance[column, column]))
        return Effect(value, value - _Z * error, value + _Z * error)


def linear(y: Floats, x: Floats) -> Regression:
    """Fit a mean by least squares; covariance by White's sandwich (HC0). `x` (n by k) holds the intercept."""
    bread = _inverse(x.T @ x)
    b = bread @ (x.T @ y)
    fitted = x @ b
    return Regression(b, _sandwich(bread, x, y - fitted), fitted)


def poisson(y: Floats, x: Floats) -> Regression:
    """Fit counts with a log link by Newton's method; covariance by the sandwich, so that overdispersion is honest.

    `x` (n by k) holds the intercept. The steps have settled when the likelihood has: a condition that nobody with it
    ever used care for drives its own coefficient without end, and nothing else. Raises DataError where they do not.
    """
    b = np.zeros(x.shape[1])
    b[0] = np.log(max(y.mean(), 1e-12))
    before = np.inf
    for _ in range(MOST_STEPS):
        linear_part = np.clip(x @ b, -30, 30)
        mean = np.exp(linear_part)
        bread = _inverse((x * mean[:, None]).T @ x)
        loss = float(mean.sum() - y @ linear_part)
        if abs(before - loss) <= 1e-10 * (abs(loss) + 1):
            return Regression(b, _sandwich(bread, x, y - mean), mean)
        before = loss
        b = b + np.clip(bread @ (x.T @ (y - mean)), -2, 2)
    raise DataError("the rates did not settle", expected="some use in every group", do="join small groups")


def _inverse(square: Floats) -> Floats:
    return np.asarray(np.linalg.pinv(square), dtype=np.float64)


def _sandwich(bread: Floats, x: Floats, residual: Floats) -> Floats:
    scored = x * residual[:, None]
    return np.asarray(bread @ (scored.T @ scored) @ bread)
