"""Percentiles of fitted lines where no closed form exists, by evenly spread draws from a fixed seed."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from doorstep.statistics.results import Floats, confidence_level

Pair = tuple[Floats, Floats]


def percentiles_of_lines(
    centre: Floats,
    standard_errors: Floats,
    first: Floats,
    last: Floats,
    to_values: Callable[[Floats], Floats],
    *,
    confidence: float,
    draws: int,
    seed: int,
) -> tuple[Pair, Pair]:
    """Return lower and upper percentiles of (last - first) and of last / first, the two ends of a fitted line.

    Draws `centre` + `standard_errors` * normal, turns them into values, and weighs them by `first` and `last`, all of
    shape (..., groups). The draws are a scrambled Sobol sequence: with 2^18 of them, and from seed to seed, limits move
    by about 0.02% of the width of a 95% interval and 0.2% of a 99.8% one, in a twentieth of a second an area.
    """
    tail = (1 - confidence_level(confidence)) / 2
    normal = _normal(draws, centre.shape[-1], seed)
    flat = [
        np.broadcast_to(of, centre.shape).reshape(-1, centre.shape[-1]) for of in (centre, standard_errors, first, last)
    ]
    rows = [_of_one(to_values(t + se * normal), a, b, tail) for t, se, a, b in zip(*flat, strict=True)]
    found = np.array(rows, dtype=np.float64).reshape(*centre.shape[:-1], 4)
    return (found[..., 0], found[..., 1]), (found[..., 2], found[..., 3])


def _of_one(values: Floats, first: Floats, last: Floats, tail: float) -> list[float]:
    one, other = values @ first, values @ last
    with np.errstate(divide="ignore"):
        return [float(p) for of in (other - one, other / one) for p in np.quantile(of, (tail, 1 - tail))]


@lru_cache(maxsize=2)
def _normal(draws: int, groups: int, seed: int) -> Floats:
    from scipy.special import ndtri
    from scipy.stats import qmc

    even = qmc.Sobol(groups, rng=np.random.default_rng(seed)).random(draws)
    # The sequence can hold an exact nought, whose normal quantile is minus infinity.
    return np.asarray(ndtri(np.clip(even, 0.5 / draws, 1 - 0.5 / draws)))
