"""Hand-made figures and doctored workbooks for the tests of the return."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from lxml import etree

from doorstep.returns import METRICS, Figures
from doorstep.returns.printed import Suppressed
from doorstep.returns.suppression import apply_suppression
from doorstep.returns.writing import write

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PARTS = {"Instructions": "xl/worksheets/sheet1.xml", "SubmissionTemplate": "xl/worksheets/sheet2.xml"}
APRIL = date(2026, 4, 1)

# 1,000 people: 100 in each of ten age groups, six ethnic groups, six quintile columns.
PEOPLE = (1000, *[100] * 10, 500, 100, 100, 100, 100, 100, 200, 200, 200, 200, 100, 100)
# 200 events of each metric; three small cells: age 18-19, ethnic group Other, quintile Not Known.
EVENTS = (200, 4, 36, *[20] * 8, 100, 20, 30, 30, 3, 17, 40, 40, 40, 40, 35, 5)
STAYS = (30, 0, *[3] * 8, 6, 12, 0, 6, 6, 0, 6, 6, 6, 6, 6, 6, 0)
DAYS = tuple(4 * n for n in STAYS)
CASELOAD = (60, *[6] * 10, 30, 6, 6, 6, 6, 6, 12, 12, 12, 12, 6, 6)


def figures(**changes: object) -> Figures:
    """April 2026 in Sefton, with any field changed."""
    counts = dict.fromkeys(METRICS, EVENTS) | {"O2b": STAYS, "O3": DAYS}
    values: dict[str, object] = {
        "place": "Sefton",
        "month": APRIL,
        "counts": counts,
        "patients": PEOPLE,
        "caseload": 60,
        "caseload_line": CASELOAD,
    }
    return Figures(**(values | changes))  # type: ignore[arg-type]


def workbook(path: Path, suppressed: Suppressed | None = None, **changes: object) -> Path:
    """Write the hand-made return, primary suppression unless told. The same return is made once and copied."""
    key = repr((suppressed, sorted(changes.items())))
    if key not in _made:
        made = figures(**changes)
        write(made, suppressed or apply_suppression(made), path)
        _made[key] = path.read_bytes()
    path.write_bytes(_made[key])
    return path


_made: dict[str, bytes] = {}


def rezip(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Rewrite a workbook after `change` has edited its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


class Formula(str):
    """Text to put in a cell as a formula, with the value 0."""


Edits = Mapping[tuple[str, str], object]


def doctor(path: Path, edits: Edits) -> Path:
    """Type values over cells: a number, a text, a Formula, or None to empty the cell."""

    def change(parts: dict[str, bytes]) -> None:
        for sheet, part in PARTS.items():
            root = etree.fromstring(parts[part])
            cells = {cell.get("r"): cell for cell in root.iter(f"{MAIN}c")}
            for (name, address), value in edits.items():
                if name == sheet:
                    _type_over(cells[address], value)
            parts[part] = etree.tostring(root)

    return rezip(path, change)


def _type_over(cell: etree._Element, value: object) -> None:
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if isinstance(value, Formula):
        etree.SubElement(cell, f"{MAIN}f").text = value
        etree.SubElement(cell, f"{MAIN}v").text = "0"
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t").text = value
    elif value is not None:
        etree.SubElement(cell, f"{MAIN}v").text = str(value)


X14 = (
    '<extLst xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main" '
    'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">'
    '<ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}"><x14:dataValidations count="1">'
    '<x14:dataValidation type="list"><x14:formula1><xm:f>Lookups!$A$2:$A$44</xm:f></x14:formula1>'
    "<xm:sqref>B6</xm:sqref></x14:dataValidation></x14:dataValidations></ext></extLst></worksheet>"
)


def official(path: Path) -> Path:
    """A workbook of the template's structure, empty of figures, its drop-downs stored as an extension."""
    workbook(path, Suppressed())
    empty: dict[tuple[str, str], object] = {("Instructions", "B6"): None, ("Instructions", "B7"): None}
    rows = [*(6 + 3 * i for i in range(14)), 7, 10, 13, 48]
    empty |= {("SubmissionTemplate", f"{letter}{row}"): None for row in rows for letter in "DEFGHIJKLMNOPQRSTUVWXYZ"}
    doctor(path, empty)

    def change(parts: dict[str, bytes]) -> None:
        sheet = parts[PARTS["Instructions"]].decode()
        start, end = sheet.index("<dataValidations"), sheet.index("</dataValidations>") + len("</dataValidations>")
        parts[PARTS["Instructions"]] = (sheet[:start] + sheet[end:]).replace("</worksheet>", X14).encode()
        parts["xl/calcChain.xml"] = b"<calcChain/>"
        book = parts["xl/workbook.xml"].decode()
        parts["xl/workbook.xml"] = book.replace(' fullCalcOnLoad="1"', "").encode()

    return rezip(path, change)
