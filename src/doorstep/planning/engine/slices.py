"""Writing answers to Parquet in the order of people, some people at a time: the last joins then fit in memory."""

from __future__ import annotations

from collections.abc import Collection, Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlglot import exp

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

# People whose rows are joined at a time, and make one row group: their tables take some 50 MB, whatever the
# population. Four times as many take as long for each person, and four times the memory.
PEOPLE_A_SLICE = ROW_GROUP = 65_536


def write_tables(answers: Iterator[Sequence[pa.Table]], paths: Sequence[Path]) -> int:
    """Write answers as they come, one after the other to each path; return the rows of the first.

    A reader finds the files before or the whole ones.
    """
    drafts = [path.with_name(f".{path.name}.draft") for path in paths]
    n_rows = 0
    try:
        with ExitStack() as stack:
            writers: list[Any] = []
            for tables in answers:
                writers = writers or [stack.enter_context(_writer(d, t)) for d, t in zip(drafts, tables, strict=True)]
                for writer, table in zip(writers, tables, strict=True):
                    writer.write_table(table, row_group_size=ROW_GROUP)
                n_rows += tables[0].num_rows
                del table, tables  # else they stay while the next ones are made
        for draft, path in zip(drafts, paths, strict=True):
            draft.replace(path)
    finally:
        for draft in drafts:
            draft.unlink(missing_ok=True)
    return n_rows


def ahead(answers: Iterator[list[pa.Table]]) -> Generator[list[pa.Table], None, None]:
    """Yield what an iterator yields, the next one being made in another thread while one is in use.

    To be closed before anything else uses what the iterator uses.
    """
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, answers, None)
        while (found := coming.result()) is not None:
            coming = pool.submit(next, answers, None)
            yield found


def _writer(path: Path, table: pa.Table) -> Any:
    """Only words have few distinct values a column: a dictionary of anything else costs more than it saves."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    words = [f.name for f in table.schema if pa.types.is_string(f.type) and f.name != "person_id"]
    return pq.ParquetWriter(path, table.schema, compression="zstd", compression_level=1, use_dictionary=words)


def write_ordered(con: DuckDBPyConnection, rows: exp.Query, path: Path) -> int:
    """Write the rows of a query that says their order, batch after batch; return how many."""
    import pyarrow as pa

    batches = con.sql(rows.sql("duckdb")).to_arrow_reader(ROW_GROUP)
    nothing = [batches.schema.empty_table()]
    read = ([pa.Table.from_batches([batch])] for batch in batches)
    return write_tables((tables for part in ([nothing], read) for tables in part), [path])


def slices(rows: Sequence[exp.Query], n_people: int, size: int = PEOPLE_A_SLICE) -> Iterator[tuple[range, list[str]]]:
    """Yield the people of each slice, numbered from 0, and the text of each query over them alone.

    The queries read only tables that are keyed by those numbers. There is one slice where there is nobody.
    """
    steps = {table.name for query in rows for table in query.find_all(exp.Table)}
    for first in range(0, max(1, n_people), size):
        people = range(first, min(first + size, max(1, n_people)))
        yield people, [_only(query, steps, people).sql("duckdb") for query in rows]


def _only(rows: exp.Query, steps: Collection[str], people: range) -> exp.Query:
    """Return the query over the rows of some people of each step."""
    within = exp.column("person_id").between(people[0], people[-1])

    def narrowed(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Table) or node.name not in steps:
            return node
        table = node.copy()
        table.set("alias", None)
        return exp.select("*").from_(table).where(within.copy()).subquery(node.alias_or_name)

    return cast(exp.Query, rows.transform(narrowed))
