"""What every figure of a risk model checks, and single values with limits."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.impact.effects import quantile
from doorstep.statistics.impact.inputs import one_column, yes_or_no
from doorstep.statistics.results import Bools, Estimate, Floats, Numbers, ProportionError, ShapeError


def risk_and_outcome(risk: Numbers, outcome: Numbers) -> tuple[Floats, Bools]:
    """Return risks strictly between 0 and 1 and who had the outcome. ProportionError, NotBinaryError, ShapeError."""
    p = one_column("risk", risk)
    if not len(p):
        raise ShapeError("risk is empty", expected="one row or more")
    between("risk", p)
    return p, yes_or_no("outcome", outcome, len(p))


def between(name: str, values: Floats) -> None:
    """ProportionError where a value is not above 0 and below 1."""
    bad = (values <= 0) | (values >= 1)
    if bad.any():
        row = int(np.argmax(bad))
        raise ProportionError(
            f"{name} holds {values[row]:g} in row {row}",
            expected="above 0 and below 1: a risk of exactly 0 or 1 has no logit",
            do="use the model's unrounded risks",
        )


def single(value: float, lower: float, upper: float) -> Estimate:
    """Return one value with its limits."""
    return Estimate(np.asarray(value), np.asarray(lower), np.asarray(upper))


def around(value: float, error: float, confidence: float) -> Estimate:
    """Return value -/+ quantile * error."""
    half = quantile(confidence) * error
    return single(value, value - half, value + half)
