"""Funnels: exact limits that agree with published numbers, with their labels and with chance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import oracle_charts
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle_kit import SHIPPED, Comparison
from scipy import stats

from doorstep.statistics.choices import UnknownChoiceError
from doorstep.statistics.funnels import (
    PROGRAMME_LEVELS,
    BaselineError,
    funnel,
    limits_at_events,
    poisson_limits,
    proportion_limits,
    published_labels,
)
from doorstep.statistics.results import (
    ConfidenceError,
    NegativeCountError,
    NotANumberError,
    ProportionError,
    ShapeError,
    ZeroPopulationError,
)

Oracle = Callable[[Path], Iterator[Comparison]]


@pytest.mark.parametrize("family", [f for f in oracle_charts.FAMILIES if f.__name__.startswith("funnel")])
def test_every_number_of_the_reference_is_met(family: Oracle) -> None:
    found = list(family(SHIPPED))
    assert len(found) >= 6
    assert [c for c in found if not c.agrees] == []


def test_limits_at_events_are_the_exact_chi_squared_ones() -> None:
    k = np.geomspace(1, 50_000, 200)
    found = limits_at_events(k)
    for i, a in enumerate((0.025, 0.001)):
        np.testing.assert_allclose(found.lower_denominator[i], stats.chi2.ppf(1 - a, 2 * k + 2) / 2, rtol=1e-9)
        np.testing.assert_allclose(found.upper_denominator[i], stats.chi2.ppf(a, 2 * k) / 2, rtol=1e-9)


def test_ten_events_touch_the_limits_where_garwoods_table_says() -> None:
    # tables of exact Poisson intervals give 4.80 to 18.39 for 10 events at 95%
    found = limits_at_events([10])
    assert found.upper_denominator[0, 0] == pytest.approx(4.80, abs=0.006)
    assert found.lower_denominator[0, 0] == pytest.approx(18.39, abs=0.006)
    assert found.upper[0, 0] == pytest.approx(10 / 4.80, abs=0.003)


@settings(deadline=None)
@given(st.floats(1e-3, 1e6))
def test_drawn_limits_solve_the_chi_squared_equations(expected: float) -> None:
    found = poisson_limits([expected])
    for i, a in enumerate((0.025, 0.001)):
        assert stats.chi2.ppf(a, 2 * found.upper[i, 0]) / 2 == pytest.approx(expected, rel=1e-9)
        if found.lower[i, 0] > 0:
            assert stats.chi2.ppf(1 - a, 2 * found.lower[i, 0] + 2) / 2 == pytest.approx(expected, rel=1e-9)
        else:
            assert np.exp(-expected) >= a  # no event at all would be no surprise


def test_limits_at_events_and_limits_at_denominators_are_one_curve() -> None:
    at_events = limits_at_events([3, 40, 700])
    for i in range(2):
        lower = poisson_limits(at_events.lower_denominator[i]).lower[i]
        upper = poisson_limits(at_events.upper_denominator[i]).upper[i]
        np.testing.assert_allclose([lower, upper], [[3, 40, 700]] * 2, rtol=1e-9)


def test_a_fifth_of_a_hundred_has_limits_that_anyone_can_check() -> None:
    # 0.2 -/+ 1.959964 x 0.04
    found = proportion_limits(0.2, [100])
    assert found.lower[0, 0] == pytest.approx(0.2 - 1.959964 * 0.04, abs=1e-7)
    assert found.upper[0, 0] == pytest.approx(0.2 + 1.959964 * 0.04, abs=1e-7)


def test_proportions_per_thousand_are_not_cut_at_a_hundred() -> None:
    chart = funnel("proportion", [300, 420], [1000, 1000], counted="people", multiplier=1000)
    limits = chart.limits_at([500, 1])
    assert chart.value.tolist() == [300, 420]
    assert limits.upper[0, 0] > 360
    assert limits.upper[1, 1] == 1000


def test_the_programmes_levels_are_an_option() -> None:
    chart = funnel("rate", [10, 30], [1000, 1000], counted="events", levels=PROGRAMME_LEVELS)
    assert chart.levels == (0.95, 0.99)
    # of 20 expected, 10 or fewer have a chance of 0.0108 and 30 or more of 0.0218: beyond 95% and within 99%
    assert chart.labels == ("Low (0.025)", "High (0.025)")
    assert funnel("rate", [1, 39], [1000, 1000], counted="events", levels=(0.95, 0.99)).labels[0] == "Low (0.005)"


def test_no_chance_of_a_false_alarm_is_larger_than_the_level_says() -> None:
    for expected in (0.5, 2.0, 7.3, 40.0, 300.0):
        k = np.arange(0, int(expected + 20 * np.sqrt(expected) + 30))
        position = funnel("ratio", k, np.full(k.size, expected), counted="events").position
        chance = stats.poisson.pmf(k, expected)
        assert chance[np.abs(position) >= 1].sum() <= 0.05
        assert chance[np.abs(position) == 2].sum() <= 0.002
        assert chance[position == 1].sum() + chance[position == 2].sum() <= 0.025
    assert chance[np.abs(position) >= 1].sum() > 0.04  # and where events are many, nearly that


AREAS = st.lists(st.tuples(st.integers(0, 500), st.integers(1, 100_000)), min_size=2, max_size=20)


def _areas(areas: list[tuple[int, int]]) -> tuple[Any, Any]:
    x, n = np.array(areas, dtype=float).T
    return x, n + x


@settings(deadline=None)
@given(AREAS, st.sampled_from(["proportion", "rate"]))
def test_a_label_says_what_the_drawn_limits_say(areas: list[tuple[int, int]], kind: Any) -> None:
    x, n = _areas(areas)
    x[0] += 1
    n[0] += 2
    chart = funnel(kind, x, n, counted="people")
    limits, slack = chart.limits_at(n), 1e-9 * chart.value
    for i, beyond in enumerate((1, 2)):
        clear = np.minimum(np.abs(chart.value - limits.upper[i]), np.abs(chart.value - limits.lower[i])) > slack
        assert ((chart.value > limits.upper[i]) == (chart.position >= beyond))[clear].all()
        assert ((chart.value < limits.lower[i]) == (chart.position <= -beyond))[clear].all()


@settings(deadline=None)
@given(st.floats(0.01, 0.99), st.floats(1, 1e5), st.floats(1.01, 50))
def test_limits_widen_as_denominators_fall_and_the_outer_lie_outside(p: float, n: float, more: float) -> None:
    shares, events = proportion_limits(p, [n, n * more]), poisson_limits([n * p, n * p * more])
    ratios = (events.lower / events.denominator, events.upper / events.denominator)
    for lower, upper in ((shares.lower, shares.upper), ratios):
        assert (upper[:, 0] >= upper[:, 1]).all()
        assert (lower[:, 0] <= lower[:, 1]).all()
        assert (upper[1] >= upper[0]).all()
        assert (lower[1] <= lower[0]).all()


@settings(deadline=None)
@given(AREAS, st.integers(2, 1000))
def test_a_rate_per_more_people_moves_every_line_together(areas: list[tuple[int, int]], by: int) -> None:
    x, n = _areas(areas)
    x[0] += 1
    a = funnel("rate", x, n, counted="events", multiplier=1)
    b = funnel("rate", x, n, counted="events", multiplier=by)
    c = funnel("rate", x, n * by, counted="events", multiplier=by)  # the same people counted in another unit
    np.testing.assert_allclose(b.value, a.value * by)
    np.testing.assert_allclose(b.limits_at(n).upper, a.limits_at(n).upper * by)
    np.testing.assert_allclose(c.limits_at(n * by).lower, a.limits_at(n).lower, rtol=1e-9)
    np.testing.assert_allclose(c.score, a.score, atol=1e-8)


@settings(deadline=None)
@given(AREAS, st.randoms(use_true_random=False))
def test_the_order_of_areas_does_not_matter(areas: list[tuple[int, int]], rng: Any) -> None:
    x, n = _areas(areas)
    x[0] += 1
    order = list(range(x.size))
    rng.shuffle(order)
    first, second = funnel("rate", x, n, counted="events"), funnel("rate", x[order], n[order], counted="events")
    np.testing.assert_allclose(second.score, first.score[order], atol=1e-8)


def test_published_labels_differ_from_exact_ones_only_on_the_line() -> None:
    x, n = np.meshgrid(np.arange(0, 150), np.linspace(1, 120, 400))
    exact = np.array(funnel("ratio", x.ravel(), n.ravel(), counted="events").labels)
    published = np.array(published_labels("ratio", x.ravel(), n.ravel(), 1.0))
    assert (exact != published).mean() < 0.002
    few = x.ravel() < 10
    assert (exact[few] == published[few]).all()


def test_published_labels_turn_to_byar_at_ten_events() -> None:
    # lower 95% limits: of 10 events 4.7954 exactly and 10 (1 - 1/90 - 1.959964/(3 sqrt 10))^3 = 4.7892 by Byar
    between = 4.792
    assert funnel("ratio", [10], [between], counted="events").labels == ("High (0.025)",)
    assert published_labels("ratio", [10], [between], 1.0) == ("Not significant",)
    assert published_labels("ratio", [10], [4.78], 1.0) == ("High (0.025)",)
    # upper 95% limits of 9 events: 17.0848 exactly, 17.0830 by Byar, who is not asked below ten
    assert published_labels("ratio", [9], [17.084], 1.0) == ("Not significant",)


def test_far_areas_keep_finite_scores() -> None:
    chart = funnel("rate", [0, 10_000], [1e6, 1e3], counted="events", baseline=0.01)
    assert chart.score.tolist() == [-37, 37]


@pytest.mark.parametrize(
    ("error", "kind", "numerator", "denominator", "more"),
    [
        (ShapeError, "rate", [1, 2], [1, 2, 3], {}),
        (ShapeError, "rate", [[1, 2]], [[1, 2]], {}),
        (ShapeError, "rate", [], [], {}),
        (UnknownChoiceError, "percentage", [1, 2], [10, 10], {}),
        (UnknownChoiceError, "rate", [1, 2], [10, 10], {"counted": "bed days"}),
        (UnknownChoiceError, "rate", [1, 2], [10, 10], {"dispersion": "both"}),
        (NegativeCountError, "rate", [-1, 2], [10, 10], {}),
        (ZeroPopulationError, "rate", [1, 2], [10, 0], {}),
        (NotANumberError, "rate", [1, float("nan")], [10, 10], {}),
        (ProportionError, "proportion", [11, 2], [10, 10], {}),
        (BaselineError, "rate", [0, 0], [10, 10], {}),
        (BaselineError, "proportion", [10, 10], [10, 10], {}),
        (ConfidenceError, "rate", [1, 2], [10, 10], {"levels": (95.0,)}),
    ],
)
def test_wrong_areas_are_named(error: type[Exception], kind: Any, numerator: Any, denominator: Any, more: Any) -> None:
    with pytest.raises(error):
        funnel(kind, numerator, denominator, **({"counted": "people"} | more))
