"""Updating a person table against building it: `python benchmarks/population_update.py --home HOME --work FOLDER`.

Makes in FOLDER a home that shares the files of HOME's lake (by links), with the table and the sorted copy of its
records (once; kept in FOLDER/base). For each load asked for (`update_loads` says how they are made) a copy of that home
gets it as one more load, is updated, and everyone is built from the same lake into another home, each in a process of
its own; then the two tables are compared row by row. Writes benchmarks/results/population_update.md where `--write` is
given.
"""

from __future__ import annotations

import argparse
import multiprocessing
import platform
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from os import cpu_count, link, times
from pathlib import Path
from typing import Any

import duckdb
from update_loads import LAYOUTS, add_load, linked_home

from doorstep import clock
from doorstep.home import Home
from doorstep.planning.person_file import PersonFile, build_person_file, latest_person_file
from doorstep.planning.updating import update_person_file
from doorstep.records import open_lake, snapshot

RESULTS = Path(__file__).parent / "results" / "population_update.md"


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds on the clock and of the processors, megabytes at most, and people computed."""

    wall: float
    cpu: float
    megabytes: float
    n_people: int

    def __str__(self) -> str:
        return f"{self.wall:.1f} s ({self.cpu:.1f} processor seconds, {self.megabytes:,.0f} MB at most)"


def alone(work: Callable[..., int], *arguments: Any) -> Cost:
    """Return what a piece of work costs in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        return pool.submit(_measured, work, *arguments).result()


def _measured(work: Callable[..., int], *arguments: Any) -> Cost:
    start, before = time.perf_counter(), sum(times()[:2])
    n_people = work(*arguments)
    wall, cpu = time.perf_counter() - start, sum(times()[:2]) - before
    return Cost(wall, cpu, _most_megabytes(), n_people)


def _most_megabytes() -> float:
    """Return the most memory that this process held, as Linux counts it; `getrusage` counts its parent's too."""
    lines = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def update(root: Path, known_by: date) -> int:
    """Update the table of a home, and return how many people were computed."""
    with open_lake(Home(root), known_by=known_by) as lake:
        done = update_person_file(lake, say=lambda text: print(f"  {text}", flush=True))
    return done.n_touched


def build(root: Path, into: Path, known_by: date) -> int:
    """Build everyone from the lake of a home into another, and return how many there are."""
    with open_lake(Home(root), known_by=known_by) as lake:
        return int(build_person_file(Home(into), lake, as_at=known_by).meta["n_people"])


def differences(one: PersonFile, other: PersonFile) -> int:
    """Return the rows in one table and not in the other, the person table and the history together."""
    total = 0
    for a, b in ((one.relation_sql(), other.relation_sql()), (one.history_sql(), other.history_sql())):
        both = f"(({a}) except all ({b})) union all (({b}) except all ({a}))"
        total += int(duckdb.execute(f"select count(*) from ({both})").fetchall()[0][0])
    return total


def base_home(source: Home, folder: Path) -> tuple[Home, date, Cost | None]:
    """Return the home with the table and the copy of the records before, its knowledge date, and what it cost."""
    home = linked_home(source, folder)
    known_by = snapshot.current(home).loads[-1].received_on + timedelta(days=1)
    is_made = any((home.planning / "sorted").glob("[!.]*/meta.json"))
    return home, known_by, None if is_made else alone(update, folder, known_by)


def measured(base: Home, source: Home, work: Path, known_by: date, layout: str, n_rows: int) -> str:
    """Return the line of one load: update and build it, and compare."""
    roots = [work / f"{layout}-{n_rows}-{kind}" for kind in ("updated", "built")]
    for root in roots:
        shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(base.root, roots[0], symlinks=True, copy_function=link)
    load = add_load(Home(roots[0]), known_by, n_rows, layout)
    came = sum(p.n_rows for p in load.parts if p.role == "facts")
    linked_home(source, roots[1])
    updated, built = alone(update, roots[0], known_by), alone(build, *roots, known_by)
    tables = [latest_person_file(Home(root)) for root in roots]
    differ = differences(*(table for table in tables if table))
    for root in roots:
        shutil.rmtree(root)
    return (
        f"{layout}, {came:,} rows: {updated.n_people:,} of {built.n_people:,} people computed again; update {updated}, "
        f"full build {built}: {updated.wall / built.wall:.2f} of the time and {updated.cpu / built.cpu:.2f} of the "
        f"work; rows that differ: {differ}"
    )


def main() -> None:
    """Measure each load, and print or write the lines."""
    options = _options()
    source = Home(options.home)
    base, known_by, cost = base_home(source, options.work / "base")
    lines = [f"table and sorted copy of the records before: {cost}"] if cost else []
    for layout, n_rows in options.loads:
        lines.append(measured(base, source, options.work, known_by, layout, n_rows))
        print(lines[-1], flush=True)
    lines.append(f"{clock.today()}, DuckDB {duckdb.__version__}, {cpu_count()} processors, {platform.machine()}")
    if options.write:
        RESULTS.write_text("# Updating against building\n\n" + "".join(f"- {x}\n" for x in lines), encoding="utf-8")


def _load(text: str) -> tuple[str, int]:
    layout, _, rows = text.partition(":")
    if layout not in LAYOUTS:
        raise argparse.ArgumentTypeError(f"{layout} is none of {', '.join(LAYOUTS)}")
    return layout, int(rows)


def _options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home whose lake is not changed")
    parser.add_argument("--work", type=Path, required=True, help="a folder for the homes")
    usual = [("days", 507_000), ("spread", 507_000), ("days", 50_700)]
    parser.add_argument("--loads", type=_load, nargs="+", default=usual, help="such as days:507000 spread:507000")
    parser.add_argument("--write", action="store_true", help="write benchmarks/results/population_update.md")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
