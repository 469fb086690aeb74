"""Files that people take away: names that every machine takes, and cells that no spreadsheet runs."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django.http import HttpResponse

# A spreadsheet takes a cell that begins so for a formula; the full-width forms and what comes after blanks too.
_BEGINS_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"
Cell = str | int | float | Decimal | bool | date | None


def csv_answer(name: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> HttpResponse:
    """Answer with a CSV file (UTF-8, a comma between cells, CR LF after rows) that is called `name`."""
    made = io.StringIO()
    writer = csv.writer(made)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return attachment(name, made.getvalue().encode(), CSV)


def attachment(name: str, content: bytes, kind: str) -> HttpResponse:
    """Answer with a file that the browser saves and never shows. `name` is made safe; its ending is kept."""
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="{file_name(name)}"'
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def safe_cell(value: Cell) -> str:
    """Return a cell's text; one that a spreadsheet would run as a formula gets an apostrophe before it."""
    if value is None:
        return ""
    text = value.isoformat() if isinstance(value, date) else str(value)
    if text.lstrip(" \u00a0").startswith(_BEGINS_FORMULA) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text


def file_name(name: str) -> str:
    """Return a file name of letters, digits, dots, hyphens and underscores: at most 100, not beginning with a dot."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem, dot, ending = plain.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", ending):
        stem, dot, ending = plain, "", ""
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", stem).strip("-")[:90] or "file"
    return f"{safe}{dot}{ending}"
