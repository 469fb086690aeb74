"""Indicators against PHEindicatormethods on R: 1e-9 throughout, but limits it simulated 1% of the interval's width."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from oracle_kit import Comparison, Family, Row, column, compare, grouped, read

from doorstep import statistics as st
from doorstep.statistics.results import Estimate, Floats

LEVELS = ((0.95, "95_0"), (0.998, "99_8"))


def _estimate(file: str, what: str, got: Estimate, rows: Sequence[Row], *names: str) -> Iterator[Comparison]:
    for of, name in zip((got.value, got.lower, got.upper), names, strict=True):
        yield compare(file, f"{what} {name}", of, column(rows, name))


def _both_levels(file: str, rows: Sequence[Row], method: Any, *arrays: Floats, **options: Any) -> Iterator[Comparison]:
    for confidence, level in LEVELS:
        names = ("value", f"lower{level}cl", f"upper{level}cl")
        yield from _estimate(file, method.__name__, method(*arrays, confidence=confidence, **options), rows, *names)


def _by_choices(rows: Sequence[Row], method: Any, first: str, second: str) -> Estimate:
    """Answer rows that each have their own multiplier and confidence, group by group, in the rows' order."""
    found = np.full((3, len(rows)), np.nan)
    at = {row["case_id"]: i for i, row in enumerate(rows)}
    for (multiplier, confidence), some in grouped(rows, "multiplier", "confidence").items():
        got = method(
            column(some, first), column(some, second), confidence=float(confidence), multiplier=float(multiplier)
        )
        found[:, [at[row["case_id"]] for row in some]] = got.value, got.lower, got.upper
    return Estimate(*found)


def proportions(folder: Path) -> Iterator[Comparison]:
    rows, expected = read(folder, "proportions_input"), read(folder, "proportions_expected")
    got = _by_choices(rows, st.proportion, "x", "n")
    yield from _estimate("proportions", "proportion", got, expected, "value", "lowercl", "uppercl")
    for confidence, level in LEVELS:
        pct = st.proportion(column(rows, "x"), column(rows, "n"), confidence=confidence, multiplier=100)
        names = ("pct", f"pct_lower{level}cl", f"pct_upper{level}cl")
        yield from _estimate("proportions", "per cent", pct, expected, *names)


def rates(folder: Path) -> Iterator[Comparison]:
    got = _by_choices(read(folder, "rates_input"), st.rate, "x", "n")
    yield from _estimate("rates", "rate", got, read(folder, "rates_expected"), "value", "lowercl", "uppercl")


def _table(rows: Sequence[Row], areas: Sequence[Row], *names: str) -> tuple[Floats, ...]:
    """Return columns as (areas, bands), the areas in the order of the answers."""
    by_area = grouped(rows, "area")
    order = list(dict.fromkeys(row["area"] for row in areas))
    return tuple(np.array([column(by_area[area,], name) for area in order]) for name in names)


def directly_standardised(folder: Path) -> Iterator[Comparison]:
    rows, expected = read(folder, "dsr_input"), read(folder, "dsr_expected")
    x, n, w = _table(rows, expected, "x", "n", "stdpop")
    x = np.nan_to_num(x)  # a band without a number of events had none
    yield from _both_levels("dsr", expected, st.directly_standardised_rate, x, n, w, repeats="never")
    thousand = st.directly_standardised_rate(x, n, w, repeats="never", confidence=0.9, multiplier=1000)
    names = ("value_per1000", "lower90_per1000", "upper90_per1000")
    yield from _estimate("dsr", "per 1,000", thousand, expected, *names)


def directly_standardised_repeats(folder: Path) -> Iterator[Comparison]:
    rows, expected = read(folder, "dsr_nonindependent_input"), read(folder, "dsr_nonindependent_expected")
    frequencies = sorted({float(row["eventfreq"]) for row in rows})
    rows = sorted(rows, key=lambda row: float(row["eventfreq"]))
    tables = _table(rows, expected, "x", "n", "stdpop")
    people, n, w = (np.nan_to_num(of).reshape(len(expected), len(frequencies), -1) for of in tables)
    events, squares = st.events_and_squares(people, frequencies, axis=1)
    yield compare("dsr_nonindependent", "events", events.sum(axis=1), column(expected, "total_count"))
    method = st.directly_standardised_rate
    yield from _both_levels("dsr_nonindependent", expected, method, events, n[:, 0], w[:, 0], repeats=squares)


