"""A connected piece of ground to be divided, and what a division of it costs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Band:
    """The fewest and the most residents that an area should have, both included."""

    low: int = 30_000
    high: int = 50_000

    def outside(self, people: float) -> float:
        """Return how many residents too few or too many there are; 0 within the band."""
        return max(0.0, self.low - people, people - self.high)

    def n_parts(self, people: int) -> int:
        """Return into how many parts these residents go: the whole number nearest the middle of the band that fits.

        Where none fits, the number that leaves the fewest residents too few or too many.
        """
        most, fewest = people // self.low, math.ceil(people / self.high)
        if fewest <= most and most > 0:
            return min(max(round(2 * people / (self.low + self.high)), fewest), most)
        return min((max(1, most), max(1, fewest)), key=lambda k: (self.missing(people, k), k))

    def missing(self, people: int, k: int) -> float:
        """Return how many residents too few or too many k equal parts would have together."""
        return k * self.outside(people / k)

    def fits(self, people: int) -> bool:
        """Return whether some whole number of parts within the band makes up these residents."""
        return self.missing(people, self.n_parts(people)) == 0


@dataclass(frozen=True)
class Weights:
    """What counts beside being near one's own centre (1): short borders, and groups of people left undivided."""

    border: float = 0.5
    groups: float = 0.0
    band: float = 100.0
    apart: float = 10.0


@dataclass(frozen=True)
class Piece:
    """A connected graph: each node an area, or areas that must stay together.

    `people` counts residents; `x` and `y` are kilometres; `next_to[i]` holds (node, kilometres of shared border);
    `groups[i]` holds (group, people of it who live in i), such as the ward or the lists of networks; `apart[i]` the
    nodes that may not be with i. `codes[i]` are the areas that the node stands for.
    """

    name: str
    codes: Sequence[tuple[str, ...]]
    people: Sequence[int]
    x: Sequence[float]
    y: Sequence[float]
    next_to: Sequence[Sequence[tuple[int, float]]]
    groups: Sequence[Sequence[tuple[int, float]]] = ()
    apart: Sequence[frozenset[int]] = ()

    @property
    def total(self) -> int:
        """All residents."""
        return sum(self.people)

    def spread(self) -> float:
        """Return the mean squared distance (km²) of residents to the centre of them all; never nought."""
        return max(inertia(self, range(len(self.people))) / max(self.total, 1), 1e-9)


def inertia(piece: Piece, nodes: Iterable[int]) -> float:
    """Return the sum over residents of the squared distance (km²) to the centre of population of these nodes."""
    people = sx = sy = sq = 0.0
    for i in nodes:
        w, x, y = piece.people[i], piece.x[i], piece.y[i]
        people, sx, sy, sq = people + w, sx + w * x, sy + w * y, sq + w * (x * x + y * y)
    return sq - (sx * sx + sy * sy) / people if people else 0.0


def is_connected(piece: Piece, nodes: Iterable[int]) -> bool:
    """Return whether the nodes hang together without leaving them."""
    return len(components(piece, nodes)) == 1


def components(piece: Piece, nodes: Iterable[int]) -> list[set[int]]:
    """Return the connected parts of a set of nodes, the most residents first."""
    left, found = set(nodes), []
    while left:
        start = min(left)
        left.discard(start)
        part, stack = {start}, [start]
        while stack:
            for j, _ in piece.next_to[stack.pop()]:
                if j in left:
                    left.discard(j)
                    part.add(j)
                    stack.append(j)
        found.append(part)
    return sorted(found, key=lambda part: (-sum(piece.people[i] for i in part), min(part)))


@dataclass(frozen=True)
class Scale:
    """Numbers that make the terms of the cost comparable between a city and a moor.

    Each term is divided by what k parts of the piece would have if they were round and alike: spread / k for the
    squared distance, the square root of spread times k for the border.
    """

    distance: float
    border: float
    groups: float
    band: float

    @classmethod
    def of(cls, piece: Piece, k: int, band: Band, weights: Weights) -> Scale:
        """Return the factors by which the raw sums are multiplied."""
        spread = piece.spread()
        members = sum(n for held in piece.groups for _, n in held)
        return cls(
            distance=k / (spread * piece.total),
            border=weights.border / math.sqrt(spread * k),
            groups=weights.groups / members if members else 0.0,
            band=weights.band / (k * (band.low + band.high) / 2),
        )


@dataclass
class Sums:
    """What one part holds, kept so that moving a node costs a few sums."""

    people: float = 0.0
    x: float = 0.0
    y: float = 0.0
    square: float = 0.0
    groups: dict[int, float] = field(default_factory=dict)


def cost(piece: Piece, parts: Sequence[int], k: int, band: Band, weights: Weights) -> float:
    """Return the cost of a division (lower is better), summed afresh from its definition.

    The mean squared distance of residents to their part's centre of population, the length of border between parts,
    residents outside the band, people parted from others of their group (the chance that two of a group are in
    different parts, summed over groups by size) and pairs that should be apart; each over its scale.
    """
    scale = Scale.of(piece, k, band, weights)
    members: dict[int, list[int]] = {}
    for i, part in enumerate(parts):
        members.setdefault(part, []).append(i)
    distance = sum(inertia(piece, nodes) for nodes in members.values())
    border = sum(km for i, near in enumerate(piece.next_to) for j, km in near if i < j and parts[i] != parts[j])
    outside = sum(band.outside(sum(piece.people[i] for i in nodes)) for nodes in members.values())
    together = sum(parts[i] == parts[j] for i, others in enumerate(piece.apart) for j in others if i < j)
    return (
        scale.distance * distance
        + scale.border * border
        + scale.band * outside
        + scale.groups * parted(piece, members.values())
        + weights.apart * together
    )


def parted(piece: Piece, divided: Iterable[Sequence[int]]) -> float:
    """Return, summed over groups, the members times the chance that two of them are in different parts."""
    if not piece.groups:
        return 0.0
    sizes: dict[int, float] = {}
    same: dict[int, float] = {}
    for nodes in divided:
        here: dict[int, float] = {}
        for i in nodes:
            for group, n in piece.groups[i]:
                here[group] = here.get(group, 0.0) + n
        for group, n in here.items():
            sizes[group] = sizes.get(group, 0.0) + n
            same[group] = same.get(group, 0.0) + n * n
    return sum(size - same[group] / size for group, size in sizes.items() if size)
