"""Our own workbook in the template's layout, written whole.

Every formula carries its value, because readers do not recalculate; a full calculation is asked for on load as well.
The same figures give the same bytes: the file's date of creation is the last day of its month.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_cell_to_rowcol

from doorstep.errors import DataError
from doorstep.reference import places
from doorstep.returns import labels, layout
from doorstep.returns.figures import METRICS, Figures
from doorstep.returns.layout import Kind
from doorstep.returns.paths import replacing
from doorstep.returns.printed import Suppressed, cell_values, printed_lines

_STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "font_size": 14, "align": "center"},
    "text": {"text_wrap": True, "valign": "vcenter"},
    "label": {"italic": True, "align": "right", "bg_color": "#F2F2F2"},
    "head": {"bold": True, "font_color": "white", "bg_color": "#0070C0", "border": 1, "align": "center"},
    "cell": {"border": 1, "text_wrap": True, "valign": "vcenter"},
    "month": {"border": 1, "num_format": "mmm-yy", "align": "center"},
    "date": {"border": 1, "num_format": "dd/mm/yyyy", "align": "center"},
    "place_input": {"border": 1, "bg_color": "#FFFF00", "text_wrap": True},
    "month_input": {"border": 1, "bg_color": "#FFFF00", "num_format": "mmm-yy", "align": "left"},
    "input": {"border": 1, "bg_color": "#FFFF00", "num_format": "#,##0", "align": "right"},
    "number": {"border": 1, "num_format": "#,##0", "align": "right"},
    "rate": {"border": 1, "bold": True, "num_format": "#,##0.0"},
    "section": {"bold": True, "bg_color": "#D9D9D9"},
    "plain": {},
    "warning": {"bold": True, "font_color": "#C00000"},
    "bold": {"bold": True},
    "shown_month": {"num_format": "mmm-yy", "align": "left"},
}
for _style in _STYLES.values():
    _style.setdefault("valign", "vcenter")


def official_name(place: str) -> str:
    """Return a Place's name as the template's list spells it; an alias or a council finds its Place.

    Raises UsageError where there is no such Place.
    """
    return places.find(place).name


def check_month(figures: Figures) -> None:
    """Raise DataError where the template's list does not have the month."""
    if figures.month not in layout.LOOKUP_MONTHS:
        raise DataError(
            f"{figures.month:%B %Y} is not on the template's list of months",
            expected=f"{layout.LOOKUP_MONTHS[0]:%B %Y} to {layout.LOOKUP_MONTHS[-1]:%B %Y}",
            where=f"{layout.INSTRUCTIONS}!{layout.MONTH_CELL}",
        )


class _Book:
    """The workbook under construction: its formats, its sheets and the figures it carries."""

    def __init__(self, book: Any, figures: Figures, suppressed: Suppressed) -> None:
        self.place, self.month = official_name(figures.place), figures.month
        self.is_complete = not suppressed.hidden and suppressed.method == "none"
        self.values = cell_values(printed_lines(figures, suppressed))
        self.style = {name: book.add_format(style) for name, style in _STYLES.items()}
        self.sheet = {name: book.add_worksheet(name) for name in layout.SHEETS}

    def merge(self, sheet: str, ranges: tuple[str, ...], style: str) -> None:
        """Merge ranges; their first cells are written afterwards."""
        for cells in ranges:
            self.sheet[sheet].merge_range(cells, "", self.style[style])

    def put(self, sheet: str, address: str, value: object, style: str) -> None:
        """Write a text or a number, never a formula."""
        target = self.sheet[sheet]
        write = target.write_string if isinstance(value, str) else target.write_number
        write(*_row_and_column(address), value, self.style[style])

    def formula(self, sheet: str, address: str, formula: str, value: object, style: str) -> None:
        """Write a formula with the value it has now."""
        self.sheet[sheet].write_formula(*_row_and_column(address), f"={formula}", self.style[style], value)


@cache  # the same thousand cells in every workbook
def _row_and_column(address: str) -> tuple[int, int]:
    row, column = xl_cell_to_rowcol(address)
    return row, column


def _instructions(book: _Book) -> None:
    name = layout.INSTRUCTIONS
    book.merge(name, labels.INSTRUCTION_MERGES, "cell")
    for address, text in labels.INSTRUCTION_GUIDANCE.items():
        book.put(name, address, text, "text" if address in ("A3", "A5", "A9", "A14", "A31", "A33") else "cell")
    for address, text in labels.INSTRUCTION_LABELS.items():
        book.put(name, address, text, _instruction_style(address))
    book.put(name, layout.PLACE_CELL, book.place, "place_input")
    book.put(name, layout.MONTH_CELL, layout.serial(book.month), "month_input")
    if book.is_complete:
        book.put(name, "A4", labels.NOT_FOR_SENDING, "warning")
    sheet = book.sheet[name]
    sheet.set_column("A:A", 28.7)
    sheet.set_column("B:B", 36.9)
    sheet.set_column("C:C", 54.9)
    sheet.set_row(2, 90)
    for row in (*range(17, 27), 36, 37, 38):
        longest = max(
            len(labels.INSTRUCTION_LABELS.get(f"A{row}", "")) / 28, len(labels.INSTRUCTION_GUIDANCE[f"B{row}"]) / 90
        )
        sheet.set_row(row - 1, _height(longest))
    last_place, last_month = len(labels.place_names()) + 1, len(layout.LOOKUP_MONTHS) + 1
    for cell, source in ((layout.PLACE_CELL, f"$A$2:$A${last_place}"), (layout.MONTH_CELL, f"$C$2:$C${last_month}")):
        sheet.data_validation(cell, {"validate": "list", "source": f"={layout.LOOKUPS}!{source}"})


