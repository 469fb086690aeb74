"""XmR limits and the four rules once more, in plain Python and from the rules' own words: an oracle for signals."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean

RUN = 7


def newest_side(values: Sequence[float]) -> int:
    """Return 1 or -1 where the newest value is a special cause, high or low; 0 where it is none."""
    mean, width = fmean(values), 2.66 * fmean(abs(b - a) for a, b in pairwise(values))
    newest = values[-1]
    if abs(newest - mean) > width:
        return 1 if newest > mean else -1
    steps = [b - a for a, b in zip(values[-RUN:], values[-RUN + 1 :], strict=False)]
    if len(steps) == RUN - 1 and (all(s > 0 for s in steps) or all(s < 0 for s in steps)):
        return 1 if steps[0] > 0 else -1
    for side in (1, -1):
        if _two_of_three(values, mean, width, side) or _shift(values, mean, side):
            return side
    return 0


def _two_of_three(values: Sequence[float], mean: float, width: float, side: int) -> bool:
    last = [side * (v - mean) for v in values[-3:]]
    near = [width * 2 / 3 < v <= width for v in last]
    return len(last) == 3 and all(v > 0 for v in last) and near[-1] and sum(near) >= 2


def _shift(values: Sequence[float], mean: float, side: int) -> bool:
    last = values[-RUN:]
    return len(last) == RUN and all(side * (v - mean) > 0 for v in last)
