"""The plan of rows about people: general practice records, the community index, the cohort list, cases.

These are sent again whenever something about them changed; the newest stands.
"""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.plans_identity import mark_identities
from doorstep.synthetic.rows import FAULTS, LOADED, NO_DAY, REFUSED, SUPERSEDED, WITHHELD, Rows, joined, versions
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER


def plan_cohort(scene: Scene, name: str) -> Rows:
    """Plan one row for each member and home, sent again when the membership or the person changes.

    A row is a membership and a person's home at once. The second home's row says nothing new of the membership, so that
    leaving the cohort sends only the first one again.
    """
    scene.facts["cohort_home"] = homes = _homes_of_members(scene)
    people, person, second = scene.people, homes.person, homes.columns["second"]
    left = scene.facts["cohort"].columns["left"][homes.columns["member"]]
    leaves = np.where(second, NEVER, left)
    moves = people.practice_2_from[person]
    changes = [leaves, moves, people.died[person], people.registered_to[person]]
    rows = versions(person, homes.day, changes, scene.timeline)
    _keep_memberships(rows, ~second, [leaves, moves], scene)
    return joined([rows, _strangers(scene, name, rows)])


def plan_cohort_list(scene: Scene) -> Rows:
    """Plan one row for each member, for the ways in whose cohort file leaves homes to the general practice record."""
    homes = scene.facts["cohort_home"]
    first = np.flatnonzero(~homes.columns["second"])
    left = scene.facts["cohort"].columns["left"][homes.columns["member"][first]]
    changes = [left, scene.people.died[homes.person[first]]]
    rows = versions(homes.person[first], homes.day[first], changes, scene.timeline)
    _keep_memberships(rows, np.ones(len(first), bool), [left], scene)
    rows.fact = first[rows.fact].astype(np.int32)
    return joined([rows, _strangers(scene, "cohort", rows)])


def _keep_memberships(rows: Rows, first: Bools, changes: list[Ints], scene: Scene) -> None:
    """Let an older row stand where only the person changed since: its membership is still the one that holds."""
    cut = scene.timeline.cuts[rows.delivery]
    changed = np.zeros(rows.n, bool)
    for days in changes:
        changed |= (days[rows.fact] > cut) & (days[rows.fact] <= scene.timeline.last)
    rows.outcome[first[rows.fact] & (rows.outcome == SUPERSEDED) & ~changed] = LOADED


def _homes_of_members(scene: Scene) -> Facts:
    facts, people = scene.facts["cohort"], scene.people
    member = np.arange(facts.n)
    moved = np.flatnonzero(people.moved_on[facts.person] < NEVER)
    both = np.concatenate([member, moved])
    second = np.arange(len(both)) >= facts.n
    known = np.where(second, np.maximum(facts.day[both], people.moved_on[facts.person[both]]), facts.day[both])
    return Facts("cohort_home", facts.person[both], known, {"member": both, "second": second})


def _strangers(scene: Scene, name: str, rows: Rows) -> Rows:
    """Rows without a key, which nobody can place, modelled on others of the first delivery."""
    rate = scene.parameters.faults.blank_key
    pool = np.flatnonzero((rows.delivery == 0) & ~rows.early)
    n = max(1, round(rate * len(pool))) if rate > 0 and len(pool) else 0
    made = rows.take(Streams(scene.parameters.seed)(f"faults {name}").choice(pool, n, replace=False))
    made.ident = int(rows.ident.max(initial=0)) + 1 + np.arange(n)
    made.fault[:], made.outcome[:], made.person[:] = FAULTS.index("blank_key"), REFUSED, -1
    made.countable[:] = False
    return made


def plan_caseload(scene: Scene, name: str) -> Rows:
    """Plan one row for each case, sent again when it closes."""
    facts = scene.facts[name]
    rows = versions(facts.person, facts.day, [facts.columns["closed"]], scene.timeline)
    return joined([rows, _strangers(scene, name, rows)])


def records(scene: Scene) -> Facts:
    """Return the general practice records: one for each registration and home of a person while registered there."""
    people = scene.people
    person = np.arange(people.n)
    moved, changed = people.moved_on < NEVER, people.practice_2 >= 0
    twice = people.doubly_registered
    parts = [
        (person, 0, False, people.registered_from),
        (person[moved & (~changed | twice)], 0, True, people.moved_on),
        (person[changed & ~twice], 1, True, people.moved_on),
        (person[twice], 1, False, people.practice_2_from),
    ]
    who = np.concatenate([p[0] for p in parts])
    since = [p[3] if i == 0 else p[3][p[0]] for i, p in enumerate(parts)]
    columns = {
        "record": np.concatenate([np.full(len(p[0]), p[1]) for p in parts]).astype(np.int8),
        "second_home": np.concatenate([np.full(len(p[0]), p[2]) for p in parts]),
    }
    return Facts("record", who.astype(np.int32), np.concatenate(since).astype(np.int32), columns)


def end_of_record(scene: Scene) -> Ints:
    """Return the last day of each record's registration: the day before a change of practice, or the person's own."""
    people, facts = scene.people, scene.facts["record"]
    person = facts.person
    changes = (facts.columns["record"] == 0) & (people.practice_2[person] >= 0) & ~people.doubly_registered[person]
    end: Ints = np.where(changes, people.practice_2_from[person] - 1, people.registered_to[person])
    return end


def plan_records(scene: Scene, name: str) -> Rows:
    """Plan one row for each registration and home, sent again when either ends or the person dies."""
    facts = scene.facts[name]
    changes = [end_of_record(scene), scene.people.died[facts.person]]
    rows = versions(facts.person, facts.day, changes, scene.timeline)
    twice = scene.people.doubly_registered[rows.person]
    rows.fault[twice] = FAULTS.index("two_practices")
    mark_identities(scene, rows)
    return joined([withhold(scene, rows), _strangers(scene, name, rows)])


def patient_index(scene: Scene) -> Facts:
    """Return the community data set's patients: everyone with a contact, from the first one on."""
    community = scene.facts["community"]
    person, first = np.unique(community.person, return_index=True)
    return Facts("index", person, community.day[first])


def plan_index(scene: Scene, name: str) -> Rows:
    """Plan one row for each patient of the community data set, sent again when the person has died."""
    facts = scene.facts[name]
    died = scene.people.died[facts.person]
    rows = versions(facts.person, facts.day, [np.where(died < NEVER, died, NO_DAY)], scene.timeline)
    return joined([rows, _strangers(scene, name, rows)])


def withhold(scene: Scene, rows: Rows) -> Rows:
    """Withhold the rows of people with a Type 1 objection; none of them carries another fault."""
    theirs = (rows.person >= 0) & scene.health.objects[rows.person] & (rows.outcome == LOADED)
    rows.outcome[theirs] = WITHHELD
    rows.fault[theirs] = FAULTS.index("type_1_objection")
    rows.countable[theirs] = False
    return rows
