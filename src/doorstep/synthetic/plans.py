"""The plan of rows of every table: which faults it can carry, and what each must lead to."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.rows import (
    FAULTS,
    LOADED,
    NO_DAY,
    OUT_OF_SCOPE,
    REFUSED,
    SUPERSEDED,
    UNLINKED,
    WARNED,
    WITHHELD,
    Planner,
    Rows,
    joined,
    plain_rows,
    versions,
)
from doorstep.synthetic.scene import Scene, is_everyday
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, months_of

EXCLUDED_FUNCTIONS = ("715", "710", "346", "840", "501", "560")
RETIRED_METHOD = "28"


def make_plans(scene: Scene) -> None:
    """Fill `scene.plans` for every table, dictionary files included."""
    scene.facts["record"] = records(scene)
    scene.facts["index"] = patient_index(scene)
    makers = {
        "spell": _spells,
        "outpatient": _outpatients,
        "emergency": _emergency,
        "community": _community,
        "appointment": _appointments,
        "coded": _coded,
        "medicine": _medicines,
        "programme_contact": _contacts,
        "record": _records,
        "index": _index,
        "referral": _in_time,
        "cohort": _cohort,
        "caseload": _caseload,
    }
    for name, make in makers.items():
        scene.plans[name] = make(scene, name)
    scene.plans["slot"] = _slots(scene)


def _planner(scene: Scene, name: str, *, gp: bool = False) -> Planner:
    rng = Streams(scene.parameters.seed)(f"faults {name}")
    closed_to = scene.health.objects if gp else None
    planner = Planner(scene.facts[name], scene.timeline, scene.parameters.faults, rng, closed_to)
    after = scene.facts[name].columns.get("after_death")
    if after is not None:
        late = after[planner.base.fact]
        planner.base.fault[late] = FAULTS.index("after_death")
        planner.free[late] = False
    return planner


def _word(facts: Facts, column: str, words: tuple[str, ...], rows: Rows) -> Bools:
    """Mark the rows whose fact has one of `words` in a column."""
    value: Words = facts.columns[column]
    hit = np.array([word in words for word in value.words])
    return np.asarray(hit[value.at][rows.fact])


def _keys(planner: Planner, eligible: Bools | None = None) -> None:
    planner.spoil("blank_key", REFUSED, eligible)
    planner.spoil("invalid_key", REFUSED, eligible)


def _dates(planner: Planner, eligible: Bools | None = None) -> None:
    planner.spoil("missing_date", REFUSED, eligible)
    planner.spoil("impossible_date", REFUSED, eligible)
    planner.spoil("after_receipt", REFUSED, eligible)


def _hospital(planner: Planner) -> None:
    """Plant what every hospital flow has; late and corrected rows last, so that they never lose a fact."""
    planner.spoil("unknown_lsoa", WARNED)
    planner.spoil("row_ethnicity_missing", LOADED)
    planner.spoil("row_lsoa_missing", LOADED)
    planner.repeat("duplicate_same_file")
    planner.repeat("duplicate_later_file", later=True)
    planner.repeat("sender_flagged")
    planner.correct()
    planner.delay()
    planner.invent("out_of_place", OUT_OF_SCOPE)


def _spells(scene: Scene, name: str) -> Rows:
    planner, facts = _planner(scene, name), scene.facts[name]
    _keys(planner)
    planner.spoil("impossible_date", REFUSED)
    planner.spoil("after_receipt", REFUSED)
    planner.spoil("discharge_before_admission", REFUSED)
    planner.spoil("retired_code", WARNED, _word(facts, "last_function", EXCLUDED_FUNCTIONS, planner.base))
    planner.spoil("unknown_code", WARNED)
    _hospital(planner)
    return joined([planner.rows(), _open_spells(scene, facts, planner)])


def _open_spells(scene: Scene, facts: Facts, planner: Planner) -> Rows:
    """Send some stays that are under way at a delivery's cut, without a discharge; the whole stay follows later."""
    rate = scene.parameters.faults.open_spell
    timeline, admitted = scene.timeline, facts.columns["admitted"]
    sound = np.ones(facts.n, bool)
    sound[planner.base.fact] = (planner.base.fault == 0) & planner.base.countable
    parts = []
    for delivery in timeline.deliveries:
        under_way = np.flatnonzero(sound & (admitted <= delivery.cut) & (facts.day > delivery.cut))
        n = max(1, round(rate * len(under_way))) if rate > 0 and len(under_way) else 0
        fact = np.sort(planner.rng.choice(under_way, n, replace=False))
        rows = plain_rows(fact, facts.person[fact], np.full(n, delivery.number))
        complete = facts.day[fact] <= timeline.last
        rows.outcome = np.where(complete, SUPERSEDED, LOADED).astype(np.int8)
        rows.early[:], rows.countable[:] = True, False
        rows.fault[:] = FAULTS.index("open_spell")
        sound[fact] = False
        parts.append(rows)
    return joined(parts)


