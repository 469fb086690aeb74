"""The parts of the people, and where each person of a part lives and is registered: places in the published table.

Every patient of the published practice-by-LSOA table is a place. On the first day of the window each place is taken;
newcomers and the new-born are counted besides, area by area. A part is a run of places, so that it can be made alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.timeline import YEAR, Timeline

PEOPLE_A_PART = 20_000


class Run(NamedTuple):
    """Numbers `first` to `stop` of `total`."""

    first: int
    stop: int
    total: int

    @property
    def n(self) -> int:
        """How many there are."""
        return self.stop - self.first


@dataclass(frozen=True)
class Share:
    """One part of the people, made on its own.

    `people` counts everybody, in order of home; of them `settled` are registered when the window opens, `newcomers`
    join in it and `newborn` are born in it.
    """

    number: int
    people: Run
    settled: Run
    newcomers: Run
    newborn: Run

    @property
    def n(self) -> int:
        """How many people it has."""
        return self.people.n

    @property
    def first(self) -> int:
        """How many people are in the parts before it."""
        return self.people.first

    @property
    def stop(self) -> int:
        """How many people are in the parts up to and with it."""
        return self.people.stop

    @property
    def total(self) -> int:
        """How many people all parts have."""
        return self.people.total


def shares(ground: Ground, timeline: Timeline, parameters: Parameters) -> tuple[Share, ...]:
    """Cut everybody who is registered at some time in the window into parts of about `PEOPLE_A_PART`."""
    settled = parameters.people or round(ground.list_size * parameters.scale)
    years = (timeline.last - timeline.first + 1) / YEAR
    newcomers = round(settled * years * parameters.rates.joiners * ground.newcomers)
    newborn = round(settled * years * ground.births)
    n = max(1, round((settled + newcomers + newborn) / PEOPLE_A_PART))
    edges = np.array([settled * i // n for i in range(n + 1)])
    along = edges / settled
    runs = [
        _runs(edges, settled),
        _runs(np.round(newcomers * ground.along("newcomers", along)).astype(int), newcomers),
        _runs(np.round(newborn * ground.along("births", along)).astype(int), newborn),
    ]
    found = []
    for i, (old, new, born) in enumerate(zip(*runs, strict=True)):
        people = Run(old.first + new.first + born.first, old.stop + new.stop + born.stop, settled + newcomers + newborn)
        found.append(Share(i, people, old, new, born))
    return tuple(found)


def _runs(edges: Ints, total: int) -> list[Run]:
    return [Run(a, b, total) for a, b in pairwise(edges.tolist())]


def cells(run: Run, edges: Floats, offset: float) -> Ints:
    """Return the cell of each place of a run, evenly over cells cumulated to `edges` (systematic sampling).

    A cell of weight w gets w places, rounded up or down.
    """
    places = (np.arange(run.first, run.stop) + offset) / max(run.total, 1)
    return np.minimum(np.searchsorted(edges, places, side="right"), len(edges) - 1)
