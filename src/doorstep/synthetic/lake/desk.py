"""What every table of a part is written from: the part, its people's pseudonyms, and when rows arrive."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.ground import CATEGORIES, Ground
from doorstep.synthetic.lake import columns
from doorstep.synthetic.lake.columns import Column
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import Part
from doorstep.synthetic.people import NOT_STATED
from doorstep.synthetic.rows import RECENT
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline, date_of

ETHNICITY_WORDS = (*CATEGORIES, *NOT_STATED)
_REFUSED = ETHNICITY_WORDS.index("Z")


@dataclass(frozen=True)
class Desk:
    """One part on its way into the lake.

    `number` is the part's, `first` the number of its first person among all; `pseudonyms` are those of everybody in the
    file, this part's people from place `offset` on.
    """

    part: Part
    ground: Ground
    timeline: Timeline
    parameters: Parameters
    number: int
    first: int
    pseudonyms: Column
    offset: int

    @cached_property
    def streams(self) -> Streams:
        """The part's own random numbers."""
        return Streams(self.parameters.seed, self.number)

    @cached_property
    def delivery_words(self) -> tuple[str, ...]:
        """The days on which deliveries arrive, as text."""
        return tuple(date_of(d.received).isoformat() for d in self.timeline.deliveries)

    def in_order(self, facts: Facts) -> Facts:
        """Return the facts of the window, whole people one after the other."""
        person, inside = facts.person, facts.day <= self.timeline.last
        rows = None if bool((np.diff(person) >= 0).all()) else in_order_of(person)
        if not inside.all():
            rows = np.flatnonzero(inside) if rows is None else rows[inside[rows]]
        return facts if rows is None else facts.take(rows)

    def place(self, person: Ints) -> Ints:
        """The place of each row's person among the people of the file."""
        return person.astype(np.int32, copy=False) + np.int32(self.offset)

    def person(self, person: Ints) -> Column:
        """The pseudonym of each row's person."""
        return columns.pseudonyms_at(self.place(person), self.pseudonyms)

    def practice(self, person: Ints, day: Ints) -> Column:
        """The practice of registration on the day."""
        return self.practices(self._changed(self.part.people.practice, self.part.people.practice_2, person, day))

    def practices(self, at: Ints) -> Column:
        """Practices by position."""
        return columns.words(Words(at, self.ground.practices))

    def _changed(self, before: Ints, after: Ints, person: Ints, day: Ints) -> Ints:
        """Return each person's practice on the day; few have changed it, so only their rows are looked at twice."""
        people = self.part.people
        at = before[person]
        some = np.flatnonzero((people.practice_2_from < NEVER)[person])
        late = some[day[some] >= people.practice_2_from[person[some]]]
        at[late] = after[person[late]]
        return at

    def lsoa(self, person: Ints, day: Ints, name: str) -> Column:
        """The home on the day; null for people whose home no record knows, and on some rows."""
        people = self.part.people
        at = people.lsoa[person]
        some = np.flatnonzero((people.moved_on < NEVER)[person])
        late = some[day[some] >= people.moved_on[person[some]]]
        at[late] = people.lsoa_2[person[late]]
        missing = self._some(len(person), self.parameters.faults.row_lsoa_missing, f"rows without a home {name}")
        missing |= ~people.lsoa_known[person]
        return columns.words(Words(at, self.ground.lsoas), missing)

    def ethnicity(self, person: Ints, name: str) -> Column:
        """What the records hold of the person's ethnicity; some rows say nothing, or not stated."""
        at = self.part.people.recorded_ethnicity[person]
        rate = self.parameters.faults.row_ethnicity_missing / 2
        at[self._some(len(person), rate, f"rows with ethnicity not stated {name}")] = _REFUSED
        missing = self._some(len(person), rate, f"rows without ethnicity {name}")
        return columns.words(Words(at, ETHNICITY_WORDS), missing)

    def _some(self, n: int, rate: float, name: str) -> Bools:
        """Mark about a share of n rows."""
        rng = self.streams(f"lake: {name}")
        marked = np.zeros(n, bool)
        if n and rate > 0:
            marked[rng.integers(0, n, rng.poisson(-n * np.log1p(-min(rate, 0.999))))] = True
        return marked

    def delivery(self, day: Ints, name: str) -> Ints:
        """Return the number of the delivery that brings each row: that of its day, for some recent rows a later one."""
        cuts = self.timeline.cuts
        delivery = np.zeros(len(day), np.int8)
        for cut in cuts[:-1]:
            delivery += day > cut
        recent = np.flatnonzero((day > cuts[0] - RECENT) & (day <= cuts[-1]))
        recent = recent[(delivery[recent] < len(cuts) - 1) & (day[recent] > cuts[delivery[recent]] - RECENT)]
        rng = self.streams(f"lake: late {name}")
        late = recent[rng.random(len(recent), np.float32) < self.parameters.faults.late]
        by = 1 + (rng.random(len(late), np.float32) < 0.2)
        delivery[late] = np.minimum(delivery[late] + by, len(cuts) - 1)
        return delivery


def in_order_of(person: Ints) -> Ints:
    """Return the rows in order of person; small numbers are sorted by their digits, which is several times faster."""
    small = person.astype(np.uint16) if int(person.max(initial=0)) < 2**16 else person
    return np.argsort(small, kind="stable")
