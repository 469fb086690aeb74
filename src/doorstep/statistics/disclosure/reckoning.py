"""What a reader can reckon about the hidden numbers of a system, exactly."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property
from typing import TYPE_CHECKING

from doorstep.statistics.disclosure.system import System
from doorstep.statistics.disclosure.table import Range

if TYPE_CHECKING:
    from doorstep.statistics.disclosure.integer import WholeNumbers


class Reckoning:
    """A reader of everything but the `hidden` numbers. No solver is loaded until a question needs one."""

    def __init__(self, system: System, hidden: frozenset[int]) -> None:
        self._system, self._open = system, hidden - system.fixed

    def range(self, number: int) -> Range:
        """Return the smallest and the largest value of one number; a printed or known one has one value."""
        if number not in self._open:
            return Range(self._system.truth[number], self._system.truth[number])
        return self._numbers.range(number)

    def possible(self, number: int, value: int) -> bool:
        """Say whether a number can hold exactly `value`."""
        if number not in self._open:
            return value == self._system.truth[number]
        return self._numbers.possible(number, value)

    @cached_property
    def _numbers(self) -> WholeNumbers:
        from doorstep.statistics.disclosure.integer import Rule, WholeNumbers  # heavy: only where something is asked

        system = self._system
        rules = [Rule(row.terms, row.low, row.high) for row in system.rows]
        rules += [Rule(((i, 1),), system.least[i], None) for i in sorted(self._open) if system.least[i]]
        known: dict[Hashable, int] = {i: v for i, v in enumerate(system.truth) if i not in self._open}
        return WholeNumbers(tuple(rules), known)
