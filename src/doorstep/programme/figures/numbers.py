"""Safe figures in memory: what pages, charts, files and the interface compute from. No Django here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from types import MappingProxyType
from typing import Final, NamedTuple, cast

from doorstep.returns.figures import COLUMNS

TOTAL = 0  # the position of the Total column
NOTHING: Final[Mapping[str, Line]] = MappingProxyType({})  # of a month that no Place sent


class Number(NamedTuple):  # a page makes tens of thousands: as a dataclass each takes twice as long
    """A number that is shown, or the range a reader may know of a hidden one (`high` None: no bound)."""

    value: int | None
    low: int
    high: int | None

    @property
    def is_hidden(self) -> bool:
        """True where the number itself may not be shown."""
        return self.value is None


class Line(NamedTuple):  # an edition has tens of thousands: as a dataclass each takes four times as long
    """One line of one Place and month: 23 numbers in the order of `returns.COLUMNS`, or the total alone."""

    place: str
    month: date
    line: str
    values: tuple[int | None, ...]
    lows: tuple[int, ...]
    highs: tuple[int | None, ...]
    version: int
    received_on: date

    def number(self, column: int = TOTAL) -> Number:
        """Return one of its numbers."""
        return Number(self.values[column], self.lows[column], self.highs[column])


def pooled(numbers: Iterable[Number]) -> Number:
    """Return the sum of what is shown, hidden ones left out, with the range that the whole sum can lie in.

    `value` is None where every part is hidden (or there is none).
    """
    parts = list(numbers)
    return _sum([n.value for n in parts], [n.low for n in parts], [n.high for n in parts])


def pooled_lines(lines: Collection[Line], column: int = TOTAL) -> Number:
    """Return the sum of one of the numbers of several lines, as `pooled` does."""
    return _sum(
        [line.values[column] for line in lines],
        [line.lows[column] for line in lines],
        [line.highs[column] for line in lines],
    )


def _sum(values: list[int | None], lows: list[int], highs: list[int | None]) -> Number:
    shown = [value for value in values if value is not None]
    return Number(sum(shown) if shown else None, sum(lows), None if None in highs else sum(cast("list[int]", highs)))


# The rules of editions that a Place loads from its own data, on its own installation.
TRUE_RULES = "true numbers of this Place; not for sending"
SAFE_RULES = (
    "numbers of this Place below 6 hidden, and others with them so that each hidden number can be 0 and can be 5"
)


@dataclass(frozen=True)
class Edition:
    """Which publication the figures are of. `id` is its row's, never used twice; 0 for one made up in memory."""

    number: int
    made_on: date
    through: date
    rules: str
    id: int = 0

    @property
    def is_own(self) -> bool:
        """Whether it is a Place's own, loaded from its data on its own installation, and not sent in returns."""
        return self.rules in (TRUE_RULES, SAFE_RULES)


@dataclass(frozen=True)
class Figures:
    """Lines of one edition, as asked for. `(line, place, month)` is a key."""

    edition: Edition
    lines: tuple[Line, ...]

    @cached_property
    def by_key(self) -> Mapping[tuple[str, str, date], Line]:
        """Return the lines by line id, Place and month."""
        return {(found.line, found.place, found.month): found for found in self.lines}

    @cached_property
    def sent(self) -> Mapping[tuple[str, date], Mapping[str, Line]]:
        """Return by line id and month the lines of the Places that sent it, by Place.

        Of all Places and months it is made in a tenth of the time that `by_key` takes.
        """
        found: dict[tuple[str, date], dict[str, Line]] = {}
        for line in self.lines:
            found.setdefault((line.line, line.month), {})[line.place] = line
        return found

    def of_month(self, line: str, month: date) -> Mapping[str, Line]:
        """Return the lines of the Places that sent a month, by Place."""
        return self.sent.get((line, month), NOTHING)

    def line(self, line: str, place: str, month: date) -> Line | None:
        """Return one line, or None where that Place sent nothing for the month."""
        return self.of_month(line, month).get(place)

    @cached_property
    def months(self) -> tuple[date, ...]:
        """Every month in them, in order."""
        return tuple(sorted({found.month for found in self.lines}))

    @cached_property
    def places(self) -> tuple[str, ...]:
        """Every Place in them, in order."""
        return tuple(sorted({found.place for found in self.lines}))

    def number(self, line: str, place: str, month: date, column: int = TOTAL) -> Number | None:
        """Return one number, or None where that Place sent nothing for the month."""
        found = self.line(line, place, month)
        return found.number(column) if found else None

    def national(self, line: str, month: date, column: int = TOTAL) -> Number:
        """Return the sum over the Places that sent the month."""
        return pooled_lines(self.of_month(line, month).values(), column)


assert len(COLUMNS) == 23  # noqa: S101  (the arrays' length, here and in the database)
