"""The population's program over a layout that keys people and codes by number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from doorstep.planning.engine.duck import ANSWERS, create_lookups, drop_lookups, run_steps
from doorstep.planning.engine.plan import Plan
from doorstep.planning.engine.sources import Source
from doorstep.planning.engine.steps import Step

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def run_numbered(
    con: DuckDBPyConnection, plan: Plan, source: Source, *, more: Iterable[Step] = (), keep: Sequence[str] = ()
) -> None:
    """Run a plan, and `more` steps after it, over a layout that keys people and codes by number.

    `person_table` and `history_table` are left with pseudonyms; tables in `keep` with numbers.
    """
    create_lookups(con, plan)
    run_steps(con, (*plan.steps(source), *more), keep=(*ANSWERS, *keep))
    drop_lookups(con, plan)
