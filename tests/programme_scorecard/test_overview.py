"""A row a metric: the rate of sums with its interval, the month before, and what the series shows."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import pytest
from small_figures import EDITION, HIDDEN, Shown, figures, line, month, series

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Edition, Figures
from doorstep.programme.scorecard import overview, words
from doorstep.programme.scorecard.exhibits import Cell, Exhibit
from doorstep.programme.scorecard.logged import Entry, Log
from doorstep.programme.scorecard.noted import Noted

PLACES = ("croydon", "sefton", "halton")
STEADY = (50, 53, 49, 51, 47, 52, 50, 48, 52, 51, 49, 50, 51)


def _row(exhibit: Exhibit, name: str) -> dict[str, Cell]:
    names = [column.name for column in exhibit.sheet.columns]
    return next(found for row in exhibit.sheet.rows if (found := dict(zip(names, row, strict=True)))["line"] == name)


def _two_places(croydon: Shown = 30) -> Figures:
    return figures(
        [
            *series("patients", "sefton", month(3), [1000, 1000]),
            *series("O2b", "sefton", month(3), [20, 10]),
            *series("patients", "croydon", month(3), [3000, 3000]),
            *series("O2b", "croydon", month(3), [60, croydon]),
        ]
    )


def test_a_national_rate_is_the_sum_of_counts_over_the_sum_of_patients() -> None:
    row = _row(overview.of_all(_two_places(), PLACES), "O2b")
    assert (row["count"], row["patients"], row["rate"]) == (10 + 30, 1000 + 3000, (10 + 30) / (1000 + 3000) * 1000)
    assert row["rate_before"] == (20 + 60) / (1000 + 3000) * 1000


def test_where_a_place_is_hidden_the_row_has_the_range() -> None:
    row = _row(overview.of_all(_two_places(HIDDEN), PLACES), "O2b")
    assert (row["count"], row["rate"], row["n_hidden"]) == ("10 to 15", "2.5 to 3.8", 1)
    assert isinstance(row["lower"], float) and isinstance(row["upper"], float)
    assert row["lower"] < 2.5 and row["upper"] > 3.8


def test_it_says_how_many_places_sent_of_how_many() -> None:
    assert overview.of_all(_two_places(), PLACES).sentences[0].startswith("2 of 3 Places")


def test_late_and_corrected_returns_are_counted() -> None:
    """January 2026 closes its second window on 3 April 2026."""
    lines = [
        line("patients", "sefton", month(1), 1000, received=date(2026, 4, 4)),
        line("patients", "croydon", month(1), 1000, received=date(2026, 4, 3), version=2),
    ]
    told = overview.of_all(figures(lines), PLACES).sentences
    assert "1 return came after the second window; 1 return replaces an earlier version." in told


def test_every_rate_has_an_interval() -> None:
    for row in overview.of_all(_two_places(), PLACES).sheet.rows:
        cells = dict(zip((c.name for c in overview.COLUMNS), row, strict=True))
        for suffix in ("", "_before"):
            assert (
                (cells[f"rate{suffix}"] is None)
                == (cells[f"lower{suffix}"] is None)
                == (cells[f"upper{suffix}"] is None)
            )


def test_the_caseload_is_a_count_without_a_rate() -> None:
    lines = [line("patients", "sefton", month(4), 1000), line("P1", "sefton", month(4), 80)]
    row = _row(overview.of_place(figures(lines), "sefton"), "P1")
    assert (row["count"], row["rate"], row["patients"]) == (80, None, None)


def _a_day(counts: tuple[int, ...]) -> Figures:
    """So many a day, each month as long as it is: what is steady stays steady whatever the calendar does."""
    months = [date(2025 + k // 12, k % 12 + 1, 1) for k in range(3, 3 + len(counts))]
    lines = [line("patients", "sefton", m, 1000) for m in months]
    lines += [line("O5a", "sefton", m, n * monthrange(m.year, m.month)[1]) for m, n in zip(months, counts, strict=True)]
    return Figures(Edition(7, date(2026, 8, 1), months[-1], "a test"), tuple(lines))


@pytest.mark.parametrize(("last", "state"), [(50, words.NO_SIGN), (90, words.HIGHER), (10, words.LOWER)])
def test_a_month_beyond_the_limits_is_a_sign(last: int, state: str) -> None:
    row = _row(overview.of_place(_a_day((*STEADY, last)), "sefton"), "O5a")
    assert str(row["variation"]).startswith(state)
    assert row["since"] == (None if state == words.NO_SIGN else date(2026, 5, 1))


def test_nine_months_show_no_low_month_however_low_the_last_is() -> None:
    exhibit = overview.of_place(_a_day((*STEADY[:8], 5)), "sefton")
    row = _row(exhibit, "O5a")
    assert (row["variation"], row["n_months"], row["since"]) == (words.TOO_FEW, 9, None)
    assert "O5a has fewer than the 13 months that a judgement rests on." in exhibit.sentences


def test_nine_steady_months_are_too_few_to_say_that_nothing_changed() -> None:
    exhibit = overview.of_place(_a_day(STEADY[:9]), "sefton")
    assert _row(exhibit, "O5a")["variation"] == words.TOO_FEW
    assert not any("with enough months" in sentence for sentence in exhibit.sentences)


def test_a_break_in_the_log_starts_the_series_afresh() -> None:
    figures, broken = _a_day((*STEADY, 90)), Noted("break", date(2026, 5, 1), None, "another rule")
    log = Log((Entry("sefton", ("O5a",), broken, date(2026, 5, 2)),))
    assert _row(overview.of_place(figures, "sefton", log), "O5a")["variation"] == words.TOO_FEW


def test_a_caseload_is_a_stock_and_not_judged() -> None:
    lines = [
        *series("patients", "sefton", date(2025, 1, 1), [900] * 14),
        *series("P1", "sefton", date(2025, 1, 1), [50] * 14),
    ]
    assert _row(overview.of_place(figures(lines), "sefton"), "P1")["variation"] == overview.STOCK


def test_a_missing_month_is_a_gap_and_said() -> None:
    lines = [
        *series("patients", "sefton", month(1), [900, None, 1000, 1000]),
        *series("O2b", "sefton", month(1), [9, None, 10, 11]),
    ]
    exhibit = overview.of_place(figures(lines), "sefton")
    assert "No return is shown for February 2026." in exhibit.sentences
    assert _row(exhibit, "O2b")["n_months"] == 3


def test_a_places_own_figures_are_not_called_a_return() -> None:
    own = Edition(1, date(2026, 6, 15), date(2026, 4, 1), "true numbers of this Place; not for sending")
    lines = [
        *series("patients", "sefton", month(1), [900, None, 1000, 1000]),
        *series("P1", "sefton", month(1), [9, None, 10, 11]),
    ]
    said = overview.of_place(figures(lines, own), "sefton").sentences
    assert said[0] == "April 2026 is from version 1 of the Place's own figures."
    assert "No figures are shown for February 2026." in said
    assert not any("return" in sentence for sentence in said)


def test_the_drawing_names_what_its_rows_hold() -> None:
    lines = series("patients", "sefton", month(1), [900, 950])
    picture = overview.of_place(figures(lines), "sefton").picture
    assert picture
    for drawing in picture.svg.split("<!-- narrow -->"):
        assert "per 1,000 patients," in drawing.lower()


def test_a_month_without_its_predecessor_has_no_rate_before() -> None:
    lines = [
        *series("patients", "sefton", month(1), [900, None, 1000]),
        *series("O2b", "sefton", month(1), [9, None, 10]),
    ]
    assert _row(overview.of_place(figures(lines), "sefton"), "O2b")["rate_before"] is None


def test_the_small_line_has_no_more_than_two_years() -> None:
    lines = [
        *series("patients", "sefton", date(2024, 1, 1), [1000] * 30),
        *series("O2b", "sefton", date(2024, 1, 1), [20] * 30),
    ]
    exhibit = overview.of_place(figures(lines), "sefton")
    assert _row(exhibit, "O2b")["n_months"] == 30
    assert exhibit.picture is not None and "Non-elective acute stays, 1 day or more: 24 months" in exhibit.picture.svg


def test_the_drawing_says_in_words_what_it_shows() -> None:
    exhibit = overview.of_place(_a_day((*STEADY, 50)), "sefton")
    assert exhibit.picture is not None
    assert "A&E attendances, type 1: 1,550.0, no sign of change beyond chance" in exhibit.picture.alternative


def test_provisional_months_are_named() -> None:
    """April 2026's final report is due on 10 July 2026, after the edition of 15 June."""
    assert any(s.startswith("April 2026 is provisional") for s in overview.of_all(_two_places(), PLACES).sentences)


def test_an_empty_edition_is_refused_in_words() -> None:
    with pytest.raises(UsageError, match="edition 7 shows no figures"):
        overview.of_all(Figures(EDITION, ()), PLACES)
