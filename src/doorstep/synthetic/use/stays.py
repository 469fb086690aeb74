"""Stays in hospital: who is admitted when, for what kind of care, and how long they stay."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Words
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.use.causes import causes, draw_causes, present_at
from doorstep.synthetic.use.chances import normal, repeated, unit
from doorstep.synthetic.use.constants import OLDEST, assumed, by_age, by_age_pairs
from doorstep.synthetic.use.days import Window
from doorstep.synthetic.use.hazards import age_group, illness
from doorstep.synthetic.use.lives import MOST_CONDITIONS, Lives
from doorstep.synthetic.use.setting import Setting

KINDS = ("emergency", "ordinary", "day_case", "maternity", "regular", "birth", "antenatal")
EMERGENCY, ORDINARY, DAY_CASE, MATERNITY, REGULAR, BIRTH, ANTENATAL = range(7)
WEEKS_TO_REGISTER = 8  # a baby born here is registered with a practice within these
_ONCE_A_DAY = 100_000


@dataclass(frozen=True)
class Stays:
    """One entry a stay: `cause` is a position among the causes of emergency admission, -1 for other kinds.

    `last` marks stays in which the person dies; `present` has a column for each condition.
    """

    person: Ints
    admitted: Ints
    discharged: Ints
    kind: Ints
    cause: Ints
    provider: Words
    last: Bools
    present: Bools

    @property
    def n(self) -> int:
        """How many stays there are."""
        return len(self.person)

    def take(self, rows: Ints | Bools) -> Stays:
        """Return the stays at those rows."""
        provider = self.provider.take(rows)
        person, admitted, discharged = self.person[rows], self.admitted[rows], self.discharged[rows]
        kind, cause, last, present = self.kind[rows], self.cause[rows], self.last[rows], self.present[rows]
        return Stays(person, admitted, discharged, kind, cause, provider, last, present)


def make_stays(
    lives: Lives, setting: Setting, person: Ints, day: Ints, window: dict[str, Window], rng: np.random.Generator
) -> Stays:
    """Put together emergency admissions (`person`, `day`) and all other stays; nobody is in two places at once."""
    ends, last_day = _last_stays(lives, rng)
    before = day < last_day[person]
    parts = [
        (person[before], day[before], EMERGENCY),
        (ends, last_day[ends], EMERGENCY),
        *_planned(lives, setting, window, rng),
        *_births(lives, rng),
    ]
    who = np.concatenate([p[0] for p in parts]).astype(np.int32)
    admitted = np.concatenate([p[1] for p in parts]).astype(np.int32)
    kind = np.repeat([p[2] for p in parts], [len(p[0]) for p in parts]).astype(np.int8)
    last = np.zeros(len(who), bool)
    last[int(before.sum()) : int(before.sum()) + len(ends)] = True
    since = lives.people.registered_from[who] - np.where(kind == BIRTH, WEEKS_TO_REGISTER * 7, 0)
    there = (since <= admitted) & (admitted <= lives.stop[who])
    stays = _with_lengths(lives, setting, who[there], admitted[there], kind[there], last[there], rng)
    return _apart(stays.take(stays.discharged >= lives.timeline.first), last_day)


def _with_lengths(
    lives: Lives, setting: Setting, person: Ints, admitted: Ints, kind: Ints, last: Bools, rng: np.random.Generator
) -> Stays:
    present = present_at(lives, person, admitted)
    provider = setting.providers(lives.people.lsoa_at(person, admitted), rng)
    urgent = np.flatnonzero(kind == EMERGENCY)
    cause = np.full(len(person), -1, np.int16)
    cause[urgent] = draw_causes(lives, setting, person[urgent], admitted[urgent], present[urgent], rng)
    nights = np.zeros(len(person), np.int32)
    nights[urgent] = _nights(lives, setting, person[urgent], admitted[urgent], cause[urgent], provider.at[urgent], rng)
    for which, chance in ((ORDINARY, "planned"), (MATERNITY, "birth"), (BIRTH, "birth"), (ANTENATAL, "birth")):
        rows = np.flatnonzero(kind == which)
        nights[rows] = np.minimum(rng.geometric(assumed()["stay"][chance], len(rows)), 40) - (which != ORDINARY)
    died, left = lives.people.died[person], lives.people.registered_to[person]
    stop = np.where(died <= left, np.maximum(died - 1, admitted), left)
    discharged = np.where(last, died, np.minimum(admitted + nights, stop))
    return Stays(person, admitted, discharged.astype(np.int32), kind, cause, provider, last, present)


def _nights(
    lives: Lives, setting: Setting, person: Ints, day: Ints, cause: Ints, provider: Ints, rng: np.random.Generator
) -> Ints:
    """Draw how many nights an emergency stay lasts: none for some, lognormal for the others."""
    given, age, n = assumed()["stay"], lives.ages(person, day), len(person)
    years = np.clip((day - lives.timeline.first) // 365, 0, len(lives.years) - 1)
    frail = np.array([0, 0.4, 0.75, 1], np.float32).take(lives.frailty[years, person]) * setting.fitted.stay_frailty
    frail = frail * lives.parameters.has("frailty_use")
    centre = setting.fitted.stay_level + given["age"] * age + frail
    centre = centre + np.log(causes().stay.take(cause) * setting.stay.take(provider))
    length = np.exp(centre + given["spread"] * normal(rng, n))
    none = unit(rng, n) < by_age_pairs(given["none_ages"]).take(age) * np.exp(-0.5 * frail)
    return np.where(none, 0, np.minimum(np.ceil(length), given["longest"])).astype(np.int32)


def _last_stays(lives: Lives, rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Return who dies in hospital, and for everyone the day of their last admission (NEVER for the others)."""
    died = lives.people.died
    share = assumed()["emergency_admission"]["died_in_hospital"]
    dead = np.flatnonzero((died < NEVER) & (died == lives.stop))
    who = dead[unit(rng, len(dead)) < share]
    since = np.maximum(lives.people.registered_from[who], lives.people.birth[who])
    last = np.full(lives.n, NEVER, np.int32)
    last[who] = np.maximum(died[who] - rng.geometric(assumed()["stay"]["last"], len(who)), since)
    return who.astype(np.int32), last


