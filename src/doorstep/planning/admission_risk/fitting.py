"""Ridge logistic regression by Newton's method, and the penalty chosen by cross-validation.

In-house because it is one page and a library with its own solvers would weigh more than the rest of planning; the
tests hold it against statsmodels and against scipy's general minimiser.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doorstep.errors import DataError

Singles = npt.NDArray[np.float32]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
BLOCK = 65_536
MOST_STEPS = 50
SETTLED = 1e-9  # fall of the loss for each person, below which another step changes nothing
CROSS_VALIDATED = 60_000
FEWEST_EVENTS = 20


@dataclass(frozen=True)
class Scale:
    """Mean and standard deviation of each column, in the people of the fit; a column that never varies has 0."""

    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, x: Singles) -> Scale:
        """Measure the columns of x (n by k)."""
        mean = x.mean(axis=0, dtype=np.float64)
        total = sum(((block - mean) ** 2).sum(axis=0) for block in _blocks(x))
        return cls(mean, np.sqrt(np.asarray(total) / len(x)))

    def apply(self, x: Singles) -> Singles:
        """Return x with each column centred and scaled; a column that never varies becomes 0."""
        safe = np.where(self.deviation > 0, self.deviation, 1.0)
        found = np.empty_like(x)
        for i in range(0, len(x), BLOCK):
            found[i : i + BLOCK] = np.where(self.deviation > 0, (x[i : i + BLOCK] - self.mean) / safe, 0.0)
        return found


@dataclass(frozen=True)
class Fit:
    """Intercept first, then one coefficient a column, with their covariance (k + 1 by k + 1), and the steps taken."""

    coefficients: Floats
    covariance: Floats
    n_steps: int


def fit_ridge(z: Singles, had: Bools, penalty: float, *, start: Floats | None = None) -> Fit:
    """Fit P(had) = 1 / (1 + exp(-(b0 + z b))) by the greatest penalised likelihood.

    Minimises -log likelihood + penalty / 2 * sum(b^2), the intercept unpenalised; `z` (n by k) is standardised. The
    penalty is the precision of a normal prior of each coefficient, and the covariance that of the posterior's normal
    approximation: the inverse of (Hessian + penalty). Raises DataError where too few had, or had not, the outcome, or
    Newton's steps do not settle.
    Source: Hoerl and Kennard, Technometrics 1970;12:55-67; le Cessie and van Houwelingen, Appl Statist 1992;41:191-201.
    """
    _check_events(had)
    ridge = np.full(z.shape[1] + 1, penalty)
    ridge[0] = 0.0
    b = np.zeros(len(ridge)) if start is None else start.copy()
    if start is None:
        share = had.mean()
        b[0] = np.log(share / (1 - share))
    loss, gradient, hessian = _derivatives(z, had, b, ridge)
    for step in range(1, MOST_STEPS + 1):
        move = np.asarray(np.linalg.solve(hessian, gradient), dtype=np.float64)
        b, before = _downhill(z, had, b, move, loss, ridge), loss
        loss, gradient, hessian = _derivatives(z, had, b, ridge)
        if before - loss <= SETTLED * len(had):
            return Fit(b, np.asarray(np.linalg.inv(hessian), dtype=np.float64), step)
    raise DataError(
        f"the model did not settle in {MOST_STEPS} steps", expected="predictors without wild values",
        do="choose a larger penalty, or cap the counts",
    )  # fmt: skip


def choose_penalty(
    z: Singles, had: Bools, penalties: Sequence[float], *, folds: int, seed: int
) -> tuple[float, dict[float, float]]:
    """Return the penalty with the least deviance for people left out of the fit, and that deviance by penalty.

    Deviance is a mean over people, -2 log likelihood. At most 60,000 people, drawn by the seed, take part: as the
    precision of a prior, a penalty does not depend on how many there are.
    """
    rng = np.random.default_rng(seed)
    who = rng.permutation(len(had))[:CROSS_VALIDATED]
    fold = np.arange(len(who)) % folds
    found = dict.fromkeys(sorted(penalties, reverse=True), 0.0)
    for k in range(folds):
        inside, outside = who[fold != k], who[fold == k]
        z_in, had_in, z_out, had_out = z[inside], had[inside], z[outside], had[outside]
        start = None
        for penalty in found:
            fit = fit_ridge(z_in, had_in, penalty, start=start)
            start = fit.coefficients
            found[penalty] += 2 * _loss(z_out, had_out, start) / len(who)
    return min(found, key=lambda penalty: (found[penalty], -penalty)), found


def risk_of(z: Singles, coefficients: Floats) -> Floats:
    """Return the risk of everyone, strictly between 0 and 1."""
    logit = np.concatenate([_logit(block, coefficients) for block in _blocks(z)]) if len(z) else np.zeros(0)
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))))


def _check_events(had: Bools) -> None:
    least = min(int(had.sum()), int((~had).sum()))
    if least < FEWEST_EVENTS:
        raise DataError(
            f"{least} people on one side of the outcome", expected=f"{FEWEST_EVENTS} or more on each",
            do="fit on more people, such as the whole Place",
        )  # fmt: skip


def _derivatives(z: Singles, had: Bools, b: Floats, ridge: Floats) -> tuple[float, Floats, Floats]:
    loss, gradient, hessian = float(ridge @ b**2) / 2, ridge * b, np.diag(ridge)
    for i in range(0, len(had), BLOCK):
        x = _with_one(z[i : i + BLOCK])
        y = had[i : i + BLOCK]
        logit = x @ b
        p = 1 / (1 + np.exp(-np.clip(logit, -30, 30)))
        loss += float(np.logaddexp(0, np.where(y, -logit, logit)).sum())
        gradient = gradient + x.T @ (p - y)
        hessian = hessian + x.T @ (x * (p * (1 - p))[:, None])
    return loss, gradient, hessian


def _downhill(z: Singles, had: Bools, b: Floats, move: Floats, loss: float, ridge: Floats) -> Floats:
    """Take the step, halved until the loss does not rise."""
    for _ in range(20):
        tried = b - move
        if _loss(z, had, tried) + float(ridge @ tried**2) / 2 <= loss + SETTLED * len(had):
            return tried
        move = move / 2
    return b


def _loss(z: Singles, had: Bools, b: Floats) -> float:
    logits = (_logit(block, b) for block in _blocks(z))
    sides = (had[i : i + BLOCK] for i in range(0, len(had), BLOCK))
    return float(sum(np.logaddexp(0, np.where(y, -logit, logit)).sum() for logit, y in zip(logits, sides, strict=True)))


def _logit(block: Floats, b: Floats) -> Floats:
    return np.asarray(block @ b[1:] + b[0])


def _with_one(block: Singles) -> Floats:
    return np.column_stack([np.ones(len(block)), block.astype(np.float64)])


def _blocks(x: Singles) -> Iterator[Floats]:
    return (x[i : i + BLOCK].astype(np.float64) for i in range(0, len(x), BLOCK))
