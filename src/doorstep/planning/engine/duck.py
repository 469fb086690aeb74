"""The plan on DuckDB: each step a temp table, from the lake's views or another layout."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from doorstep.errors import UsageError
from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.keyed import by_number, keyed_people, named, names_of
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.slices import ahead, slices, write_tables
from doorstep.planning.engine.sources import READ, LakeTables, Source
from doorstep.planning.engine.steps import Lookup, Step, columns_read, condition, query

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

ANSWERS = ("person_table", "history_table")


@dataclass(frozen=True)
class Written:
    """What a written person table holds."""

    n_people: int
    has_codes: bool


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
    those shipped); `wanted` a query of the person_ids to make rows for (default: everyone); `source` the layout to read
    (default: the lake's views in `con`). Raises ConfigurationError where a definition asks for what is not there.
    """
    source = source or LakeTables()
    plan = _plan(con, shelf, source, as_at=as_at, practices=practices, lists=lists, place_score=place_score)
    read = only_some(con, source, wanted) if wanted else source
    create_lookups(con, plan)
    run_steps(con, plan.steps(read), keep=ANSWERS)
    drop_lookups(con, plan)
    return plan


def write_person_table(
    con: DuckDBPyConnection,
    shelf: Shelf,
    person: Path,
    history: Path,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path | None = None,
    place_score: PlaceScore | None = None,
    memory: str | None = None,
) -> Written:
    """Write the person table and the history as Parquet files, in the order of person_id, each whole or not at all.

    `memory` is the most that DuckDB may use. Raises what `create_person_table` raises.
    """
    if memory:
        limit_memory(con, memory)
    asked: dict[str, Any] = {"as_at": as_at, "practices": practices, "lists": lists, "place_score": place_score}
    with keyed_people(con, in_order=True) as source:
        plan = _plan(con, shelf, source, **asked)
        steps = plan.steps(source)
        asks = {step.name: step.query for step in steps if step.name in ANSWERS}
        answers = [asks.get(name, _NO_HISTORY) for name in ANSWERS]
        read = {table.name for answer in answers for table in answer.find_all(exp.Table)}
        before = [by_number(step) if step.name in read else step for step in steps if step.name not in ANSWERS]
        create_lookups(con, plan)
        run_steps(con, before, keep=read)
        with _order_kept(con), closing(ahead(_answers(con, answers))) as found:
            n_people = write_tables(found, (person, history))
        for name in read:
            con.execute(f"drop table if exists temp.{name}")
        drop_lookups(con, plan)
    return Written(n_people, plan.has_codes)


def _answers(con: DuckDBPyConnection, queries: Sequence[exp.Query]) -> Iterator[list[pa.Table]]:
    """Yield the answers about one slice of people after another, by pseudonym."""
    (n_people,) = con.execute("select count(*) from person_now").fetchall()[0]
    for people, texts in slices(queries, n_people):
        known = names_of(con, people[0], people[-1])
        yield [named(con.sql(text).to_arrow_table(), known) for text in texts]


def write_columns(
    con: DuckDBPyConnection,
    shelf: Shelf,
    columns: Mapping[str, str],
    path: Path,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path | None = None,
    place_score: PlaceScore | None = None,
) -> None:
    """Write some columns of the person table as one Parquet file, a row for everyone, in no order.

    `columns`: name in the file -> expression over columns of the person table, fixed text in DuckDB's words. Only what
    these ask for is worked out. Raises what `create_person_table` raises.
    """
    shown = {name: condition(text) for name, text in columns.items()}
    wanted = {*columns_read(shown.values()), "person_id"}
    asked: dict[str, Any] = {"as_at": as_at, "practices": practices, "lists": lists, "place_score": place_score}
    with keyed_people(con, in_order=False) as source:
        plan = _plan(con, shelf, source, wanted=wanted, **asked)
        create_lookups(con, plan)
        *before, answer = plan.steps(source)
        run_steps(con, before, keep=_tables(answer))
        rows = exp.select(*(exp.alias_(e, name) for name, e in shown.items())).from_(answer.query.subquery("answer"))
        draft = path.with_name(f".{path.name}.draft")
        target = str(draft).replace("'", "''")
        con.execute(
            f"copy ({rows.sql('duckdb')}) to '{target}' (format parquet, compression zstd, compression_level 1)"
        )
        draft.replace(path)
        for name in _tables(answer):
            con.execute(f"drop table if exists temp.{name}")
        drop_lookups(con, plan)


