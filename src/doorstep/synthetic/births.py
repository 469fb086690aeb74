"""Births in the window: who is born, when, to whom."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.schedules import N_AGES, WOMAN, fertility, schedules
from doorstep.synthetic.timeline import YEAR

AFTER_A_BIRTH = 400  # days before another child can be born
_MIXED, _WHITE, _BLACK, _ASIAN = 3, 0, 1, 2
GIRLS = 0.488


class Born(NamedTuple):
    """Day of birth and mother of each child."""

    day: Ints
    mother: Ints


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


def age_on(day: int, birth: Ints) -> Ints:
    """Return ages in whole years."""
    return np.floor((day - birth) / YEAR).astype(np.int64)
