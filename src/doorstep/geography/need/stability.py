"""How firm a rank is: what it would be under other weights and without some indicators."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.errors import UsageError
from doorstep.geography.need.index import Ranked, ranks_of, weighted_mean

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

SPREAD = 0.5  # each weight is multiplied by a log-normal factor with this standard deviation: mostly half to double
LEFT_OUT = 0.2  # the chance that an indicator is left out of a draw


@dataclass(frozen=True)
class RankIntervals:
    """For each area the 5th and 95th percentile of its ranks over the draws, and the share of draws in the top 3%.

    Areas without a rank have 0. `draws` and `seed` say how it was simulated.
    """

    low: Ints
    high: Ints
    share_in_top: Floats
    draws: int
    seed: int


def rank_intervals(ranked: Ranked, *, draws: int = 400, seed: int = 1, top: float = 0.03) -> RankIntervals:
    """Simulate other weights: each multiplied by a log-normal factor, each indicator left out one time in five.

    At least one indicator always stays. This is the doubt about how to weigh, not about the measures themselves.
    """
    import numpy as np

    if draws < 20:
        raise UsageError(f"{draws} draws", expected="at least 20: a percentile needs them", where="--draws")
    weights = np.array([i.weight for i in ranked.index.indicators])
    random = np.random.default_rng(seed)
    found = np.empty((draws, len(ranked.codes)), dtype=np.int32)
    for draw in range(draws):
        found[draw] = ranks_of(_score(ranked, _varied(weights, random)))
    found = found[:, ranked.rank > 0]
    low, high, share = (np.zeros(len(ranked.codes)) for _ in range(3))
    there = ranked.rank > 0
    low[there], high[there] = np.percentile(found, (5, 95), axis=0, method="nearest")
    share[there] = (found <= top * ranked.n_ranked).mean(axis=0)
    return RankIntervals(low.astype(np.int64), high.astype(np.int64), share, draws, seed)


def _varied(weights: Floats, random: np.random.Generator) -> Floats:
    """Return one draw of weights; an indicator without weight stays without."""
    varied = weights * random.lognormal(0, SPREAD, len(weights))
    kept = random.random(len(weights)) >= LEFT_OUT
    if not (varied * kept).any():
        kept[random.choice(_carrying(weights))] = True
    return varied * kept


def _carrying(weights: Floats) -> Ints:
    """Return the places of indicators that carry weight."""
    import numpy as np

    return np.flatnonzero(weights > 0)


def _score(ranked: Ranked, weights: Floats) -> Floats:
    used = weights > 0
    return weighted_mean(ranked.parts[used], list(weights[used]), min(ranked.index.least_weight, 0.5))
