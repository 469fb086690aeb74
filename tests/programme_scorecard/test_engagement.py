"""Caseloads as counts and as shares of the cohorts; who sent what; Places with no caseload."""

from __future__ import annotations

from datetime import date

import pytest
from small_figures import HIDDEN, Shown, figures, line, month, series

from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import engagement
from doorstep.programme.scorecard.exhibits import Cell, Sheet

PLACES = ("croydon", "sefton", "halton")
APRIL = month(4)


def _rows(sheet: Sheet) -> list[dict[str, Cell]]:
    return [dict(zip((c.name for c in sheet.columns), row, strict=True)) for row in sheet.rows]


def _places(**caseloads: Shown) -> Figures:
    """Each Place has a cohort of 200."""
    lines = [line("patients", slug, APRIL, 200) for slug in caseloads]
    return figures([*lines, *(line("P1", slug, APRIL, found) for slug, found in caseloads.items())])


def test_the_share_is_of_the_sums() -> None:
    lines = [*_places(sefton=80).lines, line("patients", "croydon", APRIL, 1800), line("P1", "croydon", APRIL, 120)]
    [row] = _rows(engagement.of_all(figures(lines), PLACES).sheet)
    assert (row["caseload"], row["patients"]) == (80 + 120, 200 + 1800)
    assert row["share"] == pytest.approx((80 + 120) / (200 + 1800) * 100)
    # Wilson's interval of 200 in 2,000: 8.76% to 11.39%
    assert row["share_lower"] == pytest.approx(8.76, abs=0.01)
    assert row["share_upper"] == pytest.approx(11.39, abs=0.01)


def test_a_hidden_caseload_is_a_range() -> None:
    [row] = _rows(engagement.of_all(_places(sefton=80, croydon=HIDDEN), PLACES).sheet)
    assert (row["caseload"], row["share"]) == ("80 to 85", "20.0 to 21.2")


@pytest.mark.parametrize(
    ("caseload", "state"),
    [
        (80, engagement.ACTIVE),
        (0, engagement.NONE),
        (HIDDEN, engagement.FEW),
        ((None, 0, 50), engagement.HIDDEN),
        ((None, 6, None), engagement.HIDDEN),
        (201, engagement.ABOVE),
    ],
)
def test_a_place_is_marked_by_what_is_known_of_its_caseload(caseload: Shown, state: str) -> None:
    exhibit = engagement.of_all(_places(sefton=caseload), PLACES)
    assert {row["place"]: row["state"] for row in _rows(exhibit.more_sheets[0])}["Sefton"] == state


def test_a_caseload_larger_than_the_cohort_is_a_count_and_no_share() -> None:
    [row] = _rows(engagement.of_place(_places(sefton=201), "sefton").sheet)
    assert (row["caseload"], row["share"], row["share_lower"]) == (201, None, None)


def test_places_stand_in_the_order_of_their_names_whatever_their_share() -> None:
    exhibit = engagement.of_all(_places(sefton=150, croydon=10), PLACES)
    assert [row["place"] for row in _rows(exhibit.more_sheets[0])] == ["Croydon", "halton", "Sefton"]


def test_places_without_a_caseload_are_named() -> None:
    told = engagement.of_all(_places(sefton=80, croydon=HIDDEN), PLACES).sentences
    assert "1 Place has no caseload, or one below 6: Croydon." in told


def test_a_place_that_sent_no_caseload_is_not_sent_rather_than_nought() -> None:
    exhibit = engagement.of_place(figures([line("patients", "sefton", APRIL, 200)]), "sefton")
    [row] = _rows(exhibit.sheet)
    assert (row["caseload"], row["share"]) == (None, None)
    assert "No return for April 2026 has a caseload." in exhibit.sentences


def test_a_month_counts_who_sent_who_is_awaited_and_who_came_late() -> None:
    """January 2026 closes its second window on 3 April 2026."""
    lines = [
        line("patients", "sefton", month(1), 200, received=date(2026, 4, 4)),
        line("patients", "croydon", month(1), 200, version=2),
    ]
    [row] = _rows(engagement.of_all(figures(lines), PLACES).sheet)
    assert (row["n_sent"], row["n_awaited"], row["n_late"], row["n_corrected"]) == (2, 1, 1, 1)


def test_one_place_has_no_columns_of_how_many_places() -> None:
    [row] = _rows(engagement.of_place(_places(sefton=80), "sefton").sheet)
    assert not set(engagement.OF_MANY) & set(row)


def test_the_caseload_is_drawn_with_hidden_months_as_ranges_and_missing_ones_as_gaps() -> None:
    lines = [
        *series("patients", "sefton", month(1), [200, 200, 200]),
        *series("P1", "sefton", month(1), [80, None, HIDDEN]),
    ]
    drawn = engagement.of_place(figures(lines), "sefton").picture
    assert drawn is not None
    assert drawn.alternative.endswith("January 2026: 80; February 2026: not sent; March 2026: 0 to 5")


def test_contacts_carry_their_cautions() -> None:
    lines = [*series("patients", "sefton", APRIL, [200]), *series("O6a", "sefton", APRIL, [500])]
    contacts = engagement.of_place(figures(lines), "sefton").more_sheets[-1]
    assert _rows(contacts)[0]["rate"] == 500 / 200 * 1000
    assert any(note.startswith("O6a: ") for note in contacts.notes)
