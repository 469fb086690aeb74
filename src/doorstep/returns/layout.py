"""Where each number stands in the collection template (version 1.2), and every formula in it.

Labels are no keys: two pairs of rows carry the same words, so a cell is addressed by sheet, row and column.
Source: the NNHIP data collection template v1.2, sheets `SubmissionTemplate` and `SubmissionTimetable`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from types import MappingProxyType
from typing import Final

from doorstep.returns.figures import COLUMNS, METRICS

INSTRUCTIONS: Final = "Instructions"
SUBMISSION: Final = "SubmissionTemplate"
TIMETABLE: Final = "SubmissionTimetable"
DEFINITIONS: Final = "Definitions"
ACUTE: Final = "AcuteNonElectiveDefs"
LOOKUPS: Final = "Lookups"
SHEETS: Final = (INSTRUCTIONS, SUBMISSION, TIMETABLE, DEFINITIONS, ACUTE, LOOKUPS)

PLACE_CELL: Final = "B6"
MONTH_CELL: Final = "B7"
HEADER_ROWS: Final = (4, 5)
CASELOAD_ROW: Final = 48
SUPPRESSED: Final = "*"

LETTERS: Final = tuple("DEFGHIJKLMNOPQRSTUVWXYZ")
# The total and, below it, the three ways it is broken down, as positions in COLUMNS.
TOTAL: Final = 0
PARTITIONS: Final = (tuple(range(1, 11)), tuple(range(11, 17)), tuple(range(17, 23)))

# The row a patients row copies; rows 7, 10 and 13 copy none: all three are typed.
_COPIES: Final = {16: 7, 19: 10, 22: 7, 25: 16, 28: 19, 31: 22, 34: 25, 37: 22, 40: 25, 43: 7, 46: 43}

EPOCH: Final = date(1899, 12, 30)


class Kind(StrEnum):
    """What the three rows of a block hold, in order."""

    COUNT = "count"
    PATIENTS = "patients"
    RATE = "rate"


_ROW_OF: Final = {kind: row for row, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Block:
    """Three rows of one metric: count, patients, rate per 1,000."""

    metric: str
    first_row: int

    @property
    def printed_id(self) -> str:
        """What column A says: O1 … O6, without our letters and numbers."""
        return self.metric[:2]

    def row(self, kind: Kind) -> int:
        """Return the sheet row that holds `kind`."""
        return self.first_row + _ROW_OF[kind]

    @property
    def patients_copied_from(self) -> int | None:
        """The row this block's patients are a formula of; None where they are typed."""
        return _COPIES.get(self.row(Kind.PATIENTS))


@dataclass(frozen=True)
class Spot:
    """What one cell of `SubmissionTemplate` stands for; `column` is a position in COLUMNS. P1 has counts only."""

    metric: str
    kind: Kind
    column: int

    @property
    def address(self) -> str:
        """The cell, such as D6."""
        return _address(self.metric, self.kind, self.column)

    def words(self) -> str:
        """Name the number for a person: `O2b count, Age Group 40-49`."""
        breakdown, value = COLUMNS[self.column]
        return f"{self.metric} {self.kind}, {value if breakdown == value else f'{breakdown} {value}'}"


@cache  # asked for some thousands of times in each workbook that is read
def _address(metric: str, kind: Kind, column: int) -> str:
    row = CASELOAD_ROW if metric == "P1" else BLOCK[metric].row(kind)
    return f"{LETTERS[column]}{row}"


BLOCKS: Final = tuple(Block(metric, 6 + 3 * i) for i, metric in enumerate(METRICS))
BLOCK: Final = {block.metric: block for block in BLOCKS}
TYPED_PATIENTS_ROWS: Final = tuple(b.row(Kind.PATIENTS) for b in BLOCKS if b.patients_copied_from is None)


def _spots() -> tuple[Spot, ...]:
    columns = range(len(COLUMNS))
    blocks = [Spot(b.metric, kind, c) for b in BLOCKS for kind in Kind for c in columns]
    return (*blocks, *(Spot("P1", Kind.COUNT, c) for c in columns))


SPOTS: Final = _spots()
SPOT_AT: Final = {spot.address: spot for spot in SPOTS}
N_RECORDS: Final = len(SPOTS)


def formula_of(spot: Spot) -> str | None:
    """Return the template's formula for a cell, without `=`; None where the cell is typed."""
    if spot.metric == "P1" or spot.kind is Kind.COUNT:
        return None
    letter, block = LETTERS[spot.column], BLOCK[spot.metric]
    if spot.kind is Kind.RATE:
        return f"IFERROR({letter}{block.row(Kind.COUNT)}/{letter}{block.row(Kind.PATIENTS)}*1000,0)"
    source = block.patients_copied_from
    return None if source is None else f"{letter}{source}"


@cache
def submission_formulas() -> Mapping[str, str]:
    """Return the 577 formulas of `SubmissionTemplate` by cell."""
    cells = {spot.address: formula for spot in SPOTS if (formula := formula_of(spot))}
    return MappingProxyType({"B1": f"{INSTRUCTIONS}!{PLACE_CELL}", "B2": f"{INSTRUCTIONS}!{MONTH_CELL}", **cells})


INPUTS: Final = tuple(spot for spot in SPOTS if formula_of(spot) is None)


def serial(day: date) -> int:
    """Return a day as the serial number a workbook stores (1900 system)."""
    return (day - EPOCH).days


def day_of(number: float) -> date | None:
    """Return the day a serial number stands for; None where it is not a whole day of 1900-2100."""
    if number != int(number) or not 60 < number < 73_051:
        return None
    return EPOCH + timedelta(days=int(number))


def next_month(month: date) -> date:
    """Return the first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def months_from(first: date, count: int) -> tuple[date, ...]:
    """Return `count` first days of months, starting with `first`."""
    months = [first]
    while len(months) < count:
        months.append(next_month(months[-1]))
    return tuple(months)


LOOKUP_MONTHS: Final = months_from(date(2026, 1, 1), 27)
TIMETABLE_MONTHS: Final = LOOKUP_MONTHS[:15]


@dataclass(frozen=True)
class TimetableLine:
    """One month of `SubmissionTimetable`: seven dates, four of them formulas."""

    row: int
    month: date

    @property
    def dates(self) -> dict[str, date]:
        """The dates of columns A to G by the template's own rule.

        Eight weeks after the month's end, a Saturday or Sunday moved back to Friday; then a week, the same day, a week.
        """
        end = next_month(self.month) - timedelta(days=1)
        due = end + timedelta(weeks=8)
        due -= timedelta(days=max(0, due.weekday() - 4))
        report = due + timedelta(weeks=1)
        final = report + timedelta(weeks=1)
        return dict(zip("ABCDEFG", (self.month, self.month, end, due, report, report, final), strict=True))

    @property
    def formulas(self) -> dict[str, str]:
        """The formulas of columns D to G."""
        r, due = self.row, f"C{self.row}+(7*8)"
        return {
            "D": f"IF(WEEKDAY({due})=7,{due}-1,IF(WEEKDAY({due})=1,{due}-2,{due}))",
            "E": f"D{r}+7",
            "F": f"E{r}",
            "G": f"F{r}+7",
        }


TIMETABLE_LINES: Final = tuple(TimetableLine(row, month) for row, month in enumerate(TIMETABLE_MONTHS, start=2))
