"""Made people against the published tables: practice by LSOA, age, sex and ethnic group; and the fit itself."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import SYSTEM, Drawn, drawn, published, sefton, system, system_ground

from doorstep.synthetic.marginals import broad_shares, fitted, shares_of_women
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.schedules import GROUPS
from doorstep.synthetic.traits import groups_of, traits

FLOWS = """
    SELECT practice, lsoa21, sum(patients * share_of_lsoa11) AS n
    FROM {registrations} JOIN {lsoa11_lsoa21} USING (lsoa11) WHERE practice IN (SELECT practice FROM {practices} WHERE
"""
PRACTICES = {"Sefton": "ltla24 = 'E08000014'", SYSTEM: "icb = 'QYG'"}
MADE = {"Sefton": sefton, SYSTEM: system}


@pytest.fixture(scope="module", params=list(MADE))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def here(name: str) -> Drawn:
    return MADE[name]()


def test_the_list_of_each_practice_by_lsoa_is_the_published_one_to_a_person(name: str, here: Drawn) -> None:
    real = {(practice, lsoa): n for practice, lsoa, n in published(f"{FLOWS} {PRACTICES[name]}) GROUP BY ALL")}
    people, who = here.people, np.flatnonzero(here.opening)
    practice, lsoa = (
        np.array(here.ground.practices)[people.practice[who]],
        np.array(here.ground.lsoas)[people.lsoa[who]],
    )
    made = Counter(zip(practice.tolist(), lsoa.tolist(), strict=True))
    assert set(made) <= set(real)
    assert max(abs(made[flow] - n) for flow, n in real.items()) <= 1.001
    assert sum(made.values()) == pytest.approx(sum(real.values()), rel=1e-5)


def shares_by_lsoa(sql: str) -> dict[str, Any]:
    return {code: np.array(counts, float) / sum(counts) for code, *counts in published(sql)}


def worst(made: dict[str, Any], real: dict[str, Any]) -> float:
    """The largest distance, in people, from the published share of an area's people; areas of 500 and more."""
    return max(float(np.abs(n - real[code] * n.sum()).max()) for code, n in made.items() if n.sum() >= 500)


def test_ethnic_groups_of_each_lsoa_are_the_published_ones_to_two_people(here: Drawn) -> None:
    real = shares_by_lsoa(f"SELECT lsoa21, {', '.join(GROUPS)} FROM {{ethnicity_lsoa21}}")
    assert worst(here.by_lsoa(groups_of(here.people.ethnicity), 5), real) <= 2


BROAD = (0, 16, 25, 35, 50, 65, 75, 85, 91)


def test_ages_of_each_lsoa_are_the_published_ones_to_five_people(here: Drawn) -> None:
    bands = ", ".join(f"sum(persons) FILTER (age >= {a} AND age < {b})" for a, b in pairwise(BROAD))
    real = shares_by_lsoa(f"SELECT lsoa21, {bands} FROM {{age_lsoa21}} GROUP BY ALL")
    assert worst(here.by_lsoa(np.digitize(here.age, BROAD) - 1, len(BROAD) - 1), real) <= 5


def test_sexes_of_the_council_are_those_of_the_census() -> None:
    """Sefton: 16-64 and 65-74 as printed; 75 and over from what is left of all, 59% women."""
    found = published("SELECT age_group, female_share FROM {sex_ltla} WHERE ltla24 = 'E08000014'")
    census = dict(found)
    here = sefton()
    for group, first, stop in (("working_age", 16, 65), ("older", 65, 75)):
        who = here.opening & (here.age >= first) & (here.age < stop)
        assert here.people.sex[who].mean() == pytest.approx(census[group], abs=0.003), group
    assert here.people.sex[here.opening].mean() == pytest.approx(census["all"], abs=0.006)
    oldest = here.opening & (here.age >= 75)
    assert 0.56 < here.people.sex[oldest].mean() < 0.61
    assert here.people.sex[here.opening & (here.age >= 90)].mean() > here.people.sex[oldest].mean()


def test_without_raking_areas_lose_their_own_ages_and_ethnic_groups() -> None:
    apart = drawn(Parameters("Sefton", seed=3, without=("raking",)), sefton().ground)
    real = shares_by_lsoa(f"SELECT lsoa21, {', '.join(GROUPS)} FROM {{ethnicity_lsoa21}}")
    ages = "sum(persons) FILTER (age < 65), sum(persons) FILTER (age >= 65)"
    old = shares_by_lsoa(f"SELECT lsoa21, {ages} FROM {{age_lsoa21}} GROUP BY ALL")
    assert worst(apart.by_lsoa(groups_of(apart.people.ethnicity), 5), real) > 30
    assert worst(apart.by_lsoa((apart.age >= 65).astype(int), 2), old) > 100
    both = [d.age[d.opening].mean() for d in (apart, sefton())]
    assert both[0] == pytest.approx(both[1], abs=0.3)  # the Place as a whole stays as it was


def test_people_of_white_groups_are_older_and_of_mixed_groups_younger() -> None:
    """Census 2021: median ages of 43 and 19."""
    here = system()
    group = groups_of(here.people.ethnicity)
    ages = {name: np.median(here.age[here.opening & (group == i)]) for i, name in enumerate(GROUPS)}
    assert ages["white"] > ages["asian"] > ages["mixed"]
    assert ages["white"] > 40 and ages["mixed"] < 24


def test_births_of_the_window_are_those_of_the_areas() -> None:
    """Two years of the published number of age 0, at today's level, for everybody on the lists."""
    here = system()
    sql = "SELECT lsoa21, sum(persons) FILTER (age = 0), sum(persons) FROM {age_lsoa21} GROUP BY ALL"
    babies = {code: young / everyone for code, young, everyone in published(sql)}
    expected = 2 * 0.94 * sum(babies[code] * n.sum() for code, n in here.by_lsoa(here.age, 91).items())
    assert here.people.born_in_window.sum() == pytest.approx(expected, rel=0.02)


@given(st.lists(st.lists(st.integers(0, 50), min_size=5, max_size=5), min_size=1, max_size=4), st.integers(1, 5))
@settings(max_examples=30, deadline=None)
def test_a_fit_keeps_both_margins(groups: list[list[int]], scale: int) -> None:
    counts = np.array(groups, float) + 1
    ages = np.tile(1 + np.arange(91.0) % 7, (len(groups), 1)) * scale
    people = fitted(ages, counts)
    assert people.sum(axis=1) == pytest.approx(ages, rel=1e-4)
    wanted = counts * (ages.sum(axis=1) / counts.sum(axis=1))[:, None]
    assert people.sum(axis=2) == pytest.approx(wanted, rel=1e-4)


def test_a_council_has_the_published_share_of_women_in_each_broad_age() -> None:
    ages = np.linspace(1000, 100, 91)
    alive = np.stack([np.linspace(1, 0.1, 91), np.linspace(1, 0.2, 91)])
    share = shares_of_women(ages, np.array([0.48, 0.51, 0.52, 0.6]), alive)
    for first, stop, wanted in ((0, 16, 0.48), (16, 65, 0.51), (65, 75, 0.52), (75, 91, 0.6)):
        assert np.average(share[first:stop], weights=ages[first:stop]) == pytest.approx(wanted, abs=1e-6)
    assert (np.diff(share[75:]) > 0).all()  # women live longer


def test_who_is_left_of_all_is_75_and_over() -> None:
    """10 girls and 10 boys, 30 and 30 of working age, 6 and 4 to 74, and by difference 9 women and 3 men."""
    counts = np.array([[10, 10], [30, 30], [6, 4], [10 + 30 + 6 + 9, 10 + 30 + 4 + 3]], float)
    ages = np.zeros(91)
    ages[5], ages[30], ages[70], ages[80] = 20, 60, 10, 12
    assert broad_shares(counts, ages) == pytest.approx([0.5, 0.5, 0.6, 9 / 12])


def test_newcomers_are_young_adults_more_often_than_people_who_stay() -> None:
    residents, rng = system_ground().residents, np.random.default_rng(1)
    lsoa = np.repeat(np.arange(100), 50)
    settled, new = (traits(residents, lsoa, is_new, True, rng)[1] for is_new in (False, True))
    assert np.mean((new >= 18) & (new < 35)) > 1.5 * np.mean((settled >= 18) & (settled < 35))
