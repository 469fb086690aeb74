"""Hospital activity: spells and their episodes, outpatient appointments, emergency attendances.

Codes are those of the NHS data dictionaries; providers are made up. Which hospital a person uses depends on the area.
"""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.activity import Lives, happen, rates_by_age
from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.facts import Facts, Lists, Words, by_day, draw_words
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import CLINIC_WEEK, EMERGENCY_WEEK, NEVER

ACUTE = ("DS1", "DS2", "DS3")
URGENT_TREATMENT = "DS4"
KINDS = ("emergency", "ordinary", "day_case", "maternity", "regular")
_METHODS = {
    "emergency": {"21": 0.70, "22": 0.07, "24": 0.05, "2A": 0.06, "2B": 0.03, "2D": 0.06, "23": 0.01, "25": 0.02},
    "ordinary": {"11": 0.5, "12": 0.25, "13": 0.2, "81": 0.05},
    "day_case": {"11": 0.45, "12": 0.3, "13": 0.25},
    "maternity": {"31": 0.93, "32": 0.07},
    "regular": {"13": 1.0},
}
_CLASSIFICATION = {"emergency": "1", "ordinary": "1", "day_case": "2", "maternity": "1", "regular": "3"}
_FUNCTIONS = {
    "emergency": {
        "300": 0.36, "430": 0.16, "100": 0.12, "110": 0.08, "180": 0.08, "340": 0.05, "320": 0.05, "420": 0.05,
        "715": 0.01, "710": 0.02, "346": 0.01, "840": 0.01,
    },
    "ordinary": {"110": 0.3, "100": 0.2, "101": 0.15, "120": 0.1, "320": 0.1, "502": 0.1, "300": 0.05},
    "day_case": {"301": 0.25, "130": 0.2, "303": 0.15, "370": 0.1, "110": 0.1, "101": 0.1, "330": 0.05, "100": 0.05},
    "maternity": {"501": 0.85, "560": 0.15},
    "regular": {"361": 0.7, "303": 0.3},
}  # fmt: skip
_DIAGNOSES = {
    "emergency": [
        "R07",
        "J18",
        "N39",
        "R10",
        "A09",
        "K80",
        "S72",
        "I48",
        "I50",
        "J44",
        "J22",
        "R55",
        "L03",
        "K52",
        "I21",
        "I63",
        "S52",
        "K35",
        "T40",
        "R06",
        "A41",
        "N17",
        "J45",
    ],
    "ordinary": ["M16", "M17", "K40", "N40", "J34", "I25", "N81", "K80", "C50", "C18"],
    "day_case": ["K29", "H25", "C50", "D50", "N32", "M75", "L57", "K63", "C61", "Z09"],
    "maternity": ["O80", "O82", "O70", "O26", "O36", "O47"],
    "regular": ["N18", "D46", "C90"],
}
_OTHERS = [
    "I10",
    "E11",
    "Z86",
    "Z87",
    "F17",
    "E78",
    "J45",
    "Z92",
    "K21",
    "M19",
    "H91",
    "Z96",
    "E03",
    "I48",
    "Z88",
    "I25",
]
_PROCEDURES = [
    "U202",
    "C712",
    "G451",
    "H221",
    "M459",
    "W903",
    "X292",
    "K634",
    "W371",
    "W401",
    "T202",
    "X559",
    "U212",
    "Y534",
    "E852",
    "H251",
]
_CLINICS = {  # main specialty, treatment function: the first is not always a consultant's
    ("100", "100"): 0.06, ("101", "101"): 0.06, ("110", "110"): 0.12, ("120", "120"): 0.06, ("130", "130"): 0.13,
    ("300", "300"): 0.05, ("300", "301"): 0.05, ("300", "302"): 0.04, ("320", "320"): 0.07, ("330", "330"): 0.06,
    ("340", "340"): 0.05, ("361", "361"): 0.02, ("400", "400"): 0.04, ("410", "410"): 0.04, ("430", "430"): 0.02,
    ("502", "502"): 0.05, ("800", "800"): 0.04, ("420", "420"): 0.03, ("950", "320"): 0.02, ("950", "307"): 0.02,
    ("960", "650"): 0.06, ("960", "653"): 0.01, ("960", "840"): 0.02, ("560", "560"): 0.03, ("", "100"): 0.003,
}  # fmt: skip
AMBULANCE = ("1048031000000100", "1048041000000109", "1048051000000107")
_OTHER_ARRIVALS = ("1048071000000103", "1048061000000105", "1048021000000102", "")
ACUITIES = ("1064891000000107", "1064911000000105", "1064901000000108", "1077241000000103", "1077251000000100", "")
_DISCHARGED = ("182992009", "")


