"""Sums over all Places in memory, a line and month at a time. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from doorstep.programme.figures.numbers import Edition, Number


class MonthSum(NamedTuple):
    """One line and month of all Places that sent it.

    Events and patients are sums over the Places of which both are shown, and `n_left_out` are not; their ranges are of
    everybody who sent. `patients_low` is None where none of them sent patients. The last four count numbers of all
    columns, and lines.
    """

    line: str
    month: date
    places: list[str]
    version: int
    received_on: date
    events: int | None
    events_low: int
    events_high: int | None
    patients: int | None
    patients_low: int | None
    patients_high: int | None
    stays_low: int | None
    n_left_out: int
    n_hidden: int
    n_sent_hidden: int
    n_shown_before: int
    n_withheld: int

    @property
    def event_number(self) -> Number:
        """The events, with the range of the whole."""
        return Number(self.events, self.events_low, self.events_high)

    @property
    def patient_number(self) -> Number | None:
        """The patients, with the range of the whole."""
        return None if self.patients_low is None else Number(self.patients, self.patients_low, self.patients_high)


@dataclass(frozen=True)
class Sums:
    """Sums of one edition, as asked for."""

    edition: Edition
    rows: tuple[MonthSum, ...]

    @cached_property
    def by_key(self) -> dict[tuple[str, date], MonthSum]:
        """Return them by line id and month."""
        return {(row.line, row.month): row for row in self.rows}

    @cached_property
    def months(self) -> tuple[date, ...]:
        """Every month in them, in order."""
        return tuple(sorted({row.month for row in self.rows}))
