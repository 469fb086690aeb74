"""Care outside hospital: community contacts in referrals, and general practice and network appointments."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.activity import Lives, happen, rates_by_age
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words, by_day, draw_words
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import CLINIC_WEEK

COMMUNITY = ("DSC", "DSM")
CONTACTS_A_REFERRAL = 7
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


def make_community(lives: Lives, served: Bools, a_year: float, streams: Streams) -> tuple[Facts, Ints]:
    """Draw contacts, each within a referral; return them and the day on which each referral was received.

    Only those `served` have any: who lives outside the Place is another area's, whose contacts are not sent here.
    """
    rng = streams("community")
    rate = rates_by_age(lives.age, {0: 1.5, 5: 0.4, 30: 0.4, 60: 0.8, 75: 2.5, 90: 7}) * lives.burden * served
    person, day = happen(
        lives, np.asarray(rate), a_year / (CONTACTS_A_REFERRAL * 0.78), rng, week=CLINIC_WEEK, winter=0.0
    )
    contacts = rng.geometric(1 / CONTACTS_A_REFERRAL, len(person))
    referral = np.repeat(np.arange(len(person)), contacts)
    gap = np.ceil(rng.exponential(9, len(referral))).astype(np.int64)
    since = np.cumsum(gap)
    first = np.concatenate([[0], np.cumsum(contacts)])[:-1]
    on = day[referral] + since - (since - gap)[first][referral]
    on = on + np.where(((on + 3) % 7 >= 5) & (rng.random(len(on)) < 0.6), 2, 0)
    kept = on <= lives.stop[person[referral]]
    provider = (rng.random(len(person)) < 0.18).astype(np.int16)
    columns = {
        "provider": Words(provider[referral][kept], COMMUNITY),
        "referral": referral[kept].astype(np.int32),
        "attended": draw_words(rng, int(kept.sum()), {"5": 0.90, "6": 0.01, "3": 0.05, "2": 0.02, "4": 0.02}),
    }
    return by_day(Facts("community", person[referral][kept], on[kept].astype(np.int32), columns)), day


def make_appointments(lives: Lives, a_year: float, streams: Streams, programme: Facts) -> Facts:
    """Draw appointments, those with the programme's own staff included.

    Nobody has another appointment on a day of programme work, so that leaving that work out removes nothing else.
    `programme` has the days on which programme work is coded, and `with_gp` for those that are a GP's.
    """
    rng = streams("appointments")
    rate = rates_by_age(lives.age, {0: 1.3, 5: 0.6, 20: 0.7, 50: 1.0, 75: 1.9, 90: 2.2}) * lives.burden**0.8
    rate = rate * np.where((lives.people.sex == 1) & (lives.age > 15) & (lives.age < 50), 1.4, 1.0)
    person, day = happen(lives, np.asarray(rate), a_year, rng, week=CLINIC_WEEK, winter=0.08)
    free = ~_on_same_day(person, day, programme)
    person, day = person[free], day[free]
    n, m = len(person), programme.n
    role = draw_words(rng, n, {"GP": 0.46, "Other Practice staff": 0.53, "Unknown": 0.01})
    setting = draw_words(rng, n, {SETTINGS[0]: 0.93, SETTINGS[1]: 0.06, SETTINGS[2]: 0.01})
    category = draw_words(rng, n, CATEGORIES)
    status = draw_words(rng, n, {"Attended": 0.90, "DNA": 0.045, "Cancelled": 0.05, "Unknown": 0.005})
    old = lives.age[person] > 75
    mode = draw_words(rng, n, {MODES[0]: 0.64, MODES[1]: 0.29, MODES[2]: 0.01, MODES[3]: 0.04, MODES[4]: 0.02})
    mode = Words(np.where(old & (rng.random(n) < 0.06), 2, mode.at), mode.words)
    with_gp: Bools = programme.columns["with_gp"]

    def also(column: Words, theirs: Ints | int, words: tuple[str, ...]) -> Words:
        return Words(np.concatenate([column.at, np.broadcast_to(theirs, m)]).astype(np.int16), words)

    columns = {
        "status": also(status, 0, STATUSES),
        "role": also(role, np.where(with_gp, 0, 1), ROLES),
        "setting": also(setting, np.where(with_gp, 0, 1), SETTINGS),
        "category": also(category, len(CATEGORIES), (*CATEGORIES, PROGRAMME_CATEGORY)),
        "mode": also(mode, 0, MODES),
        "minute": (8 * 60 + 10 * rng.integers(0, 60, n + m)).astype(np.int16),
        "programme": np.concatenate([np.zeros(n, bool), np.ones(m, bool)]),
    }
    everyone = np.concatenate([person, programme.person]).astype(np.int32)
    return by_day(Facts("appointment", everyone, np.concatenate([day, programme.day]).astype(np.int32), columns))


def _on_same_day(person: Ints, day: Ints, programme: Facts) -> Bools:
    span = np.int64(100_000)
    return np.isin(person * span + day, programme.person * span + programme.day)
