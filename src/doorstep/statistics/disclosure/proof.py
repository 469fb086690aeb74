"""The proof of protection: other tables that a reader cannot tell from the true one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from doorstep.statistics.disclosure.moves import Move
from doorstep.statistics.disclosure.search import Need
from doorstep.statistics.disclosure.system import System


@dataclass(frozen=True)
class Proof:
    """For each need (a number, a value that must stay possible) a table in which the number has that value.

    A need that has none here is looked at by integer programming, and reported as exposed unless that finds one.
    Tables are told as moves: the numbers that differ from the true ones. `check` looks at each in whole numbers,
    without any solver.
    """

    system: System
    moves: Mapping[Need, Move]

    def check(self, hidden: frozenset[int]) -> frozenset[Need]:
        """Return the needs that are proved for readers of everything but the `hidden` numbers."""
        rows_of = self.system.rows_of()
        good: dict[int, bool] = {}
        for move in self.moves.values():
            if id(move) not in good:
                good[id(move)] = self._is_hidden(move, hidden) and self._holds(move, rows_of)
        proved = (need for need, move in self.moves.items() if good[id(move)] and move.get(need[0]) == need[1])
        return frozenset((*proved, *((i, self.system.truth[i]) for i in hidden)))

    def _is_hidden(self, move: Move, hidden: frozenset[int]) -> bool:
        """Only hidden numbers differ, none that is known otherwise, none below what a reader knows it is at least."""
        system = self.system
        return all(i in hidden and i not in system.fixed and v >= system.least[i] for i, v in move.items())

    def _holds(self, move: Move, rows_of: Mapping[int, list[int]]) -> bool:
        """Every rule that names a changed number still holds; the others hold as they did."""
        touched = {position for i in move for position in rows_of.get(i, ())}
        return all(self.system.rows[p].holds(lambda i: move.get(i, self.system.truth[i])) for p in touched)


def needs_of(system: System, numbers: frozenset[int]) -> Iterator[Need]:
    """Yield both ends of what must stay possible for each of some numbers."""
    return ((number, value) for number in sorted(numbers) for value in system.ends[number])
