"""Shares of the cohort and rates by group: of sums, hidden ones as ranges, never in the order of their values."""

from __future__ import annotations

from datetime import date

import pytest
from small_figures import HIDDEN, figures, line, month

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Figures, Line
from doorstep.programme.scorecard import by_group, demographics
from doorstep.programme.scorecard.exhibits import Cell, Sheet
from doorstep.returns.figures import COLUMNS

APRIL = month(4)
AT = {name: k for k, (_, name) in enumerate(COLUMNS)}
WHITE, BLACK = AT["White"], AT["Black"]


def _rows(sheet: Sheet) -> dict[Cell, dict[str, Cell]]:
    names = [column.name for column in sheet.columns]
    found = [dict(zip(names, row, strict=True)) for row in sheet.rows]
    return {row["group"]: row for row in found if row["group"] != "Not known"}


def _cohorts() -> list[Line]:
    return [
        line("patients", "sefton", APRIL, 100, {WHITE: 60, BLACK: 40, AT["80-89"]: 20, AT["90+"]: HIDDEN}),
        line("patients", "croydon", APRIL, 300, {WHITE: 100, BLACK: 200}),
    ]


def test_a_share_is_of_the_total_with_wilsons_interval() -> None:
    row = _rows(demographics.of_place(figures(_cohorts()), "sefton").sheet)["White"]
    # Wilson's interval of 60 in 100: 50.2% to 69.1%
    assert (row["count"], row["share"]) == (60, 60 / 100 * 100)
    assert row["share_lower"] == pytest.approx(50.2, abs=0.05)
    assert row["share_upper"] == pytest.approx(69.1, abs=0.05)


def test_beside_it_stands_the_share_of_all_places_from_sums() -> None:
    row = _rows(demographics.of_place(figures(_cohorts()), "sefton").sheet)["White"]
    assert row["share_all"] == (60 + 100) / (100 + 300) * 100


def test_a_places_own_installation_has_nobody_to_be_beside() -> None:
    row = _rows(demographics.of_place(figures(_cohorts()[:1]), "sefton").sheet)["White"]
    assert "share_all" not in row


def test_a_hidden_group_is_a_range() -> None:
    row = _rows(demographics.of_place(figures(_cohorts()), "sefton").sheet)["90+"]
    assert (row["count"], row["share"]) == ("0 to 5", "0.0 to 5.0")


def test_the_oldest_are_summed_with_what_is_hidden() -> None:
    told = demographics.of_place(figures(_cohorts()), "sefton").sentences
    assert any(s.startswith("People of 80 or over are between 20.0 and 25.0% of the cohort (95%") for s in told)


def test_the_caseload_is_broken_down_only_where_it_is_known() -> None:
    unknown = demographics.of_place(figures([*_cohorts(), line("P1", "sefton", APRIL, 30)]), "sefton")
    known = demographics.of_place(figures([*_cohorts(), line("P1", "sefton", APRIL, 30, {WHITE: 12})]), "sefton")
    assert unknown.more_sheets == ()
    assert _rows(known.more_sheets[0])["White"]["share"] == pytest.approx(12 / 30 * 100)


def _two_months() -> Figures:
    return figures(
        [
            line("patients", "sefton", month(3), 100, {WHITE: 50}),
            line("patients", "sefton", APRIL, 100, {WHITE: 150}),
            line("patients", "croydon", APRIL, 500, {WHITE: 400}),
            line("O5a", "sefton", month(3), 30, {WHITE: 10}),
            line("O5a", "sefton", APRIL, 30, {WHITE: 6}),
            line("O5a", "croydon", APRIL, 90, {WHITE: 80}),
        ]
    )


def test_rates_by_group_are_of_sums_over_months() -> None:
    row = _rows(by_group.of_place(_two_months(), "O5a", "sefton").sheet)["White"]
    assert row["rate"] == pytest.approx((10 + 6) / (50 + 150) * 1000)
    assert row["rate_all"] == pytest.approx((10 + 6 + 80) / (50 + 150 + 400) * 1000)


def test_the_newest_month_stands_beside_them() -> None:
    row = _rows(by_group.of_place(_two_months(), "O5a", "sefton").more_sheets[0])["White"]
    assert row["rate"] == pytest.approx(6 / 150 * 1000)


def test_every_rate_by_group_has_an_interval() -> None:
    for row in _rows(by_group.of_all(_two_months(), "O5a").sheet).values():
        assert len({row[name] is None for name in ("rate", "lower", "upper")}) == 1


def test_groups_stand_in_the_returns_order() -> None:
    groups = [row[1] for row in by_group.of_all(_two_months(), "O5a").sheet.rows]
    assert groups[:3] == ["18-19", "20-29", "30-39"]


def test_nine_months_are_pooled_and_said_to_be_nine() -> None:
    lines = []
    for k in range(9):
        lines += [line("patients", "sefton", date(2026, k + 1, 1), 100), line("O5a", "sefton", date(2026, k + 1, 1), 7)]
    told = by_group.of_all(figures(lines), "O5a").sentences[0]
    assert told.startswith("Sums are over 9 months of the last 12: January to September 2026.")
    assert "70.0 per 1,000 patients a month" in told


def test_months_older_than_twelve_are_left_out() -> None:
    lines = [line("patients", "sefton", date(2025, 4, 1), 1000), line("O5a", "sefton", date(2025, 4, 1), 500)]
    lines += [line("patients", "sefton", APRIL, 100), line("O5a", "sefton", APRIL, 7)]
    assert "(95% interval" in (told := by_group.of_all(figures(lines), "O5a").sentences[0])
    assert "7 for 100 patients" in told


def test_the_caseload_has_no_rate_by_group() -> None:
    with pytest.raises(UsageError, match="P1 is a number of people"):
        by_group.lines_for("P1")
