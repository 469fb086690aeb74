"""The indicators for tidy data frames, pandas, Polars or others that Narwhals knows: the same names, columns by name.

`by` names the columns that make groups, such as `["area", "year"]`. Answers come back in a frame of the kind that was
given, as columns `value`, `lower` and `upper`; blanks are empty cells. Formulas, units, blanks, errors of numbers and
sources are those of the functions of the same name in `doorstep.statistics`. Errors of frames: ColumnError where a
column is missing, not of numbers, has empty labels or would be overwritten; IncompleteTableError where a group does not
have every age band exactly once (a band left out would shift the rate without a word).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import narwhals as nw
import numpy as np
from narwhals.typing import IntoDataFrameT

from doorstep.statistics import inequality, life_tables, means, proportions, quantiles, rates, standardised
from doorstep.statistics.frame_tables import ColumnError as ColumnError
from doorstep.statistics.frame_tables import IncompleteTableError as IncompleteTableError
from doorstep.statistics.frame_tables import Table, floats, groups_of, opened, table_of, with_columns
from doorstep.statistics.results import Estimate, Floats, ProportionError, ZeroPopulationError, counts, numbers
from doorstep.statistics.standards import ESP_2013

By = str | Sequence[str]


def proportion(
    frame: IntoDataFrameT,
    numerator: str,
    denominator: str,
    *,
    by: By | None = None,
    confidence: float = 0.95,
    multiplier: float = 1.0,
) -> IntoDataFrameT:
    """Return the frame with the proportion of each row; with `by`, one row for each group, from sums over its rows."""
    held, (x, n) = _rows_or_sums(frame, (numerator, denominator), by, parts=True)
    return _with(held, proportions.proportion(x, n, confidence=confidence, multiplier=multiplier))


def rate(
    frame: IntoDataFrameT,
    events: str,
    population: str,
    *,
    by: By | None = None,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> IntoDataFrameT:
    """Return the frame with the crude rate of each row; with `by`, one row for each group, from sums over its rows."""
    held, (x, n) = _rows_or_sums(frame, (events, population), by)
    return _with(held, rates.rate(x, n, confidence=confidence, multiplier=multiplier))


def mean(frame: IntoDataFrameT, value: str, *, by: By = (), confidence: float = 0.95) -> IntoDataFrameT:
    """Return one row for each group: how many values, column `n`, and their mean. Empty cells are an error."""
    held = opened(frame, value, *_listed(by))
    groups, y = groups_of(held, _listed(by)), numbers(value, floats(held, value))
    n = groups.sums(np.ones(len(y)))
    average = groups.sums(y) / n
    squares = groups.sums((y - average[groups.of_row]) ** 2)
    found = means.mean_of_summaries(average, np.sqrt(squares / np.maximum(n - 1, 1)), n, confidence=confidence)
    return _with(groups.labels, found, n=n)


def quantile_rank(
    frame: IntoDataFrameT,
    value: str,
    n_quantiles: int = 10,
    *,
    by: By = (),
    first: Literal["highest", "lowest"] = "highest",
) -> IntoDataFrameT:
    """Return the frame with a column `quantile`: that of each row's value among the values of its group."""
    held = opened(frame, value, *_listed(by))
    groups = groups_of(held, _listed(by)).of_row
    found = quantiles.quantile_rank(floats(held, value), n_quantiles, groups=groups, first=first)
    return with_columns(held, {"quantile": found})


def events_and_squares(
    frame: IntoDataFrameT, frequency: str, *, people: str | None = None, by: By = ()
) -> IntoDataFrameT:
    """Return one row for each group with columns `events` and `squares`, which `repeats` asks for.

    Each row of the frame is a person with `frequency` events, or that many of them where `people` names a column.
    Put the area and the age band in `by`; then join the populations, also of the bands in which nobody had any.
    """
    held = opened(frame, frequency, *([people] if people else []), *_listed(by))
    groups, f = groups_of(held, _listed(by)), counts(frequency, floats(held, frequency))
    p = counts(people, floats(held, people)) if people else np.ones(len(f))
    found = {"events": groups.sums(f * p), "squares": groups.sums(f**2 * p)}
    return with_columns(groups.labels, found)


