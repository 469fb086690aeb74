"""The cells of a file as text in a temporary table, each row with its number, and the rows that cannot be read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from doorstep.errors import DataError, NotWhatItClaimsError
from doorstep.records.reading.lines import sample_records, sort_lines
from doorstep.records.reading.source import LONGEST_LINE, Sniffed
from doorstep.records.reading.sqltext import literal, name

ROW = "#row"  # no header can be written with it: a `#row` of theirs would be a duplicate, and refused


@dataclass(frozen=True)
class Raw:
    """Temporary tables `cells` (the wanted columns as text) and `refused` (row_no, reason).

    `row_no` is the expression that numbers a row of `cells`.
    """

    cells: str
    refused: str
    row_no: str
    n_rows: int


def columns_of(con: duckdb.DuckDBPyConnection, sniffed: Sniffed) -> tuple[str, ...]:
    """Return the column names of a file in its order.

    Raises NotWhatItClaimsError for a Parquet file that cannot be opened.
    """
    if sniffed.format == "csv":
        return sniffed.header
    try:
        rows = con.execute(f"DESCRIBE SELECT * FROM read_parquet({literal(str(sniffed.source.path))})").fetchall()
    except duckdb.Error as error:
        raise _unreadable(sniffed, error) from error
    return tuple(str(r[0]) for r in rows)


def _unreadable(sniffed: Sniffed, error: Exception) -> NotWhatItClaimsError:
    first = str(error).splitlines()[0]
    return NotWhatItClaimsError(
        f"the file starts like {sniffed.format} and cannot be read: {first[:200]}",
        expected=f"a whole {sniffed.format} file",
        where=str(sniffed.source.path),
        do="ask the sender to send the file again",
    )


def read_raw(con: duckdb.DuckDBPyConnection, sniffed: Sniffed, wanted: Mapping[str, str]) -> Raw:
    """Read the wanted columns of a file as text; `wanted` is the name to give -> the name in the file."""
    stem = f"raw_{sniffed.source.file_id}"
    cells, refused = f"{stem}_cells", f"{stem}_refused"
    con.execute(f"CREATE OR REPLACE TEMP TABLE {name(refused)} (row_no BIGINT, reason VARCHAR)")
    row_no = name(ROW)
    if sniffed.format == "parquet":
        _read_parquet(con, sniffed, wanted, cells)
    elif not sniffed.needs_care and _read_quickly(con, sniffed, wanted, cells):
        row_no = "rowid + 1"
    else:
        _read_carefully(con, sniffed, wanted, cells, refused)
    return Raw(cells, refused, row_no, _count(con, cells) + _count(con, refused))


@contextmanager
def _in_order(con: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Have rows stored in the order of the file, which the parallel reader keeps only with this setting."""
    row = con.execute("SELECT current_setting('preserve_insertion_order')").fetchone()
    con.execute("SET preserve_insertion_order = true")
    try:
        yield
    finally:
        con.execute(f"SET preserve_insertion_order = {bool(row and row[0])}")


def sample_table(con: duckdb.DuckDBPyConnection, sniffed: Sniffed, n_rows: int) -> str:
    """Put the first rows of a file as text into a temporary table and return its name."""
    header = columns_of(con, sniffed)
    if sniffed.format == "parquet":
        path = literal(str(sniffed.source.path))
        kinds = con.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()
        pick = ", ".join(f"{_as_text(str(k[0]), str(k[1]))} AS {name(str(k[0]))}" for k in kinds)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE sample_cells AS SELECT {pick} FROM read_parquet({path}) LIMIT {n_rows}"
        )
        return "sample_cells"
    records = sample_records(sniffed, n_rows)
    columns = ", ".join(f"{name(h)} VARCHAR" for h in header)
    con.execute(f"CREATE OR REPLACE TEMP TABLE sample_cells ({columns})")
    if records:
        con.executemany(f"INSERT INTO sample_cells VALUES ({', '.join('?' * len(header))})", records)
    return "sample_cells"


def drop_raw(con: duckdb.DuckDBPyConnection, raw: Raw) -> None:
    """Give the memory of a read file back."""
    for table in (raw.cells, raw.refused):
        con.execute(f"DROP TABLE IF EXISTS temp.{name(table)}")


def _count(con: duckdb.DuckDBPyConnection, table: str) -> int:
    row = con.execute(f"SELECT count(*) FROM temp.{name(table)}").fetchone()
    return int(row[0]) if row else 0


