"""Our own workbook: what other programs find in it without calculating."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from return_files import APRIL, PEOPLE, figures, workbook

from doorstep.errors import DataError, UsageError
from doorstep.returns import COLUMNS, METRICS, Figures, layout
from doorstep.returns.checking import check
from doorstep.returns.faults import exit_code
from doorstep.returns.printed import LINE_IDS, Suppressed, lines_of, printed_lines
from doorstep.returns.reading import read
from doorstep.returns.suppression import apply_suppression
from doorstep.returns.writing import write


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return workbook(tmp_path_factory.mktemp("made") / "april.xlsx")


def calculate(formula: str, value: object) -> object:
    """A spreadsheet in two lines: the only two kinds of formula the submission sheet has."""
    rate = re.fullmatch(r"=IFERROR\(([A-Z]+\d+)/([A-Z]+\d+)\*1000,0\)", formula)
    if rate is None:
        return value(formula[1:])  # type: ignore[operator]
    count, patients = (value(address) for address in rate.groups())  # type: ignore[operator]
    return count / patients * 1000 if isinstance(count, int) and isinstance(patients, int) and patients else 0


def test_every_formula_carries_the_value_its_cells_give(made: Path) -> None:
    formulas = openpyxl.load_workbook(made)
    cached = openpyxl.load_workbook(made, data_only=True)
    sheet = formulas["SubmissionTemplate"]
    n = 0
    for cell in (cell for row in sheet.iter_rows() for cell in row):
        if isinstance(cell.value, str) and cell.value.startswith("=") and "!" not in cell.value:
            wanted = calculate(cell.value, lambda a: _settled(formulas["SubmissionTemplate"], a))
            assert cached["SubmissionTemplate"][cell.coordinate].value == pytest.approx(wanted), cell.coordinate
            n += 1
    assert n == 575


def _settled(sheet: object, address: str) -> object:
    """Follow copies until a typed value."""
    value = sheet[address].value  # type: ignore[index]
    return _settled(sheet, value[1:]) if isinstance(value, str) and value.startswith("=") else value


def test_place_and_month_are_carried_to_the_submission_sheet(made: Path) -> None:
    cached = openpyxl.load_workbook(made, data_only=True)
    assert cached["SubmissionTemplate"]["B1"].value == "Sefton"
    assert cached["SubmissionTemplate"]["B2"].value.date() == APRIL
    assert read(made).cell("Instructions", "B7").value == 46113


def test_numbers_below_six_are_stars_and_their_rates_nought(made: Path) -> None:
    cached = openpyxl.load_workbook(made, data_only=True)["SubmissionTemplate"]
    assert [cached[a].value for a in ("D6", "E6", "F6")] == [200, "*", 36]
    assert [cached[a].value for a in ("D8", "E8", "F8")] == [200.0, 0, 360.0]


def test_no_typed_cell_is_empty(made: Path) -> None:
    found = read(made)
    assert [spot for spot in layout.INPUTS if found.at(spot).is_empty] == []


def test_the_six_sheets_come_in_order_with_drop_downs_and_frozen_heads(made: Path) -> None:
    book = openpyxl.load_workbook(made)
    assert book.sheetnames == list(layout.SHEETS)
    assert book["SubmissionTemplate"].freeze_panes == "D6"
    rules = {str(v.sqref): v.formula1 for v in book["Instructions"].data_validations.dataValidation}
    assert rules == {"B6": "Lookups!$A$2:$A$44", "B7": "Lookups!$C$2:$C$28"}
    assert len(book["SubmissionTemplate"].merged_cells.ranges) == 37


def test_programs_are_asked_to_calculate_on_load(made: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        assert b'fullCalcOnLoad="1"' in archive.read("xl/workbook.xml")


def test_the_same_figures_give_the_same_bytes(made: Path, tmp_path: Path) -> None:
    write(figures(), apply_suppression(figures()), tmp_path / "again.xlsx")
    assert (tmp_path / "again.xlsx").read_bytes() == made.read_bytes()


def test_a_place_is_written_as_the_list_spells_it(tmp_path: Path) -> None:
    assert read(workbook(tmp_path / "d.xlsx", place="dorset place")).place == "Dorset Place "


def test_an_unknown_place_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="Narnia"):
        workbook(tmp_path / "n.xlsx", place="Narnia")
    assert list(tmp_path.iterdir()) == []


def test_a_month_that_is_not_on_the_list_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="December 2025"):
        workbook(tmp_path / "n.xlsx", month=date(2025, 12, 1))


def test_a_caseload_without_breakdown_is_printed_with_stars(tmp_path: Path) -> None:
    lines = read(workbook(tmp_path / "c.xlsx", caseload_line=())).lines
    assert lines["P1"] == (60, *["*"] * 22)


def test_no_patients_give_a_rate_of_nought(tmp_path: Path) -> None:
    nobody = figures(patients=(0,) * 23)
    write(nobody, Suppressed(), tmp_path / "n.xlsx")
    assert read(tmp_path / "n.xlsx").cell("SubmissionTemplate", "D8").value == 0


def test_a_caseload_that_contradicts_its_breakdown_cannot_be_built() -> None:
    with pytest.raises(DataError, match="P1 is 61"):
        figures(caseload=61)


@st.composite
def a_line(draw: st.DrawFn) -> tuple[int, ...]:
    """A total with three breakdowns that add up to it."""
    ages = draw(st.lists(st.integers(0, 40), min_size=10, max_size=10))
    total = sum(ages)

    def split() -> list[int]:
        cuts = sorted(draw(st.lists(st.integers(0, total), min_size=5, max_size=5)))
        return [b - a for a, b in zip([0, *cuts], [*cuts, total], strict=True)]

    return (total, *ages, *split(), *split())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(a_line(), min_size=15, max_size=15), stays=a_line())
def test_what_is_written_is_read_back_and_has_no_fault(
    tmp_path: Path, lines: list[tuple[int, ...]], stays: tuple[int, ...]
) -> None:
    *counts, caseload = lines
    made = Figures(
        "Sefton",
        APRIL,
        dict(zip(METRICS, counts, strict=True)) | {"O2b": stays, "O3": tuple(2 * n for n in stays)},
        PEOPLE,
        caseload[0],
        caseload,
    )
    suppressed = apply_suppression(made)
    path = tmp_path / "r.xlsx"
    write(made, suppressed, path)
    assert read(path).lines == printed_lines(made, suppressed)
    assert exit_code(f for f in check([path]) if f.code != "caseload-above-cohort") in (0, 1)


def test_lines_have_a_number_for_every_column() -> None:
    printed = printed_lines(figures(), Suppressed())
    assert tuple(printed) == LINE_IDS == tuple(lines_of(figures()))
    assert {len(line) for line in printed.values()} == {len(COLUMNS)}
