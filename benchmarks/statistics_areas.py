"""A million small areas, one method after another: `python benchmarks/statistics_areas.py [--areas N]`.

Each method runs once over all areas; then its peak memory beyond its input is taken in a second run that is not timed.
Beside it: a plain Python loop over a sample of the areas, scaled up, and the nearest Python library where there is one
(on a sample too where it works area by area). Loop and library must give the same numbers, or it stops. Writes
benchmarks/results/statistics.md beside this file when it runs in full.
"""

from __future__ import annotations

import argparse
import math
import os
import platform
import time
import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
from scipy import special, stats

from doorstep import statistics as st
from doorstep.statistics import frames
from doorstep.statistics.life_tables import STARTING_AGES

FULL = 1_000_000
SAMPLE = 5_000
Z = 1.959963984540054
RESULTS = Path(__file__).parent / "results" / "statistics.md"
Arrays = tuple[np.ndarray[Any, Any], ...]


@dataclass(frozen=True)
class Library:
    """A library's way to the same limits, `each` where it takes one area at a time, `within` a relative difference."""

    name: str
    upper: Callable[..., Any]
    each: bool = False
    within: float = 1e-9


@dataclass(frozen=True)
class Case:
    """A method over areas (the first dimension of its arrays), and the same for one area in plain Python."""

    name: str
    arrays: Arrays
    upper: Callable[..., Any]
    loop: Callable[..., float] | None = None
    library: Library | None = None


@dataclass(frozen=True)
class Measured:
    """Seconds for all areas, megabytes, and the scaled seconds of loop and library as words."""

    name: str
    areas: int
    seconds: float
    megabytes: float
    loop: str
    library: str


def _wilson(x: float, n: float) -> float:
    return (2 * x + Z * Z + Z * math.sqrt(Z * Z + 4 * x * (1 - x / n))) / (2 * (n + Z * Z))


def _upper_count(x: float) -> float:
    if x < 10:
        return float(special.chdtri(2 * x + 2, 0.025)) / 2
    return float((x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * math.sqrt(x + 1))) ** 3)


def _rate(x: float, n: float) -> float:
    return _upper_count(x) / n * 100_000


def _dsr(events: Sequence[float], people: Sequence[float], squares: Sequence[float]) -> float:
    weights = list(st.ESP_2013.values())
    total, value, variance = float(sum(events)), 0.0, 0.0
    for x, n, s, w in zip(events, people, squares, weights, strict=True):
        value += x * w / n
        variance += s * (w / n) ** 2
    if total < 10:
        return math.nan
    return value + math.sqrt(variance / total) * (_upper_count(total) - total)


def _isr(events: Sequence[float], people: Sequence[float]) -> float:
    expected = sum(n * x_ref / n_ref for n, x_ref, n_ref in zip(people, *REFERENCE_LISTS, strict=True))
    return _upper_count(sum(events)) / float(expected) * 100


def _mean(values: Sequence[float]) -> float:
    n = len(values)
    average = sum(values) / n
    deviation = math.sqrt(sum((v - average) ** 2 for v in values) / (n - 1))
    return average + float(special.stdtrit(n - 1, 0.975)) * deviation / math.sqrt(n)


def _life(deaths: Sequence[float], people: Sequence[float]) -> float:
    """Return the upper limit of life expectancy at birth."""
    widths = [b - a for a, b in pairwise(STARTING_AGES)]
    alive: list[float] = [1.0]
    lived: list[float] = []
    died: list[float] = []
    for i, n in enumerate(widths):
        m, a = deaths[i] / people[i], 0.1 if i == 0 else 0.5
        died.append(min(n * m / (1 + n * m * (1 - a)), 1))
        alive.append(alive[-1] * (1 - died[-1]))
        lived.append(n * (alive[-1] + a * (alive[-2] - alive[-1])))
    last = deaths[-1] / people[-1]
    lived.append(alive[-1] / last)
    variance, after = alive[-1] ** 2 / (deaths[-1] * last**2), lived[-1]
    for i in reversed(range(len(widths))):
        a = 0.1 if i == 0 else 0.5
        if deaths[i]:
            years = (1 - a) * widths[i] + after / alive[i + 1]
            variance += (alive[i] * years * died[i]) ** 2 * (1 - died[i]) / deaths[i]
        after += lived[i]
    return after + Z * math.sqrt(variance)


