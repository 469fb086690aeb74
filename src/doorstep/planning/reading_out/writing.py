"""A reading as files: a table as CSV, the chart beside it, and what both were made from; all or nothing."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from doorstep.errors import UsageError
from doorstep.planning.reading_out.sheets import Reading, Sheet

ABOUT = "about.json"


def write(reading: Reading, folder: Path, *, made_of: Mapping[str, Any]) -> tuple[Path, ...]:
    """Write a reading to a new folder and return its files: one CSV a table, its chart, and `about.json`.

    A chart is Vega-Lite JSON, and SVG and PNG too where vl-convert is installed. Raises UsageError where the folder
    exists and holds anything: an older reading is never half overwritten.
    """
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(f"{folder} holds files", expected="a new or empty folder", where="--out")
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for sheet in reading.sheets:
        _write_csv(sheet, draft)
        if sheet.chart is not None:
            _write_chart(sheet.name, sheet.chart, draft)
    about = {"reading": reading.name, "title": reading.title, "notes": list(reading.notes), "made_of": dict(made_of)}
    (draft / ABOUT).write_text(json.dumps(about, indent=1, default=str) + "\n", encoding="utf-8")
    if folder.exists():
        folder.rmdir()
    draft.replace(folder)
    return tuple(sorted(folder.iterdir()))


def _write_csv(sheet: Sheet, folder: Path) -> None:
    with (folder / f"{sheet.name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(sheet.columns)
        writer.writerows(["" if cell is None else cell for cell in row] for row in sheet.rows)


def _write_chart(name: str, chart: Mapping[str, Any], folder: Path) -> None:
    (folder / f"{name}.vl.json").write_text(json.dumps(chart, indent=1) + "\n", encoding="utf-8")
    for ending, drawn in _drawn(chart):
        (folder / f"{name}.{ending}").write_bytes(drawn)


def _drawn(chart: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    if find_spec("vl_convert") is None:
        return
    vl_convert = import_module("vl_convert")
    yield "svg", vl_convert.vegalite_to_svg(dict(chart)).encode()
    yield "png", vl_convert.vegalite_to_png(dict(chart), scale=2)
