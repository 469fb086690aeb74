"""Reading a workbook from anybody: what it says, and what is refused."""

from __future__ import annotations

import zipfile
from pathlib import Path

import openpyxl
import pytest
from return_files import MAIN, PARTS, rezip, workbook

from doorstep.errors import NotWhatItClaimsError
from doorstep.returns import package, reading
from doorstep.returns.formulas import same_formula
from doorstep.returns.reading import Cell, read

SHEET = f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData>{{}}</sheetData></worksheet>'


def with_sheet(path: Path, rows: str) -> Path:
    """A workbook whose submission sheet holds just these rows."""
    return rezip(workbook(path), lambda parts: parts.update({PARTS["SubmissionTemplate"]: SHEET.format(rows).encode()}))


def cells(path: Path) -> dict[str, Cell]:
    return read(path).sheets["SubmissionTemplate"]


def test_a_workbook_saved_by_another_program_is_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(workbook(tmp_path / "r.xlsx"))
    book.save(tmp_path / "saved.xlsx")
    found = read(tmp_path / "saved.xlsx")
    assert (found.place, found.month) == (read(tmp_path / "r.xlsx").place, read(tmp_path / "r.xlsx").month)
    assert found.lines == read(tmp_path / "r.xlsx").lines
    assert found.cell("SubmissionTemplate", "D8") == Cell(None, "IFERROR(D6/D7*1000,0)")  # it saves no values


def test_shared_formulas_are_moved_to_each_cell(tmp_path: Path) -> None:
    rows = (
        '<row r="8"><c r="D8"><f t="shared" ref="D8:E8" si="0">IFERROR(D6/D7*1000,0)</f><v>1</v></c>'
        '<c r="E8"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    found = cells(with_sheet(tmp_path / "r.xlsx", rows))
    assert [found[a].formula for a in ("D8", "E8")] == ["IFERROR(D6/D7*1000,0)", "IFERROR(E6/E7*1000,0)"]


@pytest.mark.parametrize("formula", ['"', "A1)))", "'", "A" * 9000, "=", "{1,2"])
def test_a_shared_formula_that_is_none_does_not_stop_the_reader(tmp_path: Path, formula: str) -> None:
    rows = (
        f'<row r="8"><c r="D8"><f t="shared" ref="D8:E8" si="0">{formula}</f><v>1</v></c>'
        '<c r="E8"><f t="shared" si="0"/><v>2</v></c></row>'
    )
    found = cells(with_sheet(tmp_path / "r.xlsx", rows))
    assert not same_formula(found["E8"].formula, "IFERROR(E6/E7*1000,0)")


def test_cells_without_addresses_follow_one_another(tmp_path: Path) -> None:
    found = cells(
        with_sheet(tmp_path / "r.xlsx", "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    )
    assert {address: cell.value for address, cell in found.items()} == {"A1": 1, "B1": 2, "A2": 3}


@pytest.mark.parametrize(
    ("xml", "cell"),
    [
        ('<c r="A1" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c>', Cell("ab")),
        ('<c r="A1" t="b"><v>1</v></c>', Cell(True)),
        ('<c r="A1" t="e"><v>#REF!</v></c>', Cell("#REF!", None, True)),
        ('<c r="A1" t="s"><v>999999</v></c>', None),
        ('<c r="A1"><v>1e999</v></c>', Cell("1e999")),
        ('<c r="A1"><v>6.0</v></c>', Cell(6)),
        ('<c r="A1"><v>6.5</v></c>', Cell(6.5)),
        ('<c r="A1"/>', None),
    ],
)
def test_each_kind_of_cell(tmp_path: Path, xml: str, cell: Cell | None) -> None:
    assert cells(with_sheet(tmp_path / "r.xlsx", f'<row r="1">{xml}</row>')).get("A1") == cell


@pytest.mark.parametrize("value", ["*", "", "  ", "<5", "-", "<6", "null", None])
def test_what_the_centres_reader_takes_as_suppressed(value: str | None) -> None:
    assert Cell(value).is_suppressed


@pytest.mark.parametrize("value", [True, -1, 1.5, "12"])
def test_what_is_no_count(value: bool | int | float | str) -> None:
    assert Cell(value).count is None


@pytest.mark.parametrize(
    ("found", "same"),
    [
        ("=$D$7", True),
        ("d7", True),
        (" D7 ", True),
        ("D8", False),
        ("", False),
        (None, False),
    ],
)
def test_formulas_are_compared_by_meaning(found: str | None, same: bool) -> None:
    assert same_formula(found, "D7") is same


def test_a_quoted_sheet_name_is_the_same_formula() -> None:
    assert same_formula("'Instructions'!$B$6", "Instructions!B6")


ENTITY = b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa">]>' + SHEET.format("").encode()


@pytest.mark.parametrize(
    "xml", [ENTITY, ENTITY.decode().encode("utf-16"), b"<worksheet>", b"", b'<c r="A1">'], ids=range(5)
)
def test_unsound_xml_and_document_types_are_refused(tmp_path: Path, xml: bytes) -> None:
    path = rezip(workbook(tmp_path / "r.xlsx"), lambda parts: parts.update({PARTS["SubmissionTemplate"]: xml}))
    with pytest.raises(NotWhatItClaimsError, match=r"sheet2\.xml"):
        read(path)


def test_a_cell_with_an_impossible_address_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotWhatItClaimsError, match="address"):
        read(with_sheet(tmp_path / "r.xlsx", '<row r="1"><c r="../A1"><v>1</v></c></row>'))


def test_more_cells_than_a_return_can_have_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MAX_CELLS", 100)
    with pytest.raises(NotWhatItClaimsError, match="more than 100 cells"):
        read(workbook(tmp_path / "r.xlsx"))


def test_a_part_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"\0" * (package.MAX_MEMBER + 1))
    assert path.stat().st_size < 100_000
    with pytest.raises(NotWhatItClaimsError, match="unpacks to more"):
        read(path)


def test_too_many_parts_are_refused(tmp_path: Path) -> None:
    extra = {f"x/{n}": b"" for n in range(package.MAX_MEMBERS)}
    with pytest.raises(NotWhatItClaimsError, match="parts, more than"):
        read(rezip(workbook(tmp_path / "r.xlsx"), lambda parts: parts.update(extra)))


def test_a_part_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx")
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("xl/workbook.xml", b"")
    with pytest.raises(NotWhatItClaimsError, match="two parts of one name"):
        read(path)


def test_a_large_file_is_refused_before_it_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = workbook(tmp_path / "r.xlsx")
    monkeypatch.setattr(package, "MAX_FILE", 1000)
    with pytest.raises(NotWhatItClaimsError, match="more than the 1,000"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04 cut off", b"\xd0\xcf\x11\xe0 an old .xls"])
def test_what_is_no_zip_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "r.xlsx").write_bytes(content)
    with pytest.raises(NotWhatItClaimsError, match=r"r\.xlsx"):
        read(tmp_path / "r.xlsx")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (b"a,b\n1,2\n", "not an .xlsx workbook, or it is damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 500, "locked with a password, or an old .xls"),
    ],
)
def test_the_first_bytes_say_what_a_file_is_instead(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "r.xlsx").write_bytes(content)
    with pytest.raises(NotWhatItClaimsError) as told:
        read(tmp_path / "r.xlsx")
    assert words in told.value.seen


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}, ".ods"),
        ({"xl/workbook.bin": b"x"}, ".xlsb"),
    ],
)
def test_another_spreadsheet_format_is_named(tmp_path: Path, parts: dict[str, bytes], words: str) -> None:
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(NotWhatItClaimsError) as told:
        read(tmp_path / "r.xlsx")
    assert words in told.value.seen


