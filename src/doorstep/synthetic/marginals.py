"""Margins of each area fitted to one another: age, sex and ethnic group, by iterative proportional fitting.

Ages are the area's own (mid-2020 estimates), ethnic groups its own (Census 2021), sexes those of its council by three
broad ages (Census 2021). How age and ethnic group go together in England is our seed (`data/people.toml`). Sex is
published for councils only and depends on nothing else here, so that fitting it to the council's ages by itself gives
what fitting it together with the rest would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.schedules import GROUPS, MAN, N_AGES, WOMAN, ethnic_seed, schedules

BROAD_AGES = (0, 16, 65, 75, N_AGES)  # first age of each group whose share of women is known, and the end
AT_A_TIME = 500  # areas fitted in one call: about 2 MB
NEAR, MOST_ROUNDS = 1e-10, 1000  # of the largest total


def fitted(ages: Floats, groups: Floats) -> Floats:
    """Return people by area, ethnic group and age with these margins and the association of the seed.

    `ages` has a row for each area and a column for each single year, `groups` a column for each of GROUPS; the groups
    are brought to the ages' totals, for the two tables differ by a year.
    """
    groups = (groups + 1e-6) * (ages.sum(axis=1) / (groups + 1e-6).sum(axis=1))[:, None]
    parts = [_fit(ages[i : i + AT_A_TIME], groups[i : i + AT_A_TIME]) for i in range(0, len(ages), AT_A_TIME)]
    return np.concatenate(parts)


def _fit(ages: Floats, groups: Floats) -> Floats:
    seed = np.broadcast_to(ethnic_seed(), (len(ages), len(GROUPS), N_AGES))
    return _raked(seed, [[0, 1], [0, 2]], [groups, ages])


def _raked(seed: Floats, margins: Sequence[Sequence[int]], totals: Sequence[Floats]) -> Floats:
    """Scale the seed to each margin in turn until all hold: `totals[k]` are the sums left along axes `margins[k]`.

    The answer has these margins and the seed's odds ratios, and is the only table that has (Deming and Stephan, Annals
    of Mathematical Statistics 1940; 11: 427-444). The packages that do it loop over cells in Python or come as source
    that a compiler must build on every machine: this is all of it, for many areas at once.
    """
    found = np.array(seed, dtype=np.float64)
    others = [tuple(a for a in range(found.ndim) if a not in kept) for kept in margins]
    for _ in range(MOST_ROUNDS):
        furthest = 0.0
        for away, total in zip(others, totals, strict=True):
            held = found.sum(axis=away)
            factor = np.divide(total, held, out=np.zeros_like(held), where=held > 0)
            found *= np.expand_dims(factor, away)
            furthest = max(furthest, float(np.abs(held - total).max() / max(float(total.max()), 1e-300)))
        if furthest < NEAR:
            break
    return found


def broad_shares(counts: Floats, ages: Floats) -> Floats:
    """Return the share of women among people of 0-15, 16-64, 65-74 and 75 and over in one council.

    `counts` has women and men for the table's rows younger, working age, older (to 74) and all. People of 75 and over
    are what is left of all when the others are taken away; how many of the rest are children, `ages` says.
    """
    young, working, older = counts[:3, 0] / counts[:3].sum(axis=1)
    rest = counts[3] - counts[1] - counts[2]
    children = ages[:16].sum() / (ages[:16].sum() + ages[75:].sum())
    oldest = (rest[0] / rest.sum() - children * young) / (1 - children)
    return np.asarray(np.clip([young, working, older, oldest], 0.3, 0.8))


def shares_of_women(ages: Floats, women: Floats, life_table: Floats) -> Floats:
    """Return the share of women at each age of one council, its broad ages as published.

    `ages` is people by age, `women` the share of women in each of BROAD_AGES; `life_table` survivors by sex (men first)
    and age, whose ratio says how the share changes within a broad age.
    """
    alive = life_table * np.array([[schedules()["sex"]["boys_per_girl"]], [1.0]])
    share = np.empty(N_AGES)
    for first, stop, of_women in zip(BROAD_AGES[:-1], BROAD_AGES[1:], women, strict=True):
        people = ages[first:stop] + 1e-9
        totals = people.sum() * np.array([1 - of_women, of_women])
        by_sex = _raked(alive[:, first:stop], [[0], [1]], [totals, people])
        share[first:stop] = by_sex[WOMAN] / (by_sex[MAN] + by_sex[WOMAN])
    return share


def cumulated(people: Floats) -> Any:
    """Return cumulated shares along the flattened rest of each row, as 32-bit numbers that end in 1."""
    flat = people.reshape(len(people), -1)
    total = np.cumsum(flat, axis=1)
    return (total / total[:, -1:]).astype(np.float32)


def systematic(first: Ints, offset: Floats, size: Ints) -> Floats:
    """Return evenly spread numbers between 0 and 1: person i of a run of `size` gets (i + offset) / size."""
    return np.asarray((first + offset) / size)
