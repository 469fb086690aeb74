"""A table as numbers and the rules between them, each number once however often it is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from doorstep.statistics.disclosure.table import Cell, Line, Link, Table


@dataclass(frozen=True)
class Row:
    """`low <= sum of weight x number <= high` over numbers by position; None is no bound."""

    terms: tuple[tuple[int, int], ...]
    low: int | None
    high: int | None

    def holds(self, value: Callable[[int], int]) -> bool:
        """Say whether numbers satisfy the rule, in whole numbers."""
        found = sum(weight * value(i) for i, weight in self.terms)
        return (self.low is None or self.low <= found) and (self.high is None or found <= self.high)


@dataclass(frozen=True)
class System:
    """The numbers of a table and what a reader knows about them.

    `cells` are the places where each number is printed, `truth` what it is, `least` what a hidden one is at least.
    `fixed` are known to a reader whatever is hidden now; `unprinted` are never printed. `ends` are the values that
    must stay possible where a number is small; `small` are the small ones, `kept` those hidden in an earlier version.
    `asked` must be protected: the small ones, and those kept of which no one says whether they were small.
    A number that has changed since an earlier version stands twice: as it is, and as it was (unprinted today, its cell
    told by the version).
    """

    cells: tuple[tuple[Cell, ...], ...]
    truth: tuple[int, ...]
    least: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    small: frozenset[int]
    kept: frozenset[int]
    asked: frozenset[int]
    fixed: frozenset[int]
    unprinted: frozenset[int]
    rows: tuple[Row, ...]

    def parts(self) -> tuple[tuple[int, ...], ...]:
        """Return the numbers in the smallest sets that no rule crosses, fixed numbers left out."""
        groups = Groups(len(self.truth))
        for row in self.rows:
            groups.join([i for i, _ in row.terms if i not in self.fixed])
        return groups.of(i for i in range(len(self.truth)) if i not in self.fixed)

    def rows_of(self) -> dict[int, list[int]]:
        """Return the positions of the rows that name each number."""
        found: dict[int, list[int]] = {}
        for position, row in enumerate(self.rows):
            for i, _ in row.terms:
                found.setdefault(i, []).append(position)
        return found


class Groups:
    """Sets joined step by step."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, i: int) -> int:
        """Return the member that stands for the set."""
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, members: Sequence[int]) -> None:
        """Make one set of the sets of some members."""
        for i in members[1:]:
            low, high = sorted((self.root(members[0]), self.root(i)))
            self._parent[high] = low

    def of(self, members: Iterable[int]) -> tuple[tuple[int, ...], ...]:
        """Return the sets that some members fall into, in the order of their first."""
        found: dict[int, list[int]] = {}
        for i in members:
            found.setdefault(self.root(i), []).append(i)
        return tuple(tuple(group) for group in found.values())


def rules_of(table: Table) -> Iterator[Link]:
    """Yield every rule of a table as a link: the adding rules of its lines, then its own links."""
    for line in table.lines:
        yield from (_adding(line, cells) for cells in line.partitions)
    yield from table.links


def _adding(line: Line, cells: tuple[int, ...]) -> Link:
    return Link((*(((line.name, i), 1) for i in cells), ((line.name, line.total), -1)), 0, 0)
