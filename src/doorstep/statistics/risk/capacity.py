"""What a risk model finds when only so many people can be called."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.proportions import proportion
from doorstep.statistics.results import Estimate, Numbers
from doorstep.statistics.risk.inputs import risk_and_outcome, single


@dataclass(frozen=True)
class AtCapacity:
    """Who is called when `capacity` people can be: everybody with a risk of `threshold` or more.

    `n_tied` people share the next lower risk and would not all fit. `ppv` (share of the called who had the outcome)
    and `sensitivity` (share of those with the outcome who were called) have Wilson limits; NaN where nobody counts.
    """

    capacity: int
    threshold: float
    n_called: int
    n_tied: int
    n_found: int
    ppv: Estimate
    sensitivity: Estimate


def at_capacity(risk: Numbers, outcome: Numbers, capacity: int, *, confidence: float = 0.95) -> AtCapacity:
    """Return how well the highest risks that fit the capacity find those with the outcome.

    People of one risk are called together or not at all, so fewer than `capacity` may be called.
    Errors: UsageError (a capacity below 1 or above n), ProportionError, NotBinaryError, ShapeError.
    """
    p, had = risk_and_outcome(risk, outcome)
    if not 1 <= capacity <= len(p):
        raise UsageError(f"the capacity is {capacity}", expected=f"1 to {len(p)} people")
    values, sizes = np.unique(-p, return_counts=True)
    n_fit = int((np.cumsum(sizes) <= capacity).sum())
    called = -p <= values[n_fit - 1] if n_fit else np.zeros(len(p), bool)
    n_called, n_found = int(called.sum()), int((called & had).sum())
    return AtCapacity(
        capacity,
        float(-values[n_fit - 1]) if n_fit else float("inf"),
        n_called,
        int(sizes[n_fit]) if n_fit < len(sizes) and n_called < capacity else 0,
        n_found,
        _share(n_found, n_called, confidence),
        _share(n_found, int(had.sum()), confidence),
    )


def _share(x: int, n: int, confidence: float) -> Estimate:
    return proportion(x, n, confidence=confidence) if n else single(np.nan, np.nan, np.nan)
