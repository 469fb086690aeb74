"""Crude rates, and the limits of a count of events on which every other rate here rests."""

from __future__ import annotations

import numpy as np

from doorstep.statistics.results import (
    Estimate,
    Floats,
    Numbers,
    confidence_level,
    counts,
    multiplier_above_nought,
    populations,
    together,
    two_sided_z,
)

EXACT_BELOW = 10
"""Counts below this have exact limits, others Byar's: the two agree to 1% from here on."""


def rate(events: Numbers, population: Numbers, *, confidence: float = 0.95, multiplier: float = 100_000) -> Estimate:
    """Return events / population * multiplier, with the limits of `poisson_limits` on the events.

    `events` (0 or more) and `population` (above 0; people, or person-years) broadcast to one shape, that of the result.
    For events that happen independently of each other: counts that repeat within people vary more than the limits say.

    Errors: NegativeCountError, ZeroPopulationError, NotANumberError, ShapeError, ConfidenceError.
    Source: PHE Technical Guide, Confidence Intervals (2018), rates.
    """
    x, n = together(events=counts("events", events), population=populations("population", population))
    per = multiplier_above_nought(multiplier) / n
    lower, upper = poisson_limits(x, confidence=confidence)
    return Estimate(x * per, lower * per, upper * per)


def poisson_limits(events: Numbers, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the limits of counts: exact below ten events, Byar's from ten on. Any shape; the unit is events.

    Errors: NegativeCountError, NotANumberError, ConfidenceError.
    """
    x = counts("events", events)
    lower, upper = byar_limits(x, confidence=confidence)
    few = x < EXACT_BELOW
    # Small areas hold few different counts: each is solved once (six times faster for a million areas).
    different, where = np.unique(x[few], return_inverse=True)
    low, high = exact_limits(different, confidence=confidence)
    lower[few], upper[few] = low[where], high[where]
    return lower, upper


def exact_limits(events: Numbers, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the exact Poisson limits of counts (Garwood), which cover at least as often as they claim.

    lower = Q((1-c)/2; 2x) / 2 and upper = Q(c + (1-c)/2; 2x + 2) / 2, where Q(p; k) is the chi-squared quantile with k
    degrees of freedom; lower is 0 for no events. Fractions of events are allowed. Any shape; the unit is events.

    Errors: NegativeCountError, NotANumberError, ConfidenceError.
    Source: Garwood, Biometrika 1936; 28: 437-442.
    """
    from scipy.special import gammainccinv, gammaincinv

    x, tail = counts("events", events), (1 - confidence_level(confidence)) / 2
    # Half a chi-squared variable with 2k degrees of freedom is a gamma variable with shape k.
    lower = np.where(x > 0, gammaincinv(np.maximum(x, np.finfo(float).tiny), tail), 0.0)
    return lower, np.asarray(gammainccinv(x + 1, tail))


def byar_limits(events: Numbers, *, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return Byar's approximation to the exact Poisson limits of counts; good from about ten events.

    lower = x (1 - 1/(9x) - z/(3 sqrt x))^3 and upper = (x+1) (1 - 1/(9(x+1)) + z/(3 sqrt(x+1)))^3; a lower limit that
    would be below nought is 0. Any shape; the unit is events.

    Errors: NegativeCountError, NotANumberError, ConfidenceError.
    Source: Breslow and Day, Statistical Methods in Cancer Research II (1987), page 69.
    """
    x, z = counts("events", events), two_sided_z(confidence)
    above = np.maximum(x, np.finfo(float).tiny)  # keeps nought out of the divisions; its limit is 0 either way
    lower = above * np.maximum(1 - 1 / (9 * above) - z / (3 * np.sqrt(above)), 0) ** 3
    upper = (x + 1) * (1 - 1 / (9 * (x + 1)) + z / (3 * np.sqrt(x + 1))) ** 3
    return np.asarray(lower), np.asarray(upper)
