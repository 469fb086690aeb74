"""Read a submitted workbook: values, formulas and the values formulas carry, without calculating anything."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from lxml import etree
from openpyxl.formula.tokenizer import TokenizerError
from openpyxl.formula.translate import Translator, TranslatorError

from doorstep.returns import layout
from doorstep.returns.figures import COLUMNS
from doorstep.returns.layout import SUPPRESSED, Kind, Spot
from doorstep.returns.package import main, open_package, parse, refuse, sheet_parts
from doorstep.returns.printed import CASELOAD, LINE_IDS, PATIENTS, Line

MAX_CELLS: Final = 200_000
MAX_FORMULA: Final = 8_192
SHARED_STRINGS: Final = "xl/sharedStrings.xml"

# Markers the Centre's reader takes as suppressed; only the first is the guide's.
MARKERS: Final = (SUPPRESSED, "", "<5", "-", "<6", "null")

_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(frozen=True)
class Cell:
    """One cell: its value (of a formula, the value it carries), its formula without `=`, and whether it is an error."""

    value: str | int | float | bool | None = None
    formula: str | None = None
    is_error: bool = False

    @property
    def is_empty(self) -> bool:
        """True where a reader sees nothing."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())

    @property
    def number(self) -> int | float | None:
        """The value where it is a number, else None."""
        return self.value if isinstance(self.value, int | float) and not isinstance(self.value, bool) else None

    @property
    def count(self) -> int | None:
        """The value where it is a whole number from 0, else None."""
        number = self.number
        return number if isinstance(number, int) and number >= 0 else None

    @property
    def is_suppressed(self) -> bool:
        """True where the Centre's reader takes the cell as suppressed."""
        return self.is_empty or (isinstance(self.value, str) and self.value.strip() in MARKERS)


EMPTY: Final = Cell()
Sheet = dict[str, Cell]


@dataclass(frozen=True)
class SubmittedReturn:
    """A workbook as received. `parts` are the names inside its zip; `sheets` its cells by sheet and address."""

    path: Path
    sha256: str
    parts: tuple[str, ...]
    content_types: str
    sheets: dict[str, Sheet] = field(repr=False)

    def cell(self, sheet: str, address: str) -> Cell:
        """Return a cell; one that is not there is empty."""
        return self.sheets.get(sheet, {}).get(address, EMPTY)

    def at(self, spot: Spot) -> Cell:
        """Return the cell of `SubmissionTemplate` that holds a number of the return."""
        return self.cell(layout.SUBMISSION, spot.address)

    @property
    def place(self) -> str | None:
        """The Place's name as it stands; None where there is none."""
        value = self.cell(layout.INSTRUCTIONS, layout.PLACE_CELL).value
        return value if isinstance(value, str) and value.strip() else None

    @property
    def month(self) -> date | None:
        """The month's first day; None where the cell holds no date serial."""
        number = self.cell(layout.INSTRUCTIONS, layout.MONTH_CELL).number
        return None if number is None else layout.day_of(number)

    @cached_property
    def lines(self) -> dict[str, Line]:
        """The printed lines by line id: whole numbers, and `*` for every cell that holds none."""
        return {name: tuple(self._shown(_spot(name, c)) for c in range(len(COLUMNS))) for name in LINE_IDS}

    def _shown(self, spot: Spot) -> int | str:
        count = self.at(spot).count
        return SUPPRESSED if count is None else count


def _spot(line: str, column: int) -> Spot:
    if line == PATIENTS:
        return Spot(layout.BLOCKS[0].metric, Kind.PATIENTS, column)
    return Spot(CASELOAD if line == CASELOAD else line, Kind.COUNT, column)


def read(path: Path) -> SubmittedReturn:
    """Read a workbook.

    Raises NotWhatItClaimsError where the file is no workbook, is damaged, or is larger than a return can be.
    """
    members = open_package(path)
    strings = _shared_strings(path, members)
    sheets = {title: _sheet(path, part, members[part], strings) for title, part in sheet_parts(path, members).items()}
    return SubmittedReturn(
        path,
        hashlib.sha256(path.read_bytes()).hexdigest(),
        tuple(members),
        members.get("[Content_Types].xml", b"").decode("utf-8", "replace"),
        sheets,
    )


