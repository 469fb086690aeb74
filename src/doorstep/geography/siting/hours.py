"""The opening hours of a neighbourhood health centre: 12 hours a day on 6 days a week, checked day by day.

NHS England's guidelines name the hours. A total of 72 hours in a week is not the rule: five days of 12 hours and one
of 8 fail it, and so do seven days of 11.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from pathlib import Path

from doorstep.errors import DataError
from doorstep.geography.brought import rows_with

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONG_DAY, LONG_DAYS = 12 * 60, 6
_SPAN = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")


@dataclass(frozen=True)
class Week:
    """The minutes that a site is open on each day, Monday first."""

    site: str
    minutes: tuple[int, ...]

    @property
    def long_days(self) -> int:
        """How many days have 12 hours or more."""
        return sum(m >= LONG_DAY for m in self.minutes)

    @property
    def meets(self) -> bool:
        """Whether at least six days have 12 hours or more."""
        return self.long_days >= LONG_DAYS

    @property
    def reason(self) -> str:
        """Why it meets the rule or does not: the days, and the longest of those that fall short."""
        total = f"{_hours(sum(self.minutes))} hours in the week"
        if self.meets:
            return f"{self.long_days} days of 12 hours or more; {total}"
        short = [f"{d.capitalize()} {_hours(m)}" for d, m in zip(DAYS, self.minutes, strict=True) if m < LONG_DAY]
        return f"{self.long_days} days of 12 hours, and the rule is 6: short are {', '.join(short)}; {total}"


def _hours(minutes: int) -> str:
    return f"{minutes / 60:.10g}" if minutes % 3 == 0 else f"{minutes // 60}:{minutes % 60:02d}"


def read_weeks(path: Path) -> list[Week]:
    """Read a CSV with the columns site and monday to sunday; a cell is empty, or spans such as 08:00-12:00 13:00-20:00.

    Raises UsageError for a file or column that is not there, DataError for a cell that is no span of one day.
    """
    weeks = [_week(row, where) for where, row in rows_with(path, ("site", *DAYS))]
    if not weeks:
        raise DataError("the file has no site", where=str(path), expected="one line a site")
    return weeks


def _week(row: dict[str, str], where: str) -> Week:
    if not row["site"]:
        raise DataError("no site is named", where=where, expected="a site's code or name")
    return Week(row["site"], tuple(open_minutes(row[day], f"{where}, {day}") for day in DAYS))


def open_minutes(cell: str, where: str = "") -> int:
    """Return the minutes of a day's spans; DataError where they overlap, turn back or run past midnight."""
    text = cell.strip()
    if text.lower() in ("", "closed"):
        return 0
    if re.sub(_SPAN, "", text).strip(" ,;&"):
        raise DataError(f"{cell!r} is no opening hours", expected="such as 08:00-20:00, or empty", where=where)
    spans = sorted(_span(found, cell, where) for found in _SPAN.findall(text))
    if any(later[0] < earlier[1] for earlier, later in itertools.pairwise(spans)):
        raise DataError(f"spans of {cell!r} overlap", expected="one after another", where=where)
    return sum(end - begin for begin, end in spans)


def _span(found: tuple[str, ...], cell: str, where: str) -> tuple[int, int]:
    h1, m1, h2, m2 = map(int, found)
    begin, end = 60 * h1 + m1, 60 * h2 + m2
    if m1 > 59 or m2 > 59 or end > 24 * 60 or begin >= end:
        raise DataError(
            f"{cell!r} does not go forward within one day", expected="from 00:00 to 24:00", where=where,
            do="split a span that runs past midnight between its two days",
        )  # fmt: skip
    return begin, end
