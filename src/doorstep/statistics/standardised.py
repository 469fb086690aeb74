"""Rates that age cannot explain: directly standardised rates, and indirectly standardised ratios and rates."""

from __future__ import annotations

from typing import Literal

import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.blocks import by_rows
from doorstep.statistics.rates import poisson_limits
from doorstep.statistics.results import (
    ChoiceError,
    Estimate,
    Floats,
    Numbers,
    ShapeError,
    ZeroPopulationError,
    counts,
    multiplier_above_nought,
    populations,
    together,
)
from doorstep.statistics.standards import european_standard_population

RELIABLE_FROM = 10
"""A directly standardised rate of fewer events than this is blank."""


class RepeatsError(DataError):
    """Events and squared events do not fit: a person with e events adds e to the one and e^2 to the other."""


def directly_standardised_rate(
    events: Numbers,
    population: Numbers,
    standard: Numbers | None = None,
    *,
    repeats: Numbers | Literal["never"] | None = None,
    axis: int = -1,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> Estimate:
    """Return the rate that areas would have with the age structure of the standard population, with Dobson's limits.

    dsr = sum(x w / n) / sum(w); variance v = sum(s (w / n)^2) / (sum w)^2; limits dsr + sqrt(v / O) (L(O) - O), where O
    is all events, L their `poisson_limits`, and s the variance of x. A lower limit below nought is 0.

    `events` and `population` hold the age bands along `axis` and broadcast to one shape; the result has that shape
    without the bands. `standard` is one weight for each band (the 19 of the European Standard Population 2013 if not
    given), or an array like `events`. `repeats` must be stated, because it decides how wide the interval is:

    - `"never"`: nobody has two (deaths, first diagnoses), and s = x;
    - for attendances, admissions, contacts: an array like `events` with the sum of each person's events squared, which
      is s (`events_and_squares` works it out). Treating attendances as if they never repeated makes limits too narrow.
      The numbers of people with one, two or more events are taken as Poisson: where a good part of everybody attends,
      limits are a little wide.

    Blank (all three) where an area has fewer than 10 events in all: such a rate is not reliable. That is not disclosure
    control.

    Errors: ChoiceError where `repeats` is not stated; RepeatsError, ShapeError, NegativeCountError, NotANumberError,
    ZeroPopulationError (a band without people, or a standard that sums to nought), ConfidenceError.
    Source: Dobson et al., Statistics in Medicine 1991; 10: 457-462; PHE Technical Guide, Confidence Intervals (2018).
    """
    weights = european_standard_population() if standard is None else counts("standard", standard)
    x = counts("events", events)
    x, n, w, s = _bands(
        axis,
        events=x,
        population=populations("population", population),
        standard=weights,
        repeats=_variances(x, repeats),
    )
    value, spread, total = by_rows(_standardise, x, n, w, s)
    return _dobson(value, spread, total, confidence, multiplier_above_nought(multiplier))


def _standardise(x: Floats, n: Floats, w: Floats, s: Floats) -> tuple[Floats, ...]:
    """Return rate, standard error and events of (areas, bands)."""
    sums = w.sum(axis=1)
    if (sums <= 0).any():
        raise ZeroPopulationError("the standard population sums to 0", expected="a weight above 0 in some band")
    share = w / n / sums[:, None]
    return np.einsum("ab,ab->a", x, share), np.sqrt(np.einsum("ab,ab,ab->a", s, share, share)), x.sum(axis=1)


def _dobson(value: Floats, error: Floats, total: Floats, confidence: float, multiplier: float) -> Estimate:
    enough = np.maximum(total, RELIABLE_FROM)  # what is fewer becomes blank, and must not divide by nought before
    lower, upper = (
        value + error / np.sqrt(enough) * (limit - enough) for limit in poisson_limits(enough, confidence=confidence)
    )
    found = Estimate(value * multiplier, np.maximum(lower, 0) * multiplier, upper * multiplier)
    return found.blank_where(total < RELIABLE_FROM)


def _variances(events: Floats, repeats: Numbers | Literal["never"] | None) -> Floats:
    """Return the variance of each count: itself where nobody has two, else the sum of people's squared events."""
    if repeats is None or (isinstance(repeats, str) and repeats != "never"):
        raise ChoiceError(
            "it is not said whether these events repeat within people"
            if repeats is None
            else f"repeats is {repeats!r}",
            expected="repeats='never' for events nobody has twice, or the sum of each person's events squared",
            do="for attendances and admissions work the squares out with events_and_squares",
        )
    if isinstance(repeats, str):
        return events
    squares = counts("repeats", repeats)
    x, s = together(events=events, repeats=squares)
    wrong = (s < x) | ((s > 0) & (x == 0))
    if wrong.any():
        at = tuple(np.argwhere(wrong)[0])
        raise RepeatsError(
            f"{x[at]:g} events beside {s[at]:g} squared at position {', '.join(map(str, at)) or '0'}",
            expected="a person with 1 event adds 1 to the squares, one with 2 adds 4, and so on",
        )
    return squares


def _bands(axis: int, **arrays: Floats) -> tuple[Floats, ...]:
    """Bring the bands last and broadcast everything but them: one band never stands in for another."""
    if any(array.ndim == 0 for array in arrays.values()):
        raise ShapeError("a single number has no age bands", expected="arrays with the bands along one dimension")
    last = {name: np.moveaxis(of, axis, -1) if of.ndim > 1 else of for name, of in arrays.items()}
    if len({of.shape[-1] for of in last.values()}) > 1:
        found = ", ".join(f"{name} {of.shape[-1]}" for name, of in last.items())
        raise ShapeError(f"the numbers of bands differ: {found}", expected="the same bands in each, in one order")
    return together(**last)


def events_and_squares(people: Numbers, frequencies: Numbers, *, axis: int) -> tuple[Floats, Floats]:
    """Return events, sum(f p), and the squares that `repeats` asks for, sum(f^2 p), from people by number of events.

    `people` holds how many people had exactly `frequencies` events each along `axis`, which the result leaves out.

    Errors: ShapeError where there are not as many frequencies as there are along the axis; NegativeCountError,
    NotANumberError.
    Source: the variance of a sum over people who each count f times; PHE Technical Guide (2018), repeated events.
    """
    held, f = np.moveaxis(counts("people", people), axis, -1), counts("frequencies", frequencies)
    if f.shape != held.shape[-1:]:
        raise ShapeError(f"{held.shape[-1]} frequencies along the axis, but {f.size} named", expected="one for each")
    return np.asarray(held @ f), np.asarray(held @ f**2)


def standardised_ratio(
    observed: Numbers, expected: Numbers, *, confidence: float = 0.95, multiplier: float = 100
) -> Estimate:
    """Return observed / expected * multiplier, with the `poisson_limits` of the observed events.

    Both broadcast to one shape, that of the result. Expected events are taken as known without error.

    Errors: NegativeCountError, ZeroPopulationError where nothing is expected, NotANumberError, ShapeError,
    ConfidenceError.
    """
    x, e = together(observed=counts("observed", observed), expected=populations("expected", expected))
    per = multiplier_above_nought(multiplier) / e
    lower, upper = poisson_limits(x, confidence=confidence)
    return Estimate(x * per, lower * per, upper * per)


def expected_events(
    population: Numbers, reference_events: Numbers, reference_population: Numbers, *, axis: int = -1
) -> Floats:
    """Return the events areas would have at the reference's rates: sum(n x_ref / n_ref) over the bands along `axis`.

    All three broadcast to one shape; a reference of one dimension is one number for each band.

    Errors: NegativeCountError, ZeroPopulationError, NotANumberError, ShapeError.
    """
    n, x_ref, n_ref = _bands(
        axis,
        population=counts("population", population),
        reference_events=counts("reference_events", reference_events),
        reference_population=populations("reference_population", reference_population),
    )
    return by_rows(lambda n, x, of: (np.einsum("ab,ab->a", n, x / of),), n, x_ref, n_ref)[0]


def indirectly_standardised_ratio(
    events: Numbers,
    population: Numbers,
    reference_events: Numbers,
    reference_population: Numbers,
    *,
    axis: int = -1,
    confidence: float = 0.95,
    multiplier: float = 100,
) -> Estimate:
    """Return events over those expected at the reference's rates (SMR, SAR), * 100: `standardised_ratio`.

    All four hold the bands along `axis` and broadcast; the result leaves the bands out. Where only an area's total
    events are known, use `standardised_ratio` with `expected_events`.

    Errors: NegativeCountError, ZeroPopulationError, NotANumberError, ShapeError, ConfidenceError.
    Source: PHE Technical Guide, Confidence Intervals (2018), indirectly standardised ratios.
    """
    x, *_ = _bands(axis, events=counts("events", events), population=counts("population", population))
    expected = expected_events(population, reference_events, reference_population, axis=axis)
    return standardised_ratio(x.sum(axis=-1), expected, confidence=confidence, multiplier=multiplier)


def indirectly_standardised_rate(
    events: Numbers,
    population: Numbers,
    reference_events: Numbers,
    reference_population: Numbers,
    *,
    axis: int = -1,
    confidence: float = 0.95,
    multiplier: float = 100_000,
) -> Estimate:
    """Return the indirectly standardised ratio (not * 100) times the reference's crude rate, per `multiplier`.

    ratio * sum(x_ref) / sum(n_ref). Shapes, errors and source as for `indirectly_standardised_ratio`.
    """
    x_ref = _bands(axis, reference_events=counts("reference_events", reference_events))[0].sum(axis=-1)
    n_ref = _bands(axis, reference_population=populations("reference_population", reference_population))[0].sum(axis=-1)
    ratio = indirectly_standardised_ratio(
        events, population, reference_events, reference_population, axis=axis, confidence=confidence, multiplier=1
    )
    per = multiplier_above_nought(multiplier) * x_ref / n_ref
    return Estimate(ratio.value * per, ratio.lower * per, ratio.upper * per)