def providers(lives: Lives, person: Ints, rng: np.random.Generator, names: tuple[str, ...] = ACUTE) -> Words:
    """Draw a provider for each event: the area's own hospital for most, another for some."""
    own = lives.people.lsoa[person] * 3 // (int(lives.people.lsoa.max()) + 1)
    at = np.where(rng.random(len(person)) < 0.82, own, rng.integers(0, 3, len(person))) % len(names)
    return Words(at.astype(np.int16), names)


def make_spells(lives: Lives, a_year: float, streams: Streams) -> Facts:
    """Draw spells with admission, discharge, methods, functions by episode, diagnoses and procedures.

    Those still open when the window ends are kept with their later discharge; `day` is the discharge.
    """
    rng = streams("spells")
    parts = [_kind(lives, kind, a_year, rng) for kind in KINDS] + [_last_stays(lives, rng)]
    person, admitted, kind, stay = (np.concatenate([p[i] for p in parts]) for i in range(4))
    stop = np.minimum(lives.people.registered_to[person], lives.people.died[person])
    discharged = np.minimum(admitted + stay, stop).astype(np.int32)
    emergency = kind == 0
    episodes = 1 + (emergency | (kind == 1)) * np.minimum(rng.poisson(0.12 * np.minimum(stay, 8)), 4)
    first, last = _by_kind(kind, _FUNCTIONS, rng), _by_kind(kind, _FUNCTIONS, rng)
    last = Words(np.where(episodes > 1, last.at, first.at), first.words)
    frail = rates_by_age(lives.age[person], {0: 0, 60: 0.1, 75: 0.6, 90: 1.3}) * (emergency | (kind == 1))
    frail = frail + 0.15 * lives.health.count[person] * (lives.age[person] > 50)
    died = (discharged == lives.people.died[person]) & (discharged < NEVER)
    columns = {
        "provider": providers(lives, person, rng),
        "admitted": admitted.astype(np.int32),
        "admission_method": _by_kind(kind, _METHODS, rng),
        "discharge_method": Words(
            np.where(died, 3, np.minimum(rng.integers(0, 40, len(person)), 2)).astype(np.int16), ("2", "3", "1", "4")
        ),
        "classification": Words(kind.astype(np.int16), tuple(_CLASSIFICATION[k] for k in KINDS)),
        "first_function": first,
        "last_function": last,
        "episodes": episodes.astype(np.int8),
        "diagnoses": _diagnoses(kind, frail, episodes, rng),
        "procedures": _procedures(kind, rng),
    }
    return by_day(Facts("spell", person.astype(np.int32), discharged, columns))


