"""Directly and indirectly standardised rates."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from doorstep.statistics import (
    ESP_2013,
    directly_standardised_rate,
    events_and_squares,
    expected_events,
    indirectly_standardised_rate,
    indirectly_standardised_ratio,
    poisson_limits,
    rate,
    standardised_ratio,
)
from doorstep.statistics.results import (
    ChoiceError,
    NegativeCountError,
    NotANumberError,
    ShapeError,
    ZeroPopulationError,
)
from doorstep.statistics.standardised import RepeatsError

TABLES = arrays(np.float64, (3, 5), elements=some.integers(3, 400).map(float))
PEOPLE = arrays(np.float64, (3, 5), elements=some.integers(500, 90_000).map(float))
WEIGHTS = arrays(np.float64, 5, elements=some.integers(1, 50).map(float))


def dsr(events: Any, population: Any, standard: Any = None, **options: Any) -> Any:
    return directly_standardised_rate(events, population, standard, **{"repeats": "never", **options})


def test_a_directly_standardised_rate_by_hand() -> None:
    """Young: 10 in 1,000; old: 40 in 500; three young to one old in the standard."""
    found = dsr([10, 40], [1000, 500], [3, 1], multiplier=1000)
    assert found.value == pytest.approx((10 / 1000 * 3 + 40 / 500 * 1) / 4 * 1000)  # 27.5
    variance = (10 * (3 / 1000) ** 2 + 40 * (1 / 500) ** 2) / 4**2
    low, high = poisson_limits(50)
    assert found.lower == pytest.approx(27.5 + 1000 * np.sqrt(variance / 50) * (low - 50))
    assert found.upper == pytest.approx(27.5 + 1000 * np.sqrt(variance / 50) * (high - 50))


def test_an_area_with_the_ages_of_the_standard_has_its_crude_rate() -> None:
    people = np.array([300.0, 200.0, 100.0])
    found, crude = dsr([5, 8, 20], people, people * 7), rate(33, 600)
    for of in ("value", "lower", "upper"):
        assert getattr(found, of) == pytest.approx(float(getattr(crude, of)))


def test_the_european_standard_population_is_the_default() -> None:
    x, n = np.arange(1.0, 20.0), np.linspace(900, 300, 19)
    assert len(ESP_2013) == 19
    assert sum(ESP_2013.values()) == 100_000
    assert dsr(x, n).value == pytest.approx(float(dsr(x, n, list(ESP_2013.values())).value))
    assert dsr(x, n).value == pytest.approx(float((x / n) @ list(ESP_2013.values())))


@given(TABLES, PEOPLE, WEIGHTS, some.floats(0.1, 100))
def test_only_the_shape_of_the_standard_matters(x: Any, n: Any, w: Any, times: float) -> None:
    found, scaled = dsr(x, n, w), dsr(x, n, w * times)
    assert found.value == pytest.approx(scaled.value)
    assert found.lower == pytest.approx(scaled.lower)


@given(TABLES, PEOPLE, WEIGHTS, some.permutations(range(5)), some.permutations(range(3)))
def test_the_order_of_bands_and_areas_does_not_matter(x: Any, n: Any, w: Any, bands: Any, areas: Any) -> None:
    found, turned = dsr(x, n, w), dsr(x[areas][:, bands], n[areas][:, bands], w[bands])
    for of in ("value", "lower", "upper"):
        assert getattr(found, of)[areas] == pytest.approx(getattr(turned, of))


@given(TABLES, PEOPLE, WEIGHTS)
def test_the_limits_hold_the_rate_and_are_never_below_nought(x: Any, n: Any, w: Any) -> None:
    found = dsr(x, n, w, confidence=0.998)
    assert (found.lower >= 0).all()
    assert (found.lower <= found.value).all()
    assert (found.value <= found.upper).all()


def test_one_band_that_weighs_nearly_all_does_not_carry_the_lower_limit_below_nought() -> None:
    found = dsr([1, 11], [1, 10_000], [1, 1])
    assert found.lower == 0
    assert 0 < found.value < found.upper


def test_bands_may_lie_along_any_axis() -> None:
    rng = np.random.default_rng(5)
    x, n = rng.integers(1, 30, (4, 19, 3)), rng.integers(100, 900, (4, 19, 3))
    found, turned = dsr(x, n, axis=1), dsr(np.moveaxis(x, 1, -1), np.moveaxis(n, 1, -1))
    assert found.shape == (4, 3)
    assert (found.upper == turned.upper).all()


def test_fewer_than_ten_events_are_blank_in_all_three() -> None:
    found = dsr([[4, 5], [4, 6], [0, 0]], [100, 100], [1, 1])
    for of in (found.value, found.lower, found.upper):
        assert np.isnan(of).tolist() == [True, False, True]


def test_whether_events_repeat_must_be_said() -> None:
    with pytest.raises(ChoiceError, match="not said whether these events repeat"):
        directly_standardised_rate([5, 9], [10, 10], [1, 1])
    with pytest.raises(ChoiceError, match="'sometimes'"):
        dsr([5, 9], [10, 10], [1, 1], repeats="sometimes")


def test_people_who_each_come_twice_double_the_variance() -> None:
    people = np.array([[30.0, 12.0]])
    events, squares = events_and_squares(people, [2], axis=0)
    assert events.tolist() == [60, 24]
    assert squares.tolist() == [120, 48]
    once, twice = dsr(events, [500, 400], [2, 1]), dsr(events, [500, 400], [2, 1], repeats=squares)
    assert twice.value == once.value
    assert twice.upper - twice.value == pytest.approx(np.sqrt(2) * (once.upper - once.value))


@given(arrays(np.float64, (4, 3), elements=some.integers(0, 40).map(float)))
def test_squares_of_people_by_frequency_are_those_of_the_people_one_by_one(people: Any) -> None:
    events, squares = events_and_squares(people, [1, 2, 3, 7], axis=0)
    for band in range(3):
        each = np.repeat([1, 2, 3, 7], people[:, band].astype(int))
        assert events[band] == each.sum()
        assert squares[band] == (each**2).sum()


def test_squares_that_cannot_be_are_refused() -> None:
    for squares in ([10, 3], [10, 9]):
        with pytest.raises(RepeatsError, match="at position 1"):
            dsr([10, 4 if squares[1] == 3 else 0], [100, 100], [1, 1], repeats=squares)


def test_limits_of_attendances_cover_only_if_it_is_said_that_they_repeat() -> None:
    """3,000 simulated areas of two bands; of 1,000 people 40 attend once, 20 twice, 10 five times, 4 twelve times."""
    share, frequencies = np.array([[0.04], [0.02], [0.01], [0.004]]), np.array([1, 2, 5, 12])
    n = np.array([[2000.0, 800.0]])
    people = np.random.default_rng(20).poisson(share * n, (3_000, 4, 2))
    events, squares = events_and_squares(people, frequencies, axis=1)
    true = (share[:, 0] * frequencies).sum()

    def covered(repeats: Any) -> float:
        found = dsr(events, n, [1, 1], repeats=repeats, multiplier=1)
        return float(((found.lower <= true) & (true <= found.upper)).mean())

    assert covered(squares) == pytest.approx(0.95, abs=0.015)
    assert covered("never") < 0.75


def test_limits_of_independent_events_cover_close_to_what_they_claim() -> None:
    rates = np.array([0.002, 0.004, 0.02])
    n, w = np.array([3000.0, 2500.0, 900.0]), np.array([5.0, 4.0, 2.0])
    x = np.random.default_rng(21).poisson(rates * n, (4_000, 3))
    found = dsr(x, n, w, multiplier=1)
    true = (rates * w).sum() / w.sum()
    assert ((found.lower <= true) & (true <= found.upper)).mean() == pytest.approx(0.95, abs=0.012)


def test_an_area_like_its_reference_has_a_ratio_of_one_hundred_and_the_references_rate() -> None:
    x_ref, n_ref = np.array([40.0, 90.0]), np.array([2_000.0, 1_500.0])
    ratio = indirectly_standardised_ratio(x_ref / 4, n_ref / 4, x_ref, n_ref)
    assert ratio.value == pytest.approx(100)
    assert indirectly_standardised_rate(x_ref / 4, n_ref / 4, x_ref, n_ref).value == pytest.approx(130 / 3500 * 100_000)


def test_expected_events_by_hand() -> None:
    """1,000 young at 2 in 100 and 300 old at 10 in 100: 20 + 30."""
    assert expected_events([1000, 300], [2, 10], [100, 100]) == pytest.approx(50)
    found = standardised_ratio(60, 50)
    assert found.value == 120
    assert found.upper == pytest.approx(poisson_limits(60)[1] / 50 * 100)


@given(TABLES, PEOPLE, WEIGHTS, some.floats(1, 50))
def test_a_larger_reference_with_the_same_rates_changes_nothing(x: Any, n: Any, x_ref: Any, times: float) -> None:
    found = indirectly_standardised_rate(x, n, x_ref, np.full(5, 9_000.0))
    scaled = indirectly_standardised_rate(x, n, x_ref * times, np.full(5, 9_000.0) * times)
    assert found.value == pytest.approx(scaled.value)
    assert found.upper == pytest.approx(scaled.upper)


def test_an_area_without_people_in_a_band_can_be_standardised_indirectly() -> None:
    assert indirectly_standardised_ratio([4, 0], [100, 0], [5, 9], [100, 90]).value == pytest.approx(80)


def test_what_cannot_be_standardised_is_refused_by_name() -> None:
    with pytest.raises(ShapeError, match="events 2, population 3"):
        dsr([5, 6], [100, 100, 100], [1, 1])
    with pytest.raises(ShapeError, match="standard 19"):
        dsr([5, 6], [100, 100])
    with pytest.raises(ShapeError, match="no age bands"):
        dsr(5, [100, 100], [1, 1])
    with pytest.raises(ZeroPopulationError, match="population holds 0"):
        dsr([5, 6], [100, 0], [1, 1])
    with pytest.raises(ZeroPopulationError, match="standard population sums to 0"):
        dsr([5, 6], [100, 10], [0, 0])
    with pytest.raises(NegativeCountError, match="standard holds -1"):
        dsr([5, 6], [100, 10], [2, -1])
    with pytest.raises(NotANumberError):
        dsr([5, np.nan], [100, 10], [2, 1])
    with pytest.raises(ZeroPopulationError, match="expected holds 0"):
        indirectly_standardised_ratio([5, 6], [100, 10], [0, 0], [10, 10])
    with pytest.raises(ShapeError):
        events_and_squares(np.ones((2, 3)), [1, 2, 3], axis=0)