def indirectly_standardised(folder: Path) -> Iterator[Comparison]:
    ratio, rate = read(folder, "isr_ratio_expected"), read(folder, "isr_rate_expected")
    arrays = _table(read(folder, "isr_input"), ratio, "x", "n", "x_ref", "n_ref")
    yield compare("isr", "expected", st.expected_events(*arrays[1:]), column(ratio, "expected"))
    yield from _both_levels("isr_ratio", ratio, st.indirectly_standardised_ratio, *arrays)
    yield from _both_levels("isr_rate", rate, st.indirectly_standardised_rate, *arrays)


def means(folder: Path) -> Iterator[Comparison]:
    areas = grouped(read(folder, "means_input"), "area")
    expected = read(folder, "means_expected")
    for confidence, level in LEVELS:
        each = [st.mean(column(areas[row["area"],], "value"), confidence=confidence) for row in expected]
        got = Estimate(*(np.array([getattr(e, of) for e in each]) for of in ("value", "lower", "upper")))
        yield from _estimate("means", "mean", got, expected, "value", f"lower{level}cl", f"upper{level}cl")


def quantiles(folder: Path) -> Iterator[Comparison]:
    expected = grouped(read(folder, "quantiles_expected"), "case_id")
    for (case, k, invert), rows in grouped(read(folder, "quantiles_input"), "case_id", "nquantiles", "invert").items():
        groups = np.array([row["group"] for row in rows])
        first: Any = "highest" if invert == "true" else "lowest"
        got = st.quantile_rank(column(rows, "value"), int(k), groups=groups, first=first)
        yield compare("quantiles", case, got, column(expected[case,], "quantile"))


def life_expectancy(folder: Path) -> Iterator[Comparison]:
    """Where R keeps one or two of the three, ours are all blank: nobody alive, or limits over 20 years apart."""
    rows = read(folder, "life_expectancy_expected")
    deaths, population = _table(read(folder, "life_expectancy_input"), rows, "deaths", "population")
    for confidence, level in LEVELS:
        got = st.life_expectancy(deaths, population, confidence=confidence)
        names = ("value", f"lower{level}cl", f"upper{level}cl")
        theirs = Estimate(*(column(rows, name).reshape(deaths.shape) for name in names)).blank_where(False)
        for of in ("value", "lower", "upper"):
            yield compare("life_expectancy", f"{of} {level}", getattr(got, of), getattr(theirs, of))


def slope_index(folder: Path) -> Iterator[Comparison]:
    cases = grouped(read(folder, "sii_input"), "case_id")
    for row in read(folder, "sii_expected"):
        yield from _slope_case(row, cases[row["case_id"],])


def _slope_case(row: Row, rows: Sequence[Row]) -> Iterator[Comparison]:
    scale: Any = ("identity", "log", "logit")[int(rows[0]["value_type"])]
    line: Any = "scale" if rows[0]["transform"] == "true" else "values"
    multiplier, case = float(rows[0]["multiplier"]), row["case_id"]
    se = column(rows, "se")
    if np.isnan(se).any():
        se = st.standard_errors_from_limits(column(rows, "lower_cl"), column(rows, "upper_cl"), scale=scale)
    for confidence, level in LEVELS:
        got = st.slope_index(
            column(rows, "value"), column(rows, "population"), se,
            scale=scale, line=line, multiplier=multiplier, confidence=confidence,
        )  # fmt: skip
        for name, found in (("sii", got.slope), ("rii", got.relative)):
            yield compare("sii", f"{case} {name}", found.value, column([row], name))
            yield from _simulated(case, name, level, found, row)
    # R multiplies the intercept only where the line is on the scale of the transform; ours is always in the unit asked.
    unit = 1 if line == "scale" and scale != "identity" else abs(multiplier)
    yield compare("sii", f"{case} intercept", got.intercept / unit, column([row], "intercept"))


def _simulated(case: str, name: str, level: str, got: Estimate, row: Row) -> Iterator[Comparison]:
    """Compare limits with R's simulated ones: within 1% of the interval's width."""
    low, high = (float(row[f"{name}_{side}{level}cl_simmean8"]) for side in ("lower", "upper"))
    for side, ours, theirs in (("lower", got.lower, low), ("upper", got.upper, high)):
        what = f"{case} {name} {side} {level}"
        yield compare("sii", what, ours, [theirs], rtol=0, atol=0.01 * (high - low))


FAMILIES: tuple[Family, ...] = (
    proportions,
    rates,
    directly_standardised,
    directly_standardised_repeats,
    indirectly_standardised,
    means,
    quantiles,
    life_expectancy,
    slope_index,
)
