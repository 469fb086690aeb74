"""Windows end on month ends; each delivery arrives on the 20th of the month after the one it reaches."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from doorstep.errors import UsageError
from doorstep.synthetic.timeline import Timeline, date_of, day_of, months_of


def test_two_years_to_september_2026_arrive_in_three_deliveries() -> None:
    timeline = Timeline.ending("2026-09", 24)
    assert (date_of(timeline.first), date_of(timeline.last)) == (date(2024, 10, 1), date(2026, 9, 30))
    assert [(d.name, d.month) for d in timeline.deliveries] == [
        ("2026-08-20", "2026-07"),
        ("2026-09-20", "2026-08"),
        ("2026-10-20", "2026-09"),
    ]


def test_a_window_may_end_with_the_year_and_hold_a_leap_day() -> None:
    timeline = Timeline.ending("2024-12", 12)
    assert timeline.last - timeline.first + 1 == 366
    assert timeline.deliveries[-1].name == "2025-01-20"


@pytest.mark.parametrize(
    ("day", "delivery"),
    [("2024-10-01", 0), ("2026-07-31", 0), ("2026-08-01", 1), ("2026-08-31", 1), ("2026-09-01", 2), ("2026-09-30", 2)],
)
def test_activity_arrives_with_its_month(day: str, delivery: int) -> None:
    days = np.array([day_of(date.fromisoformat(day))])
    assert Timeline.ending("2026-09", 24).delivery_of(days).tolist() == [delivery]


def test_months_count_from_january_1970() -> None:
    days = np.array([day_of(date(1970, 1, 31)), day_of(date(1970, 2, 1)), day_of(date(2026, 9, 30))])
    assert months_of(days).tolist() == [0, 1, 56 * 12 + 8]


@pytest.mark.parametrize(("end", "months"), [("2026-13", 24), ("September", 24), ("2026-09", 1), ("2026-09", 500)])
def test_what_is_no_window_is_refused(end: str, months: int) -> None:
    with pytest.raises(UsageError):
        Timeline.ending(end, months)
