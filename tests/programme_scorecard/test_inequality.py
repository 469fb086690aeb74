"""Slope and relative index of inequality: against a least-squares fit by hand, with hidden quintiles as ranges."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from small_figures import HIDDEN, Shown, figures, line, month

from doorstep.programme.figures.numbers import Figures, Line, Number
from doorstep.programme.scorecard import inequality, pooling
from doorstep.programme.scorecard.exhibits import Cell, Sheet
from doorstep.returns.figures import COLUMNS

APRIL = month(4)
QUINTILES = [k for k, (name, value) in enumerate(COLUMNS) if name == "Deprivation Quintile" and value.isdigit()]
UNKNOWN = len(COLUMNS) - 1
PATIENTS = (400, 300, 200, 100, 100)
COUNTS = (60, 36, 20, 8, 7)


def _lines(
    counts: tuple[Shown, ...] = COUNTS, patients: tuple[Shown, ...] = PATIENTS, when: date = APRIL
) -> list[Line]:
    of = {c: dict(zip(QUINTILES, numbers, strict=True)) for c, numbers in (("n", patients), ("x", counts))}
    return [
        line("patients", "sefton", when, 1150, {**of["n"], UNKNOWN: 50}),
        line("O5a", "sefton", when, 140, {**of["x"], UNKNOWN: 9}),
    ]


def _slopes(figures: Figures) -> list[dict[str, Cell]]:
    sheet: Sheet = inequality.of_place(figures, "O5a", "sefton").more_sheets[0]
    return [dict(zip((c.name for c in sheet.columns), row, strict=True)) for row in sheet.rows]


def _by_hand(counts: tuple[int, ...], patients: tuple[int, ...] = PATIENTS) -> tuple[float, float]:
    """Least squares weighted by patients, on the middles of their cumulative shares: the two ends of the line."""
    share = np.array(patients) / sum(patients)
    middle = np.cumsum(share) - share / 2
    rates = np.array(counts) / np.array(patients) * 1000
    slope, start = np.polyfit(middle, rates, 1, w=np.sqrt(share))
    return float(start), float(start + slope)


def test_the_slope_is_the_most_deprived_end_less_the_least_deprived() -> None:
    most, least = _by_hand(COUNTS)
    row = _slopes(figures(_lines()))[0]
    assert row["slope"] == pytest.approx(most - least)
    assert row["relative"] == pytest.approx(most / least)
    assert isinstance(row["slope"], float) and row["slope"] > 0  # the more deprived have more


def test_its_interval_is_that_of_a_weighted_sum_of_rates() -> None:
    """With counts this large a rate varies as its count's square root: the closed form, to 2% of its width."""
    counts = tuple(n * 100 for n in COUNTS)
    patients = tuple(n * 100 for n in PATIENTS)
    share = np.array(patients) / sum(patients)
    away = np.cumsum(share) - share / 2 - 0.5
    weights = share * away / (share * away**2).sum()
    error = np.sqrt((weights**2 * np.array(counts) / np.array(patients) ** 2).sum()) * 1000
    row = _slopes(figures(_lines(counts, patients)))[0]
    assert isinstance(row["slope_upper"], float) and isinstance(row["slope_lower"], float)
    assert row["slope_upper"] - row["slope_lower"] == pytest.approx(2 * 1.96 * error, rel=0.02)


def test_a_hidden_quintile_bounds_the_slope_by_both_its_ends() -> None:
    row = _slopes(figures(_lines((60, 36, 20, 8, HIDDEN))))[0]
    ends = [_by_hand((60, 36, 20, 8, n)) for n in (0, 5)]
    low, high = sorted(most - least for most, least in ends)
    assert (row["slope"], row["basis"]) == (f"{low:.1f} to {high:.1f}", inequality.BOUNDED)
    assert isinstance(row["slope_lower"], float) and row["slope_lower"] < low
    assert isinstance(row["slope_upper"], float) and row["slope_upper"] > high


def test_no_number_behind_the_stars_gives_a_slope_outside_the_bounds() -> None:
    def rates(second: Number, fifth: Number) -> list[pooling.Rate | None]:
        counts = [Number(60, 60, 60), second, Number(20, 20, 20), Number(8, 8, 8), fifth]
        return [pooling.rate_of([x], [Number(n, n, n)]) for x, n in zip(counts, PATIENTS, strict=True)]

    bounds = inequality.slope_of(rates(Number(None, 30, 45), Number(None, 0, 9)))
    assert bounds is not None and bounds.slope.high is not None
    for second in range(30, 46, 3):
        for fifth in range(0, 10, 3):
            found = inequality.slope_of(rates(Number(second, second, second), Number(fifth, fifth, fifth)))
            assert found is not None
            assert bounds.slope.low - 1e-9 <= found.slope.low <= bounds.slope.high + 1e-9
            assert bounds.lower - 1e-9 <= found.lower and found.upper <= bounds.upper + 1e-9


def test_a_quintile_that_nothing_bounds_gives_no_slope_and_says_which() -> None:
    exhibit = inequality.of_place(figures(_lines((60, 36, 20, 8, (None, 0, None)))), "O5a", "sefton")
    assert "No slope index is given: too much is hidden in quintile 5, least deprived." in exhibit.sentences
    assert _slopes(figures(_lines((60, 36, 20, 8, (None, 0, None)))))[0]["basis"] == inequality.NOT_COMPUTED


def test_patients_known_too_loosely_give_no_slope() -> None:
    assert _slopes(figures(_lines(patients=(400, 300, 200, 100, (None, 0, 5)))))[0]["slope"] is None
    assert isinstance(_slopes(figures(_lines(patients=(400, 300, 200, 100, (None, 98, 103)))))[0]["slope"], str)


def test_the_share_that_is_not_known_is_stated() -> None:
    row = _slopes(figures(_lines()))[0]
    assert row["patients_not_known"] == pytest.approx(50 / 1150 * 100)
    assert row["count_not_known"] == pytest.approx(9 / 140 * 100)
    told = inequality.of_place(figures(_lines()), "O5a", "sefton").sentences
    assert "Deprivation quintile is not known for 4.3%." in told


def test_months_and_places_are_pooled_as_sums() -> None:
    both = [*_lines(when=month(3)), *_lines((6, 6, 6, 6, 6), (100, 100, 100, 100, 100))]
    most, least = _by_hand(tuple(x + 6 for x in COUNTS), tuple(n + 100 for n in PATIENTS))
    assert _slopes(figures(both))[0]["slope"] == pytest.approx(most - least)


def test_quarters_are_those_of_the_calendar_and_say_how_many_months_they_have() -> None:
    rows = _slopes(figures([*_lines(when=month(2)), *_lines(when=month(3)), *_lines()]))
    assert [(row["period"], row["n_months"]) for row in rows[1:]] == [
        ("February 2026 and March 2026", 2),
        ("April 2026", 1),
    ]


def test_an_interval_that_holds_nought_is_said_to() -> None:
    told = inequality.of_place(figures(_lines((40, 31, 20, 9, 10))), "O5a", "sefton").sentences
    assert any("the interval holds nought" in sentence for sentence in told)
    told = inequality.of_place(figures(_lines()), "O5a", "sefton").sentences
    assert any("the more deprived of the people chosen have more" in sentence for sentence in told)


def test_it_says_whom_a_slope_describes() -> None:
    notes = inequality.of_place(figures(_lines()), "O5a", "sefton").more_sheets[0].notes
    assert any("a slope describes the people chosen, not the residents" in note for note in notes)
