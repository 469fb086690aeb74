"""General practice and network appointments: by age, illness and practice, and after hospital."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.use.chances import Shorts, look_up, normal, raw, repeated, unit
from doorstep.synthetic.use.constants import OLDEST, assumed, by_age, by_age_pairs
from doorstep.synthetic.use.days import Window, working
from doorstep.synthetic.use.hazards import ill_and_frail
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.outpatients import after_stays
from doorstep.synthetic.use.setting import Setting
from doorstep.synthetic.use.stays import Stays

STATUSES = ("Attended", "DNA", "Cancelled", "Unknown")
ROLES = ("GP", "Other Practice staff", "Unknown")
SETTINGS = ("General Practice", "Primary Care Network", "Extended Access Provision")
MODES = ("Face-to-Face", "Telephone", "Home Visit", "Video/Online", "Unknown")
CATEGORIES = {
    "General Consultation Acute": 0.34,
    "General Consultation Routine": 0.33,
    "Planned Clinics": 0.12,
    "Planned Clinical Procedure": 0.10,
    "Clinical Triage": 0.06,
    "Structured Medication Review": 0.02,
    "Unplanned Clinical Activity": 0.03,
}
PROGRAMME_CATEGORY = "Care Home Needs Assessment & Personalised Care and Support Planning"
_VISITED_AT_HOME = 75  # years from which home visits are more common
_OPENS, _SLOTS, _SLOT = 8 * 60, 60, 10


def make_appointments(
    lives: Lives, setting: Setting, stays: Stays, attendances: Facts, window: Window, rng: np.random.Generator
) -> Facts:
    """Draw appointments, kept or not; those of the programme come on top (`with_programme`)."""
    given = assumed()["general_practice"]
    person = repeated(rng.poisson(_rate(lives, setting, rng) * window.years))
    day = window.draw(len(person), rng)
    after, on = after_stays(lives, stays, given["after_discharge"], (1, 35), rng)
    share = given["after_attendance"] * lives.parameters.has("recent_use")
    seen = np.flatnonzero(unit(rng, attendances.n) < share)
    soon = working(attendances.day[seen] + 1 + raw(rng, len(seen)) % 14, rng)
    person = np.concatenate([person, after, attendances.person[seen]]).astype(np.int32)
    day = np.concatenate([day, on, soon])
    there = lives.there(person, day)
    person, day = person[there], day[there]
    return Facts("appointment", person, day, _columns(lives, person, rng))


def _rate(lives: Lives, setting: Setting, rng: np.random.Generator) -> Floats:
    """Yearly appointments of each person that follow no stay or attendance."""
    given, constants = assumed()["general_practice"], setting.fitted
    age = np.clip(lives.age, 0, OLDEST)
    rate = by_age(given["ages"], given["shape"]).take(age)
    rate = rate * np.where(lives.people.sex == 1, by_age_pairs(given["women"]).take(age), 1)
    rate = rate * ill_and_frail(lives, constants.gp_frailty, constants.gp_conditions).mean(axis=0)
    rate = rate * np.exp(given["deprivation"] * (5.5 - lives.people.decile))
    spread = given["spread"] * lives.parameters.has("heavy_tail")
    rate = rate * np.exp(spread * normal(rng, lives.n) - spread**2 / 2)
    rate = rate * setting.practice["general_practice"].take(lives.people.practice) * constants.gp_level
    rate = rate * _dying(lives)
    return np.asarray(rate if lives.barrier is None else rate * lives.barrier)


def _dying(lives: Lives) -> Floats:
    """How much more those who die soon are seen, on average over the window."""
    if not lives.parameters.has("death_near_use"):
        return np.ones(lives.n)
    excess = (np.mean(assumed()["death"]["emergency"]) - 1) * assumed()["death"]["planned_share"]
    left = np.clip((lives.dies - lives.start) / 365.25, 0.5, None)
    return np.where(lives.dies < lives.timeline.last + 365, 1 + excess / np.maximum(left, 1), 1.0)


@cache
def _tables() -> dict[str, Shorts]:
    given = assumed()["general_practice"]
    names = {"role": ("roles", ROLES), "setting": ("settings", SETTINGS), "status": ("statuses", STATUSES)}
    found = {name: look_up([given[key][w] for w in words]) for name, (key, words) in names.items()}
    modes = [look_up([given[key][w] for w in MODES]) for key in ("modes", "modes_of_the_old")]
    return found | {"category": look_up(list(CATEGORIES.values())), "mode": np.concatenate(modes)}


def _columns(lives: Lives, person: Ints, rng: np.random.Generator) -> dict[str, Any]:
    n, tables = len(person), _tables()
    old = (lives.age > _VISITED_AT_HOME).astype(np.int32) << 16
    slot = (raw(rng, n) % np.uint16(_SLOTS)).astype(np.int16)
    return {
        "status": Words(tables["status"].take(raw(rng, n)), STATUSES),
        "role": Words(tables["role"].take(raw(rng, n)), ROLES),
        "setting": Words(tables["setting"].take(raw(rng, n)), SETTINGS),
        "category": Words(tables["category"].take(raw(rng, n)), (*CATEGORIES, PROGRAMME_CATEGORY)),
        "mode": Words(tables["mode"].take(old.take(person) + raw(rng, n)), MODES),
        "minute": np.int16(_OPENS) + np.int16(_SLOT) * slot,
        "programme": np.zeros(n, bool),
    }


def with_programme(appointments: Facts, programme: Facts, rng: np.random.Generator) -> Facts:
    """Add the appointments of the programme's own staff.

    Nobody has another appointment on a day of programme work, so that leaving that work out removes nothing else.
    `programme` has the days on which programme work is coded, and `with_gp` for those that are a GP's.
    """
    kept = appointments.take(~_on_same_day(appointments, programme))
    m, with_gp = programme.n, programme.columns["with_gp"]

    def also(name: str, theirs: Ints | int) -> Words:
        column: Words = kept.columns[name]
        return Words(np.concatenate([column.at, np.broadcast_to(theirs, m)]).astype(np.int16), column.words)

    slots = (_OPENS + _SLOT * rng.integers(0, _SLOTS, m)).astype(np.int16)
    columns = {
        "status": also("status", 0),
        "role": also("role", np.where(with_gp, 0, 1)),
        "setting": also("setting", np.where(with_gp, 0, 1)),
        "category": also("category", len(CATEGORIES)),
        "mode": also("mode", 0),
        "minute": np.concatenate([kept.columns["minute"], slots]),
        "programme": np.concatenate([kept.columns["programme"], np.ones(m, bool)]),
    }
    person = np.concatenate([kept.person, programme.person]).astype(np.int32)
    return Facts("appointment", person, np.concatenate([kept.day, programme.day]).astype(np.int32), columns)


def _on_same_day(appointments: Facts, programme: Facts) -> Bools:
    """Mark appointments on a day of programme work; only members' are compared."""
    member = np.zeros(int(max(appointments.person.max(initial=0), programme.person.max(initial=0))) + 1, bool)
    member[programme.person] = True
    same = member.take(appointments.person)
    span = np.int64(100_000)
    rows = np.flatnonzero(same)
    mine = appointments.person[rows] * span + appointments.day[rows]
    same[rows] = np.isin(mine, programme.person * span + programme.day)
    return same
