"""Age, sex and ethnic group of the people of a part, each area's margins met as closely as whole people allow."""

from __future__ import annotations

from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.ground import CATEGORIES_OF_GROUP
from doorstep.synthetic.residents import Residents
from doorstep.synthetic.schedules import GROUPS, N_AGES
from doorstep.synthetic.timeline import YEAR

OLDEST = 107
_BEYOND_90 = 2.6  # mean years beyond 90 of who is 90 or over
_N_CATEGORIES = np.array([len(shares) for shares in CATEGORIES_OF_GROUP.values()])
_FIRST_CATEGORY = np.concatenate([[0], np.cumsum(_N_CATEGORIES)])[:-1]
_CATEGORY_EDGES = np.concatenate(
    [
        g + np.cumsum(list(shares.values())) / sum(shares.values())
        for g, shares in enumerate(CATEGORIES_OF_GROUP.values())
    ]
)


def traits(
    residents: Residents, lsoa: Ints, is_new: bool, raked: bool, rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    """Draw ethnic group, age in years and sex for people in order of LSOA.

    Newcomers (`is_new`) have the ages of people who move. Within each area people are spread evenly over the joint
    distribution (group, then age; sex in turn), so that each margin is off by a person or two. Not `raked`: from the
    average of all areas, each margin by itself.
    """
    if not len(lsoa):
        nobody = np.zeros(0, np.int64)
        return nobody, nobody, nobody
    areas, start, size = np.unique(lsoa, return_index=True, return_counts=True)
    row = np.repeat(np.arange(len(areas)), size)
    u = (np.arange(len(lsoa)) - np.repeat(start, size) + np.repeat(rng.random(len(areas)), size)) / np.repeat(
        size, size
    )
    table = residents.joint[areas] if raked else np.repeat(residents.apart, len(areas), axis=0)
    if is_new:
        table = _weighted(table, np.tile(residents.mobility, len(GROUPS)))
    group, age = np.divmod(within(table, row, u), N_AGES)
    women = residents.women[residents.council[lsoa], age] if raked else np.full(len(lsoa), residents.share_of_women)
    total = np.floor(np.cumsum(women) + rng.random())
    sex = np.diff(total, prepend=np.floor(total[0] - women[0] + 1e-12)).clip(0, 1)
    return group, _aged(age, rng), sex.astype(np.int64)


def _weighted(table: Any, weight: Floats) -> Any:
    total = np.cumsum(np.diff(table, axis=1, prepend=0) * weight, axis=1)
    return total / total[:, -1:]


def within(table: Any, row: Ints, u: Floats) -> Ints:
    """Return for each person the column of the table's cumulated `row` at the number `u` (0 to below 1)."""
    flat = (table.astype(np.float64) + np.arange(len(table))[:, None]).ravel()
    column = np.searchsorted(flat, row + np.minimum(u, 1 - 1e-9), side="right") - row * table.shape[1]
    return np.asarray(np.clip(column, 0, table.shape[1] - 1))


def _aged(age: Ints, rng: np.random.Generator) -> Ints:
    oldest = np.flatnonzero(age == N_AGES - 1)
    age[oldest] += np.minimum(rng.exponential(_BEYOND_90, len(oldest)).astype(int), OLDEST - N_AGES + 1)
    return age


def categories(group: Ints, u: Floats) -> Ints:
    """Return the ethnic category (a position in CATEGORIES) of people of each group, by a number from 0 to below 1."""
    last = _FIRST_CATEGORY + _N_CATEGORIES - 1
    return np.asarray(np.minimum(np.searchsorted(_CATEGORY_EDGES, group + u, side="right"), last[group]))


def groups_of(category: Ints) -> Ints:
    """Return the ethnic group of each category."""
    return np.searchsorted(_FIRST_CATEGORY, category, side="right") - 1


def days_old(age: Ints, rng: np.random.Generator) -> Ints:
    """Return days since birth for ages in whole years."""
    return np.floor((age + rng.random(len(age))) * YEAR).astype(np.int32)


def blocks(lsoa: Ints, least: int) -> Ints:
    """Number the areas of people in order of LSOA, small areas put together until they have `least` people or so."""
    changes: Bools = np.diff(lsoa, prepend=-1) != 0
    if least <= 1:
        return np.cumsum(changes) - 1
    start = np.maximum.accumulate(np.where(changes, np.arange(len(lsoa)), 0))
    return start // least
