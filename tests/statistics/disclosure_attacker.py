"""A reader who tries to work hidden numbers out. Knows nothing of how they were hidden, and shares no code with it.

A world is plain data: the true numbers by name, the sums and limits that everybody knows, and what is printed. The
attacker gets everything but the true hidden numbers, and asks an integer program of scipy what each of them can be.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

Name = Hashable
Sum = Mapping[Name, int]  # name -> how often it counts


@dataclass
class World:
    """True numbers; rules (a sum, its lowest and highest value); sums that must not be found out where they are small.

    `printed` numbers are known, `starred` ones stand as `*`; the others are nowhere in print.
    """

    truth: dict[Name, int] = field(default_factory=dict)
    rules: list[tuple[Sum, float, float]] = field(default_factory=list)
    secrets: list[Sum] = field(default_factory=list)
    printed: set[Name] = field(default_factory=set)
    starred: set[Name] = field(default_factory=set)
    least: dict[Name, int] = field(default_factory=dict)

    def value(self, asked: Sum) -> int:
        return sum(weight * self.truth[name] for name, weight in asked.items())

    def adds_up(self, total: Name, parts: Sequence[Name]) -> None:
        self.truth[total] = sum(self.truth[part] for part in parts)
        self.rules.append(({total: -1, **dict.fromkeys(parts, 1)}, 0, 0))


class Attacker:
    """Answers what a sum of numbers can be, given the printed numbers and the rules of a world."""

    def __init__(self, world: World) -> None:
        self._names = {name: k for k, name in enumerate(world.truth)}
        low = [world.truth[n] if n in world.printed else world.least.get(n, 0) for n in world.truth]
        high = [world.truth[n] if n in world.printed else np.inf for n in world.truth]
        self._bounds = Bounds(np.array(low, dtype=float), np.array(high, dtype=float))
        self._rules = [(self._row(terms), low, high) for terms, low, high in world.rules]

    def _row(self, asked: Sum) -> dict[int, int]:
        return {self._names[name]: weight for name, weight in asked.items()}

    def can_be(self, asked: Sum, value: int) -> bool:
        return self._solve(asked, [(self._row(asked), value, value)], 0) is not None

    def least(self, asked: Sum) -> int:
        found = self._solve(asked, [], 1)
        assert found is not None
        return round(found)

    def is_pinned(self, asked: Sum, value: int) -> bool:
        """Whether no other value is possible: neither less nor more."""
        less, more = (self._row(asked), -np.inf, value - 1), (self._row(asked), value + 1, np.inf)
        return self._solve(asked, [less], 0) is None and self._solve(asked, [more], 0) is None

    def _solve(self, asked: Sum, more: Sequence[tuple[dict[int, int], float, float]], sense: int) -> float | None:
        rows = [*self._rules, *more]
        at = [(r, k, w) for r, (terms, _, _) in enumerate(rows) for k, w in terms.items()]
        weights = csr_array(
            (np.array([w for _, _, w in at], dtype=float), ([r for r, _, _ in at], [k for _, k, _ in at])),
            shape=(len(rows), len(self._names)),
        )
        cost = np.zeros(len(self._names))
        for k, w in self._row(asked).items():
            cost[k] = sense * w
        limits = LinearConstraint(weights, np.array([r[1] for r in rows]), np.array([r[2] for r in rows]))
        found = milp(cost, constraints=limits, bounds=self._bounds, integrality=np.ones(len(cost)))
        if found.status == 2:
            return None
        assert found.status == 0, found.message
        return float(found.fun)


def broken(world: World, smallest: int = 0, largest: int = 5) -> list[Sum]:
    """Return the secrets that can be narrowed and the hidden numbers that can be pinned."""
    attacker = Attacker(world)
    narrowed = [
        secret
        for secret in world.secrets
        if smallest <= world.value(secret) <= largest
        and not all(attacker.can_be(secret, end) for end in (smallest, largest))
    ]
    return narrowed + [{n: 1} for n in sorted(world.starred, key=repr) if attacker.is_pinned({n: 1}, world.truth[n])]
