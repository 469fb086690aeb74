"""Deliveries: extracts come in folders, with the day they arrived in delivery.toml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from doorstep import clock
from doorstep.errors import ConfigurationError, DataError, UsageError
from doorstep.home import read_toml

_ENDINGS = (".csv", ".csv.gz", ".parquet")
_DELIVERY = "delivery.toml"
_MOST_FILES = 10_000  # far above any delivery: whoever names `/` is stopped before the whole disk is walked


@dataclass(frozen=True)
class Delivery:
    """Files that arrived on one day."""

    received_on: date
    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


def find_deliveries(paths: Sequence[Path], received_on: date | None) -> list[Delivery]:
    """Return the deliveries under these paths in order of arrival.

    A path is a file, a delivery folder, or a folder of delivery folders. `received_on` overrides delivery.toml; without
    either it is today. Raises UsageError where a path is not there or has nothing to load, ConfigurationError where a
    delivery.toml is wrong.
    """
    found: dict[date, list[Path]] = {}
    notes: dict[date, list[str]] = {}
    for folder, files in _folders(paths):
        day = received_on or _received_on(folder)
        found.setdefault(day, []).extend(f for f in files if _is_extract(f))
        notes.setdefault(day, []).extend(f"{f.name}: not read ({_why_not_read(f)})" for f in files if _is_other(f))
    if not any(found.values()):
        raise UsageError(
            "there is nothing to load",
            expected=f"files ending in {', '.join(_ENDINGS)}",
            where=", ".join(str(p) for p in paths),
        )
    _refuse_future(found)
    return [Delivery(day, tuple(sorted(set(found[day]))), tuple(notes[day])) for day in sorted(found) if found[day]]


def _folders(paths: Sequence[Path]) -> list[tuple[Path, list[Path]]]:
    found, n_files = [], 0
    for path in paths:
        for folder, files in _under(path):
            found.append((folder, [_readable_name(f) for f in files]))
            n_files += len(files)
            if n_files > _MOST_FILES:
                raise UsageError(
                    f"there are more than {_MOST_FILES:,} files",
                    expected="a file, a delivery folder, or a folder of delivery folders",
                    where=str(path),
                    do="name the delivery folders themselves",
                )
    return found


def _under(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    if path.is_file():
        yield path.parent, [path]
    elif path.is_dir():
        yield from _folders_in(path)
    else:
        raise UsageError("there is no such file or folder", where=str(path))


def _folders_in(path: Path) -> Iterator[tuple[Path, list[Path]]]:
    try:
        inside = sorted(path.iterdir())
    except OSError as error:
        raise UsageError(
            f"the folder cannot be read: {error.strerror}", where=str(path), do="ask for the right to read it"
        ) from error
    folders = [f for f in inside if f.is_dir()]
    yield path, [f for f in inside if f not in folders]
    if not (path / _DELIVERY).exists():
        for folder in folders:
            if not folder.is_symlink():  # a link may lead back here
                yield from _folders_in(folder)


def _readable_name(path: Path) -> Path:
    try:
        path.name.encode()
    except UnicodeEncodeError as error:
        raise DataError(
            f"the file's name is not UTF-8: {path.name!a}",
            where=str(path.parent).encode("utf-8", "replace").decode(),
            do="rename the file",
        ) from error
    return path


def _is_extract(path: Path) -> bool:
    return path.name.lower().endswith(_ENDINGS) and not path.name.startswith(".") and path.is_file()


def _is_other(path: Path) -> bool:
    return not _is_extract(path) and path.name != _DELIVERY and not path.name.startswith(".")


def _why_not_read(path: Path) -> str:
    return "not CSV or Parquet" if path.is_file() else "not a file, or a link that leads nowhere"


def _received_on(folder: Path) -> date:
    path = folder / _DELIVERY
    if not path.exists():
        return clock.today()
    day = read_toml(path).get("received_on")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise ConfigurationError(
            f"received_on is {day!r}", expected="received_on = 2026-08-20 (a day, without quotes)", where=str(path)
        )
    return day


def _refuse_future(found: dict[date, list[Path]]) -> None:
    late = max(found)
    if late > clock.today():
        raise UsageError(
            f"received on {late}, which has not come yet",
            expected=f"a day up to {clock.today()}",
            do="mend --received or delivery.toml",
        )
