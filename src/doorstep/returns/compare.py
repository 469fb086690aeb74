"""What changed between two versions of a month's return, cell by cell."""

from __future__ import annotations

from dataclasses import dataclass

from doorstep.errors import DataError
from doorstep.returns.figures import COLUMNS
from doorstep.returns.layout import SPOTS, SUBMISSION, SUPPRESSED, Kind, Spot, formula_of
from doorstep.returns.printed import PATIENTS
from doorstep.returns.reading import Cell, SubmittedReturn

Value = int | float | str | bool | None


@dataclass(frozen=True)
class Change:
    """One cell that differs. `metric` is a line id (`patients` for the denominator), `column` a position in COLUMNS."""

    sheet: str
    cell: str
    metric: str
    kind: str
    column: int
    old: Value
    new: Value

    @property
    def difference(self) -> int | float | None:
        """New less old, where both are numbers."""
        if isinstance(self.old, int | float) and isinstance(self.new, int | float):
            return self.new - self.old
        return None

    @property
    def column_words(self) -> str:
        """The column's name, such as `Age Group 40-49`."""
        breakdown, value = COLUMNS[self.column]
        return value if breakdown == value else f"{breakdown} {value}"


def cell_changes(old: SubmittedReturn, new: SubmittedReturn) -> list[Change]:
    """Return every number cell that differs, in the order of the sheet: counts, patients and rates.

    Raises DataError where the two are not of one Place and month.
    """
    if (old.place, old.month) != (new.place, new.month):
        raise DataError(
            f"{new.path.name} is for {new.place}, {new.month}; {old.path.name} is for {old.place}, {old.month}",
            expected="two versions of one Place's month",
        )
    pairs = ((spot, _shown(old.at(spot)), _shown(new.at(spot))) for spot in SPOTS)
    return [_change(spot, before, after) for spot, before, after in pairs if before != after]


def typed_only(changes: list[Change]) -> list[Change]:
    """Return the changes of numbers that are typed, with the denominator once: all others follow from these."""
    first = Spot("O1a", Kind.PATIENTS, 0).address[1:]
    typed = {spot.address for spot in SPOTS if formula_of(spot) is None}
    return [c for c in changes if c.cell in typed and (c.metric != PATIENTS or c.cell[1:] == first)]


def _shown(cell: Cell) -> Value:
    """Return what a reader takes from a cell: every mark of suppression is the same."""
    return SUPPRESSED if cell.is_suppressed else cell.value


def _change(spot: Spot, old: Value, new: Value) -> Change:
    metric = PATIENTS if spot.kind is Kind.PATIENTS else spot.metric
    return Change(SUBMISSION, spot.address, metric, str(spot.kind), spot.column, old, new)
