"""Small returns made by hand, and the ways in which workbooks go wrong."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from lxml import etree

from doorstep.returns import METRICS, Figures, Suppressed, small_numbers, write

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)

# 1,000 people; 200 events of each metric with three small numbers; 30 stays with 120 bed days; 60 on the caseload.
PEOPLE = (1000, *[100] * 10, 500, 100, 100, 100, 100, 100, 200, 200, 200, 200, 100, 100)
EVENTS = (200, 4, 36, *[20] * 8, 100, 20, 30, 30, 3, 17, 40, 40, 40, 40, 35, 5)
STAYS = (30, 0, *[3] * 8, 6, 12, 0, 6, 6, 0, 6, 6, 6, 6, 6, 6, 0)
CASELOAD = (60, *[6] * 10, 30, 6, 6, 6, 6, 6, 12, 12, 12, 12, 6, 6)


def figures(place: str = "Sefton", month: date = APRIL, more: int = 0, **counts: tuple[int, ...]) -> Figures:
    """A return with `more` events than the usual 200 in each line, among people of 60-69, White, fifth 1."""
    every = dict.fromkeys(METRICS, EVENTS) | {"O2b": STAYS, "O3": tuple(4 * n for n in STAYS)} | counts
    lines = {name: _plus(line, more) for name, line in every.items()}
    return Figures(place, month, lines, _plus(PEOPLE, more), 60, CASELOAD)


def _plus(line: tuple[int, ...], more: int) -> tuple[int, ...]:
    return tuple(n + more if column in (0, 6, 11, 17) else n for column, n in enumerate(line))


def send(path: Path, given: Figures | None = None, hidden: Suppressed | None = None) -> Path:
    """Write a workbook, the guide's suppression unless told otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = given or figures()
    write(made, hidden or small_numbers(made), path)
    return path


def received(folder: Path, **days: str) -> None:
    """List when files arrived: `name_without_ending="2026-06-20"`, or `"2026-06-20 sender"`."""
    lines = [f"{name}.xlsx,{day.replace(' ', ',') if ' ' in day else day + ','}" for name, day in days.items()]
    (folder / "received.csv").write_text("\n".join(["file,received,place", *lines]) + "\n")


MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
PARTS = {"Instructions": "xl/worksheets/sheet1.xml", "SubmissionTemplate": "xl/worksheets/sheet2.xml"}


def rezip(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Rewrite a workbook after `change` has edited its parts."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def typed(path: Path, edits: Mapping[str, object], sheet: str = "SubmissionTemplate") -> None:
    """Type values over cells; None empties one, and a text that begins with `=` becomes a formula."""

    def change(parts: dict[str, bytes]) -> None:
        root = etree.fromstring(parts[PARTS[sheet]])
        cells = {cell.get("r"): cell for cell in root.iter(f"{MAIN}c")}
        for address, value in edits.items():
            _type_over(cells[address], value)
        parts[PARTS[sheet]] = etree.tostring(root)

    rezip(path, change)


def _type_over(cell: etree._Element, value: object) -> None:
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if isinstance(value, str) and value.startswith("="):
        etree.SubElement(cell, f"{MAIN}f").text = value[1:]
        etree.SubElement(cell, f"{MAIN}v").text = "12"
    elif isinstance(value, str):
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t").text = value
    elif value is not None:
        etree.SubElement(cell, f"{MAIN}v").text = str(value)


def without_sheet(path: Path, name: str) -> None:
    """Delete a sheet from the workbook's list."""

    def change(parts: dict[str, bytes]) -> None:
        root = etree.fromstring(parts["xl/workbook.xml"])
        sheets = root.find(f"{MAIN}sheets")
        assert sheets is not None
        for sheet in list(sheets):
            if sheet.get("name") == name:
                sheets.remove(sheet)
        parts["xl/workbook.xml"] = etree.tostring(root)

    rezip(path, change)


def with_macros(path: Path) -> None:
    """Put a program into the workbook."""
    rezip(path, lambda parts: parts.update({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(60)}))


def bomb(path: Path) -> None:
    """Write a small workbook that unpacks to 40 MB."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40_000_000))