def _outpatients(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name)
    _gap(scene, planner)
    _keys(planner)
    _dates(planner)
    planner.spoil("unknown_code", WARNED)
    _hospital(planner)
    return planner.rows()


def _gap(scene: Scene, planner: Planner) -> None:
    """Let the last provider's outpatients of the last month but one arrive with the last delivery."""
    if not scene.parameters.faults.provider_gap or len(scene.timeline.deliveries) < 2:
        return
    month = months_of(planner.facts.day[planner.base.fact])
    provider: Words = planner.facts.columns["provider"]
    closing = months_of(np.array([scene.timeline.deliveries[-2].cut]))[0]
    gap = (month == closing) & (provider.at[planner.base.fact] == len(provider.words) - 1) & planner.free
    planner.base.fault[gap] = FAULTS.index("provider_gap")
    planner.base.delivery[gap] = planner.base.content[gap] = planner.last
    planner.free[gap] = False


def _emergency(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name)
    _keys(planner)
    _dates(planner)
    planner.spoil("unknown_code", WARNED)
    _hospital(planner)
    return planner.rows()


def _community(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name)
    _dates(planner)
    planner.spoil("unknown_code", WARNED)
    planner.repeat("duplicate_same_file")
    planner.repeat("duplicate_later_file", later=True)
    planner.correct()
    _late_refresh(planner)
    planner.delay()
    planner.invent("unlinked", UNLINKED)
    return planner.rows()


def _late_refresh(planner: Planner) -> None:
    """Send a newer period's state of a contact, and after it the old period's once more: the newer state stands.

    The old state comes first in the first delivery, the newer one in the next, the late refresh in the last.
    """
    if planner.last < 2:
        return
    picked = planner.pick("late_refresh", planner.recent & (planner.base.delivery == 0))
    newer, refresh = planner.base.take(picked), planner.base.take(picked)
    planner.base.outcome[picked], planner.base.early[picked], planner.base.countable[picked] = SUPERSEDED, True, False
    newer.delivery[:] = newer.content[:] = 1
    refresh.delivery[:] = refresh.content[:] = planner.last
    refresh.early[:] = True
    planner._add(newer, LOADED)
    planner._add(refresh, SUPERSEDED)
    refresh.early[:] = True


def _appointments(scene: Scene, name: str) -> Rows:
    """Plan the flat file of all practices; what loses a fact is planted only where no slots are sent."""
    planner = _planner(scene, name)
    practice = scene.practice_of(name, planner.base)
    flat_only = ~(scene.slots_only | scene.slots_too)[practice]
    _keys(planner, flat_only)
    _dates(planner, flat_only & _word(scene.facts[name], "status", ("Attended",), planner.base))
    planner.repeat("duplicate_same_file")
    planner.repeat("duplicate_later_file", later=True)
    planner.correct()
    planner.delay()
    planner.invent("out_of_place", OUT_OF_SCOPE, flat_only)
    return planner.rows()


def _slots(scene: Scene) -> Rows:
    """Plan the slots of the practices that send them: the same appointments, arriving when the flat rows do."""
    flat = scene.plans["appointment"]
    sends = (scene.slots_only | scene.slots_too)[scene.practice_of("appointment", flat)]
    facts = scene.facts["appointment"]
    planner = _planner(scene, "appointment")
    planner.rng = Streams(scene.parameters.seed)("faults slot")
    planner.base = flat.take(np.flatnonzero(sends & flat.countable))
    planner.base.fault = np.where(planner.base.has("late"), FAULTS.index("late"), 0).astype(np.int8)
    planner.base.outcome[:] = LOADED
    planner.free = planner.base.fault == 0
    planner.next_ident = 2 * facts.n
    planner.repeat("duplicate_same_file")
    planner.repeat("duplicate_later_file", later=True)
    planner.invent("unlinked", UNLINKED)
    planner.invent("unbooked_slot", OUT_OF_SCOPE)
    _cancelled_slots(planner)
    return planner.rows()


