"""Which rows of the extracts carry a fact, when each arrives, what is wrong with it, and what must become of it.

One plan a table serves all three ways in, so that the same activity is sent, lost, late and corrected in each.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from doorstep.records.contracts import Outcome
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.parameters import FaultRates
from doorstep.synthetic.timeline import Timeline

FAULTS = ("", *(f.name for f in dataclasses.fields(FaultRates)))
OUTCOMES = tuple(str(outcome) for outcome in Outcome)
RECENT = 92  # days before a delivery's cut within which rows are still corrected or late


@dataclass
class Rows:
    """One entry a row, in the order of the files.

    `fact` is the fact's position (or its model's, for a row that carries none); `ident` the number that the row's
    identifiers are made from; `content` the delivery whose state the row shows; `early` marks a version that a later
    one replaces; `person` is -1 where the row is nobody's of ours; `countable` that the fact stands in the lake.
    """

    fact: Ints
    ident: Ints
    delivery: Ints
    content: Ints
    fault: Ints
    outcome: Ints
    person: Ints
    early: Bools
    countable: Bools

    @property
    def n(self) -> int:
        """How many rows there are."""
        return len(self.fact)

    def take(self, rows: Ints | Bools) -> Rows:
        """Return the rows at those positions."""
        return Rows(*(getattr(self, f.name)[rows] for f in dataclasses.fields(self)))

    def has(self, fault: str) -> Bools:
        """Mark the rows that carry a fault."""
        return np.asarray(self.fault == FAULTS.index(fault))

    def arriving(self, delivery: int) -> Rows:
        """Return the rows of one delivery; those that repeat or correct others come last."""
        return self.take(np.flatnonzero(self.delivery == delivery))


def outcome(name: Outcome) -> int:
    """Return the number of an outcome in `OUTCOMES`."""
    return OUTCOMES.index(str(name))


LOADED, WARNED, REFUSED = outcome(Outcome.LOADED), outcome(Outcome.WARNED), outcome(Outcome.REFUSED)
DUPLICATE, SUPERSEDED = outcome(Outcome.DUPLICATE), outcome(Outcome.SUPERSEDED)
WITHHELD, OUT_OF_SCOPE, UNLINKED = outcome(Outcome.WITHHELD), outcome(Outcome.OUT_OF_SCOPE), outcome(Outcome.UNLINKED)


def plain_rows(fact: Ints, person: Ints, delivery: Ints, outcomes: Ints | int = LOADED) -> Rows:
    """Return rows without a fault, one for each given fact."""
    n = len(fact)
    standing = np.broadcast_to(outcomes, n).astype(np.int8)
    return Rows(
        fact=fact.astype(np.int32),
        ident=fact.astype(np.int64),
        delivery=delivery.astype(np.int8),
        content=delivery.astype(np.int8),
        fault=np.zeros(n, np.int8),
        outcome=standing,
        person=person.astype(np.int32),
        early=standing == SUPERSEDED,
        countable=standing == LOADED,
    )


def joined(parts: list[Rows]) -> Rows:
    """Return rows one after the other."""
    return Rows(*(np.concatenate([getattr(p, f.name) for p in parts]) for f in dataclasses.fields(Rows)))


class Planner:
    """Plants faults in the rows of one table; no fact carries two."""

    def __init__(
        self,
        facts: Facts,
        timeline: Timeline,
        rates: FaultRates,
        rng: np.random.Generator,
        closed_to: Bools | None = None,
    ) -> None:
        """Start with one row a fact of the window, arriving in time; persons of `closed_to` get no fault."""
        self.facts, self.timeline, self.rates, self.rng = facts, timeline, rates, rng
        inside = np.flatnonzero(facts.day <= timeline.last)
        self.base = plain_rows(inside, facts.person[inside], timeline.delivery_of(facts.day[inside]))
        self.free = np.ones(len(inside), bool) if closed_to is None else ~closed_to[facts.person[inside]]
        self.extra: list[Rows] = []
        self.next_ident = facts.n
        self.last = len(timeline.deliveries) - 1
        self.recent: Bools = facts.day[inside] > timeline.cuts[self.base.delivery] - RECENT

    def pick(self, fault: str, eligible: Bools | None = None) -> Ints:
        """Choose base rows for a fault and mark them; at least one where the rate is above 0 and any is eligible."""
        rate = getattr(self.rates, fault)
        pool = np.flatnonzero(self.free if eligible is None else self.free & eligible)
        if rate <= 0 or not len(pool):
            return np.zeros(0, np.int64)
        picked = np.sort(self.rng.choice(pool, max(1, round(rate * len(pool))), replace=False))
        self.free[picked] = False
        self.base.fault[picked] = FAULTS.index(fault)
        return picked

    def spoil(self, fault: str, result: int, eligible: Bools | None = None) -> None:
        """Plant a fault that changes the row itself; a refused row loses its fact."""
        picked = self.pick(fault, eligible)
        self.base.outcome[picked] = result
        self.base.countable[picked] = result in (LOADED, WARNED)

    def repeat(self, fault: str, *, later: bool = False) -> None:
        """Send some rows twice, in the same file or a later one."""
        picked = self.pick(fault, self.base.delivery < self.last if later else None)
        copies = self.base.take(picked)
        copies.delivery = copies.delivery + np.int8(later)
        self.add(copies, DUPLICATE)

    def correct(self, fault: str = "correction") -> None:
        """Send some rows with wrong values first, and right in the next delivery."""
        picked = self.pick(fault, self.recent & (self.base.delivery < self.last))
        right = self.base.take(picked)
        self.base.outcome[picked] = SUPERSEDED
        self.base.early[picked] = True
        self.base.countable[picked] = False
        right.delivery = right.delivery + np.int8(1)
        right.content = right.delivery.copy()
        self.add(right, LOADED)

    def delay(self) -> None:
        """Let some recent rows arrive one delivery late, a few of them two."""
        picked = self.pick("late", self.recent & (self.base.delivery < self.last))
        by = 1 + (self.rng.random(len(picked)) < 0.2)
        self.base.delivery[picked] = np.minimum(self.base.delivery[picked] + by, self.last)
        self.base.content[picked] = self.base.delivery[picked]

    def withdraw(self, eligible: Bools | None = None) -> None:
        """Let the sender delete some facts in the next delivery: neither row stands."""
        allowed = self.base.delivery < self.last
        picked = self.pick("deleted", allowed if eligible is None else allowed & eligible)
        self.base.outcome[picked] = SUPERSEDED
        self.base.early[picked] = True
        self.base.countable[picked] = False
        deletion = self.base.take(picked)
        deletion.early = np.zeros(len(picked), bool)
        deletion.delivery = deletion.delivery + np.int8(1)
        deletion.content = deletion.delivery.copy()
        self.add(deletion, SUPERSEDED)

    def invent(self, fault: str, result: int, eligible: Bools | None = None, *, nobody: bool = True) -> Rows:
        """Add rows that carry no fact of ours, each modelled on one that does."""
        rate = getattr(self.rates, fault)
        pool = np.flatnonzero(self.free if eligible is None else self.free & eligible)
        n = max(1, round(rate * len(pool))) if rate > 0 and len(pool) else 0
        made = self.base.take(self.rng.choice(pool, n, replace=False) if n else np.zeros(0, np.int64))
        made.fault[:] = FAULTS.index(fault)
        made.ident = self.next_ident + np.arange(n)
        self.next_ident += n
        if nobody:
            made.person[:] = -1
        self.add(made, result)
        return made

    def leave_out(self, rows: Bools) -> None:
        """Never send some base rows."""
        sent = np.flatnonzero(~rows)
        self.base, self.free, self.recent = self.base.take(sent), self.free[sent], self.recent[sent]

    def add(self, rows: Rows, result: int) -> None:
        """Add rows of one outcome."""
        rows.outcome = np.full(rows.n, result, np.int8)
        rows.countable = np.full(rows.n, result == LOADED) & (rows.person >= 0)
        self.extra.append(rows)

    def rows(self) -> Rows:
        """Return all rows: first those sent once, then repeats, corrections and strangers."""
        return joined([self.base, *self.extra])


def versions(person: Ints, since: Ints, changes: list[Ints], timeline: Timeline) -> Rows:
    """Return the rows of facts that are sent again whenever something about them changed since the last delivery.

    `since` is the day from which a fact is known, `changes` the days on which it changes; all but the last are
    superseded.
    """
    parts = []
    before = -NO_DAY
    for delivery in timeline.deliveries:
        new = (since > before) & (since <= delivery.cut)
        changed = np.zeros(len(since), bool)
        for days in changes:
            changed |= (days > before) & (days <= delivery.cut)
        fact = np.flatnonzero(new | (changed & (since <= delivery.cut)))
        parts.append(plain_rows(fact, person[fact], np.full(len(fact), delivery.number)))
        before = delivery.cut
    rows = joined(parts)
    last = np.zeros(len(since), np.int8)
    np.maximum.at(last, rows.fact, rows.delivery)
    old = rows.delivery < last[rows.fact]
    rows.outcome[old], rows.early[old], rows.countable[old] = SUPERSEDED, True, False
    return rows


NO_DAY = 10_000_000
