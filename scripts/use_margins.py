"""Measures the use of care of made-up people as the published figures measure it, for scripts/fit_use.py."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.facts import Facts, Lists
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.use import Lives, Setting, Use
from doorstep.synthetic.use.attendances import AMBULANCE
from doorstep.synthetic.use.constants import reasons
from doorstep.synthetic.use.days import WARM_UP
from doorstep.synthetic.use.hazards import make_hazards
from doorstep.synthetic.use.making import months_of_care
from doorstep.synthetic.use.spells import is_emergency
from doorstep.synthetic.use.urgent import run_months

BANDS = (20, 38, 53, 67)  # ages that part the bands of emergency admissions
VISIT_BANDS = (1, 5, 13, 18, 35, 55, 75)
OFTEN = 5  # attendances in a year from which someone is a high-intensity user
YEAR_DAYS = 365
ACS_AGES = ((12, 25), (40, 55), (80, 111))  # about 15-19, 45-49 and 85+: wider, so that a sample says something

LEVELS = ("contacts", "booked", "clinics", "community", "ordinary", "day_case")  # events a person-year
Made = dict[str, Any]


@dataclass(frozen=True)
class Person:
    """One row a person and year of the window: exposure in years, what the person is, and what they used."""

    columns: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.columns[name]
        except KeyError as error:
            raise AttributeError(name) from error


def expected_of(lives: Lives, setting: Setting, streams: Streams) -> Any:
    """Return the hazard of emergency admission of each person and whole year: less noisy than the admissions drawn."""
    months, visits = months_of_care(lives, setting)
    hazards = make_hazards(lives, setting, months, streams("need of care"))
    urgent, _ = run_months(hazards, visits, streams("emergencies"), keep=True)
    middle = months.middle[:, None]
    there = (lives.start[None] <= middle) & (middle <= lives.stop[None])
    assert urgent.expected is not None
    by_month = np.where(there, urgent.expected, 0)[WARM_UP:]
    years = len(by_month) // 12
    return by_month[: 12 * years].reshape(years, 12, lives.n).sum(axis=1).ravel()


def rows_of(lives: Lives, use: Use, expected: Any) -> dict[str, Any]:
    """Return the columns of one part: a row a person and whole year."""
    n, years = lives.n, (lives.timeline.last - lives.timeline.first + 1) // YEAR_DAYS
    opens = lives.timeline.first + YEAR_DAYS * np.arange(years)
    exposed = np.minimum(lives.stop[None], opens[:, None] + YEAR_DAYS - 1) - np.maximum(
        lives.start[None], opens[:, None]
    )
    age = (opens[:, None] + YEAR_DAYS / 2 - lives.people.birth[None]) / 365.25

    def count(person: Any, day: Any, weight: Any = None) -> Any:
        year = (day - lives.timeline.first) // YEAR_DAYS
        inside = (year >= 0) & (year < years)
        cell = year[inside] * n + person[inside]
        weights = None if weight is None else weight[inside]
        return np.bincount(cell, weights, years * n)

    spell, visit, gp = use.spell, use.emergency, use.appointment
    urgent, admitted = is_emergency(spell), spell.columns["admitted"]
    nights = (spell.day - admitted).astype(float)
    arrival = visit.columns["arrival_mode"]
    road = np.isin(arrival.at, [arrival.words.index(code) for code in AMBULANCE])
    kind = np.array(spell.columns["classification"].words)[spell.columns["classification"].at]
    method = np.array([w[0] for w in spell.columns["admission_method"].words])[spell.columns["admission_method"].at]
    ward = np.isin(method, ("1", "2")) & (kind == "1")
    seen = gp.columns["status"].at == 0
    again = readmitted(spell, urgent)
    acs = urgent & is_sensitive(spell)
    return {
        "exposed": np.maximum(exposed + 1, 0).ravel() / YEAR_DAYS,
        "age": np.floor(age).astype(int).ravel(),
        **_infants(lives, opens, count, (spell.person[urgent], admitted[urgent]), (visit.person, visit.day)),
        "sex": np.tile(lives.people.sex, years),
        "decile": np.tile(lives.people.decile, years),
        "practice": np.tile(lives.people.practice, years),
        "frailty": lives.frailty[:years].ravel(),
        "conditions": lives.conditions[:years].ravel(),
        "expected": expected,
        "urgent": count(spell.person[urgent], admitted[urgent]),
        "acs": count(spell.person[acs], admitted[acs]),
        "discharges": count(spell.person, spell.day),
        "readmissions": count(spell.person[again], spell.day[again]),
        "urgent_days": count(spell.person[urgent], admitted[urgent], nights[urgent]),
        "ward_days": count(spell.person[ward], admitted[ward], nights[ward]),
        "ordinary": count(spell.person[ward & ~urgent], admitted[ward & ~urgent]),
        "day_case": count(spell.person[kind == "2"], admitted[kind == "2"]),
        "admissions": count(spell.person, admitted),
        "visits": count(visit.person, visit.day),
        "by_road": count(visit.person[road], visit.day[road]),
        "contacts": count(gp.person[seen], gp.day[seen]),
        "booked": count(gp.person, gp.day),
        "clinics": count(use.outpatient.person, use.outpatient.day),
        "community": count(use.community.person, use.community.day),
    }


def _infants(lives: Lives, opens: Any, count: Any, urgent: tuple[Any, Any], visits: tuple[Any, Any]) -> dict[str, Any]:
    """Return the years under one, and the emergency admissions and visits in them; events are persons and days."""
    first_birthday = lives.people.birth + YEAR_DAYS
    until = np.minimum(np.minimum(lives.stop, first_birthday - 1)[None], opens[:, None] + YEAR_DAYS - 1)
    days = until - np.maximum(lives.start[None], opens[:, None]) + 1
    found = {"under_one": np.maximum(days, 0).ravel() / YEAR_DAYS}
    for name, (person, day) in (("infant_urgent", urgent), ("infant_visits", visits)):
        young = day < first_birthday[person]
        found[name] = count(person[young], day[young])
    return found


def readmitted(spell: Facts, urgent: Any) -> Any:
    """Mark discharges (alive) after which the same person is admitted as an emergency within 30 days."""
    admitted = spell.columns["admitted"]
    order = np.lexsort((spell.day, admitted, spell.person))
    at = {c: v[order] for c, v in (("person", spell.person), ("in", admitted), ("out", spell.day), ("urgent", urgent))}
    back = np.zeros(spell.n, bool)
    for step in (1, 2, 3):  # the next stays: an emergency one may follow a day case
        gap = at["in"][step:] - at["out"][:-step]
        same = at["person"][step:] == at["person"][:-step]
        back[:-step] |= same & at["urgent"][step:] & (gap >= 0) & (gap < 30)
    found = np.zeros(spell.n, bool)
    found[order] = back
    return found


@cache
def _sensitive_words(words: tuple[str, ...]) -> Any:
    causes = [e for e in reasons()["causes"].values() if e.get("acs")]
    codes = {code for e in causes for code in e["codes"]}
    return np.array([word in codes for word in words])


def is_sensitive(spell: Facts) -> Any:
    """Mark spells whose first diagnosis is one of the causes that are ambulatory-care-sensitive."""
    diagnoses: Lists = spell.columns["diagnoses"]
    return _sensitive_words(diagnoses.words)[diagnoses.at[diagnoses.start[:-1]]]


@cache
def _chronic(words: tuple[str, ...]) -> Any:
    """For each word the number of its long-standing condition among all, -1 where it is none."""
    standing = [code for code, _ in reasons()["long_standing"].values()] + list(reasons()["besides"])
    known = sorted({code[:3] for code in standing if code[0] not in "ZR"})
    at = {code: i for i, code in enumerate(known)}
    return np.array([at.get(word[:3], -1) for word in words])


@cache
def _frailty_weights(words: tuple[str, ...]) -> tuple[Any, Any]:
    table = pq.read_table(reference.table("hfrs"), columns=["icd10_3", "weight"]).to_pydict()
    at = {code: i for i, code in enumerate(table["icd10_3"])}
    return np.array([at.get(word[:3], -1) for word in words]), np.array(table["weight"], dtype=float)


def distinct_of_stays(diagnoses: Lists, rows: Any, number: Any) -> Any:
    """Count distinct numbered codes (-1 is none) of each of some stays."""
    picked = diagnoses.take(rows)
    owner = np.repeat(np.arange(len(rows)), picked.lengths)
    code = number[picked.at]
    pairs = np.unique(owner[code >= 0] * np.int64(1000) + code[code >= 0])
    return np.bincount(pairs // 1000, minlength=len(rows))


def stays_of(lives: Lives, use: Use) -> dict[str, Any]:
    """Return what is measured on emergency stays: conditions written down, and the frailty score of people of 75+."""
    spell, diagnoses = use.spell, use.spell.columns["diagnoses"]
    urgent = np.flatnonzero(is_emergency(spell))
    adult = urgent[lives.ages(spell.person[urgent], spell.day[urgent]) >= 18]
    many = distinct_of_stays(diagnoses, adult, _chronic(diagnoses.words))
    admitted = spell.columns["admitted"]
    old = urgent[lives.ages(spell.person[urgent], admitted[urgent]) >= 75]
    late = lives.timeline.last - admitted[old]
    return {"conditions_written": many, "hfrs": hfrs(spell, _one_a_person(spell, old[(late >= 60) & (late < 150)]))}


def _one_a_person(spell: Facts, rows: Any) -> Any:
    """Return one of each person's stays, whichever comes first in an order that has nothing to do with the day."""
    mixed = rows[np.argsort((rows * 2654435761) % 2**32, kind="stable")]
    _, first = np.unique(spell.person[mixed], return_index=True)
    return mixed[first]


