"""What a reader can reckon about the hidden numbers of a system, exactly."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from doorstep.statistics.disclosure.system import Groups, Row, System
from doorstep.statistics.disclosure.table import Range

if TYPE_CHECKING:
    from doorstep.statistics.disclosure.integer import WholeNumbers


class Reckoning:
    """A reader of everything but the `hidden` numbers.

    Only the hidden numbers that rules join to the one in question are looked at; no solver is loaded before that.
    """

    def __init__(self, system: System, hidden: frozenset[int]) -> None:
        self._system, self._open = system, hidden - system.fixed
        self._groups = Groups(len(system.truth))
        for row in system.rows:
            self._groups.join(self._unknown(row))
        self._solvers: dict[int, WholeNumbers] = {}

    def range(self, number: int) -> Range:
        """Return the smallest and the largest value of one number; a printed or known one has one value."""
        if number not in self._open:
            return Range(self._system.truth[number], self._system.truth[number])
        return self._solver(number).range(number)

    def possible(self, number: int, value: int) -> bool:
        """Say whether a number can hold exactly `value`."""
        if number not in self._open:
            return value == self._system.truth[number]
        return self._solver(number).possible(number, value)

    def _unknown(self, row: Row) -> list[int]:
        return [i for i, _ in row.terms if i in self._open]

    def _solver(self, number: int) -> WholeNumbers:
        from doorstep.statistics.disclosure.integer import Rule, WholeNumbers  # heavy: only where something is asked

        root, system = self._groups.root(number), self._system
        if root not in self._solvers:
            rows = [row for row in system.rows if any(self._groups.root(i) == root for i in self._unknown(row))]
            members = sorted({number, *(i for row in rows for i in self._unknown(row))})
            rules = [Rule(row.terms, row.low, row.high) for row in rows]
            rules += [Rule(((i, 1),), system.least[i], None) for i in members if system.least[i]]
            known: dict[Hashable, int] = {i: v for i, v in enumerate(system.truth) if i not in self._open}
            self._solvers[root] = WholeNumbers(tuple(rules), known)
        return self._solvers[root]
