"""Percentiles of fitted lines where no closed form exists, by evenly spread draws from a fixed seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from doorstep.statistics.results import Floats, confidence_level


@dataclass(frozen=True)
class Percentiles:
    """Lower and upper percentiles of the difference and of the ratio of two ends, and the lower one of the divisor."""

    difference: tuple[Floats, Floats]
    ratio: tuple[Floats, Floats]
    lowest_under: Floats


def percentiles_of_ends(
    centre: Floats,
    standard_errors: Floats,
    over: Floats,
    under: Floats,
    to_values: Callable[[Floats], Floats],
    *,
    confidence: float,
    draws: int,
    seed: int,
) -> Percentiles:
    """Return percentiles of over - under and of over / under, the values at two ends of a fitted line.

    Draws `centre` + `standard_errors` * normal, turns them into values, and weighs them by `over` and `under`, all of
    shape (..., groups). The draws are a scrambled Sobol sequence: with 2^18 of them, and from seed to seed, limits move
    by about 0.02% of the width of a 95% interval and 0.2% of a 99.8% one, in under a tenth of a second an area.
    """
    tail = (1 - confidence_level(confidence)) / 2
    normal = _normal(draws, centre.shape[-1], seed)
    flat = [
        np.broadcast_to(of, centre.shape).reshape(-1, centre.shape[-1]) for of in (centre, standard_errors, over, under)
    ]
    rows = [_of_one(to_values(t + se * normal), a, b, tail) for t, se, a, b in zip(*flat, strict=True)]
    found = np.array(rows, dtype=np.float64).reshape(*centre.shape[:-1], 6)
    return Percentiles((found[..., 0], found[..., 1]), (found[..., 2], found[..., 3]), found[..., 4])


def _of_one(values: Floats, over: Floats, under: Floats, tail: float) -> list[float]:
    a, b = values @ over, values @ under
    with np.errstate(divide="ignore"):
        return [float(p) for of in (a - b, a / b, b) for p in np.quantile(of, (tail, 1 - tail))]


@lru_cache(maxsize=2)
def _normal(draws: int, groups: int, seed: int) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import qmc

    even = qmc.Sobol(groups, rng=np.random.default_rng(seed)).random(draws)
    # The sequence can hold an exact nought, whose normal quantile is minus infinity.
    return np.asarray(ndtri(np.clip(even, 0.5 / draws, 1 - 0.5 / draws)))
