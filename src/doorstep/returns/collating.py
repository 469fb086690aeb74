"""Collate a folder of returns: check each file, say which counts, and who is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from multiprocessing import get_context
from pathlib import Path
from typing import Final, Literal

from doorstep.errors import NotWhatItClaimsError
from doorstep.reference import places
from doorstep.returns.arriving import Arrival, Arrivals, arrivals, collected_on, timeliness
from doorstep.returns.check_form import squish
from doorstep.returns.checking import check_one, since
from doorstep.returns.faults import NOT_A_WORKBOOK, Fault, exit_code
from doorstep.returns.figures import METRICS
from doorstep.returns.layout import INSTRUCTIONS, LOOKUP_MONTHS, MONTH_CELL, PLACE_CELL, SUBMISSION, TOTAL
from doorstep.returns.printed import LINE_IDS, PATIENTS, Line
from doorstep.returns.reading import read

Verdict = Literal["accepted", "superseded", "copy", "other month", "refused", "not a workbook"]
VERDICTS: Final[tuple[Verdict, ...]] = (
    "accepted", "superseded", "copy", "other month", "refused", "not a workbook",
)  # fmt: skip
_FEW: Final = 16  # files for which starting other processes costs more than it saves
_CHUNK: Final = 4


@dataclass(frozen=True)
class Found:
    """One workbook read by itself, small enough to keep thousands: whose, of which month, its lines and findings."""

    path: Path
    place: str | None
    month: date | None
    lines: Mapping[str, Line] = field(repr=False)
    faults: tuple[Fault, ...]

    @property
    def slug(self) -> str:
        """The Place; empty where the workbook names none of the 43."""
        name = squish(self.place or "")
        return next((place.slug for place in places.all_places() if squish(place.name) == name), "")


@dataclass(frozen=True)
class Collated:
    """One file of the folder and what became of it.

    `version` counts the accepted versions of a Place's month, from 1, and is 0 for any other file; `of` is the file
    that this one copies or that took its place; `timeliness` is empty where the month is not known.
    """

    arrival: Arrival
    verdict: Verdict
    place: str = ""
    month: date | None = None
    version: int = 0
    of: str = ""
    faults: tuple[Fault, ...] = ()
    lines: Mapping[str, Line] = field(default_factory=dict, repr=False)

    @property
    def file(self) -> str:
        """The file's path within the folder."""
        return self.arrival.file

    @property
    def timeliness(self) -> str:
        """In which window of its month the file arrived."""
        return timeliness(self.month, self.arrival.received) if self.month in LOOKUP_MONTHS else ""

    def count(self, severity: str) -> int:
        """Return how many findings are of a severity."""
        return sum(fault.severity == severity for fault in self.faults)


@dataclass(frozen=True)
class Collation:
    """Every file in the order of arrival, the months looked at, and what the folder's list does not match."""

    files: tuple[Collated, ...]
    months: tuple[date, ...]
    not_there: tuple[str, ...]
    left_aside: int
    is_dated: bool
    links: tuple[str, ...] = ()

    @property
    def accepted(self) -> tuple[Collated, ...]:
        """The returns that count, by month and then in the order of the return's list of Places."""
        order = {place.slug: place.order for place in places.all_places()}
        counting = [file for file in self.files if file.verdict == "accepted"]
        return tuple(sorted(counting, key=lambda file: (file.month, order[file.place])))

    def coverage(self, month: date) -> dict[str, str]:
        """Return how each of the 43 Places stands in a month: when its first return came, `refused` or `missing`."""
        found = dict.fromkeys((place.slug for place in places.all_places()), "missing")
        for one in reversed([file for file in self.files if file.month == month and file.place]):
            if one.verdict in ("accepted", "superseded"):
                found[one.place] = one.timeliness
            elif one.verdict == "refused" and found[one.place] == "missing":
                found[one.place] = "refused"
        return found

    @property
    def exit_code(self) -> int:
        """0 where nothing was found and nobody is missing, 1 for notes, 4 for faults, 5 where a file is no workbook."""
        worst = exit_code(fault for file in self.files for fault in file.faults)
        is_whole = all("missing" not in self.coverage(month).values() for month in self.months) and not self.not_there
        return worst or (0 if is_whole and not self.links else 1)


