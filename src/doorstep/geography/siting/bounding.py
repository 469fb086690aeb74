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

from doorstep.geography.siting.pairs import Pairs, blocks
from doorstep.geography.siting.rules import Floats, Rule

_ROUNDING = 1e-11  # relative; a sum over 40,000 areas in double precision is out by less
_PATIENCE = 15  # steps without a better bound before they are halved


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
    cost = weights[pairs.rows] * pairs.dist
    top, size = weights * pairs.cap, 1.0
    best = Steps(u, -np.inf, np.zeros(pairs.n_sites), 0)
    idle, along = 0, np.zeros(pairs.n_areas)
    for n in range(1, steps + 1):
        saving = np.maximum(u[pairs.rows] - cost, 0.0)
        worth = np.bincount(pairs.cols, saving, minlength=pairs.n_sites)
        taken, chosen = rule.relaxed(worth)
        bound = float(u.sum()) - taken
        used = chosen[pairs.cols] * (saving > 0.0)
        if bound > best.bound:
            idle = 0 if bound > best.bound + 1e-6 * abs(target) else idle + 1
            best = Steps(u, bound, worth, n)
        else:
            idle += 1
        if best.bound >= min(enough, target - stop * abs(target)) or size < 1e-3:
            break
        if idle >= _PATIENCE:
            size, idle, u, along = size / 2.0, 0, best.multipliers, np.zeros(pairs.n_areas)
            continue
        slope = 1.0 - np.bincount(pairs.rows, used, minlength=pairs.n_areas)
        along = slope + 0.5 * along
        along[((u >= top) & (along > 0.0)) | ((u <= 0.0) & (along < 0.0))] = 0.0
        norm = float(along @ along)
        if norm == 0.0:
            break
        u = np.clip(u + size * (target - bound) / norm * along, 0.0, top)
    return Steps(best.multipliers, best.bound, best.worth, n)


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
