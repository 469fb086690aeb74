"""Entropy balancing: weights of the comparison people that reach the treated people's means exactly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.balance import effective_size
from doorstep.statistics.impact.faults import InfeasibleTargetError, NotConvergedError
from doorstep.statistics.impact.inputs import Covariates, matrix, two_groups
from doorstep.statistics.results import Bools, Floats, Numbers

CLOSE = 1e-10  # the largest difference of means left, in standard deviations
MOST_STEPS = 200


@dataclass(frozen=True)
class Balancing:
    """`weights` (n): 1 for treated people; those of comparison people add up to the number treated.

    `effective_comparison` is how many comparison people of equal weight would say as much, `largest_share` the
    heaviest comparison person's share of all comparison weight, `largest_difference` of means what is left in
    standard deviations.
    """

    weights: Floats
    effective_comparison: float
    largest_share: float
    largest_difference: float
    n_iterations: int


def balance_by_entropy(treated: Numbers, covariates: Covariates) -> Balancing:
    """Weight comparison people to the treated people's means, staying as close to equal weights as can be.

    Minimises sum w log w subject to sum w x = the treated mean of x for each covariate, by Newton's method on the
    dual: w is proportional to exp(x'b). Squares and products are balanced where they are given as columns.
    Errors: NotBinaryError, OneGroupError, ShapeError, InfeasibleTargetError (names the covariate), NotConvergedError.
    Source: Hainmueller, Political Analysis 2012;20:25-46.
    """
    has = two_groups("treated", treated)
    names, values = matrix(covariates, len(has))
    centred, kept = _centred(names, values, has)
    share, steps = _solve(centred)
    left = float(np.abs(share @ centred).max(initial=0.0))
    if not left < CLOSE:
        raise _why_not(tuple(names[i] for i in kept), centred)
    weights = np.ones(len(has))
    weights[~has] = share * has.sum()
    return Balancing(weights, effective_size(share), float(share.max()), left, steps)


def _centred(names: tuple[str, ...], values: Floats, has: Bools) -> tuple[Floats, list[int]]:
    """Return comparison values less their target, in standard deviations, without columns that are alike everywhere."""
    target, pool = values[has].mean(axis=0), values[~has]
    spread = values.std(axis=0)
    kept = [i for i in range(len(names)) if spread[i] > 0]
    for i in kept:
        _check_range(names[i], float(target[i]), pool[:, i])
    return (pool[:, kept] - target[kept]) / spread[kept], kept


def _check_range(name: str, target: float, pool: Floats) -> None:
    low, high = float(pool.min()), float(pool.max())
    if low < target < high:
        return
    raise InfeasibleTargetError(
        f"the treated people's mean of {name} is {target:g}; comparison people range from {low:g} to {high:g}",
        expected="a target between the lowest and the highest comparison person",
        do=f"keep only people whose {name} occurs in both groups, or leave {name} out",
    )


def _solve(centred: Floats) -> tuple[Floats, int]:
    """Newton's method with halved steps; returns shares that add up to 1 and the steps taken."""
    b = np.zeros(centred.shape[1])
    share, height = _shares(centred, b)
    for step in range(MOST_STEPS):
        gradient = share @ centred
        if np.abs(gradient).max(initial=0.0) < CLOSE / 100:
            return share, step
        curvature = (centred * share[:, None]).T @ centred - np.outer(gradient, gradient)
        # Least squares, not a plain solution: columns that are sums of one another do no harm here.
        move = np.asarray(np.linalg.lstsq(curvature, gradient, rcond=1e-12)[0], np.float64)
        found = _descend(centred, b, move, height, float(gradient @ move))
        if found is None:
            return share, step
        b, share, height = found
    return share, MOST_STEPS


def _descend(
    centred: Floats, b: Floats, move: Floats, height: float, slope: float
) -> tuple[Floats, Floats, float] | None:
    """Return the first of the halved steps that goes down as it should (Armijo), or None where none does."""
    size = 1.0
    while size > 1e-10:
        share, found = _shares(centred, b - size * move)
        if found <= height - 1e-4 * size * slope + 1e-15:
            return b - size * move, share, found
        size /= 2
    return None


def _shares(centred: Floats, b: Floats) -> tuple[Floats, float]:
    """Return exp(x'b) as shares of their sum, and the logarithm of the sum."""
    power = centred @ b
    top = float(power.max())
    raw = np.exp(power - top)
    total = float(raw.sum())
    return raw / total, top + float(np.log(total))


def _why_not(names: tuple[str, ...], centred: Floats) -> InfeasibleTargetError | NotConvergedError:
    """Ask a linear programme which means cannot be reached together: the least total distance from the target."""
    from scipy.optimize import linprog

    rows = np.unique(centred, axis=0)
    k = len(names)
    cost = np.concatenate([np.zeros(len(rows)), np.ones(2 * k)])
    reach = np.hstack(
        [np.vstack([rows.T, np.ones(len(rows))]), np.vstack([np.hstack([np.eye(k), -np.eye(k)]), np.zeros(2 * k)])]
    )
    found = linprog(cost, A_eq=reach, b_eq=np.append(np.zeros(k), 1.0), method="highs")
    short = (found.x[len(rows) : len(rows) + k] + found.x[len(rows) + k :]) if found.success else np.zeros(k)
    if short.max(initial=0.0) < 1e-9:
        return NotConvergedError(
            "the weights did not settle: the target can be reached only by giving nearly everything to few people",
            do="balance fewer covariates, or keep only treated people who have comparable others",
        )
    missed = ", ".join(f"{names[i]} (by {short[i]:.3g} standard deviations)" for i in np.flatnonzero(short > 1e-9))
    return InfeasibleTargetError(
        f"no weights reach all the treated people's means; missed: {missed}",
        expected="means that lie among the comparison people together, not only one by one",
        do="leave out one of the covariates, or keep only treated people who have comparable others",
    )
