"""How much memory a build takes: `python benchmarks/population_memory.py --home HOME --work FOLDER [--memory SIZE …]`.

Builds the person table of HOME's records in a process of its own for each size that `--memory` may have, from the lake
(and from the sorted copy where FOLDER's home has one), looks at the process's resident memory at every step, and
compares the tables row by row. Writes benchmarks/results/population_memory.md where `--write` is given. Linux only.
"""

from __future__ import annotations

import argparse
import json
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from os import cpu_count, getloadavg
from pathlib import Path
from typing import Any

import duckdb
from update_loads import linked_home

from doorstep.home import Home
from doorstep.planning.engine import duck
from doorstep.planning.person_file import HISTORY, PERSON, build_person_file
from doorstep.planning.sorted_copy import build as from_copy
from doorstep.planning.sorted_copy.layout import sorted_folder
from doorstep.records import open_lake

RESULTS = Path(__file__).parent / "results" / "population_memory.md"
ANSWERS = "the answers, some people at a time"


class Watch:
    """The peak of resident memory and the processor seconds of each step of this process."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Any]] = []
        self._spent = 0.0

    def mark(self, name: str) -> None:
        """A step has ended: what has been used since the last one is its own; steps of one name are put together."""
        told = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
        peak, spent = int(told["VmHWM"].split()[0]) / 1024, time.process_time()
        if self.steps and self.steps[-1]["step"] == name:
            last = self.steps[-1]
            last |= {"peak": max(last["peak"], peak), "cpu": last["cpu"] + spent - self._spent}
        else:
            self.steps.append({"step": name, "peak": peak, "cpu": spent - self._spent})
        self._spent = spent
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark counts from here

    def after(self, name: Callable[..., str], function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is marked when it has run."""

        def watched(*given: Any, **named: Any) -> Any:
            found = function(*given, **named)
            self.mark(name(*given))
            return found

        return watched

    def each(self, function: Callable[..., Iterator[Any]]) -> Callable[..., Iterator[Any]]:
        """Return a function whose every answer is marked."""

        def watched(*given: Any) -> Iterator[Any]:
            for found in function(*given):
                self.mark(ANSWERS)
                yield found

        return watched


def build_here(home: Home, known_by: date, memory: str, out: Path) -> None:
    """Build in this process; write what each step took."""
    watch = Watch()
    duck._run = watch.after(lambda _con, step: step.name, duck._run)
    duck._answers = watch.each(duck._answers)
    from_copy._Build.run = watch.each(from_copy._Build.run)  # type: ignore[method-assign]
    with open_lake(home, known_by=known_by) as lake:
        watch.mark("starting, and opening the lake")
        built = build_person_file(home, lake, as_at=known_by, memory=memory or None)
    watch.mark("hashing and describing")
    out.write_text(json.dumps({"steps": watch.steps, "folder": str(built.folder), "layout": built.meta["layout"]}))


def build_apart(home: Home, options: argparse.Namespace, memory: str) -> dict[str, Any]:
    """Build in a process of its own; return what it says, its whole peak, and wall seconds."""
    out, started = options.work / "watched.json", time.perf_counter()
    command = [sys.executable, __file__, "--home", str(home.root), "--work", str(options.work), "--inside", str(out)]
    subprocess.run([*command, "--known-by", str(options.known_by), "--memory", memory], check=True)
    wall, found = time.perf_counter() - started, json.loads(out.read_text())
    kept = options.work / f"kept-{found['layout'].replace(' ', '-')}-{memory or 'set'}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(found["folder"], kept)
    peak = max(step["peak"] for step in found["steps"])
    return {**found, "memory": memory, "wall": wall, "peak": peak, "kept": kept, "load": getloadavg()[0]}


def differences(one: Path, other: Path) -> int:
    """Return the rows of one folder's tables that are not what the other's has in their place.

    All are in the order of person_id. Rows are compared by a hash of all their columns.
    """
    total = 0
    for name in (PERSON, HISTORY):
        sides = ((one / name, "a"), (other / name, "b"))
        a, b = (f"(select hash(f) as {side} from read_parquet('{path}') as f)" for path, side in sides)
        query = f"select count(*) from {a} as x positional join {b} as y where a is distinct from b"
        total += int(duckdb.execute(query).fetchall()[0][0])
    return total


def layouts(home: Home) -> Iterator[str]:
    """Yield the lake and, where the home has one, the sorted copy: put aside while the lake is read."""
    folder, aside = sorted_folder(home), home.planning / "sorted-aside"
    if folder.exists():
        folder.rename(aside)
    yield "lake"
    if aside.exists():
        aside.rename(folder)
        yield "sorted copy"


def page(runs: list[dict[str, Any]], n_apart: int) -> str:
    """Lay the measurements out as a section of the results page."""
    heads = [f"{run['layout']}, {run['memory'] or 'as set in the home'}" for run in runs]
    machine = f"{platform.machine()}, {cpu_count()} processors, DuckDB {duckdb.__version__}"
    lines = [
        f"\n## {date.today()} · {machine}\n",  # noqa: DTZ011
        f"Rows that differ between any two of these tables: {n_apart}.\n",
        "| build | peak MB | processor s | wall s | load after |",
        "|---|---|---|---|---|",
    ]
    for head, run in zip(heads, runs, strict=True):
        spent = sum(step["cpu"] for step in run["steps"])
        lines.append(f"| {head} | {run['peak']:,.0f} | {spent:.1f} | {run['wall']:.1f} | {run['load']:.1f} |")
    lines += ["", "Peak MB of resident memory in each step:\n", f"| step | {' | '.join(heads)} |"]
    lines.append("|---" * (len(heads) + 1) + "|")
    names = dict.fromkeys(step["step"] for run in runs for step in run["steps"])
    for name in names:
        peaks = [next((f"{s['peak']:,.0f}" for s in run["steps"] if s["step"] == name), "") for run in runs]
        lines.append(f"| {name} | {' | '.join(peaks)} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Build within each size, compare, and print or write the result."""
    options = _options()
    if options.inside:
        build_here(Home(options.home), options.known_by, options.memory[0], options.inside)
        return
    options.work.mkdir(parents=True, exist_ok=True)
    home = linked_home(Home(options.home), options.work / "home")
    if (options.home / "codelists").exists():
        shutil.copytree(options.home / "codelists", home.root / "codelists", dirs_exist_ok=True)
    runs = []
    for _ in layouts(home):
        runs += [build_apart(home, options, memory) for memory in options.memory]
    text = page(runs, sum(differences(runs[0]["kept"], run["kept"]) for run in runs[1:]))
    print(text)
    for run in runs:
        shutil.rmtree(run["kept"])
    if options.write:
        with RESULTS.open("a", encoding="utf-8") as kept:
            kept.write(text)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="a home whose lake is not changed")
    parser.add_argument("--work", type=Path, required=True, help="a folder for the home that builds")
    parser.add_argument("--memory", nargs="+", default=["1GB", "2GB"], help="sizes as --memory of a build takes them")
    parser.add_argument("--known-by", type=date.fromisoformat, default=date(2026, 11, 22))
    parser.add_argument("--write", action="store_true", help="add to benchmarks/results/population_memory.md")
    parser.add_argument("--inside", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
