"""What a collation is written as: one tidy table of figures, and the tables that say how it came about."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from doorstep.errors import DataError, UsageError
from doorstep.returns.collating import Collated, Collation
from doorstep.returns.figures import COLUMNS
from doorstep.returns.layout import SUPPRESSED
from doorstep.returns.paths import replacing
from doorstep.returns.pooling import pooled
from doorstep.returns.printed import LINE_IDS

Row = Sequence[object]
ENDINGS: Final = (".csv", ".parquet", ".xlsx")
MAX_SHEET_ROWS: Final = 1_048_575
_RUNS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Table:
    """A table to write: its name, its heads, and its rows, made anew each time they are asked for."""

    name: str
    heads: tuple[str, ...]
    rows: Callable[[], Iterable[Row]]


def tables(collation: Collation) -> tuple[Table, ...]:
    """Return the tables of a collation: figures first, then files, findings, coverage and pooled."""
    return (
        Table(
            "figures",
            ("place", "month", "metric", "breakdown", "column", "value", "file", "sha256", "version"),
            lambda: (row for one in collation.accepted for row in figure_rows(one)),
        ),
        Table(
            "files",
            (
                "file",
                "verdict",
                "place",
                "month",
                "version",
                "received",
                "timeliness",
                "faults",
                "notes",
                "of",
                "sha256",
            ),
            lambda: map(_file_row, collation.files),
        ),
        Table(
            "findings",
            ("file", "place", "month", "severity", "code", "sheet", "cell", "message"),
            lambda: (row for one in collation.files for row in _finding_rows(one)),
        ),
        Table("coverage", ("month", "place", "standing"), lambda: _coverage_rows(collation)),
        Table(
            "pooled",
            ("month", "metric", "breakdown", "column", "shown", "low", "high", "places", "hidden"),
            lambda: _pooled_rows(collation),
        ),
    )


def figure_rows(one: Collated) -> Iterator[Row]:
    """Yield the 368 printed numbers of an accepted return: whole numbers, or `*`."""
    start = (one.place, f"{one.month:%Y-%m}")
    end = (one.file, one.arrival.sha256, one.version)
    for name in LINE_IDS:
        for (breakdown, column), value in zip(COLUMNS, one.lines[name], strict=True):
            yield (*start, name, breakdown, column, value, *end)


def _file_row(one: Collated) -> Row:
    month = f"{one.month:%Y-%m}" if one.month else ""
    return (
        one.file, one.verdict, one.place, month, one.version or "", one.arrival.received.isoformat(), one.timeliness,
        one.count("fault"), one.count("note"), one.of, one.arrival.sha256,
    )  # fmt: skip


def _finding_rows(one: Collated) -> Iterator[Row]:
    month = f"{one.month:%Y-%m}" if one.month else ""
    for f in one.faults:
        yield (one.file, one.place, month, f.severity, f.code, f.sheet, f.cell, f.message)


def _coverage_rows(collation: Collation) -> Iterator[Row]:
    for month in collation.months:
        for place, standing in collation.coverage(month).items():
            yield (f"{month:%Y-%m}", place, standing)


def _pooled_rows(collation: Collation) -> Iterator[Row]:
    for p in pooled(collation.accepted):
        high = "" if p.high is None else p.high
        yield (f"{p.month:%Y-%m}", p.metric, *COLUMNS[p.column], p.shown, p.low, high, p.places, p.hidden)


def check_out(out: Path) -> None:
    """Raise UsageError where a collation cannot be written under a name."""
    if out.suffix.lower() not in ENDINGS:
        raise UsageError(f"the name ends in {out.suffix or 'nothing'}", expected=", ".join(ENDINGS), where=str(out))
    if not out.resolve().parent.is_dir():
        raise UsageError("the folder is not there", where=str(out.parent), do="make it, or name another with --out")


def write_collation(collation: Collation, out: Path) -> tuple[Path, ...]:
    """Write the tables and return the files: a workbook with a sheet each, or the figures and CSV files of the others.

    All appear or none. Raises UsageError for another ending, DataError where a sheet cannot hold so many rows.
    """
    check_out(out)
    if out.suffix.lower() == ".xlsx":
        with replacing(out) as temporary:
            _workbook(tables(collation), temporary, out)
        return (out,)
    figures, *others = tables(collation)
    paths = {out: figures, **{out.with_name(f"{out.stem} {table.name}.csv"): table for table in others}}
    with ExitStack() as stack:
        for path, table in paths.items():
            write = _parquet if path.suffix.lower() == ".parquet" else _csv
            write(table, stack.enter_context(replacing(path)))
    return tuple(paths)


def _csv(table: Table, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.heads)
        writer.writerows([_harmless(value) for value in row] for row in table.rows())


def _harmless(value: object) -> object:
    """Return a text that no spreadsheet program runs: names and messages come from whoever sent the files."""
    if isinstance(value, str) and value.startswith(_RUNS):
        return f"'{value}"
    return value


def _parquet(table: Table, path: Path) -> None:
    """Write the figures with numbers as numbers: `value` is null where a number is hidden, and `suppressed` says so."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [
            *((name, pa.string()) for name in ("place", "month", "metric", "breakdown", "column")),
            ("value", pa.int64()), ("suppressed", pa.bool_()), ("file", pa.string()), ("sha256", pa.string()),
            ("version", pa.int32()),
        ]
    )  # fmt: skip
    with pq.ParquetWriter(path, schema) as writer:
        for rows in _batches(table.rows(), 100_000):
            typed = [(*r[:5], None if r[5] == SUPPRESSED else r[5], r[5] == SUPPRESSED, *r[6:]) for r in rows]
            columns = [list(values) for values in zip(*typed, strict=True)]
            writer.write_batch(pa.record_batch(columns, schema=schema))


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _workbook(found: Sequence[Table], path: Path, out: Path) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        for table in found:
            sheet: Any = book.add_worksheet(table.name)
            sheet.freeze_panes(1, 0)
            sheet.write_row(0, 0, table.heads, bold)
            for number, row in enumerate(table.rows(), start=1):
                if number > MAX_SHEET_ROWS:
                    raise DataError(
                        f"there are more than {MAX_SHEET_ROWS:,} rows of {table.name}", where=str(out),
                        expected="as many as a sheet can hold", do="name a .csv or .parquet file",
                    )  # fmt: skip
                sheet.write_row(number, 0, row)
