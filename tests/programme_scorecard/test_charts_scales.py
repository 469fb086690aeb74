"""Scales: ticks to count by, straight scales, months side by side."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.web.charts.scales import Linear, Months, even_ticks, tick_words


@pytest.mark.parametrize(
    ("low", "high", "about", "ticks"),
    [
        (0, 100, 5, (0, 20, 40, 60, 80, 100)),
        (0, 7, 4, (0, 2, 4, 6, 8)),
        (22, 31, 6, (22, 24, 26, 28, 30, 32)),
        (0, 0.9, 4, (0, 0.25, 0.5, 0.75, 1.0)),
        (5, 5, 2, (5, 5.5, 6)),
        (1_200, 20_300, 4, (0, 10_000, 20_000, 30_000)),
    ],
)
def test_ticks_can_be_counted_by_and_hold_both_ends(
    low: float, high: float, about: int, ticks: tuple[float, ...]
) -> None:
    assert even_ticks(low, high, about) == pytest.approx(ticks)


def test_tick_words_have_as_many_decimals_as_the_finest_needs() -> None:
    assert tick_words((0, 0.25, 0.5)) == ("0.00", "0.25", "0.50")
    assert tick_words((0, 5_000)) == ("0", "5,000")


def test_a_value_halfway_stands_halfway() -> None:
    assert Linear(10, 30, 200, 100)(20) == 150


def test_months_are_equally_wide_and_labels_keep_their_distance() -> None:
    months = Months(date(2025, 11, 1), 4, 100, 180)
    assert [months(m) for m in months.all] == [110, 130, 150, 170]
    assert months.all[-1] == date(2026, 2, 1)
    assert months.ticks(55) == (date(2026, 1, 1),)  # every third: January, April, …
