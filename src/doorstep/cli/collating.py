"""`doorstep return collate`: a folder of returns, checked and made into one table."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import json_option, n_of, progress, report, table

if TYPE_CHECKING:
    from doorstep.returns.collating import Collated, Collation

PATH = click.Path(path_type=Path)
MOST_PROCESSES = 4


def _month(ctx: click.Context, param: click.Parameter, value: str | None) -> date | None:
    """Return the first day of a month such as 2026-07."""
    try:
        return None if value is None else date.fromisoformat(f"{value}-01")
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a month such as 2026-07", ctx, param) from error


@click.command(short_help="Check a folder of returns and make one table of them.")
@click.argument("folder", type=PATH)
@click.option("--month", metavar="YYYY-MM", callback=_month, default=None, help="One month only (default: all).")
@click.option("--out", type=PATH, default=None, help="The table to write: .csv, .parquet or .xlsx.")
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    default=min(MOST_PROCESSES, os.cpu_count() or 1),
    show_default="one a core, at most 4",
    help="How many files are checked at a time.",
)
@json_option
def collate(folder: Path, month: date | None, out: Path | None, processes: int, as_json: bool) -> int:
    """Check every workbook in FOLDER and the folders in it, say which count and who is missing, and make one table.

    FOLDER/received.csv (file, received, place) may say when each file arrived and from whom; without it the files' own
    dates are taken. The latest sound version of a Place's month counts, the same bytes once. Beside the table stand
    what became of each file, every finding, coverage, and sums over Places with the range that hidden numbers leave.
    Exit code: 0 clean, 1 notes or Places missing, 4 faults, 5 a file is no workbook.
    """
    from doorstep.returns.collated_tables import check_out, write_collation
    from doorstep.returns.collating import collate as collate_folder

    if out is not None:
        check_out(out)
    found = collate_folder(folder, month, processes, progress)
    written: Sequence[Path] = write_collation(found, out) if out is not None else ()
    report(as_json, _result(found, written), _lines(found, written))
    return found.exit_code


def _result(found: Collation, written: Sequence[Path]) -> dict[str, Any]:
    from doorstep.returns.collating import verdict_counts

    return {
        "files": [_file(one) for one in found.files],
        "verdicts": verdict_counts(found.files),
        "coverage": {f"{month:%Y-%m}": found.coverage(month) for month in found.months},
        "dates_from": _dates_from(found),
        "listed_but_not_there": list(found.not_there),
        "other_files": found.left_aside,
        "links_not_followed": list(found.links),
        "written": [str(path) for path in written],
    }


def _file(one: Collated) -> dict[str, Any]:
    return {
        "file": one.file,
        "verdict": one.verdict,
        "place": one.place,
        "month": f"{one.month:%Y-%m}" if one.month else None,
        "version": one.version,
        "received": one.arrival.received.isoformat(),
        "timeliness": one.timeliness,
        "of": one.of,
        "sha256": one.arrival.sha256,
        "findings": [asdict(fault) for fault in one.faults],
    }


def _dates_from(found: Collation) -> str:
    return "received.csv" if found.is_dated else "the files' own dates where received.csv does not say"


def _lines(found: Collation, written: Sequence[Path]) -> Iterator[str]:
    from doorstep.returns.collating import verdict_counts

    heads = ("Verdict", "Place", "Month", "Version", "Received", "Window", "Faults", "Notes", "File")
    yield from table(heads, [_cells(one) for one in found.files])
    yield from (_reason(one) for one in found.files if one.verdict in ("refused", "not a workbook"))
    yield ""
    for month in found.months:
        yield from _coverage(month, found.coverage(month))
    yield f"Days of arrival from {_dates_from(found)}."
    yield from (f"note: received.csv lists {_plain(file)}, which is not there" for file in found.not_there)
    yield from (f"note: {_plain(link)} is a link and not followed; put the file itself there" for link in found.links)
    if found.left_aside:
        yield f"note: {n_of(found.left_aside, 'other file')} not looked at"
    counts = ", ".join(f"{n:,} {verdict}" for verdict, n in verdict_counts(found.files).items() if n)
    yield f"{n_of(len(found.files), 'file')}: {counts}"
    yield from (f"Wrote     {path}" for path in written)
    if not written:
        yield "Nothing was written; --out writes the table."


def _cells(one: Collated) -> tuple[object, ...]:
    month = f"{one.month:%Y-%m}" if one.month else ""
    counts = (one.count("fault"), one.count("note"))
    received = one.arrival.received.isoformat()
    version = str(one.version or "")
    return (one.verdict, one.place, month, version, received, one.timeliness, *counts, _plain(one.file))


def _reason(one: Collated) -> str:
    """Name the first fault of a file that does not count, and how many more there are."""
    faults = [fault for fault in one.faults if fault.severity == "fault"]
    more = f" (and {len(faults) - 1:,} more)" if len(faults) > 1 else ""
    return _plain(f"{faults[0].line()}{more}" if faults else f"{one.file}: {one.verdict}")


def _coverage(month: date, standing: dict[str, str]) -> Iterator[str]:
    said = list(standing.values())
    n_in = sum(text not in ("missing", "refused") for text in said)
    late = [f"{said.count(text)} {text}" for text in ("second window", "after the windows") if text in said]
    yield f"{month:%B %Y}: {n_in} of {len(said)} Places are in" + (f" ({', '.join(late)})" if late else "")
    for what in ("refused", "missing"):
        names = [place for place, text in standing.items() if text == what]
        if names:
            yield f"  {what}: {', '.join(names)}"


def _plain(text: str) -> str:
    """Return a text that a terminal shows and does not obey: names of files are their senders'."""
    return "".join(character if character.isprintable() else "?" for character in text)
