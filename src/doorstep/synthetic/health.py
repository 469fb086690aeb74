"""Long-term conditions and lifelong coded history: who has what since when, and the codes that say so.

A person's chance of a condition is a logistic curve over age, shifted earlier in more deprived areas (about 13 years
between the most and the least deprived tenth) and by the person's own need, which the conditions of a person share.
Plausible, not calibrated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts, Words, by_day
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People, chosen
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR, Timeline

YEARS_A_DECILE = 1.44
YEARS_A_NEED = 6.0


class Course(NamedTuple):
    """How common a condition grows (`most`), the age by which half of that have it, how fast; how often re-coded."""

    most: float
    middle: float
    spread: float
    recodings: float = 2.0
    resolves: float = 0.0
    counts: bool = True


# By code list of the reference table `codes`; those that do not ship are passed over.
COURSES: dict[str, Course] = {
    "hypertension": Course(0.60, 64, 9, 3, 0.02),
    "diabetes": Course(0.20, 60, 10, 4, 0.03),
    "asthma": Course(0.075, 8, 4, 3, 0.15),
    "depression": Course(0.17, 26, 7, 2, 0.3),
    "coronary_heart_disease": Course(0.21, 77, 8),
    "copd": Course(0.10, 69, 8, 3, 0.02),
    "atrial_fibrillation": Course(0.22, 82, 7),
    "heart_failure": Course(0.16, 87, 7, 2, 0.02),
    "stroke": Course(0.12, 81, 8, 1),
    "tia": Course(0.05, 80, 8, 1),
    "chronic_kidney_disease": Course(0.38, 85, 7, 3, 0.05),
    "cancer_solid": Course(0.17, 76, 10, 1),
    "cancer_haematological": Course(0.02, 74, 10, 1),
    "dementia": Course(0.25, 89, 5, 2),
    "epilepsy": Course(0.009, 15, 10, 2, 0.1),
    "learning_disability": Course(0.006, 5, 2, 2),
    "serious_mental_illness": Course(0.011, 32, 8, 3, 0.05),
    "non_diabetic_hyperglycaemia": Course(0.14, 60, 10, 2),
    "osteoporosis": Course(0.10, 82, 7, 1),
    "fragility_fracture": Course(0.06, 84, 7, 1),
    "peripheral_arterial_disease": Course(0.05, 78, 8, 1),
    "palliative_care": Course(0.03, 91, 7, 2, 0.05),
    "rheumatoid_arthritis": Course(0.016, 60, 10, 2),
    "multiple_sclerosis": Course(0.002, 42, 8, 2),
    "chronic_liver_disease": Course(0.012, 55, 9, 1),
    "interstitial_lung_disease": Course(0.006, 76, 8, 1),
    "crohns_disease": Course(0.003, 32, 10, 1),
    "ulcerative_colitis": Course(0.005, 38, 10, 1),
    "autism": Course(0.012, 8, 3, 1, counts=False),
    "adhd": Course(0.015, 11, 4, 1, counts=False),
    "severe_obesity": Course(0.035, 42, 8, 1, counts=False),
    "unpaid_carer": Course(0.05, 50, 8, 1, 0.1, counts=False),
    "frailty_mild": Course(0.30, 85, 5, 1, counts=False),
    "frailty_moderate": Course(0.18, 90, 4, 1, counts=False),
    "frailty_severe": Course(0.10, 95, 4, 1, counts=False),
    "housebound": Course(0.18, 95, 5, 1, 0.1, counts=False),
    "care_home_resident": Course(0.12, 96, 4, 1, counts=False),
}
# Lists whose codes end a condition, where they are not called `<condition>.resolved`.
ENDINGS = {
    "serious_mental_illness": "serious_mental_illness.in_remission",
    "palliative_care": "palliative_care.not_indicated",
    "housebound": "housebound.no_longer",
    "unpaid_carer": "unpaid_carer.not_a_carer",
}
# Everyday entries that belong to no list: blood pressure, body mass index, smoking status, pulse, weight, height.
EVERYDAY = ("75367002", "60621009", "266919005", "8517006", "77176002", "78564009", "27113001", "50373000")
# Dissent from secondary use of GP patient identifiable data.
TYPE_1_OBJECTION = "827241000000103"


@dataclass
class Health:
    """`onset[p, c]` is the day on which person p got condition c, NO_DAY without it; `count` the long-term ones."""

    conditions: tuple[str, ...]
    onset: Ints
    ended: Ints
    count: Ints
    objects: Bools

    def forget(self, until: Ints) -> None:
        """Drop what would have come after each person's last day, and count again what is left."""
        late = self.onset > until[:, None]
        self.onset[late] = self.ended[late] = NO_DAY
        self.ended[self.ended > until[:, None]] = NO_DAY
        counted = np.array([COURSES[name].counts for name in self.conditions])
        self.count = ((self.onset < NO_DAY) & (self.ended == NO_DAY))[:, counted].sum(axis=1).astype(np.int8)

    def has(self, name: str) -> Bools:
        """Who has a condition at the end of the window."""
        return np.asarray(self.onset[:, self.conditions.index(name)] < NO_DAY)


