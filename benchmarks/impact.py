"""Time and memory of matching, balancing and staggered starts at full size: `python benchmarks/impact.py`.

10,000 treated of 300,000 made-up people with six covariates; panels of 43 Places by 36 months and of 6,000 practices by
16 quarters with one covariate. Each job runs in a process of its own; beside it the nearest free library, where one is
installed (`pip install ebal moderndid`). Writes benchmarks/results/impact.md.
"""

from __future__ import annotations

import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from os import cpu_count
from pathlib import Path
from typing import Any

import numpy as np

from doorstep.statistics.impact import balance_by_entropy, balance_table, match_nearest, propensity_scores
from doorstep.statistics.impact import staggered_effects as staggered
from doorstep.statistics.results import Floats

RESULTS = Path(__file__).parent / "results" / "impact.md"
TREATED, PEOPLE = 10_000, 300_000
NAMES = ("age", "female", "deprivation", "conditions", "admissions", "frailty")
Answer = dict[str, Any]


def _people() -> tuple[Floats, dict[str, Floats]]:
    rng = np.random.default_rng(1)
    x = np.column_stack(
        [
            np.round(rng.normal(60, 15, PEOPLE)),
            rng.integers(0, 2, PEOPLE),
            rng.integers(1, 11, PEOPLE),
            rng.poisson(1.5, PEOPLE),
            rng.poisson(0.3, PEOPLE),
            rng.beta(2, 8, PEOPLE),
        ]
    )
    pull = x @ np.array([0.03, 0.1, 0.05, 0.25, 0.4, 2.0]) + rng.gumbel(size=PEOPLE)
    treated = np.zeros(PEOPLE)
    treated[np.argsort(-pull)[:TREATED]] = 1
    return treated, {name: x[:, i].astype(np.float64) for i, name in enumerate(NAMES)}


def _panel(n_units: int, n_periods: int, starts: tuple[int, ...]) -> dict[str, Floats]:
    rng = np.random.default_rng(2)
    x, first = rng.normal(size=n_units), rng.choice([0, *starts], n_units)
    unit, period = np.repeat(np.arange(n_units), n_periods), np.tile(np.arange(1, n_periods + 1), n_units)
    y = rng.normal(size=len(unit)) + 0.05 * period * (1 + x[unit])
    y -= (first[unit] > 0) * (period >= first[unit])
    return {"y": y, "unit": unit, "period": period, "first": first[unit].astype(float), "x": x[unit]}


