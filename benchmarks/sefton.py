"""Measure the four long steps on a whole made-up Sefton: people and rows a second, with peak memory.

Each step is a process of its own; wall and processor seconds and peak memory are the operating system's. Results are
added to `benchmarks/results/sefton.md` with date and hardware. Never part of the tests.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from doorstep.records import purposes

RESULTS = Path(__file__).parent / "results" / "sefton.md"


@dataclass(frozen=True)
class Step:
    """One measured process."""

    name: str
    wall: float
    cpu: float
    peak_mb: float
    output: str


def measure(name: str, *arguments: str, env: dict[str, str]) -> Step:
    """Run one `doorstep` command in a fork of its own, so that its peak memory is its own."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 1)
            os.execve(sys.executable, [sys.executable, "-m", "doorstep", *arguments], env)
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - started
        said.seek(0)
        output = said.read()
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{name} failed:\n{output}")
    return Step(name, wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, output)


def steps(folder: Path, place: str, months: int) -> list[Step]:
    """Synthesis, load, population, return: in order, in one folder."""
    home = folder / "home"
    env = os.environ | {"DOORSTEP_HOME": str(home), "DOORSTEP_TODAY": "2026-11-21"}
    extracts = folder / "extracts"
    made = measure("synthesis", "synthetic", "make", "--place", place, "--months", str(months), "--seed", "1",
                   "--out", str(extracts), env=env)  # fmt: skip
    subprocess.run([sys.executable, "-m", "doorstep", "init", "--place", place], env=env, check=False)
    (home / "purposes.toml").write_text(purposes.example(date(2027, 3, 31)))
    build = ("return", "build", "--place", place, "--month", "2026-07", "--known-by", "2026-09-30")
    return [
        made,
        measure("load", "records", "load", str(extracts / "way_a"), "--json", env=env),
        measure("population build", "population", "build", "--known-by", "2026-09-30", env=env),
        measure("return build", *build, "--out", str(folder / "return.xlsx"), env=env),
    ]


def page(found: list[Step], people: int, rows: int) -> str:
    """Lay the measurements out as a section of the results page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [f"\n## {date.today().isoformat()} · {machine}\n", f"{people:,} people, {rows:,} rows as received.\n"]  # noqa: DTZ011
    lines += ["| step | wall s | processor s | peak MB | people/s | rows/s |", "|---|---|---|---|---|---|"]
    for s in found:
        rate = f"{people / s.wall:,.0f} | {rows / s.wall:,.0f}"
        lines.append(f"| {s.name} | {s.wall:.1f} | {s.cpu:.1f} | {s.peak_mb:,.0f} | {rate} |")
    to_workbook = sum(s.wall for s in found[1:])
    return "\n".join([*lines, "", f"From extracts to workbook: {to_workbook:.1f} s.", ""])


def main() -> None:
    """Measure and append to the results page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--place", default="Sefton")
    parser.add_argument("--months", type=int, default=24)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        found = steps(Path(scratch), chosen.place, chosen.months)
        loaded = json.loads(found[1].output)
        parameters = json.loads((Path(scratch) / "extracts" / "truth" / "parameters.json").read_text())
    text = page(found, parameters["people"], loaded["rows"])
    RESULTS.parent.mkdir(exist_ok=True)
    if not RESULTS.exists():
        RESULTS.write_text("# A whole Place, from nothing to its return\n")
    with RESULTS.open("a") as kept:
        kept.write(text)
    print(text)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    main()
