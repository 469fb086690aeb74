"""The ledger of returns: what was built, from what, and what was sent. Rows are added, never changed.

One JSON object a line in `returns/ledger.jsonl` of the home. Each row carries the hash of the row before, so a row
that is changed or taken out later shows. The printed numbers are kept: a later version of the month is suppressed
with what readers of the earlier one already know.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal

from doorstep import clock
from doorstep.errors import DataError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.returns.printed import Line

FORMAT: Final = 1
START: Final = "0" * 64


@dataclass(frozen=True)
class Entry:
    """One row. `lines` are the printed numbers by line id; `at` is a time in UTC or, of a sending, the day given."""

    event: Literal["built", "sent"]
    place: str
    month: str
    file: str
    sha256: str
    at: str
    snapshot: str = ""
    run_id: str = ""
    suppression: str = ""
    note: str = ""
    lines: dict[str, Line] = field(default_factory=dict, repr=False)
    previous: str = START
    hash: str = ""
    format: int = FORMAT

    def sealed(self, previous: str) -> Entry:
        """Return the row with the hash of the row before and its own."""
        values = {**asdict(self), "previous": previous, "hash": ""}
        return Entry(**{**values, "hash": _hash(values)})


def _hash(values: dict[str, Any]) -> str:
    kept = {key: value for key, value in values.items() if key != "hash"}
    text = json.dumps(kept, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def file_hash(path: Path) -> str:
    """Return the SHA-256 of a file; UsageError where it is not there."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError("the file is not there", where=str(path)) from error


@dataclass(frozen=True)
class Ledger:
    """The ledger of one home."""

    path: Path

    @classmethod
    def of(cls, home: Home) -> Ledger:
        """Return the ledger of a home; nothing is created until a row is added."""
        return cls(home.returns / "ledger.jsonl")

    def entries(self) -> list[Entry]:
        """Return all rows, oldest first.

        Raises NotWhatItClaimsError where a row is broken, changed or missing.
        """
        if not self.path.exists():
            return []
        found: list[Entry] = []
        previous = START
        for number, text in enumerate(self.path.read_text(encoding="utf-8").splitlines(), start=1):
            entry = self._entry(number, text)
            if entry.previous != previous or entry.hash != _hash(json.loads(text)):
                raise self._broken(number, "the row, or the one before it, was changed or taken out")
            previous = entry.hash
            found.append(entry)
        return found

    def _entry(self, number: int, text: str) -> Entry:
        try:
            values = json.loads(text)
            lines = {name: tuple(line) for name, line in values.pop("lines").items()}
            entry = Entry(**values, lines=lines)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._broken(number, "the row is not one of a ledger") from error
        if entry.format != FORMAT:
            raise self._broken(number, f"the row has format {entry.format}, this version knows {FORMAT}")
        return entry

    def _broken(self, number: int, seen: str) -> NotWhatItClaimsError:
        return NotWhatItClaimsError(
            seen,
            expected="rows as they were added, each with the hash of the row before",
            where=f"{self.path}, line {number}",
            do="restore the ledger from a backup; returns can be built without it, but not against earlier versions",
        )

    def add(self, entry: Entry) -> Entry:
        """Add a row and return it sealed."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with self._locked():
            before = self.entries()
            sealed = entry.sealed(before[-1].hash if before else START)
            with self.path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(json.dumps(asdict(sealed), ensure_ascii=False) + "\n")
                file.flush()
                os.fsync(file.fileno())
        return sealed

    @contextmanager
    def _locked(self) -> Iterator[None]:
        lock = self.path.with_suffix(".lock")
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
        except FileExistsError as error:
            raise DataError(
                "another command is writing to the ledger",
                where=str(lock),
                do="wait for it; if none is running, remove this file",
            ) from error
        try:
            yield
        finally:
            lock.unlink(missing_ok=True)

    def sent_versions(self, place: str, month: date) -> list[dict[str, Line]]:
        """Return the printed numbers of every version of a month that was sent, oldest first."""
        entries = [e for e in self.entries() if (e.place, e.month) == (place, f"{month:%Y-%m}")]
        return [entry.lines for entry in entries if entry.event == "sent"]

    def unsent(self, place: str, month: date) -> list[Entry]:
        """Return the rows of versions of a month that were built and not marked as sent."""
        entries = [e for e in self.entries() if (e.place, e.month) == (place, f"{month:%Y-%m}")]
        sent = {entry.sha256 for entry in entries if entry.event == "sent"}
        return [entry for entry in entries if entry.event == "built" and entry.sha256 not in sent]

    def mark_sent(self, file: Path, sent_on: date | None = None, note: str = "") -> Entry:
        """Add a row that says a return built here was sent.

        Raises DataError where the file is none of those built, or was changed since.
        """
        sha256 = file_hash(file)
        built = [entry for entry in self.entries() if entry.event == "built" and entry.sha256 == sha256]
        if not built:
            raise DataError(
                "the ledger has no return with these bytes",
                expected="a workbook as `return build` wrote it",
                where=str(file),
                do="send the file as it was built; a file saved again by another program has other bytes",
            )
        entry = built[-1]
        if any(e.event == "sent" and e.sha256 == sha256 for e in self.entries()):
            raise UsageError("this return is in the ledger as sent already", where=str(file), do="nothing: it is kept")
        if sent_on and sent_on > clock.today():
            raise UsageError(
                f"{sent_on:%Y-%m-%d} has not come yet", expected=f"a day up to {clock.today():%Y-%m-%d}", where="--on"
            )
        at = f"{sent_on:%Y-%m-%d}" if sent_on else f"{clock.now():%Y-%m-%dT%H:%M:%SZ}"
        values = {**asdict(entry), "event": "sent", "file": file.name, "at": at, "note": note}
        return self.add(Entry(**values))
