"""What a check finds: one line each, with sheet and cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

Severity = Literal["fault", "note"]

NOT_A_WORKBOOK: Final = "not-a-workbook"

# code -> (severity, what was found). The page on checks in the reference manual is this table.
CODES: Final[dict[str, tuple[str, str]]] = {
    NOT_A_WORKBOOK: ("fault", "The file is no .xlsx workbook, is damaged, locked, or larger than a return can be."),
    "file-type": ("fault", "The file's name does not end in .xlsx."),
    "missing-sheet": ("fault or note", "A sheet is not there; a fault for the two sheets that are read."),
    "missing-place": ("fault", "No Place is chosen."),
    "unknown-place": ("fault", "The Place is none of the 43 names."),
    "place-spelling": ("note", "The Place's name differs from the list in blanks or capitals only."),
    "missing-month": ("fault", "No month is chosen."),
    "unknown-month": ("fault", "The month is text, no first day of a month, or not on the list."),
    "other-month": ("fault or note", "Another month than the one collected; a note where only other files tell."),
    "other-place": ("fault", "The workbook names another Place than the one that sent it."),
    "missing-column": ("fault", "A column head (total, age, ethnic group, quintile) is missing or changed."),
    "missing-metric": ("fault", "A metric's id is not in its row."),
    "label-changed": ("note", "A row's words differ from the template's."),
    "record-count": ("fault", "Rows by columns are not the 989 numbers of a return."),
    "missing-value": ("fault", "A typed cell is empty, which reads as suppressed."),
    "not-a-count": ("fault", "Text, a decimal or an error where a whole number is expected."),
    "negative": ("fault", "A negative count."),
    "below-six": ("fault", "A number from 0 to 5 that is not suppressed."),
    "other-marker": ("note", "Suppressed by a mark other than *."),
    "patients-differ": ("fault", "Rows 7, 10 and 13, the typed rows of patients, are not the same."),
    "caseload-above-cohort": (
        "fault or note",
        "More people on the caseload than in the cohort; a fault for the total.",
    ),
    "does-not-add": ("fault", "A breakdown is more than its total, or less with nothing suppressed."),
    "large-remainder": ("note", "More is left for suppressed cells than 5 each."),
    "impossible-together": ("fault", "Bed days that cannot belong to the stays of one day or more."),
    "worked-out": ("note", "Suppressed cells that subtraction gives back."),
    "formula-overwritten": (
        "fault or note",
        "A formula of the template was replaced; a note for * over a hidden rate.",
    ),
    "no-cached-value": ("fault", "A formula carries no value; readers do not calculate."),
    "stale-value": ("fault", "The value a formula carries is not what its cells give."),
    "formula-in-input": ("note", "A formula stands where a number is typed."),
    "typed-zero": ("fault", "A 0 is typed as the rate of a suppressed number."),
    "rate-of-suppressed": ("note", "The template's own formula shows 0 for a suppressed number: read it as *."),
    "macros": ("fault", "The workbook holds macros."),
    "active-content": ("fault", "The workbook holds links or objects that reach outside it."),
    "formula-injection": ("fault", "A formula reaches out of the workbook, or a text would run as one elsewhere."),
    "beside-template": ("note", "Something stands outside the template's cells: it could be about a person."),
    "duplicate": ("fault", "Two files are of the same Place and month."),
    "duplicate-content": ("fault", "Two files hold the same numbers."),
    "implausible-change": ("note", "A total has changed from last month by more than chance and a half."),
}


@dataclass(frozen=True)
class Fault:
    """One finding. A `fault` is wrong; a `note` is allowed but worth a look. `sheet` and `cell` may be empty."""

    sheet: str
    cell: str
    severity: Severity
    code: str
    message: str
    file: str = ""

    def line(self) -> str:
        """Return the finding as one line of text."""
        where = "!".join(part for part in (self.sheet, self.cell) if part)
        start = ": ".join(part for part in (self.file, where) if part)
        return f"{start}: {self.severity} {self.code}: {self.message}"


def exit_code(faults: Iterable[Fault]) -> int:
    """Return 0 where nothing was found, 1 for notes only, 4 for faults, 5 where a file is no workbook."""
    found = list(faults)
    if any(f.code == NOT_A_WORKBOOK for f in found):
        return 5
    if any(f.severity == "fault" for f in found):
        return 4
    return 1 if found else 0


def some(cells: Iterable[str], limit: int = 8) -> str:
    """Name cells in one line, the first few of many."""
    names = list(cells)
    return ", ".join(names[:limit]) + (f" and {len(names) - limit} more" if len(names) > limit else "")
