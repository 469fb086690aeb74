"""Slope and relative index of inequality, concentration index."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from doorstep.errors import UsageError
from doorstep.statistics import concentration_index, gini, slope_index, standard_errors_from_limits
from doorstep.statistics.results import (
    ChoiceError,
    NegativeCountError,
    ProportionError,
    ShapeError,
    ZeroPopulationError,
)

VALUES = arrays(np.float64, 5, elements=some.floats(20, 90))
PEOPLE = arrays(np.float64, 5, elements=some.floats(100, 9_000))
ERRORS = arrays(np.float64, 5, elements=some.floats(0.05, 1))


def test_two_equal_groups_by_hand() -> None:
    """Middles at 1/4 and 3/4: a difference of 10 between them is one of 20 from end to end, 65 to 85."""
    found = slope_index([70, 80], [500, 500], [3, 4])
    assert found.slope.value == pytest.approx(20)
    assert found.slope.upper == pytest.approx(20 + 1.959963984540054 * 2 * 5)  # 2 (y2 - y1): error 2 sqrt(9 + 16)
    assert found.intercept == pytest.approx(65)
    assert found.relative.value == pytest.approx(85 / 65)
    assert found.draws == 0


@given(VALUES, PEOPLE)
def test_the_slope_is_that_of_weighted_least_squares(values: Any, people: Any) -> None:
    share = people / people.sum()
    middle = share.cumsum() - share / 2
    slope, first = np.polyfit(middle, values, 1, w=np.sqrt(share))
    found = slope_index(values, people, 1.0)
    assert float(found.slope.value) == pytest.approx(slope, abs=1e-6)
    assert float(found.intercept) == pytest.approx(first, abs=1e-6)


@given(PEOPLE, some.floats(40, 50), some.floats(-20, 20))
def test_values_on_a_line_give_its_slope_whatever_the_sizes_of_groups(people: Any, first: float, slope: float) -> None:
    share = people / people.sum()
    found = slope_index(first + slope * (share.cumsum() - share / 2), people, 0.5)
    assert float(found.slope.value) == pytest.approx(slope, abs=1e-8)
    assert float(found.relative.value) == pytest.approx((first + slope) / first)


@given(VALUES, PEOPLE, ERRORS)
def test_a_multiplier_below_nought_turns_both_indices_round(values: Any, people: Any, errors: Any) -> None:
    found, turned = slope_index(values, people, errors), slope_index(values, people, errors, multiplier=-1)
    assert turned.slope.lower == -found.slope.upper
    assert turned.intercept == found.intercept
    if not np.isnan([float(found.relative.value), float(turned.relative.value)]).any():
        assert float(turned.relative.value) == pytest.approx(1 / float(found.relative.value))


@pytest.mark.parametrize("multiplier", [0.001, 0.5, 1, 100, -0.3, -100])
@pytest.mark.parametrize(
    ("scale", "line"), [("log", "scale"), ("log", "values"), ("logit", "scale"), ("identity", "values")]
)
def test_limits_stay_in_order_whatever_the_multiplier(scale: Any, line: Any, multiplier: float) -> None:
    found = slope_index(
        [0.5, 0.42, 0.4, 0.31], [5, 4, 3, 6], 0.1, scale=scale, line=line, multiplier=multiplier, draws_log2=10
    )
    for index in (found.slope, found.relative):
        assert index.lower < index.value < index.upper
    assert (found.slope.value > 0) == (multiplier < 0)
    assert (found.relative.value > 1) == (multiplier < 0)


@pytest.mark.parametrize("line", ["scale", "values"])
def test_the_unit_of_rates_changes_the_slope_alone(line: Any) -> None:
    rates, people = np.array([400.0, 350, 320, 210]), [3, 4, 4, 5]
    one = slope_index(rates, people, 0.07, scale="log", line=line, draws_log2=12)
    other = slope_index(rates / 1000, people, 0.07, scale="log", line=line, multiplier=1000, draws_log2=12)
    for of in ("value", "lower", "upper"):
        assert getattr(one.slope, of) == pytest.approx(getattr(other.slope, of))
        assert getattr(one.relative, of) == pytest.approx(getattr(other.relative, of))


def test_fiellers_limits_are_the_percentiles_of_the_ratio() -> None:
    """400,000 plain draws of three groups; the ratio's percentiles within 1% of the interval's width."""
    y, n, se = np.array([60.0, 50, 35]), np.array([4.0, 3, 5]), np.array([3.0, 2, 2.5])
    found = slope_index(y, n, se)
    share = n / n.sum()
    about = share * (share.cumsum() - share / 2 - 0.5)
    slope = about / (about @ (share.cumsum() - share / 2))
    draws = np.random.default_rng(6).normal(y, se, (400_000, 3))
    ratio = (draws @ (share + slope / 2)) / (draws @ (share - slope / 2))
    low, high = np.quantile(ratio, (0.025, 0.975))
    assert found.relative.lower == pytest.approx(low, abs=0.01 * (high - low))
    assert found.relative.upper == pytest.approx(high, abs=0.01 * (high - low))


@pytest.mark.parametrize(("scale", "back"), [("log", np.exp), ("logit", lambda t: 1 / (1 + np.exp(-t)))])
def test_simulated_limits_are_the_percentiles_of_plain_random_draws(scale: Any, back: Any) -> None:
    y, se = np.array([0.30, 0.22, 0.11]), np.array([0.2, 0.15, 0.3])
    t = np.log(y) if scale == "log" else np.log(y / (1 - y))
    found = slope_index(y, [1, 1, 1], se, scale=scale, draws_log2=16)
    values = back(np.random.default_rng(7).normal(t, se, (400_000, 3)))
    for index, of in ((found.slope, 1.5 * (values[:, 2] - values[:, 0])), (found.relative, None)):
        drawn = of if of is not None else _ratio_of_three(values)
        low, high = np.quantile(drawn, (0.025, 0.975))
        assert index.lower == pytest.approx(low, abs=0.01 * (high - low))
        assert index.upper == pytest.approx(high, abs=0.01 * (high - low))


def _ratio_of_three(values: Any) -> Any:
    """Three equal groups lie at 1/6, 1/2 and 5/6: the ends are half a slope from the mean."""
    mean, half = values.mean(axis=1), 0.75 * (values[:, 2] - values[:, 0])
    return (mean + half) / (mean - half)


def test_simulated_limits_are_the_same_each_time_and_do_not_depend_on_other_areas() -> None:
    rates, people = np.array([[400.0, 300, 200], [90, 80, 70]]), [3, 4, 5]
    both = slope_index(rates, people, 0.1, scale="log", draws_log2=10)
    alone = slope_index(rates[1], people, 0.1, scale="log", draws_log2=10)
    assert both.slope.lower[1] == alone.slope.lower
    assert both.draws == 1024
    assert slope_index(rates[1], people, 0.1, scale="log", draws_log2=10, seed=9).slope.lower != alone.slope.lower


def test_the_slopes_limits_cover_what_they_claim() -> None:
    true, se, n = np.array([50.0, 45, 42, 30]), np.array([4.0, 3, 3, 5]), np.array([3.0, 4, 2, 5])
    drawn = np.random.default_rng(12).normal(true, se, (6_000, 4))
    found, exact = slope_index(drawn, n, se), slope_index(true, n, se)
    for index, of in ((found.slope, exact.slope.value), (found.relative, exact.relative.value)):
        assert ((index.lower <= of) & (of <= index.upper)).mean() == pytest.approx(0.95, abs=0.01)


def test_a_relative_index_over_an_end_that_may_be_nought_is_blank() -> None:
    found = slope_index([1, 5, 9], [1, 1, 1], 3)
    assert np.isnan([float(found.relative.value), float(found.relative.lower), float(found.relative.upper)]).all()
    assert not np.isnan(found.slope.value)


def test_the_same_holds_where_limits_are_simulated() -> None:
    """The line through three equal groups ends at 0.07, and in some draws below nought."""
    found = slope_index([0.30, 0.22, 0.11], [1, 1, 1], [0.2, 0.15, 0.3], scale="log", multiplier=-1, draws_log2=10)
    assert np.isnan([float(found.relative.value), float(found.relative.lower), float(found.relative.upper)]).all()
    assert found.slope.lower < found.slope.value < found.slope.upper


def test_standard_errors_come_back_from_the_limits_they_made() -> None:
    z = 1.959963984540054
    assert standard_errors_from_limits(10 - z * 2, 10 + z * 2) == pytest.approx(2)
    assert standard_errors_from_limits(40 * np.exp(-z * 0.1), 40 * np.exp(z * 0.1), scale="log") == pytest.approx(0.1)
    assert standard_errors_from_limits(0.5, 1 / (1 + np.exp(-2 * z * 0.3)), scale="logit") == pytest.approx(0.3)


def test_a_concentration_index_by_hand() -> None:
    """Two equal groups with 1 and 3: (1/2 x 1 x -1/2 + 1/2 x 3 x 1/2) / 2 = 1/4."""
    found = concentration_index([1, 3], [9, 9], [0.1, 0.1])
    assert found.value == pytest.approx(0.25)
    assert found.lower < 0.25 < found.upper


@given(VALUES, PEOPLE)
def test_in_the_order_of_the_values_themselves_it_is_the_gini_coefficient(values: Any, people: Any) -> None:
    ordered = np.sort(values)
    assert float(concentration_index(ordered, people, 0.001).value) == pytest.approx(
        float(gini(ordered, people)), abs=1e-9
    )
    turned = concentration_index(ordered[::-1], people[::-1], 0.001)
    assert float(turned.value) == pytest.approx(-float(gini(ordered, people)), abs=1e-9)


def test_what_is_no_inequality_is_refused_by_name() -> None:
    with pytest.raises(ShapeError, match="two or more groups"):
        slope_index([5], [5], [1])
    with pytest.raises(ZeroPopulationError):
        slope_index([5, 6], [5, 0], [1, 1])
    with pytest.raises(NegativeCountError, match="standard_errors"):
        slope_index([5, 6], [5, 5], [1, -1])
    with pytest.raises(ProportionError, match="0 at position 1 has no log"):
        slope_index([5, 0], [5, 5], [1, 1], scale="log")
    with pytest.raises(ProportionError, match="shares above 0 and below 1"):
        slope_index([0.5, 50], [5, 5], [1, 1], scale="logit")
    with pytest.raises(ChoiceError, match="'probit'"):
        slope_index([5, 6], [5, 5], [1, 1], scale="probit")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="multiplier is 0"):
        slope_index([5, 6], [5, 5], [1, 1], multiplier=0)
    with pytest.raises(UsageError, match="below its lower"):
        standard_errors_from_limits(3, 2)
