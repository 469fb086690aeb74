"""Entries that say what somebody assessed or asked: frailty scores, the supplier's index, the need of an interpreter.

None of them puts anyone on a register of conditions. All numbers here are ours, for want of published ones. A score of
the Clinical Frailty Scale follows how frail somebody is and whether they live in a care home, with a spread of its own:
it is no function of the frailty index, as in life.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.ground import CATEGORIES
from doorstep.synthetic.health.state import NO_DAY, Health
from doorstep.synthetic.people import People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR, Timeline

SCORE = "763264000"
LEVELS = (
    "1129331000000101", "1129341000000105", "1129351000000108", "1129361000000106", "1129371000000104",
    "1129381000000102", "1129391000000100", "1129401000000102", "1129411000000100",
)  # fmt: skip
# No public source names the code under which a supplier writes the index, so this one is made up, in a range of
# identifiers that nobody was given. A home reads it through its own list `efi2`.
EFI2 = "19999999103"
EFI2_LIST = f"code,term,system\n{EFI2},Electronic frailty index 2 score (a made-up supplier's own code),snomedct\n"
PLAIN = "315594003"
# Languages (interpreter needed): the code, and the ethnic categories whose people may speak it here.
LANGUAGES: dict[str, str] = {
    "203901000000102": "C", "353881000000101": "C", "203601000000106": "H", "203961000000103": "HJ",
    "204211000000109": "J", "203321000000107": "K", "204131000000109": "L", "204021000000108": "N",
    "203381000000108": "R", "203821000000101": "R", "203311000000101": "LS", "203421000000104": "LS",
    "203701000000104": "S", "203911000000100": "CN",
}  # fmt: skip
CODES = (SCORE, *LEVELS, EFI2, PLAIN, *LANGUAGES)
_NUMBER = {code: i for i, code in enumerate(CODES)}

FROM_AGE = 65
SCORED = (0.03, 0.20, 0.45, 0.60)  # ever scored, by band of the frailty index, in a practice that scores everyone
SCORED_IN_HOMES = 0.75
LEVEL = (2.6, 4.2, 5.4, 6.5)  # mean level by band
LEVEL_IN_HOMES, SPREAD_OF_PEOPLE, SPREAD_OF_SCORES = 0.8, 0.8, 0.4
LAST_MONTHS, TERMINALLY = 180, 0.35  # days before death, and the share of scores in them that are 9
MORE_SCORES, YEARS_OF_SCORES = 0.7, 4.0
BY_LEVEL = 0.4  # share of practices that code the level; the others write the score as a number
WITH_EFI2 = 0.6  # share of practices whose supplier writes the index, once a year
EFI2_AT_NOUGHT, EFI2_A_DEFICIT, SPREAD_OF_EFI2 = 0.0085, 0.015, 0.25
NEEDS_INTERPRETER = {"C": 0.12, "H": 0.05, "J": 0.12, "K": 0.18, "L": 0.10, "N": 0.08, "R": 0.15, "S": 0.15, "A": 0.001}
PLAIN_SHARE = 0.4


class Assessed(NamedTuple):
    """Some entries: who, when, the position in CODES, and the number that the entry carries (NaN where none)."""

    person: Ints
    day: Ints
    code: Ints
    value: Floats


def make_assessed(people: People, health: Health, timeline: Timeline, streams: Streams, seed: int) -> Assessed:
    """Draw every such entry of a part; its practices' habits are the same in every part."""
    eager, by_level, supplier = habits(seed, int(people.practice.max(initial=0)) + 1)[people.practice].T
    rng = streams("assessed")
    scores = _scores(people, health, timeline, 0.4 + 0.6 * eager, by_level < BY_LEVEL, rng)
    indices = _indices(people, health, timeline, supplier, rng)
    parts = (scores, indices, _interpreters(people, timeline, rng))
    return Assessed(*(np.concatenate([part[k] for part in parts]) for k in range(4)))


def habits(seed: int, n_practices: int) -> Floats:
    """Three numbers from 0 to 1 a practice: how eager to score, how it codes a score, its supplier and day."""
    return np.asarray(Streams(seed)("practices that assess").random((n_practices, 3)))


def _scores(
    people: People, health: Health, timeline: Timeline, eager: Floats, by_level: Bools, rng: np.random.Generator
) -> Assessed:
    until = people.stop(timeline)
    from_day = people.birth + round(FROM_AGE * YEAR)
    at_home = np.asarray(SCORED)[health.frailty_band(until)]
    chance = np.where(people.care_home_from <= until, SCORED_IN_HOMES, at_home) * eager
    who = np.flatnonzero((rng.random(people.n, dtype=np.float32) < chance) & (from_day <= until))
    person = np.repeat(who, 1 + np.minimum(rng.poisson(MORE_SCORES, len(who)), 3))
    span = np.minimum(until[person] - from_day[person], round(YEARS_OF_SCORES * YEAR))
    day = (until[person] - rng.random(len(person)) * span).astype(np.int32)
    _, once = np.unique(person * np.int64(2**20) + day, return_index=True)
    person, day = person[once], day[once]
    level = _levels(people, health, person, day, rng)
    coded = by_level[person]
    code = np.where(coded, np.asarray([_NUMBER[c] for c in LEVELS])[level - 1], _NUMBER[SCORE])
    return Assessed(person.astype(np.int32), day, code, np.where(coded, np.nan, level).astype(np.float64))


