"""Whom the programme of a world serves: each person is looked at once, and served by a chance that stands in truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.timeline import NEVER, day_of, first_of, months_of
from doorstep.synthetic.use import Lives
from doorstep.synthetic.use.lives import MOST_CONDITIONS
from doorstep.synthetic.use.spells import is_emergency
from doorstep.synthetic.worlds.model import World

MOST_RECENT = 3  # emergency admissions beyond these raise the chance no further


@dataclass(frozen=True)
class Selection:
    """One entry a person: the wave of the practice (-1: never starts), the day of being looked at (NEVER: never, having
    left before or come after), the chance of being served on that day, the same as far as extracts can tell, and
    whether it came to pass. In practices that never start the chance is what it would have been.
    """

    wave: Ints
    looked: Ints
    chance: Floats
    seen_chance: Floats
    served: Bools

    @property
    def start(self) -> Ints:
        """The day from which each person is served, NEVER for the others."""
        return np.where(self.served, self.looked, NEVER).astype(np.int32)


def select(world: World, lives: Lives, spells: Facts, wave: Ints, factor: Bools, rng: np.random.Generator) -> Selection:
    """Look everybody up on the first day of a month, and serve some; `wave` is each person's practice's."""
    looked = _looked(world, lives, wave, rng)
    there = (looked >= lives.start) & (looked <= lives.stop)
    recent = admissions_before(spells, looked, world.look_back, lives.n)
    odds, eligible = _odds(world, lives, looked, recent)
    eligible &= there
    chance = np.where(eligible, _chance(odds + world.chance.unmeasured * factor), 0.0)
    served = (rng.random(lives.n) < chance) & (wave >= 0)
    return Selection(wave, np.where(there, looked, NEVER), chance, np.where(eligible, _chance(odds), 0.0), served)


def _looked(world: World, lives: Lives, wave: Ints, rng: np.random.Generator) -> Ints:
    """The day on which each person would be looked at; where the practice never starts, as if in the first wave."""
    first = int(months_of(np.array([lives.timeline.first]))[0])
    month = np.array([one.month for one in world.waves])[np.maximum(wave, 0)] - 1
    month = month + rng.integers(0, world.looked_over, lives.n)
    days = np.array([day_of(first_of(first + m)) for m in range(int(month.max(initial=0)) + 1)])
    looked: Ints = days[month]
    return looked


def admissions_before(spells: Facts, day: Ints, back: int, n: int) -> Ints:
    """Count each person's emergency admissions in the so many days before a day of theirs."""
    admitted = spells.columns["admitted"]
    recent = is_emergency(spells) & (admitted < day[spells.person]) & (admitted >= day[spells.person] - back)
    return np.bincount(spells.person[recent], minlength=n)


def _odds(world: World, lives: Lives, day: Ints, recent: Ints) -> tuple[Floats, Bools]:
    """Return the log odds of being served without the unmeasured factor, and who may be."""
    given, least = world.chance, world.least
    age = lives.people.age_on(day)
    conditions, frailty = lives.health.count_at(day), lives.health.frailty_band(day)
    odds = given.intercept + given.age_decade * (age - 65) / 10
    odds = odds + given.conditions * np.minimum(conditions, MOST_CONDITIONS)
    odds = odds + np.asarray(given.frailty)[frailty] + given.recent * np.minimum(recent, MOST_RECENT)
    may = (age >= least.age) & (conditions >= least.conditions) & (frailty >= least.frailty) & (recent >= least.recent)
    return odds, may


def _chance(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-odds)))
