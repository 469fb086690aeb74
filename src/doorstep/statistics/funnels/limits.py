"""Control limits about a baseline, for a chart and for a label; exact, and never rounded to whole events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from doorstep.statistics.results import Floats, Numbers, ProportionError, confidence_level, counts, populations

LEVELS = (0.95, 0.998)
FURTHEST = 37.0
"""z-scores stop here: tails beyond it are smaller than the smallest double."""


@dataclass(frozen=True)
class Limits:
    """Limits at n denominators: `lower` and `upper` are (levels, n), in the units of the chart."""

    levels: tuple[float, ...]
    denominator: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True)
class EventLimits:
    """Where k events touch a limit: the denominators and the values there, each (levels, k)."""

    levels: tuple[float, ...]
    events: Floats
    lower_denominator: Floats
    lower: Floats
    upper_denominator: Floats
    upper: Floats


def tails(levels: tuple[float, ...]) -> Floats:
    """Return the chance on each side of each level, as a column: 0.95 gives 0.025."""
    return np.array([[(1 - confidence_level(level)) / 2] for level in levels])


def deviates(levels: tuple[float, ...]) -> Floats:
    """Return the normal deviate of each level, as a column: 0.95 gives 1.96."""
    return np.asarray(-special.ndtri(tails(levels)))


def share(name: str, value: float) -> float:
    """Return a baseline proportion. ProportionError where it is not between 0 and 1."""
    if not 0 < value < 1:
        raise ProportionError(f"{name} is {value}", expected="a share between 0 and 1, neither of them")
    return float(value)


def proportion_limits(baseline: float, denominator: Numbers, levels: tuple[float, ...] = LEVELS) -> Limits:
    """Limits of a proportion at given denominators, as shares of 1.

    p₀ ± z √(p₀(1 − p₀)/n), no further than 0 and 1: the shares whose Wilson limit is the baseline p₀.
    Raises ProportionError, ZeroPopulationError. Source: Spiegelhalter, Statistics in Medicine 2005; 24: 1185-1202.
    """
    p, n = share("the baseline", baseline), populations("denominator", denominator)
    half = deviates(levels) * np.sqrt(p * (1 - p) / n)
    return Limits(levels, n, np.maximum(p - half, 0.0), np.minimum(p + half, 1.0))


def poisson_limits(expected: Numbers, levels: tuple[float, ...] = LEVELS) -> Limits:
    """Limits of a count at given expected numbers E, as counts; `denominator` of the answer is E.

    The lower limit is the k with Q(1 − a; 2k + 2)/2 = E, the upper the k with Q(a; 2k)/2 = E, where Q is the
    quantile of chi-squared and a = (1 − level)/2; k need not be whole. The lower is 0 where no
    event at all would be no surprise. Raises ZeroPopulationError.
    Source: Garwood, Biometrika 1936; 28: 437-442, solved for the count.
    """
    e = populations("expected", expected)
    tail = tails(levels)
    lower = special.gdtrib(1.0, 1 - tail, np.maximum(e, -np.log(tail))) - 1
    return Limits(levels, e, np.maximum(lower, 0.0), np.asarray(special.gdtrib(1.0, tail, e)))


def limits_at_events(
    events: Numbers, baseline: float = 1.0, levels: tuple[float, ...] = LEVELS, multiplier: float = 1.0
) -> EventLimits:
    """Return, for k events, the denominators at which k lies on a limit, and the value k/denominator there.

    events: above 0. baseline: events for each unit of the denominator (1 where the denominator is expected events).
    Denominators are Q(1 − a; 2k + 2)/(2 baseline) for the lower limit and Q(a; 2k)/(2 baseline) for the upper,
    with Q and a as in `poisson_limits`. Raises ZeroPopulationError.
    """
    k, tail = populations("events", events), tails(levels)
    low = special.chdtri(2 * k + 2, tail) / (2 * populations("baseline", baseline))
    high = special.chdtri(2 * k, 1 - tail) / (2 * baseline)
    return EventLimits(levels, k, low, multiplier * k / low, high, multiplier * k / high)


def proportion_scores(numerator: Floats, denominator: Floats, baseline: float) -> Floats:
    """Return z-scores of proportions: (x/n − p₀)/√(p₀(1 − p₀)/n)."""
    p = share("the baseline", baseline)
    return np.asarray((numerator / denominator - p) / np.sqrt(p * (1 - p) / denominator))


def poisson_scores(observed: Numbers, expected: Numbers) -> Floats:
    """Return the normal deviate of the exact Poisson tail of each count: |z| > 1.96 lies outside the 95% limits.

    Below the expected number the tail is that of the count or fewer, above it of the count or more; a tail larger than
    a half gives 0. Deviates stop at 37 either way.
    """
    x, e = np.broadcast_arrays(counts("observed", observed), populations("expected", expected))
    low = special.ndtri(special.gammaincc(x + 1, e))
    high = -special.ndtri(special.gammainc(x, e))
    return np.asarray(np.where(x < e, np.clip(low, -FURTHEST, 0.0), np.clip(high, 0.0, FURTHEST)))