def _planned(
    lives: Lives, setting: Setting, window: dict[str, Window], rng: np.random.Generator
) -> list[tuple[Ints, Ints, int]]:
    """Draw planned admissions over the whole window; those while the person is not there are dropped later."""
    given = assumed()["planned"]
    ill = illness(setting.fitted.admission_conditions * lives.parameters.has("frailty_use")).astype(np.float32)
    z = normal(rng, lives.n)
    spread = np.float32(given["spread"] * lives.parameters.has("heavy_tail"))
    own = ill[age_group(lives), np.minimum(lives.conditions[-1], MOST_CONDITIONS)] * np.exp(
        spread * z - spread * spread / 2
    )
    own = own if lives.barrier is None else own * lives.barrier
    levels = {"ordinary": setting.fitted.ordinary_level, "day_case": setting.fitted.day_case_level}
    parts = []
    for name, level in levels.items():
        rate = by_age(given["ages"], given[name]).take(np.clip(lives.age, 0, OLDEST)) * own * level
        person = repeated(rng.poisson(rate * window["planned"].years))
        parts.append((person, window["planned"].draw(len(person), rng), KINDS.index(name)))
    return [*parts, _regular(lives, window["planned"], rng)]


def _regular(lives: Lives, window: Window, rng: np.random.Generator) -> tuple[Ints, Ints, int]:
    """A few adults come for treatment every week or so for as long as they are there, never twice a day."""
    given = assumed()["planned"]
    who = np.flatnonzero((lives.age >= 18) & (unit(rng, lives.n) < given["regular_people"]))
    adults = 0.79  # of all people
    a_year = given["a_year"]["regular"] / (given["regular_people"] * adults)
    person = np.repeat(who, rng.poisson(a_year * window.years, len(who)))
    once = np.unique(person * np.int64(_ONCE_A_DAY) + window.draw(len(person), rng))
    return once // _ONCE_A_DAY, once % _ONCE_A_DAY, REGULAR


def _births(lives: Lives, rng: np.random.Generator) -> list[tuple[Ints, Ints, int]]:
    """A stay for each birth of the window: the baby's own, and its mother's; some before the birth."""
    people, timeline = lives.people, lives.timeline
    baby = np.flatnonzero((people.birth >= timeline.first) & (people.birth <= timeline.last))
    mother = people.mother[baby]
    known = mother >= 0
    day, mother = people.birth[baby[known]], mother[known]
    _, first = np.unique(mother * np.int64(_ONCE_A_DAY) + day, return_index=True)  # twins have one
    mother, day = mother[first], day[first]
    early = np.flatnonzero(unit(rng, len(mother)) < assumed()["planned"]["antenatal"])
    before = day[early] - 7 - (150 * unit(rng, len(early))).astype(np.int32)
    return [
        (baby, people.birth[baby], BIRTH),
        (mother, day, MATERNITY),
        (mother[early], before, ANTENATAL),
    ]


def _apart(stays: Stays, last_day: Ints) -> Stays:
    """End stays before the last one begins, and drop those that begin while another is under way."""
    discharged = np.where(stays.last, stays.discharged, np.minimum(stays.discharged, last_day[stays.person]))
    stays = replace(stays, discharged=discharged.astype(np.int32))
    stays = stays.take(stays.last | (stays.admitted < last_day[stays.person]))
    order = np.lexsort((stays.kind, stays.admitted, stays.person))
    stays = stays.take(order)
    reached = np.maximum.accumulate(stays.person * np.int64(_ONCE_A_DAY) + stays.discharged)
    begins = stays.person * np.int64(_ONCE_A_DAY) + stays.admitted
    free = np.ones(stays.n, bool)
    free[1:] = begins[1:] >= reached[:-1]
    return stays.take(free | stays.last)


def bed_days(stays: Stays, lives: Lives) -> Floats:
    """Return the nights of each stay that fall in the window."""
    timeline = lives.timeline
    begins = np.maximum(stays.admitted, timeline.first)
    return np.asarray(np.maximum(np.minimum(stays.discharged, timeline.last + 1) - begins, 0), dtype=float)
