"""A series over time: its segments, and where it is broken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from doorstep.errors import DataError
from doorstep.statistics.results import Bools, Floats, Ints, Numbers, ShapeError, numbers

Dates = npt.NDArray[np.datetime64]
When = date | np.datetime64 | str


class SeriesError(DataError):
    """Dates are out of order or repeated, or a rebase does not fall on a point."""


@dataclass(frozen=True)
class Series:
    """n values in order of time.

    value: NaN where a period has none. group: the rebase segment of each point, from 0. joined: the point before is the
    neighbour in time, has a value, and lies in the same segment; where False, no range, run or trend passes.
    """

    value: Floats
    dates: Dates | None
    group: Ints
    joined: Bools

    @property
    def stretches(self) -> Ints:
        """Number the unbroken stretches: the same number for points with no break between them."""
        return np.cumsum(~self.joined)


def series(values: Numbers, dates: Sequence[When] | Dates | None, rebase_at: Sequence[When | int]) -> Series:
    """Put values in segments and find the breaks.

    A point without a value, and a period left out of the dates, break the series: they are never closed up.
    rebase_at: dates or positions at which a new segment starts. Raises ShapeError, NotANumberError, SeriesError.
    """
    value = numbers("values", values, missing=True)
    if value.ndim != 1 or not value.size:
        raise ShapeError(f"the values have shape {value.shape}", expected="one value or more, in a row")
    when = None if dates is None else _dates(dates, value.size)
    group = _groups(value.size, when, rebase_at)
    missing = np.isnan(value)
    joined = np.zeros(value.size, dtype=bool)
    joined[1:] = ~missing[1:] & ~missing[:-1] & (group[1:] == group[:-1])
    if when is not None:
        joined[1:] &= _neighbours(when)
    return Series(value, when, group, joined)


def _dates(dates: Sequence[When] | Dates, n: int) -> Dates:
    found = _days(dates)
    if found.shape != (n,):
        raise ShapeError(f"there are {n} values and {found.size} dates", expected="one date for each value")
    if np.isnat(found).any():
        raise SeriesError(f"the date at position {int(np.isnat(found).argmax())} is missing", expected="a date")
    wrong = found[1:] <= found[:-1]
    if wrong.any():
        at = int(wrong.argmax()) + 1
        raise SeriesError(f"{found[at]} comes after {found[at - 1]}", expected="rising dates, each of them once")
    return found


def _days(dates: Sequence[When] | Dates) -> Dates:
    try:
        return np.asarray(dates, dtype="datetime64[D]")
    except ValueError as error:
        raise SeriesError(f"a date could not be read: {error}", expected="dates as YYYY-MM-DD") from error


def _neighbours(dates: Dates) -> Bools:
    """Say which dates follow the one before without a gap; the period is the shortest step.

    Steps are in months where all dates are on one day of the month, or all on the last one; otherwise in days.
    """
    months = dates.astype("datetime64[M]")
    day, days_left = dates - months, (months + 1).astype("datetime64[D]") - dates
    monthly = (day == day[0]).all() or (days_left == days_left[0]).all()
    steps = np.diff(months if monthly else dates).astype(np.int64)
    return steps == steps.min() if steps.size else np.zeros(0, dtype=bool)


def _groups(n: int, dates: Dates | None, rebase_at: Sequence[When | int]) -> Ints:
    starts = np.zeros(n, dtype=np.int64)
    for at in rebase_at:
        starts[_position(at, n, dates)] = 1
    return np.cumsum(starts)


def _position(at: When | int, n: int, dates: Dates | None) -> int:
    """Return the position of the first point of a new segment."""
    if isinstance(at, int | np.integer):
        position = int(at)
    elif dates is None:
        raise SeriesError(f"a rebase is asked for at {at}, and there are no dates", expected="a position, or dates")
    else:
        position = int(np.searchsorted(dates, _days([at])[0]))
    if not 0 < position < n:
        raise SeriesError(f"a rebase is asked for at {at}", expected="after the first point and no later than the last")
    return position
