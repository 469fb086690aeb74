"""Everything that a Place's own pages need, counted in one opening of the lake. No Django here: a notebook can ask too.

In: a home, the knowledge date. Out: the pages' tables, already safe, and the true figures of each month, which are not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doorstep import records
from doorstep.errors import DataError
from doorstep.home import Home
from doorstep.planning.person_file import ensure_person_file
from doorstep.planning.reading_out.sheets import Reading
from doorstep.planning.site.completeness import read_completeness
from doorstep.planning.site.history import provenance_in
from doorstep.planning.site.own_cohort import how_defined, read_own_cohort
from doorstep.planning.site.true_figures import Counted, months_held, true_figures
from doorstep.records import Lake
from doorstep.returns import Figures, Ledger
from doorstep.returns.ledger import Entry

MONTHS_OF_COMPLETENESS = 13  # a year back, and the same month of the year before


@dataclass(frozen=True)
class Gathered:
    """What was counted. `pages` are by the page's name; `figures` hold true numbers."""

    place: str
    snapshot: str
    known_by: date
    as_at: date
    pages: dict[str, Reading]
    facts: list[tuple[str, str]]
    counted: tuple[Counted, ...]
    entries: tuple[Entry, ...]
    provenance: dict[str, dict[str, Any]]

    @property
    def figures(self) -> tuple[Figures, ...]:
        """The figures of every month that has some."""
        return tuple(one.figures for one in self.counted if one.figures)

    @property
    def left_out(self) -> tuple[tuple[date, tuple[str, ...]], ...]:
        """Months without figures, with the reasons."""
        return tuple((one.month, one.reasons) for one in self.counted if one.figures is None)


def gather(
    home: Home,
    *,
    known_by: date,
    cohort: str = "local",
    workbooks: Sequence[Path] = (),
    say: Callable[[str], None] = lambda _: None,
) -> Gathered:
    """Count everything as known by a date; the cohort on the first day of the newest month that can be counted.

    `workbooks` are folders where provenance files lie; `say` tells progress.

    Raises what `planning.build_return` raises for the home and the cohort; DataError where no month can be counted.
    """
    entries = tuple(Ledger.of(home).entries())
    provenance = provenance_in(workbooks)
    with records.open_lake(home, known_by=known_by) as lake:
        months = months_held(lake)
        counted = []
        for one in true_figures(home, lake, months, cohort=cohort):
            say(f"counting {one.month:%B %Y}")
            counted.append(one)
        if not any(one.figures for one in counted):
            raise _no_month(counted, lake)
        say("building the person table where it is stale")
        person = ensure_person_file(home, lake, as_at=max(one.month for one in counted if one.figures))
        say("protecting the cohort's tables")
        pages = {
            "cohort": read_own_cohort(home, lake, person, cohort),
            "completeness": read_completeness(lake, months[-MONTHS_OF_COMPLETENESS:]),
        }
        facts = how_defined(home, lake, person, cohort)
        place = str(person.meta["place"])
        return Gathered(
            place, lake.snapshot, lake.known_by, person.as_at, pages, facts, tuple(counted), entries, provenance
        )


def _no_month(counted: Sequence[Counted], lake: Lake) -> DataError:
    last = counted[-1] if counted else None
    seen = f"{last.month:%B %Y}: {last.reasons[0]}" if last else "the lake holds no whole month of activity"
    return DataError(
        f"no month can be counted as known by {lake.known_by}; {seen}",
        expected="one month at least with data of every flow and main provider",
        do="load what is missing, and see `doorstep records completeness --month YYYY-MM`",
    )
