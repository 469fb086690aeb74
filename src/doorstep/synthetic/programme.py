"""The programme's own list, cases and contacts: a plausible local rule, and clinicians who add people no rule found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts, Words, by_day
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, day_of, first_of, months_of
from doorstep.synthetic.use.lives import Lives

MONTHS_OF_FINDING = 18
BY_RULE, BY_CLINICIAN = "rule: several long-term conditions and a high score", "clinician: practice team"
LEFT = ("", "died", "moved", "declined", "no longer meets", "other")
CLOSED = ("", "died", "moved", "goals met", "declined", "other")
CONTACTS = ("Home visit", "Telephone", "Care planning", "Team meeting", "Social prescribing")
CODES = (
    "818241000000105", "816791000000108", "1325721000000109", "1268903003", "1362931000000106", "733810001",
)  # fmt: skip
_CODE_OF_CONTACT = (1, 0, 2, 3, 4)


@dataclass(frozen=True)
class Programme:
    """Members (`cohort`), cases, contacts, and the contacts that general practice codes as programme work."""

    cohort: Facts
    caseload: Facts
    contacts: Facts
    coded: Facts

    def members(self, n: int) -> Bools:
        """Who is or was in the cohort."""
        found = np.zeros(n, bool)
        found[self.cohort.person] = True
        return found


def make_programme(lives: Lives, share: float, with_gp: float, streams: Streams) -> Programme:
    """Draw the cohort (a share of adults), its cases and its contacts."""
    rng = streams("programme")
    cohort = _cohort(lives, share, rng)
    return _worked(lives, cohort, _cases(lives, cohort, rng), with_gp, rng)


def serve(lives: Lives, person: Ints, start: Ints, score: Floats, with_gp: float, streams: Streams) -> Programme:
    """Return the programme that finds these people on these days and opens a case for each of them the same day."""
    rng = streams("programme")
    nobody = np.zeros(len(person), bool)
    cohort = by_day(_members(lives, person, nobody, start, score, rng))
    closed = cohort.day + 60 + rng.exponential(150, cohort.n).astype(np.int64)
    return _worked(lives, cohort, by_day(_closed(lives, cohort.person, cohort.day, closed, rng)), with_gp, rng)


def _worked(lives: Lives, cohort: Facts, caseload: Facts, with_gp: float, rng: np.random.Generator) -> Programme:
    contacts = _contacts(lives, caseload, rng)
    seen = contacts.columns["attended"] & contacts.columns["nnhip"] & (rng.random(contacts.n) < 0.6)
    coded = _one_a_day(contacts.take(seen))
    coded.columns["with_gp"] = rng.random(coded.n) < with_gp
    coded.columns["code"] = np.asarray(_CODE_OF_CONTACT)[coded.columns["type"].at]
    return Programme(cohort, caseload, contacts, coded)


def _one_a_day(contacts: Facts) -> Facts:
    _, first = np.unique(contacts.person * np.int64(100_000) + contacts.day, return_index=True)
    return contacts.take(np.sort(first))


def _cohort(lives: Lives, share: float, rng: np.random.Generator) -> Facts:
    score = _score(lives, rng)
    adult = (lives.age >= 18) & (lives.stop > lives.start)
    n = max(8, round(share * adult.sum()))
    by_rule = np.argsort(np.where(adult & (lives.health.count >= 2), -score, np.inf), kind="stable")[: round(n * 0.85)]
    rest = np.setdiff1d(np.flatnonzero(adult & (lives.health.count >= 1)), by_rule)
    by_clinician = rng.choice(rest, min(len(rest), n - len(by_rule)), replace=False)
    person = np.concatenate([by_rule, by_clinician])
    clinician = np.arange(len(person)) >= len(by_rule)
    found = _identified(lives, person, clinician, rng)
    kept = found <= lives.stop[person]
    return by_day(_members(lives, person[kept], clinician[kept], found[kept], score[person[kept]], rng))


def _score(lives: Lives, rng: np.random.Generator) -> Floats:
    """The Place's own score, 0 to 100."""
    raw = 0.9 * lives.health.count + 0.03 * lives.age + 0.8 * lives.people.need + rng.normal(0, 0.8, lives.people.n)
    return np.round(100 / (1 + np.exp(-(raw - 6.5) / 1.6)), 1)


def _identified(lives: Lives, person: Ints, clinician: Bools, rng: np.random.Generator) -> Ints:
    """Rules run on the first of a month, clinicians add people on working days; most are found early."""
    timeline = lives.timeline
    months = months_of(np.array([timeline.first, timeline.last]))
    opening = max(int(months[0]), int(months[1]) - MONTHS_OF_FINDING + 1)
    runs = np.array([day_of(first_of(m)) for m in range(opening, int(months[1]) + 1)])
    at = (len(runs) * rng.random(len(person)) ** 1.6).astype(np.int64)
    within = rng.integers(1, 27, len(person))
    working = runs[at] + within - np.maximum((runs[at] + within + 3) % 7 - 4, 0)
    found = np.where(clinician, np.maximum(working, runs[at]), runs[at])
    return np.maximum(found, lives.start[person] + 1)


