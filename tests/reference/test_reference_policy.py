"""Policy values and the timetable: the template's own dates, and the bank holidays among them."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.errors import UsageError
from doorstep.reference import policy

# Sheet SubmissionTimetable of the data collection template v1.2, values of D2:G16.
TEMPLATE = """
2026-01  2026-01-31  2026-03-27  2026-04-03  2026-04-03  2026-04-10
2026-02  2026-02-28  2026-04-24  2026-05-01  2026-05-01  2026-05-08
2026-03  2026-03-31  2026-05-26  2026-06-02  2026-06-02  2026-06-09
2026-04  2026-04-30  2026-06-25  2026-07-02  2026-07-02  2026-07-09
2026-05  2026-05-31  2026-07-24  2026-07-31  2026-07-31  2026-08-07
2026-06  2026-06-30  2026-08-25  2026-09-01  2026-09-01  2026-09-08
2026-07  2026-07-31  2026-09-25  2026-10-02  2026-10-02  2026-10-09
2026-08  2026-08-31  2026-10-26  2026-11-02  2026-11-02  2026-11-09
2026-09  2026-09-30  2026-11-25  2026-12-02  2026-12-02  2026-12-09
2026-10  2026-10-31  2026-12-25  2027-01-01  2027-01-01  2027-01-08
2026-11  2026-11-30  2027-01-25  2027-02-01  2027-02-01  2027-02-08
2026-12  2026-12-31  2027-02-25  2027-03-04  2027-03-04  2027-03-11
2027-01  2027-01-31  2027-03-26  2027-04-02  2027-04-02  2027-04-09
2027-02  2027-02-28  2027-04-23  2027-04-30  2027-04-30  2027-05-07
2027-03  2027-03-31  2027-05-26  2027-06-02  2027-06-02  2027-06-09
"""


def test_the_timetable_is_the_templates() -> None:
    computed = [
        [f"{row.month:%Y-%m}"]
        + [
            day.isoformat()
            for day in (
                row.period_end,
                row.first_submission,
                row.quality_report,
                row.second_submission,
                row.final_report,
            )
        ]
        for row in policy.timetable()
    ]
    assert computed == [line.split() for line in TEMPLATE.strip().splitlines()]
    assert all(row.period_start == row.month and row.month.day == 1 for row in policy.timetable())


def test_no_date_falls_on_a_weekend() -> None:
    for row in policy.timetable():
        assert max(row.first_submission.weekday(), row.second_submission.weekday(), row.final_report.weekday()) < 5


def test_christmas_new_year_and_good_friday_are_warned_of() -> None:
    october = policy.timetable_row(date(2026, 10, 1)).bank_holiday_warnings
    assert october[0] == (
        "first submission 25 December 2026 is Christmas Day: the last working day before is Thursday 24 December 2026"
    )
    assert any(w.startswith("second submission 1 January 2027 is New Year's Day") for w in october)
    (january,) = policy.timetable_row(date(2027, 1, 15)).bank_holiday_warnings
    assert "26 March 2027 is Good Friday" in january
    warned = [f"{row.month:%Y-%m}" for row in policy.timetable() if row.bank_holiday_warnings]
    assert warned == ["2026-01", "2026-10", "2027-01"]


def test_the_last_working_day_skips_weekends_and_holidays() -> None:
    assert policy.last_working_day_before(date(2026, 12, 29)) == date(2026, 12, 24)  # 28th: Boxing Day moved
    assert policy.last_working_day_before(date(2026, 4, 7)) == date(2026, 4, 2)  # Easter
    assert policy.last_working_day_before(date(2026, 7, 15)) == date(2026, 7, 14)


def test_a_month_outside_the_timetable_is_told() -> None:
    with pytest.raises(UsageError, match="December 2025") as error:
        policy.timetable_row(date(2025, 12, 1))
    assert error.value.expected == "a month from January 2026 to March 2027"


def test_the_templates_list_of_months_runs_a_year_past_its_timetable() -> None:
    months = policy.lookup_months()
    assert (len(months), months[0], months[-1]) == (27, date(2026, 1, 1), date(2028, 3, 1))


def test_the_conflict_between_text_and_table_is_shown() -> None:
    assert "three weeks" in policy.timetable_note()


def test_numbers_below_six_are_suppressed() -> None:
    assert policy.suppression_threshold == 6


def test_every_value_has_source_date_and_status() -> None:
    assert {"suppression_threshold", "contact_address", "contact_reference"} <= set(policy.values())
    for value in policy.values().values():
        assert value.source and value.meaning
        assert value.status in {"verified", "inferred", "recalled"}


def test_a_value_is_not_in_force_before_its_day() -> None:
    assert "suppression_threshold" not in policy.values(on=date(2025, 12, 31))
    assert policy.values(on=date(2026, 1, 1))["suppression_threshold"].value == 6
