"""A table as CSV, and what a reader must know of it beside the file.

The CSV has one header row of column names and the cells, and nothing else, so that any program reads it. The edition,
the day, the notes and what each column is stand in a second file, `….csv-metadata.json`, in the form of the W3C's
Metadata Vocabulary for Tabular Data (2015); the answer's Link header names it, and the file's name has the edition.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from doorstep.programme.scorecard import cells
from doorstep.programme.scorecard.asking import Address
from doorstep.programme.scorecard.exhibits import Column, Exhibit, Sheet
from doorstep.web.downloads import safe_cell

_TYPES = {"count": "integer", "number": "number", "rate": "number", "percent": "number", "month": "gYearMonth"}


def sheets(exhibit: Exhibit) -> tuple[Sheet, ...]:
    """Return the tables of an exhibit, the first of them beside the chart."""
    return (exhibit.sheet, *exhibit.more_sheets)


def table_name(position: int) -> str:
    """Return what a table is called in addresses: `table-1` is the first."""
    return f"table-{position + 1}"


def file_name(address: Address, table: str) -> str:
    """Return a name that says what the file holds: kind, what was asked, edition, table."""
    return "_".join((address.kind.id, *address.words, f"edition-{address.asked.edition.number}", table)) + ".csv"


def written(sheet: Sheet) -> str:
    """Return a table as CSV (RFC 4180, UTF-8)."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([column.name for column in sheet.columns])
    writer.writerows([safe_cell(told) for told in map(cells.text, row, sheet.columns)] for row in sheet.rows)
    return out.getvalue()


def metadata(exhibit: Exhibit, sheet: Sheet, address: Address, name: str) -> dict[str, Any]:
    """Return what stands beside the CSV: title, edition, notes, sources, and each column's name, title and type."""
    edition = exhibit.about[0].edition if exhibit.about else address.asked.edition
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en-GB"}],
        "url": name,
        "dc:title": sheet.caption,
        "dc:description": [*exhibit.sentences, *sheet.notes],
        "dc:issued": edition.made_on.isoformat(),
        "dc:source": [f"{about.definition}: {about.source}" for about in exhibit.about],
        "doorstep:edition": edition.number,
        "doorstep:through": f"{edition.through:%Y-%m}",
        "doorstep:rules": edition.rules,
        "null": "",
        "tableSchema": {"columns": [_described(column) for column in sheet.columns]},
    }


def _described(column: Column) -> dict[str, Any]:
    # A hidden number is a text such as `*` in a column of numbers: the type says what the others are.
    is_text = column.kind in ("text", "state")
    told = {"text": "string", "state": "string", "day": "date"}.get(column.kind) or _TYPES[column.kind]
    extra = {} if is_text else {"dc:description": f"{told}, or a text where the number is hidden"}
    return {"name": column.name, "titles": column.title, "datatype": "string", **extra}