def _members(
    lives: Lives, person: Ints, clinician: Bools, found: Ints, score: Floats, rng: np.random.Generator
) -> Facts:
    reason = np.searchsorted((0.88, 0.92, 0.98), rng.random(len(person)))
    reason = np.array([0, 3, 4, 5])[reason]
    left = np.where(reason > 0, found + 5 + rng.exponential(200, len(person)), NEVER).astype(np.int64)
    gone = _gone(lives, person)
    reason = np.where((gone <= left) & (gone < NEVER), np.where(lives.people.died[person] == gone, 1, 2), reason)
    left = np.minimum(left, gone)
    reason = np.where(left > lives.timeline.last, 0, reason)
    left = np.where(left > lives.timeline.last, NEVER, left)
    columns = {
        "identified_by": Words(clinician.astype(np.int16), (BY_RULE, BY_CLINICIAN)),
        "score": score,
        "left": left.astype(np.int32),
        "reason": Words(reason.astype(np.int16), LEFT),
    }
    return Facts("cohort", person.astype(np.int32), found.astype(np.int32), columns)


def _gone(lives: Lives, person: Ints) -> Ints:
    """The day on which each person leaves or dies; people may leave while their registration stays open."""
    registered = np.minimum(lives.people.registered_to[person], lives.people.died[person])
    return np.minimum(registered, np.where(lives.stop[person] < lives.timeline.last, lives.stop[person], NEVER))


def _cases(lives: Lives, cohort: Facts, rng: np.random.Generator) -> Facts:
    """Open a case for three in five members, for a few of them again, and for some who had left the cohort.

    Whoever has a case was once a member: where a Place sends no more than its own list, nothing else says who they are.
    """
    worked = np.flatnonzero(rng.random(cohort.n) < 0.6)
    again = worked[rng.random(len(worked)) < 0.05]
    left = cohort.columns["left"]
    gone = np.flatnonzero((left < lives.timeline.last - 40) & (left < lives.stop[cohort.person] - 20))
    gone = gone[rng.random(len(gone)) < 0.3]
    opened = np.concatenate(
        [
            cohort.day[worked] + rng.integers(3, 40, len(worked)),
            cohort.day[again] + rng.integers(230, 330, len(again)),
            left[gone] + rng.integers(1, 20, len(gone)),
        ]
    )
    first = np.where(np.isin(worked, again), 60, 150)  # a case that is opened again was a short one
    length = 14 + rng.exponential(np.concatenate([first, np.full(len(again), 90), np.full(len(gone), 200)]))
    length[: len(worked)] = np.where(first == 60, np.minimum(length[: len(worked)], 180), length[: len(worked)])
    person = np.concatenate([cohort.person[worked], cohort.person[again], cohort.person[gone]])
    kept = opened <= lives.stop[person]
    closed = opened + length.astype(np.int64)
    return by_day(_closed(lives, person[kept], opened[kept], closed[kept], rng))


def _closed(lives: Lives, person: Ints, opened: Ints, closed: Ints, rng: np.random.Generator) -> Facts:
    gone = _gone(lives, person)
    reason = np.array([3, 4, 5])[np.searchsorted((0.75, 0.9), rng.random(len(person)))]
    reason = np.where(gone <= closed, np.where(lives.people.died[person] == gone, 1, 2), reason)
    closed = np.minimum(closed, gone)
    still = closed > lives.timeline.last
    columns = {
        "closed": np.where(still, NEVER, closed).astype(np.int32),
        "reason": Words(np.where(still, 0, reason).astype(np.int16), CLOSED),
        "nnhip": rng.random(len(person)) < 0.92,
    }
    return Facts("caseload", person.astype(np.int32), opened.astype(np.int32), columns)


def _contacts(lives: Lives, caseload: Facts, rng: np.random.Generator) -> Facts:
    until = np.minimum(caseload.columns["closed"], lives.timeline.last)
    count = 1 + rng.poisson(np.maximum(until - caseload.day, 0) / 14)
    case = np.repeat(np.arange(caseload.n), count)
    day = caseload.day[case] + (rng.random(len(case)) * (until - caseload.day + 1)[case]).astype(np.int64)
    day = np.maximum(day - np.maximum((day + 3) % 7 - 4, 0), caseload.day[case])
    columns = {
        "type": Words(rng.choice(len(CONTACTS), len(case), p=(0.3, 0.35, 0.15, 0.1, 0.1)).astype(np.int16), CONTACTS),
        "attended": rng.random(len(case)) < 0.91,
        "nnhip": caseload.columns["nnhip"][case],
    }
    return by_day(Facts("programme_contact", caseload.person[case], day.astype(np.int32), columns))