def _timed(job: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = job()
    return time.perf_counter() - start, found


def score() -> Answer:
    """Propensity scores of everybody."""
    treated, covariates = _people()
    seconds, found = _timed(lambda: propensity_scores(treated, covariates))
    return {"seconds": seconds, "answer": f"{found.n_iterations} steps"}


def matching() -> Answer:
    """Greedy pairs on the logit of the score."""
    treated, covariates = _people()
    scores = propensity_scores(treated, covariates).score
    seconds, found = _timed(lambda: match_nearest(scores, treated))
    left = balance_table(treated, covariates, found.weights).largest
    return {"seconds": seconds, "answer": f"{found.n_matched:,} matched; largest difference left {left:.3f} SD"}


def balancing() -> Answer:
    """Entropy balancing of six means."""
    treated, covariates = _people()
    seconds, found = _timed(lambda: balance_by_entropy(treated, covariates))
    left = f"largest difference left {found.largest_difference:.1e} SD"
    return {"seconds": seconds, "answer": f"{left}, {found.effective_comparison:,.0f} effective"}


def balancing_by_ebal() -> Answer:
    """The same by ebal, at its own tolerance."""
    from ebal import ebal_bin  # type: ignore[import-not-found, unused-ignore]

    treated, covariates = _people()
    x = np.column_stack(list(covariates.values()))
    seconds, found = _timed(lambda: ebal_bin(PCA=False, print_level=-1).ebalance(treated, x, np.zeros(PEOPLE)))
    weights = np.where(treated == 0, found["w"], 0.0)
    after = weights @ x / weights.sum()
    left = float((np.abs(after - x[treated == 1].mean(axis=0)) / x.std(axis=0)).max())
    return {"seconds": seconds, "answer": f"largest difference left {left:.1e} SD"}


def _ours(panel: dict[str, Floats]) -> Answer:
    columns = (panel["y"], panel["unit"], panel["period"], panel["first"])
    seconds, found = _timed(lambda: staggered(*columns, covariates={"x": panel["x"]}).aggregate("simple").overall)
    return {"seconds": seconds, "answer": f"{found.value:.6f} (error {found.standard_error:.6f})"}


def _theirs(panel: dict[str, Floats]) -> Answer:
    import moderndid  # type: ignore[import-not-found, unused-ignore]
    import polars as pl

    data = pl.DataFrame({k: v.astype(float) for k, v in panel.items()})

    def run() -> Any:
        cells = moderndid.att_gt(
            data, "y", "period", "unit", "first", "~ x", control_group="notyettreated", boot=False, cband=False
        )
        return moderndid.aggte(cells, type="simple", boot=False, cband=False)

    seconds, found = _timed(run)
    return {"seconds": seconds, "answer": f"{float(found.overall_att):.6f} (error {float(found.overall_se):.6f})"}


def places() -> Answer:
    """43 Places by 36 months."""
    return _ours(_panel(43, 36, (13, 25)))


def places_by_moderndid() -> Answer:
    """The same by moderndid."""
    return _theirs(_panel(43, 36, (13, 25)))


def practices() -> Answer:
    """6,000 practices by 16 quarters."""
    return _ours(_panel(6000, 16, (5, 7, 9, 11, 13)))


def practices_by_moderndid() -> Answer:
    """The same by moderndid."""
    return _theirs(_panel(6000, 16, (5, 7, 9, 11, 13)))


JOBS: dict[str, tuple[Callable[[], Answer], str]] = {
    "propensity scores, 300,000 people": (score, "doorstep"),
    "matching, 10,000 of 300,000 people": (matching, "doorstep"),
    "entropy balancing, 10,000 of 300,000 people": (balancing, "doorstep"),
    "the same, ebal (and its regression)": (balancing_by_ebal, "ebal"),
    "staggered, 43 by 36, two starts": (places, "doorstep"),
    "the same, moderndid": (places_by_moderndid, "moderndid"),
    "staggered, 6,000 by 16, five starts": (practices, "doorstep"),
    "the same again, moderndid": (practices_by_moderndid, "moderndid"),
}


def _run_alone(name: str) -> Answer | None:
    if find_spec(JOBS[name][1]) is None:
        return None
    done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True)
    found: Answer = json.loads(done.stdout.splitlines()[-1])
    return found


def _row(name: str, found: Answer | None) -> str:
    if found is None:
        return f"| {name} | not installed | | |"
    return f"| {name} | {found['seconds']:.2f} | {found['peak']:,.0f} | {found['answer']} |"


def _version(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} not installed"


def main() -> None:
    """Run every job in a process of its own and write the page."""
    rows = []
    for name in JOBS:
        rows.append(_row(name, _run_alone(name)))
        print(rows[-1], flush=True)
    machine = f"{cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
    packages = ", ".join(map(_version, ("statsmodels", "ebal", "moderndid")))
    day = datetime.now(UTC).strftime("%d %B %Y").lstrip("0")
    head = f"# Matching, balancing and staggered starts at full size\n\n{day}; {machine}; {packages}."
    note = (
        "Made by `python benchmarks/impact.py`. Seconds without imports and without making the data; peak memory with."
    )
    table = "| job | seconds | peak MB | answer |\n|---|---|---|---|\n" + "\n".join(rows)
    RESULTS.write_text(f"{head} {note}\n\n{table}\n", encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        import statsmodels.genmod.generalized_linear_model  # noqa: F401  the import is not what is measured

        answer = JOBS[sys.argv[1]][0]()
        answer["peak"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps(answer))
    else:
        main()