def directly_standardised_rate(
    frame: IntoDataFrameT,
    events: str,
    population: str,
    *,
    band: str,
    repeats: str | None = None,
    by: By = (),
    standard: str | None = None,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> IntoDataFrameT:
    """Return one row for each group: its events, population and directly standardised rate.

    The frame has one row for each group and age `band`. `repeats` is "never", or the column of squared events. Without
    a `standard` column the bands must be labelled as in `ESP_2013`.
    """
    squares = [] if repeats in (None, "never") else [str(repeats)]
    named = [events, population, *squares, *([standard] if standard else [])]
    table, columns = _banded(frame, named, by, band, None if standard else list(ESP_2013))
    found = standardised.directly_standardised_rate(
        columns[events],
        columns[population],
        columns[standard] if standard else None,
        repeats=columns[str(repeats)] if squares else repeats,
        confidence=confidence,
        multiplier=multiplier,
    )
    return _with(table.groups.labels, found, **_sums(columns, events, population))


def indirectly_standardised_ratio(
    frame: IntoDataFrameT,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    *,
    band: str,
    by: By = (),
    confidence: float = 0.95,
    multiplier: float = 100,
) -> IntoDataFrameT:
    """Return one row for each group: its events, those `expected`, and the indirectly standardised ratio.

    The frame has one row for each group and age `band`, with the reference's events and population beside the group's.
    """
    named = (events, population, reference_events, reference_population)
    table, columns = _banded(frame, named, by, band)
    expected = standardised.expected_events(*(columns[name] for name in named[1:]))
    observed = columns[events].sum(axis=1)
    found = standardised.standardised_ratio(observed, expected, confidence=confidence, multiplier=multiplier)
    return _with(table.groups.labels, found, **{events: observed, "expected": expected})


def indirectly_standardised_rate(
    frame: IntoDataFrameT,
    events: str,
    population: str,
    reference_events: str,
    reference_population: str,
    *,
    band: str,
    by: By = (),
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> IntoDataFrameT:
    """Return one row for each group: its events, population and indirectly standardised rate. Rows as for the ratio."""
    named = (events, population, reference_events, reference_population)
    table, columns = _banded(frame, named, by, band)
    found = standardised.indirectly_standardised_rate(
        *(columns[name] for name in named), confidence=confidence, multiplier=multiplier
    )
    return _with(table.groups.labels, found, **_sums(columns, events, population))


def life_expectancy(
    frame: IntoDataFrameT, deaths: str, population: str, *, age: str, by: By = (), confidence: float = 0.95
) -> IntoDataFrameT:
    """Return the frame with the life expectancy at each row's `age`.

    The frame has one row for each group and age: the number at which the band starts, 0, 1, 5 and so on to 90.
    """
    table, columns = _banded(frame, (deaths, population), by, age, life_tables.STARTING_AGES)
    found = life_tables.life_expectancy(columns[deaths], columns[population], confidence=confidence)
    by_row = Estimate(*(table.rows(of) for of in (found.value, found.lower, found.upper)))
    return _with(opened(frame), by_row)


def slope_index(
    frame: IntoDataFrameT,
    value: str,
    population: str,
    standard_error: str,
    *,
    order: str,
    by: By = (),
    scale: inequality.Scale = "identity",
    line: inequality.Line = "values",
    multiplier: float = 1.0,
    confidence: float = 0.95,
) -> IntoDataFrameT:
    """Return one row for each group: slope and relative index of inequality with limits, and the intercept.

    The frame has one row for each group and rank of advantage in `order`, 1 being the most deprived. Columns: `slope`,
    `slope_lower`, `slope_upper`, the same of `relative`, and `intercept`.
    """
    table, columns = _banded(frame, (value, population, standard_error), by, order)
    found = inequality.slope_index(
        *(columns[name] for name in (value, population, standard_error)),
        scale=scale, line=line, multiplier=multiplier, confidence=confidence,
    )  # fmt: skip
    answer = {**_answer(found.slope, "slope"), **_answer(found.relative, "relative"), "intercept": found.intercept}
    return with_columns(table.groups.labels, answer)


def _banded(
    frame: IntoDataFrameT, names: Sequence[str], by: By, band: str, order: Sequence[Any] | None = None
) -> tuple[Table[IntoDataFrameT], dict[str, Floats]]:
    held = opened(frame, *names, band, *_listed(by))
    table = table_of(held, _listed(by), band, order)
    return table, {name: table.column(numbers(name, floats(held, name))) for name in names}


def _rows_or_sums(
    frame: IntoDataFrameT, names: Sequence[str], by: By | None, *, parts: bool = False
) -> tuple[nw.DataFrame[IntoDataFrameT], list[Floats]]:
    """Return the frame and its columns; or with `by` one row for each group, its sums beside its labels."""
    held = opened(frame, *names, *_listed(by or ()))
    columns = [numbers(name, floats(held, name)) for name in names]
    if by is None:
        return held, columns
    groups = groups_of(held, _listed(by))
    _check_rows(names, columns[0], columns[-1])
    above = np.flatnonzero(columns[0] > columns[-1]) if parts else np.zeros(0, np.intp)
    if len(above):
        raise ProportionError(
            f"{names[0]} is above {names[1]} in row {above[0]} of the frame", expected="a part of it",
            do="use a rate where events can outnumber people",
        )  # fmt: skip
    sums = [groups.sums(column) for column in columns]
    return opened(with_columns(groups.labels, dict(zip(names, sums, strict=True)))), sums


def _check_rows(names: Sequence[str], events: Floats, people: Floats) -> None:
    """Check each row before it is added up: a sum would hide a count below nought, or events among nobody."""
    for name, column in zip(names, (events, people), strict=True):
        counts(name, column)
    nobody = np.flatnonzero((people == 0) & (events > 0))
    if len(nobody):
        raise ZeroPopulationError(
            f"{names[1]} is 0 where {names[0]} is {events[nobody[0]]:g}, in row {nobody[0]} of the frame",
            expected="people wherever there are events",
            do="find the people that are missing",
        )


def _sums(columns: dict[str, Floats], *names: str) -> dict[str, Floats]:
    return {name: columns[name].sum(axis=1) for name in names}


def _answer(found: Estimate, name: str = "") -> dict[str, Floats]:
    names = (name, f"{name}_lower", f"{name}_upper") if name else ("value", "lower", "upper")
    return dict(zip(names, (found.value, found.lower, found.upper), strict=True))


def _with(frame: nw.DataFrame[IntoDataFrameT], found: Estimate, **others: Floats) -> IntoDataFrameT:
    return with_columns(frame, others, _answer(found))


def _listed(by: By | None) -> list[str]:
    return [by] if isinstance(by, str) else list(by or ())
