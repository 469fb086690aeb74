"""A funnel of areas about a baseline."""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.choices import check_choice
from doorstep.statistics.funnels.counted import Counted, refuse_repeats
from doorstep.statistics.funnels.dispersion import Dispersion, Method, estimate, half_widths, widen
from doorstep.statistics.funnels.limits import (
    LEVELS,
    Limits,
    poisson_limits,
    poisson_scores,
    proportion_limits,
    proportion_scores,
    tails,
)
from doorstep.statistics.funnels.published import Kind, checked_areas, positions, words
from doorstep.statistics.results import (
    Floats,
    Ints,
    Numbers,
    numbers,
    populations,
)

PROGRAMME_LEVELS = (0.95, 0.99)
"""The levels of the national programme's own funnels."""
MULTIPLIERS = {"proportion": 100.0, "rate": 100_000.0, "ratio": 100.0}


class BaselineError(DataError):
    """There is no baseline to compare with: nothing was counted, or every unit was."""


@dataclass(frozen=True)
class Funnel:
    """Areas about a baseline. `value` and `limits_at` are in units of the multiplier, `baseline` is per unit.

    position: how many levels an area lies beyond (-2, -1, 0, 1, 2 for two levels); score: z, consistent with it.
    """

    kind: Kind
    counted: Counted
    levels: tuple[float, ...]
    multiplier: float
    baseline: float
    dispersion: Dispersion
    numerator: Floats
    denominator: Floats
    score: Floats

    @property
    def value(self) -> Floats:
        """Each area's proportion, rate or ratio."""
        return self.multiplier * self.numerator / self.denominator

    @property
    def position(self) -> Ints:
        """How many levels each area lies beyond, with the sign of its side."""
        return positions(self.score, self.levels)

    @property
    def labels(self) -> tuple[str, ...]:
        """Each area's position in words: "Low (0.001)", "Not significant", "High (0.025)"."""
        return words(self.position, self.levels)

    def limits_at(self, denominator: Numbers) -> Limits:
        """Return the limits at given denominators, for drawing. Raises ZeroPopulationError."""
        n = populations("denominator", denominator)
        found = _share_limits(self, n) if self.kind == "proportion" else _count_limits(self, n)
        return Limits(self.levels, n, found.lower * self.multiplier, found.upper * self.multiplier)


def funnel(
    kind: Kind,
    numerator: Numbers,
    denominator: Numbers,
    *,
    counted: Counted | str,
    baseline: float | None = None,
    levels: tuple[float, ...] = LEVELS,
    multiplier: float | None = None,
    dispersion: Method = "none",
    winsorised: float = 0.1,
    within_people: float | None = None,
) -> Funnel:
    """Compare areas with a baseline, allowing for chance and, where asked, for variance between areas.

    numerator, denominator: (areas,); for a ratio the denominator is the expected number. counted: what the numerator
    counts (`Counted`). baseline: per unit of the denominator; when not given Σ numerator / Σ denominator, and 1 for a
    ratio. multiplier: 100 for proportions and ratios, 100,000 for rates. within_people: from `person_dispersion`.
    Raises RepeatedCountError where counts that repeat within people would get limits for independent events, and
    ShapeError, NegativeCountError, ZeroPopulationError, ProportionError, BaselineError, TooFewAreasError,
    ConfidenceError, UnknownChoiceError.
    """
    x, n = checked_areas(kind, numerator, denominator)
    what, people = Counted(counted), _factor(within_people)
    refuse_repeats(what, dispersion, within_people, x.size)
    check_choice("the dispersion", dispersion, get_args(Method))
    tails(levels)
    centre = _baseline(kind, x, n, baseline)
    y, centre_y, variance = _stabilised(kind, x, n, centre)
    spread = estimate(y, centre_y, variance, dispersion, winsorised, people)
    exact = proportion_scores(x, n, centre) if kind == "proportion" else poisson_scores(x, n * centre)
    score = (
        _least(exact, (y - centre_y) / np.sqrt(spread.sampling * variance + spread.tau2)) if spread.widens else exact
    )
    return Funnel(kind, what, levels, multiplier or MULTIPLIERS[kind], centre, spread, x, n, score)


def _factor(within_people: float | None) -> float:
    return 1.0 if within_people is None else max(1.0, float(numbers("within_people", within_people)))


def _baseline(kind: Kind, x: Floats, n: Floats, given: float | None) -> float:
    pooled = 1.0 if kind == "ratio" else float(x.sum() / n.sum())
    found = float(numbers("the baseline", pooled if given is None else given))
    if found <= 0 or (kind == "proportion" and found >= 1):
        raise BaselineError(
            f"the baseline is {found:g}",
            expected="above 0, and below 1 for a proportion",
            do="draw no funnel where nothing was counted, or give a baseline from elsewhere",
        )
    return found


def _stabilised(kind: Kind, x: Floats, n: Floats, baseline: float) -> tuple[Floats, float, Floats]:
    """Return values, baseline and sampling variance on a scale where the variance does not depend on the value."""
    if kind == "proportion":
        return np.arcsin(np.sqrt(x / n)), float(np.arcsin(baseline**0.5)), 1 / (4 * n)
    expected = n * baseline
    return np.sqrt(x / expected), 1.0, 1 / (4 * expected)


def _least(exact: Floats, widened: Floats) -> Floats:
    """Return whichever score is nearer 0, as limits take whichever is further out."""
    return np.where(np.abs(exact) <= np.abs(widened), exact, widened)


def _share_limits(chart: Funnel, n: Floats) -> Limits:
    exact = proportion_limits(chart.baseline, n, chart.levels)
    if not chart.dispersion.widens:
        return exact
    half = half_widths(chart.levels, 1 / (4 * n), chart.dispersion)
    centre = np.arcsin(chart.baseline**0.5)
    low, high = np.maximum(centre - half, 0.0), np.minimum(centre + half, np.pi / 2)
    return widen(exact, np.sin(low) ** 2, np.sin(high) ** 2)


def _count_limits(chart: Funnel, n: Floats) -> Limits:
    expected = n * chart.baseline
    counted = poisson_limits(expected, chart.levels)
    exact = Limits(chart.levels, n, counted.lower / n, counted.upper / n)
    if not chart.dispersion.widens:
        return exact
    half = half_widths(chart.levels, 1 / (4 * expected), chart.dispersion)
    return widen(exact, chart.baseline * np.maximum(1 - half, 0.0) ** 2, chart.baseline * (1 + half) ** 2)
