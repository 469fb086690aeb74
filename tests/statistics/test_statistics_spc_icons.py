"""Icons, provisional limits, months made comparable, and how often chance alone raises a flag."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.statistics.results import NegativeCountError, ZeroPopulationError
from doorstep.statistics.spc import (
    STANDARD_MONTH,
    Assurance,
    PointType,
    SpecialCause,
    Variation,
    day_adjusted,
    rebase_candidates,
    xmr,
)

NAN = float("nan")
STEADY = [10, 12, 9, 11, 10, 8, 12, 10, 9, 11, 12, 9]


@pytest.mark.parametrize(
    ("better", "last", "icon"),
    [
        ("increase", 30, Variation.IMPROVEMENT_HIGH),
        ("increase", -10, Variation.CONCERN_LOW),
        ("decrease", 30, Variation.CONCERN_HIGH),
        ("decrease", -10, Variation.IMPROVEMENT_LOW),
        ("neutral", 30, Variation.NEUTRAL_HIGH),
        ("neutral", -10, Variation.NEUTRAL_LOW),
        ("increase", 10, Variation.COMMON_CAUSE),
    ],
)
def test_the_variation_icon_is_that_of_the_latest_point(better: str, last: float, icon: Variation) -> None:
    assert xmr([*STEADY, last], better=better).variation is icon
    assert xmr([*STEADY, last, NAN], better=better).variation is icon  # a month not in yet changes nothing


@pytest.mark.parametrize(
    ("better", "target", "icon"),
    [
        ("increase", 1, Assurance.CONSISTENT_PASS),
        ("increase", 99, Assurance.CONSISTENT_FAIL),
        ("decrease", 1, Assurance.CONSISTENT_FAIL),
        ("decrease", 99, Assurance.CONSISTENT_PASS),
        ("increase", 10, Assurance.INCONSISTENT),
        ("neutral", 1, Assurance.NONE),
        ("increase", None, Assurance.NONE),
    ],
)
def test_the_assurance_icon_says_where_the_target_lies(better: str, target: float | None, icon: Assurance) -> None:
    assert xmr([*STEADY, 10], better=better, target=target).assurance is icon


def test_a_target_on_a_limit_may_be_met() -> None:
    limit = float(xmr([*STEADY, 10]).lower[0])
    assert xmr([*STEADY, 10], better="increase", target=limit).assurance is Assurance.INCONSISTENT


def test_twelve_points_give_no_good_news_and_thirteen_may() -> None:
    for n, icon, pass_icon in (
        (12, Variation.TOO_FEW_POINTS, Assurance.TOO_FEW_POINTS),
        (13, Variation.IMPROVEMENT_HIGH, Assurance.CONSISTENT_PASS),
    ):
        chart = xmr([*STEADY[: n - 1], 30], better="increase", target=-50)
        assert chart.causes[-1] is SpecialCause.ABOVE_LIMIT
        assert chart.variation is icon
        assert chart.assurance is pass_icon
        assert any("provisional" in note for note in chart.notes) == (n == 12)
        assert chart.points[-1].is_provisional == (n == 12)


def test_provisional_limits_do_not_hide_a_concern_or_a_fail() -> None:
    chart = xmr([*STEADY[:11], 30], better="decrease", target=-50)
    assert chart.variation is Variation.CONCERN_HIGH
    assert chart.assurance is Assurance.CONSISTENT_FAIL


def test_limits_fixed_on_few_points_or_with_months_missing_stay_provisional() -> None:
    assert xmr([*STEADY, *STEADY], fix_after=12).is_provisional.all()
    assert xmr([*STEADY, NAN]).is_provisional.all()
    assert not xmr([*STEADY, *STEADY]).is_provisional.any()
    rebased = xmr([*STEADY, 9, *STEADY], rebase_at=[13])
    assert rebased.is_provisional.tolist() == [False] * 13 + [True] * 12


@settings(deadline=None)
@given(st.lists(st.integers(0, 50), min_size=1, max_size=12), st.sampled_from(["increase", "decrease"]))
def test_no_short_chart_ever_shows_an_improvement(values: list[int], better: str) -> None:
    chart = xmr(values, better=better, target=20)
    assert chart.variation not in (Variation.IMPROVEMENT_HIGH, Variation.IMPROVEMENT_LOW)
    assert chart.assurance is not Assurance.CONSISTENT_PASS


def test_a_steady_service_is_flat_once_months_have_one_length() -> None:
    months = np.arange("2023-12", "2024-04", dtype="datetime64[M]")
    days = np.array([31, 31, 29, 31])
    np.testing.assert_allclose(day_adjusted(4 * days, months), 4 * STANDARD_MONTH)
    rate = day_adjusted(4 * days, months, denominator=[2000, 2000, 2000, 1000], per=1000)
    np.testing.assert_allclose(rate, [2 * STANDARD_MONTH] * 3 + [4 * STANDARD_MONTH])
    assert np.isnan(day_adjusted([NAN, 3], months[:2])).tolist() == [True, False]


def test_a_rise_in_february_is_hidden_by_its_length_until_months_have_one_length() -> None:
    months = np.arange("2024-03", "2026-03", dtype="datetime64[M]")
    days = (months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")
    a_day = np.array([1000.0, 1010.0] * 11 + [1000.0, 1060.0])
    raw = days.astype(int) * a_day
    assert xmr(raw).causes[-1] is SpecialCause.NONE
    assert xmr(day_adjusted(raw, months)).causes[-1] is SpecialCause.ABOVE_LIMIT


def test_wrong_months_are_named() -> None:
    with pytest.raises(NegativeCountError):
        day_adjusted([-1], ["2025-01-01"])
    with pytest.raises(ZeroPopulationError):
        day_adjusted([1], ["2025-01-01"], denominator=[0])


def test_a_jump_in_the_denominator_is_a_candidate_and_slow_growth_is_not() -> None:
    found = rebase_candidates([1000, 1050, 1100, NAN, 1500, 1510, 900])
    assert [(c.position, c.before, c.after) for c in found] == [(4, 1100, 1500), (6, 1510, 900)]
    assert found[0].change == pytest.approx(4 / 11)
    assert rebase_candidates(1000 * 1.09 ** np.arange(12)) == ()
    with pytest.raises(ZeroPopulationError):
        rebase_candidates([10, 0])


def test_one_stable_point_in_370_lies_outside_the_limits() -> None:
    chart = xmr(np.random.default_rng(3).normal(50, 4, 200_000))
    outside = np.mean([c in (SpecialCause.ABOVE_LIMIT, SpecialCause.BELOW_LIMIT) for c in chart.causes])
    assert outside == pytest.approx(0.0027, abs=0.0005)  # four standard errors


def test_one_stable_point_in_sixteen_lies_in_a_shift() -> None:
    # a point lies in a run of 7 or more of fair tosses with chance sum over l of l / 2^(l + 1), l from 7: 8/128
    values = np.random.default_rng(4).normal(0, 1, 200_000)
    side = np.sign(values - values.mean())
    chart = xmr(values)
    edges = np.flatnonzero(np.diff(side)) + 1
    lengths = np.diff([0, *edges, side.size])
    in_runs = np.repeat(lengths, lengths) >= 7
    named = np.array([c is not SpecialCause.NONE for c in chart.causes])
    assert in_runs.mean() == pytest.approx(1 / 16, abs=0.003)
    assert named[in_runs].all()


@pytest.mark.parametrize(("points", "share"), [(24, 0.15), (36, 0.25)])
def test_a_stable_chart_shows_a_special_cause_as_often_as_we_say(points: int, share: float) -> None:
    rng = np.random.default_rng(6)
    flagged = sum(any(c.direction for c in xmr(rng.normal(0, 1, points)).causes) for _ in range(1500))
    assert flagged / 1500 == pytest.approx(share, abs=0.04)


def test_a_lasting_shift_of_one_and_a_half_sigma_is_found_within_a_year() -> None:
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(200):
        chart = xmr([*rng.normal(0, 1, 24), *rng.normal(-1.5, 1, 12)], better="decrease", fix_after=24)
        found += PointType.IMPROVEMENT in chart.types[24:]
    assert found > 180
