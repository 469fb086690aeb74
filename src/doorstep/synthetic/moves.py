"""When people come, move home and leave; where they move to."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import Rates
from doorstep.synthetic.schedules import N_AGES, by_sex_and_age, schedules
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline

_STAYS = 12  # mean years since registration


class Stays(NamedTuple):
    """Day of birth, first and last day of registration (NEVER: still registered)."""

    birth: Ints
    came: Ints
    left: Ints


class Moves(NamedTuple):
    """Day of a move within the ground (NEVER), then the new LSOA and, where it changes, the new practice (-1)."""

    day: Ints
    lsoa: Ints
    practice: Ints


def stays(
    old: Ints,
    is_new: Bools,
    head: Ints,
    mover: Ints,
    mobility: Floats,
    rates: Rates,
    timeline: Timeline,
    rng: np.random.Generator,
) -> Stays:
    """Draw when people came and left: households join together, families leave together.

    `old` is days since birth on the eve of the window or, for newcomers, of registration; `mobility` how often somebody
    of the age of each person's mover moves, against the average of England.
    """
    n = len(old)
    arrives = timeline.first + np.floor(rng.random(n) * (timeline.last - timeline.first))[head]
    birth = np.where(is_new, arrives, timeline.first) - 1 - old
    long_ago = timeline.first - 1 - np.floor(rng.standard_exponential(n, np.float32)[mover] * (_STAYS * YEAR))
    soon = np.minimum(birth + rng.integers(0, 15, n), timeline.first - 1)
    came = np.where(is_new, arrives, np.maximum(long_ago, soon))
    day = _next(np.maximum(came, timeline.first), mover, mobility * rates.leavers, rng)
    left = np.where(day <= timeline.last, day, NEVER)
    return Stays(birth.astype(np.int32), came.astype(np.int32), left.astype(np.int32))


def _next(start: Ints, mover: Ints, yearly: Floats, rng: np.random.Generator) -> Ints:
    """Return the day of the next event of a yearly rate; one day for all who share a mover."""
    wait = rng.standard_exponential(len(start), np.float32)[mover] * (YEAR / np.maximum(yearly, 1e-9))
    return start + 1 + np.minimum(wait, NEVER).astype(np.int32)


def moves(
    ground: Ground,
    practice: Ints,
    lsoa: Ints,
    stay: Stays,
    mover: Ints,
    mobility: Floats,
    yearly: float,
    timeline: Timeline,
    rng: np.random.Generator,
) -> Moves:
    """Draw moves within the ground: half to another area of the same practice, half to the home of somebody near by.

    Both leave the numbers by practice and LSOA as they are, but for chance: those who go and those who come are drawn
    alike.
    """
    n = len(practice)
    day = _next(np.maximum(stay.came, timeline.first), mover, mobility * yearly, rng)
    who = np.flatnonzero(day < np.minimum(stay.left, timeline.last))
    at = mover[who]
    neighbour = rng.integers(0, n, n)[at]
    keeps = (rng.random(n, np.float32) < 0.5)[at]
    order, total, first = ground.cells_of_practice
    own = practice[at].astype(np.int64)
    cell = np.searchsorted(total, first[own] + rng.random(n)[at] * (first[own + 1] - first[own]), side="right") - 1
    new_lsoa = np.where(keeps, ground.cell_lsoa[order[np.minimum(cell, len(order) - 1)]], lsoa[neighbour])
    new_practice = np.where(keeps, own, practice[neighbour])
    found = Moves(np.full(n, NEVER, np.int32), np.full(n, -1, np.int32), np.full(n, -1, np.int16))
    found.day[who], found.lsoa[who] = day[who], new_lsoa
    found.practice[who] = np.where(new_practice == practice[who], -1, new_practice)
    return found


def mobility_of(schedule: Floats, age: Ints) -> Floats:
    """Return how often people of these ages move."""
    return schedule[np.minimum(age, N_AGES - 1)]


def entered(
    in_home: Bools,
    sex: Ints,
    age: Ints,
    lsoa: Ints,
    ground: Ground,
    stay: Stays,
    timeline: Timeline,
    rng: np.random.Generator,
) -> Ints:
    """Return the day on which each person came to live in a care home: before the window, in it, or NEVER."""
    said = schedules()["care_homes"]
    days = timeline.last - timeline.first + 1
    before = timeline.first - 1 - np.floor(rng.standard_exponential(len(age), np.float32) * (said["years"] * YEAR))
    chance = by_sex_and_age("care_homes")[sex, np.minimum(age, N_AGES - 1)] * ground.residents.care_homes[lsoa]
    first = np.maximum(stay.came, timeline.first)
    day = first + 1 + np.floor(rng.random(len(age)) * (timeline.last - first))
    enters = ~in_home & (rng.random(len(age), np.float32) < chance * (days / YEAR / said["years"])) & (day < stay.left)
    return np.where(in_home, np.maximum(before, stay.birth), np.where(enters, day, NEVER)).astype(np.int32)
