"""The index computed: normal scores of the indicators, their weighted mean, rank and decile."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from doorstep.errors import DataError
from doorstep.geography.need.definition import LOWER, Indicator, NeedIndex
from doorstep.geography.need.measures import Measures

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Ranked:
    """Every area in the order of `codes`.

    `score` is the weighted mean of normal scores (NaN: not enough indicators); `rank` is 1 for the most need, ties
    share the first rank, 0 without a score; `decile` is 1 for the tenth with most need, 0 without a score; `parts[i]`
    are the normal scores of indicator i.
    """

    index: NeedIndex
    codes: tuple[str, ...]
    score: Floats
    rank: Ints
    decile: Ints
    parts: Floats

    @cached_property
    def n_ranked(self) -> int:
        """How many areas have a score: counted once, for it is asked for each of 33,755."""
        return int((self.rank > 0).sum())


def rank(index: NeedIndex, measures: Measures) -> Ranked:
    """Compute an index. Raises DataError where no area has enough of its indicators."""
    parts = normal_scores(index, measures)
    score = weighted_mean(parts, [i.weight for i in index.indicators], index.least_weight)
    ranks = ranks_of(score)
    if not ranks.any():
        raise DataError("no area has enough of the indicators", where=index.id, do="look for blanks in the measures")
    return Ranked(index, measures.codes, score, ranks, _deciles(ranks), parts)


def normal_scores(index: NeedIndex, measures: Measures) -> Floats:
    """Return one row an indicator: Blom's normal score of each area's place, more need higher; NaN stays."""
    import numpy as np

    return np.vstack([_normal_score(_values(i, measures)) for i in index.indicators])


def _values(indicator: Indicator, measures: Measures) -> Floats:
    import numpy as np

    if indicator.column:
        values = measures.column(indicator.column)
    else:
        top, bottom = measures.column(indicator.numerator), measures.column(indicator.denominator)
        values = np.divide(top, bottom, out=np.full(len(top), np.nan), where=bottom > 0)
    return -values if indicator.direction == LOWER else values


def _normal_score(values: Floats) -> Floats:
    """Return (place - 3/8) / (n + 1/4) on the standard normal scale (Blom 1958); ties share their mean place."""
    import numpy as np
    from scipy.special import ndtri  # scipy.stats has the same, and takes a second to load

    scores = np.full(len(values), np.nan)
    there = np.isfinite(values)
    first, n_alike = _places(values[there])
    scores[there] = ndtri((first + (n_alike - 1) / 2 - 0.375) / (there.sum() + 0.25))
    return scores


def _places(values: Floats) -> tuple[Ints, Ints]:
    """Return each value's place in order, 1 the lowest, ties sharing the first; and how many share it."""
    import numpy as np

    _, group, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - counts + 1)[group], counts[group]


def weighted_mean(parts: Floats, weights: list[float], least_weight: float) -> Floats:
    """Return the weighted mean of the parts an area has; NaN where they carry less than `least_weight` of it."""
    import numpy as np

    share = np.array(weights)[:, None] / sum(weights)
    there = np.isfinite(parts)
    carried = (there * share).sum(axis=0)
    total = np.where(there, parts, 0.0).T @ share[:, 0]
    enough = carried >= least_weight - 1e-9
    mean: Floats = np.divide(total, carried, out=np.full(parts.shape[1], np.nan), where=enough)
    return mean


def ranks_of(score: Floats) -> Ints:
    """Return ranks, 1 for the highest score; ties share the first, and an area without a score has 0."""
    import numpy as np

    ranks = np.zeros(len(score), dtype=np.int64)
    there = np.isfinite(score)
    ranks[there] = _places(-score[there])[0]
    return ranks


def _deciles(ranks: Ints) -> Ints:
    import numpy as np

    n = int((ranks > 0).sum())
    return np.where(ranks > 0, (ranks - 1) * 10 // max(1, n) + 1, 0)
