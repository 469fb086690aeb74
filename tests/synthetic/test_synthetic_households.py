"""Who lives with whom, who cares for whom: as households are, and as the census counts carers."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest
from made_people import TIMELINE, Drawn, published, sefton, system

from doorstep.synthetic.households import Persons, tie
from doorstep.synthetic.timeline import NEVER

YEAR = 365.25


@pytest.fixture(scope="module")
def here() -> Drawn:
    return sefton()


def small(ages: list[int], sexes: list[int], block: list[int] | None = None) -> Persons:
    n = len(ages)
    old = np.array([round((a + 0.5) * YEAR) for a in ages], np.int32)
    where = np.array(block or [0] * n)
    return Persons(where, np.zeros(n, int), np.array(ages), old, np.array(sexes), np.full(n, 5), np.full(n, -1))


def test_partners_are_each_others_live_together_and_are_grown_up(here: Drawn) -> None:
    people = here.people
    one = np.flatnonzero(people.partner >= 0)
    other = people.partner[one]
    assert (people.partner[other] == one).all()
    assert (people.household[other] == people.household[one]).all()
    assert (people.lsoa[other] == people.lsoa[one]).all()
    assert people.age_on(people.start(TIMELINE))[one].min() >= 18
    assert (people.practice[other] == people.practice[one]).mean() > 0.95


def test_a_child_lives_with_a_mother_16_to_50_years_older(here: Drawn) -> None:
    people = here.people
    child = np.flatnonzero(people.mother >= 0)
    mother = people.mother[child]
    older = (people.birth[child] - people.birth[mother]) / YEAR
    assert (people.sex[mother] == 1).all()
    assert older.min() >= 15.99 and older.max() <= 50
    assert older.mean() == pytest.approx(31, abs=1.5)
    assert (people.household[child] == people.household[mother]).all()
    assert (people.mother[here.age < 18] >= 0).mean() > 0.93  # the rest live with a father, or nobody here is of an age


def test_children_of_one_mother_are_twins_or_a_pregnancy_apart(here: Drawn) -> None:
    children = defaultdict(list)
    for mother, birth in zip(here.people.mother.tolist(), here.people.birth.tolist(), strict=True):
        if mother >= 0:
            children[mother].append(birth)
    apart = np.concatenate([np.diff(sorted(births)) for births in children.values() if len(births) > 1])
    assert ((apart == 0) | (apart >= 270)).all()
    assert 0 < (apart == 0).mean() < 0.03


def test_households_have_the_sizes_of_the_census(here: Drawn) -> None:
    """England, Census 2021: 30% of households are one person, 34% two, 2.4 people on average; Sefton is older."""
    people, who = here.people, here.opening & ~here.people.care_home
    size = np.bincount(people.household[who])
    size = size[size > 0]
    assert 2.1 < size.mean() < 2.5
    assert 0.26 < (size == 1).mean() < 0.36
    assert 0.30 < (size == 2).mean() < 0.40
    assert (size >= 7).mean() < 0.02
    alone = size_of(here)[who & (here.age >= 65)] == 1
    assert 0.27 < alone.mean() < 0.37  # about three in ten of 65 and over


def size_of(here: Drawn) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.bincount(here.people.household[here.opening], minlength=here.people.household.max() + 1)[
        here.people.household
    ]


def test_most_children_live_with_two_adults_and_fewer_in_deprived_areas(here: Drawn) -> None:
    people = here.people
    child = here.opening & (here.age < 16) & (people.mother >= 0)
    couple = people.partner[people.mother] >= 0
    poor, rich = (couple[child & (people.decile <= 2)].mean(), couple[child & (people.decile >= 9)].mean())
    assert 0.70 < couple[child].mean() < 0.88
    assert rich > poor + 0.08


def test_care_homes_are_households_of_the_old_with_one_practice(here: Drawn) -> None:
    people = here.people
    home = people.household[people.care_home]
    assert not set(home.tolist()) & set(people.household[~people.care_home & ~people.born_in_window].tolist())
    practices = defaultdict(set)
    for number, practice in zip(home.tolist(), people.practice[people.care_home].tolist(), strict=True):
        practices[number].add(practice)
    assert np.mean([len(found) == 1 for found in practices.values()]) > 0.9
    rates = [people.care_home[here.opening & (here.age >= a) & (here.age < a + 10)].mean() for a in (60, 70, 80, 90)]
    assert rates == sorted(rates)
    assert rates[-1] > 10 * rates[1]
    assert (people.partner[people.care_home] == -1).all()


def test_one_in_forty_of_65_and_over_lives_in_a_care_home() -> None:
    """ONS: 2.5% of people of 65 and over in England and Wales, 2021. The north-west has somewhat more."""
    all_of_them = system()
    assert all_of_them.people.care_home[all_of_them.opening & (all_of_them.age >= 65)].mean() == pytest.approx(
        0.025, abs=0.005
    )


def test_people_move_into_care_homes_before_the_window_or_in_it(here: Drawn) -> None:
    people = here.people
    assert (people.care_home_from[people.care_home] < TIMELINE.first).all()
    later = (people.care_home_from < NEVER) & ~people.care_home
    assert (people.care_home_from[later] > TIMELINE.first).all()
    assert 0.3 < later.sum() / people.care_home.sum() < 1.2  # over two years, at a mean stay of about two


def test_carers_are_as_many_in_each_msoa_as_the_census_counts() -> None:
    """TS039, by band of hours, at the larger of 10% and three standard errors; all MSOAs of the system."""
    here = system()
    asked = published("SELECT lsoa21, msoa21 FROM {lsoa21}")
    msoa = dict(asked)
    bands = "hours_1_to_9 + hours_10_to_19, hours_20_to_34 + hours_35_to_49, hours_50_plus"
    census = {
        m: counts for m, *counts in published(f"SELECT msoa21, residents_5_plus, {bands} FROM {{unpaid_care_msoa21}}")
    }
    made: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = defaultdict(lambda: np.zeros(4))
    of_five = np.where(here.age >= 5, here.people.carer_hours, 4)
    for lsoa, counts in here.by_lsoa(of_five, 5).items():
        made[msoa[lsoa]] += counts[:4]
    total, wanted, off = np.zeros(3), np.zeros(3), []
    for code, counts in made.items():
        if counts.sum() < 3000:
            continue
        residents, *carers = census[code]
        expected = np.array(carers) / residents * counts.sum()
        off.append(np.abs(counts[1:] - expected) > np.maximum(0.1 * expected, 3 * np.sqrt(expected)))
        total, wanted = total + counts[1:], wanted + expected
    assert len(off) > 250
    assert total == pytest.approx(wanted, rel=0.03)
    assert np.mean(off) < 0.02


def test_carers_care_for_a_partner_a_mother_or_an_older_neighbour(here: Drawn) -> None:
    people = here.people
    carer = np.flatnonzero(people.cares_for >= 0)
    other = people.cares_for[carer]
    assert (people.carer_hours[carer] > 0).all()
    assert (people.carer_hours[people.care_home] == 0).all()
    family = (people.partner[carer] == other) | (people.mother[carer] == other)
    neighbour = (people.lsoa[carer] == people.lsoa[other]) & (here.age[other] >= 67)
    assert (family | neighbour).all()
    assert (other != carer).all()
    assert 0.5 < len(carer) / (people.carer_hours > 0).sum() < 0.8


def test_two_grown_ups_of_an_age_and_their_child_become_a_family_sooner_or_later() -> None:
    """Drawn at random, so looked for among many: a man, a woman and a child make one home in most draws."""
    ties = [tie(small([40, 38, 8], [0, 1, 1]), np.random.default_rng(seed)) for seed in range(200)]
    families = [t for t in ties if t.mother[2] == 1]
    assert len(families) > 80
    assert all(t.head[2] == t.head[1] for t in families)
    couples = [t for t in ties if t.partner[0] == 1]
    assert 60 < len(couples) < 160
    assert all(t.head[0] == t.head[1] and t.mover[0] == t.mover[1] for t in couples)


def test_nobody_lives_with_people_of_another_block() -> None:
    ages, sexes = [40, 38, 8, 30, 70, 5], [0, 1, 1, 0, 0, 0]
    blocks = [0, 0, 1, 1, 2, 2]
    for seed in range(50):
        ties = tie(small(ages, sexes, blocks), np.random.default_rng(seed))
        assert [blocks[at] for at in ties.head] == blocks
        assert all(at < 0 or blocks[at] == blocks[i] for i, at in enumerate(ties.partner))


def test_a_child_with_nobody_of_an_age_has_no_mother() -> None:
    for seed in range(20):
        assert tie(small([8, 14, 80], [0, 1, 1]), np.random.default_rng(seed)).mother.tolist() == [-1, -1, -1]