def _levels(people: People, health: Health, person: Ints, day: Ints, rng: np.random.Generator) -> Ints:
    """The score of each person on a day, 1 to 8; 9 for some of those near their death."""
    band = (day >= health.band_from[person].T).sum(axis=0)
    own = rng.normal(0, SPREAD_OF_PEOPLE, people.n)[person] + rng.normal(0, SPREAD_OF_SCORES, len(person))
    mean = np.asarray(LEVEL)[band] + np.where(people.care_home_from[person] <= day, LEVEL_IN_HOMES, 0) + own
    ends = (people.died[person] - day <= LAST_MONTHS) & (rng.random(len(person)) < TERMINALLY)
    return np.where(ends, 9, np.clip(np.rint(mean), 1, 8)).astype(np.int64)


def _indices(
    people: People, health: Health, timeline: Timeline, supplier: Floats, rng: np.random.Generator
) -> Assessed:
    """The supplier's index of everyone of 65 and over, once a year on the practice's own day."""
    noise = np.exp(rng.normal(0, SPREAD_OF_EFI2, people.n))
    found = []
    run = timeline.last - (supplier * 1000).astype(np.int32) % 365
    while (run >= timeline.first).any():
        there = (run >= np.maximum(people.registered_from, timeline.first)) & (run <= people.stop(timeline))
        old = people.birth + round(FROM_AGE * YEAR) <= run
        who = np.flatnonzero((supplier < WITH_EFI2) & there & old)
        deficits = health.deficits_at(run)[who]
        value = np.clip((EFI2_AT_NOUGHT + EFI2_A_DEFICIT * deficits) * noise[who], 0.005, 0.9)
        code = np.full(len(who), _NUMBER[EFI2])
        found.append(Assessed(who.astype(np.int32), run[who].astype(np.int32), code, np.round(value, 3)))
        run = run - 365
    return Assessed(*(np.concatenate([part[k] for part in found]) for k in range(4)))


def _interpreters(people: People, timeline: Timeline, rng: np.random.Generator) -> Assessed:
    """Adults who need an interpreter, coded within a year of joining the practice."""
    chance = np.array([NEEDS_INTERPRETER.get(c, 0.005) for c in CATEGORIES], np.float32)[people.ethnicity]
    day = people.registered_from + rng.integers(0, 365, people.n)
    adult = people.birth + round(18 * YEAR) <= day
    needs = (rng.random(people.n, dtype=np.float32) < chance) & adult & (day <= people.stop(timeline))
    who = np.flatnonzero(needs)
    pick, plain = rng.random(len(who)), rng.random(len(who)) < PLAIN_SHARE
    code = np.full(len(who), _NUMBER[PLAIN])
    for at, category in enumerate(CATEGORIES):
        spoken = [_NUMBER[c] for c, categories in LANGUAGES.items() if category in categories]
        theirs = (people.ethnicity[who] == at) & ~plain
        if spoken and theirs.any():
            code[theirs] = np.asarray(spoken)[(pick[theirs] * len(spoken)).astype(int)]
    return Assessed(who.astype(np.int32), day[who].astype(np.int32), code, np.full(len(who), np.nan))


class Recorded(NamedTuple):
    """What the record last says of each person: day NO_DAY where nothing."""

    cfs: Ints
    cfs_on: Ints
    efi2: Floats
    efi2_on: Ints
    needs_interpreter: Bools


def recorded(coded: Facts, n_people: int) -> Recorded:
    """Return, from the true coded entries, what a reader of the whole record must find of each person."""
    word: Words = coded.columns["code"]
    place = np.array([_NUMBER.get(code, -1) for code in word.words])[word.at]
    level = np.where(place == _NUMBER[SCORE], np.nan_to_num(coded.columns["value"]), place - _NUMBER[LEVELS[0]] + 1)
    is_score = (place >= 0) & (place <= _NUMBER[LEVELS[-1]])
    cfs, cfs_on = _latest(coded, is_score, level, n_people)
    efi2, efi2_on = _latest(coded, place == _NUMBER[EFI2], coded.columns["value"], n_people)
    needs = np.zeros(n_people, bool)
    needs[coded.person[place >= _NUMBER[PLAIN]]] = True
    return Recorded(cfs.astype(np.int64), cfs_on, efi2, efi2_on, needs)


def _latest(coded: Facts, rows: Bools, value: Floats, n_people: int) -> tuple[Floats, Ints]:
    """The value and day of each person's latest row among some."""
    at = np.flatnonzero(rows)
    at = at[np.argsort(coded.day[at], kind="stable")]
    found, on = np.zeros(n_people), np.full(n_people, NO_DAY, np.int32)
    found[coded.person[at]], on[coded.person[at]] = value[at], coded.day[at]
    return found, on