def _cancelled_slots(planner: Planner) -> None:
    """Add bookings that are deleted in the next delivery; they were no appointments."""
    booked = planner.invent("deleted", SUPERSEDED, planner.base.delivery < planner.last, nobody=False)
    booked.early[:] = True
    deletion = booked.take(np.arange(booked.n))
    deletion.early[:] = False
    deletion.delivery = deletion.delivery + np.int8(1)
    deletion.content = deletion.delivery.copy()
    planner._add(deletion, SUPERSEDED)


def _coded(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name, gp=True)
    everyday = is_everyday(scene.facts[name])[planner.base.fact]
    planner.spoil("impossible_date", WARNED, everyday)
    planner.spoil("after_receipt", WARNED, everyday)
    planner.spoil("unknown_code", WARNED, everyday)
    _gp_rows(planner, everyday)
    return _withhold(scene, planner.rows())


def _medicines(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name, gp=True)
    _gp_rows(planner, None)
    return _withhold(scene, planner.rows())


def _gp_rows(planner: Planner, deletable: Bools | None) -> None:
    planner.repeat("duplicate_same_file")
    planner.repeat("duplicate_later_file", later=True)
    planner.withdraw(deletable)
    planner.delay()
    planner.invent("unlinked", UNLINKED)


def _withhold(scene: Scene, rows: Rows) -> Rows:
    """Withhold the rows of people with a Type 1 objection; none of them carries another fault."""
    theirs = (rows.person >= 0) & scene.health.objects[rows.person] & (rows.outcome == LOADED)
    rows.outcome[theirs] = WITHHELD
    rows.fault[theirs] = FAULTS.index("type_1_objection")
    rows.countable[theirs] = False
    return rows


def _contacts(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name)
    planner.spoil("blank_key", REFUSED)
    planner.spoil("missing_date", REFUSED)
    planner.repeat("duplicate_same_file")
    planner.delay()
    return planner.rows()


def _in_time(scene: Scene, name: str) -> Rows:
    facts = scene.facts[name]
    kept = np.flatnonzero(facts.day <= scene.timeline.last)
    return plain_rows(kept, facts.person[kept], scene.timeline.delivery_of(facts.day[kept]))


def _cohort(scene: Scene, name: str) -> Rows:
    """Plan one row for each member and home, sent again when the membership or the person changes."""
    facts, people = scene.facts["cohort"], scene.people
    scene.facts["cohort_home"] = homes = _homes_of_members(scene)
    member = homes.columns["member"]
    changes = [facts.columns["left"][member], people.died[homes.person], people.registered_to[homes.person]]
    rows = versions(homes.person, homes.day, changes, scene.timeline)
    return joined([rows, _strangers(scene, name, rows)])


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


def _caseload(scene: Scene, name: str) -> Rows:
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


def _records(scene: Scene, name: str) -> Rows:
    facts = scene.facts[name]
    changes = [end_of_record(scene), scene.people.died[facts.person]]
    rows = versions(facts.person, facts.day, changes, scene.timeline)
    twice = scene.people.doubly_registered[rows.person]
    rows.fault[twice] = FAULTS.index("two_practices")
    return joined([_withhold(scene, rows), _strangers(scene, name, rows)])


def patient_index(scene: Scene) -> Facts:
    """Return the community data set's patients: everyone with a contact, from the first one on."""
    community = scene.facts["community"]
    person, first = np.unique(community.person, return_index=True)
    return Facts("index", person, community.day[first])


def _index(scene: Scene, name: str) -> Rows:
    facts = scene.facts[name]
    died = scene.people.died[facts.person]
    rows = versions(facts.person, facts.day, [np.where(died < NEVER, died, NO_DAY)], scene.timeline)
    return joined([rows, _strangers(scene, name, rows)])
