"""Writing an answer to Parquet in the order of person_id, some people at a time: the last joins then fit in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from sqlglot import exp

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

ROW_GROUP = 122_880
# A few row groups of people: the tables joined for them take some 200 MB, whatever the size of the population.
PEOPLE_A_SLICE = 2 * ROW_GROUP


def write(con: DuckDBPyConnection, rows: exp.Query, path: Path, *, size: int = PEOPLE_A_SLICE) -> int:
    """Write the rows of a query over `person_now` and other steps to a Parquet file; return how many.

    A slice's rows stay in the order of `person_now`, which is that of person_id. A reader of `path` finds the whole
    file or the one before it.
    """
    draft = path.with_name(f".{path.name}.draft")
    con.execute("set preserve_insertion_order = true")
    try:
        n_rows = _written(con, list(_slices(con, rows, size)), draft)
        draft.replace(path)
    finally:
        con.execute("set preserve_insertion_order = false")
        draft.unlink(missing_ok=True)
    return n_rows


def write_ordered(con: DuckDBPyConnection, rows: exp.Query, path: Path) -> int:
    """Write the rows of a query that says their order, batch after batch; return how many."""
    from pyarrow.parquet import ParquetWriter

    draft = path.with_name(f".{path.name}.draft")
    n_rows = 0
    try:
        batches = con.sql(rows.sql("duckdb")).to_arrow_reader(ROW_GROUP)
        with ParquetWriter(draft, batches.schema, compression="zstd", compression_level=1) as writer:
            for batch in batches:
                writer.write_batch(batch)
                n_rows += batch.num_rows
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return n_rows


def _written(con: DuckDBPyConnection, slices: list[exp.Query], path: Path) -> int:
    """Write the rows of one query after the other to a file: each row is encoded once, in the slice it belongs to."""
    from pyarrow.parquet import ParquetWriter

    schema = con.sql(f"from ({slices[0].sql('duckdb')}) limit 0").to_arrow_table().schema
    n_rows = 0
    with ParquetWriter(path, schema, compression="zstd", compression_level=1) as writer:
        for part in slices:
            found = con.sql(part.sql("duckdb")).to_arrow_table()
            writer.write_table(found, row_group_size=ROW_GROUP)
            n_rows += found.num_rows
    return n_rows


def _slices(con: DuckDBPyConnection, rows: exp.Query, size: int) -> Iterator[exp.Query]:
    """Yield the query of each slice; the query itself where there is nobody."""
    edges = [name for (name,) in con.execute(_EDGES.format(size=size)).fetchall()]
    steps = {table.name for table in rows.find_all(exp.Table)}
    yield from (_only(rows, steps, within) for within in _ranges(edges)) if edges else [rows]


_EDGES = """
select person_id from (select person_id, row_number() over (order by person_id) as place from person_now)
where (place - 1) % {size} = 0 order by person_id
"""


def _ranges(edges: list[str | int]) -> Iterator[exp.Expr]:
    """Yield the condition of each slice: from one edge up to the next."""
    person = exp.column("person_id")
    for n, edge in enumerate(edges):
        from_here = person.copy() >= exp.convert(edge)
        until = [person.copy() < exp.convert(edges[n + 1])] if n + 1 < len(edges) else []
        yield exp.and_(from_here, *until)


def _only(rows: exp.Query, steps: Collection[str], within: exp.Expr) -> exp.Query:
    """Return the query over the rows of some people of each step."""

    def narrowed(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Table) or node.name not in steps:
            return node
        table = node.copy()
        table.set("alias", None)
        return exp.select("*").from_(table).where(within.copy()).subquery(node.alias_or_name)

    return cast(exp.Query, rows.transform(narrowed))
