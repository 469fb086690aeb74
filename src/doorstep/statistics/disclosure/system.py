"""A table as numbers and the rules between them, each number once however often it is printed.

The reader is taken to know as much as can be: every sum of an earlier version that is still true, and every number
printed before that has not changed. Where something in an earlier sum has changed, that sum tells of another day and
is left out; so the true numbers always satisfy every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from doorstep.statistics.disclosure.table import Cell, Line, Link, Table, Version
from doorstep.statistics.disclosure.threshold import SmallNumbers

RuleOf = Callable[[Cell], SmallNumbers]


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
    """

    cells: tuple[tuple[Cell, ...], ...]
    truth: tuple[int, ...]
    least: tuple[int, ...]
    ends: tuple[tuple[int, int], ...]
    small: frozenset[int]
    kept: frozenset[int]
    fixed: frozenset[int]
    unprinted: frozenset[int]
    rows: tuple[Row, ...]

    def parts(self) -> tuple[tuple[int, ...], ...]:
        """Return the numbers in the smallest sets that no rule crosses, fixed numbers left out."""
        groups = _Groups(len(self.truth))
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


class _Groups:
    """Sets joined step by step."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def root(self, i: int) -> int:
        while self._parent[i] != i:
            self._parent[i] = self._parent[self._parent[i]]
            i = self._parent[i]
        return i

    def join(self, members: Sequence[int]) -> None:
        for i in members[1:]:
            low, high = sorted((self.root(members[0]), self.root(i)))
            self._parent[high] = low

    def of(self, members: Iterable[int]) -> tuple[tuple[int, ...], ...]:
        found: dict[int, list[int]] = {}
        for i in members:
            found.setdefault(self.root(i), []).append(i)
        return tuple(tuple(group) for group in found.values())


def system_of(table: Table, rule: RuleOf, earlier: Sequence[Version] = ()) -> System:
    """Return the system of a table for readers who know the `earlier` versions too.

    Cells tied as equal by a link (a denominator repeated in many rows) become one number: it is hidden everywhere or
    nowhere.
    """
    names = list(table.cells())
    place = {cell: i for i, cell in enumerate(names)}
    groups = _Groups(len(names))
    for link in table.links:
        if _is_equality(link):
            groups.join([place[cell] for cell, _ in link.terms])
    members = groups.of(range(len(names)))
    index = {names[i]: number for number, group in enumerate(members) for i in group}
    cells = tuple(tuple(names[i] for i in group) for group in members)
    return _system(table, cells, index, rule, earlier)


def _is_equality(link: Link) -> bool:
    return len(link.terms) == 2 and (link.low, link.high) == (0, 0) and sum(w for _, w in link.terms) == 0


def _system(
    table: Table,
    cells: tuple[tuple[Cell, ...], ...],
    index: Mapping[Cell, int],
    rule: RuleOf,
    earlier: Sequence[Version],
) -> System:
    truth = tuple(table.value(group[0]) for group in cells)
    unprinted = frozenset(i for i, group in enumerate(cells) if table.unprinted.issuperset(group))
    least = tuple(0 if i in unprinted else max(rule(c).smallest for c in group) for i, group in enumerate(cells))
    printed = [dict(_printed(table, version)) for version in earlier]
    known = {index[cell] for numbers in printed for cell, v in numbers.items() if truth[index[cell]] == v}
    before = {index[cell] for version in earlier for cell in version.hidden if cell in index}
    return System(
        cells=cells,
        truth=truth,
        least=least,
        ends=tuple(_ends([rule(cell) for cell in group]) for group in cells),
        small=frozenset(i for i, group in enumerate(cells) if any(rule(c).hides(truth[i]) for c in group)),
        kept=frozenset(i for i in before - unprinted if truth[i] >= least[i]),
        fixed=frozenset(known | {i for i, v in enumerate(truth) if v < least[i]}),
        unprinted=unprinted,
        rows=tuple(_rows(table, index, earlier, printed, truth)),
    )


def _ends(rules: Sequence[SmallNumbers]) -> tuple[int, int]:
    return min(rule.ends[0] for rule in rules), max(rule.ends[1] for rule in rules)


def _printed(table: Table, version: Version) -> Iterator[tuple[Cell, int]]:
    """Yield the numbers an earlier version shows in lines of the same shape as today's."""
    for line in table.lines:
        if version.has(line):
            yield from (((line.name, i), v) for i, v in version.printed(line.name).items())


def _rows(
    table: Table,
    index: Mapping[Cell, int],
    earlier: Sequence[Version],
    printed: Sequence[Mapping[Cell, int]],
    truth: Sequence[int],
) -> Iterator[Row]:
    for link in rules_of(table):
        row = _row(link, index, {})
        if row.terms:
            yield row
    for version, numbers in zip(earlier, printed, strict=True):
        comparable = {line.name for line in table.lines if version.has(line)}
        for link in rules_of(version.table):
            if all(cell[0] in comparable for cell, _ in link.terms):
                row = _row(link, index, numbers)
                if row.terms and row.holds(lambda i: truth[i]):
                    yield row


def rules_of(table: Table) -> Iterator[Link]:
    """Yield every rule of a table as a link: the adding rules of its lines, then its own links."""
    for line in table.lines:
        yield from (_adding(line, cells) for cells in line.partitions)
    yield from table.links


def _adding(line: Line, cells: tuple[int, ...]) -> Link:
    return Link((*(((line.name, i), 1) for i in cells), ((line.name, line.total), -1)), 0, 0)


def _row(link: Link, index: Mapping[Cell, int], known: Mapping[Cell, int]) -> Row:
    """Write a link over numbers; `known` cells become part of the bounds."""
    weights: dict[int, int] = {}
    for cell, weight in link.terms:
        if cell not in known:
            weights[index[cell]] = weights.get(index[cell], 0) + weight
    done = sum(weight * known[cell] for cell, weight in link.terms if cell in known)
    low, high = (None if bound is None else bound - done for bound in (link.low, link.high))
    return Row(tuple((i, w) for i, w in weights.items() if w), low, high)
