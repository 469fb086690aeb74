"""Measure `doorstep population build` on made-up systems of several sizes: 0.27, 2.7 and 13.5 million people.

`python benchmarks/population_scale.py [--scales 0.1 1 5] [--folder FOLDER]`. Each system is Cheshire and Merseyside
times a scale, made once in FOLDER and kept there where one is given. Results are added to
`benchmarks/results/population_scale.md` with date, hardware and the load before each run. Never part of the tests;
Linux only.
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

sys.path.insert(0, str(Path(__file__).parent / "population_rivals"))

from measure import Run, run

RESULTS = Path(__file__).parent / "results" / "population_scale.md"
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


def main() -> None:
    """Measure and append to the results page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scales", nargs="+", type=float, default=[0.1, 1.0, 5.0])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to make and keep them (default: made for this run alone)")
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True, help="add to the results page")
    chosen = parser.parse_args()
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"\n## {datetime.now():%Y-%m-%d %H:%M} · {machine}\n"]  # noqa: DTZ005
    lines += ["| people | columns | wall s | processor s | people a second | peak MB | load before |"]
    lines += ["|---|---|---|---|---|---|---|"]
    with tempfile.TemporaryDirectory() as scratch:
        for scale in chosen.scales:
            home = made(chosen.folder or Path(scratch), scale)
            for found in (build(home) for _ in range(chosen.rounds)):
                people, columns = size(home)
                spent = f"{found.wall:.1f} | {found.cpu:.1f} | {people / found.wall:,.0f}"
                lines.append(f"| {people:,} | {columns} | {spent} | {found.peak_mb:,.0f} | {found.load_before:.1f} |")
                print(lines[-1], flush=True)
    text = "\n".join([*lines, ""])
    if chosen.keep:
        if not RESULTS.exists():
            RESULTS.write_text(HEAD)
        with RESULTS.open("a") as kept:
            kept.write(text)


if __name__ == "__main__":
    main()
