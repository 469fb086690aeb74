"""What people's own earlier periods say of those whom a rule chooses."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.regression_to_mean.models import Above, GammaPoisson, NormalMeasure, Rule, TooFewChosenError
from doorstep.statistics.results import (
    Estimate,
    Floats,
    NotANumberError,
    Numbers,
    ShapeError,
    confidence_level,
    numbers,
)

FEWEST_CHOSEN = 10
"""Below this many chosen people nothing is said of them."""


class TooFewPeriodsError(DataError):
    """There are too few periods to tell differences between people from changes within them."""


@dataclass(frozen=True)
class Spread:
    """What periods of the same people show: the mean and variance of one period, and the covariance of two."""

    n_people: int
    mean: float
    variance: float
    between: float

    def reliability(self, window: int = 1) -> float:
        """Return the share of an excess over `window` periods that stays: w c/(v + (w − 1) c), 0 to 1.

        Source: Spearman, British Journal of Psychology 1910; 3: 271-295; Brown, the same volume: 296-322.
        """
        total = self.variance + (window - 1) * self.between
        return min(1.0, window * self.between / total) if total > 0 else 0.0

    def counts(self) -> GammaPoisson:
        """Return the gamma-Poisson model with this mean and variance between people (unit of time: one period)."""
        return GammaPoisson(self.mean, self.mean**2 / self.between if self.between > 0 else math.inf)

    def measures(self) -> NormalMeasure:
        """Return the normal model with these variances."""
        return NormalMeasure(self.mean, math.sqrt(self.between), math.sqrt(max(0.0, self.variance - self.between)))


def spread(periods: Numbers) -> Spread:
    """Separate differences between people from changes within them, by moments.

    periods: (people, periods) of everyone the rule could have chosen, two periods or more of equal length. v is the
    mean variance of a period, c = max(0, mean covariance of two periods), each about the means of its periods, so that
    season and growth that all share are left out. Raises ShapeError, NotANumberError, TooFewPeriodsError.
    """
    return _moments(_periods(periods))


@dataclass(frozen=True)
class NoIntervention:
    """What choosing alone does to the people whom a rule chose, per person and period; intervals by bootstrap.

    reliability: the share of the excess that stays. explained: the share of the observed fall, blank where no outcome
    was given or nothing fell; its upper limit is infinite where the fall itself may be nothing.
    """

    n_people: int
    n_chosen: float
    before: Estimate
    after: Estimate
    change: Estimate
    reliability: Estimate
    explained: Estimate


def without_intervention(
    periods: Numbers,
    rule: Rule,
    *,
    window: int = 1,
    follow_up: int = 1,
    outcome: Numbers | None = None,
    mean_after: float | None = None,
    method: Literal["moments", "replay"] = "moments",
    confidence: float = 0.95,
    replicates: int = 500,
    seed: int = 20260401,
) -> NoIntervention:
    """Estimate from people's own periods what those chosen on the last ones would do next with no intervention.

    periods: (people, periods) as for `spread`, all of them before the intervention. rule: on the total of the last
    `window` periods. outcome: (people,), what each did after, per period; NaN for those not chosen. mean_after: what
    everyone would average after, where that is known to differ from the window. method: "moments" takes people's levels
    for lasting (Spearman-Brown); "replay" applies the rule to every earlier window and looks at the `follow_up` periods
    behind it, which needs no model but has more noise. People are resampled, and the rule applied again, with the seed.
    After = mean_after + reliability × (before − mean of the window). Raises the errors of `spread`, TooFewChosenError.
    """
    x, plan = _periods(periods), _Plan(rule, window, follow_up, method, mean_after)
    plan.check(x.shape[1])
    weights = _weights(rule, plan.total(x))
    if weights.sum() < FEWEST_CHOSEN:
        raise TooFewChosenError(f"the rule chooses {weights.sum():g} people", expected=f"{FEWEST_CHOSEN} or more")
    y = _outcomes(outcome, weights)
    rng = np.random.default_rng(seed)
    draws = (rng.integers(len(x), size=len(x)) for _ in range(replicates))
    repeated = np.array([plan.answers(x[rows], y[rows]) for rows in draws])
    found = [_interval(value, sample, confidence) for value, sample in zip(plan.answers(x, y), repeated.T, strict=True)]
    return NoIntervention(len(x), float(weights.sum()), *found)


@dataclass(frozen=True)
class _Plan:
    """How people are chosen and what is expected of them."""

    rule: Rule
    window: int
    follow_up: int
    method: str
    mean_after: float | None

    def check(self, n_periods: int) -> None:
        """Raise TooFewPeriodsError where the window, and a follow-up that is replayed, do not fit."""
        needed = max(1, self.window) + (self.follow_up if self.method == "replay" else 0)
        if self.window < 1 or self.follow_up < 1 or needed > n_periods:
            raise TooFewPeriodsError(
                f"there are {n_periods} periods, the window is {self.window} and the follow-up {self.follow_up}",
                expected=f"{needed} periods or more, and 1 or more for both",
            )

    def total(self, x: Floats) -> Floats:
        """Return what each person had in the window."""
        return np.asarray(x[:, -self.window :].sum(axis=1))

    def answers(self, x: Floats, y: Floats) -> tuple[float, float, float, float, float]:
        """Return before, after, change, reliability and the share of the fall explained."""
        total = self.total(x)
        weights = _weights(self.rule, total)
        stays = self._replayed(x) if self.method == "replay" else _moments(x).reliability(self.window)
        overall, before = total.mean() / self.window, _mean(total, weights) / self.window
        after = (overall if self.mean_after is None else self.mean_after) + stays * (before - overall)
        fell = _mean(y, weights) - before
        explained = fell if math.isnan(fell) else (after - before) / fell if fell < 0 else math.inf
        return before, after, after - before, stays, explained

    def _replayed(self, x: Floats) -> float:
        """Return the excess that stayed over the excess chosen, in every window that has a follow-up."""
        chosen, stayed = 0.0, 0.0
        for end in range(self.window, x.shape[1] - self.follow_up + 1):
            total, later = x[:, end - self.window : end].sum(axis=1), x[:, end : end + self.follow_up].sum(axis=1)
            weights = _weights(self.rule, total)
            n = weights.sum()
            chosen += float(weights @ total - n * total.mean()) / self.window
            stayed += float(weights @ later - n * later.mean()) / self.follow_up
        return stayed / chosen if chosen > 0 else math.nan


def _outcomes(outcome: Numbers | None, weights: Floats) -> Floats:
    if outcome is None:
        return np.full(weights.size, np.nan)
    found = numbers("outcome", outcome, missing=True)
    if found.shape != weights.shape:
        raise ShapeError(f"there are {weights.size} people and {found.size} outcomes", expected="one for each person")
    unknown = int((np.isnan(found) & (weights > 0)).sum())
    if unknown:
        raise NotANumberError(
            f"{unknown} of the people whom the rule chooses have no outcome",
            expected="what each of them did after, per period, up to death or leaving",
        )
    return found


def _periods(periods: Numbers) -> Floats:
    found = numbers("periods", periods)
    if found.ndim != 2 or found.shape[0] < 2:
        raise ShapeError(f"the periods have shape {found.shape}", expected="a row for each of two people or more")
    if found.shape[1] < 2:
        raise TooFewPeriodsError("there is one period", expected="two or more of the same people")
    return found


def _moments(x: Floats) -> Spread:
    n, k = x.shape
    centred = x - x.mean(axis=0)
    squares = float((centred**2).sum())
    products = float((centred.sum(axis=1) ** 2).sum()) - squares
    return Spread(n, float(x.mean()), squares / k / (n - 1), max(0.0, products / (k * (k - 1)) / (n - 1)))


def _weights(rule: Rule, totals: Floats) -> Floats:
    """Return 1 for the chosen, 0 for others, and the chosen part for people level at the cut of a top share."""
    if isinstance(rule, Above):
        return (totals >= rule.threshold).astype(np.float64)
    wanted = rule.share * totals.size
    at = totals.size - math.ceil(wanted)
    cut = np.partition(totals, at)[at]
    above, level = totals > cut, totals == cut
    return np.asarray(above + level * (wanted - above.sum()) / level.sum())


def _mean(values: Floats, weights: Floats) -> float:
    """Return the mean of the chosen who have a value; NaN where none has."""
    chosen = (weights > 0) & ~np.isnan(values)
    return float(np.average(values[chosen], weights=weights[chosen])) if chosen.any() else math.nan


def _interval(value: float, sample: Floats, confidence: float) -> Estimate:
    """Return a percentile interval; blank where the value is, or where nothing fell."""
    tail = (1 - confidence_level(confidence)) / 2
    known = sample[~np.isnan(sample)]
    if not math.isfinite(value) or not known.size:
        return Estimate(*(np.asarray(math.nan),) * 3)
    lower, upper = np.quantile(known, [tail, 1 - tail], method="inverted_cdf")
    return Estimate(np.asarray(value), np.asarray(lower), np.asarray(upper))
