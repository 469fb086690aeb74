"""Measure a whole made-up system, from nothing to a home whose lake is published: people and facts a second, memory.

`python benchmarks/system.py [--system NAME] [--scale F] [--workers N]`. The command runs in processes of its own; the
memory of all of them together is looked at ten times a second, and their processor seconds are the operating system's.
One file's parts are then made again in this process, to see what each stage costs. Results are added to
`benchmarks/results/system.md` with date and hardware. Never part of the tests; Linux only (it reads /proc).
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from doorstep.synthetic import Parameters
from doorstep.synthetic.lake import columns, making
from doorstep.synthetic.lake.desk import Desk
from doorstep.synthetic.lake.tables import MAKERS
from doorstep.synthetic.lake.truth import TruthFiles
from doorstep.synthetic.lake.writing import LakeFiles
from doorstep.synthetic.part import make_part
from doorstep.synthetic.people import shares
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import Timeline

RESULTS = Path(__file__).parent / "results" / "system.md"


@dataclass
class Run:
    """One measured run; memory in MB, of all its processes together, pages that they share counted once."""

    wall: float = 0.0
    cpu: float = 0.0
    peak_mb: float = 0.0
    told: dict[str, object] = field(default_factory=dict)


def run(out: Path, system: str, scale: float, workers: int) -> Run:
    """Make the system in processes of its own, watching their memory."""
    arguments = ["synthetic", "make", "--system", system, "--plane", "planning", "--scale", str(scale)]
    arguments += ["--workers", str(workers), "--out", str(out), "--json"]
    found, started = Run(), time.monotonic()
    with tempfile.TemporaryFile("w+") as said:
        pid = os.fork()
        if pid == 0:
            os.dup2(said.fileno(), 1)
            os.execv(sys.executable, [sys.executable, "-m", "doorstep", *arguments])
        ended = threading.Event()
        watch = threading.Thread(target=_watch, args=(pid, found, ended))
        watch.start()
        _, status, usage = os.wait4(pid, 0)
        ended.set()
        watch.join()
        said.seek(0)
        text = said.read()
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"making the system failed:\n{text}")
    found.wall, found.cpu, found.told = time.monotonic() - started, usage.ru_utime + usage.ru_stime, json.loads(text)
    return found


def _watch(pid: int, found: Run, ended: threading.Event) -> None:
    while not ended.wait(0.1):
        found.peak_mb = max(found.peak_mb, sum(map(_memory, _tree(pid))))


def _tree(pid: int) -> list[int]:
    """Return a process and all that it started."""
    try:
        started = (Path(f"/proc/{pid}/task/{pid}/children").read_text()).split()
    except OSError:
        return []
    return [pid, *(p for child in started for p in _tree(int(child)))]


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def stages(system: str, folder: Path) -> dict[str, float]:
    """Make one file's parts here and return processor microseconds a person by stage."""
    parameters = Parameters(system=system)
    timeline = Timeline.ending(parameters.end, parameters.months)
    ground = making._ground(parameters)
    group = making.grouped(shares(ground, timeline, parameters), making.PARTS_A_FILE)[1]
    spent: dict[str, float] = {}
    for last in (False, True):  # the first round warms up: imports, caches, vocabularies
        spent.clear()
        pseudonyms = columns.pseudonyms(parameters.seed, group[0].first, group[-1].stop)
        (folder / str(last)).mkdir()
        lake, truth = LakeFiles(folder / str(last), 1, "benchmark", pseudonyms), TruthFiles(folder / str(last), 1)
        for share in group:
            at = time.process_time()
            part = make_part(ground, timeline, parameters, Streams(parameters.seed), share)
            at = _note(spent, "drawing people, illness and use", at)
            offset = share.first - group[0].first
            desk = Desk(part, ground, timeline, parameters, share.number, share.first, pseudonyms, offset)
            for name, make in MAKERS.items():
                content = make(desk)
                at = _note(spent, "laying out rows", at)
                lake.write(desk, name, content)
                at = _note(spent, f"writing {name}", at)
            truth.add(desk)
            _note(spent, "truth", at)
        at = time.process_time()
        lake.close()
        at = _note(spent, "last row groups and hashing", at)
        truth.close()
        _note(spent, "truth", at)
    people = sum(share.n for share in group)
    return {name: s / people * 1e6 for name, s in spent.items()}


def _note(spent: dict[str, float], name: str, since: float) -> float:
    now = time.process_time()
    spent[name] = spent.get(name, 0.0) + now - since
    return now


def page(system: str, workers: int, scale: float, found: Run, size: int, by_stage: dict[str, float]) -> str:
    """Lay the measurements out as a section of the results page."""
    rows = found.told["rows"]
    assert isinstance(rows, dict) and isinstance(found.told["people"], int)
    people, facts = found.told["people"], sum(rows.values())
    busy = found.cpu / found.wall / min(workers, os.cpu_count() or 1)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    lines = [
        f"\n## {date.today().isoformat()} · {system} × {scale:g} · {machine}\n",  # noqa: DTZ011
        f"{people:,} people over 24 months, {facts:,} rows in {found.told['files']} files, {size / 1e9:.2f} GB with "
        f"truth, {workers} workers.\n",
        "| | |",
        "|---|---|",
        f"| wall seconds | {found.wall:.1f} |",
        f"| processor seconds, all processes | {found.cpu:.1f} |",
        f"| people a second | {people / found.wall:,.0f} |",
        f"| rows a second | {facts / found.wall:,.0f} |",
        f"| people a second, were the workers never kept waiting | {people / found.cpu * workers:,.0f} |",
        f"| share of the workers' processors that the run was given | {busy:.0%} |",
        f"| peak memory of all processes, MB | {found.peak_mb:,.0f} |",
        "\nProcessor microseconds a person, by stage, on the second file's people in one process:\n",
        "| stage | µs a person |",
        "|---|---|",
        *(f"| {name} | {spent:.2f} |" for name, spent in by_stage.items()),
        f"| together | {sum(by_stage.values()):.2f} |",
    ]
    return "\n".join([*lines, ""])


def main() -> None:
    """Measure and append to the results page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--system", default="Cheshire and Merseyside")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where to make it (default: a folder for temporary files)")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=chosen.folder) as scratch:
        out = Path(scratch) / "home"
        found = run(out, chosen.system, chosen.scale, chosen.workers)
        size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
        by_stage = stages(chosen.system, Path(scratch))
    text = page(chosen.system, chosen.workers, chosen.scale, found, size, by_stage)
    with RESULTS.open("a") as kept:
        kept.write(text)
    print(text)


if __name__ == "__main__":
    main()
