"""Take in a folder of files by the same action as one upload, many read at a time."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from django.utils import timezone

from doorstep.errors import DataError, UsageError
from doorstep.programme.submissions.actions import Received, take
from doorstep.programme.submissions.parsing import Parsed, parse_file
from doorstep.reference import places
from doorstep.web.accounts.models import User

FEW: Final = 12  # fewer files are read here: other processes take a second to begin
_AT_ONCE: Final = 64  # files held in memory
_SKIPPED: Final = ("~$", ".")  # a spreadsheet program's lock files, and hidden ones


def collate(
    *,
    folder: Path,
    by: User | None,
    received_from: Path | None = None,
    month_collected: date | None = None,
    processes: int | None = None,
) -> Iterator[Received]:
    """Take in every file of a folder and the folders in it, in the order received, yielding what became of each.

    `received_from` is a CSV with `file` (its path from the folder), `received` (YYYY-MM-DD, or a moment) and perhaps
    `place`, whose sender it came from; without it the day is that of the file's last change. Each file is a transaction
    of its own. Raises UsageError where the folder or the CSV is not there or it has an unknown Place, DataError where
    it has a wrong day or lacks a file.
    """
    if not folder.is_dir():
        raise UsageError("the folder is not there", where=str(folder))
    listed = _listed(received_from) if received_from else None
    arrivals = {path: _arrival(path, folder, listed) for path in _files(folder)}
    in_order = sorted(arrivals, key=lambda path: (arrivals[path].at, path.as_posix()))
    for path, content, parsed in _parsed(in_order, processes):
        yield take(
            parsed=parsed,
            content=content,
            by=by,
            received_at=arrivals[path].at,
            month_collected=month_collected,
            via="folder",
            sent_by_place=arrivals[path].place,
        )


@dataclass(frozen=True)
class _Arrival:
    """When a file came, and whose it is (a slug, empty where nobody said)."""

    at: datetime
    place: str = ""


def _files(folder: Path) -> Iterator[Path]:
    for path in folder.rglob("*"):
        # A link may lead anywhere, and the list of days is no return.
        if path.is_file() and not path.is_symlink() and not path.name.startswith(_SKIPPED) and path.suffix != ".csv":
            yield path


def _arrival(path: Path, folder: Path, listed: dict[str, _Arrival] | None) -> _Arrival:
    if listed is None:
        return _Arrival(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    name = path.relative_to(folder).as_posix()
    if name not in listed:
        raise DataError(f"{name} is not in the list of days", expected="a line for every file", where="received_from")
    return listed[name]


def _listed(path: Path) -> dict[str, _Arrival]:
    if not path.is_file():
        raise UsageError("the list of days is not there", where=str(path))
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if not {"file", "received"} <= set(rows.fieldnames or ()):
            raise DataError(
                f"the columns are {', '.join(rows.fieldnames or ())}", expected="file and received", where=path.name
            )
        return {
            row["file"]: _Arrival(_day(row["received"], path.name, n), _slug(row.get("place") or ""))
            for n, row in enumerate(rows, start=2)
        }


def _slug(name: str) -> str:
    return places.find(name).slug if name.strip() else ""


def _day(text: str, name: str, row: int) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise DataError(
            f"{text!r} is no day", expected="such as 2026-09-25, or 2026-09-25T14:30", where=f"{name}, row {row}"
        ) from error
    # A day without an hour is noon: midnight would be the day before in another time zone.
    moment = datetime.combine(moment.date(), time(12)) if len(text) == 10 else moment
    # People write the clock on their wall: taken for UTC, what came at half past eleven would be of the next day.
    return moment if moment.tzinfo else timezone.make_aware(moment)


def _parsed(files: Sequence[Path], processes: int | None) -> Iterator[tuple[Path, bytes, Parsed]]:
    if len(files) < FEW or processes == 1:
        for path in files:
            yield path, *parse_file(path)
        return
    # Fresh processes: a copy of this one would hold the database's connection too.
    with ProcessPoolExecutor(processes or os.cpu_count(), mp_context=get_context("spawn")) as pool:
        for start in range(0, len(files), _AT_ONCE):
            some = files[start : start + _AT_ONCE]
            for path, (content, parsed) in zip(some, pool.map(parse_file, some, chunksize=4), strict=True):
                yield path, content, parsed