def _positions(header: Sequence[str], wanted: Mapping[str, str]) -> list[tuple[int, str]]:
    places = {h: i for i, h in enumerate(header)}
    return [(places[theirs], given) for given, theirs in wanted.items()]


def _read_quickly(con: duckdb.DuckDBPyConnection, sniffed: Sniffed, wanted: Mapping[str, str], cells: str) -> bool:
    """Read with the database's parallel reader; False where it meets a line that it cannot read."""
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(len(sniffed.header)))
    pick = ", ".join(f"c{i} AS {name(w)}" for i, w in _positions(sniffed.header, wanted))
    source = (
        f"read_csv({literal(str(sniffed.source.path))}, auto_detect = false, header = true, strict_mode = true, "
        f"delim = {literal(sniffed.delimiter)}, quote = '\"', escape = '\"', nullstr = '', "
        f"compression = '{'gzip' if sniffed.is_gzip else 'none'}', max_line_size = {2 * LONGEST_LINE}, "
        f"columns = {{{names}}})"
    )
    try:
        with _in_order(con):  # a row's number is its place
            con.execute(f"CREATE OR REPLACE TEMP TABLE {name(cells)} AS SELECT {pick} FROM {source}")
    except duckdb.Error:
        return False
    # Without quotes a record is a line, so a count that differs means that a line was skipped or misread.
    return not (sniffed.is_plain and _count(con, cells) != sniffed.n_lines - 1)


def _spill_folder(con: duckdb.DuckDBPyConnection) -> str | None:
    """Return the folder where the connection spills: the cells are as private in a temporary file of ours there."""
    row = con.execute("SELECT current_setting('temp_directory')").fetchone()
    return str(row[0]) if row and row[0] and Path(row[0]).is_dir() else None


def _read_carefully(
    con: duckdb.DuckDBPyConnection, sniffed: Sniffed, wanted: Mapping[str, str], cells: str, refused: str
) -> None:
    with tempfile.TemporaryDirectory(prefix="doorstep-", dir=_spill_folder(con)) as folder:
        result = sort_lines(sniffed, Path(folder) / "clean.csv")
        if result.n_rows and len(result.refused) == result.n_rows:
            raise DataError(
                f"none of {result.n_rows:,} lines can be read; the first: {result.refused[0][1]}",
                expected=f"{len(sniffed.header)} fields on every line, as in the header",
                where=str(sniffed.source.path),
                do="look at the file in a text editor, or ask the sender to send it again",
            )
        names = ", ".join(["'r': 'BIGINT'", *(f"'c{i}': 'VARCHAR'" for i in range(len(sniffed.header)))])
        pick = "".join(f", c{i} AS {name(w)}" for i, w in _positions(sniffed.header, wanted))
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name(cells)} AS SELECT r AS {name(ROW)}{pick} FROM read_csv("
            f"{literal(str(result.clean))}, auto_detect = false, header = false, delim = ',', quote = '\"', "
            f"escape = '\"', nullstr = '', max_line_size = {8 * LONGEST_LINE}, columns = {{{names}}})"
        )
    for start in range(0, len(result.refused), 100_000):  # as two lists: a row at a time takes minutes for a million
        row_nos, reasons = zip(*result.refused[start : start + 100_000], strict=True)
        con.execute(
            f"INSERT INTO temp.{name(refused)} SELECT unnest(?::BIGINT[]), unnest(?::VARCHAR[])",
            [list(row_nos), list(reasons)],
        )


def _read_parquet(con: duckdb.DuckDBPyConnection, sniffed: Sniffed, wanted: Mapping[str, str], cells: str) -> None:
    path = literal(str(sniffed.source.path))
    try:
        types = {str(r[0]): str(r[1]) for r in con.execute(f"DESCRIBE SELECT * FROM read_parquet({path})").fetchall()}
        pick = ", ".join(f"{_as_text(w, types[w])} AS {name(given)}" for given, w in wanted.items())
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE {name(cells)} AS SELECT file_row_number + 1 AS {name(ROW)}, {pick} "
            f"FROM read_parquet({path}, file_row_number = true)"
        )
    except duckdb.Error as error:
        raise _unreadable(sniffed, error) from error


def _as_text(column: str, kind: str) -> str:
    """Return a cell as text; a whole number kept as a fraction (5.0) is written without it."""
    item = name(column)
    if kind in ("DOUBLE", "FLOAT"):
        return f"CASE WHEN {item} = trunc({item}) THEN {item}::HUGEINT::VARCHAR ELSE {item}::VARCHAR END"
    return f"{item}::VARCHAR"
