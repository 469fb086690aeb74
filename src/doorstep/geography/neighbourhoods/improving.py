"""Better divisions: areas change sides along borders, slowly cooled, and pairs of parts are cut anew.

Every step keeps every part connected. Simulated annealing as in Kirkpatrick, Gelatt and Vecchi (Science 1983); cutting
two neighbouring parts anew follows the idea of recombination (DeFord, Duchin and Solomon, Harvard Data Science Review
2021), with straight cuts in place of random trees.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

from doorstep.geography.neighbourhoods.cutting import cuts
from doorstep.geography.neighbourhoods.piece import Band, Piece, Scale, Sums, Weights

Edge = tuple[int, int]


class Division:
    """A division of a piece that is being improved; `parts[i]` is the part of node i."""

    def __init__(self, piece: Piece, parts: Sequence[int], k: int, band: Band, weights: Weights) -> None:
        self.piece, self.k, self.band, self.weights = piece, k, band, weights
        self.parts = list(parts)
        self.scale = Scale.of(piece, k, band, weights)
        self.sizes = self._group_sizes()
        self.sums = [Sums() for _ in range(k)]
        self.members: list[set[int]] = [set() for _ in range(k)]
        for i, part in enumerate(self.parts):
            self._add(i, part, 1)
        self.terms = [self._own(sums) for sums in self.sums]

    def _group_sizes(self) -> dict[int, float]:
        sizes: dict[int, float] = {}
        for held in self.piece.groups:
            for group, n in held:
                sizes[group] = sizes.get(group, 0.0) + n
        return sizes

    def _add(self, i: int, part: int, sign: int) -> None:
        """Put a node into a part's sums (sign 1) or take it out (-1)."""
        sums, (people, x, y, square) = self.sums[part], self._held(i)
        sums.people += sign * people
        sums.x += sign * x
        sums.y += sign * y
        sums.square += sign * square
        if self.scale.groups:
            for group, n in self.piece.groups[i]:
                sums.groups[group] = sums.groups.get(group, 0.0) + sign * n
        (self.members[part].add if sign > 0 else self.members[part].discard)(i)

    def _held(self, i: int) -> tuple[float, float, float, float]:
        w, x, y = self.piece.people[i], self.piece.x[i], self.piece.y[i]
        return w, w * x, w * y, w * (x * x + y * y)

    def _own(self, sums: Sums) -> float:
        return self._own_of(sums.people, sums.x, sums.y, sums.square)

    def _own_of(self, people: float, x: float, y: float, square: float) -> float:
        """Return what one part costs by itself: distance to its centre, and residents outside the band."""
        if people <= 0:
            return math.inf
        far = self.scale.distance * (square - (x * x + y * y) / people)
        if people < self.band.low:
            return far + self.scale.band * (self.band.low - people)
        return far + self.scale.band * (people - self.band.high) if people > self.band.high else far

    def change(self, i: int, to: int) -> tuple[float, float, float]:
        """Return how the cost changes if node i goes to part `to`, and the new own costs of its old and new part."""
        here = self.parts[i]
        old, new = self.sums[here], self.sums[to]
        w, x, y, square = self._held(i)
        left = self._own_of(old.people - w, old.x - x, old.y - y, old.square - square)
        joined = self._own_of(new.people + w, new.x + x, new.y + y, new.square + square)
        border = 0.0
        for j, km in self.piece.next_to[i]:
            part = self.parts[j]
            if part == here:
                border += km
            elif part == to:
                border -= km
        delta = left + joined - self.terms[here] - self.terms[to] + self.scale.border * border
        if self.scale.groups:
            delta += self._group_change(i, old, new)
        if self.piece.apart and self.piece.apart[i]:
            delta += self.weights.apart * sum(
                (self.parts[j] == to) - (self.parts[j] == here) for j in self.piece.apart[i]
            )
        return delta, left, joined

    def _group_change(self, i: int, old: Sums, new: Sums) -> float:
        """Return the change of the parted people when node i goes from one part to another."""
        together = 0.0
        for group, n in self.piece.groups[i]:
            together += 2 * n * (new.groups.get(group, 0.0) + n - old.groups[group]) / self.sizes[group]
        return -self.scale.groups * together

    def holds_without(self, i: int) -> bool:
        """Return whether the part of node i stays connected, and is not empty, when the node leaves."""
        here, parts, next_to = self.parts[i], self.parts, self.piece.next_to
        wanted = {j for j, _ in next_to[i] if parts[j] == here}
        if len(wanted) < 2:
            return bool(wanted)
        seen, stack = {i}, [wanted.pop()]
        seen.add(stack[0])
        while stack:
            for j, _ in next_to[stack.pop()]:
                if parts[j] == here and j not in seen:
                    wanted.discard(j)
                    if not wanted:
                        return True
                    seen.add(j)
                    stack.append(j)
        return False

    def move(self, i: int, to: int, left: float, joined: float) -> None:
        """Put node i into part `to`."""
        here = self.parts[i]
        self._add(i, here, -1)
        self._add(i, to, 1)
        self.parts[i] = to
        self.terms[here], self.terms[to] = left, joined

    def put(self, nodes: Sequence[int], part: int) -> None:
        """Put nodes into a part, whatever that does to the parts they leave; `refresh` afterwards."""
        for i in nodes:
            if self.parts[i] != part:
                self._add(i, self.parts[i], -1)
                self._add(i, part, 1)
                self.parts[i] = part

    def refresh(self, *parts: int) -> None:
        """Work out the own costs of parts again."""
        for part in parts:
            self.terms[part] = self._own(self.sums[part])


