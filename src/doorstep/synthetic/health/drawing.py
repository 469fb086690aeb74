"""Drawing when each person gets each condition and deficit, as if nobody died.

A person's conditions keep company because their normal numbers share factors: a general one (`People.need`), a mental
one, and for the deficits of frailty one more. Deprived areas and practices that diagnose more add to all of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints, Singles
from doorstep.synthetic.health.medicines import polypharmacy_on, take_up
from doorstep.synthetic.health.model import FACTORS, OLDEST, STEPS_A_YEAR, Course, Model, deficit_course, model
from doorstep.synthetic.health.state import NO_DAY, Health, bands, count_conditions
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline

MEAN_YEARS_TO_END = 4.0
# Coded frailty is written down some time after it is reached, mostly of older people (the GP contract asks from 65 on).
MEAN_DAYS_TO_CODING = 400.0
CODED_FROM_AGE = 65
GOLDEN = 0.6180339887  # its multiples spread evenly over a year


class Onset(NamedTuple):
    """Who gets something by their last day, and when."""

    person: Ints
    day: Ints


class _Sharing(NamedTuple):
    """What decides the normal numbers of a part beside chance: where each person lives, is registered, and shares."""

    step: Ints
    decile: Ints
    practice: Ints
    factors: Singles
    habits: Singles
    deprivation: bool
    correlation: bool


def make_health(people: People, timeline: Timeline, parameters: Parameters, streams: Streams) -> Health:
    """Draw every condition, medicine and deficit of every person, up to each one's last day in the window."""
    what = model()
    until = people.stop(timeline)
    sharing = _sharing(people, until, what, parameters, streams)
    onsets = draw_onsets(what, people, until, sharing, streams("conditions"))
    rng = streams("health")
    onset = np.full((len(what.conditions), people.n), NO_DAY, np.int32)
    for row, condition in zip(onset, what.conditions, strict=True):
        if condition.drawn:
            who, day = onsets[condition.name]
            row[who] = _episodes(day, condition.since, until[who]) if condition.new_episodes else day
        elif condition.from_people:
            _from_people(row, condition.from_people, people, until)
    ended = _ends(what, onset, until, rng)
    medicine_on = take_up(what, people, onset, ended, until, streams("medicines"))
    deficit_on = _deficits(what, onsets, onset, medicine_on, people, until)
    reached = bands(deficit_on)
    _code_frailty(what, onset, reached, people, until, rng)
    return Health(
        conditions=what.names,
        onset=onset.T,
        ended=ended.T,
        count=count_conditions(onset, ended),
        objects=np.zeros(people.n, bool),
        deficit_on=deficit_on.T,
        band_from=reached.T,
        medicine_on=medicine_on.T,
        frailty=(deficit_on < NO_DAY).sum(axis=0, dtype=np.int8),
        factor=sharing.factors.T,
        until=until.astype(np.int32),
    )


def _sharing(people: People, until: Ints, what: Model, parameters: Parameters, streams: Streams) -> _Sharing:
    years = np.clip((until - people.birth) / YEAR, 0, OLDEST - 1)
    step = np.ceil(years * STEPS_A_YEAR).astype(np.intp) + people.sex.astype(np.intp) * (OLDEST * STEPS_A_YEAR)
    own = streams("factors").standard_normal((len(FACTORS) - 1, people.n), dtype=np.float32)
    return _Sharing(
        step=np.minimum(step, 2 * OLDEST * STEPS_A_YEAR - 1),
        decile=people.decile.astype(np.intp),
        practice=people.practice.astype(np.intp),
        factors=np.vstack([people.need.astype(np.float32)[None, :], own]),
        habits=practice_habits(people, what, parameters),
        deprivation=parameters.has("deprivation_gradient"),
        correlation=parameters.has("correlation"),
    )


def practice_habits(people: People, what: Model, parameters: Parameters) -> Singles:
    """How much more or less each practice diagnoses of each course, in standard deviations; the same for every part."""
    n = int(people.practice.max(initial=0)) + 1
    if not parameters.has("practice_variation"):
        return np.zeros((len(what.courses), n), np.float32)
    drawn = Streams(parameters.seed)("practices that diagnose").standard_normal((n, len(what.courses)), np.float32)
    return np.asarray(drawn.T * np.array([[course.practices] for course in what.courses], np.float32))


def draw_onsets(
    what: Model, people: People, until: Ints, sharing: _Sharing, rng: np.random.Generator
) -> dict[str, Onset]:
    """Draw each course: who gets it by the last day, and on which day."""
    parents = {course.parent for course in what.courses}
    kept: dict[str, Singles] = {}
    found: dict[str, Onset] = {}
    for k, course in enumerate(what.courses):
        z = _own_number(course, sharing, kept.get(course.parent), people.n, rng)
        if course.name in parents:
            kept[course.name] = z.copy()
        if sharing.deprivation and course.shift.any():
            z += course.shift.astype(np.float32)[sharing.decile]
        if course.practices:
            z += sharing.habits[k][sharing.practice]
        who = np.flatnonzero(z > what.thresholds[k].ravel()[sharing.step])
        found[course.name] = _days(course, what.ages, z[who], who, people, until)
    return found


