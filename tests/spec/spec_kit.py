"""Sections of the specification: lake rows as small tables, definitions as TOML, the values expected of every engine.

A section is data, so that it runs on every engine and prints as a page of the manual.
"""

from __future__ import annotations

import ast
import operator
import textwrap
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any, cast

from doorstep.planning.definitions import FOLDERS, Definition, PlaceScore, Shelf, build
from doorstep.planning.engine.columns import history_columns, person_columns
from doorstep.planning.engine.needs import lists_of
from doorstep.records.contracts import ARRIVAL, TABLES

AS_AT = date(2026, 9, 30)
HERE, ELSEWHERE = "HERE", "ELSEWHERE"  # a practice of the Place, and another
AREAS = {"E01006512": 1, "E01006513": 10}  # where a table has homes: two LSOAs with their deciles

# What a definition must say of itself, and a reader of the specification need not see.
HEAD = {
    "version": 1,
    "title": "Title",
    "purpose": "Specification",
    "owner": "Doorstep",
    "source": "Made up",
    "status": "verified",
    "review_by": date(2030, 1, 1),
}
EVERYBODY = {"source": "gp", "birth_on": date(1950, 6, 1), "birth_precision": "day", "sex": "2", "practice": HERE}

Row = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One thing that the specification says, with the rows and the definitions that show it.

    `tables` are lake tables; `gives` the columns expected of the person table, `history` those of the history (a person
    who should have no row is not in it). `lists` are code lists as `system name = codes`; a list that is not there
    holds one code, its own name.
    """

    title: str
    tables: Mapping[str, str]
    definitions: str
    gives: str = ""
    history: str = ""
    says: str = ""
    lists: str = ""
    as_at: date = AS_AT
    place_score: PlaceScore | None = None
    refused: str = ""

    @property
    def shelf(self) -> Shelf:
        """The definitions, built."""
        return shelf_of(self.definitions)

    @property
    def rows(self) -> dict[str, list[Row]]:
        """The lake tables as rows with every column; everybody in any row is registered with the Place."""
        found = {name: read_table(text, lake_types(name)) for name, text in self.tables.items()}
        if "person" not in found:
            ids = dict.fromkeys(row["person_id"] for rows in found.values() for row in rows) or ("somebody",)
            found["person"] = [{"person_id": i} for i in ids]
        found["person"] = [{**EVERYBODY, "record_id": row["person_id"], **row} for row in found["person"]]
        return {name: [complete(name, row, n) for n, row in enumerate(rows, 1)] for name, rows in found.items()}

    @property
    def codes(self) -> list[Row]:
        """The code lists as rows (list_id, code, system)."""
        return list(code_rows(self.shelf, self.lists))

    @property
    def expected(self) -> list[Row]:
        """The rows expected of the person table."""
        return read_table(self.gives, {**person_columns(self.shelf), "person_id": "VARCHAR"}) if self.gives else []

    @property
    def expected_history(self) -> list[Row]:
        """The rows expected of the history."""
        return read_table(self.history, history_columns(self.shelf)) if self.history else []


@dataclass(frozen=True)
class Chapter:
    """One page of the specification."""

    name: str
    title: str
    says: str
    sections: tuple[Section, ...] = field(default=())


def shelf_of(text: str) -> Shelf:
    """Build a shelf of definitions written as TOML, by the field of the shelf that holds them."""
    kinds = {place: cls for cls, place in FOLDERS.values()}
    found: dict[str, list[Definition]] = {}
    for place, tables in tomllib.loads(textwrap.dedent(text)).items():
        found[place] = [build(kinds[place], HEAD | table, f"{place} {table.get('id')}") for table in tables]
    return Shelf(**cast(dict[str, Any], {place: tuple(made) for place, made in found.items()}))


def code_rows(shelf: Shelf, lists: str = "") -> Iterator[Row]:
    """Yield code lists: those written out, and for each other list that a definition names one code, its name."""
    written = set()
    for line in filter(None, map(str.strip, lists.splitlines())):
        head, codes = line.split("=")
        system, name = head.split()
        written.add(name)
        yield from ({"list_id": name, "code": code, "system": system} for code in codes.split())
    for name in dict.fromkeys(x for d in shelf.all for x in lists_of(d)):
        if name not in written:
            yield from ({"list_id": name, "code": name, "system": system} for system in ("snomedct", "dmd", "icd10"))


def lake_types(table: str) -> dict[str, str]:
    """Return the columns of a lake table with their types."""
    return {c.name: c.type for c in (*TABLES[table].columns, *ARRIVAL)}


def complete(table: str, row: Row, number: int) -> Row:
    """Return a row with every column of its table: those of arrival count up, the others are null."""
    arrival = {"file_id": "f" * 16, "row_no": number, "received_on": date(2026, 1, 1), "is_deleted": False}
    return {**dict.fromkeys(lake_types(table)), **arrival, **row}


def read_table(text: str, types: Mapping[str, str]) -> list[Row]:
    """Read a small table drawn with bars; a blank cell is null. KeyError where there is no such column."""
    lines = [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines() if set(line) - set("-+ ")]
    header, *rows = lines
    return [{name: _value(cell, types[name]) for name, cell in zip(header, row, strict=True)} for row in rows]


def _value(cell: str, type_: str) -> Any:
    if cell == "":
        return None
    if type_.endswith("[]"):
        items = [item.strip() for item in cell.strip("[]").split(",") if item.strip()]
        return [None if item == "null" else _value(item, type_[:-2]) for item in items]
    return _READERS[type_](cell)


def _number(cell: str) -> Fraction:
    """Work out a sum such as `1.1 + 2.0` or `3 / 36`, exactly."""
    return _worked_out(ast.parse(cell, mode="eval").body, cell)


_SIGNS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _worked_out(node: ast.expr, text: str) -> Fraction:
    match node:
        case ast.BinOp(left, op, right):
            return _SIGNS[type(op)](_worked_out(left, text), _worked_out(right, text))
        case ast.UnaryOp(ast.USub(), operand):
            return -_worked_out(operand, text)
        case ast.Constant(int() | float()):
            return Fraction(text[node.col_offset : node.end_col_offset])
    raise ValueError(f"{text} is not a sum")


_READERS: dict[str, Callable[[str], Any]] = {
    "VARCHAR": str,
    "BOOLEAN": {"true": True, "false": False}.__getitem__,
    "DATE": date.fromisoformat,
    "DOUBLE": lambda cell: float(_number(cell)),
    "INTEGER": lambda cell: int(_number(cell)),
    "BIGINT": lambda cell: int(_number(cell)),
}
