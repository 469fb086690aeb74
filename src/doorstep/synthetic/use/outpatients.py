"""Outpatient appointments: in a person's own specialties, after stays in hospital, and before births."""

from __future__ import annotations

from functools import cache

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.facts import Facts, Lists, Words
from doorstep.synthetic.use.chances import Shorts, draw, look_up, normal, raw, repeated, unit
from doorstep.synthetic.use.coding import book
from doorstep.synthetic.use.constants import OLDEST, assumed, by_age, by_age_pairs
from doorstep.synthetic.use.days import Window, working
from doorstep.synthetic.use.lives import MOST_CONDITIONS, Lives
from doorstep.synthetic.use.setting import Setting
from doorstep.synthetic.use.stays import EMERGENCY, MATERNITY, Stays

# main specialty, treatment function (the first is not always a consultant's); weights for children, the young, older
CLINICS = {
    ("100", "100"): (1, 6, 6), ("101", "101"): (2, 4, 8), ("110", "110"): (10, 12, 12), ("120", "120"): (10, 6, 5),
    ("130", "130"): (9, 7, 20), ("300", "300"): (0.1, 5, 5), ("300", "301"): (2, 7, 5), ("300", "302"): (1, 4, 4),
    ("320", "320"): (1, 5, 10), ("330", "330"): (5, 7, 6), ("340", "340"): (2, 4, 7), ("361", "361"): (0.5, 1.5, 2.5),
    ("400", "400"): (1, 5, 4), ("410", "410"): (0.5, 5, 5), ("430", "430"): (0.01, 0.1, 4), ("502", "502"): (0.5, 9, 2),
    ("800", "800"): (0.5, 3, 5), ("420", "420"): (38, 0.1, 0.01), ("950", "320"): (0.5, 2, 2),
    ("950", "307"): (0.5, 2.5, 2.5), ("960", "650"): (5, 8, 6), ("960", "653"): (0.5, 0.5, 1.5),
    ("960", "840"): (3, 1, 2), ("560", "560"): (0.001, 0.01, 0.001), ("501", "501"): (0.001, 0.01, 0.001),
    ("", "100"): (0.3, 0.3, 0.3),
}  # fmt: skip
_MIDWIFE, _OBSTETRICS = list(CLINICS).index(("560", "560")), list(CLINICS).index(("501", "501"))
_FAVOURITES = 0.6  # of appointments, in the person's own two specialties
_PROCEDURES = 24  # of the codes of stays, those done in clinics


def make_outpatients(lives: Lives, setting: Setting, stays: Stays, window: Window, rng: np.random.Generator) -> Facts:
    """Draw appointments, kept or not, with consultants and others."""
    given = assumed()["outpatients"]
    person = repeated(rng.poisson(_rate(lives, setting, rng) * window.years))
    day = window.draw(len(person), rng)
    after, on = after_stays(lives, stays, given["after_discharge"], (14, 75), rng)
    mother, visit = _antenatal(lives, stays, given["antenatal"], rng)
    person = np.concatenate([person, after, mother])
    pregnant = np.arange(len(person)) >= len(person) - len(mother)
    day = np.concatenate([day, on, visit]).astype(np.int32)
    there = lives.there(person, day)
    person, day, pregnant = person[there], day[there], pregnant[there]
    clinic = _clinics(lives, person, rng)
    clinic[pregnant] = np.where(unit(rng, int(pregnant.sum())) < 0.6, _MIDWIFE, _OBSTETRICS)
    n = len(person)
    attended = draw(rng, n, given["attended"])
    done = (attended.at < 2) & (unit(rng, n) < 0.2)
    length = np.where(done, 1 + raw(rng, n).astype(np.int64) % 3, 0)
    start = np.concatenate([[0], np.cumsum(length)])
    procedures = book(lives.health.conditions).procedures
    columns = {
        "provider": setting.providers(lives.people.lsoa_at(person, day), rng),
        "attended": attended,
        "first_attendance": draw(rng, n, given["first"]),
        "main_specialty": Words(clinic, tuple(main for main, _ in CLINICS)),
        "function": Words(clinic, tuple(function for _, function in CLINICS)),
        "procedures": Lists(start, (raw(rng, int(start[-1])) % _PROCEDURES).astype(np.int16), procedures),
    }
    return Facts("outpatient", person.astype(np.int32), day, columns)


def _rate(lives: Lives, setting: Setting, rng: np.random.Generator) -> Floats:
    """Yearly appointments that follow no stay and no pregnancy."""
    given = assumed()["outpatients"]
    age = np.clip(lives.age, 0, OLDEST)
    rate = by_age(given["ages"], given["shape"]).take(age)
    rate = rate * np.where(lives.people.sex == 1, by_age_pairs(given["women"]).take(age), 1)
    rate = rate * np.exp(given["conditions"] * np.minimum(lives.conditions[-1], MOST_CONDITIONS))
    spread = given["spread"] * lives.parameters.has("heavy_tail")
    rate = rate * np.exp(spread * normal(rng, lives.n) - spread**2 / 2)
    rate = rate * setting.practice["outpatients"].take(lives.people.practice) * setting.fitted.outpatients_level
    return np.asarray(rate if lives.barrier is None else rate * lives.barrier)


def after_stays(
    lives: Lives, stays: Stays, mean: float, between: tuple[int, int], rng: np.random.Generator
) -> tuple[Ints, Ints]:
    """Draw what follows emergency stays that ended alive: person and a working day so many days after."""
    alive = np.flatnonzero((stays.kind == EMERGENCY) & ~stays.last)
    again = alive[repeated(rng.poisson(mean * lives.parameters.has("recent_use"), len(alive)))]
    gap = between[0] + (unit(rng, len(again)) ** 2 * (between[1] - between[0])).astype(np.int32)
    return stays.person[again], working(stays.discharged[again] + gap, rng)


def _antenatal(lives: Lives, stays: Stays, mean: float, rng: np.random.Generator) -> tuple[Ints, Ints]:
    births = np.flatnonzero(stays.kind == MATERNITY)
    again = births[repeated(rng.poisson(mean, len(births)))]
    before = (unit(rng, len(again)) * 200).astype(np.int32) + 1
    return stays.person[again], working(stays.admitted[again] - before, rng)


@cache
def _clinic_tables() -> Shorts:
    """Look-up tables for children, younger and older adults."""
    return np.stack([look_up([weights[group] for weights in CLINICS.values()]) for group in range(3)])


def _clinics(lives: Lives, person: Ints, rng: np.random.Generator) -> Ints:
    """Draw clinics: most are the person's own two, so that people go where they have been before."""
    tables = _clinic_tables()
    group = np.digitize(lives.age, (16, 55))
    favourites = np.stack([tables[group, raw(rng, lives.n)] for _ in range(2)])
    bits, u = raw(rng, len(person)), unit(rng, len(person))
    own = favourites[(bits & 1), person]
    return np.where(u < _FAVOURITES, own, tables[group[person], bits]).astype(np.int16)