def _shared_strings(path: Path, members: dict[str, bytes]) -> list[str]:
    if SHARED_STRINGS not in members:
        return []
    root = parse(path, SHARED_STRINGS, members[SHARED_STRINGS])
    return [_text(item) for item in root.iterfind(main("si"))]


def _text(item: etree._Element) -> str:
    """Join the runs of a text; readings (phonetic runs) are left out."""
    runs = [item.findtext(main("t")) or ""]
    runs += [run.findtext(main("t")) or "" for run in item.iterfind(main("r"))]
    return "".join(runs)


def _sheet(path: Path, part: str, content: bytes, strings: list[str]) -> Sheet:
    cells: Sheet = {}
    masters: dict[str, tuple[str, str]] = {}
    for address, element in _elements(path, parse(path, part, content)):
        if len(cells) >= MAX_CELLS:
            raise refuse(path, f"{part} has more than {MAX_CELLS:,} cells")
        if address in cells:  # programs differ in which of the two they show
            raise refuse(path, f"{part} holds the cell {address} twice")
        value, is_error = _value(element, strings)
        formula = _formula(address, element.find(main("f")), masters)
        if value is not None or formula is not None:
            cells[address] = Cell(value, formula, is_error)
    return cells


def _elements(path: Path, root: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Give each cell with its address; writers may leave addresses out, then cells follow one another."""
    row_number = 0
    for row in root.iterfind(f"{main('sheetData')}/{main('row')}"):
        row_number = _whole(row.get("r")) or row_number + 1
        column = 0
        for element in row.iterfind(main("c")):
            match = _ADDRESS.fullmatch(element.get("r") or f"{_letters(column + 1)}{row_number}")
            if match is None:
                raise refuse(path, f"a cell has the address {element.get('r')!r}")
            column = _column(match[1])
            yield match[0], element


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    text = ""
    while column:
        column, rest = divmod(column - 1, 26)
        text = chr(65 + rest) + text
    return text


def _value(element: etree._Element, strings: list[str]) -> tuple[str | int | float | bool | None, bool]:
    """Return a cell's value and whether it is an error."""
    kind, text = element.get("t", "n"), element.findtext(main("v"))
    if kind == "inlineStr":
        inline = element.find(main("is"))
        return (None if inline is None else _text(inline)), False
    if text is None or (text == "" and kind != "str"):
        return None, False
    if kind == "s":
        index = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else len(strings)
        return (strings[index] if index < len(strings) else None), False
    if kind == "b":
        return text.strip() == "1", False
    return (text, kind == "e") if kind in ("str", "e", "d") else (_number(text), False)


def _number(text: str) -> int | float | str:
    """Return a number, whole where it is whole; text that is no finite number stays text."""
    try:
        number = float(text)
    except ValueError:
        return text
    if not math.isfinite(number):
        return text
    return int(number) if number.is_integer() and abs(number) < 1e15 else number


def _formula(address: str, element: etree._Element | None, masters: dict[str, tuple[str, str]]) -> str | None:
    """Return a cell's formula; one shared with an earlier cell is moved to this cell."""
    if element is None:
        return None
    text, shared = element.text or "", element.get("si")
    if element.get("t") != "shared" or shared is None:
        return text
    if text:
        masters[shared] = (address, text)
        return text
    if shared not in masters:
        return ""
    return _moved(address, *masters[shared])


def _moved(address: str, origin: str, formula: str) -> str:
    """Return a formula as it stands in another cell; what is no formula, or too long to be one, comes back empty."""
    if len(formula) > MAX_FORMULA:
        return ""
    try:
        moved: str = Translator(f"={formula}", origin=origin).translate_formula(address)
    except (TokenizerError, TranslatorError, ValueError, IndexError):
        return ""
    return moved[1:]
