"""What the scorecard's signals find and do not find: `python benchmarks/scorecard_signals.py`.

Made-up Places with known truth are watched month by month, as the scorecard would show them: one with a true change,
the same one without it, one whose numbers fall because it stops choosing its people anew, and all others, in whom
nothing is planted. How often a true change should be shown is drawn afresh from its size and judged by the rules
written a second time. Writes benchmarks/results/scorecard_signals.md beside this file.
"""

from __future__ import annotations

import os
import platform
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import zip_longest
from pathlib import Path
from statistics import fmean

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "programme_scorecard"))

from signal_worlds import CHANGED_AT, STOPPED_AT, World, changed, reselected, steady, unchanged

from doorstep.programme.scorecard.noted import Noted
from doorstep.programme.scorecard.spc_words import REGRESSION
from doorstep.programme.scorecard.words import claims
from doorstep.returns import METRICS

SEEDS, DRAWS, STEADY_SEEDS, CHOSEN_BY = 200, 30, 6, ("O2a", "O2b", "O5a")
RESULTS = Path(__file__).parent / "results" / "scorecard_signals.md"
Shares = Sequence[float]


def shown(worlds: Sequence[World], first: int) -> Shares:
    """Return in which share of the worlds a low signal was shown by each newest month."""
    return _means([world.low_by_month(first) for world in worlds])


def predicted(worlds: Sequence[World], first: int) -> Shares:
    """Return the same as it should be by size and chance."""
    return _means([world.predicted(first, DRAWS, seed) for seed, world in enumerate(worlds)])


def broken(worlds: Sequence[World], first: int) -> Shares:
    """Return the same where the log has a break at the first month."""
    at = (Noted("break", world.made.months[first - 1], None, "People chosen once, then followed.") for world in worlds)
    return _means([w.low_by_month(first, [n]) for w, n in zip(worlds, at, strict=True)])


def _means(found: Sequence[Iterable[float]]) -> Shares:
    return [fmean(column) for column in zip(*found, strict=True)]


def told(worlds: Sequence[World], first: int) -> tuple[int, int, int, int]:
    """Return pages, pages with a low signal, those that name regression to the mean, and words that claim an effect."""
    pages = signals = named = claimed = 0
    for world in worlds:
        for months in range(first, len(world.counts) + 1):
            exhibit, signal = world.exhibit(months), world.control(months).signal
            said = [*exhibit.sentences, exhibit.heading, *(p.alternative + p.svg for p in exhibit.more_pictures)]
            pages, claimed = pages + 1, claimed + len(claims(" ".join(said)))
            if signal and not signal.is_high:
                signals += 1
                named += any(REGRESSION in sentence for sentence in said)
    return pages, signals, named, claimed


def by_chance() -> tuple[int, int, int]:
    """Return charts of Places in whom nothing is planted, those with a signal at the newest month, and with any."""
    charts = newest = ever = 0
    for seed in range(STEADY_SEEDS):
        for world in steady(seed, METRICS):
            control = world.control(len(world.counts))
            charts, newest, ever = charts + 1, newest + bool(control.signal), ever + bool(control.signals)
    return charts, newest, ever


def _table(first: int, columns: dict[str, Shares]) -> Iterator[str]:
    yield f"| newest month | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for i, row in enumerate(zip_longest(*columns.values())):
        yield f"| {first + i} | {' | '.join('' if v is None else f'{v:.0%}' for v in row)} |"


def _report() -> Iterator[str]:
    with_change, without = [changed(s) for s in range(SEEDS)], [unchanged(s) for s in range(SEEDS)]
    true = {"shown": shown(with_change, CHANGED_AT), "predicted": predicted(with_change, CHANGED_AT)}
    none = {"no change: shown": shown(without, CHANGED_AT), "no change: predicted": predicted(without, CHANGED_AT)}
    yield f"## A true change: a quarter fewer stays from month {CHANGED_AT} of 21\n"
    yield f"Share of {SEEDS} worlds in which a low signal was shown by the newest month (O2b of one Place). By chance a"
    yield f"share of a half is within {2 * (0.25 / SEEDS) ** 0.5:.0%} of its expectation (two standard errors).\n"
    yield from _table(CHANGED_AT, true | none)
    yield "\n## A false one: a Place that stops choosing its people anew\n"
    yield f"Until month {STOPPED_AT - 1} it chose people by recent use; nobody's need changes. Share of {SEEDS} worlds"
    yield "in which a low signal was shown. The fall is real and no chart tells it from an effect.\n"
    chosen = {line: [reselected(s, line) for s in range(SEEDS)] for line in CHOSEN_BY}
    as_is = {line: shown(worlds, STOPPED_AT) for line, worlds in chosen.items()}
    marked = {f"{line}, break in the log": broken(worlds, STOPPED_AT) for line, worlds in chosen.items()}
    yield from _table(STOPPED_AT, as_is | marked)
    yield "\nAfter a break the limits rest on nine months at most, so that no low month is pointed out yet."
    pages, signals, named, claimed = told([w for worlds in chosen.values() for w in worlds], STOPPED_AT)
    yield f"\nOf {pages:,} such pages {signals:,} show a low signal; {named:,} of these name regression to the mean."
    yield f"Words that claim an effect: {claimed}.\n"
    charts, newest, ever = by_chance()
    yield "## Nothing planted\n"
    yield f"Of {charts:,} charts of 21 months (every metric of the other Places, {STEADY_SEEDS} worlds)"
    yield f"{newest / charts:.1%} show a signal at the newest month and {ever / charts:.1%} at any month. The season"
    yield "counts as chance here; a chart is not corrected for it."


def main() -> None:
    """Watch the worlds, write the report and print it."""
    start = time.perf_counter()
    body = "\n".join(_report())
    hardware = f"{os.cpu_count()} cores ({platform.machine()}), Python {platform.python_version()}"
    took = f"{time.perf_counter() - start:.0f} seconds"
    RESULTS.write_text(
        "# Signals of the scorecard in worlds with known truth\n\n"
        f"{datetime.now(UTC):%d %B %Y}; {hardware}; NumPy {version('numpy')}; {took}. "
        f"Made by `python benchmarks/scorecard_signals.py`; the data are made up.\n\n{body}\n",
        encoding="utf-8",
    )
    print(RESULTS.read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
