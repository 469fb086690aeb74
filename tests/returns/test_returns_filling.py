"""Filling the official template: its own file with our numbers, and nothing else changed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from return_files import PARTS, doctor, figures, official, rezip, workbook

from doorstep.errors import DoorstepError, NotWhatItClaimsError, UsageError
from doorstep.returns.checking import check
from doorstep.returns.filling import fill
from doorstep.returns.layout import SUBMISSION, submission_formulas
from doorstep.returns.printed import printed_lines
from doorstep.returns.reading import read
from doorstep.returns.suppression import apply_suppression


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return official(tmp_path_factory.mktemp("official") / "template.xlsx")


@pytest.fixture(scope="module")
def filled(template: Path) -> Path:
    out = template.with_name("filled.xlsx")
    fill(template, figures(), apply_suppression(figures()), out)
    return out


def parts(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_filled_template_holds_the_printed_numbers(filled: Path) -> None:
    found = read(filled)
    assert (found.place, found.month) == ("Sefton", figures().month)
    assert found.lines == printed_lines(figures(), apply_suppression(figures()))


def test_only_two_sheets_and_the_calculation_setting_change(template: Path, filled: Path) -> None:
    before, after = parts(template), parts(filled)
    assert list(before) == list(after)
    assert {n for n in before if before[n] != after[n]} == {*PARTS.values(), "xl/workbook.xml"}


def test_the_drop_downs_survive(filled: Path) -> None:
    assert b"x14:dataValidation" in parts(filled)[PARTS["Instructions"]]


def test_a_full_calculation_is_asked_for(template: Path, filled: Path) -> None:
    assert b"fullCalcOnLoad" not in parts(template)["xl/workbook.xml"]
    assert b'fullCalcOnLoad="1"' in parts(filled)["xl/workbook.xml"]


def test_all_577_formulas_stand_and_carry_the_same_values_as_our_own_workbook(filled: Path, tmp_path: Path) -> None:
    ours, theirs = read(workbook(tmp_path / "ours.xlsx")), read(filled)
    cells = submission_formulas()
    assert {a: theirs.cell(SUBMISSION, a) for a in cells} == {a: ours.cell(SUBMISSION, a) for a in cells}


def test_another_reader_finds_stars_and_numbers(filled: Path) -> None:
    sheet = openpyxl.load_workbook(filled, data_only=True)["SubmissionTemplate"]
    assert [sheet[a].value for a in ("B1", "D6", "E6", "E7", "E16", "E8")] == ["Sefton", 200, "*", 100, 100, 0]


def test_the_month_is_shown_as_a_month(filled: Path) -> None:
    assert openpyxl.load_workbook(filled)["Instructions"]["B7"].number_format == "mmm-yy"


def test_the_filled_template_has_no_fault(filled: Path) -> None:
    assert {f.code for f in check([filled])} == {"rate-of-suppressed", "worked-out"}


def test_a_filled_template_can_be_filled_again(filled: Path, tmp_path: Path) -> None:
    fill(filled, figures(place="Croydon"), apply_suppression(figures()), tmp_path / "again.xlsx")
    assert read(tmp_path / "again.xlsx").place == "Croydon"


@pytest.mark.parametrize(
    ("edit", "seen"),
    [
        ({("SubmissionTemplate", "A21"): "O9"}, "SubmissionTemplate!A21"),
        ({("SubmissionTemplate", "D16"): 4}, "SubmissionTemplate!D16"),
        ({("Instructions", "A6"): "Place"}, "Instructions!A6"),
    ],
)
def test_a_file_that_is_not_the_template_is_refused_and_nothing_written(
    tmp_path: Path, edit: dict[tuple[str, str], object], seen: str
) -> None:
    other = doctor(official(tmp_path / "t.xlsx"), edit)
    with pytest.raises(NotWhatItClaimsError, match=seen):
        fill(other, figures(), apply_suppression(figures()), tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_a_workbook_without_the_sheets_is_refused(tmp_path: Path) -> None:
    def rename(found: dict[str, bytes]) -> None:
        found["xl/workbook.xml"] = found["xl/workbook.xml"].replace(b'name="Lookups"', b'name="Lists"')

    with pytest.raises(NotWhatItClaimsError, match="no sheet Lookups"):
        fill(rezip(official(tmp_path / "t.xlsx"), rename), figures(), apply_suppression(figures()), tmp_path / "o.xlsx")


def test_a_text_file_is_no_template(tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_text("hello")
    with pytest.raises(NotWhatItClaimsError, match=r"not an \.xlsx workbook"):
        fill(tmp_path / "t.xlsx", figures(), apply_suppression(figures()), tmp_path / "o.xlsx")


def test_a_folder_that_is_not_there_is_a_usage_error(template: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="folder is not there"):
        fill(template, figures(), apply_suppression(figures()), tmp_path / "none" / "o.xlsx")


def test_the_template_itself_is_never_changed(template: Path, tmp_path: Path) -> None:
    before = template.read_bytes()
    with pytest.raises(DoorstepError):
        fill(template, figures(place="Narnia"), apply_suppression(figures()), tmp_path / "o.xlsx")
    fill(template, figures(), apply_suppression(figures()), tmp_path / "o.xlsx")
    assert template.read_bytes() == before
