"""Whether estimates and intervals hold the truth: `python benchmarks/impact_simulation.py [SHARE]`.

Draws data whose effect is known, many times, and writes for each method the bias (with its Monte Carlo error), the
standard deviation of the estimates, the mean standard error and the share of 95% intervals that hold the truth.
Measured confounding only: what these figures show is that the methods do what they say, not that a real comparison
is fair. With a SHARE of 0.1 a tenth of the data sets is drawn. Writes benchmarks/results/impact_simulation.md.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from doorstep.statistics.impact import (
    Effect,
    balance_by_entropy,
    difference_in_differences,
    match_coarsened,
    match_nearest,
    propensity_scores,
    rate_ratio,
    segmented_series,
    staggered_effects,
)
from doorstep.statistics.impact.models import Errors
from doorstep.statistics.results import Floats

DOING = (
    "Data with a known effect, drawn many times. Bias (with its Monte Carlo error), the standard deviation of the "
    "estimates, the mean standard error, and the share of 95% intervals that held the truth (Monte Carlo error 0.015 "
    "at 200 times, 0.010 at 500). People's figures are logarithms of ratios. Everything that confounds is measured "
    "here: the methods do what they say; that does not make a real comparison fair. "
    "Made by `python benchmarks/impact_simulation.py`."
)
RESULTS = Path(__file__).parent / "results" / "impact_simulation.md"
Found = tuple[str, float, Effect]  # method, truth (of a ratio: its logarithm), estimate


def people(seed: int) -> Iterator[Found]:
    """4,000 people of 60 practices, overdispersed counts, service by need, rate ratio 0.85."""
    rng = np.random.default_rng(seed)
    n, practice = 4000, rng.integers(0, 60, 4000)
    age, female, ltc = np.round(rng.normal(70, 10, n)), rng.integers(0, 2, n), rng.poisson(1.5, n)
    need = 0.03 * (age - 70) + 0.3 * (ltc - 1.5)
    treated = (rng.random(n) < 1 / (1 + np.exp(1.8 - need - rng.normal(0, 0.3, 60)[practice]))).astype(float)
    years = rng.uniform(0.3, 1, n)
    rate = 0.4 * np.exp(need + rng.normal(0, 0.2, 60)[practice] + np.log(0.85) * treated)
    events = rng.poisson(rate * years * rng.gamma(2, 0.5, n))
    covariates = {"age": age, "female": female, "ltc": ltc}

    def ratio(weights: Floats | None = None, adjust: bool = False, errors: Errors | None = None) -> Effect:
        return rate_ratio(
            events,
            years,
            treated,
            comparison="people of the same practices without the service",
            covariates=covariates if adjust else None,
            weights=weights,
            clusters=practice,
            errors=errors,
        )

    cells = {"age": age // 10, "female": female, "ltc": np.minimum(ltc, 3)}
    designs: dict[str, Callable[[], Effect]] = {
        "people: nothing adjusted": ratio,
        "people: regression": lambda: ratio(adjust=True),
        "people: regression, plain cluster errors": lambda: ratio(adjust=True, errors="cluster"),
        "people: entropy balancing": lambda: ratio(balance_by_entropy(treated, covariates).weights),
        "people: matched on the score": lambda: ratio(
            match_nearest(propensity_scores(treated, covariates).score, treated).weights
        ),
        "people: coarsened exact matching": lambda: ratio(match_coarsened(treated, cells).weights),
    }
    yield from ((name, float(np.log(0.85)), design()) for name, design in designs.items())


def practices(seed: int) -> Iterator[Found]:
    """90 practices by 16 quarters; starts depend on deprivation, which has a trend of its own; effects grow."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=90)
    order = np.argsort(-(x + rng.normal(0, 1.5, 90)))
    first = np.zeros(90)
    first[order[:45]] = np.repeat([6, 9, 12], 15)
    t = np.arange(1, 17)
    noise = np.zeros((90, 16))
    noise[:, 0] = rng.normal(size=90)
    for q in range(1, 16):
        noise[:, q] = 0.4 * noise[:, q - 1] + rng.normal(size=90)
    since = np.where((first[:, None] > 0) & (t >= first[:, None]), t - first[:, None] + 1, 0)
    effect = -0.4 * since - 0.5 * (since > 0)
    y = rng.normal(0, 2, 90)[:, None] + 0.1 * t + 0.15 * x[:, None] * t + noise + effect
    truth = float(effect[since > 0].mean())
    rows = [y.ravel(), np.repeat(np.arange(90), 16), np.tile(t, 90), np.repeat(first, 16)]
    long = {"x": np.repeat(x, 16)}
    yield "practices: no covariate", truth, staggered_effects(*rows).aggregate("simple").overall
    for method in ("dr", "ipw", "reg"):
        found = staggered_effects(*rows, covariates=long, method=method)
        yield f"practices: {method}", truth, found.aggregate("simple").overall


