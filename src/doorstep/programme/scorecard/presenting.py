"""What a page needs of an exhibit: its tables cell by cell, the form that chooses another, and the ways on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from markupsafe import Markup

from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard import cells
from doorstep.programme.scorecard.asking import Address, word_of
from doorstep.programme.scorecard.csv_files import sheets, table_name
from doorstep.programme.scorecard.exhibits import Cell, Column, Exhibit, Kind, Sheet
from doorstep.programme.scorecard.holdings import CHOSEN, Holdings
from doorstep.programme.scorecard.telling import pictures

Links = Mapping[tuple[str, str], str]  # (name of the column, text of the cell) -> address
SHORT = len("October to December 2026")
_LABELS = {"place": "Place", "metric": "Metric", "month": "Month"}


@dataclass(frozen=True)
class ShownCell:
    """One cell of a page's table: `value` is what programs read of it."""

    text: str
    value: str
    is_number: bool
    is_head: bool
    href: str = ""

    @property
    def is_short(self) -> bool:
        """Whether it is better read on one line: a month, a day, a short name."""
        return len(self.text) <= SHORT


def table(sheet: Sheet, name: str, address: Address, query: str, links: Links) -> dict[str, Any]:
    """Return a table as its template takes it, with the addresses of its files; the first words head a row."""
    head = next((n for n, column in enumerate(sheet.columns) if column.kind not in cells.NUMERIC), -1)
    return {
        "name": name,
        "caption": sheet.caption,
        "columns": [{"title": c.title, "is_number": c.kind in cells.NUMERIC} for c in sheet.columns],
        "rows": [
            [
                _cell(cell, column, n == head, links)
                for n, (cell, column) in enumerate(zip(row, sheet.columns, strict=True))
            ]
            for row in sheet.rows
        ],
        "notes": sheet.notes,
        "csv": reverse("exhibit-csv", args=[address.kind.id, address.path, name]) + query,
        "metadata": reverse("exhibit-csv-metadata", args=[address.kind.id, address.path, name]) + query,
    }


def _cell(cell: Cell, column: Column, may_head: bool, links: Links) -> ShownCell:
    is_number = column.kind in cells.NUMERIC
    text = cells.shown(cell, column)
    is_head = may_head and bool(text)
    return ShownCell(text, cells.text(cell, column), is_number, is_head, links.get((column.name, text), ""))


def links_of(address: Address, held: Holdings, there: Collection[str], query: str) -> Links:
    """Return where the name of a metric or of a Place in a table leads: its series, and the Place's overview."""
    place = address.asked.place
    series = "spc" if place else "spc-national"
    found: dict[tuple[str, str], str] = {}
    if series in there:
        to = {line: reverse("exhibit", args=[series, f"{place}/{line}/" if place else f"{line}/"]) for line in CHOSEN}
        found |= {(name, line): href + query for line, href in to.items() for name in ("line", "metric")}
    if "overview-place" in there:
        found |= {
            ("place", name): reverse("exhibit", args=["overview-place", f"{slug}/"]) + query
            for slug, name in held.places.items()
        }
    return found


def page(exhibit: Exhibit, address: Address, query: str, links: Links) -> dict[str, Any]:
    """Return what the template of an exhibit takes."""
    return {
        "exhibit": exhibit,
        "pictures": [{"svg": Markup(p.svg), "title": p.title} for p in pictures(exhibit)],  # noqa: S704
        "tables": [
            table(sheet, table_name(n), address, query, links) | {"notes": notes}
            for n, (sheet, notes) in enumerate(zip(sheets(exhibit), _notes_once(sheets(exhibit)), strict=True))
        ],
        "json": reverse("api-exhibit", args=[address.kind.id, address.path]) + query,
    }


def _notes_once(tables: Sequence[Sheet]) -> list[tuple[str, ...]]:
    """Return the notes below each table: what two tables share stands below the last of them."""
    return [
        tuple(note for note in sheet.notes if not any(note in later.notes for later in tables[n + 1 :]))
        for n, sheet in enumerate(tables)
    ]


def query_of(edition: Edition, newest: Edition) -> str:
    """Return the end of an address that keeps an older edition; nothing for the newest."""
    return "" if edition.number == newest.number else "?" + urlencode({"edition": edition.number})


def fields(address: Address, held: Holdings, titles: dict[str, str]) -> list[dict[str, Any]]:
    """Return a list to choose from for each need of a kind."""
    return [
        {"name": need, "label": _LABELS[need], "value": word_of(address.asked, need), "items": items}
        for need in address.kind.needs
        for items in [_items(need, held, titles)]
    ]


def _items(need: str, held: Holdings, titles: dict[str, str]) -> list[dict[str, str]]:
    if need == "place":
        return [{"value": slug, "text": name} for slug, name in held.places.items()]
    if need == "metric":
        return [{"value": line, "text": f"{line} {titles.get(line, '')}".strip()} for line in CHOSEN]
    return [{"value": f"{month:%Y-%m}", "text": f"{month:%B %Y}"} for month in reversed(held.months)]


def ways_on(address: Address, others: tuple[Kind, ...], query: str) -> list[dict[str, str]]:
    """Return links to the other exhibits about the same thing, each with as much of what was asked as it needs."""
    found = []
    for kind in others:
        other = Address(kind, address.asked)
        if kind.id != address.kind.id and (other.words or not address.words):
            found.append({"text": kind.title, "href": reverse("exhibit", args=[kind.id, leading(other)]) + query})
    return found


def leading(address: Address) -> str:
    """Return the words of an address up to the first need that is not known."""
    words = []
    for need in address.kind.needs:
        word = word_of(address.asked, need)
        if not word:
            break
        words.append(f"{word}/")
    return "".join(words)