def _height(lines: float) -> int:
    """Return a row's height in points for so many lines of text: programs do not fit merged cells by themselves."""
    return 15 * math.ceil(lines)


def _instruction_style(address: str) -> str:
    special = {"A1": "title", "A6": "label", "A7": "label", "A28": "bold"}
    heads = ("A11", "B11", "A16", "B16", "A35", "B35")
    return special.get(address, "head" if address in heads else "cell")


def _submission(book: _Book) -> None:
    name = layout.SUBMISSION
    book.merge(name, labels.SUBMISSION_MERGES, "cell")
    for address, text in labels.submission_headers().items():
        book.put(name, address, text, "head")
    for address, text in {"A1": "Project Name", "A2": "Submission Period"}.items():
        book.put(name, address, text, "label")
    rows = labels.submission_rows()
    for address, text in rows.items():
        book.put(name, address, text, "cell")
    formulas = layout.submission_formulas()
    book.formula(name, "B1", formulas["B1"], book.place, "plain")
    book.formula(name, "B2", formulas["B2"], layout.serial(book.month), "shown_month")
    _numbers(book, formulas)
    if book.is_complete:
        book.put(name, "D1", labels.NOT_FOR_SENDING, "warning")
    sheet = book.sheet[name]
    for row in range(6, layout.CASELOAD_ROW + 1):
        sheet.set_row(row - 1, _height(len(rows[f"C{row}"]) / 55))
    sheet.set_column("A:A", 15.6)
    sheet.set_column("B:B", 10.9)
    sheet.set_column("C:C", 55.4)
    sheet.set_column("D:Z", 10.3)
    sheet.freeze_panes(5, 3)


def _numbers(book: _Book, formulas: Mapping[str, str]) -> None:
    for spot in layout.SPOTS:
        address, value = spot.address, book.values[spot.address]
        if address not in formulas:
            book.put(layout.SUBMISSION, address, value, "input")
        else:
            style = "rate" if spot.kind is Kind.RATE else "number"
            book.formula(layout.SUBMISSION, address, formulas[address], value, style)


def _timetable(book: _Book) -> None:
    name = layout.TIMETABLE
    for letter, text in zip("ABCDEFG", labels.TIMETABLE_HEADERS, strict=True):
        book.put(name, f"{letter}1", text, "head")
    for line in layout.TIMETABLE_LINES:
        for letter, day in line.dates.items():
            address, style = f"{letter}{line.row}", "month" if letter == "A" else "date"
            if letter in line.formulas:
                book.formula(name, address, line.formulas[letter], layout.serial(day), style)
            else:
                book.put(name, address, layout.serial(day), style)
    book.sheet[name].set_column("A:G", 22)


def _definitions(book: _Book) -> None:
    name = layout.DEFINITIONS
    for address, text in zip(("A1", "B1", "C1"), ("Metric", "Numerator", "Denominator"), strict=True):
        book.put(name, address, text, "bold")
    for row, metric in enumerate(METRICS, start=2):
        book.put(name, f"A{row}", labels.definition_label(metric), "cell")
        book.put(name, f"B{row}", labels.NUMERATORS[metric], "cell")
        book.put(name, f"C{row}", labels.DENOMINATOR_TEXT, "cell")
    row = len(METRICS) + 2
    book.put(name, f"A{row}", labels.CASELOAD_LABEL, "cell")
    book.put(name, f"B{row}", labels.INSTRUCTION_GUIDANCE["B26"], "cell")
    sheet = book.sheet[name]
    sheet.set_column("A:A", 38.1)
    sheet.set_column("B:B", 60.4)
    sheet.set_column("C:C", 38.1)
    sheet.freeze_panes(1, 0)


def _acute(book: _Book) -> None:
    book.merge(layout.ACUTE, labels.ACUTE_MERGES, "text")
    for address, text in labels.ACUTE_TEXT.items():
        book.put(layout.ACUTE, address, text, "section" if text[:1].isdigit() else "text")
    for row in range(10):
        book.sheet[layout.ACUTE].set_row(row, 32)


def _lookups(book: _Book) -> None:
    name = layout.LOOKUPS
    book.put(name, "A1", "Project name", "bold")
    book.put(name, "C1", "Month", "bold")
    for row, place in enumerate(labels.place_names(), start=2):
        book.put(name, f"A{row}", place, "plain")
    for row, month in enumerate(layout.LOOKUP_MONTHS, start=2):
        book.put(name, f"C{row}", layout.serial(month), "shown_month")
    book.sheet[name].set_column("A:A", 83.9)
    book.sheet[name].freeze_panes(1, 0)


def _properties(figures: Figures) -> dict[str, Any]:
    month_end = layout.next_month(figures.month) - timedelta(days=1)
    return {
        "title": f"NNHIP monthly return, {figures.place.strip()}, {figures.month:%Y-%m}",
        "author": "Doorstep",
        "created": datetime.combine(month_end, time()),
    }


def write(figures: Figures, suppressed: Suppressed, path: Path, mode: int = 0o644) -> None:
    """Write the return as a workbook in the template's layout, with these permissions.

    The file appears whole or not at all. Raises UsageError where the template's
    list has no such Place, DataError where it has no such month.
    """
    check_month(figures)
    official_name(figures.place)
    with replacing(path, mode) as temporary:
        options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        workbook = xlsxwriter.Workbook(str(temporary), options)
        workbook.set_properties(_properties(figures))
        book = _Book(workbook, figures, suppressed)
        for part in (_instructions, _submission, _timetable, _definitions, _acute, _lookups):
            part(book)
        workbook.close()
