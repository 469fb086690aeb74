"""The published rules for small numbers, against counts and percentages worked by hand from their definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from oracle_kit import Comparison, Family, compare, compare_labels, read

from doorstep.statistics.disclosure import HES, SmallNumbers, percentages

RULES = {
    "hes_display": HES,
    "threshold5_display": SmallNumbers(4, nought_shown=True),
    "threshold10_display": SmallNumbers(9, nought_shown=True),
}


def _text(shown: Sequence[int | None]) -> list[str]:
    return ["*" if value is None else str(value) for value in shown]


def counts(folder: Path) -> Iterator[Comparison]:
    rows = read(folder, "disclosure_counts_expected")
    for name, rule in RULES.items():
        got = _text([rule.shown(int(row["count"])) for row in rows])
        yield compare_labels("disclosure_counts_expected", name, got, [row[name] for row in rows])


def percentages_of_shown_numbers(folder: Path) -> Iterator[Comparison]:
    file = "disclosure_percentages_expected"
    rows = read(folder, file)
    numerators, denominators = ([int(row[name]) for row in rows] for name in ("numerator", "denominator"))
    for name, values in (("numerator_display", numerators), ("denominator_display", denominators)):
        yield compare_labels(file, name, _text([HES.shown(v) for v in values]), [row[name] for row in rows])
    got, told = percentages(numerators, denominators, HES), [row["percent_from_displayed"] for row in rows]
    stars = ["*" if value is None else "" for value in got]
    yield compare_labels(file, "where percentages are hidden", stars, ["*" if t == "*" else "" for t in told])
    shown = [(value, float(t or "nan")) for value, t in zip(got, told, strict=True) if t != "*" and value is not None]
    yield compare(file, "percent_from_displayed", [g for g, _ in shown], [t for _, t in shown], rtol=0, atol=0)


FAMILIES: tuple[Family, ...] = (counts, percentages_of_shown_numbers)
