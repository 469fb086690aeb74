"""A bound below every choice there is: Lagrangian relaxation with subgradient steps, computed again in full.

For multipliers u of the areas, no choice S that keeps the rule costs less than
    sum_i u_i - max over the rule's choices y of sum_j y_j sum_i max(0, u_i - w_i d_ij),
whatever u is, as long as u_i is at most w_i times what area i has already. Good multipliers make it sharp; no
multipliers make it wrong. So the steps work on the pairs that matter, and `certified` counts the bound again from the
multipliers with every pair in double precision. Cornuejols, Fisher and Nemhauser (1977), Management Science 23.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.geography.siting.pairs import Pairs, blocks, summed, total
from doorstep.geography.siting.rules import Floats, Ints, Rule

_ROUNDING = 1e-11  # relative; a sum over 40,000 areas in double precision is out by less
_PATIENCE, _SMALLEST = 20, 1e-2  # steps without a better bound before they are halved; the shortest worth a try
_MOMENTUM = 0.8  # how much of the step before goes on: the optimum of one step alone zigzags
_RENEWED = 25  # steps before the list of pairs that matter is made again


@dataclass(frozen=True)
class Steps:
    """Where the steps ended: the best multipliers, their bound, and each candidate's worth under them."""

    multipliers: Floats
    bound: float
    worth: Floats
    n: int


def start(pairs: Pairs, weights: Floats, first: Floats, second: Floats) -> Floats:
    """Return multipliers to begin with: half way between what the nearest and the second nearest cost."""
    beyond = np.where(np.isfinite(second), second, pairs.cap)
    return np.asarray(weights * np.minimum((first + beyond) / 2.0, pairs.cap))


def climb(
    pairs: Pairs, weights: Floats, rule: Rule, u: Floats, target: float, steps: int, stop: float,
    enough: float = np.inf,
) -> Steps:  # fmt: skip
    """Raise the bound by at most so many subgradient steps towards `target`, the cost of a choice that is known.

    Ends early where the bound is `enough` or within `stop` (a share) of the target, or the steps have become idle.
    """
    every = _Near.every(pairs, weights)
    u = np.minimum(u, every.top)  # others' prices may be above what these pairs are listed to
    size, idle, along = 1.0, 0, np.zeros(pairs.n_areas)
    best = Steps(u, -np.inf, np.zeros(pairs.n_sites), 0)
    for n in range(1, steps + 1):
        if n % _RENEWED == 1:
            near = every.for_prices(u)
        worth, used = near.worth(u, rule)
        bound = float(u.sum()) - float(worth @ used)
        idle = 0 if bound > best.bound + 1e-6 * abs(target) else idle + 1
        if bound > best.bound:
            best = Steps(u, bound, worth, n)
        if best.bound >= min(enough, target - stop * abs(target)) or size < _SMALLEST:
            break
        if idle >= _PATIENCE:
            size, idle, u, along = size / 2.0, 0, best.multipliers, np.zeros(pairs.n_areas)
            near = every.for_prices(u)
            continue
        along = near.slope(u, used) + _MOMENTUM * along
        along[((u >= near.top) & (along > 0.0)) | ((u <= 0.0) & (along < 0.0))] = 0.0
        norm = total(along, along)
        if norm == 0.0:
            break
        u = np.clip(u + size * (target - bound) / norm * along, 0.0, near.top)
    return Steps(best.multipliers, best.bound, best.worth, n)


@dataclass(frozen=True)
class _Near:
    """Pairs by candidate, for multipliers up to `top`: where these are low they are few, and a step is short."""

    rows: Ints
    cols: Ints
    cost: Floats
    begins: Ints  # of each candidate's pairs, and the end
    top: Floats

    @classmethod
    def every(cls, pairs: Pairs, weights: Floats) -> _Near:
        """Return all pairs."""
        order = np.argsort(pairs.cols, kind="stable")
        rows, cols = pairs.rows[order], pairs.cols[order]
        begins = np.searchsorted(cols, np.arange(pairs.n_sites + 1))
        return cls(rows, cols, weights[rows] * pairs.dist[order], begins, weights * pairs.cap)

    def for_prices(self, u: Floats) -> _Near:
        """Return the pairs for multipliers that rise by less than a third, and by a tenth of their mean."""
        top = np.minimum(self.top, 1.3 * u + 0.1 * u.mean())
        kept = np.flatnonzero(self.cost < top[self.rows])
        cols = self.cols[kept]
        begins = np.searchsorted(cols, np.arange(len(self.begins)))
        return _Near(self.rows[kept], cols, self.cost[kept], begins, top)

    def _saving(self, u: Floats) -> Floats:
        saving = u[self.rows]
        saving -= self.cost
        return np.maximum(saving, 0.0, out=saving)

    def worth(self, u: Floats, rule: Rule) -> tuple[Floats, Floats]:
        """Return each candidate's worth under these multipliers, and the rule's choice of most worth."""
        worth = summed(self._saving(u), self.cols, len(self.begins) - 1)
        return worth, rule.relaxed(worth)[1]

    def slope(self, u: Floats, used: Floats) -> Floats:
        """Return by how much the bound changes with each multiplier: only the used candidates' pairs tell."""
        slope = np.ones(len(u))
        for j in np.flatnonzero(used):
            at = slice(self.begins[j], self.begins[j + 1])
            rows = self.rows[at]
            slope[rows] -= used[j] * (u[rows] > self.cost[at])
        return slope


def certified(pairs: Pairs, weights: Floats, rule: Rule, u: Floats) -> float:
    """Return the bound of these multipliers over every area and every candidate, in double precision, rounded down.

    `u` is cut to what each area has already, which the argument asks for.
    """
    u = np.minimum(u, np.multiply(weights, pairs.base, out=np.zeros(pairs.n_areas), where=weights > 0.0))
    worth = np.zeros(pairs.n_sites)
    for areas in blocks(pairs.n_areas):
        cost = weights[areas][:, None] * pairs.distances.block(areas)
        worth += np.maximum(u[areas][:, None] - cost, 0.0).sum(axis=0)
    total = float(u.sum())
    taken, _ = rule.relaxed(worth)
    return total - taken - _ROUNDING * (abs(total) + abs(taken))
