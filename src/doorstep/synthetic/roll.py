"""The people of a Place or a part of one: a column for each thing that is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Bools, Bytes, Floats, Ints
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline

POSITIONS = ("partner", "mother", "cares_for")  # columns of People that point at other people of the part


@dataclass
class People:
    """One entry a person in every array; days are numbers of `timeline`, NEVER where it has not happened.

    `practice_2` and `lsoa_2` hold from `practice_2_from` and `moved_on`; both -1 where nothing changed. The first
    registration ends at `practice_2_from` unless the person is `doubly_registered`. `recorded_ethnicity` indexes
    CATEGORIES followed by NOT_STATED. `household` numbers the homes of the part; `partner`, `mother` and `cares_for`
    are positions of people, -1 where there is none here. `carer_hours` is 0 for who gives no unpaid care, else 1 (up
    to 19 hours a week), 2 (20 to 49) or 3 (50 or more). `care_home` holds on the first day of the window,
    `care_home_from` is the day a person moved into one, before or in the window. `keys` maps a way to the person keys,
    those of visitors after those of people.
    """

    birth: Ints
    sex: Ints
    ethnicity: Ints
    recorded_ethnicity: Ints
    need: Floats
    lsoa: Ints
    lsoa_2: Ints
    moved_on: Ints
    lsoa_known: Bools
    practice: Ints
    practice_2: Ints
    practice_2_from: Ints
    doubly_registered: Bools
    registered_from: Ints
    registered_to: Ints
    died: Ints
    decile: Ints
    household: Ints
    partner: Ints
    mother: Ints
    cares_for: Ints
    carer_hours: Ints
    care_home: Bools
    care_home_from: Ints
    born_in_window: Bools
    keys: dict[str, Bytes]

    @property
    def n(self) -> int:
        """How many people there are, over the whole window."""
        return len(self.birth)

    def start(self, timeline: Timeline) -> Ints:
        """The first day of the window on which each person is registered."""
        return np.maximum(self.registered_from, timeline.first)

    def stop(self, timeline: Timeline) -> Ints:
        """The last day of the window on which each person is registered and alive."""
        return np.minimum(np.minimum(self.registered_to, self.died), timeline.last)

    def age_on(self, day: Ints | int) -> Ints:
        """Age in whole years (to the nearest day of a 365.25-day year)."""
        return np.floor((day - self.birth) / YEAR).astype(np.int64)

    def lsoa_at(self, person: Ints, day: Ints) -> Ints:
        """Position of the LSOA where each person lives on a day."""
        return np.where(day >= self.moved_on[person], self.lsoa_2[person], self.lsoa[person])

    def record_at(self, person: Ints, day: Ints) -> Ints:
        """0 or 1: which of a person's registrations is in use on a day."""
        return (day >= self.practice_2_from[person]).astype(np.int8)

    def practice_at(self, person: Ints, day: Ints) -> Ints:
        """Position of the practice whose registration is in use on a day."""
        return np.where(self.record_at(person, day) == 1, self.practice_2[person], self.practice[person])


def joined_people(parts: Sequence[People], one_part: bool = False) -> People:
    """Put people together, in order. Positions and households of different parts are kept apart; not of `one_part`."""
    before = np.concatenate([[0], np.cumsum([people.n for people in parts])])
    homes = np.concatenate([[0], np.cumsum([people.household.max(initial=-1) + 1 for people in parts])])
    values: dict[str, Any] = {}
    for name in (f.name for f in fields(People) if f.name != "keys"):
        columns = [getattr(people, name) for people in parts]
        if not one_part and (name == "household" or name in POSITIONS):
            shifts = homes if name == "household" else before
            columns = [np.where(c >= 0, c + at, -1).astype(c.dtype) for c, at in zip(columns, shifts, strict=False)]
        values[name] = np.concatenate(columns)
    return People(**values, keys={})


def settle(people: People, died: Ints) -> None:
    """Let people die on their day: it ends the registration, and what would have come after it does not happen.

    Nobody here hears of a death after the person has left.
    """
    people.died = np.where(people.registered_to < died, NEVER, died).astype(np.int32)
    people.registered_to = np.minimum(people.registered_to, people.died).astype(np.int32)
    dead = people.died < NEVER
    unmoved = dead & (people.moved_on >= people.died) & (people.moved_on < NEVER)
    people.moved_on[unmoved], people.lsoa_2[unmoved] = NEVER, -1
    unchanged = dead & (people.practice_2_from >= people.died) | (unmoved & ~people.doubly_registered)
    people.practice_2[unchanged], people.practice_2_from[unchanged] = -1, NEVER
    people.doubly_registered = people.doubly_registered & ~unchanged & ~dead
    people.care_home_from[people.care_home_from >= people.registered_to] = NEVER
    unborn = (people.mother >= 0) & (people.died[people.mother] < people.birth)
    people.mother[unborn] = -1  # rather than born to the dead
