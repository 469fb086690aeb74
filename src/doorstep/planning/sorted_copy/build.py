"""The person table written from the copy, some parts of the people at a time: small tables, whatever the population.

The plan is compiled once, to text. Workers, each with a database of its own, run it over parts of whole people. The
rows are in the order of the numbers: that of the pseudonyms, with people who came after the copy was made behind.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.duck import ANSWERS, Written, create_lookups, holds_coded_entries, limit_memory
from doorstep.planning.engine.keyed import named
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.slices import write_tables
from doorstep.planning.engine.steps import columns_read, condition
from doorstep.planning.sorted_copy.layout import SortedCopy
from doorstep.planning.sorted_copy.pieces import in_parts
from doorstep.planning.sorted_copy.reading import (
    DICTIONARIES,
    SCHEMA,
    SortedSource,
    relation,
    show_parts,
    with_arrival,
)
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

WORKERS = 2
PARTS_AT_A_TIME = 2
_NO_HISTORY = "select person_id from person_now where false"


def write_person_table(
    copy: SortedCopy,
    shelf: Shelf,
    person: Path,
    history: Path,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path,
    place_score: PlaceScore | None = None,
    memory: str | None = None,
) -> Written:
    """Write the person table and the history of everyone from a sorted copy, each file whole or not at all.

    The rows are those that `engine.duck.write_person_table` writes from the lake of the copy's snapshot. `memory` is
    the most that DuckDB may use in all. Raises what that raises, and NotWhatItClaimsError where the copy was changed.
    """
    asked: dict[str, Any] = {"as_at": as_at, "practices": practices, "lists": lists, "place_score": place_score}
    with _opened(copy, memory) as workers:
        held = holds_coded_entries(workers[0], f"({relation(copy, 'coded')})")
        plan = make_plan(shelf, has_codes=held, **asked)
        n_people = write_tables(_run(copy, plan, Compiled.of(plan), workers), (person, history))
    return Written(n_people, held)


def write_columns(
    copy: SortedCopy,
    shelf: Shelf,
    columns: Mapping[str, str],
    path: Path,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path,
    place_score: PlaceScore | None = None,
) -> None:
    """Write some columns of the person table, of everyone, as one Parquet file in the order of the numbers.

    `columns` and the rows are those of `engine.duck.write_columns`; `person_id` stands for itself alone.
    """
    shown = {name: condition(text) for name, text in columns.items()}
    wanted = {*columns_read(shown.values()), "person_id"}
    asked: dict[str, Any] = {"as_at": as_at, "practices": practices, "lists": lists, "place_score": place_score}
    with _opened(copy, None) as workers:
        held = holds_coded_entries(workers[0], f"({relation(copy, 'coded')})")
        plan = make_plan(shelf, has_codes=held, wanted=wanted, **asked)
        found = _run(copy, plan, Compiled.of(plan, shown), workers)
        write_tables(([table.select([*columns]) for table in tables] for tables in found), (path,))


@contextmanager
def _opened(copy: SortedCopy, memory: str | None) -> Iterator[list[DuckDBPyConnection]]:
    """Open the workers' databases."""
    import duckdb

    with ExitStack() as stack:
        workers = [stack.enter_context(duckdb.connect(":memory:")) for _ in range(WORKERS)]
        for con in workers:
            _settle(con, copy, memory)
        yield workers


def _run(
    copy: SortedCopy, plan: Plan, compiled: Compiled, workers: Sequence[DuckDBPyConnection]
) -> Iterator[list[pa.Table]]:
    """Check the files that a plan reads, and yield its answers."""
    copy.check(p for layer in copy.layers for p in layer.pieces if not compiled.leaves(p.table))
    for con in workers:
        create_lookups(con, plan)
    yield from _Build(copy, plan.shelf, compiled).run(workers)


def _settle(con: DuckDBPyConnection, copy: SortedCopy, memory: str | None) -> None:
    """Give a worker its share of memory, a place to spill, and the dictionaries; two workers keep two processors busy.

    Small dictionaries are read into memory; pseudonyms stay in their file.
    """
    if memory:
        limit_memory(con, memory)
        (limit,) = con.execute("select current_setting('memory_limit')").fetchall()[0]
        con.execute(f"set memory_limit = '{_share(limit)}'")
    con.execute("set temp_directory = $folder", {"folder": str(copy.folder.parent / ".spill")})
    con.execute("set threads = 1")
    con.execute(f"create schema {SCHEMA}")
    for name in DICTIONARIES:
        kind = "view" if name == "names" else "table"
        con.execute(f"create {kind} {SCHEMA}.{name} as {relation(copy, name)}")