NO_DAY = 1_000_000


def code_lists() -> dict[str, tuple[str, ...]]:
    """Return the SNOMED CT codes of every list that ships."""
    table = pq.read_table(
        reference.table("codes"), columns=["list_id", "code"], filters=[("system", "=", "snomedct")]
    ).sort_by([("list_id", "ascending"), ("code", "ascending")])
    found: dict[str, list[str]] = {}
    for name, code in zip(table["list_id"].to_pylist(), table["code"].to_pylist(), strict=True):
        found.setdefault(name, []).append(code)
    return {name: tuple(codes) for name, codes in found.items()}


def make_health(people: People, timeline: Timeline, parameters: Parameters, streams: Streams) -> Health:
    """Draw the day of onset, and of an end, of every condition of every person."""
    rng = streams("conditions")
    lists = code_lists()
    names = tuple(name for name in COURSES if name in lists)
    shift = YEARS_A_DECILE * (5.5 - people.decile) * parameters.has("deprivation_gradient")
    shift = shift + YEARS_A_NEED * people.need * parameters.has("correlation")
    onset = np.full((people.n, len(names)), NO_DAY, dtype=np.int32)
    ended = onset.copy()
    for i, name in enumerate(names):
        onset[:, i] = np.minimum(_onset(COURSES[name], people.birth, shift, rng), NO_DAY)
        ended[:, i] = _end(COURSES[name], onset[:, i], rng)
    health = Health(names, onset, ended, np.zeros(people.n, np.int8), np.zeros(people.n, bool))
    health.forget(people.stop(timeline))
    return health


def _onset(course: Course, birth: Ints, shift: Floats, rng: np.random.Generator) -> Ints:
    """Invert the logistic curve: the age at which a person's own uniform number is reached, less the shift."""
    u = rng.random(len(birth)) / course.most
    inside = np.clip(u, 1e-12, 1 - 1e-12)
    age = course.middle + course.spread * np.log(inside / (1 - inside)) - shift
    age = np.maximum(age, rng.random(len(birth)))
    return np.where(u < 1, birth + age * YEAR, NO_DAY).astype(np.int64)


def _end(course: Course, onset: Ints, rng: np.random.Generator) -> Ints:
    day = onset + 30 + rng.exponential(4 * YEAR, len(onset)).astype(np.int64)
    ends = (rng.random(len(onset)) < course.resolves) & (onset < NO_DAY)
    return np.where(ends, day, NO_DAY).astype(np.int32)


def object_to_sharing(health: Health, rate: float, may: Bools, streams: Streams) -> None:
    """Let some people register a Type 1 objection."""
    health.objects = chosen(rate, may, streams("type 1 objections"))


def make_coded(
    people: People,
    health: Health,
    timeline: Timeline,
    parameters: Parameters,
    streams: Streams,
    programme: tuple[Ints, Ints, tuple[str, ...], Ints],
) -> Facts:
    """Draw every coded entry: onsets, re-codings, ends, everyday entries and programme work.

    `programme` is persons, days, the codes it may use, and positions among them.
    """
    rng = streams("coded entries")
    lists = code_lists()
    parts: list[tuple[Ints, Ints, Ints]] = []
    words: list[str] = []
    until = people.stop(timeline)
    for i, name in enumerate(health.conditions):
        parts += _entries(COURSES[name], health.onset[:, i], health.ended[:, i], until, lists, name, words, rng)
    parts.append(_everyday(people, until, parameters.rates.background_codes, words, rng))
    person, day, codes, position = programme
    parts.append((person, day, position + len(words)))
    words += codes
    person, day, code = (np.concatenate([p[k] for p in parts]) for k in range(3))
    facts = Facts(
        "coded", person.astype(np.int32), day.astype(np.int32), {"code": Words(code.astype(np.int32), tuple(words))}
    )
    return by_day(facts)


