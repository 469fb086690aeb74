"""Where a return goes, under which subject, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from doorstep import clock
from doorstep.reference import policy


@dataclass(frozen=True)
class Sending:
    """Where to send a return, and where we know that from."""

    address: str
    source: str
    subject: str

    def lines(self, file: str) -> list[str]:
        """Return the closing lines of a build."""
        return [f"Send      {file}", f"To        {self.address} ({self.source})", f"Subject   {self.subject}"]


def sending(place: str, month: date, config: dict[str, Any]) -> Sending:
    """Return how to send a return: the address of the home's `[return] sending_address`, else the published one."""
    own = config.get("return", {}).get("sending_address")
    published = policy.values()["sending_address"]
    address, source = (own, "config.toml") if own else (published.value, published.source)
    return Sending(str(address), source, f"{policy.sending_subject}: {place.strip()}, {month:%B %Y}")


def due(month: date) -> list[str]:
    """Return when a month's two windows close, with warnings; empty where the timetable has no such month."""
    rows = [row for row in policy.timetable() if row.month == month]
    return [line for row in rows for line in (_windows(row), *warnings(row))]


def _windows(row: policy.TimetableRow) -> str:
    """Return both closing days; those that have passed say so."""
    days = (("first", row.first_submission), ("second", row.second_submission))
    told = (f"{policy.written(day)} ({which} window{', closed' if day < clock.today() else ''})" for which, day in days)
    return f"Due       {'; '.join(told)}"


def warnings(row: policy.TimetableRow) -> list[str]:
    """Return the bank-holiday warnings of a month as lines."""
    return [f"  note: {warning}" for warning in row.bank_holiday_warnings]
