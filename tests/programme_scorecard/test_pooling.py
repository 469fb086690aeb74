"""Rates are made of sums, hidden numbers of ranges, and every rate has an interval."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from small_figures import HIDDEN, figures, line, month, series

from doorstep.programme.figures.numbers import Number
from doorstep.programme.scorecard import pooling
from doorstep.programme.scorecard.pooling import Between

APRIL = month(4)


def test_a_pooled_rate_is_of_sums_and_no_average() -> None:
    """10 of 1,000 and 90 of 3,000: (10 + 90) / (1,000 + 3,000), not the mean of 10 and 30."""
    found = pooling.rate(
        figures(
            [
                line("patients", "a", APRIL, 1000),
                line("O2b", "a", APRIL, 10),
                line("patients", "b", APRIL, 3000),
                line("O2b", "b", APRIL, 90),
            ]
        ),
        "O2b",
        [("a", APRIL), ("b", APRIL)],
    )
    assert found is not None
    assert found.point == pytest.approx((10 + 90) / (1000 + 3000) * 1000)


def test_its_interval_is_that_of_a_count_of_a_hundred() -> None:
    """Garwood's exact limits of 100 events are 81.4 and 121.6 (published tables); Byar's agree to a tenth."""
    found = pooling.rate_of([Number(100, 100, 100)], [Number(4000, 4000, 4000)])
    assert found is not None
    assert found.lower == pytest.approx(81.4 / 4, abs=0.03)
    assert found.upper == pytest.approx(121.6 / 4, abs=0.03)


def test_a_hidden_count_makes_a_range_and_the_widest_interval() -> None:
    found = pooling.rate_of([Number(10, 10, 10), Number(None, 0, 5)], [Number(1000, 1000, 1000)] * 2)
    low, high = (pooling.rate_of([Number(n, n, n)], [Number(2000, 2000, 2000)]) for n in (10, 15))
    assert found is not None and low is not None and high is not None
    assert found.point is None
    assert found.value == Between(10 / 2000 * 1000, 15 / 2000 * 1000)
    assert (found.lower, found.upper) == (low.lower, high.upper)
    assert found.n_hidden == 1


def test_hidden_patients_widen_the_rate_from_below() -> None:
    found = pooling.rate_of([Number(10, 10, 10)], [Number(None, 100, 200)])
    assert found is not None
    assert found.value == Between(10 / 200 * 1000, 10 / 100 * 1000)


def test_what_nothing_bounds_has_no_upper_limit() -> None:
    found = pooling.rate_of([Number(None, 3, None)], [Number(100, 100, 100)])
    assert found is not None
    assert found.value == Between(3 / 100 * 1000, None)
    assert found.upper is None


def test_there_is_no_rate_of_no_patients() -> None:
    assert pooling.rate_of([Number(0, 0, 0)], [Number(0, 0, 0)]) is None
    assert pooling.rate_of([Number(None, 0, 5)], [Number(None, 0, 5)]) is None
    assert pooling.rate_of([], []) is None


def test_a_place_that_sent_nothing_is_in_neither_sum() -> None:
    found = pooling.rate(
        figures([line("patients", "a", APRIL, 1000), line("O2b", "a", APRIL, 10), line("patients", "b", APRIL, 3000)]),
        "O2b",
        [("a", APRIL), ("b", APRIL), ("c", APRIL)],
    )
    assert found is not None
    assert found.point == 10 / 1000 * 1000


def test_months_pooled_are_a_rate_a_month() -> None:
    months = [date(2026, 3, 1), APRIL]
    lines = [*series("patients", "a", months[0], [100, 300]), *series("O2b", "a", months[0], [10, 10])]
    found = pooling.rate(figures(lines), "O2b", [("a", when) for when in months])
    assert found is not None
    assert found.point == pytest.approx((10 + 10) / (100 + 300) * 1000)


@pytest.mark.parametrize("metric", ["O2b", "O3"])
def test_rates_of_several_months_at_once_are_those_of_each(metric: str) -> None:
    months = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1), APRIL]
    found = figures(
        [
            *series("patients", "a", months[0], [100, 300, 500, 700]),
            *series("patients", "b", months[0], [900, 800, None, 600]),
            *series("O2b", "a", months[0], [10, 20, 30, 40]),
            *series("O2b", "b", months[0], [HIDDEN, 7, 8, 9]),
            *series("O3", "a", months[0], [50, 60, 90, HIDDEN]),
            *series("O3", "b", months[0], [7, None, 8, 10]),
        ]
    )
    each = [[("a", month), ("b", month)] for month in months] + [[("c", APRIL)]]
    alone = [pooling.rate(found, metric, parts) for parts in each]
    assert pooling.rates_each(found, metric, each) == alone
    assert alone[0] is not None and alone[-1] is None


def _bed_days(days: int, stays: int) -> pooling.Rate:
    lines = [line("patients", "a", APRIL, 1000), line("O3", "a", APRIL, days), line("O2b", "a", APRIL, stays)]
    found = pooling.rate(figures(lines), "O3", [("a", APRIL)])
    assert found is not None
    return found


def test_bed_days_of_stays_of_one_day_are_as_certain_as_events() -> None:
    of_events = pooling.rate_of([Number(50, 50, 50)], [Number(1000, 1000, 1000)])
    assert of_events is not None
    assert (_bed_days(50, 50).lower, _bed_days(50, 50).upper) == (of_events.lower, of_events.upper)


def test_the_interval_of_bed_days_holds_the_truth_as_often_as_it_says() -> None:
    """Drawn afresh: 40 stays on average, lengths geometric with mean 6. 95% of 2,000 intervals, give or take 2%."""
    rng = np.random.default_rng(20260401)
    held = 0
    for _ in range(2000):
        stays = int(rng.poisson(40))
        found = _bed_days(int(rng.geometric(1 / 6, stays).sum()), stays)
        assert found.lower is not None and found.upper is not None
        held += found.lower <= 40 * 6 <= found.upper
    assert held / 2000 == pytest.approx(0.95, abs=0.02)


def test_bed_days_have_no_interval_where_the_stays_may_all_be_hidden() -> None:
    lines = [line("patients", "a", APRIL, 1000), line("O3", "a", APRIL, 30), line("O2b", "a", APRIL, HIDDEN)]
    found = pooling.rate(figures(lines), "O3", [("a", APRIL)])
    assert found is not None
    assert (found.lower, found.upper) == (None, None)


def test_a_share_of_what_is_hidden_is_a_range() -> None:
    found = pooling.share([Number(None, 0, 5)], [Number(50, 50, 50)])
    assert found is not None
    assert found.value == Between(0, 10)
    assert found.lower == 0


def test_a_part_above_its_whole_is_no_share() -> None:
    assert pooling.share([Number(60, 60, 60)], [Number(50, 50, 50)]) is None


def test_what_need_not_be_a_part_is_no_share_where_it_may_be_above_its_whole() -> None:
    part, whole = [Number(48, 48, 48)], [Number(None, 45, 50)]
    within = pooling.share(part, whole)
    assert within is not None and within.value == Between(96, 100)  # 48 of 50, and at most all
    assert pooling.share(part, whole, is_part=False) is None
    assert pooling.share([Number(45, 45, 45)], whole, is_part=False) is not None


def test_only_a_range_too_narrow_to_see_is_a_point_in_a_drawing() -> None:
    assert Between(1000, 1020).drawn == 1010
    assert Between(1000, 1021).drawn is None
    assert Between(0, 5).drawn is None
    assert Between(7, 7).drawn == 7
    assert Between(1000, None).drawn is None
