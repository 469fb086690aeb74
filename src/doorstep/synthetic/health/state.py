"""The state of health of the people of a part, by person and day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints, Singles
from doorstep.synthetic.health.model import BAND_FROM, model
from doorstep.synthetic.people import chosen
from doorstep.synthetic.streams import Streams

NO_DAY = 1_000_000


@dataclass
class Health:
    """Who has what since when; days are numbers of the timeline, NO_DAY where it has not happened.

    `onset[p, c]` and `ended[p, c]` are of `conditions`; `deficit_on[p, d]` of the 36 deficits of the frailty index, and
    `band_from[p, b]` the day from which a person is at least mildly, moderately, severely frail; `medicine_on[p, m]`
    the day from which a person is on a class of repeat medicine. `count` is how many long-term conditions and `frailty`
    how many deficits there are on each person's last day, `until`. `factor[p]` holds what a person's conditions share.
    """

    conditions: tuple[str, ...]
    onset: Ints
    ended: Ints
    count: Ints
    objects: Bools
    deficit_on: Ints
    band_from: Ints
    medicine_on: Ints
    frailty: Ints
    factor: Singles
    until: Ints

    def has(self, name: str) -> Bools:
        """Who has, or had, a condition by the last day."""
        return np.asarray(self.onset[:, self.conditions.index(name)] < NO_DAY)

    def has_at(self, name: str, day: Ints | int) -> Bools:
        """Who has a condition on a day."""
        at = self.conditions.index(name)
        return np.asarray((self.onset[:, at] <= day) & (self.ended[:, at] > day))

    def deficits_at(self, day: Ints | int) -> Ints:
        """How many of the 36 deficits each person has on a day: one for all, or each person's own."""
        by_deficit = day >= self.deficit_on.T
        return np.asarray(by_deficit.sum(axis=0, dtype=np.int8))

    def frailty_band(self, day: Ints | int) -> Ints:
        """Each person's band of the frailty index on a day: 0 fit, 1 mild, 2 moderate, 3 severe."""
        by_band = day >= self.band_from.T
        return np.asarray(by_band.sum(axis=0, dtype=np.int8))

    def count_at(self, day: Ints | int) -> Ints:
        """How many long-term conditions each person has on a day, as `count` on the last one."""
        has = (day >= self.onset.T) & (day < self.ended.T)
        return _counted(has)

    def forget(self, until: Ints) -> None:
        """Drop what would have come after each person's last day, where it is now an earlier one."""
        who = np.flatnonzero(until < self.until)
        last = until[who][:, None]
        for days in (self.onset, self.ended, self.deficit_on, self.band_from, self.medicine_on):
            theirs = days[who]
            days[who] = np.where(theirs > last, NO_DAY, theirs)
        self.until = np.minimum(self.until, until).astype(np.int32)
        self.count[who] = _counted(((self.onset[who] < NO_DAY) & (self.ended[who] == NO_DAY)).T)
        self.frailty[who] = (self.deficit_on[who] < NO_DAY).sum(axis=1)


def count_conditions(onset: Ints, ended: Ints) -> Ints:
    """How many long-term conditions there are, from days by condition and person."""
    return _counted((onset < NO_DAY) & (ended == NO_DAY))


def _counted(has: Bools) -> Ints:
    """Count long-term conditions: those that count as the same one once. `has` is by condition and person."""
    n = np.zeros(has.shape[1], np.int8)
    for rows in _kinds():
        n += has[rows[0]] if len(rows) == 1 else has[list(rows)].any(axis=0)
    return n


@lru_cache(maxsize=1)
def _kinds() -> tuple[tuple[int, ...], ...]:
    kinds: dict[str, list[int]] = {}
    for i, condition in enumerate(model().conditions):
        if condition.counts_as:
            kinds.setdefault(condition.counts_as, []).append(i)
    return tuple(map(tuple, kinds.values()))


def bands(deficit_on: Ints) -> Ints:
    """Return, by band and person, the day on which the count of deficits (by deficit and person) reaches each band."""
    found = np.full((len(BAND_FROM), deficit_on.shape[1]), NO_DAY, np.int32)
    frail = np.flatnonzero((deficit_on < NO_DAY).sum(axis=0, dtype=np.int8) >= BAND_FROM[0])
    in_order = np.sort(deficit_on[:, frail].T, axis=1)
    for band, least in enumerate(BAND_FROM):
        found[band, frail] = in_order[:, least - 1]
    return found


def object_to_sharing(health: Health, rate: float, may: Bools, streams: Streams) -> None:
    """Let some people register a Type 1 objection."""
    health.objects = chosen(rate, may, streams("type 1 objections"))
