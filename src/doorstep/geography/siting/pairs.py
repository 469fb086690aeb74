"""Areas and candidate sites as the pairs that can matter, sorted, with what the list leaves out known exactly."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from doorstep.geography.siting.rules import Flags, Floats, Ints

BLOCK = 2000  # areas at a time: 2,000 x 1,000 distances are 16 MB


class Distances(Protocol):
    """How far each area is from each candidate; asked in blocks, so that a country need not fit in memory."""

    @property
    def n_areas(self) -> int:
        """How many areas."""
        ...

    @property
    def n_sites(self) -> int:
        """How many sites."""
        ...

    def block(self, areas: Ints, sites: Ints | None = None) -> Floats:
        """Return distances, areas down and sites (all, unless named) across, as float64."""
        ...


@dataclass(frozen=True)
class Straight:
    """Straight-line kilometres between points on the National Grid (metres), times a road factor."""

    areas: Floats  # (n, 2) eastings and northings
    sites: Floats  # (m, 2)
    factor: float

    @property
    def n_areas(self) -> int:
        """How many areas."""
        return len(self.areas)

    @property
    def n_sites(self) -> int:
        """How many sites."""
        return len(self.sites)

    def block(self, areas: Ints, sites: Ints | None = None) -> Floats:
        """Return kilometres."""
        to = self.sites if sites is None else self.sites[sites]
        east = self.areas[areas, 0][:, None] - to[None, :, 0]
        north = self.areas[areas, 1][:, None] - to[None, :, 1]
        return np.asarray(np.sqrt(east * east + north * north) * (self.factor / 1000.0))


@dataclass(frozen=True)
class Listed:
    """Travel times or distances of the user's own: a whole matrix, infinite where the file has no such pair."""

    values: Floats

    @property
    def n_areas(self) -> int:
        """How many areas."""
        return int(self.values.shape[0])

    @property
    def n_sites(self) -> int:
        """How many sites."""
        return int(self.values.shape[1])

    def block(self, areas: Ints, sites: Ints | None = None) -> Floats:
        """Return the matrix's own numbers."""
        rows = self.values[areas]
        return rows if sites is None else rows[:, sites]


@dataclass(frozen=True)
class Beyond:
    """Nought within a distance and one beyond it: covering is a median of these."""

    of: Distances
    within: float

    @property
    def n_areas(self) -> int:
        """How many areas."""
        return self.of.n_areas

    @property
    def n_sites(self) -> int:
        """How many sites."""
        return self.of.n_sites

    def block(self, areas: Ints, sites: Ints | None = None) -> Floats:
        """Return 0.0 where within, else 1.0."""
        return (self.of.block(areas, sites) > self.within).astype(np.float64)


@dataclass(frozen=True)
class Pairs:
    """Every pair of an area and a candidate nearer than that area's `cap`, by area and then by distance.

    `base` is how far each area has to what stands already (infinite: nothing does). A candidate that is not listed for
    an area is no nearer than its cap, so that a multiplier up to the cap leaves nothing out.
    """

    distances: Distances
    base: Floats
    cap: Floats
    rows: Ints
    cols: Ints
    dist: Floats

    @property
    def n_areas(self) -> int:
        """How many areas."""
        return len(self.base)

    @property
    def n_sites(self) -> int:
        """How many candidates."""
        return self.distances.n_sites


def summed(values: Floats, by: Ints, n: int) -> Floats:
    """Return the sums of `values` for each of the n numbers in `by`."""
    return np.asarray(np.bincount(by, values, minlength=n), dtype=np.float64)


def total(weights: Floats, values: Floats) -> float:
    """Return the weighted sum: on one core, where a dot product of BLAS may wait for others that are busy."""
    return float((weights * values).sum())


def blocks(n: int) -> Iterator[Ints]:
    """Yield the numbers of the areas, some at a time."""
    for start in range(0, n, BLOCK):
        yield np.arange(start, min(start + BLOCK, n))


