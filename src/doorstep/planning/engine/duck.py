"""The plan on DuckDB: each step a temp table, from the lake's views or another layout."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.sources import READ, LakeTables, Source
from doorstep.planning.engine.steps import Lookup

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create_person_table(
    con: DuckDBPyConnection,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path | None = None,
    place_score: PlaceScore | None = None,
    wanted: str | None = None,
    source: Source | None = None,
) -> Plan:
    """Make the temp tables `person_table` (one row for everyone in a person or cohort row) and `history_table`.

    Columns: `columns.person_columns(shelf)` and `history_columns(shelf)`. `lists` is a Parquet of code lists (default:
    those shipped); `wanted` a query of the person_ids to make rows for (default: everyone). Raises ConfigurationError
    where a definition asks for what is not there.
    """
    from doorstep import reference

    source = source or LakeTables()
    plan = make_plan(
        shelf,
        as_at=as_at,
        practices=practices,
        lists=lists or reference.table("codes"),
        place_score=place_score,
        has_codes=holds_coded_entries(con),
    )
    if wanted:
        source = only_some(con, source, wanted)
    run(con, plan, source)
    return plan


def holds_coded_entries(con: DuckDBPyConnection, coded: str = "coded") -> bool:
    """Return whether the lake has any coded GP entry; without them the group rests on risk alone."""
    return bool(con.execute(f"select 1 from {coded} limit 1").fetchall())


def run(con: DuckDBPyConnection, plan: Plan, source: Source) -> None:
    """Run every step of a plan, each to a temp table of its name."""
    for lookup in plan.lookups:
        create_lookup(con, lookup)
    for step in plan.steps(source):
        con.execute(f"create or replace temp table {step.name} as {step.query.sql('duckdb')}")


def create_lookup(con: DuckDBPyConnection, lookup: Lookup) -> None:
    """Make the temp table of one lookup."""
    import pyarrow as pa

    columns = list(zip(*lookup.rows, strict=True)) or [()] * len(lookup.columns)
    types = {
        "VARCHAR": pa.string(),
        "INTEGER": pa.int32(),
        "BIGINT": pa.int64(),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
    }
    arrays = [pa.array(values, types[kind]) for values, kind in zip(columns, lookup.columns.values(), strict=True)]
    con.register("lookup_rows", pa.table(arrays, names=list(lookup.columns)))
    con.execute(f"create or replace temp table {lookup.name} as from lookup_rows")
    con.unregister("lookup_rows")


class SomePeople(LakeTables):
    """A layout seen through views that hold only some people."""

    def __init__(self, inner: Source) -> None:
        self.has_people, self.names, self.codes = inner.has_people, inner.names, inner.codes
        self.diagnoses = inner.diagnoses  # type: ignore[method-assign]

    def relation(self, name: str) -> str:
        """Return the view of one relation."""
        return f"some_{name}"


def only_some(con: DuckDBPyConnection, source: Source, wanted: str) -> SomePeople:
    """Return the layout with only the people whose person_id a query gives."""
    con.execute(f"create or replace temp table wanted_person as {wanted}")
    for name in READ:
        sql = f"from {source.relation(name)} semi join wanted_person using (person_id)"
        con.execute(f"create or replace temp view some_{name} as {sql}")
    return SomePeople(source)