def _own_number(course: Course, sharing: _Sharing, parent: Singles | None, n: int, rng: np.random.Generator) -> Singles:
    """A standard normal number for each person: the shared factors by their loads, the rest the person's own.

    z = sum of load x factor + sqrt(1 - sum of load^2) x own; with a parent, r x parent's + sqrt(1 - r^2) x that.
    """
    if parent is not None and course.follows >= 1:
        return parent.copy()
    loads = course.loads if sharing.correlation else (0.0, 0.0, 0.0)
    z: Singles = rng.standard_normal(n, dtype=np.float32)
    z *= np.float32(max(0.0, 1 - sum(load**2 for load in loads)) ** 0.5)
    for load, factor in zip(loads, sharing.factors, strict=True):
        if load:
            z += np.float32(load) * factor
    if parent is not None:
        z *= np.float32((1 - course.follows**2) ** 0.5)
        z += np.float32(course.follows) * parent
    return z


def _days(course: Course, ages: Floats, z: Singles, who: Ints, people: People, until: Ints) -> Onset:
    """Return who reaches the threshold by their last day, and the day: the age at which it had fallen to their number.

    What would have come before birth comes in the first year of life.
    """
    age = np.empty(len(who))
    women = people.sex[who] == 1
    for sex, rows in ((0, ~women), (1, women)):
        age[rows] = np.interp(-z[rows], -course.knots[sex], ages)
    age = np.maximum(age, course.first_age + (who * GOLDEN) % 1.0)
    day = (people.birth[who] + np.ceil(age * YEAR)).astype(np.int32)
    known = day <= until[who]
    return Onset(who[known], day[known])


def _episodes(day: Ints, since: int, until: Ints) -> Ints:
    """Let who had it before `since` have a new episode on some day after it, and be known from then."""
    later = since + ((np.arange(len(day)) * GOLDEN) % 1.0 * np.maximum(until - since, 0)).astype(np.int32)
    return np.where(day < since, later, day)


def _from_people(row: Ints, name: str, people: People, until: Ints) -> None:
    """Fill in what follows from where people live and whom they care for, by their last day."""
    day = people.care_home_from if name == "care_home" else _caring_since(people)
    there = (day < NEVER) & (day <= until)
    row[there] = day[there]


def _caring_since(people: People) -> Ints:
    """The day from which a carer is known as one: some time in the last years, later than the age of 16."""
    cares = people.carer_hours > 0
    spread = np.abs((people.birth * 31 + people.lsoa * 17) % 2500)
    start = np.maximum(people.birth + round(16 * YEAR), people.registered_from - spread)
    return np.where(cares, start, NEVER)


def _ends(what: Model, onset: Ints, until: Ints, rng: np.random.Generator) -> Ints:
    """Let a share of each condition that can resolve end after about `MEAN_YEARS_TO_END`."""
    ended = np.full_like(onset, NO_DAY)
    for row, has, condition in zip(ended, onset, what.conditions, strict=True):
        if condition.resolves:
            who = np.flatnonzero(has < NO_DAY)
            who = who[rng.random(len(who)) < condition.resolves]
            day = has[who] + 31 + (rng.standard_exponential(len(who)) * (MEAN_YEARS_TO_END * YEAR)).astype(np.int32)
            over = day <= until[who]
            row[who[over]] = day[over]
    return ended


def _deficits(
    what: Model, onsets: dict[str, Onset], onset: Ints, medicine_on: Ints, people: People, until: Ints
) -> Ints:
    """Return the day of each deficit, by deficit and person: the first of all that brings it."""
    found = np.full((len(what.deficits), people.n), NO_DAY, np.int32)
    at = {name: i for i, name in enumerate(what.names)}
    for row, deficit in zip(found, what.deficits, strict=True):
        for name in deficit.conditions:
            np.minimum(row, onset[at[name]], out=row)
        if deficit.people:
            np.minimum(row, onset[at["care_home_resident"]], out=row)
        if deficit.drawn:
            drawn = onsets[deficit_course(deficit.name)]
            row[drawn.person] = np.minimum(row[drawn.person], drawn.day)
        if deficit.medicines:
            np.minimum(row, polypharmacy_on(medicine_on, deficit.medicines), out=row)
    return found


def _code_frailty(
    what: Model, onset: Ints, reached: Ints, people: People, until: Ints, rng: np.random.Generator
) -> None:
    """Let a share of frail older people have their band coded, some time after they reach it."""
    willing = rng.random(people.n, dtype=np.float32) < what.frailty_coded
    for row, condition in zip(onset, what.conditions, strict=True):
        if condition.from_band:
            days = reached[condition.from_band - 1]
            who = np.flatnonzero(willing & (days < NO_DAY))
            wait = rng.standard_exponential(len(who)) * MEAN_DAYS_TO_CODING
            first = people.birth[who] + round(CODED_FROM_AGE * YEAR)
            day = (np.maximum(days[who], first) + wait).astype(np.int32)
            known: Bools = day <= until[who]
            row[who[known]] = day[known]
