"""Nearest-neighbour matching on the propensity score, without replacement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.impact.faults import NoOverlapError
from doorstep.statistics.impact.inputs import labels, one_column, two_groups
from doorstep.statistics.impact.shelf import Shelf
from doorstep.statistics.results import Bools, Floats, Ints, Numbers, ProportionError

DECIMALS = 12
Scale = Literal["propensity", "logit"]


@dataclass(frozen=True)
class Matching:
    """`pairs` (m by 2) are rows of treated and comparison people, in order of the treated person's row.

    `weights` (n): 1 for a matched treated person, 1 / (comparison people found) for each of theirs, else 0; so the
    comparison weights add up to the treated people matched. `unmatched` are rows of treated people without anyone.
    `caliper` is the largest distance allowed on the scale used, NaN for none.
    """

    pairs: Ints
    weights: Floats
    unmatched: Ints
    n_treated: int
    caliper: float

    @property
    def n_matched(self) -> int:
        """How many treated people have at least one comparison person."""
        return self.n_treated - len(self.unmatched)


def match_nearest(
    score: Numbers,
    treated: Numbers,
    *,
    scale: Scale = "logit",
    caliper: float | None = 0.2,
    ratio: int = 1,
    exact: Numbers | None = None,
    order: Numbers | None = None,
) -> Matching:
    """Match each treated person to the nearest comparison person still free, highest propensity first.

    `score` and `treated` have one value per person; `caliper` is in standard deviations of everybody's score on the
    `scale` (None: no limit); `exact` is a label that a pair must share; `order` breaks ties, lower first (default the
    row). Scores and distances are rounded to 12 decimals, so ties are ties on every machine. With `ratio` above 1
    everybody is offered a first comparison person before anybody a second. Each offer searches a sorted list.
    Errors: ProportionError (a score outside 0 to 1), NotBinaryError, OneGroupError, ShapeError, NoOverlapError.
    Source: Austin, Pharmaceutical Statistics 2011;10:150-161 (logit scale, caliper 0.2).
    """
    has = two_groups("treated", treated)
    rounded = _rounded("score", score, len(has))
    place = _placed(rounded, scale)
    limit = _limit(caliper, place)
    rank = _ranks(order, len(has))
    group = np.zeros(len(has), np.int64) if exact is None else labels("exact", exact, len(has))
    pairs = _pairs(place, has, rank, group, limit, _whole(ratio))
    if not len(pairs):
        raise NoOverlapError(
            f"no treated person of {int(has.sum())} has a comparison person within reach",
            expected="comparison people with scores like those of the treated",
            do="look at the two distributions of scores; widen the caliper or the exact groups only with a reason",
        )
    return _matching(pairs, has, limit)


def _pairs(place: Floats, has: Bools, rank: Ints, group: Ints, limit: float, ratio: int) -> Ints:
    shelves = _shelves(place, np.flatnonzero(~has), rank, group)
    treated = np.flatnonzero(has)
    queue = treated[np.lexsort((rank[treated], -place[treated]))].tolist()
    places, groups = place.tolist(), group.tolist()
    found: list[tuple[int, int]] = []
    for _ in range(ratio):
        taken = [
            (row, shelves[groups[row]].take_nearest(places[row], limit)) for row in queue if groups[row] in shelves
        ]
        found += [(row, mate) for row, mate in taken if mate is not None]
        queue = [row for row, mate in taken if mate is not None]  # who found nobody now finds nobody later
    found.sort(key=lambda pair: pair[0])  # stable: a person's nearest stays first
    return np.array(found, dtype=np.int64).reshape(-1, 2)


def _shelves(place: Floats, rows: Ints, rank: Ints, group: Ints) -> dict[int, Shelf]:
    """Return one shelf of comparison people per exact group."""
    ordered = rows[np.lexsort((rank[rows], place[rows], group[rows]))]
    groups, starts = np.unique(group[ordered], return_index=True)
    parts = np.split(ordered, starts[1:])
    return {int(g): Shelf(place[part], part, rank[part]) for g, part in zip(groups, parts, strict=True)}


def _matching(pairs: Ints, has: Bools, limit: float) -> Matching:
    mates = np.bincount(pairs[:, 0], minlength=len(has))
    weights = np.zeros(len(has))
    weights[pairs[:, 1]] = 1 / mates[pairs[:, 0]]
    weights[mates > 0] = 1
    caliper = limit if np.isfinite(limit) else float("nan")
    return Matching(pairs, weights, np.flatnonzero(has & (mates == 0)), int(has.sum()), caliper)


def _rounded(name: str, score: Numbers, n: int) -> Floats:
    found = np.round(one_column(name, score, n), DECIMALS)
    bad = (found <= 0) | (found >= 1)
    if bad.any():
        row = int(np.argmax(bad))
        raise ProportionError(f"{name} holds {found[row]:g} in row {row}", expected="between 0 and 1, neither included")
    return found


def _placed(score: Floats, scale: str) -> Floats:
    if scale not in ("propensity", "logit"):
        raise UsageError(f"the scale is {scale!r}", expected="propensity or logit")
    return score if scale == "propensity" else np.asarray(np.log(score / (1 - score)))


def _limit(caliper: float | None, place: Floats) -> float:
    if caliper is None:
        return float("inf")
    if not caliper > 0:
        raise UsageError(f"the caliper is {caliper}", expected="above 0, or None for no limit")
    return float(caliper * place.std(ddof=1))


def _ranks(order: Numbers | None, n: int) -> Ints:
    return np.arange(n) if order is None else np.argsort(np.argsort(one_column("order", order, n), kind="stable"))


def _whole(ratio: int) -> int:
    if ratio < 1:
        raise UsageError(f"the ratio is {ratio}", expected="1 comparison person or more for each treated person")
    return int(ratio)
