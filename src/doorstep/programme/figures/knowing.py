"""What a reader knows of one line, or of two hidden together, from this edition and those before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from doorstep.returns.figures import COLUMNS
from doorstep.returns.layout import PARTITIONS, TOTAL
from doorstep.statistics import disclosure
from doorstep.statistics.disclosure import Range

Sent = tuple[int | None, ...]  # as sent: None where the Centre does not know the number
Past = tuple[int | None, ...]  # as an earlier edition showed it: None where hidden

LARGEST: Final = disclosure.THRESHOLD - 1  # the largest number that is small
WIDTH: Final = len(COLUMNS)
_SPARE: Final = frozenset(i for i, (_, value) in enumerate(COLUMNS) if value.casefold() == "not known")
_LONGEST: Final = 36_525  # days of one stay, as the rules of the return have it


def is_safe(known: Range) -> bool:
    """Say whether a range keeps the promise: 0 and 5 lie in it, or all of it is 6 or more and it is five wide."""
    wide = known.high is None or known.high - known.low >= LARGEST
    return wide and (known.low == 0 or known.low > LARGEST)


@dataclass(frozen=True)
class Group:
    """Lines hidden in the same columns, as sent, and what earlier editions showed of each.

    Where two lines stand in a group, the first counts stays and the second their days.
    """

    sent: Mapping[str, Sent]
    past: Mapping[str, tuple[Past, ...]]

    @cached_property
    def telling(self) -> Mapping[str, tuple[Past, ...]]:
        """By line the earlier editions that showed anything: where nothing is shown, nothing can be subtracted."""
        return {name: tuple(row for row in self.past[name] if any(v is not None for v in row)) for name in self.sent}

    @cached_property
    def must(self) -> frozenset[int]:
        """The columns hidden as sent in any of the lines, or by an earlier edition that told anything."""
        rows = [*self.sent.values(), *(row for rows in self.telling.values() for row in rows)]
        return frozenset(c for row in rows for c, v in enumerate(row) if v is None)

    @cached_property
    def unchanged(self) -> Mapping[str, frozenset[int]]:
        """By line the columns whose number an earlier edition showed and that is still the same."""
        return {
            name: frozenset(
                c for row in self.telling[name] for c, v in enumerate(row) if v is not None and v == line[c]
            )
            for name, line in self.sent.items()
        }

    @cached_property
    def starred_since(self) -> Mapping[str, frozenset[int]]:
        """By line the columns hidden as sent that an earlier edition showed."""
        return {
            name: frozenset(
                c for row in self.telling[name] for c, v in enumerate(row) if v is not None and line[c] is None
            )
            for name, line in self.sent.items()
        }

    def fits(self) -> bool:
        """Say whether numbers can stand behind the stars so that every breakdown adds up, and days cover stays."""
        return all(_adds_up(line) for line in self.sent.values()) and self._days_cover_stays()

    def _days_cover_stays(self) -> bool:
        if len(self.sent) == 1:
            return True
        pairs = zip(*self.sent.values(), strict=True)
        return all(_can_be_days_of(stays, days) for stays, days in pairs if stays is not None and days is not None)

    def cover(self, cells: Iterable[int], hidden: frozenset[int]) -> frozenset[int]:
        """Return the columns of a breakdown to hide besides, so that none of it is open; fewer where there is none."""
        columns = tuple(cells)
        while self._is_open(columns, hidden) and (spare := self._candidates(columns, hidden)):
            hidden |= {min(spare, key=self._cost)}
        return hidden

    def _candidates(self, cells: tuple[int, ...], hidden: frozenset[int]) -> list[int]:
        """The columns that a reader of earlier editions does not know already."""
        return [c for c in cells if c not in hidden and not any(c in known for known in self.unchanged.values())]

    def _cost(self, column: int) -> tuple[bool, int]:
        return column not in _SPARE, sum(line[column] or 0 for line in self.sent.values())

    def _is_open(self, cells: tuple[int, ...], hidden: frozenset[int]) -> bool:
        return any(self._is_line_open(name, cells, hidden) for name in self.sent)

    def _is_line_open(self, name: str, cells: tuple[int, ...], hidden: frozenset[int]) -> bool:
        """Say whether one breakdown of one line gives a hidden number away."""
        line, known = self.sent[name], self.unchanged[name]
        unknown = [c for c in cells if c in hidden and c not in known]
        if TOTAL in hidden and TOTAL not in known:
            return len(unknown) < 2
        if not unknown:
            return False
        rest = (line[TOTAL] or 0) - sum(line[c] or 0 for c in cells if c not in unknown)
        return len(unknown) == 1 or rest < LARGEST or not self._is_covered(name, cells, unknown)

    def _is_covered(self, name: str, cells: tuple[int, ...], unknown: list[int]) -> bool:
        """Beside each number that was shown and now is a star, another that was shown has changed and is hidden.

        None is needed where all numbers sent of the breakdown are those of before, the total too: then no star has
        changed, or two at least.
        """
        line, starred = self.sent[name], self.starred_since[name].intersection(unknown)
        rows = (row for row in self.telling[name] if any(row[c] is not None for c in starred))
        return all(
            any(row[c] is not None and line[c] is not None for c in unknown) or _is_as_before(line, row, cells)
            for row in rows
        )

    def keeps_promise(self, hidden: frozenset[int]) -> bool:
        """Check afresh, line by line, for readers of this edition alone and of all editions."""
        if any(TOTAL in starred for starred in self.starred_since.values()):
            return len(hidden) == WIDTH
        known = {frozenset(hidden & columns) for columns in self.unchanged.values()}
        return (
            len(known) == 1
            and not any(self._is_open(cells, hidden) for cells in PARTITIONS)
            and all(self._is_safe(name, hidden) for name in self.sent)
            and self._sums_fit(hidden)
        )

    def _is_safe(self, name: str, hidden: frozenset[int]) -> bool:
        sights = {hidden, hidden - self.unchanged[name]}
        return all(is_safe(known) for sight in sights for known in self.ranges(name, sight).values())

    def _sums_fit(self, hidden: frozenset[int]) -> bool:
        """In each breakdown the hidden days can belong to the hidden stays."""
        if len(self.sent) == 1 or TOTAL in hidden:
            return True
        return all(
            _can_be_days_of(*(_rest(line, cells, hidden) for line in self.sent.values())) for cells in PARTITIONS
        )

    def ranges(self, name: str, hidden: frozenset[int]) -> Mapping[int, Range]:
        """Return what a reader of one line without its `hidden` columns may know of these."""
        return _ranges(self.sent[name], hidden)


@lru_cache(maxsize=64)  # a line is asked about when it is checked, and again when it is shown
def _ranges(line: Sent, hidden: frozenset[int]) -> Mapping[int, Range]:
    table = disclosure.Table((disclosure.Line("", tuple(v or 0 for v in line), TOTAL, PARTITIONS),))
    found = disclosure.ranges(table, frozenset(("", c) for c in hidden))
    return {column: known for (_, column), known in found.items()}


def _adds_up(line: Sent) -> bool:
    """Say whether numbers can stand behind the stars of one line so that every breakdown adds up to the total."""
    shown = [sum(line[c] or 0 for c in cells) for cells in PARTITIONS]
    whole = {s for s, cells in zip(shown, PARTITIONS, strict=True) if all(line[c] is not None for c in cells)}
    totals = whole if line[TOTAL] is None else whole | {line[TOTAL]}
    return len(totals) < 2 and all(s <= total for s in shown for total in totals if total is not None)


def _rest(line: Sent, cells: Iterable[int], hidden: frozenset[int]) -> int:
    """What is left of the total for the hidden columns of a breakdown."""
    return (line[TOTAL] or 0) - sum(line[c] or 0 for c in cells if c not in hidden)


def _is_as_before(line: Sent, row: Past, cells: tuple[int, ...]) -> bool:
    """Say whether no number of a breakdown, nor the total, has visibly changed."""
    same = all(line[c] is None or row[c] is None or line[c] == row[c] for c in cells)
    return same and row[TOTAL] is not None and row[TOTAL] == line[TOTAL]


def _can_be_days_of(stays: int, days: int) -> bool:
    return stays <= days <= _LONGEST * stays
