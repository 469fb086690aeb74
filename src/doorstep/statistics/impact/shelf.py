"""A sorted shelf of comparison people from which the nearest still free is taken, without passing over empty places."""

from __future__ import annotations

from bisect import bisect_left

import numpy as np

from doorstep.statistics.results import Floats, Ints

DECIMALS = 12


class Shelf:
    """Comparison people by place, those of one place in order of rank.

    Empty places are skipped by links that shorten as they are used (Tarjan 1975), so m takings from n places cost
    little more than m searches.
    """

    def __init__(self, places: Floats, rows: Ints, ranks: Ints) -> None:
        """Take people in order of place, then rank."""
        values, starts = np.unique(places, return_index=True)
        self._places: list[float] = values.tolist()
        self._next: list[int] = starts.tolist()  # of each place, the first person still free
        self._end: list[int] = [*self._next[1:], len(rows)]
        self._rows: list[int] = rows.tolist()
        self._ranks: list[int] = ranks.tolist()
        n = len(self._places)
        self._right = list(range(n + 1))  # n stands for: nobody
        self._left = list(range(n + 1))  # place i is kept at i + 1; 0 stands for: nobody

    def take_nearest(self, place: float, limit: float) -> int | None:
        """Take the nearest person within `limit` (the lower rank where two are as near), or None."""
        at = bisect_left(self._places, place)
        right, left = _root(self._right, at), _root(self._left, at) - 1
        options = [
            (distance, self._ranks[self._next[i]], i)
            for i in (left, right)
            if 0 <= i < len(self._places)
            for distance in [round(abs(self._places[i] - place), DECIMALS)]
            if distance <= limit
        ]
        return self._take(min(options)[2]) if options else None

    def _take(self, i: int) -> int:
        row = self._rows[self._next[i]]
        self._next[i] += 1
        if self._next[i] == self._end[i]:
            self._right[i] = i + 1
            self._left[i + 1] = i
        return row


def _root(links: list[int], at: int) -> int:
    """Follow the links from `at` to the place that stands for itself; shorten them on the way."""
    while links[at] != at:
        links[at] = links[links[at]]
        at = links[at]
    return at
