"""Twelve hours a day on six days a week, and nothing that only adds up to as much."""

from __future__ import annotations

from pathlib import Path

import pytest

from doorstep.errors import DataError, UsageError
from doorstep.geography.siting import read_weeks
from doorstep.geography.siting.hours import DAYS, Week, open_minutes

H = 60
HEADING = "site," + ",".join(DAYS) + "\n"


@pytest.mark.parametrize(
    ("minutes", "meets"),
    [
        ((12 * H,) * 6 + (0,), True),
        ((0,) + (12 * H,) * 6, True),  # which six days is not said
        ((12 * H,) * 5 + (8 * H, 0), False),
        ((12 * H,) * 5 + (12 * H - 1, 0), False),
        ((12 * H,) * 5 + (6 * H, 6 * H), False),  # 72 hours in the week
        ((11 * H,) * 7, False),  # 77 hours in the week
        ((24 * H,) * 3 + (0,) * 4, False),  # 72 hours in three days
        ((24 * H,) * 7, True),
    ],
)
def test_the_rule_is_days_and_not_a_total(minutes: tuple[int, ...], meets: bool) -> None:
    assert Week("A", minutes).meets is meets


def test_five_long_days_and_one_of_eight_fail_with_the_reason(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_text(HEADING + "A," + "08:00-20:00," * 5 + "09:00-17:00,\n", encoding="utf-8")
    (week,) = read_weeks(path)
    assert not week.meets
    assert week.reason == "5 days of 12 hours, and the rule is 6: short are Saturday 8, Sunday 0; 68 hours in the week"


@pytest.mark.parametrize(
    ("cell", "minutes"),
    [
        ("08:00-20:00", 12 * H),
        ("08:00-12:00 13:00-20:30", 4 * H + 7 * H + 30),
        ("13:00-20:00; 8:00-12:00", 11 * H),
        ("00:00-24:00", 24 * H),
        ("08:00-12:00, 12:00-20:00", 12 * H),
        ("closed", 0),
        ("", 0),
    ],
)
def test_a_days_spans_add_up(cell: str, minutes: int) -> None:
    assert open_minutes(cell) == minutes


@pytest.mark.parametrize(
    "cell", ["20:00-08:00", "08:00-25:00", "8-20", "12 hours", "08:00-12:00 11:00-20:00", "08:61-20:00"]
)
def test_what_is_no_span_of_a_day_is_refused(cell: str) -> None:
    with pytest.raises(DataError):
        open_minutes(cell)


def test_a_week_without_a_day_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hours.csv"
    path.write_text("site,monday\nA,08:00-20:00\n", encoding="utf-8")
    with pytest.raises(UsageError, match="no column tuesday, wednesday"):
        read_weeks(path)
