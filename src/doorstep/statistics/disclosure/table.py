"""The shapes of disclosure control: lines of counts, the rules between them, and versions already printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from doorstep.errors import DataError

Cell = tuple[str, int]


@dataclass(frozen=True)
class Line:
    """One line of counts; the cells of each partition add up to the cell `total`.

    `values` holds whole numbers from 0 (a hidden cell of a printed line may hold anything: it is never looked at).
    `spare` names the cells that a reader misses least, such as "Not known": they are hidden first.
    Raises DataError where an index points outside the line or a partition holds the total or a cell twice.
    """

    name: str
    values: tuple[int, ...]
    total: int
    partitions: tuple[tuple[int, ...], ...] = ()
    spare: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        size = range(len(self.values))
        named = (self.total, *self.spare, *(i for cells in self.partitions for i in cells))
        if not all(i in size for i in named):
            raise DataError("an index points outside the line", expected=f"0 to {len(size) - 1}", where=self.name)
        if any(self.total in cells or len(set(cells)) < len(cells) or not cells for cells in self.partitions):
            raise DataError(
                "a partition is empty, holds the total, or holds a cell twice",
                expected="the parts of the total, each once",
                where=self.name,
            )

    @property
    def shape(self) -> tuple[int, int, tuple[tuple[int, ...], ...]]:
        """What two versions of a line must have in common to be the same line."""
        return len(self.values), self.total, self.partitions

    @property
    def is_simple(self) -> bool:
        """No cell is in two partitions: bounds have a closed form and whole numbers attain them."""
        cells = [i for part in self.partitions for i in part]
        return len(set(cells)) == len(cells)


@dataclass(frozen=True)
class Link:
    """A rule between cells that everybody knows: `low <= sum of weight x cell <= high`; None is no bound."""

    terms: tuple[tuple[Cell, int], ...]
    low: int | None = 0
    high: int | None = None


@dataclass(frozen=True)
class Table:
    """Lines printed together, and the rules between them.

    `unprinted` are numbers that no one prints but that a reader can reckon about, such as what one area has beyond
    another. Raises DataError where two lines share a name or a link names a cell that is not there.
    """

    lines: tuple[Line, ...]
    links: tuple[Link, ...] = ()
    unprinted: frozenset[Cell] = frozenset()

    def __post_init__(self) -> None:
        if len(self._by_name) < len(self.lines):
            raise DataError("two lines of a table have the same name", expected="each name once")
        named = (cell for link in self.links for cell, _ in link.terms)
        for name, index in (*named, *self.unprinted):
            if name not in self._by_name or index not in range(len(self._by_name[name].values)):
                raise DataError(
                    f"a link or the unprinted cells name cell {index} of {name!r}", expected="a cell of the table"
                )

    @cached_property
    def _by_name(self) -> dict[str, Line]:
        return {line.name: line for line in self.lines}

    def line(self, name: str) -> Line:
        """Return one line; KeyError where there is none of that name."""
        return self._by_name[name]

    def value(self, cell: Cell) -> int:
        """Return the number in one cell."""
        return self._by_name[cell[0]].values[cell[1]]

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, line by line."""
        return ((line.name, i) for line in self.lines for i in range(len(line.values)))

    def printable(self) -> Iterator[Cell]:
        """Yield every cell that is printed unless it is hidden."""
        return (cell for cell in self.cells() if cell not in self.unprinted)


def check(table: Table) -> None:
    """Raise DataError where the numbers of a table break its own rules, naming the first that does."""
    for line in table.lines:
        if min(line.values, default=0) < 0:
            raise DataError(f"a count of {min(line.values)}", expected="whole numbers from 0", where=line.name)
        for cells in line.partitions:
            found, total = sum(line.values[i] for i in cells), line.values[line.total]
            if found != total:
                raise DataError(f"a breakdown adds up to {found}", expected=f"the total, {total}", where=line.name)
    for link in table.links:
        found = sum(weight * table.value(cell) for cell, weight in link.terms)
        if (link.low is not None and found < link.low) or (link.high is not None and found > link.high):
            names = ", ".join(f"{name} cell {i}" for (name, i), _ in link.terms)
            raise DataError("the numbers break a rule between lines", expected="counts that go together", where=names)


@dataclass(frozen=True)
class Version:
    """A table as it was printed before; the numbers in `hidden` cells were not shown.

    With `is_true` the table holds the true numbers of that day, hidden ones included, as whoever made it knows them;
    otherwise what stands in hidden cells is never looked at.
    """

    table: Table
    hidden: frozenset[Cell]
    is_true: bool = False

    def printed(self, name: str) -> dict[int, int]:
        """Return the numbers shown in one line, by position."""
        unseen = self.hidden | self.table.unprinted
        return {i: v for i, v in enumerate(self.table.line(name).values) if (name, i) not in unseen}

    def has(self, line: Line) -> bool:
        """Say whether the same line, in the same shape, was printed."""
        return any(mine.name == line.name and mine.shape == line.shape for mine in self.table.lines)


@dataclass(frozen=True)
class Range:
    """The smallest and the largest whole number a hidden cell can hold; `high` None is no bound.

    Both are possible. `gap` 0 says that nothing outside is: this is proved. Above 0, time ran out: numbers up to so
    much outside have not been ruled out.
    """

    low: int
    high: int | None
    gap: int = 0

    @property
    def is_exact(self) -> bool:
        """Only one number is possible."""
        return self.low == self.high and not self.gap

    @property
    def is_proved(self) -> bool:
        """Nothing outside the range is possible."""
        return not self.gap

    def holds(self, value: int) -> bool:
        """Say whether `value` lies in the range."""
        return self.low <= value and (self.high is None or value <= self.high)


def bed_day_links(days: str, stays: str, cells: Iterable[int], longest: int = 36_525) -> tuple[Link, ...]:
    """Return the rules that tie bed days to the stays of one day or more, cell by cell.

    Each stay has at least one day and at most `longest` (a hundred years unless told), so where there are no stays
    there are no days: a printed number of bed days says that the hidden number of stays is not nought.
    """
    return tuple(
        link
        for i in cells
        for link in (
            Link((((days, i), 1), ((stays, i), -1))),
            Link((((stays, i), longest), ((days, i), -1))),
        )
    )
