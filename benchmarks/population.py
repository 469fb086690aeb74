"""Measure the person table side by side: one question, the same Parquet, each tool in a process of its own.

`python benchmarks/population.py HOME [--as-at DAY] [--rounds N] [--only NAME …] [--rivals PYTHON]`. HOME is read and
never written: a home beside it borrows its lake. Answers are compared in every row and column before any time is
kept. Results are added to `benchmarks/results/population.md` with date, hardware, versions and the load before each
run. Never part of the tests; Linux only.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

RIVALS = Path(__file__).parent / "population_rivals"
sys.path.insert(0, str(RIVALS))

from asked import Asked  # noqa: E402
from compare import differences  # noqa: E402
from measure import Run, run  # noqa: E402
from question import write_question  # noqa: E402

from doorstep.home import Home  # noqa: E402
from doorstep.records import open_lake  # noqa: E402

RESULTS = Path(__file__).parent / "results" / "population.md"
BORROWED = ("config.toml", "purposes.toml", "choices.toml", "codelists", "planning/risk")
HEAD = """# The person table, side by side

`make bench-population HOME=...`. One question, the same Parquet files, each tool in a process of its own (imports and
the writing of the answer are in its time), in an order drawn anew each round, files in the page cache. All answers were
equal in every row and column. Two threads each; memory limit 6 GB where a tool has one, Spark's heap 4 GB.