def hfrs(spell: Facts, index: Any) -> Any:
    """Hospital Frailty Risk Score of index stays over their person's stays of the two years before, and themselves."""
    number, weight = _frailty_weights(spell.columns["diagnoses"].words)
    diagnoses: Lists = spell.columns["diagnoses"]
    order = np.argsort(spell.person, kind="stable")
    people = spell.person[order]
    first, last = (np.searchsorted(people, spell.person[index], side) for side in ("left", "right"))
    pair = np.repeat(np.arange(len(index)), last - first)
    place = np.arange(len(pair)) - np.repeat(np.cumsum(last - first) - (last - first), last - first)
    stay = order[first[pair] + place]
    admitted = spell.columns["admitted"]
    gap = admitted[index][pair] - admitted[stay]
    within = (gap >= 0) & (gap <= 730)
    pair, stay = pair[within], stay[within]
    codes = diagnoses.take(stay)
    owner = np.repeat(pair, codes.lengths)
    code = number[codes.at]
    pairs = np.unique(owner[code >= 0] * np.int64(1000) + code[code >= 0])
    return np.bincount(pairs // 1000, weight[pairs % 1000], minlength=len(index))


def joined(parts: Iterable[dict[str, Any]]) -> Person:
    """Put the columns of parts together."""
    found = list(parts)
    return Person({name: np.concatenate([part[name] for part in found]) for name in found[0]})


def rate_ratios(p: Person, events: Any, groups: Any, within: Any, n: int) -> list[float]:
    """Mantel-Haenszel rate ratios of groups 1 to n-1 against group 0, by five years of age and sex."""
    stratum = (p.age // 5) * 2 + p.sex
    size = int(stratum.max()) + 1
    cell = groups[within].astype(int) * size + stratum[within]
    e = np.bincount(cell, events[within], n * size).reshape(n, size)
    t = np.bincount(cell, p.exposed[within], n * size).reshape(n, size)
    both = t[1:] + t[0] + 1e-12
    return list((e[1:] * t[0] / both).sum(axis=1) / (e[0] * t[1:] / both).sum(axis=1))


def _ends(p: Person, fifth: Any, ages: tuple[int, int]) -> float:
    """Ambulatory-care-sensitive admissions of the most deprived fifth against the least, within some ages."""
    inside = (p.age >= ages[0]) & (p.age < ages[1])
    most, least = (p.acs[e].sum() / p.exposed[e].sum() for e in (inside & (fifth == q) for q in (0, 4)))
    return float(most / least)


def _times(p: Person, events: Any, adult: Any, multi: Any) -> float:
    """How many times the rate of other adults those with two conditions or more have."""
    with_two, others = (events[adult & m].sum() / p.exposed[adult & m].sum() for m in (multi, ~multi))
    return float(with_two / others)


def odds_ratio(p: Person, yes: Any, decile: int) -> float:
    """Mantel-Haenszel odds ratio of one decile against the least deprived, by ten years of age and sex, whole years."""
    whole = p.exposed > 0.99
    stratum = (p.age // 10) * 2 + p.sex

    def by(mask: Any) -> Any:
        return np.bincount(stratum[mask & whole], minlength=int(stratum.max()) + 1).astype(float)

    a, b = by((p.decile == decile) & yes), by((p.decile == decile) & ~yes)
    c, d = by((p.decile == 10) & yes), by((p.decile == 10) & ~yes)
    total = a + b + c + d + 1e-12
    return float((a * d / total).sum() / (b * c / total).sum())


def measure(p: Person, stays: Person) -> Made:
    """Return every figure that a constant is fitted to, and those that are only looked at."""
    band, fifth = np.digitize(p.age, BANDS), (p.decile - 1) // 2
    cell = band * 5 + fifth
    # Some admissions fall while the person is in hospital already: the more, the older and frailer the person.
    of = band * 4 + p.frailty.astype(int)
    happened = np.bincount(of, p.urgent, 20) / np.maximum(np.bincount(of, p.expected, 20), 1e-9)
    expected = p.expected * happened[of]
    urgent = np.bincount(cell, expected, 25) / np.bincount(cell, p.exposed, 25)
    visits = np.bincount(np.digitize(p.age, VISIT_BANDS), p.visits, 8)
    by_decile = np.bincount(p.decile, p.visits, 11)[1:]
    often, older = p.visits >= OFTEN, (p.age >= 65) & (p.age <= 95)
    adult, multi = p.age >= 18, p.conditions >= 2
    years = p.exposed.sum()
    days = np.sort(p.urgent_days)[::-1]
    top = days[: round(0.05 * years)].sum() / days.sum()
    return {
        "cells": urgent.reshape(5, 5),
        "infant_admissions": p.infant_urgent.sum() / p.under_one.sum(),
        "infant_visits": p.infant_visits.sum() / p.under_one.sum(),
        "visits": visits,
        "visits_a_year": p.visits.sum() / years,
        "decile_ratio": by_decile[0] / by_decile[9],
        "fifth": by_decile[:2].sum() / by_decile.sum(),
        "odds": [odds_ratio(p, p.visits > 0, d) for d in (1, 5, 9)],
        "often_people": (often * p.exposed).sum() / years,
        "often_visits": p.visits[often].sum() / p.visits.sum(),
        "often_road": p.by_road[often].sum() / p.by_road.sum(),
        "often_admissions": p.urgent[often].sum() / p.urgent.sum(),
        "by_road": p.by_road.sum() / p.visits.sum(),
        "urgent_by_frailty": rate_ratios(p, expected, p.frailty, older, 4),
        "visits_by_frailty": rate_ratios(p, p.visits, p.frailty, older, 4),
        "contacts_by_frailty": rate_ratios(p, p.contacts, p.frailty, older, 4),
        "days_by_frailty": rate_ratios(p, p.ward_days, p.frailty, older, 4),
        "multi_people": (p.exposed * (adult & multi)).sum() / (p.exposed * adult).sum(),
        "multi_contacts": _times(p, p.contacts, adult, multi),
        "multi_admissions": _times(p, p.admissions, adult, multi),
        "multi_contacts_share": p.contacts[adult & multi].sum() / p.contacts[adult].sum(),
        "multi_admissions_share": p.admissions[adult & multi].sum() / p.admissions[adult].sum(),
        "readmitted": p.readmissions.sum() / p.discharges.sum(),
        "urgent_a_year": p.urgent.sum() / years,
        "any_urgent_20": ((p.urgent > 0) & (p.age >= 20)).sum() / (p.exposed * (p.age >= 20)).sum(),
        "ward_days": p.ward_days.sum() / years,
        "mean_stay": p.urgent_days.sum() / p.urgent.sum(),
        "top_5_of_days": top,
        "top_1_of_days": days[: round(0.01 * years)].sum() / days.sum(),
        **{name: getattr(p, name).sum() / years for name in LEVELS},
        "acs": [_ends(p, fifth, ages) for ages in ACS_AGES],
        "five_conditions": float((stays.conditions_written >= 5).mean()),
        "hfrs": [float(x) for x in np.bincount(np.digitize(stays.hfrs, (5, 15.0001)), minlength=3) / len(stays.hfrs)],
        "urgent_by_age": np.bincount(band, p.urgent, 5) / np.bincount(band, p.exposed, 5),
    }
