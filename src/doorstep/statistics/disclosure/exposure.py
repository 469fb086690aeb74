"""What a reader can work out about hidden cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from doorstep.statistics.disclosure.knowledge import knowledge
from doorstep.statistics.disclosure.reader import Reader, groups, reader
from doorstep.statistics.disclosure.table import Cell, Range, Table, Version
from doorstep.statistics.disclosure.threshold import THRESHOLD


@dataclass(frozen=True)
class Exposure:
    """A hidden cell that is not protected: its range, and whether nought and the largest hidden number are possible."""

    cell: Cell
    range: Range
    can_be_nought: bool
    can_be_largest: bool

    def __str__(self) -> str:
        high = "more" if self.range.high is None else str(self.range.high)
        found = f"is {self.range.low}" if self.range.is_exact else f"is from {self.range.low} to {high}"
        return f"{self.cell[0]}, cell {self.cell[1]}, {found}"


def ranges(table: Table, hidden: frozenset[Cell], earlier: Sequence[Version] = ()) -> dict[Cell, Range]:
    """Return the exact whole-number range of every hidden cell for a reader of everything printed.

    `earlier` are versions of the same lines printed before. The numbers in hidden cells are not looked at. Raises
    DataError where the printed numbers contradict the adding rules.
    """
    return {cell: who.range(cell) for who, cells in _readers(table, hidden, earlier) for cell in cells}


def audit(
    table: Table, hidden: frozenset[Cell], earlier: Sequence[Version] = (), threshold: int = THRESHOLD
) -> tuple[Exposure, ...]:
    """Return the hidden cells that are not protected, in the order of the table.

    A hidden cell is protected where both 0 and `threshold` - 1 stay possible for someone who knows every printed
    number, the `earlier` versions and all rules, and that counts are whole numbers from 0. Raises DataError where
    the printed numbers contradict the rules.
    """
    return tuple(
        Exposure(cell, who.range(cell), who.possible(cell, 0), who.possible(cell, threshold - 1))
        for who, cell in _exposed(table, hidden, earlier, threshold)
    )


def exposed_cells(
    table: Table, hidden: frozenset[Cell], earlier: Sequence[Version], threshold: int
) -> tuple[Cell, ...]:
    """Return the cells that `audit` reports, without their ranges (which cost most where rules tie lines)."""
    return tuple(cell for _, cell in _exposed(table, hidden, earlier, threshold))


def _exposed(
    table: Table, hidden: frozenset[Cell], earlier: Sequence[Version], threshold: int
) -> Iterator[tuple[Reader, Cell]]:
    for who, cells in _readers(table, hidden, earlier):
        for cell in cells:
            if not (who.possible(cell, 0) and who.possible(cell, threshold - 1)):
                yield who, cell


def worked_out(table: Table, hidden: frozenset[Cell], earlier: Sequence[Version] = ()) -> int:
    """Return how many hidden cells can hold one number only.

    Lines whose printed numbers contradict each other count for nothing: nothing follows from them.
    """
    readers = ((who, cells) for who, cells in _readers(table, hidden, earlier) if who.is_possible)
    return sum(who.range(cell).is_exact for who, cells in readers for cell in cells)


def _readers(table: Table, hidden: frozenset[Cell], earlier: Sequence[Version]) -> Iterator[tuple[Reader, list[Cell]]]:
    """Yield a reader of each group of lines that has hidden cells, with these cells.

    A cell printed in an earlier version that still stands has one possible number: it stays in the list.
    """
    knows = knowledge(table, hidden, earlier)
    for part in groups(table):
        cells = [cell for cell in part.cells() if cell in hidden]
        if cells:
            who: Reader = _WithKnown(reader(part, knows, earlier), knows.values)
            if earlier and not who.is_possible:  # read together the versions contradict each other: numbers changed
                who = reader(part, knowledge(table, hidden))
            yield who, cells


class _WithKnown:
    """A reader who also answers for cells whose number was printed before."""

    def __init__(self, who: Reader, known: dict[Cell, int]) -> None:
        self._who, self._known = who, known
        self.is_possible = who.is_possible

    def range(self, cell: Cell) -> Range:
        known = self._known.get(cell)
        return self._who.range(cell) if known is None else Range(known, known)

    def possible(self, cell: Cell, value: int) -> bool:
        known = self._known.get(cell)
        return self._who.possible(cell, value) if known is None else known == value
