"""Events in an order that cannot be: a follow-up before the first appointment, a referral after its contact."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.health import EVERYDAY
from doorstep.synthetic.rows import FAULTS, Planner, Rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.streams import Streams

FIRST, FOLLOW_UP = ("1", "3"), ("2", "4")
# Everyday entries as Read version 2 wrote them, a terminology that the NHS no longer uses: blood pressure, body mass
# index, weight, never smoked, smoker, pulse, blood count, height.
READ_CODES = {
    "75367002": "246..", "60621009": "22K..", "27113001": "22A..", "266919005": "1371.", "77176002": "137R.",
    "78564009": "242..", "26604007": "424..", "50373000": "229..",
}  # fmt: skip
CLOSE_TO_CONTACT = 9  # days by which such a referral comes after its contact, at most


def _marked(words: Words, among: tuple[str, ...]) -> Bools:
    return np.asarray(np.array([word in among for word in words.words])[words.at])


def put_in_order(outpatients: Facts) -> None:
    """Let each person's first appointments in a function come before the follow-ups, in place."""
    code: Words = outpatients.columns["first_attendance"]
    key, n = _course(outpatients), outpatients.n
    by_day = np.lexsort((np.arange(n), outpatients.day, key))
    by_kind = np.lexsort((np.arange(n), ~_marked(code, FIRST), key))
    at = code.at.copy()
    at[by_day] = code.at[by_kind]
    outpatients.columns["first_attendance"] = Words(at, code.words)


def _course(outpatients: Facts) -> Ints:
    """A number for each person and treatment function; several clinics may have the same one."""
    function: Words = outpatients.columns["function"]
    same = np.array([function.words.index(word) for word in function.words])
    course: Ints = outpatients.person.astype(np.int64) * len(function.words) + same[function.at]
    return course


def follow_up_first(planner: Planner) -> None:
    """Swap what a first appointment and the follow-up after it say they are."""
    facts, fact = planner.facts, planner.base.fact
    code: Words = facts.columns["first_attendance"]
    order = np.lexsort((np.arange(facts.n), facts.day, _course(facts)))
    course = _course(facts)[order]
    follows = np.append((course[1:] == course[:-1]) & (facts.day[order][1:] > facts.day[order][:-1]), False)
    pair = follows & _marked(code, FIRST)[order] & np.roll(_marked(code, FOLLOW_UP)[order], -1)
    after = np.full(facts.n, -1)
    after[order[pair]] = np.roll(order, -1)[pair]
    place = np.full(facts.n, -1)
    place[fact] = np.arange(len(fact))
    partner = np.where(after[fact] >= 0, place[after[fact]], -1)
    picked = planner.pick("follow_up_first", (partner >= 0) & planner.free[partner])
    other = partner[picked]
    planner.base.fault[other] = FAULTS.index("follow_up_first")
    planner.free[other] = False
    at = code.at.copy()
    at[fact[picked]], at[fact[other]] = code.at[fact[other]], code.at[fact[picked]]
    facts.columns["first_attendance"] = Words(at, code.words)


def first_contact(scene: Scene) -> Ints:
    """The day of the first contact of each referral."""
    contacts, referrals = scene.facts["community"], scene.facts["referral"]
    number = contacts.columns["referral"]
    first = np.full(int(number.max(initial=0)) + 1, np.iinfo(np.int32).max)
    np.minimum.at(first, number, contacts.day)
    found: Ints = first[referrals.columns["referral"]]
    return found


def refer_late(scene: Scene, rows: Rows) -> None:
    """Date some referrals after their first contact, in place."""
    rate = scene.parameters.faults.referral_after_contact
    latest = first_contact(scene)[rows.fact] + CLOSE_TO_CONTACT
    pool = np.flatnonzero(latest < scene.timeline.received[rows.delivery])
    n = max(1, round(rate * len(pool))) if rate > 0 and len(pool) else 0
    picked = Streams(scene.parameters.seed)("faults referral").choice(pool, n, replace=False)
    rows.fault[picked] = FAULTS.index("referral_after_contact")


def in_retired_terminology(planner: Planner) -> None:
    """Write some everyday entries in a terminology that is no longer used."""
    facts = planner.facts
    code: Words = facts.columns["code"]
    retired = tuple(word for word in EVERYDAY if word in READ_CODES and word in code.words)
    picked = planner.pick("retired_entry", _marked(code, retired)[planner.base.fact])
    place = np.arange(len(code.words))
    for i, word in enumerate(retired):
        place[code.words.index(word)] = len(code.words) + i
    at = code.at.copy()
    at[planner.base.fact[picked]] = place[code.at[planner.base.fact[picked]]]
    if len(picked):
        facts.columns["code"] = Words(at, (*code.words, *(READ_CODES[word] for word in retired)))
