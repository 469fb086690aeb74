"""Care of a few thousand made-up people, drawn once for each set of mechanisms and looked at by many tests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np
from made_place import real_ground

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.health import make_health
from doorstep.synthetic.mortality import draw_deaths
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import a_year_longer
from doorstep.synthetic.people import make_people, settle, shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline
from doorstep.synthetic.use import Lives, Setting, Use, make_use
from doorstep.synthetic.use.spells import is_emergency

PARAMETERS = Parameters("Sefton", people=27_000, seed=11)  # as many as one part can be
TIMELINE = Timeline.ending("2026-09", 24)


@dataclass(frozen=True)
class Drawn:
    """People of one draw and their care, in one part."""

    lives: Lives
    use: Use

    @property
    def years(self) -> Floats:
        """Each person's time in the window, in years."""
        return np.asarray(np.maximum(self.lives.stop - self.lives.start + 1, 0) / 365.25)

    def count(self, person: Ints, weight: Floats | None = None) -> Floats:
        """How many events each person has, or the sum of their weights."""
        return np.bincount(person, weight, self.lives.n).astype(float)

    @property
    def urgent(self) -> Facts:
        """Emergency spells admitted in the window."""
        spell = self.use.spell
        return spell.take(is_emergency(spell) & (spell.columns["admitted"] >= TIMELINE.first))


@cache
def lives() -> Lives:
    ground, streams = real_ground(), Streams(PARAMETERS.seed)
    (share,) = shares(ground, TIMELINE, PARAMETERS)
    own = streams.part(0)
    people = make_people(ground, TIMELINE, PARAMETERS, streams, share)
    health = make_health(people, TIMELINE, PARAMETERS, own)
    dies = draw_deaths(people, health, a_year_longer(TIMELINE), PARAMETERS, own)
    settle(people, np.where(dies <= TIMELINE.last, dies, NEVER))
    health.forget(people.stop(TIMELINE))
    return Lives.of(people, health, TIMELINE, PARAMETERS, dies)


@cache
def drawn(*without: str) -> Drawn:
    """Draw everybody's care, some mechanisms left out."""
    parameters = replace(PARAMETERS, without=without)
    own = replace(lives(), parameters=parameters)
    setting = Setting.of(real_ground(), parameters)
    return Drawn(own, make_use(own, setting, np.ones(own.n, bool), Streams(5).part(0)))


def older_rate_ratio(d: Drawn, events: Floats, band: int) -> float:
    """Mantel-Haenszel rate ratio of a frailty band against the fit, 65 to 95, by five years of age."""
    frailty, years = d.lives.frailty[0], d.years
    over = under = 0.0
    for age in range(65, 95, 5):
        rows = (d.lives.age >= age) & (d.lives.age < age + 5)
        frail, fit = rows & (frailty == band), rows & (frailty == 0)
        t1, t0 = years[frail].sum(), years[fit].sum()
        if t1 + t0 > 0:
            over += events[frail].sum() * t0 / (t1 + t0)
            under += events[fit].sum() * t1 / (t1 + t0)
    return over / under