def pairs_of(distances: Distances, base: Floats, nearest: int) -> Pairs:
    """List each area's `nearest` candidates, or those nearer than its base where these are fewer."""
    found = [_near(distances.block(areas), base[areas], areas, nearest) for areas in blocks(distances.n_areas)]
    cap, rows, cols, dist = (np.concatenate(part) for part in zip(*found, strict=True))
    return Pairs(distances, base, cap, rows, cols, dist)


def pairs_within(reach: Beyond, base: Floats) -> Pairs:
    """List the pairs within reach of areas that nothing reaches yet (`base` is 1 there, else 0).

    Every other pair costs as much as the base, so that none is left out that could save anything.
    """
    found = [np.nonzero((reach.block(areas) < 1.0) & (base[areas] > 0.0)[:, None]) for areas in blocks(len(base))]
    rows = np.concatenate([at[0] + start for at, start in zip(found, range(0, len(base), BLOCK), strict=True)])
    cols = np.concatenate([at[1] for at in found])
    return Pairs(reach, base, base.copy(), rows, cols, np.zeros(len(rows)))


def _near(block: Floats, base: Floats, areas: Ints, nearest: int) -> tuple[Floats, Ints, Ints, Floats]:
    m = block.shape[1]
    if nearest < m:
        order = np.argpartition(block, nearest - 1, axis=1)[:, :nearest]
    else:
        order = np.broadcast_to(np.arange(m), block.shape)
    near = np.take_along_axis(block, order, axis=1)
    by_distance = np.argsort(near, axis=1, kind="stable")
    order, near = np.take_along_axis(order, by_distance, axis=1), np.take_along_axis(near, by_distance, axis=1)
    kept = near < base[:, None]
    at = np.nonzero(kept)
    return np.minimum(base, near[:, -1]), areas[at[0]], order[kept], near[kept]


@dataclass(frozen=True)
class Nearest:
    """Each area's distance to the nearest and the second nearest of what is open, and which candidate is nearest.

    `site` is -1 where what stands already is as near as any; that never closes, so it is its own second there.
    """

    first: Floats
    second: Floats
    site: Ints


def nearest_two(pairs: Pairs, is_open: Flags) -> Nearest:
    """Return the two nearest of each area; exact, also for areas whose list holds fewer than two open sites."""
    at = np.flatnonzero(is_open[pairs.cols])
    rows = pairs.rows[at]
    new = np.ones(len(at), dtype=bool)
    new[1:] = rows[1:] != rows[:-1]
    first, second = pairs.base.copy(), pairs.base.copy()
    site = np.full(pairs.n_areas, -1, dtype=np.intp)
    lead = np.flatnonzero(new)
    first[rows[lead]], site[rows[lead]] = pairs.dist[at[lead]], pairs.cols[at[lead]]
    follow = np.flatnonzero(~new & np.append(True, new[:-1])[: len(new)])
    second[rows[follow]] = pairs.dist[at[follow]]
    listed = np.bincount(rows, minlength=pairs.n_areas)
    _look_further(pairs, is_open, np.flatnonzero((listed < 2) & (pairs.base > pairs.cap)), first, second, site)
    return Nearest(first, second, site)


def _look_further(pairs: Pairs, is_open: Flags, areas: Ints, first: Floats, second: Floats, site: Ints) -> None:
    """Ask the distances themselves where the list is too short to tell."""
    sites = np.flatnonzero(is_open)
    if not len(areas) or not len(sites):
        return
    for start in range(0, len(areas), BLOCK):
        some = areas[start : start + BLOCK]
        block = np.column_stack([pairs.distances.block(some, sites), pairs.base[some]])
        order = np.argsort(block, axis=1, kind="stable")[:, :2]
        two = np.take_along_axis(block, order, axis=1)
        first[some], second[some] = two[:, 0], np.minimum(two[:, 1], pairs.base[some])
        site[some] = np.append(sites, -1)[order[:, 0]]
