"""Time of funnels, XmR charts and regression to the mean: `python benchmarks/statistics_charts.py`.

A million made-up areas are labelled, with exact limits and with variance between areas; limits are drawn at 200
denominators; ten thousand series of 36 months are charted; and 200,000 people with 24 months each are resampled 500
times. Writes benchmarks/results/statistics_charts.md beside this file.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np

from doorstep.statistics.funnels import funnel
from doorstep.statistics.regression_to_mean import Above, without_intervention
from doorstep.statistics.spc import xmr

AREAS, DRAWN, CHARTS, MONTHS, PEOPLE, RESAMPLES = 1_000_000, 200, 10_000, 36, 200_000, 500
RESULTS = Path(__file__).parent / "results" / "statistics_charts.md"
Job = Callable[[], object]


def _jobs(rng: np.random.Generator) -> dict[str, Job]:
    """Make the data, and name what is done with them."""
    n = rng.integers(50, 50_000, AREAS).astype(float)
    counts, shares = rng.poisson(n * 0.002).astype(float), rng.binomial(n.astype(int), 0.3).astype(float)
    series = rng.normal(100, 10, (CHARTS, MONTHS))
    rate = rng.gamma(0.4, 0.3 / 0.4 / 12, (PEOPLE, 1))
    people = rng.poisson(np.broadcast_to(rate, (PEOPLE, 24))).astype(float)
    chart = funnel("rate", counts, n, counted="events")
    return {
        f"label {AREAS:,} rates": lambda: funnel("rate", counts, n, counted="events").position,
        f"label {AREAS:,} proportions": lambda: funnel("proportion", shares, n, counted="people").position,
        f"label {AREAS:,} rates, additive": lambda: (
            funnel("rate", counts, n, counted="events", dispersion="additive").position
        ),
        f"words for {AREAS:,} labels": lambda: chart.labels,
        f"limits of rates at {DRAWN} denominators": lambda: chart.limits_at(np.linspace(50, 50_000, DRAWN)),
        f"{CHARTS:,} XmR charts of {MONTHS} months, with icons": lambda: [
            (c.variation, c.assurance) for c in (xmr(row, better="increase", target=90) for row in series)
        ],
        f"{PEOPLE:,} people, 24 months, {RESAMPLES} resamples": lambda: without_intervention(
            people, Above(3), window=12, replicates=RESAMPLES
        ),
    }


def _seconds(job: Job) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def _hardware() -> str:
    return f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"


def main() -> None:
    """Time each job once, write the table and print it."""
    rows = [f"| {name} | {_seconds(job):.3g} |" for name, job in _jobs(np.random.default_rng(1)).items()]
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(
        "# Funnels, XmR charts and regression to the mean\n\n"
        f"{datetime.now(UTC):%d %B %Y}; {_hardware()}; NumPy {version('numpy')}, SciPy {version('scipy')}. Made by "
        "`python benchmarks/statistics_charts.py`; the data are made up.\n\n"
        "| | seconds |\n|---|---|\n" + "\n".join(rows) + "\n",
        encoding="utf-8",
    )
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
