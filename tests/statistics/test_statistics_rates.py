"""Crude rates and the limits of counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy.stats import poisson

from doorstep.statistics import poisson_limits, rate
from doorstep.statistics.rates import byar_limits, exact_limits
from doorstep.statistics.results import (
    ConfidenceError,
    NegativeCountError,
    NotANumberError,
    ShapeError,
    ZeroPopulationError,
)

COUNTS = some.floats(0, 1e6)
PEOPLE = some.floats(1, 1e8)
LEVELS = some.sampled_from([0.8, 0.95, 0.998])


@pytest.mark.parametrize(
    ("events", "lower", "upper"), [(0, 0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (9, 4.115, 17.085)]
)
def test_exact_limits_are_those_of_printed_tables(events: int, lower: float, upper: float) -> None:
    assert np.round(exact_limits(events), 4) == pytest.approx((lower, upper), abs=6e-4)


def test_exact_limits_leave_half_the_risk_in_each_tail() -> None:
    x = np.arange(1, 30)
    lower, upper = exact_limits(x, confidence=0.9)
    assert poisson.sf(x - 1, lower) == pytest.approx(0.05)
    assert poisson.cdf(x, upper) == pytest.approx(0.05)


def test_byars_limits_are_within_one_per_cent_of_exact_ones_from_ten_events() -> None:
    x = np.arange(10, 5000)
    for byar, exact in zip(byar_limits(x), exact_limits(x), strict=True):
        assert np.abs(byar / exact - 1).max() < 0.01


def test_limits_change_from_exact_to_byars_at_ten_events() -> None:
    x = np.array([0, 3, 9, 9.5, 10, 40])
    lower, upper = poisson_limits(x)
    few = x < 10
    for found, exact, byar in zip((lower, upper), exact_limits(x), byar_limits(x), strict=True):
        assert found[few] == pytest.approx(exact[few], rel=1e-12)
        assert found[~few] == pytest.approx(byar[~few], rel=1e-12)


def test_exact_limits_cover_at_least_as_often_as_they_claim() -> None:
    """Summed over the distribution, not simulated: the share of counts whose limits hold the true mean."""
    x = np.arange(0, 200)
    for confidence in (0.95, 0.998):
        lower, upper = exact_limits(x, confidence=confidence)
        for mean in np.linspace(0.02, 60, 700):
            covered = poisson.pmf(x, mean)[(lower <= mean) & (mean <= upper)].sum()
            assert covered >= confidence - 1e-9


def test_the_limits_of_rates_cover_within_a_point_of_what_they_claim_from_ten_events_on() -> None:
    x = np.arange(0, 500)
    lower, upper = poisson_limits(x)
    covered = [poisson.pmf(x, m)[(lower <= m) & (m <= upper)].sum() for m in np.linspace(10, 300, 600)]
    assert min(covered) > 0.94
    assert np.mean(covered) == pytest.approx(0.955, abs=0.005)


def test_a_rate_by_hand() -> None:
    found = rate(4, 2_000, multiplier=1_000)
    assert found.value == 2
    assert (float(found.lower), float(found.upper)) == pytest.approx((1.0899 / 2, 10.2416 / 2), abs=1e-4)


@given(COUNTS, PEOPLE, LEVELS)
def test_the_limits_hold_the_rate_and_widen_with_confidence(events: float, people: float, confidence: float) -> None:
    found, wider = rate(events, people, confidence=confidence), rate(events, people, confidence=0.999)
    assert wider.lower <= found.lower <= found.value <= found.upper <= wider.upper


@given(COUNTS, PEOPLE, some.floats(0.01, 1e4))
def test_a_rate_does_not_depend_on_the_unit_of_its_population(events: float, people: float, unit: float) -> None:
    found, other = rate(events, people), rate(events, people * unit, multiplier=100_000 * unit)
    for one, two in zip((found.value, found.lower, found.upper), (other.value, other.lower, other.upper), strict=True):
        assert one == pytest.approx(float(two), rel=1e-9)


@given(some.lists(some.integers(0, 300), min_size=2, max_size=30), some.randoms())
def test_areas_do_not_depend_on_each_other(events: list[int], shuffle: object) -> None:
    order = np.random.default_rng(len(events)).permutation(len(events))
    found = rate(events, 1000)
    assert (rate(np.array(events)[order], 1000).upper == found.upper[order]).all()


@given(some.lists(some.floats(0, 500), min_size=2, max_size=20))
def test_more_events_never_lower_a_limit_except_where_the_method_changes(events: list[float]) -> None:
    for method in (exact_limits, byar_limits):
        for limit in method(np.sort(events)):
            assert (np.diff(limit) >= -1e-9).all()


def test_shapes_follow_the_arrays() -> None:
    assert rate(np.ones((3, 1)), np.full(4, 10.0)).shape == (3, 4)
    assert rate(3, 10).shape == ()
    assert rate([], []).shape == (0,)


def test_what_is_no_rate_is_refused_by_name() -> None:
    with pytest.raises(NegativeCountError, match="events holds -1"):
        rate([3, -1], 10)
    with pytest.raises(ZeroPopulationError, match="position 1"):
        rate(1, [10, 0])
    with pytest.raises(NotANumberError, match="events holds nan"):
        rate([np.nan], 10)
    with pytest.raises(ShapeError, match=r"events \(2,\), population \(3,\)"):
        rate([1, 2], [1, 2, 3])
    for confidence in (0, 1, 95, -0.5):
        with pytest.raises(ConfidenceError):
            rate(1, 10, confidence=confidence)
