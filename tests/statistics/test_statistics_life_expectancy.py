"""Life expectancy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from doorstep.statistics import life_expectancy
from doorstep.statistics.blocks import ROWS, by_rows
from doorstep.statistics.life_tables import STARTING_AGES
from doorstep.statistics.results import Floats, NegativeCountError, NotANumberError, ShapeError

YEARS = np.diff(STARTING_AGES)
# Deaths a year of 1,000 people of each band, somewhat as in England.
MORTALITY = np.array([4, 0.2, 0.1, 0.1, 0.3, 0.5, 0.6, 0.8, 1, 1.5, 2.3, 3.4, 5, 8, 12, 19, 32, 57, 105, 230]) / 1000
PEOPLE = np.array([110, 450, *[580] * 13, 450, 380, 260, 150, 90]) * 10.0


def test_where_nobody_dies_before_ninety_it_is_ninety_and_what_remains() -> None:
    """250 deaths a year among 1,000 people of 90 and over: four years each."""
    deaths = np.zeros(20)
    deaths[-1] = 250
    found = life_expectancy(deaths, np.full(20, 1000))
    assert found.value.tolist() == pytest.approx([90 - age + 4 for age in STARTING_AGES])
    assert found.upper[-1] - found.value[-1] == pytest.approx(1.959963984540054 * np.sqrt(1 / (250 * 0.25**2)))


def test_deaths_in_one_band_by_hand() -> None:
    """10% die between 85 and 90 (q = 5 x 0.02 / (1 + 0.05)), half way; survivors live four years more."""
    deaths = np.zeros(20)
    deaths[-2:] = 20, 250
    q = 5 * 0.02 / (1 + 5 * 0.02 * 0.5)
    found = life_expectancy(deaths, np.full(20, 1000))
    assert found.value[-2] == pytest.approx(5 * (1 - q) + 2.5 * q + (1 - q) * 4)
    variance = (2.5 + 4) ** 2 * q**2 * (1 - q) / 20 + (1 - q) ** 2 / (250 * 0.25**2)
    assert found.upper[-2] - found.value[-2] == pytest.approx(1.959963984540054 * np.sqrt(variance))


def test_deaths_and_people_of_more_years_give_the_same_value_and_narrower_limits() -> None:
    one, three = life_expectancy(MORTALITY * PEOPLE, PEOPLE), life_expectancy(MORTALITY * PEOPLE * 3, PEOPLE * 3)
    assert one.value == pytest.approx(three.value)
    assert (one.upper - one.value) / (three.upper - three.value) == pytest.approx(np.sqrt(3))


@given(some.integers(0, 19), some.floats(1.1, 2))
def test_more_deaths_at_an_age_shorten_life_up_to_that_age_and_not_after(band: int, times: float) -> None:
    deaths = MORTALITY * PEOPLE
    more = deaths.copy()
    more[band] *= times
    change = life_expectancy(more, PEOPLE).value - life_expectancy(deaths, PEOPLE).value
    assert (change[: band + 1] < 0).all()
    assert change[band + 1 :] == pytest.approx(0)


def test_limits_cover_close_to_what_they_claim() -> None:
    """3,000 simulated areas of 105,000 people: life expectancy at birth and at 65."""
    deaths = np.random.default_rng(4).poisson(MORTALITY * PEOPLE, (3_000, 20))
    found = life_expectancy(np.minimum(deaths, PEOPLE), PEOPLE)
    true = life_expectancy(MORTALITY * 1e9, np.full(20, 1e9)).value
    covered = ((found.lower <= true) & (true <= found.upper)).mean(axis=0)
    assert covered[[0, STARTING_AGES.index(65)]] == pytest.approx(0.95, abs=0.015)


def _with(people: Floats, deaths: Floats, at: int, of: str, value: float) -> tuple[Floats, Floats]:
    d, p = deaths.copy(), people.copy()
    (d if of == "deaths" else p)[at] = value
    return d, p


@pytest.mark.parametrize(
    ("of", "at", "value"),
    [("deaths", 3, 6_000), ("people", 3, 0), ("deaths", 19, 0)],
    ids=["more than people", "nobody", "no last"],
)
def test_an_area_that_cannot_be_relied_on_is_blank_at_every_age_and_its_neighbour_is_not(
    of: str, at: int, value: float
) -> None:
    d, p = _with(PEOPLE, MORTALITY * PEOPLE, at, of, value)
    found = life_expectancy([d, MORTALITY * PEOPLE], [p, PEOPLE])
    for part in (found.value, found.lower, found.upper):
        assert np.isnan(part[0]).all()
        assert not np.isnan(part[1]).any()


def test_five_thousand_people_are_too_few() -> None:
    people = np.array([[250.0] * 20, [250.0] * 19 + [251.0]])
    found = life_expectancy(np.full((2, 20), 2.0) + 20 * (np.arange(20) == 19), people)
    assert np.isnan(found.value[0]).all()
    assert not np.isnan(found.value[1]).all()


def test_limits_more_than_twenty_years_apart_blank_the_value_with_them() -> None:
    deaths = np.zeros(20)
    deaths[-1] = 1
    people = np.full(20, 500.0)
    people[-1] = 8  # one death among eight people: 8 years, give or take 16
    found = life_expectancy(deaths, people, confidence=0.5)
    assert np.isnan([found.value, found.lower, found.upper]).all()


def test_an_age_that_nobody_reaches_is_blank_and_earlier_ages_are_not() -> None:
    deaths = MORTALITY * PEOPLE
    deaths[17] = 0.5 * PEOPLE[17]
    found = life_expectancy(deaths, PEOPLE)
    assert np.isnan(found.value[18:]).all()
    assert not np.isnan(found.lower[:18]).any()


def test_areas_worked_in_blocks_do_not_depend_on_each_other() -> None:
    rng = np.random.default_rng(8)
    deaths = np.minimum(rng.poisson(MORTALITY * PEOPLE, (70, 2, 20)), PEOPLE)
    whole = life_expectancy(deaths, PEOPLE)
    assert whole.shape == (70, 2, 20)
    for one in (0, 69):
        assert life_expectancy(deaths[one, 1], PEOPLE).value == pytest.approx(whole.value[one, 1], nan_ok=True)


@pytest.mark.parametrize("areas", [0, 1, 6, 7, 14, 15])
def test_blocks_join_to_what_the_whole_gives(areas: int) -> None:
    values = np.arange(areas * 3.0).reshape(areas, 3)
    sums, doubled = by_rows(lambda block: (block.sum(axis=1), block * 2), values, rows=7)
    assert (sums == values.sum(axis=1)).all()
    assert (doubled == values * 2).all()
    assert ROWS > 1


def test_what_is_no_life_table_is_refused_by_name() -> None:
    with pytest.raises(ShapeError, match="20 age bands last"):
        life_expectancy(np.ones(19), np.ones(19))
    with pytest.raises(NegativeCountError, match="deaths holds -1"):
        life_expectancy(np.full(20, -1), np.full(20, 900))
    with pytest.raises(NotANumberError):
        life_expectancy(np.full(20, np.nan), np.full(20, 900))
