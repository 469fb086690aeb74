"""Siting with a certified gap, beside integer programmes on the same instances, in one run.

`python benchmarks/siting.py [--rival SECONDS --rivals PYTHON]`. Cheshire and Merseyside with 25 of 400 and 48 of 1,000
candidates, England with 250 of 1,000; each job a process of its own with one thread. Beside it, with a limit of time
and of memory, spopt's p-median and maximal covering through HiGHS, and the same models handed to HiGHS as arrays.
PYTHON is that of an environment with `geography_rivals/requirements.txt`. Writes results/siting.md. Linux only.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
RESULTS, RIVALS = HERE / "results" / "siting.md", HERE / "geography_rivals"
CASES = (("Cheshire and Merseyside", 25, 400), ("Cheshire and Merseyside", 48, 1000), ("England", 250, 1000))
WITHIN, MEMORY = 3.0, 8 << 30  # km; bytes that an integer programme may have
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
HEAD = """# Siting centres with a certified gap

{on}; {machine}. {said}

Made by `python benchmarks/siting.py`. One thread, without imports and without reading the tables. Values are
kilometres; for covering the share of weighted people farther than {within:g} km; for equity half the mean and half the
mean of the tenth with furthest to go. Our bound from prices is counted again in double precision over every pair;
covering has ten seconds, and where HiGHS's branch and bound comes to the better bound in them, it is that one, less its
tolerance. The gap of covering is of the share covered. spopt and HiGHS (which spopt calls) had the same distances and
weights, {limit:g} s to solve (what building the model took stands beside) and {memory} GB of memory; their value is
that of the sites they opened, counted by us, and a bound is HiGHS's own.

| instance | aim | by | s | processor s | peak MB | value | bound | gap | ended |
|---|---|---|---:|---:|---:|---:|---:|---:|---|
"""


def instance(where: str, m: int) -> tuple[Any, Any]:
    """Return the demand and m candidates by lot: buildings, and the areas' points where these are too few."""
    import numpy as np

    from doorstep.geography.siting import demand_of, sites_of

    offered = sites_of(where)
    if len(offered) < m:
        offered = sites_of(where, ("hospital", "library", "practice", "area"))
    drawn = np.sort(np.random.default_rng(1).choice(len(offered), m, replace=False))
    return demand_of(where), tuple(offered[j] for j in drawn)


def ours(where: str, n: int, m: int, aim: Any) -> dict[str, Any]:
    """Answer one question, and say what it took."""
    from doorstep.geography.siting import Question, answer

    demand, sites = instance(where, m)
    asked = Question(demand, sites, n=n, aim=aim, within=WITHIN)
    begin, cpu = time.monotonic(), time.process_time()
    found = answer(asked)
    spent = {"wall": time.monotonic() - begin, "cpu": time.process_time() - cpu}
    solved = found.solved
    return {**spent, "value": solved.value, "bound": solved.bound, "gap": found.gap, "ended": f"bound by {solved.by}"}


def measured(where: str, n: int, m: int, aim: str) -> dict[str, Any]:
    """Answer one question in a process of its own."""
    command = [sys.executable, __file__, "--job", where, str(n), str(m), aim]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ONE_THREAD}, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


class Rivals:
    """The integer programmes on one instance; its distances are written once for all."""

    def __init__(self, python: str, folder: Path, where: str, m: int, limit: float) -> None:
        import numpy as np

        demand, sites = instance(where, m)
        spots = np.array([s.spot for s in sites])
        self.far = np.sqrt(((demand.points[:, None] - spots[None]) ** 2).sum(axis=2)) * 1.3 / 1000
        self.weight = demand.weight / demand.weight.sum()
        self.python, self.path, self.out, self.limit = python, folder / "instance.npz", folder / "out.json", limit
        np.savez(self.path, far=self.far, weight=self.weight, within=WITHIN)

    def run(self, tool: str, aim: str, n: int) -> dict[str, Any]:
        """Run one tool; say what it took and what it had found by its limit."""
        words = [str(RIVALS / "integer_sites.py"), tool, aim, str(self.path), str(self.out), str(n), str(self.limit)]
        self.out.unlink(missing_ok=True)
        begin = time.monotonic()
        process = subprocess.Popen(
            [self.python, *words], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **ONE_THREAD},
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)), text=True,
        )  # fmt: skip
        said, status, used = _waited(process, 3 * self.limit)
        spent = {
            "wall": time.monotonic() - begin,
            "cpu": used.ru_utime + used.ru_stime,
            "peak_mb": used.ru_maxrss / 1024,
        }
        if not self.out.exists():
            return {**spent, "value": None, "ended": _why(status, said, 3 * self.limit)}
        return {**spent, **self._judged(json.loads(self.out.read_text(encoding="utf-8")), aim, n)}

    def _judged(self, told: dict[str, Any], aim: str, n: int) -> dict[str, Any]:
        import numpy as np

        ended = f"{told['status']}, built in {told['built']:.0f} s"
        if len(told["chosen"]) != n:
            return {"value": None, "bound": told["bound"], "ended": f"{ended}, no sites"}
        near = self.far[:, told["chosen"]].min(axis=1)
        value = float(np.dot(near if aim == "median" else near > WITHIN, self.weight))
        return {"value": value, "bound": told["bound"], "ended": ended}


