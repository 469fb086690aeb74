"""What made-up people show, beside the published figures: registers by deprivation, multimorbidity, frailty, medicines.

People are measured on the last day of the window, those registered and alive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.health import NO_DAY, Health, make_health, make_medicines
from doorstep.synthetic.health.registers import registers
from doorstep.synthetic.mortality import draw_deaths
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People, make_people, settle, shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import YEAR, Timeline

REGISTERS = {  # the register that each code of the contract names; obesity is the condition, as its codes are few
    "AF": "atrial_fibrillation_dx_only", "AST": "asthma_dx_only", "CAN": "cancer", "CHD": "coronary_heart_disease",
    "CKD": "chronic_kidney_disease", "COPD": "copd_dx_only", "DEM": "dementia", "DEP": "depression", "DM": "diabetes",
    "EP": "epilepsy_dx_only", "HF": "heart_failure", "HYP": "hypertension", "LD": "learning_disability_dx_only",
    "MH": "serious_mental_illness_dx_only", "NDH": "non_diabetic_hyperglycaemia_dx_only", "OST": "osteoporosis_dx_only",
    "PAD": "peripheral_arterial_disease", "PC": "palliative_care", "RA": "rheumatoid_arthritis", "STIA": "stroke_tia",
}  # fmt: skip


CHANGED_BY_DEATH = ("registered_to", "moved_on", "lsoa_2", "practice_2", "practice_2_from", "doubly_registered")


class Drawn(NamedTuple):
    """One part drawn: its people (deaths settled), and their health."""

    people: People
    health: Health


@dataclass
class Sample:
    """Made-up people of England, who stay the same while their illness is drawn again and again."""

    parameters: Parameters
    ground: Ground
    timeline: Timeline
    parts: list[People] = field(default_factory=list)

    @classmethod
    def of(cls, system: str, people: int, seed: int) -> Sample:
        """Draw the people."""
        parameters = Parameters(system=system, people=people, seed=seed)
        sample = cls(parameters, Ground.of_system(system), Timeline.ending(parameters.end, parameters.months))
        streams = Streams(seed)
        for share in shares(sample.ground, sample.timeline, parameters):
            sample.parts.append(make_people(sample.ground, sample.timeline, parameters, streams, share))
        return sample

    def draw(self, deaths: bool = True) -> list[Drawn]:
        """Draw everyone's illness, and their deaths, from the model that holds now."""
        return [self._drawn(number, people, deaths) for number, people in enumerate(self.parts)]

    def _drawn(self, number: int, people: People, deaths: bool) -> Drawn:
        own = Streams(self.parameters.seed).part(number)
        health = make_health(people, self.timeline, self.parameters, own)
        changed = {name: getattr(people, name).copy() for name in CHANGED_BY_DEATH}
        copy = People(**{**people.__dict__, **changed})
        if deaths:
            settle(copy, draw_deaths(copy, health, self.timeline, self.parameters, own))
            health.forget(copy.stop(self.timeline))
        return Drawn(copy, health)


def here(drawn: Drawn, timeline: Timeline) -> Ints:
    """Positions of those registered and alive on the last day."""
    people = drawn.people
    return np.flatnonzero((people.registered_from <= timeline.last) & (people.registered_to > timeline.last))


def ages(drawn: Drawn, timeline: Timeline) -> Floats:
    """Exact ages on the last day."""
    return np.asarray((timeline.last - drawn.people.birth) / YEAR)


def prevalence(
    parts: Sequence[Drawn], timeline: Timeline, first_ages: dict[str, int]
) -> dict[str, tuple[Floats, Floats]]:
    """Return, for each register, people on it and people of its ages, by decile of deprivation."""
    found = {code: (np.zeros(11), np.zeros(11)) for code in first_ages}
    for drawn in parts:
        who, age = here(drawn, timeline), ages(drawn, timeline)
        truth = registers(drawn.health, drawn.people.birth, timeline.last)
        for code, first in first_ages.items():
            rows = who[age[who] >= first]
            on = truth[REGISTERS[code]] if code in REGISTERS else drawn.health.has_at("obesity", timeline.last)
            decile = drawn.people.decile[rows]
            found[code][0][:] += np.bincount(decile, on[rows], minlength=11)
            found[code][1][:] += np.bincount(decile, minlength=11)
    return {code: (on[1:], people[1:]) for code, (on, people) in found.items()}