def _slope(values: Sequence[float], people: Sequence[float], errors: Sequence[float]) -> float:
    total, below, shares, middles = sum(people), 0.0, [], []
    for n in people:
        shares.append(n / total)
        middles.append(below + n / total / 2)
        below += n / total
    spread = sum(a * (b - 0.5) ** 2 for a, b in zip(shares, middles, strict=True))
    parts = [a * (b - 0.5) / spread for a, b in zip(shares, middles, strict=True)]
    slope = sum(c * y for c, y in zip(parts, values, strict=True))
    return slope + Z * math.sqrt(sum((c * e) ** 2 for c, e in zip(parts, errors, strict=True)))


def _wls(values: Any, people: Any, errors: Any) -> float:
    """Return the slope of one area by NumPy's fit, with the standard error of its weights."""
    share = people / people.sum()
    middle = share.cumsum() - share / 2
    slope = np.polyfit(middle, values, 1, w=np.sqrt(share))[0]
    about = share * (middle - 0.5)
    return float(slope + Z * np.sqrt(((about / (about @ (middle - 0.5)) * errors) ** 2).sum()))


REFERENCE = np.linspace(4_000, 9_000, 19), np.linspace(900_000, 400_000, 19)
REFERENCE_LISTS: tuple[list[float], ...] = tuple(of.tolist() for of in REFERENCE)


def _cases(areas: int, rng: np.random.Generator) -> Iterator[Case]:
    from statsmodels.stats.proportion import proportion_confint
    from statsmodels.stats.rates import confint_poisson

    n = rng.integers(800, 3_000, areas).astype(float)
    x = rng.poisson(0.008 * n).astype(float)
    confint = Library("statsmodels proportion_confint", lambda x, n: proportion_confint(x, n, method="wilson")[1])
    yield Case("proportion", (x, n), lambda x, n: st.proportion(x, n).upper, _wilson, confint)
    poisson = Library(
        "statsmodels confint_poisson (exact throughout)",
        lambda x, n: confint_poisson(x, n, "exact-c")[1] * 100_000,
        within=0.01,
    )
    yield Case("rate", (x, n), lambda x, n: st.rate(x, n).upper, _rate, poisson)
    yield from _standardised(areas, rng)
    values = rng.normal(50, 9, (areas, 12))
    interval = Library(
        "scipy.stats t.interval",
        lambda v: stats.t.interval(0.95, 11, v.mean(1), v.std(1, ddof=1) / math.sqrt(12))[1],
    )
    yield Case("mean of 12", (values,), lambda v: st.mean(v).upper, _mean, interval)
    deciles = Library("pandas rank", lambda y: np.ceil(pd.Series(-y).rank(method="min").to_numpy() * 10 / len(y)))
    yield Case("deciles", (values[:, 0].copy(),), lambda y: st.quantile_rank(y), None, deciles)
    errors = np.full((areas, 10), 0.4)
    groups = values[:, :10].copy(), rng.integers(500, 9_000, (areas, 10)).astype(float), errors
    fit = Library("numpy polyfit", _wls, each=True)
    yield Case("slope index of 10", groups, lambda y, n, e: st.slope_index(y, n, e).slope.upper, _slope, fit)


def _standardised(areas: int, rng: np.random.Generator) -> Iterator[Case]:
    people = rng.integers(40, 160, (areas, 19)).astype(float)
    events = rng.poisson(people * np.linspace(0.002, 0.04, 19)).astype(float)
    never, squared = (events, people, events), (events, people, 3 * events)
    yield Case("DSR", never, lambda x, n, s: st.directly_standardised_rate(x, n, repeats="never").upper, _dsr)
    yield Case("DSR, repeats", squared, lambda x, n, s: st.directly_standardised_rate(x, n, repeats=s).upper, _dsr)
    yield Case("ISR", (events, people), lambda x, n: st.indirectly_standardised_ratio(x, n, *REFERENCE).upper, _isr)
    people = rng.integers(300, 900, (areas, 20)).astype(float)
    deaths = np.maximum(rng.poisson(people * np.geomspace(0.0003, 0.2, 20)), np.arange(20) == 19).astype(float)
    yield Case("life expectancy", (deaths, people), lambda d, p: st.life_expectancy(d, p).upper[..., 0], _life)


