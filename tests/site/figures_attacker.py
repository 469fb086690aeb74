"""A reader who wants the hidden numbers: integer programs over everything open. Shares no code with what protects.

Also a maker of Places' numbers: events with an age group, an ethnic group, a quintile and some days each, so that
breakdowns add up, and corrections that add, remove or re-draw events.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

BREAKDOWNS = (range(1, 11), range(11, 17), range(17, 23))
SINGLE = ("O1a", "O1b", "O1c", "O2a", "O4.1", "O4.2", "O4.3", "O4.4", "O5a", "O5b", "O6a", "O6b", "patients", "P1")
PAIR = ("O2b", "O3")
Numbers = tuple[int, ...]
Event = tuple[int, int, int, int]  # the column of each breakdown, and the days


@dataclass(frozen=True)
class Row:
    """What one edition opens of some lines, and the truth, which is used only to say what the reader is told."""

    truth: Mapping[str, Numbers]
    shown: Mapping[str, Sequence[int | None]]
    lows: Mapping[str, Sequence[int]]
    highs: Mapping[str, Sequence[int | None]]


Cell = tuple[int, str, int]  # which edition, which line, which column


class Attacker:
    """Knows what the rows open, the adding rules, that days go with stays, and what has changed between editions.

    Told besides of any two editions: of every number that one shows and the other hides, whether it is the same; and
    whether all the numbers that both hide are the same. `national` are further facts: (cells, low, high) of their sum;
    `own` are numbers that the reader knows because they are theirs.
    """

    def __init__(
        self,
        rows: Sequence[Row],
        national: Sequence[tuple[Sequence[Cell], int, int | None]] = (),
        own: Mapping[Cell, int] | None = None,
        told: bool = True,
    ) -> None:
        self.rows = rows
        self.cells = [(e, name, c) for e, row in enumerate(rows) for name in row.truth for c in range(23)]
        self.at = {cell: i for i, cell in enumerate(self.cells)}
        self.low, self.high = np.zeros(len(self.cells)), np.full(len(self.cells), np.inf)
        self.rules: list[tuple[dict[int, int], float, float]] = []
        for e, row in enumerate(rows):
            self._read(e, row)
        if told:
            self._compare()
        for cells, low, high in national:
            self._rule([(cell, 1) for cell in cells], low, np.inf if high is None else high)
        for cell, value in (own or {}).items():
            self.low[self.at[cell]] = self.high[self.at[cell]] = value
        self._seen: set[tuple[Cell, int]] = set()
        self._matrix = LinearConstraint(*self._arrays()) if self.rules else ()

    def _read(self, e: int, row: Row) -> None:
        for name in row.truth:
            for c in range(23):
                i = self.at[e, name, c]
                shown, high = row.shown[name][c], row.highs[name][c]
                self.low[i] = row.lows[name][c] if shown is None else shown
                self.high[i] = shown if shown is not None else np.inf if high is None else high
            for breakdown in BREAKDOWNS:
                self._rule([((e, name, 0), -1), *(((e, name, c), 1) for c in breakdown)], 0, 0)
        if set(PAIR) <= row.truth.keys():
            for c in range(23):
                self._rule([((e, "O3", c), 1), ((e, "O2b", c), -1)], 0, np.inf)
                self._rule([((e, "O2b", c), 36525), ((e, "O3", c), -1)], 0, np.inf)

    def _compare(self) -> None:
        for later in range(1, len(self.rows)):
            for earlier in range(later):
                for name in self.rows[later].truth:
                    for c in self._same(earlier, later, name):
                        self._rule([((earlier, name, c), 1), ((later, name, c), -1)], 0, 0)

    def _same(self, earlier: int, later: int, name: str) -> list[int]:
        """The columns that the reader is told are the same in two editions."""
        a, b = self.rows[earlier], self.rows[later]
        same = [c for c in range(23) if a.truth[name][c] == b.truth[name][c]]
        hidden = {c for c in range(23) if a.shown[name][c] is None and b.shown[name][c] is None}
        return same if hidden <= set(same) else [c for c in same if c not in hidden]

    def _rule(self, terms: Sequence[tuple[Cell, int]], low: float, high: float) -> None:
        self.rules.append(({self.at[cell]: weight for cell, weight in terms}, low, high))

    def _arrays(self) -> tuple[Any, Any, Any]:
        matrix = np.zeros((len(self.rules), len(self.cells)))
        for r, (terms, _, _) in enumerate(self.rules):
            for i, weight in terms.items():
                matrix[r, i] = weight
        return matrix, np.array([r[1] for r in self.rules]), np.array([r[2] for r in self.rules])

    def can_be(self, cell: Cell, value: int) -> bool:
        """Say whether whole numbers fit everything known with this number in that cell."""
        if (cell, value) in self._seen:
            return True
        i = self.at[cell]
        if not self.low[i] <= value <= self.high[i]:
            return False
        low, high = self.low.copy(), self.high.copy()
        low[i] = high[i] = value
        point = self._solve(np.zeros(len(self.cells)), low, high)
        return point is not None

    def range(self, cell: Cell) -> tuple[int, int | None]:
        """Return the least and the largest number of a cell; None where nothing bounds it."""
        ends: list[int | None] = []
        for sign in (1, -1):
            cost = np.zeros(len(self.cells))
            cost[self.at[cell]] = sign
            point = self._solve(cost, self.low, self.high)
            ends.append(None if point is None else round(point[self.at[cell]]))
        return ends[0] or 0, ends[1]

    def _solve(self, cost: Any, low: Any, high: Any) -> Any:
        found = milp(cost, integrality=np.ones(len(cost)), bounds=Bounds(low, high), constraints=self._matrix)
        if found.x is not None:
            self._seen |= set(zip(self.cells, np.round(found.x).astype(int).tolist(), strict=True))
        return found.x


def is_narrowed(reader: Attacker, cell: Cell) -> bool:
    """Say whether a reader knows more of a hidden number than the promise allows."""
    if reader.can_be(cell, 0) and reader.can_be(cell, 5):
        return False
    low, high = reader.range(cell)
    return low < 6 or (high is not None and high - low < 5)


def line_of(events: Sequence[Event], days: bool = False) -> Numbers:
    """Return the total and the three breakdowns of some events, or of their days."""
    line = [0] * 23
    for *columns, stay in events:
        for c in (0, *columns):
            line[c] += stay if days else 1
    return tuple(line)


def events_of(chance: random.Random, n: int, skew: float) -> list[Event]:
    """Return events whose columns are unevenly likely: the higher the skew, the more of them are rare."""
    weights = [[chance.random() ** skew + 1e-3 for _ in breakdown] for breakdown in BREAKDOWNS]
    drawn = [chance.choices(b, w, k=n) for b, w in zip(BREAKDOWNS, weights, strict=True)]
    return [(a, e, q, min(1 + int(chance.expovariate(0.3)), 60)) for a, e, q in zip(*drawn, strict=True)]


def corrected(chance: random.Random, events: list[Event], skew: float) -> list[Event]:
    """Return events after a correction: a few more or fewer, late ones, moved ones, all new, or the very same."""
    kind = chance.choice(("more", "fewer", "late", "moved", "new", "same"))
    kept = list(events)
    chance.shuffle(kept)
    few = chance.randint(1, 4)
    if kind == "fewer":
        return kept[few:]
    if kind == "moved":
        return [*kept[few:], *events_of(chance, few, skew)]
    if kind == "new":
        return events_of(chance, max(1, len(events) + chance.randint(-9, 9)), skew)
    more = {"more": few, "late": 1 + len(events) // 8, "same": 0}[kind]
    return [*kept, *events_of(chance, more, skew)]


def as_sent(chance: random.Random, line: Numbers, secondary: bool, unknown: bool) -> list[int | str]:
    """Return a line as a Place sends it: below 6 hidden, perhaps more, perhaps all but the total."""
    more = set(chance.sample(range(1, 23), 4)) if secondary else set()
    more |= set(range(1, 23)) if unknown else set()
    return ["*" if v < 6 or c in more else v for c, v in enumerate(line)]


def months_of(chance: random.Random) -> Iterator[tuple[dict[str, Numbers], dict[str, list[int | str]]]]:
    """Yield versions of one Place's month: the true numbers, and as sent."""
    skew, size = chance.choice((1, 3, 6)), chance.choice((9, 30, 90, 400))
    events = {name: events_of(chance, chance.randint(1, size), skew) for name in (*SINGLE, "O2b")}
    for _ in range(chance.choice((1, 2, 3))):
        truth = {name: line_of(found) for name, found in events.items()} | {"O3": line_of(events["O2b"], days=True)}
        secondary = chance.random() < 0.3
        yield truth, {n: as_sent(chance, line, secondary, n == "P1") for n, line in truth.items()}
        events = {name: corrected(chance, found, skew) for name, found in events.items()}
