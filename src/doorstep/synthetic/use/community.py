"""Community contacts, each within a referral: by age and frailty, in care homes, and after hospital."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.use.chances import draw, normal, repeated, unit
from doorstep.synthetic.use.constants import OLDEST, assumed, by_age, by_age_pairs
from doorstep.synthetic.use.days import Window, working
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.setting import COMMUNITY, Setting
from doorstep.synthetic.use.stays import EMERGENCY, Stays


def make_community(
    lives: Lives, setting: Setting, stays: Stays, served: Bools, window: Window, rng: np.random.Generator
) -> tuple[Facts, Ints]:
    """Draw contacts, each within a referral; return them and the day on which each referral was received.

    Only those `served` have any: who lives outside the Place is another area's, whose contacts are not sent here.
    """
    given = assumed()["community"]
    person = repeated(rng.poisson(_rate(lives, setting, rng) * served * window.years))
    day = window.draw(len(person), rng)
    after, on = _after_stays(lives, stays, served, rng)
    person, day = np.concatenate([person, after]).astype(np.int32), np.concatenate([day, on])
    there = lives.there(person, day)
    person, day = person[there], day[there]
    contacts = rng.geometric(1 / given["contacts"], len(person))
    referral = repeated(contacts)
    gap = np.ceil(given["days_between"] * rng.standard_exponential(len(referral), dtype=np.float32)).astype(np.int32)
    since = np.cumsum(gap)
    first = np.concatenate([[0], np.cumsum(contacts)])[:-1]
    on = working(day[referral] + since - (since - gap)[first][referral], rng)
    kept = on <= lives.stop[person[referral]]
    provider = (unit(rng, len(person)) < 0.18).astype(np.int16)
    columns = {
        "provider": Words(provider[referral][kept], COMMUNITY),
        "referral": referral[kept],
        "attended": draw(rng, int(kept.sum()), given["attended"]),
    }
    return Facts("community", person[referral][kept], on[kept].astype(np.int32), columns), day


def _rate(lives: Lives, setting: Setting, rng: np.random.Generator) -> Floats:
    """Yearly referrals that follow no stay."""
    given = assumed()["community"]
    rate = by_age(given["ages"], given["shape"]).take(np.clip(lives.age, 0, OLDEST))
    if lives.parameters.has("frailty_use"):
        rate = rate * np.asarray(given["frailty"]).take(lives.frailty).mean(axis=0)
    rate = rate * np.where(lives.care_home, given["care_home"], 1) * setting.fitted.community_level
    spread = given["spread"] * lives.parameters.has("heavy_tail")
    rate = rate * np.exp(spread * normal(rng, lives.n) - spread**2 / 2)
    return np.asarray(rate if lives.barrier is None else rate * lives.barrier)


def _after_stays(lives: Lives, stays: Stays, served: Bools, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Refer some people on discharge from an emergency stay of a night or more, the older the more."""
    alive = np.flatnonzero(
        (stays.kind == EMERGENCY) & ~stays.last & (stays.discharged > stays.admitted) & served[stays.person]
    )
    age = lives.ages(stays.person[alive], stays.discharged[alive])
    chance = by_age_pairs(assumed()["community"]["after_discharge"]).take(age) * lives.parameters.has("recent_use")
    referred = alive[unit(rng, len(alive)) < chance]
    return stays.person[referred], stays.discharged[referred] + (3 * unit(rng, len(referred))).astype(np.int32)
