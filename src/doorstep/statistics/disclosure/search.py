"""The choice of further cells to hide, one part of a table after the other.

For each small number and each end of what must stay possible, the cheapest move is found and the printed numbers it
changes are hidden; moves through hidden numbers cost nothing, so later ones use what is hidden already. Then numbers
that turn out not to have been needed are shown again, the dearest first: one is needed only if a move uses it for
which no other move through hidden numbers can be found.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from doorstep.statistics.disclosure.moves import Move, Mover
from doorstep.statistics.disclosure.system import Row, System

Need = tuple[int, int]  # a number, and a value that must stay possible for it

# How much work may go into showing numbers again: programs solved times numbers in the part. Small parts are searched
# to the end; of a large one some numbers may stay hidden that need not.
_EFFORT = 1_000_000

_FREE = 1e-4  # a move through hidden numbers costs next to nothing, so that moves stay short


@dataclass
class Found:
    """What a search has found: the hidden numbers, the moves that prove them safe, and the needs that none meets."""

    hidden: set[int] = field(default_factory=set)
    moves: dict[Need, Move] = field(default_factory=dict)
    unmet: set[Need] = field(default_factory=set)


def protected_part(
    system: System, numbers: tuple[int, ...], rows: list[Row], costs: Mapping[int, float], every: bool
) -> Found:
    """Search one part. `every` asks the same of all hidden numbers, not of the small ones only."""
    search = _Search(system, numbers, rows, costs, every)
    search.hide()
    search.show_needless()
    return search.found


class _Search:
    def __init__(
        self, system: System, numbers: tuple[int, ...], rows: list[Row], costs: Mapping[int, float], every: bool
    ) -> None:
        self._system, self._costs, self._every = system, costs, every
        self._must = {i for i in numbers if i in system.asked}
        self._never_shown = self._must | {i for i in numbers if i in system.kept or i in system.unprinted}
        self.found = Found(hidden=set(self._never_shown))
        prices = {i: _FREE if i in self._never_shown else costs[i] for i in numbers}
        self._mover = Mover(system, numbers, rows, prices)
        self._known: dict[Need, list[Move]] = {}  # every move found, by what it answers
        self._reason: dict[int, Need] = {}  # for which need a number was hidden

    def hide(self) -> None:
        """Meet every need, hiding what the moves use."""
        queue = deque(self._needs(sorted(self._must, key=self._order)))
        while queue:
            need = queue.popleft()
            if need not in self.found.moves:
                more = self._meet(need)
                if self._every:
                    queue.extend(self._needs(sorted(more)))

    def show_needless(self) -> None:
        """Show again what no move needs."""
        chosen = self.found.hidden - self._never_shown
        enough = self._mover.solved + _EFFORT // len(self._mover.numbers)
        for number in sorted(chosen, key=lambda i: (-self._costs[i], i)):
            if self._mover.solved > enough:
                break
            self._mover.price(number, self._costs[number])
            others = self._moves_without(number)
            if others is None:
                self._mover.price(number, _FREE)
            else:
                self.found.hidden.discard(number)
                for need in self._needs([number]):
                    self.found.moves.pop(need, None)
                self.found.moves |= others

    def _order(self, number: int) -> tuple[int, int]:
        return self._system.truth[number], number

    def _needs(self, numbers: Iterable[int]) -> Iterator[Need]:
        """Yield what must be met for hidden numbers: their ends, where these are not the true value already."""
        for number in numbers:
            for value in reversed(self._system.ends[number]):
                if value != self._system.truth[number]:
                    yield number, value

    def _meet(self, need: Need) -> set[int]:
        """Find a move for a need and hide what it changes; return what is newly hidden."""
        move = self._mover.move(*need)
        if move is None:
            self.found.unmet.add(need)
            move = self._mover.nearest(*need)
        if move is None:
            return set()
        return self._use(move, need)

    def _use(self, move: Move, need: Need) -> set[int]:
        self.found.moves[need] = move
        self._remember(move)
        for other in move.items():
            if other[1] in self._system.ends[other[0]]:
                self.found.moves.setdefault(other, move)
        more = move.keys() - self.found.hidden
        self.found.hidden |= more
        for number in more:
            self._reason[number] = need
            self._mover.price(number, _FREE)
        return more

    def _remember(self, move: Move) -> None:
        for need in move.items():
            if need[1] in self._system.ends[need[0]]:
                self._known.setdefault(need, []).append(move)

    def _moves_without(self, number: int) -> dict[Need, Move] | None:
        """Return other moves for every need whose move changes a number; None where one has no other.

        The need for which the number was hidden is asked first: most often it is the one that cannot do without.
        """
        asked = self._must | (self.found.hidden - self._never_shown - {number} if self._every else set())
        allowed = self.found.hidden - {number}
        moves = self.found.moves
        needs = [need for need, move in moves.items() if number in move and need[0] in asked]
        needs.sort(key=lambda need: need != self._reason.get(number))
        others: dict[Need, Move] = {}
        for need in needs:
            other = self._other(need, moves[need], allowed)
            if other is None:
                return None
            others[need] = other
        return others

    def _other(self, need: Need, move: Move, allowed: set[int]) -> Move | None:
        """Return another move with the same answer to a need, one found before if it will do."""
        wanted = (need[0], move[need[0]])
        known = next((m for m in self._known.get(wanted, ()) if m.keys() <= allowed), None)
        if known is None and (known := self._mover.move(*wanted, allowed)) is not None:
            self._remember(known)
        return known
