"""The files of a folder as they arrived: when, from whom, and which are the same bytes."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from doorstep.errors import DataError, UsageError
from doorstep.reference import places
from doorstep.returns.layout import LOOKUP_MONTHS, TimetableLine
from doorstep.returns.package import MAX_FILE

RECEIVED: Final = "received.csv"
ENDINGS: Final = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".pdf")  # what people send for a return
MAX_LISTED: Final = 100_000


@dataclass(frozen=True)
class Arrival:
    """One file: its path within the folder, the day it arrived, its own time, and the sender's Place (slug) if listed.

    `received` is what `received.csv` says, else the file's own day; `is_listed` tells which. `sha256` is empty where
    the file is larger than a return can be.
    """

    path: Path
    file: str
    received: date
    is_listed: bool
    modified: float
    sha256: str
    sender: str = ""

    @property
    def order(self) -> tuple[date, float, str]:
        """The order of arrival: the day, then the file's own time, then its name."""
        return (self.received, self.modified, self.file)


@dataclass(frozen=True)
class Arrivals:
    """The files in the order of arrival, those listed that are not there, the number of others, and links."""

    files: tuple[Arrival, ...]
    not_there: tuple[str, ...]
    left_aside: int
    links: tuple[str, ...] = ()

    @property
    def is_dated(self) -> bool:
        """True where every file's day of arrival is listed."""
        return bool(self.files) and all(file.is_listed for file in self.files)


def arrivals(folder: Path) -> Arrivals:
    """Return what arrived in a folder and the folders within it.

    `received.csv` in the folder may say when each file arrived (`file`, `received` as YYYY-MM-DD, and `place`): every
    file it lists is looked at, whatever its name. Raises UsageError where there is no folder or nothing in it,
    DataError where the list cannot be read.
    """
    if not folder.is_dir():
        seen = "this is a file, not a folder" if folder.exists() else "the folder is not there"
        raise UsageError(seen, where=str(folder))
    listed = _listed(folder / RECEIVED)
    links: list[str] = []
    paths = {_name(path, folder): path for path in _files(folder, links)}
    wanted = [file for file, path in paths.items() if file in listed or path.suffix.lower() in ENDINGS]
    if not wanted:
        raise UsageError("the folder holds no workbook", expected="at least one .xlsx", where=str(folder))
    found = sorted((_arrival(file, paths[file], listed.get(file)) for file in wanted), key=lambda a: a.order)
    aside = len(paths) - len(wanted) - (RECEIVED in paths and RECEIVED not in wanted)
    return Arrivals(tuple(found), tuple(sorted(set(listed) - set(paths))), aside, tuple(sorted(links)))


def _name(path: Path, folder: Path) -> str:
    """Return a path within the folder as text that can be written: bytes that are no UTF-8 stand as \\xff."""
    return os.fsencode(path.relative_to(folder).as_posix()).decode("utf-8", "backslashreplace")


def _files(folder: Path, links: list[str]) -> Iterator[Path]:
    """Yield every plain file below a folder, without lock files and hidden ones; links are named and not followed."""
    for here, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(here) / name for name in (*folders, *sorted(names))):
            if path.name.startswith(("~$", ".")):
                continue
            if path.is_symlink():
                links.append(_name(path, folder))
            elif path.is_file():
                yield path


def _arrival(file: str, path: Path, told: tuple[date, str] | None) -> Arrival:
    status = path.stat()
    own_day = datetime.fromtimestamp(status.st_mtime, UTC).date()
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest() if status.st_size <= MAX_FILE else ""
    received, sender = told or (own_day, "")
    return Arrival(path, file, received, told is not None, status.st_mtime, sha256, sender)


def _listed(path: Path) -> dict[str, tuple[date, str]]:
    """Return day and sender's Place by file, as a list says; empty where there is no list."""
    if not path.is_file():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = [head.strip().lower() for head in reader.fieldnames or ()]
            missing = {"file", "received"} - set(reader.fieldnames or ())
            if missing:
                raise DataError(
                    f"there is no column {' or '.join(sorted(missing))}", expected="file, received", where=str(path)
                )
            return dict(_entry(path, number, row) for number, row in zip(range(2, MAX_LISTED), reader, strict=False))
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError("this cannot be read as a CSV file in UTF-8", where=str(path)) from error


def _entry(path: Path, number: int, row: dict[str, str | None]) -> tuple[str, tuple[date, str]]:
    try:
        day = date.fromisoformat((row["received"] or "").strip())
    except ValueError as error:
        raise DataError(
            f"{row['received']!r} is no day", expected="a day such as 2026-09-30", where=f"{path}, line {number}"
        ) from error
    place = (row.get("place") or "").strip()
    try:
        sender = places.find(place).slug if place else ""
    except UsageError as error:
        raise DataError(f"no Place is called {place!r}", where=f"{path}, line {number}") from error
    return (row["file"] or "").strip().replace("\\", "/").removeprefix("./"), (day, sender)


def closing_days(month: date) -> tuple[date, date]:
    """Return the days on which a month's two windows close, by the template's rule."""
    dates = TimetableLine(0, month).dates
    return dates["D"], dates["F"]


def timeliness(month: date, received: date) -> str:
    """Say in which window of a month a day lies: `in time`, `second window` or `after the windows`."""
    first, second = closing_days(month)
    return "in time" if received <= first else "second window" if received <= second else "after the windows"


def collected_on(day: date) -> date | None:
    """Return the month collected on a day: the first whose second window is not closed; None after the last."""
    return next((month for month in LOOKUP_MONTHS if day <= closing_days(month)[1]), None)
