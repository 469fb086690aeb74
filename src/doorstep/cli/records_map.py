"""`doorstep records map`: guess how to read a file and write that down as a mapping to edit and keep."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import json_option, report, table


@click.command("map", short_help="Guess the columns of FILE and write a mapping to edit.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--profile-like",
    "like",
    metavar="P",
    help="What the file is: a profile (csds) or a file of one (CYP201CareContact).",
)
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="Where to write the mapping (default: FILE's name, .toml)."
)
@click.option("--overwrite", is_flag=True, help="Replace a mapping that is there already.")
@json_option
def map_command(file: Path, like: str | None, out: Path | None, overwrite: bool, as_json: bool) -> int:
    """Guess which columns of FILE are which, and write a mapping (TOML) to look over, edit and keep."""
    import duckdb

    from doorstep.records.profiles import parse_profile
    from doorstep.records.reading.guess import guess
    from doorstep.records.reading.mapping_text import file_stem, mapping_text

    with duckdb.connect() as con:
        found = guess(con, file, like)
    text = mapping_text(found)
    parse_profile(_parsed(text), where=file.name)  # what is written can be read
    target = out or Path(f"{file_stem(file, found.mapping.stem)}.toml")
    _write(target, text, overwrite)
    open_questions = [m.target.names[0] for m in found.missing]
    result: dict[str, Any] = {
        "file": str(file),
        "read_like": f"{found.profile.label}/{found.mapping.stem}",
        "columns": {m.target.names[0]: m.column for m in found.matches},
        "to_fill": open_questions,
        "to_translate": {c: [v for v, code in vs.items() if not code] for c, vs in found.codes.items()},
        "written": str(target),
    }
    report(as_json, result, _lines(result))
    return 1 if open_questions else 0


def _parsed(text: str) -> dict[str, Any]:
    import tomllib

    return tomllib.loads(text)


def _lines(result: dict[str, Any]) -> list[str]:
    rows = [(theirs or "not found", ours) for ours, theirs in result["columns"].items()]
    lines = [f"{result['file']} reads like {result['read_like']}", *table(("their column", "stands for"), rows)]
    lines += [f"to fill in: {', '.join(result['to_fill'])}"] if result["to_fill"] else []
    lines += [f"to translate in {c}: {', '.join(vs)}" for c, vs in result["to_translate"].items() if vs]
    return [
        *lines,
        f"wrote {result['written']}: look it over, then `doorstep records load … --mapping {result['written']}`",
    ]


def _write(target: Path, text: str, overwrite: bool) -> None:
    from doorstep.errors import DataError, UsageError

    if target.exists() and not overwrite:
        raise UsageError(
            "there is a file of that name already", where=str(target), do="name another with -o, or give --overwrite"
        )
    beside = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        beside.write_text(text, encoding="utf-8")
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(
            f"could not write: {error.strerror}", where=str(target), do="name another place with -o"
        ) from error
