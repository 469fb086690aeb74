"""Mistaken identity: two people under one number, one person under two, misspelt names, mistyped birth dates.

Only people outside the cohort are mistaken for others: a general practice record and the Place's own list would
otherwise say different things of a member, and the ways in would differ.
"""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.rows import FAULTS, LOADED, WARNED, Rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.streams import Streams


def mark_identities(scene: Scene, rows: Rows) -> None:
    """Mark the rows of practice records that carry a mistaken identity, in place."""
    mistaken, people, rates = scene.mistaken, scene.people, scene.parameters.faults
    rng = Streams(scene.parameters.seed)("faults of identity")
    record = scene.facts["record"].columns["record"][rows.fact]
    rows.fault[mistaken.shares[rows.person]] = FAULTS.index("shared_number")
    rows.fault[(mistaken.second[rows.person] >= 0) & (record == 1)] = FAULTS.index("two_numbers")
    again = _last_of_several(rows, people.n)
    free = ~(people.doubly_registered | mistaken.shares | (mistaken.second >= 0) | scene.health.objects)
    member = scene.programme.members(people.n)
    for fault, may in (("misspelt_name", free), ("wrong_birth", free & ~member)):
        rate = getattr(rates, fault)
        pool = again[(rows.fault[again] == 0) & may[rows.person[again]]]
        n = max(1, round(rate * len(pool))) if rate > 0 and len(pool) else 0
        rows.fault[rng.choice(pool, min(n, len(pool)), replace=False)] = FAULTS.index(fault)


def _last_of_several(rows: Rows, n: int) -> Ints:
    """The newest row of each person whose record is sent more than once."""
    order = np.lexsort((np.arange(rows.n), rows.delivery, rows.person))
    last = np.append(rows.person[order][1:] != rows.person[order][:-1], True)
    several = np.bincount(rows.person, minlength=n) > 1
    found: Ints = order[last]
    return found[several[rows.person[found]]]


def clashes(scene: Scene, rows: Rows, way: str) -> Rows:
    """Warn of rows whose number has shown two names or birth dates: only identifiable rows can."""
    if way != "B":
        return rows
    plan = scene.plans["record"]
    since = np.full(scene.people.n, 99)
    for fault in ("shared_number", "misspelt_name", "wrong_birth"):
        wrong = plan.take(plan.has(fault))
        np.minimum.at(since, wrong.person, wrong.delivery)
    warned = rows.take(np.arange(rows.n))
    own = warned.person >= 0
    clash = own & (warned.outcome == LOADED) & (warned.delivery >= since[np.where(own, warned.person, 0)])
    warned.outcome[clash] = WARNED
    return warned
