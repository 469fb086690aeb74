"""Bring parts into the band that moving one node at a time cannot: pairs of parts are cut anew along random trees.

Where two parts must share nearly all that the band allows, every single move overshoots. A random spanning tree of both
has as many divisions in two as it has edges, each side connected, and among many trees some division meets the band
(recombination: DeFord, Duchin and Solomon, Harvard Data Science Review 2021).
"""

from __future__ import annotations

import random
from collections.abc import Sequence

from doorstep.geography.neighbourhoods.improving import Division, lay, pair_cost
from doorstep.geography.neighbourhoods.piece import Band, Piece

# The three councils of England that need it are mended by the first few dozen trees; the rest look for a rounder cut.
TREES, PATIENCE = 2000, 3  # patience: steps without a gain, for each part
Sides = tuple[set[int], set[int]]


def mend(division: Division, rng: random.Random) -> list[int]:
    """Return a division with no more residents outside the band than this one, and none where the search finds one.

    Each step takes a part that is outside and one beside it. A cut that only hands the surplus on is taken too, so that
    it can travel to where there is room. Areas that are apart stay apart.
    """
    piece, band = division.piece, division.band
    best, least, left = list(division.parts), outside(piece, division.parts, band), PATIENCE * division.k
    while least and left:
        _recut(division, *_pair(division, rng), rng)
        short, left = outside(piece, division.parts, band), left - 1
        if short < least:
            best, least, left = list(division.parts), short, PATIENCE * division.k
    return best


def outside(piece: Piece, parts: Sequence[int], band: Band) -> float:
    """Return the residents that the parts of a division have too few or too many, together."""
    people: dict[int, int] = {}
    for i, part in enumerate(parts):
        people[part] = people.get(part, 0) + piece.people[i]
    return sum(map(band.outside, people.values()))


def _pair(division: Division, rng: random.Random) -> tuple[int, int]:
    """Return a part outside the band and one beside it, by lot."""
    parts, next_to = division.parts, division.piece.next_to
    wrong = {part for part, sums in enumerate(division.sums) if division.band.outside(sums.people)}
    beside = {(parts[i], parts[j]) for i, near in enumerate(next_to) for j, _ in near if parts[i] in wrong}
    return rng.choice(sorted(pair for pair in beside if pair[0] != pair[1]))


def _recut(division: Division, one: int, other: int, rng: random.Random) -> None:
    """Cut two parts anew: pairs that should be apart first, then the fewest residents outside, then the least cost."""
    nodes = sorted(division.members[one] | division.members[other])
    before = set(division.members[one]), set(division.members[other])
    kept, best = before, (_together(division.piece, *before), float("inf"), float("inf"))
    for _ in range(TREES):
        short, sides = _best_of_a_tree(division.piece, nodes, division.band, rng)
        together = _together(division.piece, *sides)
        if (together, short) > best[:2]:
            continue
        lay(division, sides, one, other)
        worth = together, short, pair_cost(division, set(nodes), one, other)
        if worth < best:
            best, kept = worth, sides
    lay(division, kept, one, other)


def _together(piece: Piece, one: set[int], other: set[int]) -> int:
    return sum(j in side for side in (one, other) for i in side for j in piece.apart[i]) if piece.apart else 0


def _best_of_a_tree(piece: Piece, nodes: Sequence[int], band: Band, rng: random.Random) -> tuple[float, Sides]:
    """Return the cut of one random tree with the fewest residents outside the band: how many, and both sides."""
    order, parent = _tree(piece, nodes, rng)
    below = {i: piece.people[i] for i in nodes}
    for i in reversed(order[1:]):
        below[parent[i]] += below[i]
    total = below[order[0]]
    short, top = min((band.outside(below[i]) + band.outside(total - below[i]), i) for i in order[1:])
    side = {top}
    for i in order[1:]:
        if parent[i] in side:
            side.add(i)
    return short, (side, set(nodes) - side)


def _tree(piece: Piece, nodes: Sequence[int], rng: random.Random) -> tuple[list[int], dict[int, int]]:
    """Return the nodes of a random spanning tree from its root on, and the parent of each."""
    inside, root = set(nodes), rng.choice(nodes)
    order, parent, edges = [root], {root: root}, _out_of(piece, root, inside)
    while edges:
        at = rng.randrange(len(edges))
        edges[at], edges[-1] = edges[-1], edges[at]
        i, j = edges.pop()
        if j not in parent:
            parent[j] = i
            order.append(j)
            edges += _out_of(piece, j, inside)
    return order, parent


def _out_of(piece: Piece, i: int, inside: set[int]) -> list[tuple[int, int]]:
    return [(i, j) for j, _ in piece.next_to[i] if j in inside]
