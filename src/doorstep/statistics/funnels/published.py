"""Labels by the rule that public health profiles publish, where they must be matched."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np

from doorstep.statistics.choices import check_choice
from doorstep.statistics.funnels.limits import LEVELS, deviates, poisson_scores, proportion_scores
from doorstep.statistics.results import (
    Floats,
    Ints,
    Numbers,
    ProportionError,
    ShapeError,
    counts,
    populations,
    together,
)

Kind = Literal["proportion", "rate", "ratio"]


def checked_areas(kind: Kind, numerator: Numbers, denominator: Numbers) -> tuple[Floats, Floats]:
    """Return numerators and denominators, one of each for each area. Raises the errors that `funnel` names."""
    check_choice("the kind of funnel", kind, get_args(Kind))
    x, n = together(numerator=counts("numerator", numerator), denominator=populations("denominator", denominator))
    if x.ndim != 1 or not x.size:
        raise ShapeError(
            f"the numerator has shape {x.shape}", expected="one number for each area, and one area or more"
        )
    if kind == "proportion" and (x > n).any():
        raise ProportionError("a numerator is larger than its denominator", where=f"area {int((x > n).argmax())}")
    return x, n


def positions(scores: Floats, levels: tuple[float, ...]) -> Ints:
    """Return how many levels each score lies beyond: 2 above both, -1 below the first, 0 within."""
    beyond = (np.abs(scores) > deviates(levels).reshape((-1,) + (1,) * scores.ndim)).sum(axis=0)
    return np.asarray(np.sign(scores) * beyond, dtype=np.int64)


def words(position: Ints, levels: tuple[float, ...]) -> tuple[str, ...]:
    """Return positions in the words of the published tool: "High (0.001)" is above the 99.8% limit."""
    tail = [f"({round((1 - level) / 2, 9):g})" for level in sorted(levels)]
    names = {0: "Not significant"}
    for i, text in enumerate(tail, start=1):
        names |= {i: f"High {text}", -i: f"Low {text}"}
    return tuple(names[int(p)] for p in position.ravel())


def published_labels(
    kind: Kind, numerator: Numbers, denominator: Numbers, baseline: float, levels: tuple[float, ...] = LEVELS
) -> tuple[str, ...]:
    """Label areas by whether their own interval holds the baseline, as public health profiles do.

    numerator, denominator: (areas,); for a ratio the denominator is the expected number and the baseline 1.
    Intervals are Wilson's for proportions; for counts exact below 10 and Byar's from 10, which is why a label can
    differ from the chart's exact limits where an area lies on the line. Errors as in `funnel`.
    Source: Public Health England, Technical guide: confidence intervals (2018).
    """
    x, n = checked_areas(kind, numerator, denominator)
    if kind == "proportion":
        return words(positions(proportion_scores(x, n, baseline), levels), levels)
    expected = n * baseline
    scores = np.where(x < 10, poisson_scores(x, expected), _byar_scores(np.maximum(x, 10.0), expected))
    return words(positions(scores, levels), levels)


def _byar_scores(x: Floats, expected: Floats) -> Floats:
    """Return the z at which Byar's limit of a count is the expected number: its limits solved for z.

    Lower limit x(1 − 1/(9x) − z/(3√x))³ = E for x above E; upper limit the same with x + 1 and + z for x below E.
    """
    k = np.where(x >= expected, x, x + 1)
    scores = 3 * np.sqrt(k) * (1 - 1 / (9 * k) - np.cbrt(expected / k))
    return np.where(x >= expected, np.maximum(scores, 0.0), np.minimum(scores, 0.0))
