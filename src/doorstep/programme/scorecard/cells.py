"""One cell, two ways: the value that programs read, and the text that people read. Page, CSV and JSON all ask here."""

from __future__ import annotations

from datetime import date

from doorstep.programme.scorecard.exhibits import Cell, Column, Sheet

NUMERIC = ("count", "number", "rate", "percent")
Plain = str | int | float | bool | None


def plain(cell: Cell, column: Column) -> Plain:
    """Return a cell as JSON has it: dates as 2026-07-01, months as 2026-07, all else as it is."""
    if isinstance(cell, date):
        return f"{cell:%Y-%m}" if column.kind == "month" else cell.isoformat()
    return cell


def text(cell: Cell, column: Column) -> str:
    """Return a cell as CSV has it: numbers in full, true and false, nothing for None."""
    value = plain(cell, column)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def shown(cell: Cell, column: Column) -> str:
    """Return a cell as a page has it: thousands with commas, decimals as the column says, months and days in words."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, date):
        return f"{cell:%B %Y}" if column.kind == "month" else f"{cell.day} {cell:%B %Y}"
    if isinstance(cell, str):
        return cell
    return _number(cell, column)


def _number(value: int | float, column: Column) -> str:
    if isinstance(value, int) and column.kind in ("count", "number", "text", "state"):
        told = f"{value:,}"
    else:
        told = f"{value:,.{column.decimals}f}"
    return f"{told}%" if column.kind == "percent" else told


def records(sheet: Sheet) -> list[dict[str, Plain]]:
    """Return a table's rows as JSON has them: one object a row, by the columns' names."""
    names = [column.name for column in sheet.columns]
    return [dict(zip(names, map(plain, row, sheet.columns), strict=True)) for row in sheet.rows]
