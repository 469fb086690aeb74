"""The population's program over a layout that keys people and codes by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.duck import ANSWERS, create_lookups, drop_lookups, holds_coded_entries, run_steps
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.sources import Source
from doorstep.planning.engine.steps import Step
from doorstep.planning.sorted_copy.layout import SortedCopy
from doorstep.planning.sorted_copy.reading import open_copy

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_person_table(
    con: DuckDBPyConnection,
    copy: SortedCopy,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path,
    place_score: PlaceScore | None = None,
) -> None:
    """Make the temp tables `person_table` and `history_table` of everyone from a sorted copy.

    The rows are those that `engine.duck.create_person_table` makes from the lake of the copy's snapshot.
    """
    source = open_copy(con, copy, shelf)
    has_codes = holds_coded_entries(con, source.relation("coded"))
    plan = make_plan(shelf, as_at=as_at, practices=practices, lists=lists, place_score=place_score, has_codes=has_codes)
    run_numbered(con, plan, source)


def run_numbered(
    con: DuckDBPyConnection, plan: Plan, source: Source, *, more: Iterable[Step] = (), keep: Sequence[str] = ()
) -> None:
    """Run a plan, and `more` steps after it, over a layout that keys people and codes by number.

    `person_table` and `history_table` are left with pseudonyms; tables in `keep` with numbers.
    """
    create_lookups(con, plan)
    run_steps(con, (*plan.steps(source), *more), keep=(*ANSWERS, *keep))
    drop_lookups(con, plan)
