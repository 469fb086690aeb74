"""Tables of a load as the templates take them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from doorstep.planning.reading_out.sheets import HIDDEN

Table = Mapping[str, Any]

# What the tables of a lake are called among people.
_CALLED = {
    "spell": "Inpatient spells",
    "outpatient": "Outpatient appointments",
    "emergency": "A&E attendances",
    "community": "Community contacts",
    "appointment": "GP appointments",
}


def sheet(one: Table) -> dict[str, Any]:
    """Return a table with each cell as people read it: `text`, and whether it is a number or the row's head."""
    return {
        "name": one["name"],
        "title": one["title"],
        "columns": [
            {"title": title, "is_number": _is_number(one["rows"], n)} for n, title in enumerate(one["columns"])
        ],
        "rows": [
            [_cell(_called(title, cell), n) for n, (title, cell) in enumerate(zip(one["columns"], row, strict=True))]
            for row in one["rows"]
        ],
    }


def _called(column: str, cell: Any) -> Any:
    """Return a cell in people's words, where it names a table of the lake or its columns."""
    if column == "Table":
        return _CALLED.get(cell, cell)
    if column == "Filled in":  # `main_specialty 98%, lsoa21 100%`: a line may end after a comma only
        return ", ".join(cell.replace("lsoa21", "LSOA").replace("_", " ").replace(" ", "\u00a0").split(",\u00a0"))
    return cell


def _cell(cell: Any, position: int) -> dict[str, Any]:
    is_number = isinstance(cell, int | float) or cell == HIDDEN
    text = "" if cell is None else f"{cell:,}" if isinstance(cell, int | float) else str(cell)
    return {"text": text, "is_number": is_number, "is_head": position == 0}


def _is_number(rows: Sequence[Sequence[Any]], position: int) -> bool:
    return any(isinstance(row[position], int | float) or row[position] == HIDDEN for row in rows)


def months_in(sheets: Sequence[Table]) -> list[str]:
    """Return the months that the tables have rows of, newest first."""
    found = {row[0] for one in sheets if one["columns"][0] == "Month" for row in one["rows"]}
    return sorted(found, reverse=True)


def month_words(month: str) -> str:
    """Return a month such as `2026-09` as people read it."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def for_month(one: Table, month: str) -> dict[str, Any]:
    """Return a table's rows of one month, without the column that names it."""
    rows = [row[1:] for row in one["rows"] if row[0] == month]
    return {**one, "columns": one["columns"][1:], "rows": rows}
