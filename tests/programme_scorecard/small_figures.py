"""Figures small enough to check by eye."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from doorstep.programme.figures.numbers import Edition, Figures, Line
from doorstep.returns.figures import COLUMNS

EDITION = Edition(7, date(2026, 6, 15), date(2026, 4, 1), "a test")
HIDDEN = (None, 0, 5)
Shown = int | tuple[int | None, int, int | None]  # a number, or (None, low, high)


def month(number: int, year: int = 2026) -> date:
    return date(year, number, 1)


def line(
    name: str,
    place: str,
    when: date,
    total: Shown,
    rest: Mapping[int, Shown] | None = None,
    version: int = 1,
    received: date = date(2026, 1, 31),
) -> Line:
    """A line whose total is given, and of the other columns those in `rest`; all else is hidden without a bound."""
    cells: list[tuple[int | None, int, int | None]] = [(None, 0, None)] * len(COLUMNS)
    for column, found in {0: total, **(rest or {})}.items():
        cells[column] = found if isinstance(found, tuple) else (found, found, found)
    values, lows, highs = zip(*cells, strict=True)
    return Line(place, when, name, values, lows, highs, version, received)


def figures(lines: Iterable[Line], edition: Edition = EDITION) -> Figures:
    return Figures(edition, tuple(lines))


def series(name: str, place: str, first: date, totals: Sequence[Shown | None]) -> list[Line]:
    """A line over months in a row; None is a month that was not sent."""
    start = first.year * 12 + first.month - 1
    months = [date(k // 12, k % 12 + 1, 1) for k in range(start, start + len(totals))]
    return [line(name, place, when, total) for when, total in zip(months, totals, strict=True) if total is not None]