The question: conditions (the latest code of each against the latest that ends it), the deficits of a frailty index,
four counts of a year's activity, and the hospital frailty score; one row for everyone. `everything` is `doorstep
population build`: all shipped definitions that the home has lists for, the monthly history, and who people are,
written, hashed and described; it reads more columns than the floor does. `the layout` is made once a load: its cost is
no part of the answers that use it.
"""


@dataclass(frozen=True)
class Tool:
    """One way to answer: a script, and whether it runs in the rivals' environment."""

    name: str
    script: str
    says: str
    apart: bool = False
    answers: bool = True


TOOLS = (
    Tool("floor", "floor.py", "DuckDB reads the columns that the question needs", answers=False),
    Tool("ours", "ours.py", "definitions through our engine, DuckDB, the lake's own files"),
    Tool("ours, sorted", "ours_sorted.py", "the same definitions, from the load-time layout"),
    Tool("by hand", "by_hand.py", "DuckDB's SQL written for this question alone"),
    Tool("one by one", "one_by_one.py", "DuckDB, one query a variable, all of them"),
    Tool("Polars", "polars_streaming.py", "lazy frames on the streaming engine", apart=True),
    Tool("Ibis", "ibis_duckdb.py", "expressions on DuckDB", apart=True),
    Tool("ours on Spark", "ours_on_spark.py", "the same definitions and steps on Spark, local[2]"),
)
LAYOUT = Tool("the layout", "sorted_copy.py", "the load-time layout, made once", answers=False)
BUILD = "everything"


def borrow(home: Path, folder: Path) -> Home:
    """Make a home that reads another's lake and writes beside it."""
    folder.mkdir()
    for name in BORROWED:
        source, target = home / name, folder / name
        if source.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)
    (folder / "lake").symlink_to((home / "lake").resolve())
    (folder / "planning").mkdir(exist_ok=True)
    return Home(folder)


def measure(tool: Tool, asked: Path, scratch: Path, home: Home, rivals: str) -> Run:
    """Run one tool; its answer is `<name>.parquet` in the scratch folder."""
    out = answer(scratch, tool)
    spill = scratch / "spill"
    shutil.rmtree(spill, ignore_errors=True)
    spill.mkdir()
    shutil.rmtree(out) if out.is_dir() else out.unlink(missing_ok=True)
    python = rivals if tool.apart else sys.executable
    command = [python, str(RIVALS / tool.script), str(asked), str(out), str(spill), str(home.root)]
    return run(tool.name, command, dict(os.environ))


def answer(scratch: Path, tool: Tool) -> Path:
    """Return where a tool writes its answer."""
    return scratch / f"{tool.script.removesuffix('.py')}.parquet"


def build(home: Home, as_at: date) -> Run:
    """Measure `doorstep population build`."""
    shutil.rmtree(home.root / "planning" / "person", ignore_errors=True)
    days = ["--as-at", str(as_at), "--known-by", str(as_at)]
    command = [sys.executable, "-m", "doorstep", "population", "build", *days, "--home", str(home.root), "--json"]
    return run(BUILD, command, dict(os.environ))


def rounds(tools: Sequence[Tool], n: int, asked: Asked, folder: Path, home: Home, rivals: str) -> list[Run]:
    """Run every tool once a round, in an order drawn anew; stop where answers differ."""
    found: list[Run] = []
    if any(tool.script == "ours_sorted.py" for tool in tools):
        found.append(measure(LAYOUT, folder / "question.json", folder, _apart(home), rivals))
    for number in range(n):
        for tool in random.sample([*tools], len(tools)):
            place = _apart(home) if tool.script == "ours_sorted.py" else home
            found.append(measure(tool, folder / "question.json", folder, place, rivals))
            print(f"round {number + 1}: {found[-1]}", flush=True)
        found.append(build(home, date.fromisoformat(asked.as_at)))
        print(f"round {number + 1}: {found[-1]}", flush=True)
        paths = {t.name: answer(folder, t) for t in tools if t.answers}
        apart = differences({k: p / "*.parquet" if p.is_dir() else p for k, p in paths.items()}, asked.columns)
        if apart:
            sys.exit("answers differ, so no time is kept:\n" + "\n".join(apart))
    return found


def _apart(home: Home) -> Home:
    """Return the home that holds the load-time layout, so that no other run can find it."""
    apart = home.root.with_name("home-sorted")
    return Home(apart) if apart.exists() else borrow(home.root, apart)


def versions(rivals: str) -> str:
    """Return the versions of what ran."""
    code = (
        "import importlib.metadata as m, json; "
        "print(json.dumps({n: m.version(n) for n in ('duckdb', 'polars', 'ibis-framework', 'pyspark', 'doorstep') "
        "if list(m.distributions(name=n))}))"
    )
    told: dict[str, str] = {}
    for python in (rivals, sys.executable):
        told |= json.loads(subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout)
    return ", ".join(f"{name} {version}" for name, version in sorted(told.items()))


def page(found: list[Run], asked: Asked, people: int, rows: int, told: str) -> str:
    """Lay the measurements out as a section of the results page."""
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    says = {t.name: t.says for t in (*TOOLS, LAYOUT)} | {BUILD: "`doorstep population build`, all definitions"}
    floor = [r for r in found if r.name == "floor"]
    base = statistics.median(r.wall for r in floor) if floor else float("nan")
    spent = statistics.median(r.cpu for r in floor) if floor else float("nan")
    n = f"{len(asked.conditions)} conditions, {asked.n_deficits} deficits, {len(asked.counts)} counts, one score"
    lines = [
        f"\n## {datetime.now():%Y-%m-%d %H:%M} · {people:,} people · {machine}\n",  # noqa: DTZ005
        f"{rows:,} rows in its tables; as at {asked.as_at}; {asked.n_variables} variables: {n}. {told}.\n",
        "| tool | what it is | wall s (each run) | to the floor | processor s | to the floor | peak MB | load before |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name in dict.fromkeys([t.name for t in TOOLS] + [BUILD, LAYOUT.name]):
        own = [r for r in found if r.name == name]
        if own:
            wall, cpu = statistics.median(r.wall for r in own), statistics.median(r.cpu for r in own)
            each = ", ".join(f"{r.wall:.1f}" for r in own)
            loads = ", ".join(f"{r.load_before:.1f}" for r in own)
            ratio = f"{wall / base:.1f} | {cpu:.1f} | {cpu / spent:.1f}"
            peak = max(r.peak_mb for r in own)
            lines.append(f"| {name} | {says[name]} | {wall:.1f} ({each}) | {ratio} | {peak:,.0f} | {loads} |")
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and append to the results page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--as-at", type=date.fromisoformat, default=date(2026, 10, 31))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=[t.name for t in TOOLS], default=[t.name for t in TOOLS])
    parser.add_argument("--rivals", default=sys.executable, help="the Python that has Polars and Ibis")
    parser.add_argument("--folder", type=Path, help="where to work (default: a folder for temporary files)")
    parser.add_argument("--keep", action=argparse.BooleanOptionalAction, default=True, help="add to the results page")
    chosen = parser.parse_args()
    tools = [t for t in TOOLS if t.name in chosen.only]
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        folder = Path(scratch)
        home = borrow(chosen.home, folder / "home")
        with open_lake(home, known_by=chosen.as_at) as lake:
            asked = write_question(home, lake, chosen.as_at, folder)
            con = lake.connection()
            rows = sum(con.execute(f"select count(*) from {t}").fetchall()[0][0] for t in asked.tables)
            people = con.execute("select count(distinct person_id) from person").fetchall()[0][0]
        measure(TOOLS[0], folder / "question.json", folder, home, chosen.rivals)  # fills the page cache
        found = rounds(tools, chosen.rounds, asked, folder, home, chosen.rivals)
    text = page(found, asked, people, rows, versions(chosen.rivals))
    if chosen.keep:
        if not RESULTS.exists():
            RESULTS.write_text(HEAD)
        with RESULTS.open("a") as kept:
            kept.write(text)
    print(text)


if __name__ == "__main__":
    main()
