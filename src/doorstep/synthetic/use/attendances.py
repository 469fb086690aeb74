"""Attendances at emergency departments: one before every admission through the department, the rest on their own."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.use.chances import Shorts, draw, look_up, raw, unit
from doorstep.synthetic.use.constants import assumed, by_age_pairs
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.setting import URGENT_TREATMENT, Setting
from doorstep.synthetic.use.spells import came_through_department

AMBULANCE = ("1048031000000100", "1048041000000109", "1048051000000107")
OTHER_ARRIVALS = ("1048071000000103", "1048061000000105", "1048021000000102", "")
ACUITIES = ("1064891000000107", "1064911000000105", "1064901000000108", "1077241000000103", "1077251000000100", "")
DISCHARGED = ("182992009", "")
_MAIN, _URGENT = ("01", "02"), ("03", "04")
_ACUITY = {"severe": (0.04, 0.26, 0.52, 0.13, 0.01, 0.04), "mild": (0.005, 0.065, 0.35, 0.43, 0.11, 0.04)}


def make_attendances(
    lives: Lives, setting: Setting, spells: Facts, person: Ints, day: Ints, often: Bools, rng: np.random.Generator
) -> tuple[Facts, Ints]:
    """Return attendances, and for each the position of the spell it led to (-1 for none).

    `person` and `day` are those of attendances that lead to no admission; `often` marks people in a time of heavy use.
    """
    there = lives.there(person, day) & (day >= lives.timeline.first)
    person, day = person[there], day[there]
    admitted = spells.columns["admitted"]
    led = np.flatnonzero(came_through_department(spells) & lives.there(spells.person, admitted))
    led = led[admitted[led] <= lives.timeline.last]
    who = np.concatenate([person, spells.person[led]]).astype(np.int32)
    on = np.concatenate([day, admitted[led]]).astype(np.int32)
    to = np.concatenate([np.full(len(person), -1), led])
    own: Words = spells.columns["provider"]
    provider = setting.providers(lives.people.lsoa_at(who, on), rng)
    provider.at[len(person) :] = own.at[led]
    return Facts("emergency", who, on, _columns(lives, setting, who, on, to >= 0, often[who], provider, rng)), to


def _columns(
    lives: Lives, setting: Setting, person: Ints, day: Ints, ill: Bools, often: Bools, provider: Words, rng: Any
) -> dict[str, Any]:
    n, given, constants = len(person), assumed()["emergency_attendance"], setting.fitted
    kinds = draw(rng, n, given["departments"])
    kinds = Words(np.where(ill, 0, kinds.at).astype(np.int16), kinds.words)
    main = np.isin(kinds.at, [kinds.words.index(k) for k in _MAIN])
    urgent = np.isin(kinds.at, [kinds.words.index(k) for k in _URGENT])
    chance = by_age_pairs(given["ambulance_ages"]).take(lives.ages(person, day))
    chance = chance * np.where(ill, given["ambulance_admitted"], 1) * np.where(often, constants.ambulance_heavy, 1)
    ambulance = (unit(rng, n) < np.minimum(chance, 0.95)) & main
    bits = raw(rng, n)
    by_road, otherwise, severe, mild = _tables()
    mode = np.where(ambulance, by_road.take(bits), len(AMBULANCE) + otherwise.take(bits))
    bits = raw(rng, n)
    acuity = np.where(ambulance | ill, severe.take(bits), mild.take(bits))
    minute = np.clip(rng.normal(14.5 * 60, 330, n), 0, 1439)
    return {
        "provider": Words(
            np.where(urgent, len(provider.words), provider.at).astype(np.int16), (*provider.words, URGENT_TREATMENT)
        ),
        "minute": minute.astype(np.int32),
        "department_type": kinds,
        "category": draw(rng, n, given["categories"]),
        "arrival_mode": Words(mode.astype(np.int16), (*AMBULANCE, *OTHER_ARRIVALS)),
        "acuity": Words(acuity.astype(np.int16), ACUITIES),
        "discharge_status": Words((unit(rng, n) < 0.1).astype(np.int16), DISCHARGED),
    }


@cache
def _tables() -> tuple[Shorts, Shorts, Shorts, Shorts]:
    return (
        look_up((0.95, 0.04, 0.01)),
        look_up((0.75, 0.10, 0.03, 0.12)),
        look_up(_ACUITY["severe"]),
        look_up(_ACUITY["mild"]),
    )