def _share(limit: str) -> str:
    """A worker's share of a limit as DuckDB says it ("953.6 MiB"); the answers on their way to disk need some too."""
    size, unit = limit.split()
    return f"{float(size) * 0.8 / WORKERS:.3f} {unit}"


class Unnamed(SortedSource):
    """The copy's layout with answers left by number: pseudonyms are given back outside, where they lie in order."""

    names = ""


@dataclass(frozen=True)
class Compiled:
    """A plan as text: name and query of each step with the tables that nothing reads after it, and of each answer."""

    steps: tuple[tuple[str, str, tuple[str, ...]], ...]
    answers: tuple[str, ...]
    reads: frozenset[str]

    @classmethod
    def of(cls, plan: Plan, shown: Mapping[str, exp.Expr] | None = None) -> Compiled:
        """Compile a plan over the views of a copy; for these expressions over the person table, where they are given.

        The first column of an answer is person_id.
        """
        steps = plan.steps(Unnamed())
        read = {step.name: [table.name for table in step.query.find_all(exp.Table)] for step in steps}
        last = {name: n for n, step in enumerate(steps) for name in read[step.name]}
        texts = {step.name: step.query.sql("duckdb") for step in steps}
        before = [(n, step.name) for n, step in enumerate(steps) if step.name not in ANSWERS]
        made = {name for _, name in before}
        answers = tuple(texts.get(name, _NO_HISTORY) for name in ANSWERS)
        if shown is not None:
            own = (exp.alias_(e, name) for name, e in shown.items() if name != "person_id")
            table = next(step.query for step in steps if step.name == ANSWERS[0])
            answers = (exp.select("person_id", *own).from_(table.subquery("answer")).sql("duckdb"),)
        return cls(
            tuple((s, texts[s], tuple(x for x in made if last.get(x, n) == n and x != s)) for n, s in before),
            answers,
            frozenset(name for names in read.values() for name in names),
        )

    def leaves(self, table: str) -> bool:
        """Return whether no step reads a table of facts; what layers took away, and dictionaries, are always read."""
        return table in TABLES and table not in self.reads


@dataclass(frozen=True)
class _Build:
    copy: SortedCopy
    shelf: Shelf
    compiled: Compiled

    def run(self, workers: Sequence[DuckDBPyConnection]) -> Iterator[list[pa.Table]]:
        """Yield the answers of one lot of parts after another, while the workers are at the next ones."""
        lots = deque(range(n, n + PARTS_AT_A_TIME) for n in range(0, max(1, self.copy.n_parts), PARTS_AT_A_TIME))
        with ThreadPoolExecutor(len(workers)) as pool:
            at_work: deque[tuple[DuckDBPyConnection, Future[list[pa.Table]]]] = deque()
            for con in workers[: len(lots)]:
                at_work.append((con, pool.submit(self.answers, con, lots.popleft())))
            while at_work:
                con, first = at_work.popleft()
                found = first.result()
                if lots:
                    at_work.append((con, pool.submit(self.answers, con, lots.popleft())))
                yield found

    def answers(self, con: DuckDBPyConnection, parts: range) -> list[pa.Table]:
        """Return the answers about the people of some parts, by pseudonym, in the order of their numbers."""
        show_parts(con, self.copy, self._wide, parts)
        for name, query, done in self.compiled.steps:
            con.execute(f"create or replace temp table {name} as {query}")
            for other in done:
                con.execute(f"drop table if exists temp.{other}")
        names = f"select person_id, name from {SCHEMA}.names where {in_parts(parts[0], parts[-1])} order by person_id"
        known = con.sql(names).to_arrow_table()
        return [named(con.sql(text).to_arrow_table(), known) for text in self.compiled.answers]

    @cached_property
    def _wide(self) -> frozenset[str]:
        return with_arrival(self.shelf)