def collate(
    folder: Path, month: date | None = None, processes: int = 1, say: Callable[[str], None] = lambda text: None
) -> Collation:
    """Read and check every workbook in a folder and the folders within it, and say which of them count.

    A later sound version of a Place's month takes the place of an earlier one: by the day received, then the file's
    own time. The same bytes count once. With `month`, returns of other months are listed and do not count. Raises
    UsageError where there is no folder or no workbook, DataError where `received.csv` cannot be read.
    """
    arrived = arrivals(folder)
    unique = {file.sha256 or file.file: file for file in reversed(arrived.files)}
    say(f"checking {len(unique):,} files")
    found = dict(zip(unique, _read_all([file.path for file in unique.values()], processes), strict=True))
    desk = _Desk(month)
    for arrival in arrived.files:
        desk.take(arrival, found[arrival.sha256 or arrival.file])
    return _collation(arrived, desk, month)


def _collation(arrived: Arrivals, desk: _Desk, month: date | None) -> Collation:
    files = tuple(desk.compared())
    known = sorted({file.month for file in files if file.version and file.month})
    between = tuple(m for m in LOOKUP_MONTHS if known and known[0] <= m <= known[-1])
    months = (month,) if month else between
    return Collation(files, months, arrived.not_there, arrived.left_aside, arrived.is_dated, arrived.links)


def _read_all(paths: Sequence[Path], processes: int) -> list[Found]:
    if processes <= 1 or len(paths) <= _FEW:
        return [read_one(path) for path in paths]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        return list(pool.map(read_one, paths, chunksize=_CHUNK))


def read_one(path: Path) -> Found:
    """Read and check one file by itself; one that is no workbook is a finding."""
    try:
        found = read(path)
    except NotWhatItClaimsError as error:
        return Found(path, None, None, {}, (Fault("", "", "fault", NOT_A_WORKBOOK, error.seen, path.name),))
    faults = tuple(replace(fault, file=path.name) for fault in check_one(found))
    return Found(path, found.place, found.month, found.lines, faults)


