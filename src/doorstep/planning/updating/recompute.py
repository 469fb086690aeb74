"""Computing the person table of some people: their facts alone, fetched from the copy, through the same program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.sources import READ
from doorstep.planning.sorted_copy.layout import ORIGIN, WHO, SortedCopy, columns_of_rule
from doorstep.planning.sorted_copy.reading import diagnoses_with, relation

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SCHEMA = "touched_facts"
_ARRIVAL = (*ORIGIN, "is_deleted")


@dataclass(frozen=True)
class Asked:
    """What a person table is computed for; `has_codes`: somebody in the lake has coded entries."""

    shelf: Shelf
    as_at: date
    practices: Sequence[str]
    lists: Path
    place_score: PlaceScore | None
    has_codes: bool


class TouchedFacts:
    """The facts of the people touched as relations of the program, people and codes by number."""

    has_people = False
    everyone = ""

    def __init__(self, news: str) -> None:
        self.names, self.codes = f"{news}.touched", f"{news}.codes"

    def relation(self, name: str) -> str:
        """Return the table of this relation."""
        return f"{SCHEMA}.{name}"

    def diagnoses(self) -> exp.Select:
        """Return the diagnoses of the step `stay`, unnested with their positions, codes as numbers."""
        return diagnoses_with(self.codes)


def compute(con: DuckDBPyConnection, copy: SortedCopy, asked: Asked, *, news: str) -> None:
    """Compute the people in `<news>.touched` (person_id, name); `<news>.origins` and `<news>.codes` number the rest.

    Makes the program's temp tables: `person_table` and `history_table` by pseudonym, and `people`, `residence` and
    `registration` by number.
    """
    from doorstep.planning.engine.plan import make_plan
    from doorstep.planning.engine.who import people_steps
    from doorstep.planning.sorted_copy.program import run_numbered

    con.execute(f"create schema if not exists {SCHEMA}")
    for table in READ:
        con.execute(f"create or replace table {SCHEMA}.{table} as {_facts(copy, table, asked.shelf, news)}")
    plan = make_plan(
        asked.shelf, as_at=asked.as_at, practices=asked.practices, lists=asked.lists, place_score=asked.place_score,
        has_codes=asked.has_codes,
    )  # fmt: skip
    run_numbered(con, plan, TouchedFacts(news), more=people_steps(), keep=tuple(WHO))


def _facts(copy: SortedCopy, table: str, shelf: Shelf, news: str) -> str:
    asked = {n for a in shelf.activities if a.table == table for n in columns_of_rule(a.where)}
    wanted = dict.fromkeys((*READ[table], *sorted(asked)))
    columns = ", ".join(_column(n) for n in wanted)
    join = f"join {news}.origins as o on o.origin = f.origin" if set(wanted) & set(_ARRIVAL) else ""
    only = f"f.person_id in (select person_id from {news}.touched)"
    return f"select {columns} from ({relation(copy, table, only=only)}) as f {join}"


def _column(name: str) -> str:
    if name == "is_deleted":
        return "false as is_deleted"
    return f"o.{name}" if name in ORIGIN else f"f.{name}"
