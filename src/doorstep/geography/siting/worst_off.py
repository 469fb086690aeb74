"""The worst-off tenth in the aim: a median of bent distances, bounded for every place where the bend could be.

The mean distance of the tenth who have furthest to go is the least over t of t + 10 x (mean of what distances have
beyond t) (Rockafellar and Uryasev 2000, Journal of Risk 2). For one t the aim is a median of the distances bent at t.
For t between a and b, ten times "d - t where d is above b" is a lower bound, a straight line in t: the least is at an
end, so two medians bound the whole stretch. Stretches are halved where the bound is lowest.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass, replace

import numpy as np

from doorstep.geography.siting import bounding
from doorstep.geography.siting.pairs import Distances, Pairs, nearest_two
from doorstep.geography.siting.rules import Flags, Floats, Ints, Rule

WORST = 0.1  # the worst-off tenth


@dataclass(frozen=True)
class Bend:
    """Distances bent: the mean's part, and ten times the worst-off's part of `d - low` where d is above `high`."""

    low: float
    high: float
    share: float

    def __call__(self, distance: Floats) -> Floats:
        """Return the bent distances; they rise with distance."""
        far = distance > self.high
        beyond = np.subtract(distance, self.low, out=np.zeros_like(distance), where=far)
        return np.asarray((1.0 - self.share) * distance + self.share / WORST * beyond)

    @property
    def constant(self) -> float:
        """What is added to every choice's cost."""
        return self.share * self.low


@dataclass(frozen=True)
class Bent:
    """Distances of another kind, bent."""

    of: Distances
    bend: Bend

    @property
    def n_areas(self) -> int:
        """How many areas."""
        return self.of.n_areas

    @property
    def n_sites(self) -> int:
        """How many sites."""
        return self.of.n_sites

    def block(self, areas: Ints, sites: Ints | None = None) -> Floats:
        """Return bent distances."""
        return self.bend(self.of.block(areas, sites))


def bent(pairs: Pairs, bend: Bend) -> Pairs:
    """Return the pairs with bent distances; their order stays, since bending never turns two round."""
    return replace(
        pairs,
        distances=Bent(pairs.distances, bend),
        base=bend(pairs.base),
        cap=bend(pairs.cap),
        dist=bend(pairs.dist),
    )


def worst_mean(distance: Floats, weights: Floats) -> tuple[float, float]:
    """Return the mean distance of the tenth who have furthest to go, and the distance at which that tenth begins.

    `weights` sum to one. Somebody's area may lie across the line: it counts in part.
    """
    order = np.argsort(-distance, kind="stable")
    upto = np.cumsum(weights[order])
    taken = np.clip(WORST - (upto - weights[order]), 0.0, weights[order])
    begins = int(min(np.searchsorted(upto, WORST), len(order) - 1))
    return float(taken @ distance[order] / taken.sum()), float(distance[order[begins]])


@dataclass(frozen=True)
class Stretches:
    """Bounds the aim over stretches of t, from the choices known so far."""

    pairs: Pairs
    weights: Floats
    rule: Rule
    share: float
    steps: int
    stop: float

    def at(self, low: float, high: float, known: Flags, enough: float) -> tuple[float, Floats]:
        """Return a certified bound for the line's value at its `low` end, and the candidates' worth."""
        bend = Bend(low, high, self.share)
        pairs = bent(self.pairs, bend)
        near = nearest_two(pairs, known)
        target = float(self.weights @ near.first)
        u = bounding.start(pairs, self.weights, near.first, near.second)
        done = bounding.climb(
            pairs, self.weights, self.rule, u, target, self.steps, self.stop, enough=enough - bend.constant
        )
        return bounding.certified(pairs, self.weights, self.rule, done.multipliers) + bend.constant, done.worth


@dataclass(frozen=True)
class Found:
    """The bound over all t, and worths of candidates met on the way, which make good beginnings."""

    bound: float
    worths: tuple[Floats, ...]


def bound_everywhere(stretches: Stretches, known: Flags, value: float, begins: float, most: int) -> Found:
    """Bound the aim from below over every t, halving the stretch with the lowest bound at most so many times.

    Above t = value / share nothing needs a bound: the constant alone is more than the known value.
    """
    enough = value * (1.0 - stretches.stop)
    last = value / stretches.share
    edges = np.unique(np.clip(begins * np.array([0.0, 0.6, 0.8, 0.9, 1.0, 1.1, 1.25, 1.6, 2.2]), 0.0, last))
    points = {float(t): stretches.at(float(t), float(t), known, enough) for t in [*edges, last]}
    heap = [_stretch(stretches, points, a, b, known, enough) for a, b in zip(edges, [*edges[1:], last], strict=True)]
    heapq.heapify(heap)
    for _ in range(most):
        lowest, low, high = heap[0]
        if lowest >= enough or high - low < 1e-6 * last:
            break
        heapq.heappop(heap)
        middle = (low + high) / 2.0
        points[middle] = stretches.at(middle, middle, known, enough)
        for a, b in ((low, middle), (middle, high)):
            heapq.heappush(heap, _stretch(stretches, points, a, b, known, enough))
    return Found(heap[0][0], tuple(worth for _, worth in points.values()))


def _stretch(
    stretches: Stretches,
    points: dict[float, tuple[float, Floats]],
    low: float,
    high: float,
    known: Flags,
    enough: float,
) -> tuple[float, float, float]:
    at_high = points[float(high)][0]
    at_low = at_high if high <= low else stretches.at(float(low), float(high), known, enough)[0]
    return min(at_low, at_high), float(low), float(high)