def _waited(process: subprocess.Popen[str], limit: float) -> tuple[str, int, resource.struct_rusage]:
    """Wait for a process, at most `limit` seconds; return what it said, its exit code and what it used."""
    import threading

    stop = threading.Timer(limit, process.kill)
    stop.start()
    said = process.stderr.read() if process.stderr else ""
    _, status, used = os.wait4(process.pid, 0)
    stop.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    return said, process.returncode, used


def _why(status: int, said: str, limit: float) -> str:
    if status < 0:
        return f"stopped at {limit:g} s" if status == -9 else f"ended by signal {-status}"
    return "out of memory" if "MemoryError" in said or "alloc" in said else said.strip().splitlines()[-1]


def row(where: str, n: int, m: int, aim: str, by: str, found: dict[str, Any]) -> str:
    """Return a line of the table."""
    value = "none" if found["value"] is None else f"{found['value']:.4f}"
    bound = found.get("bound")
    gap = f"{found['gap']:.3%}" if "gap" in found else ""
    if bound is not None and found["value"] and not gap:
        gap = f"{(found['value'] - bound) / (found['value'] if aim == 'median' else 1 - found['value']):.3%}"
    spent = f"{found['wall']:.1f} | {found['cpu']:.1f} | {found['peak_mb']:,.0f}"
    return (
        f"| {where}, {n} of {m:,} | {aim} | {by} | {spent} | {value} |"
        f" {'' if bound is None else f'{bound:.4f}'} | {gap} | {found['ended']} |"
    )


def rows(heading: str, limit: float, python: str) -> None:
    """Measure every job, and write the page after each: a run that is stopped leaves what it measured."""
    lines = [heading.rstrip()]

    def add(*words: Any) -> None:
        lines.append(row(*words))
        print(lines[-1], flush=True)
        RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")

    for (where, n, m), aim in itertools.product(CASES, ("median", "covering", "equity")):
        add(where, n, m, aim, "Doorstep", measured(where, n, m, aim))
    for where, n, m in CASES if limit else ():
        with tempfile.TemporaryDirectory() as folder:
            rivals = Rivals(python, Path(folder), where, m, limit)
            for tool, aim in itertools.product(("HiGHS", "spopt"), ("median", "covering")):
                add(where, n, m, aim, tool, rivals.run(tool, aim, n))


def _machine(python: str, limit: float) -> str:
    names = ("numpy", "highspy")
    theirs: Sequence[str] = ()
    if limit:
        command = "from importlib.metadata import version as v; print(v('spopt'), v('pulp'), v('highspy'))"
        said = subprocess.run([python, "-c", command], capture_output=True, text=True, check=True).stdout.split()
        theirs = [f"beside it spopt {said[0]}, pulp {said[1]}, highspy {said[2]}"]
    packages = ", ".join([*(f"{name} {version(name)}" for name in names), *theirs])
    return f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}; {packages}"


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rival", type=float, default=60.0, help="seconds for an integer programme; 0: without")
    parser.add_argument("--rivals", default=str(HERE.parent / ".venv-rivals" / "bin" / "python"))
    parser.add_argument("--said", default="", help="what a reader must know of the machine, such as other load")
    parser.add_argument("--job", nargs=4)
    asked = parser.parse_args()
    if asked.job:
        where, n, m, aim = asked.job
        found = ours(where, int(n), int(m), aim)
        print(json.dumps({**found, "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
        return 0
    heading = HEAD.format(
        on=datetime.now(UTC).date(), machine=_machine(asked.rivals, asked.rival), said=asked.said, within=WITHIN,
        limit=asked.rival, memory=MEMORY >> 30,
    )  # fmt: skip
    rows(heading, asked.rival, asked.rivals)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