def units(seed: int) -> Iterator[Found]:
    """Two groups and one start with few units: 12 or 60 by 8 times, noise that lasts."""
    rng = np.random.default_rng(seed)
    for n in (12, 60):
        unit, time = np.repeat(np.arange(n), 8), np.tile(np.arange(8), n)
        treated, post = (unit < n / 2).astype(float), (time >= 4).astype(float)
        drift = np.cumsum(rng.normal(0, 0.4, (n, 8)), axis=1).ravel()
        y = rng.normal(size=n)[unit] + drift + rng.normal(0, 0.5, n * 8) + 1.0 * treated * post
        yield f"two periods: {n} units", 1.0, difference_in_differences(y, treated, post, unit).effect


def months(seed: int) -> Iterator[Found]:
    """36 or 60 months, 24 or 36 of them before the start, season, noise that remembers more or less."""
    rng = np.random.default_rng(seed)
    for n, n_before in ((36, 24), (60, 36)):
        t = np.arange(1, n + 1)
        for memory in (0.0, 0.4, 0.7):
            noise = rng.normal(size=n + 50)
            for i in range(1, n + 50):
                noise[i] += memory * noise[i - 1]
            y = 100 + 0.3 * t + 3 * np.sin(2 * np.pi * t / 12) - 4 * (t > n_before) + noise[50:]
            name = f"{n} months, memory {memory:g}"
            yield name, -4.0, segmented_series(y, n_before).mean_difference()
            plain = segmented_series(y, n_before, errors="newey-west").mean_difference()
            yield f"{name}: Newey-West", -4.0, plain


def _row(name: str, found: list[tuple[float, Effect]]) -> str:
    log = found[0][1].measure != "difference"
    values = np.array([np.log(e.value) if log else e.value for _, e in found])
    limits = np.array([np.log([e.lower, e.upper]) if log else [e.lower, e.upper] for _, e in found])
    truth, errors = np.array([t for t, _ in found]), np.array([e.standard_error for _, e in found])
    wrong, n = values - truth, len(found)
    held = ((limits[:, 0] <= truth) & (truth <= limits[:, 1])).mean()
    bias = f"{wrong.mean():+.3f} ({wrong.std() / np.sqrt(n):.3f})"
    return f"| {name} | {n} | {bias} | {wrong.std():.3f} | {errors.mean():.3f} | {held:.3f} |"


def main(share: float) -> None:
    """Draw, estimate and write the table."""
    found: dict[str, list[tuple[float, Effect]]] = {}
    for draw, times in ((people, 500), (practices, 200), (units, 1000), (months, 200)):
        for seed in range(max(2, round(times * share))):
            for name, truth, effect in draw(seed):
                found.setdefault(name, []).append((truth, effect))
    rows = "\n".join(_row(name, effects) for name, effects in found.items())
    table = f"| method | times | bias | spread | mean error | held |\n|---|---|---|---|---|---|\n{rows}\n"
    text = f"# Whether estimates and intervals hold the truth\n\n{DOING}\n\n{table}"
    RESULTS.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 1)
