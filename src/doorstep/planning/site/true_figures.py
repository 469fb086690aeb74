"""The true figures of every month that can be counted, as known now: what a return would hold before suppression.

One lake and one reading of who the people are serve all months; only the month's events are read month by month, and
no other option of a choice is tried. So a month takes a fraction of the time that `return build` takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from doorstep import records
from doorstep.home import Home
from doorstep.planning import building
from doorstep.planning import figures as counting
from doorstep.planning.coverage_facts import missing_flows
from doorstep.records.coverage import WATCHED, add_months
from doorstep.reference import places
from doorstep.returns import Figures

if TYPE_CHECKING:
    from doorstep.planning.person_file import LakeView
    from doorstep.records import Lake


@dataclass(frozen=True)
class Counted:
    """One month: its figures, or why there are none."""

    month: date
    figures: Figures | None
    reasons: tuple[str, ...] = ()


def months_held(lake: LakeView) -> tuple[date, ...]:
    """Return every whole month between the first and the last activity that the lake holds and knows."""
    con = lake.connection()
    dated = " union all ".join(f"select {column} as day from {table}" for table, column in _dated().items())
    first, last = con.execute(
        f"select min(day), max(day) from ({dated}) where day <= $day", {"day": lake.known_by}
    ).fetchall()[0]
    if first is None:
        return ()
    found, month = [], first.replace(day=1)
    while add_months(month, 1) <= lake.known_by and month <= last:
        found.append(month)
        month = add_months(month, 1)
    return tuple(found)


def _dated() -> dict[str, str]:
    from doorstep.records.contracts import TABLES

    return {table: str(TABLES[table].dated) for table in WATCHED}


def true_figures(home: Home, lake: Lake, months: Sequence[date], *, cohort: str = "local") -> Iterator[Counted]:
    """Yield the figures of months in their order; a month that a return would stop for comes with its reasons.

    Raises what `planning.build_return` raises for the home and the cohort, before the first month.
    """
    place, _ = places.configured(home.config())
    con, ready = lake.connection(), None
    for month in sorted(months):
        settings = building.settings_of(home, place=place, month=month, cohort=cohort, metric_set_name="guide")
        baseline = settings.choices.baseline_on
        if ready is None or ready[0] != baseline:
            prepared = building.ready(home, lake, settings)
            ready = (baseline, prepared.choices.baseline_on)
            settings = prepared
        else:
            settings = replace(settings, choices=replace(settings.choices, baseline_on=ready[1]))
            counting.prepare(con, settings.month, settings.area)
        reasons = _reasons(con, settings)
        if reasons:
            yield Counted(month, None, reasons)
            continue
        counting.count(con, settings.month, settings.definitions, settings.choices)
        found = counting.figures(con, settings.place.name, month)
        yield (
            Counted(month, found) if found.patients[0] else Counted(month, None, ("nobody is a patient of the month",))
        )


def _reasons(con: object, settings: building.Counting) -> tuple[str, ...]:
    known = records.stop_reasons(con, settings.month.start)  # type: ignore[arg-type]
    told = {reason.split(":")[0] for reason in known}
    absent = missing_flows(con, settings.month, settings.definitions)  # type: ignore[arg-type]
    return (*known, *(reason for reason in absent if reason.split(":")[0] not in told))
