"""What each provider has sent, month by month, as `doorstep records completeness` finds it; small counts hidden."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from doorstep import records
from doorstep.planning.reading_out.sheets import HIDDEN, Cell, Reading, Sheet
from doorstep.reference import policy

if TYPE_CHECKING:
    from doorstep.planning.person_file import LakeView
    from doorstep.records import Completeness

COLUMNS = ("Month", "Table", "Provider", "Rows", "Usual rows a month", "Share of the table (%)", "State", "Filled in")
NOTES = (
    "Rows of activity, not people. A * is 1 to 5 rows; no rows at all is 0, since silence is what this page is for.",
    "Usual: the mean of the twelve months before, or of those since the provider's first activity.",
    "Final: something arrived six weeks or more after the month's end; later corrections stay possible.",
    "Filled in: the share of the month's rows that have a value, for columns that a return needs.",
)


def read_completeness(lake: LakeView, months: Sequence[date]) -> Reading:
    """Return a table of providers for some months, newest first, and what would stop a return of each."""
    con = lake.connection()
    rows, stops = [], []
    for month in sorted(months, reverse=True):
        rows += [_row(found) for found in records.completeness(con, month)]
        stops += [(f"{month:%Y-%m}", reason) for reason in records.stop_reasons(con, month)]
    return Reading(
        "completeness",
        "How complete the data are",
        (
            Sheet("stops", "What would stop a return", ("Month", "Reason"), tuple(map(_hide_in_words, stops))),
            Sheet("providers", "What each provider has sent", COLUMNS, tuple(rows)),
        ),
        NOTES,
    )


def _row(found: Completeness) -> tuple[Cell, ...]:
    is_small = 0 < found.n_rows < policy.suppression_threshold
    coded = "" if is_small else ", ".join(f"{name} {share:.0%}" for name, share in found.coded.items())
    usual = None if found.expected is None else round(found.expected)
    return (
        f"{found.month:%Y-%m}",
        found.table,
        found.provider,
        HIDDEN if is_small else found.n_rows,
        HIDDEN if usual is not None and 0 < usual < policy.suppression_threshold else usual,
        round(100 * found.share),
        "final" if found.is_final else "provisional",
        coded if found.n_rows else "",
    )


def _hide_in_words(stop: tuple[str, str]) -> tuple[str, str]:
    """Return a reason without a count of 1 to 5 rows, which its sentence may hold."""
    month, reason = stop
    small = {f"has {n} rows": "has under 6 rows" for n in range(1, policy.suppression_threshold)}
    for found, told in small.items():
        reason = reason.replace(found, told)
    return month, reason
