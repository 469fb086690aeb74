"""From a table and its earlier versions to a system.

The reader is taken to know which numbers have changed between versions. Where a version tells its true numbers
(`is_true`), a hidden number that has changed is a number of its own, and every sum of that day counts. Where it does
not, an earlier sum counts if it is still true of today's numbers; otherwise it tells of another day and is left out.
Either way the true numbers satisfy every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from doorstep.statistics.disclosure.system import Groups, Row, System, rules_of
from doorstep.statistics.disclosure.table import Cell, Link, Table, Version
from doorstep.statistics.disclosure.threshold import SmallNumbers

RuleOf = Callable[[Cell], SmallNumbers]


def system_of(table: Table, rule: RuleOf, earlier: Sequence[Version] = ()) -> System:
    """Return the system of a table for readers who know the `earlier` versions too.

    Cells tied as equal by a link (a denominator repeated in many rows) become one number: it is hidden everywhere or
    nowhere.
    """
    building = _Building(table, rule)
    for number, version in enumerate(earlier, start=1):
        building.read(version, number)
    return building.system()


class _Building:
    def __init__(self, table: Table, rule: RuleOf) -> None:
        self._table, self._rule = table, rule
        self._cells, self._index = _merged(table)
        self._rules = [[rule(cell) for cell in group] for group in self._cells]
        self._truth = [table.value(group[0]) for group in self._cells]
        self._unprinted = {i for i, group in enumerate(self._cells) if table.unprinted.issuperset(group)}
        self._known: set[int] = set()
        self._hidden_before: set[int] = set()
        self._perhaps_small: set[int] = set()
        rows = (_row(link, self._index, {}) for link in rules_of(table))
        self._rows = dict.fromkeys(row for row in rows if row.terms)

    def read(self, version: Version, number: int) -> None:
        """Add what an earlier version tells about lines of the same shape."""
        same = {line.name for line in self._table.lines if version.has(line)}
        printed = {(name, i): v for name in same for i, v in version.printed(name).items()}
        self._known |= {i for cell, v in printed.items() if self._truth[i := self._index[cell]] == v}
        hidden = {self._index[cell] for cell in version.hidden if cell[0] in same}
        self._hidden_before |= hidden
        self._perhaps_small |= set() if version.is_true else hidden
        index = {**self._index, **self._changed(version, number, same, printed)}
        for link in rules_of(version.table):
            if all(cell[0] in same for cell, _ in link.terms):
                row = _row(link, index, printed)
                if row.terms and row.holds(self._truth.__getitem__):
                    self._rows.setdefault(row)

    def _changed(self, version: Version, number: int, same: set[str], printed: Mapping[Cell, int]) -> dict[Cell, int]:
        """Add a number for each hidden or unprinted one that has changed, as it was."""
        found: dict[Cell, int] = {}
        if not version.is_true:
            return found
        for cell in version.table.cells():
            was = version.table.value(cell)
            if cell[0] in same and cell not in printed and was != self._truth[self._index[cell]]:
                found[cell] = len(self._truth)
                self._truth.append(was)
                self._cells.append(((f"{cell[0]}, earlier version {number}", cell[1]),))
                self._rules.append([self._rule(cell)])
                self._unprinted.add(found[cell])
        return found

    def system(self) -> System:
        """Return the system of all that has been read."""
        least = [self._least(i) for i in range(len(self._truth))]
        small = frozenset(i for i, v in enumerate(self._truth) if any(r.hides(v) for r in self._rules[i]))
        kept = frozenset(i for i in self._hidden_before - self._unprinted if self._truth[i] >= least[i])
        return System(
            cells=tuple(self._cells),
            truth=tuple(self._truth),
            least=tuple(least),
            ends=tuple((min(r.ends[0] for r in rules), max(r.ends[1] for r in rules)) for rules in self._rules),
            small=small,
            kept=kept,
            asked=small | (kept & self._perhaps_small),
            fixed=frozenset(self._known | {i for i, v in enumerate(self._truth) if v < least[i]}),
            unprinted=frozenset(self._unprinted),
            rows=tuple(self._rows),
        )

    def _least(self, number: int) -> int:
        """A reader knows that `*` is no less than the rule's smallest; of an unprinted number nothing."""
        return 0 if number in self._unprinted else max(rule.smallest for rule in self._rules[number])


def _merged(table: Table) -> tuple[list[tuple[Cell, ...]], dict[Cell, int]]:
    """Return the cells of each number, and the number of each cell."""
    names = list(table.cells())
    place = {cell: i for i, cell in enumerate(names)}
    groups = Groups(len(names))
    for link in table.links:
        if _is_equality(link):
            groups.join([place[cell] for cell, _ in link.terms])
    members = groups.of(range(len(names)))
    index = {names[i]: number for number, group in enumerate(members) for i in group}
    return [tuple(names[i] for i in group) for group in members], index


def _is_equality(link: Link) -> bool:
    return len(link.terms) == 2 and (link.low, link.high) == (0, 0) and sorted(w for _, w in link.terms) == [-1, 1]


def _row(link: Link, index: Mapping[Cell, int], known: Mapping[Cell, int]) -> Row:
    """Write a link over numbers; `known` cells become part of the bounds."""
    weights: dict[int, int] = {}
    for cell, weight in link.terms:
        if cell not in known:
            weights[index[cell]] = weights.get(index[cell], 0) + weight
    done = sum(weight * known[cell] for cell, weight in link.terms if cell in known)
    low, high = (None if bound is None else bound - done for bound in (link.low, link.high))
    return Row(tuple((i, w) for i, w in weights.items() if w), low, high)
