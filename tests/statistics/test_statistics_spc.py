"""XmR charts: the reference's numbers, each rule on a table that can be read, and what a gap does."""

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

from doorstep.statistics.choices import UnknownChoiceError
from doorstep.statistics.results import NotANumberError, ShapeError
from doorstep.statistics.spc import Assurance, ChartError, PointType, SeriesError, SpecialCause, Variation, xmr

NAN = float("nan")
STEADY = [10, 12, 9, 11, 10, 8, 12, 10, 9, 11, 12, 9, 10]
Oracle = Callable[[Path], Iterator[Comparison]]


@pytest.mark.parametrize("family", [f for f in oracle_charts.FAMILIES if f.__name__.startswith("spc")])
def test_every_point_of_the_reference_is_met(family: Oracle) -> None:
    found = list(family(SHIPPED))
    assert sum(c.n for c in found) >= 68
    assert [c for c in found if not c.agrees] == []


def test_limits_are_2_66_mean_moving_ranges_from_the_mean() -> None:
    chart = xmr([8, 12, 9, 11])  # ranges 4, 3, 2: mean 3; mean of values 10
    assert chart.mean.tolist() == [10] * 4
    np.testing.assert_allclose(chart.lower, 10 - 2.66 * 3)
    np.testing.assert_allclose(chart.upper, 10 + 2.66 * 3)


def test_a_point_outside_comes_before_every_other_rule() -> None:
    chart = xmr([*STEADY, 30], better="increase")
    assert chart.causes[-1] is SpecialCause.ABOVE_LIMIT
    assert chart.types[-1] is PointType.IMPROVEMENT
    assert chart.points[-1].is_special
    assert set(chart.causes[:-1]) == {SpecialCause.NONE}


@pytest.mark.parametrize(("n", "flagged"), [(6, 0), (7, 7), (8, 8)])
def test_seven_on_one_side_are_a_shift_and_six_are_not(n: int, flagged: int) -> None:
    before = [10, 20] * 6 + [10]
    after = [16, 17] * 4  # above the mean of 15 and within two sigma
    chart = xmr([*before, *after[:n], 14], fix_after=12)
    assert chart.mean[0] == 15
    assert chart.causes.count(SpecialCause.ABOVE_MEAN) == flagged


def test_a_point_on_the_mean_ends_a_run() -> None:
    chart = xmr([*[10, 20] * 6, 10, 16, 17, 16, 15, 17, 16, 17, 14], fix_after=12)
    assert SpecialCause.ABOVE_MEAN not in chart.causes


def test_seven_rising_are_a_trend_and_a_tie_ends_it() -> None:
    before = [10, 20] * 6 + [18]
    rising, tied = [12, 13, 14, 15, 16, 17, 18], [12, 13, 14, 15, 15, 16, 17]
    assert xmr([*before, *rising], fix_after=12).causes[-7:] == (SpecialCause.RISING,) * 7
    assert SpecialCause.RISING not in xmr([*before, *tied], fix_after=12).causes


def test_the_point_at_a_turn_takes_the_later_direction() -> None:
    up, down = [10, 11, 12, 13, 14, 15, 16], [15, 14, 13, 12, 11, 10]
    causes = xmr([*[8, 18] * 6, *up, *down], fix_after=12).causes
    assert causes[-13:-7] == (SpecialCause.RISING,) * 6
    assert causes[-7:] == (SpecialCause.FALLING,) * 7


def test_two_of_three_near_a_limit_flag_the_two() -> None:
    # mean 15, mean range 10: two sigma at 15 + 17.73 and the limit at 15 + 26.6
    chart = xmr([*[10, 20] * 6, 35, 20, 36, 10], fix_after=12)
    assert [c for c in chart.causes if c is not SpecialCause.NONE] == [SpecialCause.TWO_OF_THREE_HIGH] * 2
    assert chart.causes[12] is chart.causes[14] is SpecialCause.TWO_OF_THREE_HIGH
    apart = xmr([*[10, 20] * 6, 35, 14, 36, 10], fix_after=12)  # the middle one on the other side
    assert set(apart.causes) == {SpecialCause.NONE}


