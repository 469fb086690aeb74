"""Siting with a certified gap, beside an integer programme on the same instances: `python benchmarks/siting.py`.

Cheshire and Merseyside with 25 of 400 and 48 of 1,000 candidates, England with 250 of 1,000; each job in a process of
its own, one thread, time in processor seconds. Beside it spopt's p-median through HiGHS, where it is installed
(`pip install spopt`), with the time limit of `--rival SECONDS`. Writes benchmarks/results/siting.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results" / "siting.md"
CASES = (
    ("Cheshire and Merseyside", 25, 400),
    ("Cheshire and Merseyside", 48, 1000),
    ("England", 250, 1000),
)
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


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
    from doorstep.geography.siting import Question, answer

    demand, sites = instance(where, m)
    asked = Question(demand, sites, n=n, aim=aim, within=3.0)
    begin = time.process_time()
    found = answer(asked)
    seconds = time.process_time() - begin
    return {"seconds": seconds, "value": found.solved.value, "bound": found.solved.bound, "gap": found.gap}


def spopt(where: str, n: int, m: int, limit: float) -> dict[str, Any]:
    """The p-median of spopt, solved by HiGHS through PuLP, in the units of ours."""
    import numpy as np
    import pulp  # type: ignore[import-not-found, unused-ignore]
    from spopt.locate import PMedian  # type: ignore[import-not-found, unused-ignore]

    demand, sites = instance(where, m)
    spots = np.array([s.spot for s in sites])
    far = np.sqrt(((demand.points[:, None] - spots[None]) ** 2).sum(axis=2)) * 1.3 / 1000
    begin = time.process_time()
    model = PMedian.from_cost_matrix(far, demand.weight / demand.weight.sum(), p_facilities=n)
    built = time.process_time() - begin
    model.problem.solve(pulp.HiGHS(msg=False, timeLimit=limit, threads=1))
    seconds = time.process_time() - begin
    chosen = np.array([(v.value() or 0.0) > 0.5 for v in model.fac_vars])
    value = None
    if chosen.sum() == n:
        value = float(np.average(far[:, chosen].min(axis=1), weights=demand.weight))
    status = pulp.LpStatus[model.problem.status]
    return {"seconds": seconds, "built": built, "value": value, "status": status}


def measured(job: str, *words: str) -> dict[str, Any]:
    """Run a job in a process of its own."""
    command = [sys.executable, __file__, "--job", job, *words]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **ONE_THREAD})
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"signal {done.returncode}"}
    return dict(json.loads(done.stdout.splitlines()[-1]))


def row(where: str, n: int, m: int, aim: str, found: dict[str, Any]) -> str:
    name = f"| {where}, {n} of {m:,} | {aim} "
    if "failed" in found:
        return f"{name}| | | | | failed: {found['failed']} |"
    value = "none" if found["value"] is None else f"{found['value']:.4f}"
    bound, gap = (f"{found['bound']:.4f}", f"{found['gap']:.3%}") if "bound" in found else ("", found["status"])
    return f"{name}| {found['seconds']:.1f} | {found['peak_mb']:,.0f} | {value} | {bound} | {gap} |"


def rows(rival: float, heading: list[str]) -> None:
    """Measure every job, and write the page after each: a run that is stopped leaves what it measured."""
    lines = list(heading)
    for where, n, m in CASES:
        for aim in ("median", "covering", "equity") if where != "England" else ("median", "covering"):
            lines.append(row(where, n, m, aim, measured("ours", where, str(n), str(m), aim)))
            RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
        if find_spec("spopt") and rival and where != "England":  # 33 million variables are not tried
            found = measured("spopt", where, str(n), str(m), str(rival))
            lines.append(row(where, n, m, f"median, spopt and HiGHS, limit {rival:.0f} s", found))
            RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rival", type=float, default=60.0, help="seconds for the integer programme; 0: without")
    parser.add_argument("--job", nargs="+")
    asked = parser.parse_args()
    if asked.job:
        name, where, n, m, last = asked.job
        found = ours(where, int(n), int(m), last) if name == "ours" else spopt(where, int(n), int(m), float(last))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({**found, "peak_mb": peak}))
        return 0
    packages = []
    for package in ("numpy", "highspy", "spopt", "pulp"):
        try:
            packages.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    machine = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    heading = [
        "# Siting centres with a certified gap",
        "",
        f"{datetime.now(UTC).date()}; {machine}; {', '.join(packages)}. Made by `python benchmarks/siting.py`. "
        "Seconds of the processor, one thread, without imports and without reading the tables. Values are kilometres; "
        "for covering the share of weighted people farther than 3 km. The bound is counted again in double precision "
        "over every pair; the gap of covering is of the share covered. spopt's value is that of the sites it opened; "
        "where it opened none in its time, none.",
        "",
        "| instance | aim | processor s | peak MB | value | bound | certified gap |",
        "|---|---|---|---|---|---|---|",
    ]
    rows(asked.rival, heading)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