def _tables(step: Step) -> set[str]:
    return {table.name for table in step.query.find_all(exp.Table)}


def limit_memory(con: DuckDBPyConnection, memory: str) -> None:
    """Set the most that a build may use; UsageError where that is no size.

    DuckDB is given what Python and the buffers that DuckDB does not count are likely to leave, and at least half.
    """
    found = _SIZE.fullmatch(memory.strip())
    if not found:
        raise UsageError(f"memory {memory!r}", expected="a size such as 1GB or 1.5GB")
    megabytes = float(found[1]) * (1000 if found[2].upper() == "G" else 1)
    con.execute(f"set memory_limit = '{int(max(megabytes - OUTSIDE_MB, megabytes / 2))}MB'")


# Python with what it imports (130 MB), answers on their way to a file (150 MB), and what allocators keep.
OUTSIDE_MB = 400
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([MG])B", re.IGNORECASE)
_FILE = "format parquet, compression zstd, compression_level 1"
_NO_HISTORY = query("select person_id from person_now where false")


def _plan(
    con: DuckDBPyConnection,
    shelf: Shelf,
    source: Source,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path | None,
    place_score: PlaceScore | None,
    wanted: Collection[str] | None = None,
) -> Plan:
    from doorstep import reference

    return make_plan(
        shelf,
        as_at=as_at,
        practices=practices,
        lists=lists or reference.table("codes"),
        place_score=place_score,
        has_codes=holds_coded_entries(con, source.relation("coded")),
        wanted=wanted,
    )


def holds_coded_entries(con: DuckDBPyConnection, coded: str = "coded") -> bool:
    """Return whether the lake has any coded GP entry; without them the group rests on risk alone."""
    return bool(con.execute(f"select 1 from {coded} limit 1").fetchall())


def create_lookups(con: DuckDBPyConnection, plan: Plan) -> None:
    """Make the temp tables of a plan's lookups."""
    for lookup in plan.lookups:
        create_lookup(con, lookup)


def drop_lookups(con: DuckDBPyConnection, plan: Plan) -> None:
    """Drop the temp tables of a plan's lookups."""
    for lookup in plan.lookups:
        con.execute(f"drop table temp.{lookup.name}")


def run_steps(con: DuckDBPyConnection, steps: Sequence[Step], *, keep: Collection[str]) -> None:
    """Run steps, each to a temp table of its name, dropped once no later step reads it unless it is in `keep`."""
    reads = [*map(_tables, steps)]
    for n, step in enumerate(steps):
        _run(con, step)
        later = set().union(*reads[n + 1 :])
        for done in steps[: n + 1]:
            if done.name not in later and done.name not in keep:
                con.execute(f"drop table if exists temp.{done.name}")


def _run(con: DuckDBPyConnection, step: Step) -> None:
    """Make the table of a step; one with an order is stored in it."""
    with _order_kept(con, bool(step.query.args.get("order"))):
        con.execute(f"create or replace temp table {step.name} as {step.query.sql('duckdb')}")


@contextmanager
def _order_kept(con: DuckDBPyConnection, is_needed: bool = True) -> Iterator[None]:
    """Keep rows in their order where it is needed: this setting alone makes sure of it, and costs memory elsewhere."""
    ((kept,),) = con.execute("select current_setting('preserve_insertion_order')").fetchall()
    con.execute(f"set preserve_insertion_order = {bool(kept or is_needed)}")
    yield
    con.execute(f"set preserve_insertion_order = {bool(kept)}")


def create_lookup(con: DuckDBPyConnection, lookup: Lookup) -> None:
    """Make the temp table of one lookup; its columns go in as lists, for Arrow would load pandas to make arrays."""
    values = [list(column) for column in zip(*lookup.rows, strict=True)] or [[] for _ in lookup.columns]
    columns = (f"unnest(${n}::{kind}[]) as {name}" for n, (name, kind) in enumerate(lookup.columns.items(), start=1))
    con.execute(f"create or replace temp table {lookup.name} as select {', '.join(columns)}", values)


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
