"""Proportions with Wilson's limits."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.results import (
    Estimate,
    Floats,
    Numbers,
    ProportionError,
    counts,
    multiplier_above_nought,
    populations,
    together,
    two_sided_z,
)


def proportion(
    numerator: Numbers, denominator: Numbers, *, confidence: float = 0.95, multiplier: float = 1.0
) -> Estimate:
    """Return numerator / denominator * multiplier with Wilson's limits (`wilson_limits`).

    Both broadcast to one shape, that of the result; `multiplier` 100 gives per cent.

    Errors: ProportionError where a numerator is above its denominator; NegativeCountError, ZeroPopulationError,
    NotANumberError, ShapeError, ConfidenceError.
    Source: Wilson, JASA 1927; 22: 209-212; PHE Technical Guide, Confidence Intervals (2018), proportions.
    """
    x, n = _parts(numerator, denominator)
    by = multiplier_above_nought(multiplier)
    lower, upper = _wilson(x, n, two_sided_z(confidence))
    return Estimate(x / n * by, lower * by, upper * by)


def wilson_limits(numerator: Numbers, denominator: Numbers, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return Wilson's score limits, without continuity correction, as shares from 0 to 1.

    (2x + z^2 -/+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)). Shapes and errors as for `proportion`.
    """
    x, n = _parts(numerator, denominator)
    return _wilson(x, n, two_sided_z(confidence))


def _wilson(x: Floats, n: Floats, z: float) -> tuple[Floats, Floats]:
    root = z * np.sqrt(z**2 + 4 * x * (1 - x / n))
    # The lower limit multiplied through by its conjugate: nothing cancels, and no events gives exactly nought.
    lower = 2 * x**2 / (n * (2 * x + z**2 + root))
    upper = (2 * x + z**2 + root) / (2 * (n + z**2))
    return np.asarray(lower), np.clip(upper, x / n, 1)  # rounding must not put everybody above their upper limit


def _parts(numerator: Numbers, denominator: Numbers) -> tuple[Floats, Floats]:
    x, n = together(numerator=counts("numerator", numerator), denominator=populations("denominator", denominator))
    if (x > n).any():
        at = np.argwhere(x > n)[0]
        raise ProportionError(
            f"the numerator {x[tuple(at)]:g} is above its denominator {n[tuple(at)]:g} at position "
            f"{', '.join(map(str, at)) or '0'}",
            expected="a numerator that is part of its denominator",
            do="use a rate where events can outnumber people",
        )
    return x, n