def test_screening_leaves_outlying_ranges_out_and_is_off_unless_asked_for() -> None:
    values = [*STEADY, 60, *STEADY]
    assert xmr(values, screen_outliers=True).upper[0] < 20 < xmr(values).upper[0]
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < 3.267 * ranges.mean()]
    assert len(ranges) - len(kept) == 2
    assert xmr(values, screen_outliers=True).upper[0] == pytest.approx(np.mean(values) + 2.66 * kept.mean())


def test_limits_fixed_on_the_first_values_do_not_count_months_without_one() -> None:
    chart = xmr([8, NAN, 12, 9, 11, 50, 60], fix_after=4)
    assert chart.mean[0] == 10
    assert chart.upper[0] == pytest.approx(10 + 2.66 * 2.5)  # ranges 3 and 2; none passes the gap


def test_a_rebase_starts_afresh_by_position_or_by_date() -> None:
    months = np.arange("2025-01", "2027-03", dtype="datetime64[M]")
    values = [*STEADY, *[v + 30 for v in STEADY]]
    by_position, by_date = xmr(values, rebase_at=[13]), xmr(values, months, rebase_at=["2026-02-01"])
    assert by_position.series.group.tolist() == [0] * 13 + [1] * 13
    assert by_date.causes == by_position.causes == (SpecialCause.NONE,) * 26
    np.testing.assert_allclose(by_date.mean[13:] - by_date.mean[:13], 30)
    assert set(xmr(values).causes) != {SpecialCause.NONE}


def test_a_missing_month_is_not_closed_up() -> None:
    before = [10, 20] * 6 + [10]
    run = [16, 17, 16, NAN, 17, 16, 17, 16]  # seven above the mean, but with a month unknown between
    chart = xmr([*before, *run, 14], fix_after=12)
    assert chart.causes[16] is SpecialCause.MISSING
    assert chart.types[16] is PointType.MISSING
    assert SpecialCause.ABOVE_MEAN not in chart.causes
    assert any("no value" in note for note in chart.notes)


def test_a_month_left_out_of_the_dates_breaks_the_series_as_a_missing_value_does() -> None:
    months = np.delete(np.arange("2025-01", "2026-04", dtype="datetime64[M]"), 7)
    values = [1, 2, 3, 4, 5, 6, 7, 20, 21, 20, 21, 20, 21, 20]
    chart = xmr(values, months)
    with_nan = xmr([*values[:7], NAN, *values[7:]])
    assert chart.upper[0] == pytest.approx(with_nan.upper[0])
    assert chart.upper[0] == pytest.approx(np.mean(values) + 2.66 * 1)  # every range is 1; the jump of 13 is no range
    assert xmr(values).upper[0] > chart.upper[0]
    assert any("broken in 1 place" in note for note in chart.notes)


def test_months_of_unequal_length_are_not_gaps_and_a_missed_week_is() -> None:
    assert xmr(STEADY, np.arange("2025-01", "2026-02", dtype="datetime64[M]")).series.joined.sum() == 12
    month_ends = np.arange("2025-02", "2026-03", dtype="datetime64[M]").astype("datetime64[D]") - 1
    assert xmr(STEADY, month_ends).series.joined.sum() == 12
    weeks = np.datetime64("2025-01-06") + 7 * np.array([0, 1, 2, 4, 5])
    assert xmr(STEADY[:5], weeks).series.joined.tolist() == [False, True, True, False, True]


def test_a_constant_series_has_no_special_cause_for_all_the_rounding_of_its_mean() -> None:
    for n in range(2, 40):
        for value in (0.1, 0.3, 1e-9, 1 / 3):
            assert set(xmr([value] * n).causes) == {SpecialCause.NONE}
    assert any("no width" in note for note in xmr([0.1] * 20).notes)
    assert any("no width" in note for note in xmr([0] * 20 + [3, 0, 0, 1], screen_outliers=True).notes)


