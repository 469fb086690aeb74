"""Read figures that were written as CSV: a line for each metric, the patients and P1, 23 numbers in template order."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from doorstep.returns.figures import METRICS, Figures

HERE = Path(__file__).parent
FIXTURE = HERE / "fixture"
MONTH, KNOWN_BY = date(2026, 3, 1), date(2026, 5, 31)


def figures_from_csv(path: Path, place: str = "Sefton", month: date = MONTH) -> Figures:
    """Return the figures of a file such as expected.csv, or of what the counter prints."""
    with path.open(encoding="utf-8", newline="") as file:
        lines = {row[0]: row[1:] for row in csv.reader(file) if row[0] != "metric"}
    return figures_from_counts({name: [int(n or 0) for n in numbers] for name, numbers in lines.items()}, place, month)


def figures_from_counts(counts: Mapping[str, Sequence[int]], place: str = "Sefton", month: date = MONTH) -> Figures:
    """Return the figures of the counter's table, where P1 has its total only."""
    metrics = {name: tuple(counts[name]) for name in METRICS}
    return Figures(place, month, metrics, tuple(counts["patients"]), counts["P1"][0])
