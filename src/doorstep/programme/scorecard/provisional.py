"""Which months may still change: until the final report of a month's collection, its numbers are provisional."""

from __future__ import annotations

from datetime import date

from doorstep.programme.submissions import timing


def is_provisional(month: date, on: date) -> bool:
    """Say whether a month's numbers may still change after a day: its final report has not come yet."""
    return on < timing.dates(month).final_report
