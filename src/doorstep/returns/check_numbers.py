"""Checks of a return's numbers: counts that are counts, small ones hidden, breakdowns that add up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from doorstep.returns import layout
from doorstep.returns.faults import Fault, Severity, some
from doorstep.returns.figures import COLUMNS
from doorstep.returns.layout import LETTERS, PARTITIONS, SUBMISSION, SUPPRESSED, TOTAL, Kind, Spot
from doorstep.returns.printed import CASELOAD
from doorstep.returns.reading import Cell, SubmittedReturn
from doorstep.returns.suppression import THRESHOLD, sentence_for, worked_out_in


def _has_sheet(found: SubmittedReturn) -> bool:
    return SUBMISSION in found.sheets


def values(found: SubmittedReturn) -> Iterator[Fault]:
    """Every typed cell holds a whole number from 6, or `*`."""
    for spot in layout.INPUTS if _has_sheet(found) else ():
        problem = _problem(found.at(spot))
        if problem is not None:
            code, message = problem
            severity: Severity = "note" if code == "other-marker" else "fault"
            yield Fault(SUBMISSION, spot.address, severity, code, f"{spot.words()}: {message}")


def _problem(cell: Cell) -> tuple[str, str] | None:
    """Return what is wrong with a typed cell: a code and the words for it."""
    if cell.is_empty:
        return "missing-value", "the cell is empty, which reads as suppressed; write the number, or * below 6"
    if cell.number is None:
        return _problem_of_text(cell)
    if cell.number < 0:
        return "negative", f"the count is {cell.number}"
    if cell.count is None:
        return "not-a-count", f"{cell.number} is not a whole number"
    if cell.count < THRESHOLD:
        return "below-six", f"{cell.count} is below {THRESHOLD} and not suppressed; write *"
    return None


def _problem_of_text(cell: Cell) -> tuple[str, str] | None:
    text = str(cell.value).strip()
    if text == SUPPRESSED and not cell.is_error:
        return None
    if cell.is_suppressed and not cell.is_error:
        return "other-marker", f"{text!r} reads as suppressed; the guide's mark is *"
    return "not-a-count", f"{text[:40]!r} is text where a count is expected"


def patients_rows(found: SubmittedReturn) -> Iterator[Fault]:
    """The three typed rows of patients are the same."""
    first, *others = layout.TYPED_PATIENTS_ROWS
    for letter in LETTERS if _has_sheet(found) else ():
        wanted = found.cell(SUBMISSION, f"{letter}{first}").value
        for row in others:
            value = found.cell(SUBMISSION, f"{letter}{row}").value
            if value != wanted:
                message = f"patients are {value!r} here and {wanted!r} in {letter}{first}; the rows are one denominator"
                yield Fault(SUBMISSION, f"{letter}{row}", "fault", "patients-differ", message)


def caseload(found: SubmittedReturn) -> Iterator[Fault]:
    """No more people are on the caseload than in the cohort."""
    for column, letter in enumerate(LETTERS):
        here, cohort = found.at(Spot(CASELOAD, Kind.COUNT, column)).count, found.cell(SUBMISSION, f"{letter}7").count
        if here is not None and cohort is not None and here > cohort:
            message = f"{here} people on the caseload, {cohort} in the cohort ({COLUMNS[column][1]})"
            severity: Severity = "fault" if column == TOTAL else "note"
            cell = f"{letter}{layout.CASELOAD_ROW}"
            yield Fault(SUBMISSION, cell, severity, "caseload-above-cohort", message)


def _typed_rows() -> Iterator[tuple[int, str]]:
    for block in layout.BLOCKS:
        yield block.row(Kind.COUNT), block.metric
        if block.row(Kind.PATIENTS) in layout.TYPED_PATIENTS_ROWS:
            yield block.row(Kind.PATIENTS), "patients"
    yield layout.CASELOAD_ROW, CASELOAD


def adding(found: SubmittedReturn) -> Iterator[Fault]:
    """Each breakdown adds up to the total, as far as printed numbers tell."""
    large: list[str] = []
    for row, name in _typed_rows():
        for cells in PARTITIONS:
            parts = _Parts(found, row, cells)
            if parts.is_wrong:
                what = f"{name} by {COLUMNS[cells[0]][0].lower()}"
                message = f"{what} adds up to {parts.shown}, the total is {parts.total}"
                yield Fault(SUBMISSION, parts.at, "fault", "does-not-add", message)
            elif parts.leave_much:
                large.append(parts.at)
    if large:
        message = (
            f"{len(large)} breakdowns leave more than {THRESHOLD - 1} for each suppressed cell: right after secondary "
            "suppression, otherwise a number is missing"
        )
        yield Fault(SUBMISSION, some(large, 3), "note", "large-remainder", message)


class _Parts:
    """One breakdown in one row; says nothing where the total or a part is no count."""

    def __init__(self, found: SubmittedReturn, row: int, cells: tuple[int, ...]) -> None:
        parts = [found.cell(SUBMISSION, f"{LETTERS[i]}{row}") for i in cells]
        known = [part.count for part in parts if part.count is not None]
        self.hidden = sum(part.is_suppressed for part in parts)
        self.total = found.cell(SUBMISSION, f"{LETTERS[TOTAL]}{row}").count or 0
        has_total = found.cell(SUBMISSION, f"{LETTERS[TOTAL]}{row}").count is not None
        self.can_tell = has_total and len(known) + self.hidden == len(parts)
        self.shown = sum(known)
        self.at = f"{LETTERS[cells[0]]}{row}:{LETTERS[cells[-1]]}{row}"

    @property
    def is_wrong(self) -> bool:
        """The printed parts are more than the total, or less with none hidden."""
        return self.can_tell and (self.shown > self.total or (not self.hidden and self.shown < self.total))

    @property
    def leave_much(self) -> bool:
        """The remainder is more than the hidden parts can be if each is below the threshold."""
        return self.can_tell and self.shown + self.hidden * (THRESHOLD - 1) < self.total


def impossible(found: SubmittedReturn) -> Iterator[Fault]:
    """Bed days and stays of a day or more go together."""
    for column in range(len(COLUMNS)):
        days, stays = (found.at(Spot(metric, Kind.COUNT, column)) for metric in ("O3", "O2b"))
        if days.count is None or stays.count is None:
            continue
        if days.count < stays.count or (stays.count == 0 and days.count > 0):
            cell = Spot("O3", Kind.COUNT, column).address
            message = f"{days.count} bed days cannot belong to {stays.count} stays of one day or more"
            yield Fault(SUBMISSION, cell, "fault", "impossible-together", message)


def can_be_worked_out(found: SubmittedReturn) -> Iterator[Fault]:
    """Say how many suppressed cells subtraction gives back."""
    if not _has_sheet(found):
        return
    n, m = worked_out_in(found.lines)
    if n:
        yield Fault(SUBMISSION, "", "note", "worked-out", sentence_for(n, m))


NUMBER_CHECKS: Final = (values, patients_rows, caseload, adding, impossible, can_be_worked_out)
