"""Frames of made-up worlds, straight from what was drawn: need, use before and after, with and without under-use."""

from __future__ import annotations

import dataclasses
from functools import cache
from typing import Any

import numpy as np

from doorstep.planning.admission_risk.frame import PARTS, Frame
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.part import Part, joined_parts, make_part
from doorstep.synthetic.people import shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline
from doorstep.synthetic.use.spells import is_emergency
from doorstep.synthetic.worlds import World

SEED, YEAR = 5, 365
TIMELINE = Timeline.ending("2026-09", 24)
UNDERUSE = World.named("deprived_underuse")
FREE = dataclasses.replace(UNDERUSE, sought=(1.0,) * 5)
TYPES = {
    "age": "INTEGER", "sex": "VARCHAR", "imd_quintile": "INTEGER", "ethnic_group": "VARCHAR", "ltc_count": "INTEGER",
    "efi_count": "INTEGER", "emergency_admissions_12m": "INTEGER", "ed_attendances_12m": "INTEGER",
    "outpatient_attendances_12m": "INTEGER", "gp_appointments_12m": "INTEGER",
}  # fmt: skip
CONDITIONS = ("diabetes", "dementia", "heart_failure", "cancer", "hypertension", "depression")


@cache
def drawn(world: World, people: int) -> Part:
    parameters = Parameters("Sefton", people=people, seed=SEED, world=world)
    ground, streams = Ground.of("Sefton"), Streams(SEED)
    found = shares(ground, TIMELINE, parameters)
    return joined_parts([make_part(ground, TIMELINE, parameters, streams, share) for share in found])


@cache
def world_frame(world: World, people: int) -> Frame:
    """The adults of the window's middle: a year before it to look at, a year after it to predict."""
    part, day = drawn(world, people), TIMELINE.first + YEAR
    here = (part.people.start(TIMELINE) <= day) & (part.people.stop(TIMELINE) > day) & (part.people.age_on(day) >= 18)
    columns = _need(part, day) | _use(part, day)
    after = columns["after_emergency_admissions"][here] > 0
    died = (part.people.died > day) & (part.people.died <= day + YEAR)
    left = ~died & (part.people.stop(TIMELINE) < TIMELINE.last)
    taken = {name: values[here] for name, values in columns.items()}
    return Frame(taken, after, died[here], left[here], {"day": "2025-09-30", "until": "2026-09-30", "known_by": "x"})


def _need(part: Part, day: int) -> dict[str, Any]:
    people, n = part.people, part.people.n
    known = [c for c in CONDITIONS if c in part.health.conditions]
    return {
        "age": people.age_on(day).astype(np.int64),
        "sex": np.where(people.sex == 1, "2", "1").astype(object),
        "imd_quintile": ((people.decile + 1) // 2).astype(np.int64),
        "ethnic_group": np.full(n, "White", dtype=object),
        "ltc_count": part.health.count_at(day).astype(np.int64),
        "efi_count": part.health.deficits_at(day).astype(np.int64),
        "part": np.random.default_rng(1).integers(0, PARTS, n),
    } | {name: part.health.has_at(name, day) for name in known}


def _use(part: Part, day: int) -> dict[str, Any]:
    spells, facts = part.facts["spell"], part.facts
    emergency = spells.take(np.flatnonzero(is_emergency(spells)))
    uses = {
        "emergency_admissions": (emergency.person, emergency.columns["admitted"]),
        "ed_attendances": (facts["emergency"].person, facts["emergency"].day),
        "outpatient_attendances": (facts["outpatient"].person, facts["outpatient"].day),
        "gp_appointments": (facts["appointment"].person, facts["appointment"].day),
    }
    found = {}
    for name, (person, on) in uses.items():
        n = part.people.n
        found[f"before_{name}"] = np.bincount(person[(on > day - YEAR) & (on <= day)], minlength=n)
        found[f"after_{name}"] = np.bincount(person[(on > day) & (on <= day + YEAR)], minlength=n)
        found[f"{name}_12m"] = found[f"before_{name}"]
    return found
