"""Means with Student's limits."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.results import Estimate, Numbers, ShapeError, confidence_level, counts, numbers, together


def mean(values: Numbers, *, axis: int = -1, confidence: float = 0.95) -> Estimate:
    """Return the mean along `axis` with its limits (`mean_of_summaries`), in the unit of the values.

    The result has the shape of `values` without the axis. Blank where there is but one value: one value does not say
    how much values vary. Groups of unlike size go through `mean_of_summaries`, or `frames.mean`.

    Errors: NotANumberError, ShapeError where there is no value at all, ConfidenceError.
    """
    found = numbers("values", values)
    if found.ndim == 0 or found.shape[axis] == 0:
        raise ShapeError(f"there is nothing to take the mean of in an array of shape {found.shape}", expected="values")
    n = found.shape[axis]
    deviation = found.std(axis=axis, ddof=1) if n > 1 else np.zeros_like(found.mean(axis=axis))
    return mean_of_summaries(found.mean(axis=axis), deviation, n, confidence=confidence)


def mean_of_summaries(
    average: Numbers, standard_deviation: Numbers, n: Numbers, *, confidence: float = 0.95
) -> Estimate:
    """Return means with limits: mean -/+ t(c + (1-c)/2; n - 1) s / sqrt(n), t being Student's quantile.

    `average`, `standard_deviation` (the sample's, divided by n - 1) and `n` (how many values) broadcast to one shape,
    that of the result. Blank where n is below 2.

    Errors: NegativeCountError, NotANumberError, ShapeError, ConfidenceError.
    Source: PHE Technical Guide, Confidence Intervals (2018), means.
    """
    from scipy.special import stdtrit

    value, s, size = together(
        average=numbers("average", average), standard_deviation=counts("standard_deviation", standard_deviation),
        n=counts("n", n),
    )  # fmt: skip
    enough = np.maximum(size, 2)
    half = stdtrit(enough - 1, 0.5 + confidence_level(confidence) / 2) * s / np.sqrt(enough)
    return Estimate(value, value - half, value + half).blank_where(size < 2)