def level(name: str, first_age: float, parts: Sequence[Drawn], timeline: Timeline) -> float:
    """The share of people of at least an age with a condition."""
    on = n = 0
    for drawn in parts:
        who = here(drawn, timeline)
        who = who[ages(drawn, timeline)[who] >= first_age]
        on += int(drawn.health.has_at(name, timeline.last)[who].sum())
        n += len(who)
    return on / n


class Joined(NamedTuple):
    """Those registered and alive on the last day, all parts together."""

    age: Floats
    sex: Ints
    decile: Ints
    conditions: Ints
    deficits: Ints
    physical: Bools
    mental: Bools


MENTAL = ("depression", "anxiety", "serious_mental_illness", "dementia", "alcohol_dependence", "learning_disability")


def joined(parts: Sequence[Drawn], timeline: Timeline) -> Joined:
    """Put together what multimorbidity and frailty are measured by."""
    columns: list[tuple[Any, ...]] = []
    for drawn in parts:
        who, health, people = here(drawn, timeline), drawn.health, drawn.people
        mental = np.any([health.has_at(name, timeline.last) for name in MENTAL], axis=0)
        only_mental = np.isin(health.conditions, MENTAL)
        now = (health.onset <= timeline.last) & (health.ended > timeline.last)
        counted = np.array([bool(c) for c in _counts_as()])
        physical = now[:, counted & ~only_mental].any(axis=1)
        found = (ages(drawn, timeline), people.sex, people.decile, health.count, health.frailty, physical, mental)
        columns.append(tuple(np.asarray(column)[who] for column in found))
    return Joined(*(np.concatenate([c[i] for c in columns]) for i in range(len(columns[0]))))


def _counts_as() -> list[str]:
    from doorstep.synthetic.health import model

    return [condition.counts_as for condition in model().conditions]


def multimorbidity(all_of: Joined) -> dict[str, float]:
    """Shares with two or more long-term conditions, and what else is published of them."""
    adult, many = all_of.age >= 18, all_of.conditions >= 2
    quintile = (all_of.decile + 1) // 2

    def share(where: Bools) -> float:
        return float(many[where].mean())

    found = {
        "2+ adults": share(adult),
        "1+ all ages": float((all_of.conditions >= 1).mean()),
        "2+ all ages": share(adult | ~adult),
    }
    found |= {"2+ women": share(adult & (all_of.sex == 1)), "2+ men": share(adult & (all_of.sex == 0))}
    for q, name in ((1, "most deprived fifth"), (5, "least deprived fifth")):
        found[f"2+ {name}"] = share(adult & (quintile == q))
        found[f"median age of 2+ {name}"] = float(np.median(all_of.age[many & adult & (quintile == q)]))
    for d, name in ((1, "most deprived tenth"), (10, "least deprived tenth")):
        both = all_of.physical & all_of.mental
        found[f"physical and mental {name}"] = float(both[all_of.decile == d].mean())
    for low, high in ((0, 25), (25, 45), (45, 65), (65, 85), (85, 120)):
        found[f"2+ at {low}-{high - 1}"] = share((all_of.age >= low) & (all_of.age < high))
    found["earlier by, years"] = years_earlier(all_of)
    return found


def years_earlier(all_of: Joined) -> float:
    """By how many years the most deprived tenth has the multimorbidity of the least: the mean gap from 40 to 60."""
    many = all_of.conditions >= 2
    edges = np.arange(20, 96, 5)

    def curve(decile: int) -> Floats:
        where = all_of.decile == decile
        n = np.histogram(all_of.age[where], edges)[0]
        return np.asarray(np.histogram(all_of.age[where & many], edges)[0] / np.maximum(n, 1))

    middle = edges[:-1] + 2.5
    least, most = np.maximum.accumulate(curve(10)), curve(1)
    at = (middle >= 40) & (middle < 60)
    return float(np.mean(np.interp(most[at], least, middle) - middle[at]))


def frailty(all_of: Joined) -> dict[str, float]:
    """Shares in each band of the frailty index at 65 to 95, and of any frailty at 50 to 64 and above."""
    old = all_of.deficits[(all_of.age >= 65) & (all_of.age < 96)]
    younger = all_of.deficits[(all_of.age >= 50) & (all_of.age < 65)]
    return {
        "fit": float((old < 5).mean()),
        "mild": float(((old >= 5) & (old < 9)).mean()),
        "moderate": float(((old >= 9) & (old < 13)).mean()),
        "severe": float((old >= 13).mean()),
        "any at 50-64": float((younger >= 5).mean()),
    }


