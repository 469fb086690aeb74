"""Checks of a return's form: file, sheets, names, labels, formulas, and nothing that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from doorstep.returns import labels, layout
from doorstep.returns.faults import Fault, Severity, some
from doorstep.returns.formulas import same_formula
from doorstep.returns.layout import BLOCKS, INSTRUCTIONS, SUBMISSION, Kind
from doorstep.returns.printed import rate
from doorstep.returns.reading import Cell, SubmittedReturn

_ALERTS: Final = (".xls", ".xlsm", ".xlsb", ".ods")
_ACTIVE: Final = ("externalLinks/", "embeddings/", "activeX/", "ctrlProps/", "connections.xml", "queryTables/")
# Functions and marks by which a formula reaches out of the workbook or runs something.
_REACHING: Final = re.compile(
    r"\b(WEBSERVICE|FILTERXML|HYPERLINK|IMAGE|CALL|REGISTER(\.ID)?|EXEC|RTD|CUBE[A-Z]*|IMPORT[A-Z]+|DDE|STOCKHISTORY)\s*\("
    r"|\||\[|https?:|file:|\\\\",
    re.IGNORECASE,
)
_STARTS: Final = ("=", "+", "-", "@", "\t", "\r")
# Where words are written, as in labels and notes, a start alone says nothing: "- first" or "+44 20 7946". A call does.
_CALLS: Final = re.compile(r"[=+\-@\t\r]\s*[^\s(|]*([A-Za-z.]\(|\|)")

_COMMENTS: Final = re.compile(r"xl/(comments[^/]*|comments/[^/]+|threadedComments/[^/]+)\.xml$")
_TAKE_OUT: Final = "; take out what is not the return, above all anything about a person"


def squish(text: object) -> str:
    """Return a label as it is compared: single blanks, no capitals."""
    return " ".join(str(text).split()).casefold()


def file_type(found: SubmittedReturn) -> Iterator[Fault]:
    """The name ends in .xlsx."""
    suffix = found.path.suffix.lower()
    if suffix != ".xlsx":
        kind = "another spreadsheet format" if suffix in _ALERTS else "no workbook"
        yield Fault(
            "", "", "fault", "file-type", f"the name ends in {suffix or 'nothing'} ({kind}); .xlsx is asked for"
        )


def missing_sheets(found: SubmittedReturn) -> Iterator[Fault]:
    """All six sheets are there; the two that are read must be."""
    for name in layout.SHEETS:
        if name not in found.sheets:
            severity: Severity = "fault" if name in (INSTRUCTIONS, SUBMISSION) else "note"
            yield Fault(name, "", severity, "missing-sheet", f"the sheet is not there{_alike(found, name)}")


def _alike(found: SubmittedReturn, name: str) -> str:
    """Name a sheet that differs in blanks, capitals or marks only, or else the sheets that are no template's."""
    others = [title for title in found.sheets if title not in layout.SHEETS]
    alike = [title for title in others if re.sub(r"\W", "", title).casefold() == name.casefold()]
    if alike:
        return f"; {alike[0]!r} is: give it back the template's name"
    return f"; the sheets that are: {some([repr(title) for title in others], 3)}" if others else ""


def place(found: SubmittedReturn) -> Iterator[Fault]:
    """The Place is one of the 43 names."""
    if INSTRUCTIONS not in found.sheets:
        return
    names = labels.place_names()
    if found.place is None:
        yield Fault(INSTRUCTIONS, layout.PLACE_CELL, "fault", "missing-place", "no Place is chosen")
    elif found.place not in names:
        known = squish(found.place) in {squish(name) for name in names}
        yield Fault(
            INSTRUCTIONS,
            layout.PLACE_CELL,
            "note" if known else "fault",
            "place-spelling" if known else "unknown-place",
            f"{found.place!r} is not spelt as on the list of Places"
            if known
            else f"no Place is called {found.place!r}",
        )


def month(found: SubmittedReturn) -> Iterator[Fault]:
    """The month is a date on the list."""
    if INSTRUCTIONS not in found.sheets:
        return
    cell = found.cell(INSTRUCTIONS, layout.MONTH_CELL)
    if cell.is_empty:
        yield Fault(INSTRUCTIONS, layout.MONTH_CELL, "fault", "missing-month", "no month is chosen")
    elif found.month not in layout.LOOKUP_MONTHS:
        seen = f"{found.month}" if found.month else f"{cell.value!r}, not a date"
        first, last = layout.LOOKUP_MONTHS[0], layout.LOOKUP_MONTHS[-1]
        message = f"the month is {seen}; the list has the first days of {first:%B %Y} to {last:%B %Y}"
        yield Fault(INSTRUCTIONS, layout.MONTH_CELL, "fault", "unknown-month", message)


