"""A file somebody sent, read and checked by itself: no database here, so that many can be read in other processes."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from doorstep.errors import NotWhatItClaimsError
from doorstep.reference import places
from doorstep.returns import Fault, SubmittedReturn, read
from doorstep.returns.checking import check_one
from doorstep.returns.faults import NOT_A_WORKBOOK
from doorstep.returns.layout import SUBMISSION

MAX_BYTES: Final = 5_000_000  # a filled template has some 60,000
# Larger than any count of a Place in a month, and what the database's whole numbers hold.
LARGEST: Final = 10_000_000
# What stops a file at the door: nothing that can run is kept, and a name can't be corrected in the same bytes.
_STOPS: Final = ("file-type", "macros", "active-content", "formula-injection")
# A form so broken that no number can be told by its place.
_BROKEN: Final = ("missing-sheet", "missing-column", "missing-metric", "record-count")

Lines = dict[str, list[int | str]]


@dataclass(frozen=True)
class Parsed:
    """What a file says. `refused` says why nothing of it is kept (empty: it can be filed) and `code` in one word.

    `place` is a slug, empty where none of the 43 is named; `lines` is None where the form is too broken for numbers.
    """

    file_name: str
    sha256: str
    n_bytes: int
    code: str = ""
    refused: str = ""
    place: str = ""
    month: date | None = None
    lines: Lines | None = None
    faults: tuple[Fault, ...] = ()


def clean_name(name: str) -> str:
    """Return a sent file's name without folders or control characters, its ending kept, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(c for c in last if c.isprintable()).strip().lstrip(".") or "unnamed"
    stem, dot, ending = plain.rpartition(".")
    return f"{stem[: 199 - len(ending)]}{dot}{ending}" if dot and len(ending) < 20 else plain[:200]


def parse(file_name: str, content: bytes) -> Parsed:
    """Read and check one file; never raises for what it holds."""
    name, sha256 = clean_name(file_name), hashlib.sha256(content).hexdigest()
    if len(content) > MAX_BYTES:
        words = f"The file has {len(content):,} bytes; a return has at most {MAX_BYTES:,}."
        return Parsed(name, sha256, len(content), "too-large", words)
    if not content:
        return Parsed(name, sha256, 0, "empty", "The file is empty.")
    with tempfile.TemporaryDirectory(prefix="doorstep") as folder:
        path = Path(folder) / "return.xlsx"
        path.write_bytes(content)
        return _read(path, Parsed(name, sha256, len(content)))


def parse_file(path: Path) -> tuple[bytes, Parsed]:
    """Read and check one file; of one larger than a return can be only so much that its size is known."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    return content, parse(path.name, content)


def read_again(file_name: str, content: bytes) -> SubmittedReturn:
    """Read the workbook of a file that was kept, for a comparison."""
    with tempfile.TemporaryDirectory(prefix="doorstep") as folder:
        path = Path(folder) / "return.xlsx"
        path.write_bytes(content)
        return read(path)


def _read(path: Path, bare: Parsed) -> Parsed:
    try:
        found = read(path)
    except NotWhatItClaimsError as error:
        words = f"{error.seen[:1].upper()}{error.seen[1:]}."
        return _with(bare, code=NOT_A_WORKBOOK, refused=words)
    faults = (*_name_faults(bare.file_name), *check_one(found), *_too_large(found))
    code, refused = _why_refused(found, faults)
    return _with(
        bare,
        code=code,
        refused=refused,
        place=_slug(found.place),
        month=found.month,
        lines=None if any(f.code in _BROKEN and f.severity == "fault" for f in faults) else _lines(found),
        faults=faults,
    )


def _with(bare: Parsed, **more: object) -> Parsed:
    return Parsed(**{**bare.__dict__, **more})


def _name_faults(name: str) -> list[Fault]:
    """Judge the name that was sent: on disk the file has a name of ours."""
    if name.lower().endswith(".xlsx"):
        return []
    ending = f".{name.rpartition('.')[2]}" if "." in name else "nothing"
    return [Fault("", "", "fault", "file-type", f"the name ends in {ending}; .xlsx is asked for")]


def _why_refused(found: SubmittedReturn, faults: Sequence[Fault]) -> tuple[str, str]:
    """Return the code and the words of what stops a readable file, or two empty texts."""
    for fault in faults:
        if fault.code in _STOPS:
            where = f" ({fault.sheet}!{fault.cell})" if fault.cell else ""
            return fault.code, f"{fault.message[:1].upper()}{fault.message[1:]}{where}."
    if found.place is None:
        return "missing-place", "No Place is chosen in Instructions!B6."
    here = _slug(found.place)
    if not here:
        return "unknown-place", "The name in Instructions!B6 is none of the 43 Places."
    shown = found.cell(SUBMISSION, "B1").value
    other = _slug(shown) if isinstance(shown, str) else ""
    if other and other != here:
        return "two-places", f"The file names two Places: {found.place.strip()} and {str(shown).strip()}."
    if any(fault.code in ("missing-month", "unknown-month") for fault in faults):
        return "unknown-month", "Instructions!B7 holds no month of the template's list."
    return "", ""


@cache
def _slugs() -> dict[str, str]:
    return {places.plain(place.name): place.slug for place in places.all_places()}


def _slug(name: str | None) -> str:
    return _slugs().get(places.plain(name), "") if name else ""


def _lines(found: SubmittedReturn) -> Lines:
    return {name: list(line) for name, line in found.lines.items()}


def _too_large(found: SubmittedReturn) -> list[Fault]:
    names = [name for name, line in found.lines.items() if any(isinstance(n, int) and n > LARGEST for n in line)]
    message = f"a count is above {LARGEST:,}, more than any Place has: " + ", ".join(names)
    return [Fault(SUBMISSION, "", "fault", "too-large", message)] if names else []


def fingerprint(lines: Lines | None) -> str:
    """Return the SHA-256 of the numbers alone, or nothing where there are none: two files of one content have one."""
    if not lines or not any(isinstance(value, int) for line in lines.values() for value in line):
        return ""
    return hashlib.sha256(json.dumps(lines, sort_keys=True).encode()).hexdigest()