def medicines(parts: Sequence[Drawn], timeline: Timeline) -> dict[str, float]:
    """Issues a person-year, the share that goes to people with two or more conditions, and how many take many."""
    issues = multimorbid = adults = n = five = ten = 0.0
    for number, drawn in enumerate(parts):
        months = 12
        facts = make_medicines(drawn.people, drawn.health, timeline, months, Streams(1).part(number))
        who, age = here(drawn, timeline), ages(drawn, timeline)
        recent = facts.day > timeline.last - round(YEAR)
        by = np.bincount(facts.person[recent], minlength=drawn.people.n)
        of_adults = by * (age >= 18)
        lines = (drawn.health.medicine_on < NO_DAY).sum(axis=1)
        issues, n = issues + by[who].sum(), n + len(who)
        adults += of_adults[who].sum()
        multimorbid += of_adults[who][drawn.health.count[who] >= 2].sum()
        five, ten = five + (lines[who] >= 5).sum(), ten + (lines[who] >= 10).sum()
    return {"issues": issues / n, "to multimorbid": multimorbid / adults, "5+": five / n, "10+": ten / n}


def transitions(parts: Sequence[Drawn], timeline: Timeline) -> dict[str, float]:
    """New frailty for each 1,000 person-years of people who were fit on the first day, by age."""
    edges = (50, 65, 75, 85, 120)
    new, years = np.zeros(len(edges) - 1), np.zeros(len(edges) - 1)
    for drawn in parts:
        people, days = drawn.people, drawn.health.band_from[:, 0].astype(float)
        start = np.maximum(people.registered_from, timeline.first)
        stop = np.minimum(np.minimum(people.registered_to, timeline.last), days)
        group = np.digitize((timeline.first - people.birth) / YEAR, edges) - 1
        at_risk = (days > start) & (stop > start) & (group >= 0) & (group < len(new))
        years += np.bincount(group[at_risk], ((stop - start) / YEAR)[at_risk], len(new))
        new += np.bincount(group[at_risk], (days <= stop)[at_risk], len(new))
    names = [f"fit to frail at {low}-{high - 1}" for low, high in pairwise(edges)]
    return dict(zip(names, 1000 * new / years, strict=True))


def mortality_by_band(parts: Sequence[Drawn], timeline: Timeline) -> dict[str, float]:
    """One-year mortality at 65 to 95 by band on the first day, and its ratio to fit in the same mix of age and sex."""
    deaths, years, people = (np.zeros((4, 8 * 2)) for _ in range(3))
    for drawn in parts:
        one, age = drawn.people, (timeline.first - drawn.people.birth) / YEAR
        who = np.flatnonzero((one.registered_from <= timeline.first) & (age >= 65) & (age < 96))
        cell = (age[who].astype(int) - 65) // 4 * 2 + one.sex[who]  # wider ages: few of the oldest are fit
        band = drawn.health.frailty_band(timeline.first)[who]
        stop = np.minimum(one.registered_to[who], timeline.first + round(YEAR))
        np.add.at(people, (band, cell), 1)
        np.add.at(years, (band, cell), (stop - timeline.first) / YEAR)
        np.add.at(deaths, (band, cell), one.died[who] < timeline.first + round(YEAR))
    names = ("fit", "mild", "moderate", "severe")
    found = {f"1-year mortality {name}": float(deaths[i].sum() / people[i].sum()) for i, name in enumerate(names)}
    ratios = ratios_to_fit(deaths, years)
    return found | {f"mortality ratio {name}": float(ratios[i]) for i, name in enumerate(names[1:])}


def ratios_to_fit(deaths: Floats, years: Floats) -> Floats:
    """Hazard of each other band against the first: deaths over those at the first one's rates by age and sex."""
    rates = deaths[0] / np.maximum(years[0], 1e-9)
    return np.asarray([deaths[i].sum() / (years[i] @ rates) for i in range(1, len(deaths))])


def coded_frailty(parts: Sequence[Drawn], timeline: Timeline) -> float:
    """The share of people of 65 or more who are coded as moderately or severely frail."""
    on = n = 0
    for drawn in parts:
        who = here(drawn, timeline)
        who = who[ages(drawn, timeline)[who] >= 65]
        health = drawn.health
        on += int((health.has("frailty_moderate") | health.has("frailty_severe"))[who].sum())
        n += len(who)
    return on / n
