"""The numbers of one return: what planning hands over and the workbook carries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.errors import DataError

AGES = ("18-19", "20-29", "30-39", "40-49", "50-59", "60-69", "70-79", "80-89", "90+", "Not known")
ETHNIC_GROUPS = ("White", "Black", "Asian", "Mixed", "Other", "Not known")
QUINTILES = ("1", "2", "3", "4", "5", "Not Known")

# (breakdown, value) in the template's order, columns D to Z.
COLUMNS: tuple[tuple[str, str], ...] = (
    ("Total", "Total"),
    *(("Age Group", a) for a in AGES),
    *(("Ethnic Group", e) for e in ETHNIC_GROUPS),
    *(("Deprivation Quintile", q) for q in QUINTILES),
)

# The fourteen blocks in the template's order; ids with letters are ours (the sheet says only O1 ... O6).
METRICS: tuple[str, ...] = (
    "O1a", "O1b", "O1c", "O2a", "O2b", "O3", "O4.1", "O4.2", "O4.3", "O4.4", "O5a", "O5b", "O6a", "O6b",
)  # fmt: skip


@dataclass(frozen=True)
class Figures:
    """Counts of one Place and month, before any suppression.

    `counts[metric]` and `patients` hold 23 whole numbers in the order of `COLUMNS`; `caseload` is P1, and
    `caseload_line` the same broken down (23 numbers, the first equal to `caseload`), or empty where it is not known.
    Raises DataError where a metric is missing, a length is wrong or a count is negative.
    """

    place: str
    month: date
    counts: dict[str, tuple[int, ...]]
    patients: tuple[int, ...]
    caseload: int
    caseload_line: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        missing = [m for m in METRICS if m not in self.counts]
        if missing:
            raise DataError(f"no figures for {', '.join(missing)}", expected="all fourteen metrics")
        p1 = self.caseload_line or (self.caseload,) * len(COLUMNS)
        if p1[0] != self.caseload:
            raise DataError(f"P1 is {self.caseload} and the total of its breakdown {p1[0]}", expected="the same number")
        for name, line in (*self.counts.items(), ("patients", self.patients), ("P1", p1)):
            if len(line) != len(COLUMNS):
                raise DataError(f"{name} has {len(line)} numbers", expected=f"{len(COLUMNS)}, in the order of COLUMNS")
            if min(line) < 0:
                raise DataError(f"{name} has a negative count", expected="whole numbers from 0")
        if self.month.day != 1:
            raise DataError(f"the month is given as {self.month}", expected="the first day of the month")
