"""The four special causes, and which of them a point is given."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from doorstep.statistics.results import Bools, Ints
from doorstep.statistics.spc.limits import ProcessLimits
from doorstep.statistics.spc.series import Series

RUN = 7
"""Points in a row that make a shift (one side of the mean) or a trend (each above, or each below, the one before)."""


class SpecialCause(StrEnum):
    """What a point shows; where several hold, the first in this order."""

    ABOVE_LIMIT = "above the upper limit"
    BELOW_LIMIT = "below the lower limit"
    RISING = "in a rising trend"
    FALLING = "in a falling trend"
    TWO_OF_THREE_HIGH = "two of three near the upper limit"
    TWO_OF_THREE_LOW = "two of three near the lower limit"
    ABOVE_MEAN = "in a shift above the mean"
    BELOW_MEAN = "in a shift below the mean"
    NONE = "common cause"
    MISSING = "no value"

    @property
    def direction(self) -> int:
        """1 for high or rising, -1 for low or falling, 0 for neither."""
        return next((1 if self is high else -1 for high, low in _RULES if self in (high, low)), 0)


_RULES = (
    (SpecialCause.ABOVE_LIMIT, SpecialCause.BELOW_LIMIT),
    (SpecialCause.RISING, SpecialCause.FALLING),
    (SpecialCause.TWO_OF_THREE_HIGH, SpecialCause.TWO_OF_THREE_LOW),
    (SpecialCause.ABOVE_MEAN, SpecialCause.BELOW_MEAN),
)


def sides(series: Series, limits: ProcessLimits) -> Ints:
    """Return 1 above the mean, -1 below, 0 on it or without a value."""
    away = np.nan_to_num(series.value - limits.mean)
    return np.where(np.abs(away) <= limits.tolerance, 0, np.sign(away)).astype(np.int64)


def outside(series: Series, limits: ProcessLimits) -> Bools:
    """Say which points lie beyond a limit; blank limits have nothing beyond them."""
    with np.errstate(invalid="ignore"):
        high, low = series.value - limits.upper, limits.lower - series.value
        return np.asarray((high > limits.tolerance) | (low > limits.tolerance))


def near_limits(series: Series, limits: ProcessLimits) -> Bools:
    """Say which points lie within the limits and more than two thirds of the way to one (2 sigma)."""
    with np.errstate(invalid="ignore"):
        far = np.abs(series.value - limits.mean) - (limits.upper - limits.mean) * 2 / 3 > limits.tolerance
    return far & ~outside(series, limits)


def shifts(series: Series, side: Ints) -> Ints:
    """Return the side of points in seven or more in a row on one side of the mean; 0 for other points."""
    return np.where(_run_lengths(side, series.joined) >= RUN, side, 0)


def trends(series: Series) -> Ints:
    """Return 1 for points in seven or more rising in a row, -1 for falling, 0 for others.

    A point at which a rise turns into a fall, or the other way about, takes the direction of the later one.
    """
    step = np.zeros(series.value.size, dtype=np.int64)
    step[1:] = np.nan_to_num(np.sign(np.diff(series.value))).astype(np.int64)
    step[~series.joined] = 0
    long = np.where(_run_lengths(step, series.joined) >= RUN - 1, step, 0)
    starts = np.zeros_like(long)
    starts[:-1] = np.where(series.joined[1:], long[1:], 0)
    return np.where(starts != 0, starts, long)


def two_of_three(series: Series, near: Bools, side: Ints) -> Ints:
    """Return the side of points near a limit in three in a row, all on that side, two of them or more near it."""
    found = np.zeros_like(side)
    if side.size < 3:
        return found
    unbroken = series.joined[1:-1] & series.joined[2:]
    same = (side[:-2] == side[1:-1]) & (side[1:-1] == side[2:]) & (side[2:] != 0)
    two = near[:-2].astype(int) + near[1:-1] + near[2:] >= 2
    for offset in range(3):
        where = np.flatnonzero(unbroken & same & two) + offset
        found[where] = side[where]
    return np.where(near, found, 0)


def special_causes(series: Series, limits: ProcessLimits) -> tuple[SpecialCause, ...]:
    """Return each point's special cause: outside the limits, then a trend, then two of three, then a shift."""
    side, near = sides(series, limits), near_limits(series, limits)
    beyond = np.where(outside(series, limits), side, 0)
    found = np.stack([beyond, trends(series), two_of_three(series, near, side), shifts(series, side)], axis=1)
    missing = np.isnan(series.value)
    return tuple(SpecialCause.MISSING if gone else _first(row) for gone, row in zip(missing, found, strict=True))


def _first(directions: Ints) -> SpecialCause:
    for (high, low), direction in zip(_RULES, directions, strict=True):
        if direction:
            return high if direction > 0 else low
    return SpecialCause.NONE


def _run_lengths(marks: Ints, joined: Bools) -> Ints:
    """Return for each point how many in a row, unbroken, carry its mark."""
    starts = ~joined
    starts[1:] |= marks[1:] != marks[:-1]
    number = np.cumsum(starts) - 1
    return np.asarray(np.bincount(number)[number])
