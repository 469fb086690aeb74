"""Who gives unpaid care, for how many hours a week, and to whom of the people here."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.schedules import N_AGES, by_age, schedules, unpaid_care


def carer_hours(age: Ints, sex: Ints, factors: Floats, can: Bools, rng: np.random.Generator) -> Ints:
    """Return the band of hours each person cares: 0 none, 1 up to 19, 2 from 20 to 49, 3 from 50.

    `factors[i, band]` brings the schedule by sex and age to the level of the person's area.
    """
    chance = unpaid_care()[:, sex, np.clip(age, 0, N_AGES - 1)] * factors.T
    u = rng.random(len(age), np.float32)
    total = np.cumsum(chance[::-1], axis=0)  # the most hours first
    hours = np.where(u < total[0], 3, np.where(u < total[1], 2, np.where(u < total[2], 1, 0)))
    return np.where(can, hours, 0).astype(np.int8)


def cared_for(
    hours: Ints, age: Ints, lsoa: Ints, partner: Ints, mother: Ints, at_own_home: Bools, rng: np.random.Generator
) -> Ints:
    """Return whom each carer cares for: partner, mother, an older person of the same LSOA, or -1, somebody else.

    `at_own_home` marks people who do not live in a care home.
    """
    said = schedules()["unpaid_care"]
    found = np.full(len(age), -1, np.int32)
    who = np.flatnonzero(hours > 0)
    u = rng.random((3, len(who)), np.float32)
    years = np.clip(age[who], 0, N_AGES - 1)
    neighbour = _older_neighbour(who, age, lsoa, at_own_home, rng)
    found[who] = np.where(u[0] < said["of_older_neighbour"], neighbour, -1)
    of_mother = (mother[who] >= 0) & (u[1] < said["of_mother"])
    found[who[of_mother]] = mother[who[of_mother]]
    of_partner = (partner[who] >= 0) & (u[2] < by_age("unpaid_care", "of_partner", "of_partner_ages")[years])
    found[who[of_partner]] = partner[who[of_partner]]
    return found


def _older_neighbour(who: Ints, age: Ints, lsoa: Ints, at_own_home: Bools, rng: np.random.Generator) -> Ints:
    """Return somebody old of the carer's LSOA, at least 18 years older; -1 where the one who was drawn is not."""
    old = np.flatnonzero((age >= schedules()["unpaid_care"]["neighbour_from"]) & at_own_home)
    if not len(old):
        return np.full(len(who), -1)
    old = old[np.argsort(lsoa[old], kind="stable")]
    first, stop = (np.searchsorted(lsoa[old], lsoa[who], side=side) for side in ("left", "right"))
    pick = old[np.minimum(first + (rng.random(len(who)) * (stop - first)).astype(int), len(old) - 1)]
    return np.where((stop > first) & (age[pick] >= age[who] + 18), pick, -1)
