"""What is printed: figures with some numbers hidden, line by line and cell by cell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from doorstep.returns.figures import COLUMNS, METRICS, Figures
from doorstep.returns.layout import SPOTS, SUPPRESSED, Kind, Spot

PATIENTS: Final = "patients"
CASELOAD: Final = "P1"
LINE_IDS: Final = (*METRICS, PATIENTS, CASELOAD)

Hidden = frozenset[tuple[str, int]]
Line = tuple[int | str, ...]


@dataclass(frozen=True)
class Suppressed:
    """Which numbers are hidden: pairs of a line id (a metric, `patients` or `P1`) and a position in COLUMNS."""

    hidden: Hidden = frozenset()
    method: str = "none"
    sentence: str = ""


NOTHING_HIDDEN: Final = Suppressed(sentence="nothing is suppressed: not for sending")


def lines_of(figures: Figures) -> dict[str, tuple[int, ...]]:
    """Return the figures by line id; P1 has one number where its breakdown is not known."""
    caseload = figures.caseload_line or (figures.caseload,)
    return {**{metric: figures.counts[metric] for metric in METRICS}, PATIENTS: figures.patients, CASELOAD: caseload}


def printed_lines(figures: Figures, suppressed: Suppressed) -> dict[str, Line]:
    """Return 23 numbers or `*` for each line id.

    Readers take an empty cell as suppressed, so a breakdown of P1 that is not known is printed as `*`.
    """
    printed: dict[str, Line] = {}
    for name, line in lines_of(figures).items():
        shown = [SUPPRESSED if (name, c) in suppressed.hidden else n for c, n in enumerate(line)]
        printed[name] = (*shown, *[SUPPRESSED] * (len(COLUMNS) - len(shown)))
    return printed


def rate(count: object, patients: object) -> float:
    """Return what the template's formula gives: per 1,000, and 0 where a number is hidden or there are no patients."""
    if isinstance(count, int | float) and isinstance(patients, int | float) and patients:
        return count / patients * 1000
    return 0


def value_of(spot: Spot, printed: dict[str, Line]) -> int | float | str:
    """Return the value of one cell, as the template's formulas give it."""
    if spot.kind is Kind.PATIENTS:
        return printed[PATIENTS][spot.column]
    count = printed[spot.metric][spot.column]
    return rate(count, printed[PATIENTS][spot.column]) if spot.kind is Kind.RATE else count


def cell_values(printed: dict[str, Line]) -> dict[str, int | float | str]:
    """Return the value of every number cell of `SubmissionTemplate`, typed or calculated."""
    return {spot.address: value_of(spot, printed) for spot in SPOTS}
