"""An effect: a number, its interval, what it is compared with, and what must hold for it to mean anything."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from doorstep.statistics.results import confidence_level

Measure = Literal["rate ratio", "odds ratio", "difference"]
FEW_CLUSTERS = 40
SAME_BUT_FOR_THE_SERVICE = "Nothing that was not measured differs between the groups and also changes the outcome."


@dataclass(frozen=True)
class Effect:
    """One estimate with its interval.

    `standard_error` is on the scale of the logarithm for ratios. `comparison` says what it is compared with,
    `assumptions` what must hold for it to be an effect, `notes` what was odd about these data.
    """

    measure: Measure
    value: float
    lower: float
    upper: float
    standard_error: float
    confidence: float
    comparison: str
    assumptions: tuple[str, ...]
    notes: tuple[str, ...] = ()

    @property
    def no_difference(self) -> float:
        """The value that means no difference: 1 for ratios, 0 for differences."""
        return 0.0 if self.measure == "difference" else 1.0


def quantile(confidence: float, freedom: float = math.inf) -> float:
    """Return the two-sided quantile of the normal distribution, or of t with `freedom` degrees."""
    from scipy.special import ndtri, stdtrit

    upper = 0.5 + confidence_level(confidence) / 2
    return float(ndtri(upper) if math.isinf(freedom) else stdtrit(freedom, upper))


def effect(
    measure: Measure,
    estimate: float,
    standard_error: float,
    *,
    confidence: float,
    comparison: str,
    assumptions: tuple[str, ...],
    notes: tuple[str, ...] = (),
    freedom: float = math.inf,
) -> Effect:
    """Return estimate -/+ quantile * standard error; for ratios of the logarithm, given back as the ratio."""
    half = quantile(confidence, freedom) * standard_error
    points = (estimate, estimate - half, estimate + half)
    value, lower, upper = points if measure == "difference" else tuple(map(_exp, points))
    return Effect(measure, value, lower, upper, standard_error, confidence, comparison, assumptions, notes)


def cluster_notes(n_clusters: int | None) -> tuple[str, ...]:
    """Return the warning about few clusters, where it is due (Cameron and Miller 2015, section VI)."""
    if n_clusters is None or n_clusters >= FEW_CLUSTERS:
        return ()
    return (f"Only {n_clusters} clusters: with fewer than {FEW_CLUSTERS} the interval tends to be too narrow.",)


def _exp(x: float) -> float:
    return math.exp(x) if x < 709 else math.inf
