"""Whom the records take for somebody else: chosen once the whole Place is drawn."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.parameters import FaultRates
from doorstep.synthetic.people import N_VISITORS, People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER


@dataclass(frozen=True)
class Mistaken:
    """`shares` marks people who share a number; `pairs` has the two of each; `second[p]` is where the keys hold the
    other number of a person who has two from the change of practice on, -1 for all others.
    """

    shares: Bools
    pairs: Ints
    second: Ints

    def key_at(self, people: People, person: Ints, day: Ints) -> Ints:
        """Where the keys hold each person's key on a day."""
        second = self.second[person]
        return np.where((second >= 0) & (day >= people.practice_2_from[person]), second, person)


def mistake(people: People, may: Bools, settled: Bools, rates: FaultRates, streams: Streams) -> Mistaken:
    """Choose people among those who `may` be mistaken; who shares a number must be `settled` (one registration)."""
    rng = streams("mistaken people")
    pairs = _pairs(people, np.flatnonzero(may & settled), rates.shared_number, rng)
    shares = np.zeros(people.n, bool)
    shares[pairs.ravel()] = True
    changed = (people.practice_2 >= 0) & ~people.doubly_registered & (people.practice_2_from < NEVER)
    pool = np.flatnonzero(may & changed)
    two = rng.choice(pool, _how_many(rates.two_numbers, people.n, len(pool)), replace=False)
    second = np.full(people.n, -1)
    second[np.sort(two)] = people.n + N_VISITORS + np.arange(len(two))
    return Mistaken(shares, pairs, second)


def _pairs(people: People, pool: Ints, rate: float, rng: np.random.Generator) -> Ints:
    """Two people of different practices and birthdays in each row."""
    n = _how_many(rate / 2, people.n, len(pool) // 4)
    drawn = rng.choice(pool, 4 * n, replace=False).reshape(-1, 2)
    one, other = drawn.T
    differ = (people.practice[one] != people.practice[other]) & (people.birth[one] != people.birth[other])
    return np.asarray(drawn[differ][:n])


def _how_many(rate: float, n: int, most: int) -> int:
    return min(most, max(1, round(rate * n))) if rate > 0 else 0


def share_numbers(people: People, mistaken: Mistaken) -> None:
    """Let the second of each pair go by the first one's keys."""
    for keys in people.keys.values():
        keys[mistaken.pairs[:, 1]] = keys[mistaken.pairs[:, 0]]
