"""Every planted fault appears, leads where it must, and is gone when its rate is nought."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from made_place import planned_place, real_ground

from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import FaultRates, Parameters
from doorstep.synthetic.plans import make_plans
from doorstep.synthetic.rows import FAULTS, OUTCOMES
from doorstep.synthetic.scene import Scene, make_scene

NONE = FaultRates(**{f.name: 0.0 for f in dataclasses.fields(FaultRates)})
OF_PEOPLE = {"person_ethnicity_missing", "person_lsoa_missing", "opted_out"}
OF_MONTHS = {"silent_month"}  # no row ever arrives
OF_ROWS = [f for f in FAULTS if f and f not in OF_PEOPLE | OF_MONTHS]
# The outcomes that rows of each fault may have: of the faulty row, and of the row it stands beside.
EXPECTED = {
    "blank_key": {"refused"},
    "invalid_key": {"refused"},
    "missing_date": {"refused"},
    "impossible_date": {"refused", "loaded_with_warning"},
    "after_receipt": {"refused", "loaded_with_warning"},
    "discharge_before_admission": {"refused"},
    "duplicate_same_file": {"loaded", "exact_duplicate"},
    "duplicate_later_file": {"loaded", "exact_duplicate"},
    "sender_flagged": {"loaded", "exact_duplicate"},
    "correction": {"superseded", "loaded"},
    "late": {"loaded"},
    "late_refresh": {"superseded", "loaded"},
    "deleted": {"superseded"},
    "open_spell": {"superseded", "loaded"},
    "retired_code": {"loaded_with_warning"},
    "unknown_code": {"loaded_with_warning"},
    "unknown_lsoa": {"loaded_with_warning"},
    "row_ethnicity_missing": {"loaded"},
    "row_lsoa_missing": {"loaded"},
    "unlinked": {"unlinked"},
    "out_of_place": {"out_of_scope"},
    "unbooked_slot": {"out_of_scope"},
    "after_death": {"loaded"},
    "provider_gap": {"loaded"},
    "two_practices": {"loaded"},
    "shared_number": {"loaded"},
    "two_numbers": {"loaded"},
    "misspelt_name": {"loaded"},
    "wrong_birth": {"loaded"},
    "follow_up_first": {"loaded"},
    "referral_after_contact": {"loaded"},
    "before_birth": {"loaded"},
    "retired_entry": {"loaded"},
    "resubmitted_month": {"loaded", "exact_duplicate"},
    "refreshed_month": {"loaded", "exact_duplicate"},
    "same_day_switch": {"loaded"},
    "type_1_objection": {"withheld"},
}


def outcomes(scene: Scene) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for rows in scene.plans.values():
        for fault, outcome in zip(rows.fault.tolist(), rows.outcome.tolist(), strict=True):
            if fault:
                found.setdefault(FAULTS[fault], set()).add(OUTCOMES[outcome])
    return found


@pytest.fixture(scope="module")
def planned() -> Scene:
    return planned_place()


@pytest.fixture
def quick_ground(monkeypatch: pytest.MonkeyPatch) -> Ground:
    ground = real_ground()
    monkeypatch.setattr(Ground, "of", lambda place: ground)
    return ground


def planned_with(faults: FaultRates) -> Scene:
    scene = make_scene(Parameters("Sefton", people=1200, months=12, seed=3, faults=faults))
    make_plans(scene)
    return scene


def test_every_fault_of_rows_is_there_with_the_outcome_it_must_have(planned: Scene) -> None:
    found = outcomes(planned)
    assert set(found) == set(OF_ROWS) == set(EXPECTED)
    for fault, seen in found.items():
        assert seen <= EXPECTED[fault], fault
        assert seen - {"loaded"} == EXPECTED[fault] - {"loaded"}, fault


def test_without_any_rate_there_is_no_fault_and_every_row_of_activity_loads(quick_ground: Ground) -> None:
    scene = planned_with(NONE)
    assert outcomes(scene) == {}
    for table in ("spell", "outpatient", "emergency", "community", "appointment", "coded", "medicine", "slot"):
        assert set(scene.plans[table].outcome.tolist()) == {OUTCOMES.index("loaded")}, table
    assert scene.people.lsoa_known.all()
    assert not scene.opted_out.any()
    assert not scene.health.objects.any()


@pytest.mark.parametrize("fault", OF_ROWS)
def test_one_rate_alone_plants_one_fault_alone(fault: str, quick_ground: Ground) -> None:
    scene = planned_with(
        dataclasses.replace(NONE, **{fault: 0.5 if fault in ("after_death", "late_refresh") else 0.05})
    )
    assert set(outcomes(scene)) == {fault}


def test_no_fact_is_counted_twice(planned: Scene) -> None:
    for name, rows in planned.plans.items():
        if name in planned.facts:
            standing = rows.ident[rows.countable]
            assert len(np.unique(standing)) == len(standing), name


def test_a_refused_or_deleted_row_leaves_nothing_to_count(planned: Scene) -> None:
    for name, rows in planned.plans.items():
        for outcome in ("refused", "superseded", "exact_duplicate", "withheld", "out_of_scope", "unlinked"):
            assert not rows.countable[rows.outcome == OUTCOMES.index(outcome)].any(), (name, outcome)


def test_the_newest_period_of_a_contact_stands_against_a_late_refresh(planned: Scene) -> None:
    rows = planned.plans["community"]
    refreshed = rows.take(rows.has("late_refresh"))
    for fact in set(refreshed.fact.tolist()):
        of_fact = refreshed.take(refreshed.fact == fact)
        order = np.argsort(of_fact.delivery)
        assert [OUTCOMES[o] for o in of_fact.outcome[order]] == ["superseded", "loaded", "superseded"]


def test_faults_that_lose_an_appointment_stay_away_from_practices_that_send_slots(planned: Scene) -> None:
    """Else the same appointment would be lost in one way in and kept in another."""
    rows = planned.plans["appointment"]
    lost = rows.take(rows.outcome == OUTCOMES.index("refused"))
    assert lost.n
    assert not (planned.slots_only | planned.slots_too)[planned.practice_of("appointment", lost)].any()


def test_members_have_no_type_1_objection(planned: Scene) -> None:
    """Only general practice knows of one: a member's would make the ways in differ."""
    assert not planned.health.objects[planned.facts["cohort"].person].any()
    assert planned.health.objects.any()


def test_no_coded_entry_arrives_before_its_patient(planned: Scene) -> None:
    entries = planned.plans["coded"]
    own = entries.take(entries.person >= 0)
    arrives = np.full(planned.people.n, 99)
    patients = planned.plans["record"]
    known = patients.person >= 0
    np.minimum.at(arrives, patients.person[known], patients.delivery[known])
    assert (own.delivery >= arrives[own.person]).all()
