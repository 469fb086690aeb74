"""Writing files of the copy: a query's rows as Parquet, whole or cut into parts of people, each with its hash."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.sorted_copy.layout import EVERY_PART, PEOPLE_A_PART, Piece
from doorstep.planning.verified import digest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Small row groups let one person's rows be found by reading little of a file.
_OPTIONS = "format parquet, compression zstd, compression_level 1, row_group_size 61440"


def write_whole(con: DuckDBPyConnection, folder: Path, layer: str, table: str, query: str) -> Iterator[Piece]:
    """Write a query's rows as one file of a layer; nothing where there are none."""
    yield from _write(con, folder, f"{layer}/{table}.parquet", table, EVERY_PART, query)


def write_part(
    con: DuckDBPyConnection, folder: Path, layer: str, table: str, part: int, query: str, order: str
) -> Iterator[Piece]:
    """Write the rows of one part of the people, sorted; nothing where there are none."""
    path = f"{layer}/{table}-{part:05d}.parquet"
    yield from _write(con, folder, path, table, part, f"select * from ({query}) order by {order}")


def in_part(part: int) -> str:
    """Return the condition that a row belongs to a part."""
    return in_parts(part, part)


def in_parts(first: int, last: int) -> str:
    """Return the condition that a row belongs to one of the parts from the first up to and including the last."""
    return f"person_id between {first * PEOPLE_A_PART} and {(last + 1) * PEOPLE_A_PART - 1}"


def _write(con: DuckDBPyConnection, folder: Path, name: str, table: str, part: int, query: str) -> Iterator[Piece]:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    target = str(path).replace("'", "''")
    (n_rows,) = con.execute(f"copy ({query}) to '{target}' ({_OPTIONS})").fetchall()[0]
    if n_rows:
        yield Piece(table, part, name, n_rows, path.stat().st_size, digest(path))
    else:
        path.unlink(missing_ok=True)
