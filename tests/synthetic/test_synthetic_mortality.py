"""Death follows the life table, deprivation and frailty."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
from made_illness import SEED, TIMELINE, Drawn, sample

from doorstep import reference
from doorstep.synthetic import mortality
from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.mortality import draw_deaths, hazards, log_hazard
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR

PEOPLE = 100_000
BANDS = ("fit", "mild", "moderate", "severe")
CLEGG = {"mild": 1.92, "moderate": 3.10, "severe": 4.52}


@pytest.fixture(scope="module")
def england() -> tuple[Drawn, ...]:
    return sample("England", PEOPLE)


@pytest.fixture(scope="module")
def life_table() -> Floats:
    """Central death rates of the reference table by sex (men first) and age."""
    rows = pq.read_table(reference.table("life_table_england")).to_pylist()
    found = np.zeros((2, 101))
    for row in rows:
        found[int(row["sex"] == "female"), row["age"]] = row["mx"]
    return found


def _years_and_deaths(one: Drawn) -> tuple[Floats, Ints]:
    """Years lived in the window by each person, and whether they died in it."""
    people = one.people
    start = people.start(TIMELINE)
    stop = people.stop(TIMELINE)
    return np.maximum(stop - start + 1, 0) / YEAR, (people.died < NEVER).astype(int)


def test_deaths_are_those_of_the_life_table(england: tuple[Drawn, ...], life_table: Floats) -> None:
    """Deaths in the window against rate times years lived, by broad age and sex, within three standard errors or 8%."""
    expected, died = np.zeros((2, 4)), np.zeros((2, 4))
    for one in england:
        years, dead = _years_and_deaths(one)
        age = (TIMELINE.middle - one.people.birth) / YEAR
        group = np.digitize(age, (50, 65, 80))
        rate = life_table[one.people.sex, np.clip(age, 0, 100).astype(int)]
        np.add.at(expected, (one.people.sex, group), rate * years)
        np.add.at(died, (one.people.sex, group), dead)
    tolerance = np.maximum(3 * expected**0.5, 0.08 * expected)
    assert (np.abs(died - expected) < tolerance).all(), (died, expected)


def _ratio_by_band(england: tuple[Drawn, ...]) -> Floats:
    """The first year's deaths of each other band at 65 to 95, over those at the fit's rates by age and sex."""
    years, deaths = np.zeros((4, 20)), np.zeros((4, 20))
    for one in england:
        age = (TIMELINE.first - one.people.birth) / YEAR
        rows = np.flatnonzero((age >= 65) & (age < 95) & (one.people.registered_from <= TIMELINE.first))
        cell = ((age[rows] - 65) // 3).astype(int) * 2 + one.people.sex[rows]
        band = one.health.frailty_band(TIMELINE.first)[rows]
        stop = np.minimum(one.people.registered_to[rows], TIMELINE.first + round(YEAR))
        np.add.at(years, (band, cell), (stop - TIMELINE.first) / YEAR)
        np.add.at(deaths, (band, cell), one.people.died[rows] < TIMELINE.first + round(YEAR))
    rates = deaths[0] / years[0]
    return np.array([deaths[band].sum() / (years[band] @ rates) for band in range(4)])


def test_the_frail_die_sooner_as_published(england: tuple[Drawn, ...]) -> None:
    """Clegg et al. 2016: one-year hazard ratios 1.92, 3.10 and 4.52; three standard errors are wide at this size."""
    ratios = _ratio_by_band(england)
    for band, share in zip(BANDS[1:], (0.35, 0.12, 0.03), strict=True):
        ratio, n_deaths = ratios[BANDS.index(band)], share * 0.185 * PEOPLE * 0.02 * CLEGG[band]
        assert ratio == pytest.approx(CLEGG[band], rel=0.1 + 3 / n_deaths**0.5)


def test_without_the_mechanism_the_frail_die_like_others(england: tuple[Drawn, ...]) -> None:
    without = sample("England", PEOPLE, "frailty_mortality")
    assert _ratio_by_band(without)[2] < 1.4
    deaths = [sum((one.people.died < NEVER).sum() for one in parts) for parts in (england, without)]
    assert deaths[1] == pytest.approx(deaths[0], rel=0.1)


def test_the_average_hazard_is_the_life_tables_at_every_age(england: tuple[Drawn, ...], life_table: Floats) -> None:
    """The hazards themselves, of those alive, over the window: the frailest die first."""
    table, found = hazards(), {}
    for low in range(30, 90, 10):
        total = expected = 0.0
        for one in england:
            for day in (TIMELINE.first, TIMELINE.middle, TIMELINE.last):
                age, people = (day - one.people.birth) / YEAR, one.people
                there = (people.registered_from <= day) & (people.registered_to > day)
                rows = np.flatnonzero(there & (age >= low) & (age < low + 10))
                total += np.exp(log_hazard(table, people, one.health, day, True, rows)).sum()
                expected += np.exp(_between(np.log(life_table), people.sex[rows], age[rows])).sum()
        found[low] = total / expected
    assert all(ratio == pytest.approx(1, abs=0.06) for ratio in found.values()), found


def _between(table: Floats, sex: Ints, age: Floats) -> Floats:
    by_sex = [np.interp(age, np.arange(101), row) for row in table]
    return np.asarray(np.where(sex == 0, *by_sex))


def test_life_is_shorter_where_deprivation_is_worse(england: tuple[Drawn, ...]) -> None:
    """At 40 to 59 at least one and a half times the hazard; at 85 and over much nearer."""
    ratios = []
    for low, high in ((40, 60), (85, 100)):
        mean = []
        for deciles in ((1, 2), (9, 10)):
            values = []
            for one in england:
                age = (TIMELINE.first - one.people.birth) / YEAR
                rows = np.flatnonzero((age >= low) & (age < high) & np.isin(one.people.decile, deciles))
                values.append(np.exp(log_hazard(hazards(), one.people, one.health, TIMELINE.first, True, rows)))
            mean.append(np.concatenate(values).mean())
        ratios.append(mean[0] / mean[1])
    assert 1.5 < ratios[0] < 5
    assert 1.0 < ratios[1] < min(1.6, ratios[0] - 0.3)


def test_deaths_lie_in_the_window_while_registered_and_are_drawn_again_alike() -> None:
    (one, *_) = sample("Cheshire and Merseyside", 30_000)
    people, parameters = one.people, Parameters(system="Cheshire and Merseyside", seed=SEED)
    first, again = (draw_deaths(people, one.health, TIMELINE, parameters, Streams(SEED).part(0)) for _ in range(2))
    assert (first == again).all()
    dead = first < NEVER
    assert (first[dead] >= people.start(TIMELINE)[dead]).all()
    assert (first[dead] <= TIMELINE.last).all()


def test_hazard_is_used_up_on_the_day_it_says() -> None:
    """Who has a quarter of a year's hazard to live through dies a quarter of a year on."""
    (one, *_) = sample("Cheshire and Merseyside", 30_000)
    old = np.flatnonzero((TIMELINE.first - one.people.birth) / YEAR > 80)[:50]
    start = np.full(len(old), TIMELINE.first)
    yearly = np.exp(log_hazard(hazards(), one.people, one.health, TIMELINE.first, False, old))
    died = mortality._day_used_up(
        hazards(), one.people, one.health, old, 0.25 * yearly, start, TIMELINE, False
    )  # fmt: skip
    assert np.abs(died - start - 0.25 * YEAR).max() <= 3  # the hazard rises a little with age meanwhile
