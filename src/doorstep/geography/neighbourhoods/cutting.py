"""First divisions: cut a piece in two along straight lines, again and again, each side kept connected."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from doorstep.geography.neighbourhoods.piece import Band, Piece, components, inertia

DIRECTIONS = 12
Side = set[int]


def first_division(piece: Piece, k: int, band: Band, turn: float = 0.0) -> list[int]:
    """Return a part (0 … k - 1) for each node; every part is connected and has a node.

    `turn` (a share of the angle between two directions) gives other first divisions of the same piece.
    """
    parts = [0] * len(piece.people)
    waiting: list[tuple[Side, int, int]] = [(set(range(len(parts))), k, 0)]
    while waiting:
        nodes, n, first = waiting.pop()
        if n == 1:
            for i in nodes:
                parts[i] = first
            continue
        one, other = halves(piece, nodes, n // 2, n - n // 2, band, turn)
        waiting += [(one, n // 2, first), (other, n - n // 2, first + n // 2)]
    return parts


def halves(piece: Piece, nodes: Side, k_one: int, k_other: int, band: Band, turn: float = 0.0) -> tuple[Side, Side]:
    """Return the best cut of a connected set into two connected sides, for k_one and k_other parts."""

    def badness(sides: tuple[Side, Side]) -> tuple[float, float]:
        one, other = sides
        short = _short(piece, one, k_one, band) + _short(piece, other, k_other, band)
        return short, inertia(piece, one) / k_one + inertia(piece, other) / k_other

    return min(cuts(piece, nodes, k_one, k_other, turn), key=badness)


def _short(piece: Piece, side: Side, k: int, band: Band) -> float:
    """Return the residents that k parts of this side would have too few or too many; nodes that k lacks count most."""
    people = sum(piece.people[i] for i in side)
    return k * band.outside(people / k) + 1e9 * max(0, k - len(side))


def cuts(piece: Piece, nodes: Side, k_one: int, k_other: int, turn: float = 0.0) -> Iterator[tuple[Side, Side]]:
    """Yield the two sides of a line in each direction, placed by the share of residents; pieces cut off change side."""
    for step in range(2 * DIRECTIONS):
        angle = math.pi * (step + turn) / DIRECTIONS
        dx, dy = math.cos(angle), math.sin(angle)
        order = sorted(nodes, key=lambda i: (piece.x[i] * dx + piece.y[i] * dy, i))
        yield _mended(piece, order, _place(piece, order, k_one, k_other))


def _place(piece: Piece, order: Sequence[int], k_one: int, k_other: int) -> int:
    """Return how many nodes of the order make up the first side's share of residents, leaving enough for both."""
    wanted = sum(piece.people[i] for i in order) * k_one / (k_one + k_other)
    so_far, n = 0.0, 0
    while n < len(order) and so_far + piece.people[order[n]] / 2 < wanted:
        so_far += piece.people[order[n]]
        n += 1
    return max(min(k_one, len(order) - 1), min(n, len(order) - k_other), 1)


def _mended(piece: Piece, order: Sequence[int], n: int) -> tuple[Side, Side]:
    """Return two connected sides: what a line cuts off from either side's largest part goes to the other."""
    one = components(piece, order[:n])[0]
    rest = components(piece, [i for i in order if i not in one])
    for stray in rest[1:]:
        one |= stray
    return one, rest[0]
