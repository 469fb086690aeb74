"""One line over time: rates on equal months, limits by hand, and signals that say no more than they know."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from statistics import fmean

import pytest
from drawing_kit import both, height_of, in_plot, number, value_at
from figures_by_hand import FIRST, Shown, column, figures
from plain_xmr import newest_side
from scipy.stats import chi2

from doorstep.errors import UsageError
from doorstep.programme.scorecard import adjusting, provisional, series
from doorstep.programme.scorecard.control import Control
from doorstep.programme.scorecard.exhibits import Exhibit
from doorstep.programme.scorecard.noted import Noted
from doorstep.programme.scorecard.spc import place_exhibit
from doorstep.programme.scorecard.spc_words import REGRESSION, WHAT_A_SIGNAL_IS
from doorstep.programme.submissions import timing
from doorstep.reference import policy
from doorstep.returns.layout import months_from
from doorstep.web.charts import Icon

DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)  # of 2025 and of 2026
BREAK = Noted("break", date(2026, 1, 1), None, "The cohort was chosen afresh.")


def a_day(numbers: Sequence[int | None]) -> list[Shown]:
    """So many events a day, month after month from January 2025: rates of equal months are then 30.4375 times that."""
    return [None if n is None else n * DAYS[i % 12] for i, n in enumerate(numbers)]


def place(numbers: Sequence[Shown], line: str = "O2b", noted: Sequence[Noted] = (), **of: object) -> Exhibit:
    return place_exhibit(figures(line, {"sefton": numbers}, **of), "sefton", line, noted)  # type: ignore[arg-type]


def control(numbers: Sequence[Shown], line: str = "O2b", noted: Sequence[Noted] = ()) -> Control:
    return Control(line, series.of_place(figures(line, {"sefton": numbers}), line, "sefton"), tuple(noted))


def said(exhibit: Exhibit) -> str:
    return " ".join(exhibit.sentences)


# --- Rates ----------------------------------------------------------------------------------------------------------


def test_months_are_made_equally_long_and_the_returns_own_rate_stands_beside() -> None:
    sheet = place(a_day([10] * 3)).sheet
    assert column(sheet, "rate") == [310, 280, 310]  # of 1,000 patients
    assert column(sheet, "equal_rate") == pytest.approx([304.375] * 3)


def test_a_rate_has_its_interval() -> None:
    # 5 of 1,000: exact Poisson limits of 5 are 1.62 and 11.67 (published tables)
    (row,) = place([5]).sheet.rows
    assert row[4:6] == pytest.approx((1.6235, 11.6683), abs=1e-3)


def test_bed_days_have_the_variance_of_days_that_come_in_stays() -> None:
    # 90 days in 10 stays: 9 a stay, so 2 x 9 - 1 = 17 times the variance of separate events
    found = figures("O3", {"sefton": [90]})
    stays = figures("O2b", {"sefton": [10]})
    both_lines = type(found)(found.edition, (*found.lines, *(x for x in stays.lines if x.line == "O2b")))
    (row,) = place_exhibit(both_lines, "sefton", "O3").sheet.rows
    low, high = row[4], row[5]
    # the exact limits of 90/17 events, a chi-squared with 2x and 2x + 2 degrees of freedom, 17 days each
    assert (low, high) == pytest.approx((chi2.ppf(0.025, 180 / 17) / 2 * 17, chi2.ppf(0.975, 180 / 17 + 2) / 2 * 17))


def test_bed_days_without_their_stays_have_no_interval() -> None:
    (row,) = place([90], "O3").sheet.rows
    assert row[4:6] == (None, None)


@pytest.mark.parametrize(("month", "days"), [(date(2026, 5, 1), 19), (date(2026, 4, 1), 20), (date(2026, 12, 1), 21)])
def test_working_days_leave_weekends_and_bank_holidays_out(month: date, days: int) -> None:
    assert adjusting.working_days(month) == days


def test_booked_care_shows_its_working_days_and_emergency_care_does_not() -> None:
    assert column(place([400, 380], "O1a").sheet, "working_days") == [22, 20]  # January and February 2025
    assert "working_days" not in [c.name for c in place([400], "O5a").sheet.columns]


# --- Limits and signals ---------------------------------------------------------------------------------------------


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    rates = [10, 12, 11, 13, 10, 11, 12, 10, 13, 11, 12, 10, 11, 12]
    sheet = place(a_day(rates)).sheet
    moved = fmean(abs(b - a) for a, b in pairwise(rates))
    expected = [30.4375 * (fmean(rates) + k * 2.66 * moved) for k in (0, -1, 1)]
    found = [column(sheet, name)[-1] for name in ("mean", "lower_limit", "upper_limit")]
    assert found == pytest.approx(expected)


def test_the_newest_month_is_judged_as_a_second_writing_of_the_rules_judges_it() -> None:
    rng = random.Random(2)
    seen = set()
    for case in range(300):
        step = rng.choice([0, 0, 15, -15])
        rates = [round(rng.gauss(100 + step * (i > 12), 8)) for i in range(rng.randint(13, 22))]
        found = control(a_day(rates))
        assert found.direction(len(rates) - 1) == newest_side(rates), case
        seen.add(found.direction(len(rates) - 1))
    assert seen == {-1, 0, 1}


LOW_AT_THE_END = [100, 104, 98, 102, 99, 103, 97, 101, 104, 98, 102, 99, 101, 88, 90, 87, 91, 89, 88, 90, 91]


def test_a_signal_says_which_way_by_which_rule_and_since_when() -> None:
    found = place(a_day(LOW_AT_THE_END))
    assert (
        "Lower than usual for this Place since February 2026: September 2026 is in a row of seven months or more below "
        "the mean." in found.sentences
    )
    assert column(found.sheet, "signal")[-1] == "in a row of seven months or more below the mean"


def test_a_signal_is_read_as_a_question_with_what_else_could_lie_behind_it() -> None:
    text = said(place(a_day(LOW_AT_THE_END)))
    assert WHAT_A_SIGNAL_IS in text and REGRESSION in text
    assert "a change in the rule that chooses the cohort" in text and "coding" in text and "time of year" in text


def test_a_high_signal_does_not_name_regression_to_the_mean() -> None:
    text = said(place(a_day([200 - n for n in LOW_AT_THE_END])))
    assert "Higher than usual" in text and WHAT_A_SIGNAL_IS in text and REGRESSION not in text


@pytest.mark.parametrize(("line", "is_told"), [("O2a", True), ("O5b", True), ("O2b", False)])
def test_where_same_day_emergency_care_moves_it_is_named(line: str, is_told: bool) -> None:
    assert ("same-day emergency care that a trust moved" in said(place(a_day(LOW_AT_THE_END), line))) is is_told


def test_steady_months_show_no_sign() -> None:
    found = place(a_day([100, 104, 98, 102, 99, 103, 97, 101, 104, 98, 102, 99, 101, 100]))
    assert "No sign of change beyond chance." in found.sentences
    assert WHAT_A_SIGNAL_IS not in said(found)


def test_the_season_and_the_guides_direction_stand_below_the_table() -> None:
    notes = " ".join(place([50]).sheet.notes)
    assert "The guide aims for fewer." in notes and "December to February are shaded" in notes


def test_an_earlier_signal_is_still_told() -> None:
    steady = [100, 104, 98, 102, 99, 103, 97, 101, 104, 98, 102, 99, 101, 100]
    assert "Earlier: higher than usual in May 2025." in place(a_day([*steady[:4], 140, *steady])).sentences


def test_the_same_month_a_year_earlier_stands_beside_the_newest() -> None:
    assert "The same month a year earlier: 310 spells among 1,000 patients" in said(place(a_day([10] * 12 + [11])))


# --- Few months -----------------------------------------------------------------------------------------------------


def test_on_fewer_than_13_months_a_low_one_is_not_pointed_out_and_a_high_one_is() -> None:
    low, high = ([100, 101, 99, 100, 101, 99, 100, 101, 99, 100, 100 + d] for d in (-30, 30))
    assert control(a_day(low)).signal is None and control(a_day(low)).icon is Icon.TOO_FEW
    raised = control(a_day(high))
    assert raised.signal and raised.signal.is_high and raised.icon is Icon.HIGH_ATTENTION
    assert "Too few months to tell." in place(a_day(low)).sentences
    assert "they rest on 11 months, fewer than 13" in said(place(a_day(low)))


def test_a_low_signal_never_has_an_icon_of_good_news() -> None:
    found = control(a_day(LOW_AT_THE_END))
    assert (found.icon, found.icon_words) == (Icon.LOW, "lower than usual")


def test_one_month_has_no_limits_and_says_so() -> None:
    assert "too few months in a row for limits" in said(place([50]))


# --- Breaks, hidden, missing, corrected, provisional ------------------------------------------------------------------


def test_a_break_starts_new_limits_and_nothing_joins_across_it() -> None:
    rates = [100, 104, 98, 102, 99, 103, 97, 101, 104, 98, 102, 99, 50, 54, 48, 52, 49, 53, 47, 51]
    assert control(a_day(rates)).signals != ()
    whole = place(a_day(rates), noted=[BREAK])
    assert control(a_day(rates), noted=[BREAK]).signals == ()
    assert column(whole.sheet, "mean")[11:13] == pytest.approx(
        [30.4375 * fmean(rates[:12]), 30.4375 * fmean(rates[12:])]
    )
    assert "breaks at January 2026 (The cohort was chosen afresh): limits start afresh" in said(whole)
    assert column(whole.sheet, "state")[12] == "final, break A"
    assert whole.more_sheets[0].rows == (("A", "break", date(2026, 1, 1), None, "The cohort was chosen afresh."),)
    assert whole.picture
    lines = in_plot(both(whole.picture.svg)[0], "app-chart__line")
    assert [(line.get("d") or "").count("L") + 1 for line in lines] == [12, 8]


def test_other_entries_of_the_log_are_listed_and_break_nothing() -> None:
    issue = Noted("issue", date(2025, 3, 1), date(2025, 4, 1), "One practice did not send.")
    found = place(a_day([10] * 5), noted=[issue])
    assert found.more_sheets[0].rows == (
        ("", "issue", date(2025, 3, 1), date(2025, 4, 1), "One practice did not send."),
    )
    assert set(column(found.sheet, "state")) == {"final"}


def test_a_hidden_month_is_a_gap_with_its_range() -> None:
    found = place([50, (0, 5), 60])
    assert column(found.sheet, "count") == [50, "0 to 5", 60]
    assert column(found.sheet, "equal_rate")[1] is None and column(found.sheet, "rate")[1] is None
    assert "February 2025 is hidden to protect small numbers." in found.sentences
    assert found.picture
    wide = both(found.picture.svg)[0]
    stem = next(e for e in in_plot(wide, "app-chart__range") if e.get("x1") == e.get("x2"))
    assert value_at(wide, number(stem, "y2")) == pytest.approx(5 / 28 * 30.4375, abs=0.1)


def test_a_month_that_was_not_sent_is_a_gap() -> None:
    found = place([50, None, 60])
    assert column(found.sheet, "state")[1] == "not sent"
    assert column(found.sheet, "count")[1] is None
    assert "February 2025 is missing: nothing was sent." in found.sentences


def test_months_up_to_the_edition_are_missing_where_a_place_stopped_sending() -> None:
    found = figures("O2b", {"sefton": [50, 60], "rochdale": [50, 60, 70]})
    assert column(place_exhibit(found, "sefton", "O2b").sheet, "state")[2] == "not sent"


def test_a_corrected_month_is_marked() -> None:
    found = place([50, 60], versions={date(2025, 2, 1): 3})
    assert column(found.sheet, "state") == ["final", "final, corrected"]
    assert column(found.sheet, "version") == [1, 3]
    assert found.picture and len(in_plot(both(found.picture.svg)[0], "app-chart__ring")) == 1


def test_a_month_is_provisional_until_the_day_of_its_final_report() -> None:
    final = policy.timetable_row(date(2026, 5, 1)).final_report
    assert provisional.is_provisional(date(2026, 5, 1), final.replace(day=final.day - 1))
    assert not provisional.is_provisional(date(2026, 5, 1), final)


def test_a_month_outside_the_published_timetable_follows_its_rule() -> None:
    # 31 August 2027 + 8 weeks is Tuesday 26 October; a fortnight later is 9 November
    assert timing.dates(date(2027, 8, 1)).final_report == date(2027, 11, 9)


def test_provisional_months_are_named_and_hatched() -> None:
    found = place([50, 60, 55], first=date(2026, 1, 1), made_on=date(2026, 5, 1))
    assert column(found.sheet, "state") == ["final", "provisional", "provisional"]
    assert "February 2026 and March 2026 are provisional: the final report is still to come." in found.sentences
    assert found.picture and len(in_plot(both(found.picture.svg)[0], "app-chart__hatch")) == 2


def test_a_jump_of_the_cohort_is_pointed_out() -> None:
    found = place([50, 60, 70], patients={"sefton": [1000, 1050, 1500]})
    assert "The cohort went from 1,050 to 1,500 patients in March 2025" in said(found)


def test_several_jumps_of_the_cohort_are_one_sentence_with_the_last_in_numbers() -> None:
    found = place([50, 60, 70, 80], patients={"sefton": [1000, 1500, 1510, 2000]})
    assert [one for one in found.sentences if "The cohort went" in one] == [
        "The cohort went from 1,510 to 2,000 patients in April 2025, after jumps in February 2025: rates before and "
        "after may be of different people."
    ]


def test_a_stock_has_no_limits() -> None:
    found = place(list(range(100, 120)), "P1")
    assert [c.name for c in found.sheet.columns][:3] == ["month", "count", "places"]
    assert "This is a stock" in said(found) and found.more_pictures == ()


def test_the_chart_and_the_table_have_the_same_numbers() -> None:
    found = place(a_day([100, 104, 98, None, 99, 103, 60, 101]))
    rates = [v for v in column(found.sheet, "equal_rate") if isinstance(v, float)]
    assert found.picture
    wide = both(found.picture.svg)[0]
    drawn = [value_at(wide, height_of(mark)) for mark in in_plot(wide, "app-chart__point--circle")]
    assert drawn == pytest.approx(rates, rel=2e-3)


def test_a_place_that_sent_nothing_is_an_error_that_says_so() -> None:
    with pytest.raises(UsageError, match="edition 1 has no O2b of this Place"):
        place_exhibit(figures("O2b", {"sefton": [10]}), "rochdale", "O2b")


def test_months_are_continuous() -> None:
    found = figures("O2b", {"sefton": [10, None, None, 20]})
    assert column(place_exhibit(found, "sefton", "O2b").sheet, "month") == list(months_from(FIRST, 4))