def improve(division: Division, rng: random.Random, sweeps: int, heat: float) -> None:
    """Move nodes over borders: `sweeps` times as many tries as there are directed edges, cooling from `heat` to 0.

    A move that makes things worse by d is taken with chance exp(-d / temperature); the last fifth takes none.
    """
    edges = [(i, j) for i, near in enumerate(division.piece.next_to) for j, _ in near]
    hot = heat / max(len(division.parts), 1)
    for sweep in range(sweeps):
        share = max(0.0, 1 - (sweep + 1) / (0.8 * sweeps))
        _sweep(division, edges, rng, hot * share * share)


def _sweep(division: Division, edges: Sequence[Edge], rng: random.Random, temperature: float) -> None:
    parts, chance = division.parts, rng.random
    n = len(edges)
    for _ in range(n):
        i, j = edges[int(chance() * n)]
        to = parts[j]
        if parts[i] == to:
            continue
        delta, left, joined = division.change(i, to)
        if delta >= 0 and (temperature <= 0 or chance() >= math.exp(-delta / temperature)):
            continue
        if division.holds_without(i):
            division.move(i, to, left, joined)


def recut(division: Division, rng: random.Random) -> int:
    """Cut each pair of neighbouring parts anew where that is better; return how many were."""
    changed = 0
    pairs = sorted({_pair(division, i, j) for i, near in enumerate(division.piece.next_to) for j, _ in near})
    rng.shuffle(pairs)
    for one, other in pairs:
        if one != other:
            changed += _recut_pair(division, one, other, rng.random())
    return changed


def _pair(division: Division, i: int, j: int) -> Edge:
    one, other = division.parts[i], division.parts[j]
    return (one, other) if one < other else (other, one)


def _recut_pair(division: Division, one: int, other: int, turn: float) -> bool:
    piece, before = division.piece, (sorted(division.members[one]), sorted(division.members[other]))
    nodes = {*before[0], *before[1]}
    if len(nodes) < 3 or not _touch(piece, division.members[one], division.members[other]):
        return False
    now = pair_cost(division, nodes, one, other)
    best, kept = now - 1e-12, before
    for sides in cuts(piece, nodes, 1, 1, turn):
        lay(division, sides, one, other)
        found = pair_cost(division, nodes, one, other)
        if found < best:
            best, kept = found, (sorted(sides[0]), sorted(sides[1]))
    lay(division, kept, one, other)
    return kept is not before


def _touch(piece: Piece, one: set[int], other: set[int]) -> bool:
    return any(j in other for i in one for j, _ in piece.next_to[i])


def lay(division: Division, sides: Sequence[Sequence[int] | set[int]], one: int, other: int) -> None:
    """Give the nodes of two parts anew: the first side to `one`, the second to `other`."""
    division.put(sorted(sides[0]), one)
    division.put(sorted(sides[1]), other)
    division.refresh(one, other)


def pair_cost(division: Division, nodes: set[int], one: int, other: int) -> float:
    """Return the part of the cost that two parts have by themselves and against each other and their surroundings."""
    parts, scale = division.parts, division.scale
    border = sum(
        km for i in nodes if parts[i] == one for j, km in division.piece.next_to[i] if j in nodes and parts[j] == other
    )
    total = division.terms[one] + division.terms[other] + scale.border * border
    if scale.groups:
        total -= scale.groups * sum(
            n * n / division.sizes[group] for part in (one, other) for group, n in division.sums[part].groups.items()
        )
    if division.piece.apart:
        total += division.weights.apart * sum(
            parts[i] == parts[j] for i in nodes for j in division.piece.apart[i] if i < j and j in nodes
        )
    return total