def columns(found: SubmittedReturn) -> Iterator[Fault]:
    """Every column head is in its place."""
    if SUBMISSION not in found.sheets:
        return
    for address, text in labels.submission_headers().items():
        seen = found.cell(SUBMISSION, address).value
        if address[0] >= "D" and squish(seen) != squish(text):
            message = f"the column head {str(text)!r} is missing; the cell says {'' if seen is None else str(seen)!r}"
            yield Fault(SUBMISSION, address, "fault", "missing-column", message)


def metrics(found: SubmittedReturn) -> Iterator[Fault]:
    """Every metric row is in its place; a changed label is a note."""
    if SUBMISSION not in found.sheets:
        return
    for address, text in labels.submission_rows().items():
        seen = found.cell(SUBMISSION, address).value
        if squish(seen) == squish(text):
            continue
        message = f"expected {text!r}, found {'' if seen is None else str(seen)!r}"
        if address[0] == "A":
            yield Fault(SUBMISSION, address, "fault", "missing-metric", message)
        elif address[0] == "C":
            yield Fault(SUBMISSION, address, "note", "label-changed", message)


def record_count(found: SubmittedReturn) -> Iterator[Fault]:
    """A reader that looks for `Metric Id` and `P1` finds as many numbers as a return has."""
    sheet = found.sheets.get(SUBMISSION)
    if sheet is None:
        return
    rows = {int(a[1:]) for a in sheet if a[0] == "A" and a[1:].isdigit() and sheet[a].value in ("Metric Id", "P1")}
    used = {int(re.sub(r"\D", "", a)) for a, cell in sheet.items() if not cell.is_empty}
    n_rows = max(len([r for r in used if min(rows) <= r <= max(rows)]) - 2, 0) if rows else 0
    heads = [letter for letter in layout.LETTERS if not _head_is_empty(found, letter)]
    if n_rows * len(heads) != layout.N_RECORDS:
        message = f"{n_rows} rows by {len(heads)} columns are {n_rows * len(heads)} numbers; a return has "
        yield Fault(SUBMISSION, "A4", "fault", "record-count", message + str(layout.N_RECORDS))


def _head_is_empty(found: SubmittedReturn, letter: str) -> bool:
    return all(found.cell(SUBMISSION, f"{letter}{row}").is_empty for row in layout.HEADER_ROWS)


def macros(found: SubmittedReturn) -> Iterator[Fault]:
    """Nothing in the file can run, and nothing reaches outside."""
    if any(part.endswith("vbaProject.bin") for part in found.parts) or "macroEnabled" in found.content_types:
        yield Fault("", "", "fault", "macros", "the workbook holds macros; save it as .xlsx without them")
    active = [part for part in found.parts if any(mark in part for mark in _ACTIVE)]
    if active:
        message = f"the workbook holds links or objects that reach outside it: {some(active, 3)}"
        yield Fault("", "", "fault", "active-content", message)


def injection(found: SubmittedReturn) -> Iterator[Fault]:
    """No cell carries a formula that reaches out, or a text that becomes one in another program."""
    inputs = {spot.address for spot in layout.INPUTS}
    for name, sheet in found.sheets.items():
        for address, cell in sheet.items():
            if cell.formula and _REACHING.search(cell.formula):
                message = f"the formula reaches outside the workbook: {cell.formula[:60]!r}"
                yield Fault(name, address, "fault", "formula-injection", message)
            elif _would_run(cell) and (_is_typed(name, address, inputs) or _CALLS.match(str(cell.value))):
                message = f"the text would run as a formula in another program: {str(cell.value)[:60]!r}"
                yield Fault(name, address, "fault", "formula-injection", message)


def _is_typed(sheet: str, address: str, inputs: set[str]) -> bool:
    if sheet == INSTRUCTIONS:
        return address in (layout.PLACE_CELL, layout.MONTH_CELL)
    return sheet == SUBMISSION and address in inputs


def _would_run(cell: Cell) -> bool:
    text = cell.value
    return isinstance(text, str) and len(text) > 1 and text.startswith(_STARTS)


def beside_the_template(found: SubmittedReturn) -> Iterator[Fault]:
    """Nothing stands where no reader of a return looks: it may be about a person. What it says is not repeated."""
    mine = found.sheets.get(SUBMISSION, {})
    where = [address for address, cell in mine.items() if not cell.is_empty and _is_outside(address)]
    if where:
        message = f"{_n(len(where), 'cell')} outside the template {'holds' if len(where) == 1 else 'hold'} something"
        yield Fault(SUBMISSION, some(where, 3), "note", "beside-template", message + _TAKE_OUT)
    for name, sheet in found.sheets.items():
        if name not in layout.SHEETS and any(not cell.is_empty for cell in sheet.values()):
            yield Fault(name, "", "note", "beside-template", "the sheet is none of the template's" + _TAKE_OUT)
    n_comments = sum(bool(_COMMENTS.search(part)) for part in found.parts)
    if n_comments:
        message = f"{_n(n_comments, 'sheet')} with comments on cells, which the template has none of"
        yield Fault("", "", "note", "beside-template", message + _TAKE_OUT)