def test_a_zip_after_something_else_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx")
    path.write_bytes(b"MZ a program" + path.read_bytes())
    with pytest.raises(NotWhatItClaimsError, match=r"not an \.xlsx"):
        read(path)


def test_two_sheets_of_one_name_are_refused(tmp_path: Path) -> None:
    def change(parts: dict[str, bytes]) -> None:
        content = parts["xl/workbook.xml"]
        parts["xl/workbook.xml"] = content.replace(b'name="Definitions"', b'name="SubmissionTemplate"')

    with pytest.raises(NotWhatItClaimsError, match="two sheets are called 'SubmissionTemplate'"):
        read(rezip(workbook(tmp_path / "r.xlsx"), change))


def test_a_cell_that_is_there_twice_is_refused(tmp_path: Path) -> None:
    xml = '<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'
    with pytest.raises(NotWhatItClaimsError, match="the cell A1 twice"):
        read(with_sheet(tmp_path / "r.xlsx", xml))


@pytest.mark.parametrize("index", ["-1", "x", "99999999", "0.5"])
def test_an_index_of_no_shared_text_is_no_other_text(tmp_path: Path, index: str) -> None:
    found = read(with_sheet(tmp_path / "r.xlsx", f'<row r="1"><c r="A1" t="s"><v>{index}</v></c></row>'))
    assert found.cell("SubmissionTemplate", "A1").is_empty


def test_a_damaged_zip_is_refused(tmp_path: Path) -> None:
    path = workbook(tmp_path / "r.xlsx")
    content = bytearray(path.read_bytes())
    for position in range(200, 400):
        content[position] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(NotWhatItClaimsError):
        read(path)


def test_a_zip_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("content.xml", b"<x/>")
    with pytest.raises(NotWhatItClaimsError, match="holds no workbook"):
        read(tmp_path / "r.xlsx")
