"""Mean and natural process limits of each segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.results import Floats, Ints
from doorstep.statistics.spc.series import Series

THREE_SIGMA = 2.66
"""3/d₂ with d₂ = 1.128, the mean range of two normal values: limits lie 2.66 mean moving ranges from the mean."""
OUTLYING_RANGE = 3.267
"""D₄ for two values: a moving range this many times the mean one is outlying."""


@dataclass(frozen=True)
class ProcessLimits:
    """For each point the mean and limits of its segment, and how many values they rest on; NaN is blank."""

    mean: Floats
    lower: Floats
    upper: Floats
    rest_on: Ints

    @property
    def tolerance(self) -> Floats:
        """Differences smaller than this are rounding of the arithmetic, not of the process."""
        return 1e-12 * np.maximum(np.abs(self.mean), np.nan_to_num(self.upper - self.lower))


def moving_ranges(series: Series) -> Floats:
    """Return each point's distance from the point before; NaN at a break."""
    ranges = np.full(series.value.size, np.nan)
    ranges[1:] = np.abs(np.diff(series.value))
    return np.where(series.joined, ranges, np.nan)


def process_limits(series: Series, fix_after: int | None, screen_outliers: bool) -> ProcessLimits:
    """Return mean ± 2.66 × mean moving range for each segment.

    fix_after: use only the first so many values of each segment. screen_outliers: drop ranges of 3.267 mean ranges or
    more, once. Limits are blank where no range is left, as in a segment of one value.
    Source: Wheeler, Understanding Variation (2000); Montgomery, Introduction to Statistical Quality Control, 6.4.
    """
    ranges = moving_ranges(series)
    found = np.full((4, series.value.size), np.nan)
    for group in range(int(series.group[-1]) + 1):
        here = series.group == group
        found[:, here] = np.array([_segment(series.value[here], ranges[here], fix_after, screen_outliers)]).T
    return ProcessLimits(found[0], found[1], found[2], found[3].astype(np.int64))


def _segment(values: Floats, ranges: Floats, fix_after: int | None, screen: bool) -> tuple[float, float, float, float]:
    known = ~np.isnan(values)
    used = known if fix_after is None else known & (np.cumsum(known) <= fix_after)
    if not used.any():
        return np.nan, np.nan, np.nan, 0
    mean = float(values[used].mean())
    moved = ranges[used & ~np.isnan(ranges)]
    if screen and moved.size:
        moved = moved[moved < OUTLYING_RANGE * moved.mean()]
    width = THREE_SIGMA * float(moved.mean()) if moved.size else float("nan")
    return mean, mean - width, mean + width, int(used.sum())
