"""An XmR chart: points, limits, special causes and icons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.results import Bools, Floats, Numbers
from doorstep.statistics.spc.icons import Assurance, Direction, PointType, Variation, assurance, point_type, variation
from doorstep.statistics.spc.limits import ProcessLimits, process_limits
from doorstep.statistics.spc.rules import SpecialCause, special_causes
from doorstep.statistics.spc.series import Dates, Series, When, series

PROVISIONAL_BELOW = 13
"""Limits that rest on fewer values than this are provisional."""


class ChartError(UsageError):
    """A chart was asked for something it cannot do, such as limits from no points."""


@dataclass(frozen=True)
class Point:
    """One point of a chart. `mean`, `lower` and `upper` are NaN where blank."""

    when: str
    value: float
    mean: float
    lower: float
    upper: float
    cause: SpecialCause
    is_special: bool
    type: PointType
    group: int
    is_provisional: bool


@dataclass(frozen=True)
class Chart:
    """A chart of n points; `provisional_below` is how many values limits must rest on for good news to be shown."""

    series: Series
    limits: ProcessLimits
    causes: tuple[SpecialCause, ...]
    better: Direction
    target: float | None
    provisional_below: int

    @property
    def mean(self) -> Floats:
        """The mean of each point's segment."""
        return self.limits.mean

    @property
    def lower(self) -> Floats:
        """The lower process limit of each point's segment; not cut at 0."""
        return self.limits.lower

    @property
    def upper(self) -> Floats:
        """The upper process limit of each point's segment."""
        return self.limits.upper

    @property
    def types(self) -> tuple[PointType, ...]:
        """What each point means, given which way is better."""
        return tuple(point_type(cause, self.better) for cause in self.causes)

    @property
    def is_provisional(self) -> Bools:
        """Whether each point's limits rest on too few values."""
        return np.asarray(self.limits.rest_on < self.provisional_below)

    @property
    def latest(self) -> int:
        """The position of the latest point with a value; the last position where none has one."""
        known = np.flatnonzero(~np.isnan(self.series.value))
        return int(known[-1]) if known.size else self.series.value.size - 1

    @property
    def variation(self) -> Variation:
        """The variation icon."""
        at = self.latest
        return variation(self.causes[at], self.better, bool(self.is_provisional[at]))

    @property
    def assurance(self) -> Assurance:
        """The assurance icon."""
        at = self.latest
        return assurance(self.lower[at], self.upper[at], self.target, self.better, bool(self.is_provisional[at]))

    @property
    def points(self) -> tuple[Point, ...]:
        """Every point with all that is known of it, for a table beside the chart."""
        types, provisional = self.types, self.is_provisional
        return tuple(self._point(i, types[i], bool(provisional[i])) for i in range(len(self.causes)))

    def _point(self, i: int, kind: PointType, provisional: bool) -> Point:
        when = str(i) if self.series.dates is None else str(self.series.dates[i])
        value, mean, lower, upper = (float(a[i]) for a in (self.series.value, self.mean, self.lower, self.upper))
        cause = self.causes[i]
        special = cause.direction != 0
        return Point(when, value, mean, lower, upper, cause, special, kind, int(self.series.group[i]), provisional)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a reader must be told beside the chart."""
        at = self.latest
        told = (
            (self.is_provisional[at], f"limits are provisional: they rest on {self.limits.rest_on[at]} values"),
            (np.isnan(self.series.value).any(), f"{np.isnan(self.series.value).sum()} point(s) have no value"),
            (self._gaps() > 0, f"the series is broken in {self._gaps()} place(s); no range, run or trend passes them"),
            (np.isnan(self.lower[at]), "there are no limits: no moving range is left to work them out from"),
            (
                self.upper[at] == self.lower[at],
                "limits have no width: most values are equal, and XmR does not suit them",
            ),
        )
        return tuple(text for applies, text in told if applies)

    def _gaps(self) -> int:
        """Count the breaks that are not the start of a segment."""
        starts = np.diff(self.series.group) > 0
        return int((~self.series.joined[1:] & ~starts).sum())


def xmr(
    values: Numbers,
    dates: Sequence[When] | Dates | None = None,
    *,
    better: Direction | str = Direction.NEUTRAL,
    target: float | None = None,
    rebase_at: Sequence[When | int] = (),
    fix_after: int | None = None,
    screen_outliers: bool = False,
    provisional_below: int = PROVISIONAL_BELOW,
) -> Chart:
    """Make an XmR chart of values in order of time, by the Making Data Count rules.

    values: (n,), NaN where a period has none. dates: (n,), rising; a period they leave out breaks the series, as a NaN
    does: no moving range, run or trend passes a break. better: which way is better. rebase_at: dates or positions where
    new limits start. fix_after: limits from the first so many values of each segment. screen_outliers: leave outlying
    moving ranges out of the limits; off by default, as in the Making Data Count spreadsheet of NHS England (the R
    package NHSRplotthedots screens by default). Raises ShapeError, NotANumberError, SeriesError, ChartError,
    UnknownChoiceError.

    A stable process of independent normal values has a point outside known limits 27 times in 10,000 and in a shift of
    seven or more 625 times in 10,000; of charts of 24 such points about 15 in 100 show some special cause (simulated).
    Source: NHS England, Making Data Count: making sense of data with statistical process control.
    """
    if fix_after is not None and fix_after < 2:
        raise ChartError(f"limits are to rest on the first {fix_after} values", expected="2 or more")
    found = series(values, dates, rebase_at)
    limits = process_limits(found, fix_after, screen_outliers)
    return Chart(found, limits, special_causes(found, limits), Direction(better), target, provisional_below)
