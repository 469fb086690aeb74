"""Where a return goes, under which subject, and when it is due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from doorstep.reference import policy

# The template's own Instructions sheet (v1.2, cell A3) names the mailbox and the words of the subject line.
TEMPLATE_ADDRESS: Final = "england.neighbourhoodhealthserviceteam@nhs.net"
TEMPLATE_SUBJECT: Final = "NNHIP data collection template submission"


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
    """Return how to send a return: the address of the home's `[return] sending_address`, else the template's."""
    own = config.get("return", {}).get("sending_address")
    address, source = (
        (own, "config.toml") if own else (TEMPLATE_ADDRESS, "Instructions sheet of template v1.2; confirm")
    )
    return Sending(str(address), source, f"{TEMPLATE_SUBJECT}: {place.strip()}, {month:%B %Y}")


def due(month: date) -> list[str]:
    """Return when a month's return is due, with warnings; empty where the published timetable has no such month."""
    rows = [row for row in policy.timetable() if row.month == month]
    return [line for row in rows for line in (f"Due       {policy.written(row.first_submission)}", *warnings(row))]


def warnings(row: policy.TimetableRow) -> list[str]:
    """Return the bank-holiday warnings of a month as lines."""
    return [f"  note: {warning}" for warning in row.bank_holiday_warnings]
