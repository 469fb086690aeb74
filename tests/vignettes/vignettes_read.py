"""The vignettes as data: a person's rows as the lake has them, and what every definition should say of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from doorstep.records.contracts import ARRIVAL, TABLES

PEOPLE = Path(__file__).parent / "people"
SECTIONS = ("person", "on", "off", "values", "deficits", "sums", "words", "activity", "yes", "no", "segments")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_TERM = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)(?: (?P<what>.+))?")


@dataclass(frozen=True)
class Vignette:
    """One made-up person: story, rows by lake table, and what is expected, section by section.

    `terms` has the words beside each code, which the lake does not hold.
    """

    id: str
    title: str
    story: str
    status: str
    reviewed_by: str
    as_at: date
    practices: tuple[str, ...]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    terms: Mapping[str, str]
    expected: Mapping[str, Mapping[str, Any]]
    drawn: Mapping[str, str] = field(default_factory=dict)

    def section(self, name: str) -> Mapping[str, Any]:
        """Return one section of what is expected; empty where the file has none."""
        return self.expected.get(name, {})

    def total(self, section: str, name: str) -> Decimal | None:
        """Return the sum written out under a name; None where nothing is written."""
        written = self.section(section).get(name)
        return None if written is None else sum((number for number, _ in parts(written)), Decimal(0))


@cache
def vignettes() -> tuple[Vignette, ...]:
    """Return every vignette, by the name of its file."""
    return tuple(_read(path) for path in sorted(PEOPLE.glob("*.toml")))


def parts(written: str) -> Iterator[tuple[Decimal, str]]:
    """Yield the numbers of a sum written out, each with the words behind it: `1.4 S72 + 3.2 W19`."""
    for term in written.split(" + "):
        found = _TERM.fullmatch(term.replace(":", " ", 1) if re.match(r"\d+:", term) else term)
        if found is None:
            raise ValueError(f"{term!r} does not begin with a number")
        yield Decimal(found["number"]), (found["what"] or "").strip()


def days(written: str) -> set[str] | None:
    """Return the days that a sum names one by one (`1 on 2026-05-18`); None where it names none, or some only."""
    said = [re.match(r"on (\S{10})", what) for _, what in parts(written)]
    return {found[1] for found in said if found} if all(said) else None


def _read(path: Path) -> Vignette:
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    if data["id"] != path.stem or set(data["expected"]) - set(SECTIONS):
        raise ValueError(f"{path.name}: id {data['id']}, sections {', '.join(data['expected'])}")
    drawn = data.pop("rows")
    tables = {name: list(_table(text)) for name, text in drawn.items()}
    terms = {row["code"]: row["term"] for row in tables.get("coded", []) if row["code"]}
    rows = {
        name: [_typed(name, row, data["id"], n) for n, row in enumerate(cells, start=1)]
        for name, cells in tables.items()
    }
    return Vignette(
        **{**data, "practices": tuple(data["practices"]), "story": " ".join(data["story"].split())},
        rows=rows, terms=terms, drawn=drawn,
    )  # fmt: skip


def _table(text: str) -> Iterator[dict[str, str]]:
    header, *lines = [[c.strip() for c in line.strip().strip("|").split("|")] for line in text.strip().splitlines()]
    yield from (dict(zip(header, line, strict=True)) for line in lines)


def _typed(table: str, cells: Mapping[str, str], person: str, number: int) -> dict[str, Any]:
    kinds = {c.name: c.type for c in (*TABLES[table].columns, *ARRIVAL)}
    arrived = {"file_id": "f" * 16, "row_no": number, "received_on": date(2026, 1, 1), "is_deleted": False}
    return {**arrived, "person_id": person} | {n: _value(kinds[n], cell) for n, cell in cells.items() if n != "term"}


def _value(kind: str, cell: str) -> Any:
    if kind == "VARCHAR[]":
        return cell.split()
    if not cell:
        return None
    if kind == "DATE":
        return date.fromisoformat(cell)
    return float(cell) if kind == "DOUBLE" else cell