class _Desk:
    """Takes files in the order of arrival and keeps which return of each Place and month counts."""

    def __init__(self, month: date | None) -> None:
        self.month = month
        self.done: list[Collated] = []
        self.by_bytes: dict[str, Collated] = {}
        self.by_numbers: dict[object, Collated] = {}
        self.current: dict[tuple[str, date], int] = {}  # where in `done` the return that counts stands

    def take(self, arrival: Arrival, found: Found) -> None:
        """Judge one file after all that arrived before it."""
        first = self.by_bytes.get(arrival.sha256)
        if first is not None:
            self.done.append(replace(first, arrival=arrival, verdict="copy", version=0, of=first.file, faults=()))
            return
        judged = self._judged(arrival, found)
        if arrival.sha256:
            self.by_bytes[arrival.sha256] = judged
        self.done.append(judged)

    def _judged(self, arrival: Arrival, found: Found) -> Collated:
        faults = (*found.faults, *self._across(arrival, found))
        faults = tuple(replace(fault, file=arrival.file) for fault in faults)
        one = Collated(arrival, "refused", found.slug, found.month, faults=faults, lines=found.lines)
        if any(fault.code == NOT_A_WORKBOOK for fault in faults):
            return replace(one, verdict="not a workbook")
        if any(fault.severity == "fault" for fault in faults) or not found.slug or found.month is None:
            return one
        if self.month and found.month != self.month:
            return replace(one, verdict="other month")
        return self._accepted(replace(one, verdict="accepted"), found.month)

    def _accepted(self, one: Collated, month: date) -> Collated:
        key, version = (one.place, month), 1
        if key in self.current:
            old = self.done[self.current[key]]
            version = old.version + 1
            self.done[self.current[key]] = replace(old, verdict="superseded", of=one.file)
        self.current[key] = len(self.done)
        judged = replace(one, version=version)
        earlier = self.by_numbers.setdefault(_numbers(one.lines), judged)
        if _is_misnamed(earlier, one.place, month):
            self._withdraw(earlier, judged)
        return judged

    def _withdraw(self, earlier: Collated, again: Collated) -> None:
        """Refuse a file that came again under its right month; what it had taken the place of counts again."""
        self.by_numbers[_numbers(again.lines)] = again
        message = (
            f"the month is {earlier.month:%B %Y}; the same numbers came again as {again.month:%B %Y} ({again.file})"
        )
        fault = Fault(INSTRUCTIONS, MONTH_CELL, "fault", "other-month", message, earlier.file)
        for at, one in enumerate(self.done):
            if one.file == earlier.file:
                self.done[at] = replace(one, verdict="refused", version=0, of="", faults=(*one.faults, fault))
                if one.month and self.current.get((one.place, one.month)) == at:
                    del self.current[one.place, one.month]
        for at, one in enumerate(self.done):
            if one.verdict == "superseded" and one.of == earlier.file and one.month:
                self.done[at] = replace(one, verdict="accepted", of="")
                self.current[one.place, one.month] = at

    def _across(self, arrival: Arrival, found: Found) -> Iterator[Fault]:
        """Compare a file with its sender and with the returns that were accepted before."""
        if arrival.sender and found.slug and arrival.sender != found.slug:
            message = f"sent by {arrival.sender}; the workbook is of {found.slug}"
            yield Fault(INSTRUCTIONS, PLACE_CELL, "fault", "other-place", message)
        same = self.by_numbers.get(_numbers(found.lines)) if _has_numbers(found.lines) else None
        is_other = same is not None and (same.place, same.month) != (found.slug, found.month)
        if same is not None and is_other and not _is_misnamed(same, found.slug, found.month):
            message = f"every number is the same as in {same.file}"
            yield Fault(SUBMISSION, "", "fault", "duplicate-content", message)
        if self.month and found.month and found.month != self.month:
            message = f"the month is {found.month:%B %Y}; {self.month:%B %Y} is collated"
            yield Fault(INSTRUCTIONS, MONTH_CELL, "note", "other-month", message)
        yield from self._wrong_month(arrival, found)

    def _wrong_month(self, arrival: Arrival, found: Found) -> Iterator[Fault]:
        """Say where the month in the cell is most likely that of the return before.

        It is so where the file came while a later month is collected of which the Place has sent nothing, and no total
        is that of the return already in.
        """
        collected = collected_on(arrival.received) if arrival.is_listed else None
        if not found.month or not collected or collected <= found.month or (found.slug, collected) in self.current:
            return
        at = self.current.get((found.slug, found.month))
        if at is not None and _differ_throughout(self.done[at].lines, found.lines):
            message = (
                f"the month is {found.month:%B %Y}, of which another return is in ({self.done[at].file}) with every "
                f"total different; it came while {collected:%B %Y} is collected: ask the Place which month it is"
            )
            yield Fault(INSTRUCTIONS, MONTH_CELL, "fault", "other-month", message)

    def compared(self) -> Iterator[Collated]:
        """Yield every file; those that count with what has changed since the month before."""
        counting = set(self.current.values())
        for at, one in enumerate(self.done):
            yield self._since(one) if at in counting and one.month else one

    def _since(self, one: Collated) -> Collated:
        number = (one.month.year * 12 + one.month.month - 2) if one.month else 0
        at = self.current.get((one.place, date(number // 12, number % 12 + 1, 1)))
        if at is None:
            return one
        new, old = (Found(f.arrival.path, f.place, f.month, f.lines, ()) for f in (one, self.done[at]))
        notes = tuple(replace(fault, file=one.file) for fault in since(new, [old]))
        return replace(one, faults=(*one.faults, *notes))


def _is_misnamed(earlier: Collated, place: str, month: date | None) -> bool:
    """True where an earlier file with a Place's same numbers came while this month was collected, and named another."""
    came_for = collected_on(earlier.arrival.received) if earlier.arrival.is_listed else None
    return earlier.place == place and earlier.month != month and came_for == month


def _numbers(lines: Mapping[str, Line]) -> object:
    return tuple(lines.get(name) for name in LINE_IDS)


def _has_numbers(lines: Mapping[str, Line]) -> bool:
    return any(isinstance(value, int) for line in lines.values() for value in line)


def _differ_throughout(old: Mapping[str, Line], new: Mapping[str, Line]) -> bool:
    """True where every total that both print differs, and they print more than one metric's."""
    pairs = [(old[name][TOTAL], new[name][TOTAL]) for name in (*METRICS, PATIENTS)]
    printed = [(a, b) for a, b in pairs if isinstance(a, int) and isinstance(b, int)]
    return len(printed) > 1 and all(a != b for a, b in printed)


def verdict_counts(files: Iterable[Collated]) -> dict[Verdict, int]:
    """Return how many files have each verdict."""
    found = [file.verdict for file in files]
    return {verdict: found.count(verdict) for verdict in VERDICTS}