def test_one_value_has_a_mean_and_no_limits() -> None:
    chart = xmr([4.0], better="increase", target=3)
    assert chart.mean.tolist() == [4]
    assert np.isnan(chart.upper).all()
    assert chart.assurance is Assurance.INCONSISTENT
    assert set(xmr([NAN, NAN]).causes) == {SpecialCause.MISSING}
    assert xmr([NAN]).variation is Variation.COMMON_CAUSE


@pytest.mark.parametrize(
    ("error", "values", "more"),
    [
        (ShapeError, [], {}),
        (ShapeError, [[1, 2]], {}),
        (ShapeError, [1, 2], {"dates": ["2025-01-01"]}),
        (NotANumberError, [1, float("inf")], {}),
        (SeriesError, [1, 2], {"dates": ["2025-02-01", "2025-01-01"]}),
        (SeriesError, [1, 2], {"dates": ["2025-01-01", "2025-01-01"]}),
        (SeriesError, [1, 2], {"dates": ["2025-01-01", "soon"]}),
        (SeriesError, [1, 2], {"dates": ["2025-01-01", "NaT"]}),
        (SeriesError, [1, 2], {"rebase_at": [2]}),
        (SeriesError, [1, 2], {"rebase_at": [0]}),
        (SeriesError, [1, 2], {"rebase_at": ["2025-01-01"]}),
        (ChartError, [1, 2], {"fix_after": 1}),
        (UnknownChoiceError, [1, 2], {"better": "up"}),
    ],
)
def test_wrong_series_are_named(error: type[Exception], values: Any, more: Any) -> None:
    with pytest.raises(error):
        xmr(values, **more)


VALUES = st.lists(st.integers(-40, 40), min_size=2, max_size=40)
SCALES = st.sampled_from([0.25, 0.5, 2.0, 3.0, 10.0])
OPPOSITE = {
    SpecialCause.ABOVE_LIMIT: SpecialCause.BELOW_LIMIT,
    SpecialCause.RISING: SpecialCause.FALLING,
    SpecialCause.TWO_OF_THREE_HIGH: SpecialCause.TWO_OF_THREE_LOW,
    SpecialCause.ABOVE_MEAN: SpecialCause.BELOW_MEAN,
}
OPPOSITE |= {low: high for high, low in OPPOSITE.items()}


@settings(deadline=None)
@given(VALUES, SCALES, st.integers(-100, 100), st.booleans())
def test_another_unit_changes_no_special_cause(values: list[int], by: float, plus: int, screen: bool) -> None:
    first = xmr(values, screen_outliers=screen, better="increase")
    second = xmr(np.array(values) * by + plus, screen_outliers=screen, better="increase")
    assert second.causes == first.causes
    assert second.variation is first.variation
    np.testing.assert_allclose(second.upper, first.upper * by + plus, atol=1e-7)


@settings(deadline=None)
@given(VALUES, st.booleans())
def test_a_chart_upside_down_has_the_opposite_causes_and_the_same_good_news(values: list[int], screen: bool) -> None:
    up = xmr(values, better="increase", target=3, screen_outliers=screen)
    down = xmr([-v for v in values], better="decrease", target=-3, screen_outliers=screen)
    assert down.causes == tuple(OPPOSITE.get(cause, cause) for cause in up.causes)
    assert down.types == up.types
    assert down.assurance is up.assurance


@settings(deadline=None)
@given(VALUES, VALUES)
def test_a_segment_knows_nothing_of_the_segment_before(first: list[int], second: list[int]) -> None:
    both = xmr([*first, *second], rebase_at=[len(first)])
    assert both.causes == xmr(first).causes + xmr(second).causes


@settings(deadline=None)
@given(st.lists(st.one_of(st.integers(0, 30), st.just(NAN)), min_size=2, max_size=30))
def test_missing_ends_change_nothing_in_between(values: list[float]) -> None:
    inner = xmr(values)
    outer = xmr([NAN, *values, NAN])
    assert outer.causes[1:-1] == inner.causes
    np.testing.assert_allclose(outer.upper[1:-1], inner.upper)
