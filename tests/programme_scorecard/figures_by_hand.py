"""Small figures by hand: one Place or a few, a line and its patients, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from doorstep.programme.figures.numbers import Edition, Figures, Line
from doorstep.programme.scorecard.exhibits import Sheet
from doorstep.returns.layout import months_from

WIDTH = 23
Shown = int | None | tuple[int, int | None]  # a number, None where nothing was sent, (low, high) where hidden
FIRST = date(2025, 1, 1)


def edition(through: date = date(2026, 12, 1), made_on: date = date(2028, 1, 1)) -> Edition:
    return Edition(1, made_on, through, "as tests ask")


def a_line(place: str, month: date, line: str, number: Shown, version: int = 1) -> Line:
    low, high = number if isinstance(number, tuple) else (number or 0, number)
    value = None if isinstance(number, tuple) else number
    return Line(place, month, line, (value,) * WIDTH, (low,) * WIDTH, (high,) * WIDTH, version, date(2028, 1, 1))


def figures(
    line: str,
    series: Mapping[str, Sequence[Shown]],
    patients: int | Mapping[str, Sequence[Shown]] = 1000,
    *,
    first: date = FIRST,
    made_on: date = date(2028, 1, 1),
    versions: Mapping[date, int] | None = None,
) -> Figures:
    """Put series of Places into figures; a month with None was not sent."""
    found: list[Line] = []
    count = max(map(len, series.values()))
    for place, numbers in series.items():
        for i, month in enumerate(months_from(first, len(numbers))):
            if numbers[i] is None:
                continue
            people = patients if isinstance(patients, int) else patients[place][i]
            version = (versions or {}).get(month, 1)
            found += [
                a_line(place, month, line, numbers[i], version),
                a_line(place, month, "patients", people, version),
            ]
    return Figures(edition(months_from(first, count)[-1], made_on), tuple(found))


def column(sheet: Sheet, name: str) -> list[object]:
    """Return one column of a sheet."""
    at = [c.name for c in sheet.columns].index(name)
    return [row[at] for row in sheet.rows]
