"""The worst-off tenth in the aim: a median of bent distances, bounded for every place where the bend could be.

The mean distance of the tenth who have furthest to go is the least over t of t + 10 x (mean of what distances have
beyond t) (Rockafellar and Uryasev 2000, Journal of Risk 2). For one t the aim is a median of the distances bent at t.
For t between a and b, ten times "d - t where d is above b" is a lower bound, a straight line in t: the least is at an
end. At b it is the aim's own bend, which the stretch that begins there bounds already, so that one median bounds a
stretch. Stretches are halved where the bound is lowest: what the line leaves out falls with the square of their length.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from doorstep.geography.siting import bounding
from doorstep.geography.siting.pairs import Distances, Pairs, nearest_two, total
from doorstep.geography.siting.rules import Flags, Floats, Ints, Rule

WORST = 0.1  # the worst-off tenth
_STEPS = 600
_EDGES = (0.8, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.4)  # of where a good choice's worst-off tenth begins


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
    begins = min(int(np.searchsorted(upto, WORST)), len(order) - 1)
    return float(taken @ distance[order] / taken.sum()), float(distance[order[begins]])


@dataclass(frozen=True)
class Stretch:
    """The aim's bound for t from `low` to `high`, the multipliers that gave it, and candidates' worth under them."""

    bound: float
    low: float
    high: float
    multipliers: Floats
    worth: Floats

    def __lt__(self, other: Stretch) -> bool:
        """Compare by bound, the lowest first."""
        return self.bound < other.bound


class Stretches:
    """All t, in stretches that a choice which is known begins; the lowest bound of them is the aim's."""

    def __init__(self, pairs: Pairs, weights: Floats, rule: Rule, share: float) -> None:
        self.pairs, self.weights, self.rule, self.share = pairs, weights, rule, share
        self.heap: list[Stretch] = []

    @property
    def bound(self) -> float:
        """The aim's bound: above the last stretch the constant alone is more than the value that was known."""
        return self.heap[0].bound if self.heap else 0.0

    def begin(self, known: Flags, value: float, stop: float) -> Iterator[Stretch]:
        """Bound stretches, short ones where the known choice's worst-off tenth begins; yield each."""
        begins = worst_mean(nearest_two(self.pairs, known).first, self.weights)[1]
        last = value / self.share
        edges = np.unique(np.clip([0.0, *(begins * np.array(_EDGES)), last], 0.0, last))
        for low, high in itertools.pairwise(edges):
            yield self._over(float(low), float(high), known, value, stop)

    def halve(self, known: Flags, value: float, stop: float) -> Iterator[Stretch]:
        """Bound both halves of the stretch with the lowest bound, from its multipliers; yield each."""
        whole = heapq.heappop(self.heap)
        middle = (whole.low + whole.high) / 2.0
        halves = [
            self._over(low, high, known, value, stop, whole)
            for low, high in ((whole.low, middle), (middle, whole.high))
        ]
        yield from halves

    def _over(
        self, low: float, high: float, known: Flags, value: float, stop: float, whole: Stretch | None = None
    ) -> Stretch:
        """Bound a stretch at its low end: at its high end the next stretch's bound is not above this one's."""
        bend = Bend(low, high, self.share)
        pairs, weights = bent(self.pairs, bend), self.weights
        near = nearest_two(pairs, known)
        u = whole.multipliers if whole else bounding.start(pairs, weights, near.first, near.second)
        done = bounding.climb(
            pairs, weights, self.rule, u, max(total(weights, near.first), value - bend.constant), _STEPS, 0.0,
            enough=value * (1.0 - stop) - bend.constant,
        )  # fmt: skip
        bound = bounding.certified(pairs, weights, self.rule, done.multipliers) + bend.constant
        found = Stretch(max(bound, whole.bound if whole else 0.0), low, high, done.multipliers, done.worth)
        heapq.heappush(self.heap, found)
        return found