def _is_outside(address: str) -> bool:
    letters = address.rstrip("0123456789")
    return (len(letters), letters) > (1, layout.LETTERS[-1]) or int(address[len(letters) :]) > layout.CASELOAD_ROW


def _n(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def formulas(found: SubmittedReturn) -> Iterator[Fault]:
    """The template's formulas are there, carry a value, and the value is right."""
    if SUBMISSION not in found.sheets:
        return
    uncalculated: list[str] = []
    for address, formula in layout.submission_formulas().items():
        cell = found.cell(SUBMISSION, address)
        if not same_formula(cell.formula, formula):
            yield _overwritten(found, address, cell, formula)
        elif cell.value is None:
            uncalculated.append(address)
        elif not _agrees(cell, right := _right_value(found, address)):
            message = (
                f"the formula carries {cell.value!r} but its cells give {right!r}: calculate and save the workbook"
            )
            yield Fault(SUBMISSION, address, "fault", "stale-value", message)
    if uncalculated:  # a file saved by a program that does not calculate has hundreds: one line for all of them
        more = f" and {len(uncalculated) - 3} more" if len(uncalculated) > 3 else ""
        message = "formulas carry no value, and readers do not calculate: open, calculate and save the workbook"
        cells = ", ".join(uncalculated[:3]) + more
        yield Fault(SUBMISSION, cells, "fault", "no-cached-value", f"{len(uncalculated)} {message}")


def formulas_in_inputs(found: SubmittedReturn) -> Iterator[Fault]:
    """Typed cells hold numbers, not formulas; the number a formula carries is what is read."""
    for spot in layout.INPUTS:
        formula = found.at(spot).formula
        if formula is not None and not _REACHING.search(formula):
            message = f"{spot.words()}: a formula stands where a number is typed: {formula[:60]!r}"
            yield Fault(SUBMISSION, spot.address, "note", "formula-in-input", message)


def _overwritten(found: SubmittedReturn, address: str, cell: Cell, formula: str) -> Fault:
    spot = layout.SPOT_AT.get(address)
    is_rate = spot is not None and spot.kind is Kind.RATE
    count = found.cell(SUBMISSION, f"{address[0]}{int(address[1:]) - 2}") if is_rate else None
    if count is not None and count.is_suppressed and cell.formula is None:
        if cell.number == 0:
            message = "a 0 is typed as the rate of a suppressed number; restore the formula or write *"
            return Fault(SUBMISSION, address, "fault", "typed-zero", message)
        if cell.is_suppressed and not cell.is_empty:
            message = "the rate's formula is replaced by *, as its number is suppressed"
            return Fault(SUBMISSION, address, "note", "formula-overwritten", message)
    seen = f"the formula {cell.formula[:60]!r}" if cell.formula is not None else f"the typed value {cell.value!r}"
    return Fault(SUBMISSION, address, "fault", "formula-overwritten", f"expected the formula {formula}, found {seen}")


def _right_value(found: SubmittedReturn, address: str) -> object:
    """Return what a formula's cells give now."""
    if address in ("B1", "B2"):
        cell = found.cell(INSTRUCTIONS, layout.PLACE_CELL if address == "B1" else layout.MONTH_CELL)
        return 0 if cell.value is None else cell.value
    letter, spot = address[0], layout.SPOT_AT[address]
    block = layout.BLOCK[spot.metric]
    if spot.kind is Kind.PATIENTS:
        value = found.cell(SUBMISSION, f"{letter}{block.patients_copied_from}").value
        return 0 if value is None else value
    count, patients = (found.cell(SUBMISSION, f"{letter}{block.row(k)}").number for k in (Kind.COUNT, Kind.PATIENTS))
    return rate(count, patients)


def _agrees(cell: Cell, right: object) -> bool:
    if cell.number is None or not isinstance(right, int | float):
        return cell.value == right
    return abs(cell.number - right) <= 1e-6 * max(1.0, abs(right))


def suppressed_rates(found: SubmittedReturn) -> Iterator[Fault]:
    """Say where a rate of 0 means a suppressed number."""
    zeros = [
        f"{letter}{block.row(Kind.RATE)}"
        for block in BLOCKS
        for letter in layout.LETTERS
        if _is_zero_of_hidden(found, letter, block.row(Kind.COUNT))
    ]
    if zeros:
        message = f"the template's own formula shows 0 for {len(zeros)} rates of suppressed numbers; read them as *"
        yield Fault(SUBMISSION, some(zeros, 3), "note", "rate-of-suppressed", message)


def _is_zero_of_hidden(found: SubmittedReturn, letter: str, row: int) -> bool:
    count, patients, shown = (found.cell(SUBMISSION, f"{letter}{row + i}") for i in range(3))
    hidden = any(c.is_suppressed and not c.is_empty for c in (count, patients))
    return hidden and shown.formula is not None and shown.number == 0


FORM_CHECKS: Final = (
    file_type, missing_sheets, place, month, columns, metrics, record_count, macros, injection,
    beside_the_template, formulas, formulas_in_inputs, suppressed_rates,
)  # fmt: skip
