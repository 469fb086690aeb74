"""What a reading is made of: tables of numbers that may be shown, the words they need, a chart of the same numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

HIDDEN = "*"

Cell = int | float | str | None


@dataclass(frozen=True)
class Sheet:
    """One table as it may be shown: `*` is hidden, None is no number (a share of something hidden).

    `chart` is a Vega-Lite specification over rows of this table.
    """

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    chart: Mapping[str, Any] | None = None

    def records(self) -> Iterator[dict[str, Cell]]:
        """Yield the rows as records, for charts and JSON."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows)


@dataclass(frozen=True)
class Reading:
    """What one run reads out: its tables, and what a reader must know of them."""

    name: str
    title: str
    sheets: tuple[Sheet, ...]
    notes: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the reading as plain values."""
        tables = {s.name: {"title": s.title, "rows": list(s.records())} for s in self.sheets}
        return {"reading": self.name, "title": self.title, "tables": tables, "notes": list(self.notes)}


def share(part: Cell, whole: Cell) -> float | None:
    """Return a percentage to one decimal, from the shown numbers only: None where either is hidden or nought divides.

    A share of the true numbers would give back a hidden one.
    """
    if not isinstance(part, int) or not isinstance(whole, int) or not whole:
        return None
    return round(100 * part / whole, 1)