def _frame_cases(areas: int, rng: np.random.Generator) -> Iterator[Case]:
    """A tenth of the areas, as tidy rows: one for each of 19 bands."""
    areas //= 10
    people = rng.integers(40, 160, areas * 19)
    data = {
        "area": np.repeat([f"E{i:08d}" for i in range(areas)], 19),
        "band": np.tile(list(st.ESP_2013), areas),
        "x": rng.poisson(people * 0.02),
        "n": people,
    }
    for kind in (pl.DataFrame, pd.DataFrame):
        frame = kind(data)

        def grouped(_: Any, frame: Any = frame) -> Any:
            return frames.directly_standardised_rate(frame, "x", "n", band="band", by="area", repeats="never")

        yield Case(f"DSR, rows of {kind.__module__.split('.')[0]}", (np.arange(areas),), grouped)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = work()
    return time.perf_counter() - start, found


def _peak(work: Callable[[], Any]) -> float:
    """Return the most that was held beyond what there was before, in MB."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def _measure(case: Case) -> Measured:
    areas = len(case.arrays[0])
    case.upper(*(array[:10] for array in case.arrays)) if case.loop else None  # what is imported on first use
    seconds, found = _timed(lambda: case.upper(*case.arrays))
    memory = _peak(lambda: case.upper(*case.arrays))
    loop = f"{_loop(case, found):,.1f}" if case.loop else ""
    return Measured(case.name, areas, seconds, memory, loop, _library(case, found) if case.library else "")


def _loop(case: Case, found: Any) -> float:
    assert case.loop is not None
    one = case.loop
    sample = [array[:SAMPLE].tolist() for array in case.arrays]
    seconds, theirs = _timed(lambda: [one(*area) for area in zip(*sample, strict=True)])
    np.testing.assert_allclose(theirs, found[: len(theirs)], rtol=1e-9)
    return seconds / len(theirs) * len(found)


def _library(case: Case, found: Any) -> str:
    assert case.library is not None
    sample = [array[: SAMPLE if case.library.each else None] for array in case.arrays]
    if case.library.each:
        one = case.library.upper
        seconds, theirs = _timed(lambda: [one(*area) for area in zip(*sample, strict=True)])
    else:
        seconds, theirs = _timed(lambda: case.library and case.library.upper(*sample))
    np.testing.assert_allclose(theirs, found[: len(theirs)], rtol=case.library.within)
    return f"{case.library.name}: {seconds / len(theirs) * len(found):.2f}"


def _report(rows: Sequence[Measured], moment: datetime) -> str:
    hardware = f"{os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()}"
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "statsmodels", "pandas", "polars"))
    lines = [
        f"| {m.name} | {m.areas:,} | {m.seconds:.2f} | {m.megabytes:,.0f} | {m.loop} | {m.library} |" for m in rows
    ]
    return (
        f"# A million small areas\n\n{moment:%d %B %Y}; {hardware}; {packages}; load before {os.getloadavg()[0]:.1f}. "
        "Made by `python benchmarks/statistics_areas.py`.\n\nOne run each. Seconds for value and both limits of every "
        "area; MB is the peak beyond the input; the loop is plain\nPython (SciPy for quantiles) "
        f"on {SAMPLE:,} areas and scaled up; a library is timed on all areas, or, where it takes one\narea at a time, "
        "scaled up too. Loop and library gave the same numbers\n(confint_poisson within 1%: it is exact "
        "throughout, ours Byar's from ten events on). What Polars holds is not in MB.\n\n"
        "| method | areas | seconds | MB | loop, s | library, s |\n|---|---|---|---|---|---|\n"
        + "\n".join(lines)
        + "\n"
    )


def main() -> None:
    """Measure every method and print the table; write it if the run was in full."""
    asked = argparse.ArgumentParser(description="A million small areas, one method after another")
    asked.add_argument("--areas", type=int, default=FULL)
    areas = asked.parse_args().areas
    rng = np.random.default_rng(1)
    rows = []
    for cases in (_cases, _frame_cases):
        for case in cases(areas, rng):
            rows.append(_measure(case))
            print(rows[-1], flush=True)
    text = _report(rows, datetime.now(UTC))
    print(text)
    if areas == FULL:
        RESULTS.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
