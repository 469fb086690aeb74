"""A reader of one group of lines: what can each hidden cell be, given all that the reader knows?

Lines tied by no rule are groups of their own and have closed forms; lines tied by links, or with partitions that
overlap, are one group and need whole-number programming.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import TYPE_CHECKING, Protocol

from doorstep.errors import DataError
from doorstep.statistics.disclosure.bounds import line_ranges
from doorstep.statistics.disclosure.knowledge import Knowledge
from doorstep.statistics.disclosure.table import Cell, Line, Link, Range, Table, Version

if TYPE_CHECKING:
    from doorstep.statistics.disclosure.integer import Rule


class Reader(Protocol):
    """Answers, for one group of lines, what a hidden cell can be."""

    is_possible: bool

    def range(self, cell: Cell) -> Range:
        """Return the exact range of one cell."""

    def possible(self, cell: Cell, value: int) -> bool:
        """Say whether the cell can hold exactly `value`."""


def groups(table: Table) -> tuple[Table, ...]:
    """Return the table cut into the smallest tables that no link crosses, in the order of their first line."""
    group = {line.name: {line.name} for line in table.lines}
    for link in table.links:
        merged = set().union(*(group[name] for (name, _), _ in link.terms))
        group |= dict.fromkeys(merged, merged)
    seen: set[str] = set()
    found = []
    for line in table.lines:
        if line.name not in seen:
            names = group[line.name]
            seen |= names
            found.append(_part(table, names))
    return tuple(found)


def _part(table: Table, names: set[str]) -> Table:
    lines = tuple(line for line in table.lines if line.name in names)
    links = tuple(link for link in table.links if link.terms and link.terms[0][0][0] in names)
    return Table(lines, links, frozenset(cell for cell in table.unprinted if cell[0] in names))


def reader(part: Table, knows: Knowledge, earlier: Sequence[Version] = ()) -> Reader:
    """Return a reader of one group of lines, closed-form where it can be."""
    if not part.links and len(part.lines) == 1 and part.lines[0].is_simple:
        return _LineReader(part.lines[0], knows)
    return _RuleReader(part, knows, earlier)


class _LineReader:
    def __init__(self, line: Line, knows: Knowledge) -> None:
        self._line = line
        self._ranges = line_ranges(line, knows.of(line))
        self.is_possible = self._ranges is not None

    def range(self, cell: Cell) -> Range:
        if self._ranges is None:
            raise _contradiction((self._line.name,))
        return self._ranges[cell[1]]

    def possible(self, cell: Cell, value: int) -> bool:
        return self.is_possible and self.range(cell).holds(value)


class _RuleReader:
    def __init__(self, part: Table, knows: Knowledge, earlier: Sequence[Version]) -> None:
        from doorstep.statistics.disclosure.integer import WholeNumbers  # heavy: only where rules need it

        names = frozenset(line.name for line in part.lines)
        known: dict[Hashable, int] = {(0, cell): v for cell, v in knows.values.items() if cell[0] in names}
        rules = list(_rules(part, 0, names))
        for number, (version, same) in enumerate(zip(earlier, knows.same, strict=True), start=1):
            before = Table(tuple(line for line in version.table.lines if line.name in names), ())
            if before.lines and before.lines != tuple(line for line in before.lines if line.name in same):
                before = Table(before.lines, _links_within(version.table, before))
                rules += _rules(before, number, same)
                known |= _printed(before, version, number, same)
        self._names = names
        self._numbers = WholeNumbers(tuple(rules), known)
        self.is_possible = self._numbers.is_possible

    def range(self, cell: Cell) -> Range:
        if not self.is_possible:
            raise _contradiction(sorted(self._names))
        return self._numbers.range((0, cell))

    def possible(self, cell: Cell, value: int) -> bool:
        return self._numbers.possible((0, cell), value)


def _links_within(table: Table, part: Table) -> tuple[Link, ...]:
    names = {line.name for line in part.lines}
    return tuple(link for link in table.links if all(name in names for (name, _), _ in link.terms))


def _printed(before: Table, version: Version, number: int, same: frozenset[str]) -> dict[Hashable, int]:
    """The numbers an earlier version printed in lines that have changed since."""
    changed = (line.name for line in before.lines if line.name not in same)
    return {(number, (name, i)): v for name in changed for i, v in version.printed(name).items()}


def _rules(part: Table, number: int, same: frozenset[str]) -> Iterator[Rule]:
    """Yield the adding rules of one version; cells of lines in `same` are today's (version 0)."""
    from doorstep.statistics.disclosure.integer import Rule

    def variable(cell: Cell) -> Hashable:
        return (0 if cell[0] in same else number, cell)

    for line in part.lines:
        total = (variable((line.name, line.total)), -1)
        for cells in line.partitions:
            yield Rule((*((variable((line.name, i)), 1) for i in cells), total), 0, 0)
    for link in part.links:
        yield Rule(tuple((variable(cell), weight) for cell, weight in link.terms), link.low, link.high)


def _contradiction(names: Sequence[str]) -> DataError:
    return DataError(
        "no whole numbers fit the printed numbers",
        expected="parts that add up to their totals, and rules that hold",
        where=", ".join(names),
        do="mend the counts before asking what hiding some of them gives away",
    )
