"""Tables as a page of paper takes them: fewer columns, intervals in one, the newest months of a long series."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.programme.scorecard import cells
from doorstep.programme.scorecard.exhibits import Cell, Column, Sheet

# Columns of which paper has no room, by name; the site and its files have them all.
LEFT_OUT = frozenset(
    {
        *("patient_months", "rule", "n_months", "status", "n_places", "n_awaited", "n_corrected"),
        *("mean", "lower_limit", "upper_limit", "working_days", "version", "received_on", "places"),
        *("rate_before", "lower_before", "upper_before", "basis"),
    }
)
NEWEST = 13  # months of a series: a year and the same month of the year before


@dataclass(frozen=True)
class Head:
    """A column's title, whether its cells are numbers, and whether they are months or days: short, kept on one line."""

    title: str
    is_number: bool
    is_short: bool


@dataclass(frozen=True)
class Printed:
    """A table as text. `left_out` says in words what the site has besides; empty where nothing was left out."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: str


def printed(sheet: Sheet) -> Printed:
    """Return a table with its intervals in one column and what paper has no room for left out."""
    kept = [at for at, column in enumerate(sheet.columns) if column.name not in LEFT_OUT]
    uppers = {at + 1 for at in kept if _is_lower(sheet.columns[at])}
    kept = [at for at in kept if at not in uppers]
    rows = _newest(sheet)
    n_left = len(sheet.rows) - len(rows)
    return Printed(
        sheet.caption,
        tuple(_head(sheet.columns[at]) for at in kept),
        tuple(tuple(_text(sheet, row, at) for at in kept) for row in rows),
        f"The newest {NEWEST} months; the site has those before them ({n_left} rows) too." if n_left else "",
    )


def _newest(sheet: Sheet) -> list[tuple[Cell, ...]]:
    """Return the rows of the newest months where the first column has months, else all."""
    if sheet.columns[0].kind != "month":
        return list(sheet.rows)
    kept = sorted({row[0] for row in sheet.rows if isinstance(row[0], date)})[-NEWEST:]
    return [row for row in sheet.rows if row[0] in kept]


def _is_lower(column: Column) -> bool:
    return column.title.endswith("95% interval from")


def _head(column: Column) -> Head:
    title = "95% interval" if _is_lower(column) else column.title
    return Head(title, column.kind in cells.NUMERIC, column.kind in ("month", "day"))


def _text(sheet: Sheet, row: tuple[Cell, ...], at: int) -> str:
    column = sheet.columns[at]
    if not _is_lower(column):
        return cells.shown(row[at], column)
    low, high = (cells.shown(row[k], column).rstrip("%") for k in (at, at + 1))
    return f"{low} to {high}" if low and high else f"from {low}" if low else ""
