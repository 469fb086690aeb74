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
_PARQUET = f"format parquet, compression zstd, row_group_size {ROW_GROUP}"


def write(con: DuckDBPyConnection, rows: exp.Query, path: Path, *, size: int = PEOPLE_A_SLICE) -> int:
    """Write the rows of a query over `person_now` and other steps to a Parquet file; return how many.

    A slice's rows stay in the order of `person_now`, which is that of person_id. A reader of `path` finds the whole
    file or the one before it.
    """
    edges = [name for (name,) in con.execute(_EDGES.format(size=size)).fetchall()]
    if not edges:
        return _copied(con, rows.sql("duckdb"), path)
    parts = [path.with_name(f".{path.name}.{n}") for n, _ in enumerate(edges)]
    steps = {table.name for table in rows.find_all(exp.Table)}
    try:
        for part, within in zip(parts, _ranges(edges), strict=True):
            _copied(con, _only(rows, steps, within).sql("duckdb"), part)
        listed = ", ".join(f"'{_quoted(part)}'" for part in parts)
        return _copied(con, f"from read_parquet([{listed}])", path)
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


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


def _copied(con: DuckDBPyConnection, sql: str, path: Path) -> int:
    draft = path.with_name(f".{path.name}.draft")
    con.execute("set preserve_insertion_order = true")
    try:
        (n,) = con.execute(f"copy ({sql}) to '{_quoted(draft)}' ({_PARQUET})").fetchall()[0]
    finally:
        con.execute("set preserve_insertion_order = false")
    draft.replace(path)
    return int(n)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
