"""Births in the window: who is born, when, to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.roll import People
from doorstep.synthetic.schedules import N_AGES, WOMAN, fertility, schedules
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline
from doorstep.synthetic.traits import categories, groups_of

YOUNGEST_MOTHER, OLDEST_MOTHER = 16, 50
AFTER_A_BIRTH = 400  # days before another child can be born
_MIXED, _WHITE, _BLACK, _ASIAN = 3, 0, 1, 2
GIRLS = 0.488


class Born(NamedTuple):
    """Day of birth and mother of each child."""

    day: Ints
    mother: Ints


def newborn(people: People, n: int, ground: Ground, timeline: Timeline, rng: np.random.Generator) -> People:
    """Return `n` children born in the window: they live with their mothers and move with them."""
    area = ground.residents.fertility[people.lsoa]
    age = people.age_on(timeline.middle)
    yearly = likely(people.sex, age, people.decile, area, people.partner >= 0) * ~people.care_home
    start = np.maximum(people.start(timeline), youngest(people.mother, people.birth) + AFTER_A_BIRTH)
    start = np.maximum(start, people.birth + round(YOUNGEST_MOTHER * YEAR))
    stop = np.minimum(people.registered_to, timeline.last)
    stop = np.minimum(stop, people.birth + round(OLDEST_MOTHER * YEAR))
    born = births(n, yearly, start, stop, rng)
    day, at = born.day.astype(np.int32), np.maximum(born.mother, 0)
    father = np.where(people.partner[at] >= 0, groups_of(people.ethnicity[people.partner[at]]), -1)
    mothers = groups_of(people.ethnicity[at])
    group = ethnic_group(mothers, father)
    ethnicity = np.where(group == mothers, people.ethnicity[at], categories(group, rng.random(n))).astype(np.int8)
    still = day < people.moved_on[at]  # who moves with the mother later
    came = np.minimum(day + rng.integers(0, 15, n), np.minimum(people.registered_to[at], timeline.last))
    came = np.where(still, np.minimum(came, people.moved_on[at]), came).astype(np.int32)
    lsoa = people.lsoa_at(at, day)
    practice_2 = np.where(still, people.practice_2[at], -1).astype(np.int16)
    moved_on = np.where(still, people.moved_on[at], NEVER).astype(np.int32)
    return People(
        birth=day,
        sex=(rng.random(n) < GIRLS).astype(np.int8),
        ethnicity=ethnicity,
        recorded_ethnicity=ethnicity.copy(),
        need=rng.standard_normal(n),
        lsoa=lsoa.astype(np.int32),
        lsoa_2=np.where(still, people.lsoa_2[at], -1).astype(np.int32),
        moved_on=moved_on,
        lsoa_known=np.ones(n, bool),
        practice=people.practice_at(at, day).astype(np.int16),
        practice_2=practice_2,
        practice_2_from=np.where(practice_2 >= 0, moved_on, NEVER).astype(np.int32),
        doubly_registered=np.zeros(n, bool),
        registered_from=came,
        registered_to=people.registered_to[at],
        died=np.full(n, NEVER, np.int32),
        decile=ground.decile[lsoa],
        household=people.household[at],
        partner=np.full(n, -1, np.int32),
        mother=born.mother.astype(np.int32),
        cares_for=np.full(n, -1, np.int32),
        carer_hours=np.zeros(n, np.int8),
        care_home=np.zeros(n, bool),
        care_home_from=np.full(n, NEVER, np.int32),
        born_in_window=np.ones(n, bool),
        keys={},
    )


def likely(sex: Ints, age: Ints, decile: Ints, area: Floats, has_partner: Bools) -> Floats:
    """Return how often each person gives birth in a year, up to a constant; 0 for men."""
    schedule = fertility()[decile - 1, np.clip(age, 0, N_AGES - 1)]
    times = np.where(has_partner, schedules()["births"]["with_partner"], 1.0)
    return np.asarray(schedule * area * times * (sex == WOMAN))


def youngest(mother: Ints, birth: Ints) -> Ints:
    """Return the day of the last birth of each person's children; long ago where there are none."""
    last = np.full(len(mother), -1_000_000)
    child = np.flatnonzero(mother >= 0)
    np.maximum.at(last, mother[child], birth[child])
    return last


def births(n: int, yearly: Floats, start: Ints, stop: Ints, rng: np.random.Generator) -> Born:
    """Draw `n` births, spread evenly over women by how often they give birth and how long they are here.

    Who stands where on a woman's stretch of time is the day: two births of one woman lie years apart. Raises nothing:
    where no woman can give birth, children have no mother here (-1) and are born in the middle.
    """
    weight = yearly * np.maximum(stop - start, 0)
    total = np.cumsum(weight)
    if n == 0 or total[-1] <= 0:
        return Born(np.full(n, (start[0] + stop[0]) // 2), np.full(n, -1))
    place = (np.arange(n) + rng.random()) * (total[-1] / n)
    mother = np.minimum(np.searchsorted(total, place, side="right"), len(total) - 1)
    along = (place - (total[mother] - weight[mother])) / weight[mother]
    return Born(
        start[mother] + np.floor(np.clip(along, 0, 1) * (stop - start)[mother] * 0.999).astype(np.int64), mother
    )


def ethnic_group(mother: Ints, father: Ints) -> Ints:
    """Return the ethnic group of a child: its mother's, mixed where that of a father who is here (not -1) differs."""
    return np.where((father < 0) | (father == mother), mother, _MIXED)
