"""The people are those of the real areas: ages, sexes, homes; and their lives are in order."""

from __future__ import annotations

import numpy as np
import pytest
from made_place import planned_place, real_ground

from doorstep.synthetic.ground import Ground
from doorstep.synthetic.parameters import FaultRates, Parameters
from doorstep.synthetic.part import Part, make_part
from doorstep.synthetic.people import People, joined_people, person_keys, shares
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, Timeline

PARAMETERS = Parameters("Sefton", people=20_000, seed=5)
TIMELINE = Timeline.ending("2026-09", 24)


@pytest.fixture(scope="module")
def planned() -> Scene:
    return planned_place()


@pytest.fixture(scope="module")
def ground() -> Ground:
    return real_ground()


@pytest.fixture(scope="module")
def part(ground: Ground) -> Part:
    (share,) = shares(ground, TIMELINE, PARAMETERS)
    return make_part(ground, TIMELINE, PARAMETERS, Streams(5), share)


@pytest.fixture(scope="module")
def people(part: Part) -> People:
    return part.people


def _people(ground: Ground, parameters: Parameters, seed: int) -> People:
    (share,) = shares(ground, TIMELINE, parameters)
    return make_part(ground, TIMELINE, parameters, Streams(seed), share).people


def test_about_half_are_women_and_more_among_the_old(people: People) -> None:
    ages = people.age_on(TIMELINE.middle)
    assert people.sex.mean() == pytest.approx(0.51, abs=0.02)
    assert people.sex[ages >= 65].mean() > people.sex[ages < 18].mean()


def test_somebody_born_in_the_window_was_born_to_a_woman_who_was_here(people: People) -> None:
    child = np.flatnonzero(people.born_in_window)
    mother = people.mother[child]
    age = (people.birth[child] - people.birth[mother]) / 365.25
    assert (people.birth[child] >= TIMELINE.first).all()
    settled = people.registered_from < TIMELINE.first
    assert not people.born_in_window[settled].any()
    assert (mother >= 0).mean() > 0.99
    mother, child, age = mother[mother >= 0], child[mother >= 0], age[mother >= 0]
    assert (people.sex[mother] == 1).all()
    assert ((age >= 16) & (age < 50)).all()
    assert (people.died[mother] >= people.birth[child]).all()
    assert (people.registered_to[mother] >= people.birth[child]).all()
    assert (people.household[mother] == people.household[child]).all()


def test_the_young_move_more_than_the_old(people: People) -> None:
    ages = people.age_on(TIMELINE.first)
    young, old = (ages >= 18) & (ages < 30), ages >= 60
    leaves = (people.registered_to < NEVER) & (people.died == NEVER)
    assert leaves[young].mean() > 3 * leaves[old].mean()
    assert (people.moved_on < NEVER)[young].mean() > 2 * (people.moved_on < NEVER)[old].mean()


def test_children_move_with_their_mothers(people: People) -> None:
    child = np.flatnonzero((people.mother >= 0) & (people.age_on(TIMELINE.last) < 18) & (people.died == NEVER))
    child = child[people.died[people.mother[child]] == NEVER]
    moved = child[people.moved_on[child] < NEVER]
    assert len(moved) > 50
    assert (people.moved_on[moved] == people.moved_on[people.mother[moved]]).all()
    assert (people.lsoa_2[moved] == people.lsoa_2[people.mother[moved]]).all()


def test_positions_of_people_still_point_at_the_same_people_when_parts_are_joined(people: People) -> None:
    both = joined_people([people, people])
    first, second = (both.mother[at : at + people.n] for at in (0, people.n))
    assert (first == people.mother).all()
    assert (second[people.mother >= 0] - people.n == people.mother[people.mother >= 0]).all()
    assert (second[people.mother < 0] == -1).all()
    assert not set(both.household[: people.n].tolist()) & set(both.household[people.n :].tolist())


def test_lives_are_in_order(people: People) -> None:
    assert (people.birth <= people.registered_from).all()
    assert (people.registered_to >= people.registered_from).all()
    died = people.died < NEVER
    assert (people.registered_to[died] == people.died[died]).all()
    moved = people.moved_on < NEVER
    assert (people.moved_on[moved] < people.registered_to[moved]).all()
    assert ((people.lsoa_2 >= 0) == moved).all()


def test_deaths_are_of_a_plausible_number_and_fall_on_the_old(people: People) -> None:
    died = people.died < NEVER
    assert 0.007 < died.mean() / 2 < 0.018
    assert np.median(people.age_on(TIMELINE.middle)[died]) > 70


def test_the_same_seed_draws_the_same_people_and_another_seed_others(ground: Ground, people: People) -> None:
    again = _people(ground, PARAMETERS, 5)
    other = _people(ground, PARAMETERS, 6)
    assert (again.birth == people.birth).all()
    assert (person_keys(50, Streams(5))["sender"] == person_keys(50, Streams(5))["sender"]).all()
    assert (other.birth != people.birth).any()


def test_a_fault_rate_changes_nobody_else(ground: Ground) -> None:
    few = Parameters("Sefton", people=500)
    none = Parameters("Sefton", people=500, faults=FaultRates(opted_out=0.0, late=0.0))
    first, second = (_people(ground, p, 1) for p in (few, none))
    assert (first.birth == second.birth).all()


def test_nothing_happens_before_registration_or_after_death_but_where_planted(planned: Scene) -> None:
    start = planned.people.start(planned.timeline)
    last = np.minimum(planned.people.registered_to, planned.people.died)
    for table in ("appointment", "outpatient", "emergency", "community"):
        facts = planned.facts[table]
        planted = facts.columns.get("after_death", np.zeros(facts.n, bool))
        assert (facts.day >= start[facts.person]).all(), table
        assert (facts.day <= last[facts.person])[~planted].all(), table
        assert (facts.day > last[facts.person])[planted].all(), table


def test_nobody_has_another_appointment_on_a_day_of_programme_work(planned: Scene) -> None:
    facts = planned.facts["appointment"]
    theirs = facts.columns["programme"]
    days = set(zip(facts.person[theirs].tolist(), facts.day[theirs].tolist(), strict=True))
    others = set(zip(facts.person[~theirs].tolist(), facts.day[~theirs].tolist(), strict=True))
    assert days and not days & others


def test_the_cohort_is_a_few_in_a_hundred_adults_identified_while_registered(planned: Scene) -> None:
    cohort, people = planned.facts["cohort"], planned.people
    adults = (people.age_on(planned.timeline.middle) >= 18).sum()
    assert 0.015 < cohort.n / adults < 0.04
    assert (cohort.day > people.registered_from[cohort.person]).all()
    assert (cohort.columns["left"] >= cohort.day).all()


def test_some_cases_are_open_for_people_who_have_left_the_cohort(planned: Scene) -> None:
    """The caseload is no subset of the cohort; but everyone in it was a member once."""
    cohort, cases = planned.facts["cohort"], planned.facts["caseload"]
    assert set(cases.person.tolist()) <= set(cohort.person.tolist())
    left = np.full(planned.people.n, NEVER)
    left[cohort.person] = cohort.columns["left"]
    assert (cases.columns["closed"] >= cases.day).all()
    assert (cases.columns["closed"] > left[cases.person]).any()
