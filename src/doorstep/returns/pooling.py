"""Sums over Places, and between which numbers they lie when some are hidden."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from doorstep.returns.collating import Collated
from doorstep.returns.figures import COLUMNS
from doorstep.returns.layout import PARTITIONS, TOTAL
from doorstep.returns.printed import CASELOAD, LINE_IDS, Line
from doorstep.returns.suppression import THRESHOLD

LARGEST_HIDDEN: Final = THRESHOLD - 1
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Pooled:
    """One number over all Places that are in.

    `shown` adds up what is printed; the true sum lies from `low` to `high`, which is None where nothing bounds it.
    `metric` is a line id, `column` a position in COLUMNS; `hidden` of `places` Places print `*`.
    """

    month: date
    metric: str
    column: int
    shown: int
    low: int
    high: int | None
    places: int
    hidden: int


def pooled(accepted: Iterable[Collated]) -> Iterator[Pooled]:
    """Yield the sums of each month by line and column."""
    by_month: dict[date, list[Mapping[str, Line]]] = defaultdict(list)
    for one in accepted:
        if one.month:
            by_month[one.month].append(one.lines)
    for month, returns in sorted(by_month.items()):
        bounds = [bounds_of(lines) for lines in returns]
        for name in LINE_IDS:
            for column in range(len(COLUMNS)):
                values = [lines[name][column] for lines in returns]
                yield _sum(month, name, column, values, [found[name][column] for found in bounds])


def _sum(month: date, name: str, column: int, values: list[int | str], bounds: list[Bounds]) -> Pooled:
    shown = [value for value in values if isinstance(value, int)]
    low, high = sum(b[0] for b in bounds), sum(b[1] for b in bounds)
    most = None if math.isinf(high) else int(high)
    return Pooled(month, name, column, sum(shown), int(low), most, len(values), len(values) - len(shown))


def bounds_of(lines: Mapping[str, Line]) -> dict[str, list[Bounds]]:
    """Return the lowest and highest that each number of a return can be.

    A hidden number is from 0 to 5, unless some line leaves more than that for its hidden numbers: then the Place hides
    larger ones as well, and only the totals bound them. The caseload is judged by itself, for its breakdown may not be
    known at all.
    """
    groups = ([n for n in LINE_IDS if n != CASELOAD], [CASELOAD])
    found: dict[str, list[Bounds]] = {}
    for names in groups:
        hides_more = any(_leaves_more(lines[name]) for name in names)
        found |= {name: _bounds(lines[name], math.inf if hides_more else LARGEST_HIDDEN) for name in names}
    return found


def _leaves_more(line: Line) -> bool:
    """True where hidden numbers cannot all be small: a total leaves more for them, or a hidden total is larger."""
    total, shown = line[TOTAL], [sum(v for c in part if isinstance(v := line[c], int)) for part in PARTITIONS]
    if not isinstance(total, int):
        return max(shown) > LARGEST_HIDDEN
    hidden = [sum(not isinstance(line[c], int) for c in part) for part in PARTITIONS]
    return any(total - s > LARGEST_HIDDEN * n for s, n in zip(shown, hidden, strict=True) if n)


def _bounds(line: Line, largest: float) -> list[Bounds]:
    """Narrow the bounds of a line by its three breakdowns until they stay as they are."""
    found = [(float(v), float(v)) if isinstance(v, int) else (0.0, largest) for v in line]
    while True:
        old = list(found)
        for part in PARTITIONS:
            _narrow(found, part)
        if found == old:
            return found


def _narrow(found: list[Bounds], part: tuple[int, ...]) -> None:
    """Narrow a total by its parts, and each part by the total and the others; what contradicts itself is left."""
    lows, highs = sum(found[c][0] for c in part), [found[c][1] for c in part]
    found[TOTAL] = _within(found[TOTAL], lows, sum(highs))
    for cell in part:
        low, high = found[cell]
        others_high = sum(found[c][1] for c in part if c != cell)
        others_low = sum(found[c][0] for c in part) - low
        found[cell] = _within((low, high), found[TOTAL][0] - others_high, found[TOTAL][1] - others_low)


def _within(bounds: Bounds, low: float, high: float) -> Bounds:
    narrowed = (max(bounds[0], low), min(bounds[1], high))
    return narrowed if narrowed[0] <= narrowed[1] else bounds