def _kind(lives: Lives, kind: str, a_year: float, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    share = {"emergency": 0.39, "ordinary": 0.08, "day_case": 0.45, "maternity": 0.045, "regular": 0.035}[kind]
    person, day = happen(lives, _spell_rate(lives, kind), a_year * share, rng, week=EMERGENCY_WEEK, winter=0.06)
    n = len(person)
    long = rng.lognormal(0.75 + 0.013 * lives.age[person], 0.95).astype(np.int64)
    stay = {
        "emergency": np.where(rng.random(n) < 0.36, 0, np.minimum(1 + long, 150)),
        "ordinary": np.minimum(rng.geometric(0.4, n), 40),
        "maternity": rng.poisson(1.3, n),
    }.get(kind, np.zeros(n, np.int64))
    return person, day, np.full(n, KINDS.index(kind)), stay


def _spell_rate(lives: Lives, kind: str) -> Floats:
    age = lives.age
    if kind == "maternity":
        female = lives.people.sex == 1
        return np.asarray(rates_by_age(age, {15: 0, 18: 0.3, 30: 1, 38: 0.4, 45: 0}) * female)
    if kind == "emergency":
        return np.asarray(rates_by_age(age, {0: 1.6, 5: 0.6, 20: 0.7, 60: 1, 75: 1.8, 90: 3.2}) * lives.burden**1.3)
    return np.asarray(rates_by_age(age, {0: 0.2, 20: 0.3, 60: 1.2, 75: 1.7, 90: 0.9}) * lives.burden)


def _last_stays(lives: Lives, rng: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Let about half of those who die do so in hospital, in an emergency stay that ends that day."""
    died = lives.people.died
    who = np.flatnonzero((died < NEVER) & (died == lives.stop) & (rng.random(lives.people.n) < 0.45))
    stay = np.minimum(rng.geometric(0.11, len(who)), np.maximum(died[who] - lives.start[who], 0))
    return who, died[who] - stay, np.zeros(len(who), np.int64), stay


def _by_kind(kind: Ints, shares: dict[str, dict[str, float]], rng: np.random.Generator) -> Words:
    words = tuple(sorted({word for of_kind in shares.values() for word in of_kind}))
    at = np.zeros(len(kind), np.int16)
    for i, name in enumerate(KINDS):
        chosen = draw_words(rng, int((kind == i).sum()), shares[name])
        at[kind == i] = np.array([words.index(w) for w in chosen.words])[chosen.at]
    return Words(at, words)


def hfrs_codes() -> tuple[str, ...]:
    """Return the three-character codes of the Hospital Frailty Risk Score."""
    return tuple(pq.read_table(reference.table("hfrs"), columns=["icd10_3"])["icd10_3"].to_pylist())


def _diagnoses(kind: Ints, frail: Floats, episodes: Ints, rng: np.random.Generator) -> Lists:
    """One primary code for each episode, other conditions, and for frail people codes of the frailty score."""
    frailty = hfrs_codes()
    primary = [code for name in KINDS for code in _DIAGNOSES[name]]
    words = tuple(f"{code}{digit}" for code in (*primary, *_OTHERS, *frailty) for digit in "09")
    offset = np.cumsum([0, *(len(_DIAGNOSES[name]) for name in KINDS)])
    n_other, n_frail = rng.poisson(1.2, len(kind)), rng.poisson(frail)
    length = episodes + n_other + n_frail
    start = np.concatenate([[0], np.cumsum(length)])
    owner = np.repeat(np.arange(len(kind)), length)
    place = np.arange(start[-1]) - start[owner]
    u = rng.random(len(owner))
    of_kind = offset[kind[owner]] + (u**1.7 * np.diff(offset)[kind[owner]]).astype(np.int64)
    other = len(primary) + (u**2 * len(_OTHERS)).astype(np.int64)
    weak = len(primary) + len(_OTHERS) + (u * len(frailty)).astype(np.int64)
    code = np.where(place < episodes[owner], of_kind, np.where(place < (episodes + n_other)[owner], other, weak))
    digit = (rng.random(len(owner)) < 0.5).astype(np.int64)
    return Lists(start, (2 * code + digit).astype(np.int32), words)


def _procedures(kind: Ints, rng: np.random.Generator) -> Lists:
    mean = np.array([0.4, 1.6, 1.3, 0.6, 1.0])[kind]
    length = rng.poisson(mean) + ((kind == 1) | (kind == 2))
    start = np.concatenate([[0], np.cumsum(length)])
    return Lists(start, (len(_PROCEDURES) * rng.random(start[-1]) ** 1.5).astype(np.int32), tuple(_PROCEDURES))


def make_outpatients(lives: Lives, a_year: float, streams: Streams) -> Facts:
    """Draw outpatient appointments, kept or not, with consultants and others."""
    rng = streams("outpatients")
    rate = rates_by_age(lives.age, {0: 0.7, 10: 0.5, 30: 0.7, 60: 1.2, 75: 1.8, 90: 1.2}) * lives.burden
    person, day = happen(lives, np.asarray(rate), a_year, rng, week=CLINIC_WEEK, winter=0.0)
    n = len(person)
    clinic = np.searchsorted(np.cumsum(list(_CLINICS.values())) / sum(_CLINICS.values()), rng.random(n))
    attended = draw_words(rng, n, {"5": 0.80, "6": 0.02, "3": 0.08, "2": 0.06, "4": 0.035, "7": 0.005})
    length = (attended.at < 2) * (rng.random(n) < 0.2) * rng.integers(1, 4, n)
    start = np.concatenate([[0], np.cumsum(length)])
    columns = {
        "provider": providers(lives, person, rng),
        "attended": attended,
        "first_attendance": draw_words(rng, n, {"1": 0.25, "2": 0.54, "3": 0.05, "4": 0.15, "5": 0.005, "": 0.005}),
        "main_specialty": Words(clinic.astype(np.int16), tuple(main for main, _ in _CLINICS)),
        "function": Words(clinic.astype(np.int16), tuple(function for _, function in _CLINICS)),
        "procedures": Lists(start, rng.integers(0, len(_PROCEDURES), start[-1]), tuple(_PROCEDURES)),
    }
    return by_day(Facts("outpatient", person, day, columns))


def make_emergency(lives: Lives, spells: Facts, a_year: float, streams: Streams) -> Facts:
    """Draw emergency attendances: one before every admission through the department, the rest on their own."""
    rng = streams("emergency")
    timeline = lives.timeline
    admitted = spells.columns["admitted"]
    through = spells.columns["admission_method"]
    before = np.flatnonzero((through.at == through.words.index("21")) & (admitted >= timeline.first))
    before = before[(admitted[before] <= timeline.last) & (admitted[before] >= lives.start[spells.person[before]])]
    exposure = float(np.maximum(lives.stop - lives.start + 1, 0).sum()) / 365.25
    rest = max(a_year - len(before) / max(exposure, 1), 0.05)
    rate = rates_by_age(lives.age, {0: 1.8, 5: 1.0, 20: 1.2, 50: 0.8, 70: 0.9, 90: 1.6})
    rate = rate * lives.burden * np.exp(0.05 * (5.5 - lives.people.decile))
    person, day = happen(lives, np.asarray(rate), rest, rng, week=EMERGENCY_WEEK, winter=0.02)
    columns = {
        "person": np.concatenate([person, spells.person[before]]),
        "day": np.concatenate([day, admitted[before]]),
        "ill": np.concatenate([np.zeros(len(person), bool), np.ones(len(before), bool)]),
    }
    return by_day(_attendances(lives, columns["person"], columns["day"], columns["ill"], rng))


def _attendances(lives: Lives, person: Ints, day: Ints, ill: Ints, rng: np.random.Generator) -> Facts:
    n = len(person)
    kinds = draw_words(rng, n, {"01": 0.60, "02": 0.03, "03": 0.27, "04": 0.03, "05": 0.065, "": 0.005})
    kinds = Words(np.where(ill, 0, kinds.at), kinds.words)
    by_ambulance = rates_by_age(lives.age[person], {0: 0.06, 20: 0.12, 60: 0.25, 90: 0.6}) * np.where(ill, 1.4, 0.8)
    ambulance = (rng.random(n) < by_ambulance) & (kinds.at < 2)
    mode = np.where(
        ambulance,
        np.searchsorted((0.95, 0.99), rng.random(n)),
        3 + np.searchsorted((0.75, 0.85, 0.88), rng.random(n)),
    )
    edges = np.where((ambulance | ill)[:, None], (0.04, 0.30, 0.82, 0.95, 0.96), (0.005, 0.07, 0.42, 0.85, 0.96))
    provider = providers(lives, person, rng)
    urgent = (kinds.at == 2) | (kinds.at == 3)
    minute = np.clip(rng.normal(14.5 * 60, 330, n), 0, 1439).astype(np.int32)
    columns = {
        "provider": Words(np.where(urgent, 3, provider.at).astype(np.int16), (*ACUTE, URGENT_TREATMENT)),
        "minute": minute,
        "department_type": kinds,
        "category": draw_words(rng, n, {"1": 0.93, "2": 0.025, "3": 0.015, "4": 0.03}),
        "arrival_mode": Words(mode.astype(np.int16), (*AMBULANCE, *_OTHER_ARRIVALS)),
        "acuity": Words((rng.random(n)[:, None] > edges).sum(axis=1).astype(np.int16), ACUITIES),
        "discharge_status": Words((rng.random(n) < 0.1).astype(np.int16), _DISCHARGED),
    }
    return Facts("emergency", person.astype(np.int32), day.astype(np.int32), columns)
