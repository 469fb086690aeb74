"""Where numbers stand in the template, and which cells are formulas."""

from __future__ import annotations

from datetime import date

import pytest

from doorstep.reference import policy
from doorstep.returns import labels, layout
from doorstep.returns.layout import Kind, Spot


def test_a_return_has_989_numbers_of_which_414_are_typed() -> None:
    # 14 counts, 3 rows of patients and P1, by 23 columns
    assert layout.N_RECORDS == (14 * 3 + 1) * 23 == len(layout.SPOT_AT)
    assert len(layout.INPUTS) == (14 + 3 + 1) * 23


def test_the_submission_sheet_has_577_formulas() -> None:
    # 14 rows of rates, 11 of copied patients, Place and month
    assert len(layout.submission_formulas()) == (14 + 11) * 23 + 2 == 577


@pytest.mark.parametrize(
    ("metric", "kind", "column", "address"),
    [
        ("O1a", Kind.COUNT, 0, "D6"),
        ("O1a", Kind.PATIENTS, 22, "Z7"),
        ("O2b", Kind.COUNT, 10, "N18"),
        ("O6b", Kind.RATE, 11, "O47"),
        ("P1", Kind.COUNT, 0, "D48"),
    ],
)
def test_each_number_has_its_cell(metric: str, kind: Kind, column: int, address: str) -> None:
    assert Spot(metric, kind, column).address == address
    assert layout.SPOT_AT[address] == Spot(metric, kind, column)


@pytest.mark.parametrize(
    ("row", "copied"),
    [(16, 7), (19, 10), (22, 7), (25, 16), (28, 19), (31, 22), (34, 25), (37, 22), (40, 25), (43, 7), (46, 43)],
)
def test_patients_are_copied_as_in_the_template(row: int, copied: int) -> None:
    assert layout.submission_formulas()[f"Q{row}"] == f"Q{copied}"


@pytest.mark.parametrize("row", [7, 10, 13])
def test_three_rows_of_patients_are_typed(row: int) -> None:
    assert f"D{row}" not in layout.submission_formulas()


def test_two_pairs_of_rows_carry_the_same_words() -> None:
    rows = labels.submission_rows()
    assert rows["C21"] == rows["C23"]
    assert rows["C42"] == rows["C44"]


def test_a_number_is_named_in_words() -> None:
    assert Spot("O2b", Kind.COUNT, 4).words() == "O2b count, Age Group 40-49"
    assert Spot("P1", Kind.COUNT, 0).words() == "P1 count, Total"


@pytest.mark.parametrize(("day", "number"), [(date(2026, 1, 1), 46023), (date(2026, 4, 1), 46113)])
def test_months_are_date_serials(day: date, number: int) -> None:
    assert layout.serial(day) == number
    assert layout.day_of(number) == day


@pytest.mark.parametrize("number", [0, 46023.5, 1e9, -4])
def test_other_numbers_are_no_days(number: float) -> None:
    assert layout.day_of(number) is None


def test_the_list_of_months_runs_from_january_2026_to_march_2028() -> None:
    assert (layout.LOOKUP_MONTHS[0], layout.LOOKUP_MONTHS[-1]) == (date(2026, 1, 1), date(2028, 3, 1))
    assert len(layout.LOOKUP_MONTHS) == 27


def test_the_list_of_places_has_43_names_and_one_ends_in_a_blank() -> None:
    names = labels.place_names()
    assert len(names) == 43
    assert [name for name in names if name != name.strip()] == ["Dorset Place "]


@pytest.mark.parametrize(
    ("row", "due", "final"),
    [
        (2, date(2026, 3, 27), date(2026, 4, 10)),  # 28 March 2026 is a Saturday
        (3, date(2026, 4, 24), date(2026, 5, 8)),
        (4, date(2026, 5, 26), date(2026, 6, 9)),
        (11, date(2026, 12, 25), date(2027, 1, 8)),  # Christmas Day is not moved by the template
    ],
)
def test_the_timetable_sheet_follows_the_templates_rule(row: int, due: date, final: date) -> None:
    line = next(line for line in layout.TIMETABLE_LINES if line.row == row)
    assert (line.dates["D"], line.dates["G"]) == (due, final)


def test_the_timetable_sheet_agrees_with_the_reference() -> None:
    ours = [tuple(line.dates.values()) for line in layout.TIMETABLE_LINES]
    theirs = [
        (
            r.month,
            r.period_start,
            r.period_end,
            r.first_submission,
            r.quality_report,
            r.second_submission,
            r.final_report,
        )
        for r in policy.timetable()
    ]
    assert ours == theirs
