"""Check returns: each file by itself, files against one another, and a month against the month before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Final, Protocol

from doorstep.errors import NotWhatItClaimsError, UsageError
from doorstep.returns.check_form import FORM_CHECKS, squish
from doorstep.returns.check_numbers import NUMBER_CHECKS
from doorstep.returns.faults import NOT_A_WORKBOOK, Fault, Severity
from doorstep.returns.layout import INSTRUCTIONS, MONTH_CELL, PLACE_CELL, SUBMISSION, TOTAL, Kind, Spot
from doorstep.returns.printed import CASELOAD, LINE_IDS, PATIENTS, Line
from doorstep.returns.reading import SubmittedReturn, read

# A change is implausible where it is both beyond three standard deviations of a difference of two Poisson counts and
# beyond a half more or a third less; of people, beyond a fifth either way.
_DEVIATIONS: Final = 3
_RATIO: Final = 1.5
_PEOPLE_RATIO: Final = 1.2


def check(paths: Sequence[Path], month: date | None = None, previous: Sequence[Path] = ()) -> list[Fault]:
    """Return everything found in the files, in their order.

    `month` is the month collected; `previous` are returns of the month before. Raises UsageError where a file is not
    there; a file that is no workbook is a finding, so that the others are still checked.
    """
    readable: list[SubmittedReturn] = []
    faults: list[Fault] = []
    for path in paths:
        found = _opened(path)
        if isinstance(found, Fault):
            faults.append(found)
        else:
            readable.append(found)
            faults += [replace(fault, file=path.name) for fault in check_one(found)]
    faults += _across(readable, month)
    before = [found for path in previous if isinstance(found := _opened(path), SubmittedReturn)]
    _check_earlier(readable, before)
    faults.sort(key=lambda fault: fault.severity != "fault")  # the sort is stable: within each, the order found
    return faults + [fault for found in readable for fault in since(found, before)]


def _check_earlier(found: Sequence[SubmittedReturn], before: Sequence[SubmittedReturn]) -> None:
    """Raise UsageError where a return given as the previous month's is not of an earlier month than its Place's own."""
    for one, earlier in ((o, b) for o in found for b in before if o.place == b.place and o.month and b.month):
        if earlier.month is not None and one.month is not None and earlier.month >= one.month:
            raise UsageError(
                f"{earlier.path.name} is of {earlier.month:%B %Y}, and {one.path.name} of {one.month:%B %Y}",
                expected="a return of an earlier month",
                where="--previous",
                do="to compare two versions of a month use `doorstep return compare`",
            )


def check_one(found: SubmittedReturn) -> Iterator[Fault]:
    """Yield the findings of one workbook by itself."""
    for checking in (*FORM_CHECKS, *NUMBER_CHECKS):
        yield from checking(found)


def _opened(path: Path) -> SubmittedReturn | Fault:
    if not path.is_file():
        raise UsageError("the file is not there", where=str(path))
    try:
        return read(path)
    except NotWhatItClaimsError as error:
        return Fault("", "", "fault", NOT_A_WORKBOOK, error.seen, path.name)


def _across(found: Sequence[SubmittedReturn], month: date | None) -> Iterator[Fault]:
    yield from _months(found, month)
    yield from _duplicates(found)


def _months(found: Sequence[SubmittedReturn], month: date | None) -> Iterator[Fault]:
    known = [f.month for f in found if f.month is not None]
    usual = month or (Counter(known).most_common(1)[0][0] if known else None)
    for one in found:
        if one.month is not None and usual is not None and one.month.replace(day=1) != usual:
            message = f"the month is {one.month:%B %Y}; " + (
                f"{usual:%B %Y} is collected" if month else f"most of these files are for {usual:%B %Y}"
            )
            severity: Severity = "fault" if month else "note"
            yield Fault(INSTRUCTIONS, MONTH_CELL, severity, "other-month", message, one.path.name)


def _duplicates(found: Sequence[SubmittedReturn]) -> Iterator[Fault]:
    places: dict[tuple[str, date], str] = {}
    contents: dict[object, str] = {}
    for one in found:
        content = tuple(one.lines[name] for name in LINE_IDS)
        has_numbers = any(isinstance(value, int) for line in content for value in line)
        if has_numbers and (first := contents.setdefault(content, one.path.name)) != one.path.name:
            message = f"every number is the same as in {first}"
            yield Fault(SUBMISSION, "", "fault", "duplicate-content", message, one.path.name)
        if one.place and one.month:
            first = places.setdefault((squish(one.place), one.month), one.path.name)
            if first != one.path.name:
                message = f"{first} is a return of the same Place and month"
                yield Fault(INSTRUCTIONS, PLACE_CELL, "fault", "duplicate", message, one.path.name)


class Summary(Protocol):
    """What is compared across files: whose return, of which month, and its printed lines."""

    @property
    def path(self) -> Path:
        """The file."""

    @property
    def place(self) -> str | None:
        """The Place's name as it stands."""

    @property
    def month(self) -> date | None:
        """The month's first day."""

    @property
    def lines(self) -> Mapping[str, Line]:
        """The printed lines by line id."""


def since(found: Summary, before: Sequence[Summary]) -> Iterator[Fault]:
    """Compare totals with the Place's return of an earlier month."""
    mine = [b for b in before if found.place and b.place and squish(b.place) == squish(found.place)]
    for old in mine[:1]:
        for name in LINE_IDS:
            message = _implausible(name, old.lines[name][TOTAL], found.lines[name][TOTAL])
            if message:
                cell = _total_cell(name)
                text = f"{message} in {old.path.name}"
                yield Fault(SUBMISSION, cell, "note", "implausible-change", text, found.path.name)


def _total_cell(name: str) -> str:
    kind = Kind.PATIENTS if name == PATIENTS else Kind.COUNT
    return Spot("O1a" if name == PATIENTS else name, kind, TOTAL).address


def _implausible(name: str, old: int | str, new: int | str) -> str | None:
    """Return what is implausible about a change of a total, or None."""
    if not isinstance(old, int) or not isinstance(new, int):
        shown = old if isinstance(old, int) else new
        gone = isinstance(shown, int) and shown >= 100
        return f"the total of {name} is {new}, and was {old}" if gone else None
    low, high = sorted((old, new))
    if name in (PATIENTS, CASELOAD):
        return f"{name}: {new} people, {old}" if high > low * _PEOPLE_RATIO and high - low >= 20 else None
    beyond = high - low > _DEVIATIONS * math.sqrt(high + low) and high > low * _RATIO
    return f"the total of {name} is {new}, and was {old}" if beyond else None
