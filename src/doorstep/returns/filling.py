"""Fill the official template by editing three parts of its zip and leaving every other byte as it was.

Programs that load and save a workbook lose what they do not know: here the drop-downs (stored as an extension) and the
values formulas carry. So only the two sheets with inputs and the workbook's calculation setting are rewritten. Texts
go in as inline strings, so the shared strings and their counts stay true.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from lxml import etree

from doorstep.errors import NotWhatItClaimsError
from doorstep.returns import labels, layout
from doorstep.returns.figures import Figures
from doorstep.returns.formulas import same_formula
from doorstep.returns.package import WORKBOOK, main, open_package, parse, sheet_parts
from doorstep.returns.paths import replacing
from doorstep.returns.printed import Suppressed, cell_values, printed_lines
from doorstep.returns.reading import SubmittedReturn, read
from doorstep.returns.writing import check_month, official_name

STYLES: Final = "xl/styles.xml"
MONTH_FORMAT: Final = "17"  # the built-in number format mmm-yy

Value = int | float | str


def fill(template: Path, figures: Figures, suppressed: Suppressed, out: Path) -> None:
    """Fill the official template v1.2 with a return and write it to `out`.

    Raises NotWhatItClaimsError where the file is not that template, UsageError where its list has no such Place,
    DataError where it has no such month. The file appears whole or not at all; the template itself is not changed.
    """
    check_month(figures)
    place, month = official_name(figures.place), layout.serial(figures.month)
    require_template(read(template))
    members = open_package(template)
    parts = sheet_parts(template, members)
    first, second = parts[layout.INSTRUCTIONS], parts[layout.SUBMISSION]
    submission = {"B1": place, "B2": month, **cell_values(printed_lines(figures, suppressed))}
    edited = {
        first: _instructions(template, first, members, place, month),
        second: _filled(template, second, members[second], submission),
        WORKBOOK: _recalculating(template, members[WORKBOOK]),
    }
    _copy(template, out, edited)


def require_template(found: SubmittedReturn) -> None:
    """Raise NotWhatItClaimsError unless sheets, labels, lists and formulas are those of template v1.2."""
    differences = list(_differences(found))
    if differences:
        raise NotWhatItClaimsError(
            f"{differences[0]}" + (f" (and {len(differences) - 1} more differences)" if differences[1:] else ""),
            expected="the NNHIP data collection template, version 1.2, as published",
            where=found.path.name,
            do="download the template again, or leave --template out to have the workbook written whole",
        )


def _differences(found: SubmittedReturn) -> list[str]:
    missing = [f"there is no sheet {name}" for name in layout.SHEETS if name not in found.sheets]
    if missing:
        return missing
    lists = {f"A{row}": name for row, name in enumerate(labels.place_names(), start=2)}
    months = {f"C{row}": layout.serial(month) for row, month in enumerate(layout.LOOKUP_MONTHS, start=2)}
    wanted: dict[str, dict[str, str | int]] = {
        layout.INSTRUCTIONS: {**labels.INSTRUCTION_LABELS},
        layout.SUBMISSION: labels.submission_labels(),
        layout.LOOKUPS: {**lists, **months},
    }
    wrong = [
        f"{sheet}!{address} says {found.cell(sheet, address).value!r}, not {text!r}"
        for sheet, cells in wanted.items()
        for address, text in cells.items()
        if found.cell(sheet, address).value != text
    ]
    return wrong + [
        f"{layout.SUBMISSION}!{address} has the formula {found.cell(layout.SUBMISSION, address).formula!r}"
        for address, formula in layout.submission_formulas().items()
        if not same_formula(found.cell(layout.SUBMISSION, address).formula, formula)
    ]


def _instructions(path: Path, part: str, members: dict[str, bytes], place: str, month: int) -> bytes:
    root = parse(path, part, members[part])
    cells = _cells(root)
    _set(cells[layout.PLACE_CELL], place)
    _set(cells[layout.MONTH_CELL], month)
    style = _month_style(path, members)
    if style is not None:
        cells[layout.MONTH_CELL].set("s", style)
    return _serialise(root)


def _month_style(path: Path, members: dict[str, bytes]) -> str | None:
    """Find a bordered cell style that shows a date as mmm-yy: the template's own shows the month as a bare number."""
    if STYLES not in members:
        return None
    formats = parse(path, STYLES, members[STYLES]).iterfind(f"{main('cellXfs')}/{main('xf')}")
    for index, style in enumerate(formats):
        if style.get("numFmtId") == MONTH_FORMAT and style.get("borderId") != "0":
            return str(index)
    return None


def _filled(path: Path, part: str, content: bytes, values: dict[str, Value]) -> bytes:
    root = parse(path, part, content)
    cells = _cells(root)
    for address, value in values.items():
        _set(cells[address], value)
    return _serialise(root)


def _cells(root: etree._Element) -> dict[str, etree._Element]:
    return {cell.get("r", ""): cell for cell in root.iter(main("c"))}


def _set(cell: etree._Element, value: Value) -> None:
    """Give a cell a value; its style and its formula, shared or not, stay."""
    for child in cell.findall(main("v")) + cell.findall(main("is")):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if not isinstance(value, str):
        etree.SubElement(cell, main("v")).text = repr(value)
    elif cell.find(main("f")) is not None:
        cell.set("t", "str")
        etree.SubElement(cell, main("v")).text = value
    else:
        cell.set("t", "inlineStr")
        text = etree.SubElement(etree.SubElement(cell, main("is")), main("t"))
        text.text = value
        text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")


def _recalculating(path: Path, content: bytes) -> bytes:
    """Ask for a full calculation on load."""
    root = parse(path, WORKBOOK, content)
    setting = root.find(main("calcPr"))
    if setting is None:
        setting = etree.Element(main("calcPr"))
        _after(root, setting)
    setting.set("fullCalcOnLoad", "1")
    return _serialise(root)


def _after(root: etree._Element, setting: etree._Element) -> None:
    """Put the calculation setting where the format's fixed order of elements wants it: before these."""
    later = ("oleSize", "customWorkbookViews", "pivotCaches", "webPublishing", "fileRecoveryPr", "extLst")
    position = next((i for i, child in enumerate(root) if etree.QName(child).localname in later), len(root))
    root.insert(position, setting)


def _serialise(root: etree._Element) -> bytes:
    return etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=True)


def _copy(template: Path, out: Path, edited: dict[str, bytes]) -> None:
    """Copy the zip part by part, in its order, with its dates; only the edited parts differ."""
    with (
        replacing(out) as temporary,
        zipfile.ZipFile(template) as source,
        zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            entry = zipfile.ZipInfo(info.filename, info.date_time)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, info.external_attr
            target.writestr(entry, edited.get(info.filename, source.read(info)))
