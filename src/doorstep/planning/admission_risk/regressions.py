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

    `x` (n by k) holds the intercept. Raises DataError where the steps do not settle: a group without a single event.
    """
    b = np.zeros(x.shape[1])
    b[0] = np.log(max(y.mean(), 1e-12))
    for _ in range(MOST_STEPS):
        mean = np.exp(np.clip(x @ b, -30, 30))
        bread = _inverse((x * mean[:, None]).T @ x)
        move = bread @ (x.T @ (y - mean))
        b = b + np.clip(move, -2, 2)
        if np.abs(move).max() < 1e-8:
            mean = np.exp(x @ b)
            return Regression(b, _sandwich(bread, x, y - mean), mean)
    raise DataError("the rates did not settle", expected="some use in every group", do="join small groups")


def _inverse(square: Floats) -> Floats:
    return np.asarray(np.linalg.pinv(square), dtype=np.float64)


def _sandwich(bread: Floats, x: Floats, residual: Floats) -> Floats:
    scored = x * residual[:, None]
    return np.asarray(bread @ (scored.T @ scored) @ bread)
