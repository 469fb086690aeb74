"""The plan of rows of every table: which faults it can carry, and what each must lead to."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.plans_months import arrive_late, never_arrive, send_again, switch_to_same_day
from doorstep.synthetic.plans_orders import follow_up_first, in_retired_terminology, put_in_order, refer_late
from doorstep.synthetic.plans_people import (
    patient_index,
    plan_caseload,
    plan_cohort,
    plan_cohort_list,
    plan_index,
    plan_records,
    records,
    withhold,
)
from doorstep.synthetic.rows import (
    FAULTS,
    LOADED,
    OUT_OF_SCOPE,
    REFUSED,
    SUPERSEDED,
    UNLINKED,
    WARNED,
    Planner,
    Rows,
    joined,
    plain_rows,
)
from doorstep.synthetic.scene import Scene, is_everyday
from doorstep.synthetic.streams import Streams

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
        "record": plan_records,
        "index": plan_index,
        "referral": _referrals,
        "cohort": plan_cohort,
        "caseload": plan_caseload,
    }
    for name, make in makers.items():
        scene.plans[name] = make(scene, name)
    scene.plans["slot"] = _slots(scene)
    scene.plans["cohort_list"] = plan_cohort_list(scene)


def _planner(scene: Scene, name: str, *, gp: bool = False) -> Planner:
    rng = Streams(scene.parameters.seed)(f"faults {name}")
    closed_to = scene.health.objects if gp else None
    planner = Planner(scene.facts[name], scene.timeline, scene.parameters.faults, rng, closed_to)
    if gp:
        _not_before_registration(scene, planner)
    after = scene.facts[name].columns.get("after_death")
    if after is not None:
        late = after[planner.base.fact]
        planner.base.fault[late] = FAULTS.index("after_death")
        planner.free[late] = False
    return planner


def _not_before_registration(scene: Scene, planner: Planner) -> None:
    """Let a joiner's history arrive with the registration: a practice has no record of somebody else's patient."""
    since = scene.people.registered_from[planner.base.person]
    planner.base.delivery = np.maximum(planner.base.delivery, scene.timeline.delivery_of(since))
    planner.base.content = planner.base.delivery.copy()


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
    put_in_order(scene.facts[name])
    planner = _planner(scene, name)
    never_arrive(scene, planner)
    arrive_late(scene, planner)
    follow_up_first(planner)
    _keys(planner)
    _dates(planner)
    planner.spoil("unknown_code", WARNED)
    _hospital(planner)
    return planner.rows()


def _emergency(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name)
    switch_to_same_day(scene, planner)
    _keys(planner)
    _dates(planner)
    planner.spoil("unknown_code", WARNED)
    send_again(scene, planner, "resubmitted_month")
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
    send_again(scene, planner, "refreshed_month", refreshed=True)
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
    planner.add(newer, LOADED)
    planner.add(refresh, SUPERSEDED)
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
    planner.add(deletion, SUPERSEDED)


def _coded(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name, gp=True)
    everyday = is_everyday(scene.facts[name])[planner.base.fact]
    planner.spoil("impossible_date", WARNED, everyday)
    planner.spoil("after_receipt", WARNED, everyday)
    planner.spoil("unknown_code", WARNED, everyday)
    planner.spoil("before_birth", LOADED, everyday)
    in_retired_terminology(planner)
    _gp_rows(planner, everyday)
    return withhold(scene, planner.rows())


def _medicines(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name, gp=True)
    _gp_rows(planner, None)
    return withhold(scene, planner.rows())


def _gp_rows(planner: Planner, deletable: Bools | None) -> None:
    planner.repeat("duplicate_same_file")
    planner.repeat("duplicate_later_file", later=True)
    planner.withdraw(deletable)
    planner.delay()
    planner.invent("unlinked", UNLINKED)


def _contacts(scene: Scene, name: str) -> Rows:
    planner = _planner(scene, name)
    planner.spoil("blank_key", REFUSED)
    planner.spoil("missing_date", REFUSED)
    planner.repeat("duplicate_same_file")
    planner.delay()
    return planner.rows()


def _referrals(scene: Scene, name: str) -> Rows:
    facts = scene.facts[name]
    kept = np.flatnonzero(facts.day <= scene.timeline.last)
    rows = plain_rows(kept, facts.person[kept], scene.timeline.delivery_of(facts.day[kept]))
    refer_late(scene, rows)
    return rows