def _entries(
    course: Course,
    onset: Ints,
    ended: Ints,
    until: Ints,
    lists: dict[str, tuple[str, ...]],
    name: str,
    words: list[str],
    rng: np.random.Generator,
) -> list[tuple[Ints, Ints, Ints]]:
    has = np.flatnonzero(onset < NO_DAY)
    last = np.minimum(until[has], ended[has])
    again = np.repeat(np.arange(len(has)), rng.poisson(course.recodings, len(has)))
    later = onset[has[again]] + (rng.random(len(again)) * (last[again] - onset[has[again]])).astype(np.int64)
    person = np.concatenate([has, has[again]])
    out = [(person, np.concatenate([onset[has], later]), _pick(lists[name], len(person), words, rng))]
    ending = lists.get(ENDINGS.get(name, f"{name}.resolved"))
    if ending:
        over = np.flatnonzero(ended < NO_DAY)
        out.append((over, ended[over].astype(np.int64), _pick(ending, len(over), words, rng)))
    return out


def _pick(codes: tuple[str, ...], n: int, words: list[str], rng: np.random.Generator) -> Ints:
    """Choose codes of a list, a few of them far more often than the rest; they are appended to `words`."""
    start = len(words)
    words.extend(codes)
    return start + (len(codes) * rng.random(n) ** 4).astype(np.int64)


def _everyday(
    people: People, until: Ints, mean: float, words: list[str], rng: np.random.Generator
) -> tuple[Ints, Ints, Ints]:
    age = np.clip((until - people.birth) / YEAR, 0, 95)
    expected = (0.3 + age / 50) * np.exp(0.2 * people.need)
    person = np.repeat(np.arange(people.n), rng.poisson(mean * expected / expected.mean()))
    span = np.minimum(until[person] - people.birth[person], 25 * YEAR)
    day = until[person] - (span * rng.random(len(person)) ** 1.5).astype(np.int64)
    return person, day, _pick(EVERYDAY, len(person), words, rng)


def with_objections(coded: Facts, people: People, health: Health, timeline: Timeline) -> Facts:
    """Add the entry that says so for everyone with a Type 1 objection."""
    who = np.flatnonzero(health.objects)
    code: Words = coded.columns["code"]
    day = np.minimum(np.maximum(people.birth[who], people.registered_from[who] - 1), people.stop(timeline)[who])
    columns = {
        "code": Words(
            np.concatenate([code.at, np.full(len(who), len(code.words), np.int32)]), (*code.words, TYPE_1_OBJECTION)
        )
    }
    person = np.concatenate([coded.person, who.astype(np.int32)])
    return by_day(Facts("coded", person, np.concatenate([coded.day, day.astype(np.int32)]), columns))


def make_medicines(people: People, health: Health, timeline: Timeline, months: int, streams: Streams) -> Facts:
    """Draw issues of repeat medicines, eight weeks apart, over the last months of the window.

    The drug codes are made-up numbers and no dm+d concepts.
    """
    rng = streams("medicines")
    repeats = rng.poisson(0.25 + 0.8 * health.count)
    person = np.repeat(np.arange(people.n), np.minimum(repeats, 14))
    drug = (len(MEDICINES) * rng.random(len(person)) ** 2).astype(np.int32)
    span = timeline.cuts[0] - round(months * YEAR / 12)
    phase = rng.integers(0, 56, len(person))
    rounds = (timeline.last - span) // 56 + 1
    day = (span + phase)[:, None] + 56 * np.arange(rounds)[None, :]
    given = (day <= people.stop(timeline)[person][:, None]) & (day >= people.registered_from[person][:, None])
    line = np.broadcast_to(np.arange(len(person))[:, None], day.shape)[given]
    return by_day(
        Facts(
            "medicine",
            person[line].astype(np.int32),
            day[given].astype(np.int32),
            {"code": Words(drug[line], MEDICINES), "record": line.astype(np.int32)},
        )
    )


MEDICINES = tuple(f"99900000{i:02d}" for i in range(60))
