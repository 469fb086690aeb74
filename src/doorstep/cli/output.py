"""How a verb speaks: lines for people, one JSON object for programs, and a closing line of what was written."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import IO, Any

import click

from doorstep import clock
from doorstep.errors import UsageError

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
home_option = click.option(
    "--home",
    type=click.Path(path_type=Path),
    default=None,
    help="The home (default: DOORSTEP_HOME, else ./doorstep-home).",
)


def report(as_json: bool, result: dict[str, Any], lines: Iterable[str]) -> None:
    """Print `result` as JSON, or `lines` as text: the same facts either way."""
    if as_json:
        click.echo(json.dumps(result, indent=2, default=str))
        return
    for line in lines:
        click.echo(line)


def known_day(day: date | None) -> date | None:
    """Return a knowledge date as given; UsageError where it has not come: nobody can say what will have arrived."""
    if day and day > clock.today():
        raise UsageError(
            f"{day} has not come yet", expected=f"a day up to {clock.today()}", where="--known-by",
            do="leave it out to count what has arrived by today",
        )  # fmt: skip
    return day


def n_of(count: int, what: str) -> str:
    """Return a count with its noun: 1 file, 1,200 files."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def progress(text: str) -> None:
    """Say on standard error what is being done now; silent where standard error is not a terminal."""
    if sys.stderr.isatty():
        click.echo(f"  {text} …", err=True)


def table(headers: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """Lay rows out as aligned text columns; numbers to the right, text to the left."""
    cells = [[f"{value:,}" if isinstance(value, int) else str(value) for value in row] for row in rows]
    widths = [max(len(h), *(len(r[i]) for r in cells)) if cells else len(h) for i, h in enumerate(headers)]
    numeric = [bool(rows) and all(isinstance(r[i], int | float) for r in rows) for i in range(len(headers))]

    def line(values: Sequence[str]) -> str:
        parts = (v.rjust(w) if n else v.ljust(w) for v, w, n in zip(values, widths, numeric, strict=True))
        return "  ".join(parts).rstrip()

    return [line(headers), line(["-" * w for w in widths]), *(line(r) for r in cells)]


def write_whole(path: Path, write: Callable[[IO[str]], object]) -> None:
    """Write a text file beside its name first, so that no half of it is left."""
    temporary = path.with_name(path.name + ".part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        write(file)
    temporary.replace(path)


def write_records(file: IO[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write records as CSV with a heading; the one word `empty` where there are none."""
    held = list(rows)
    writer = csv.DictWriter(file, list(held[0]) if held else ["empty"])
    writer.writeheader()
    writer.writerows(held)
