"""Measure `doorstep population build` on made-up systems of several sizes: 0.27, 2.7 and 13.5 million people.

`python benchmarks/population_scale.py [--scales 0.093 0.93 4.65] [--folder FOLDER]`. Each system is Cheshire and
Merseyside times a scale with the code lists of packs/gm-sde, made once in FOLDER and kept there where one is given.
Results are added to `benchmarks/results/population_scale.md` with date, hardware and the load before each run, and with
the straight line through the quickest run of each size: how far each lies from it, and what England would take. Never
part of the tests; Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent / "population_rivals"))

from measure import Run, run

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "results" / "population_scale.md"
ENGLAND = 56_490_048  # residents at the Census of 2021 (ONS, TS001)
SYSTEM, AS_AT = "Cheshire and Merseyside", date(2026, 10, 31)
HEAD = (
    "# The person table as the population grows\n\n`make bench-scale`: all definitions, written, hashed, described.\n"
)


def made(folder: Path, scale: float) -> Path:
    """Return the home of a system of this scale, made where it is not there yet."""
    home = folder / f"scale-{scale:g}"
    if not (home / "lake" / "current").exists():
        shutil.rmtree(home, ignore_errors=True)
        command = ["synthetic", "make", "--system", SYSTEM, "--plane", "planning", "--scale", str(scale)]
        run("made", [sys.executable, "-m", "doorstep", *command, "--out", str(home)], dict(os.environ))
    if not (home / "codelists").exists():
        lists = ["reference", "lists", "add", str(ROOT / "packs" / "gm-sde"), "--home", str(home)]
        run("lists", [sys.executable, "-m", "doorstep", *lists], dict(os.environ))
    return home


def build(home: Path) -> Run:
    """Measure one build."""
    shutil.rmtree(home / "planning" / "person", ignore_errors=True)
    days = ["--as-at", str(AS_AT), "--known-by", str(AS_AT), "--home", str(home)]
    return run(home.name, [sys.executable, "-m", "doorstep", "population", "build", *days], dict(os.environ))


def size(home: Path) -> tuple[int, int]:
    """Return the people in the table that was built, and its columns."""
    (meta,) = (home / "planning" / "person").glob("*/meta.json")
    found = json.loads(meta.read_text())
    return found["n_people"], len(found["columns"])


def straight(points: dict[int, float]) -> list[str]:
    """Return what the line through (people, seconds) says, fitted so that shares of the time count, not seconds."""
    people, seconds = np.array(list(points), dtype=float), np.array(list(points.values()))
    sides = np.column_stack([np.ones_like(people), people]) / seconds[:, None]
    (fixed, each), *_ = np.linalg.lstsq(sides, np.ones_like(seconds), rcond=None)
    line = f"{fixed:.1f} s and {each * 1e6:.1f} s a million people"
    off = [f"{n:,.0f}: {s / (fixed + each * n) - 1:+.0%}" for n, s in zip(people, seconds, strict=True)]
    return [
        f"\nA straight line, {line}; each size against it: {', '.join(off)}.",
        f"England's {ENGLAND:,} residents: {(fixed + each * ENGLAND) / 60:.0f} minutes on this machine by that line, "
        f"{seconds[-1] / people[-1] * ENGLAND / 60:.0f} at what a person took in the largest.",
    ]


def main() -> None:
    """Measure and append to the results page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", nargs="+", type=float, default=[0.093, 0.93, 4.65])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to make and keep them (default: made for this run alone)")
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True, help="add to the results page")
    chosen = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"\n## {datetime.now():%Y-%m-%d %H:%M} · {machine}\n"]  # noqa: DTZ005
    lines += ["| people | columns | wall s | processor s | people a second | peak MB | load before |"]
    lines += ["|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as scratch:
        quickest: dict[int, float] = {}
        for scale in chosen.scales:
            home = made(chosen.folder or Path(scratch), scale)
            for found in (build(home) for _ in range(chosen.rounds)):
                people, columns = size(home)
                quickest[people] = min(found.wall, quickest.get(people, found.wall))
                spent = f"{found.wall:.1f} | {found.cpu:.1f} | {people / found.wall:,.0f}"
                lines.append(f"| {people:,} | {columns} | {spent} | {found.peak_mb:,.0f} | {found.load_before:.1f} |")
                print(lines[-1], flush=True)
    if len(quickest) > 2:  # a line through two points says nothing
        lines += straight(quickest)
    text = "\n".join([*lines, ""])
    if chosen.keep:
        if not RESULTS.exists():
            RESULTS.write_text(HEAD)
        with RESULTS.open("a") as kept:
            kept.write(text)


if __name__ == "__main__":
    main()
