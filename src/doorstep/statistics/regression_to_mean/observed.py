"""What people's own earlier periods say of those whom a rule chooses."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from doorstep.statistics.choices import check_choice
from doorstep.statistics.regression_to_mean.models import Rule, TooFewChosenError
from doorstep.statistics.regression_to_mean.spread import People, TooFewPeriodsError, checked_periods
from doorstep.statistics.regression_to_mean.windows import Window
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
    to last, and the same share of any excess to stay (exact for the two models here); "replay" applies the rule to
    every earlier window and looks at the `follow_up` periods behind it, which assumes neither and has more noise.
    People are resampled, and the rule applied again, with the seed; intervals are percentiles.
    After = mean_after + reliability × (before − mean of the window). Raises the errors of `spread`, TooFewChosenError.
    """
    check_choice("the method", method, ("moments", "replay"))
    x = checked_periods(periods)
    _check_windows(x.shape[1], window, follow_up, replayed=method == "replay")
    chosen = Window.of(x, x.shape[1] - window, x.shape[1], 0)
    weights = chosen.chosen(rule, np.ones(len(x)))
    if weights.sum() < FEWEST_CHOSEN:
        raise TooFewChosenError(f"the rule chooses {weights.sum():g} people", expected=f"{FEWEST_CHOSEN} or more")
    stays = _replayed(x, rule, window, follow_up) if method == "replay" else _by_moments(x, window)
    study = _Study(rule, window, chosen, _outcomes(outcome, weights), stays, mean_after)
    rng = np.random.default_rng(seed)
    draws = (np.bincount(rng.integers(len(x), size=len(x)), minlength=len(x)) for _ in range(replicates))
    repeated = np.array([study.answers(times.astype(np.float64)) for times in draws])
    found = zip(study.answers(np.ones(len(x))), repeated.T, strict=True)
    return NoIntervention(len(x), float(weights.sum()), *(_interval(*pair, confidence) for pair in found))


Stays = Callable[[Floats], float]
"""From how many times each person is there, the share of the excess that stays."""


@dataclass(frozen=True)
class _Study:
    """Who is chosen, what they did, and how much of their excess stays."""

    rule: Rule
    window: int
    chosen: Window
    outcome: Floats
    stays: Stays
    mean_after: float | None

    def answers(self, times: Floats) -> tuple[float, float, float, float, float]:
        """Return before, after, change, reliability and the share of the fall explained."""
        weights, stays = self.chosen.chosen(self.rule, times), self.stays(times)
        overall = float(times @ self.chosen.total / times.sum()) / self.window
        before = _mean(self.chosen.total, weights) / self.window
        after = (overall if self.mean_after is None else self.mean_after) + stays * (before - overall)
        fell = _mean(self.outcome, weights) - before
        explained = fell if math.isnan(fell) else (after - before) / fell if fell < 0 else math.inf
        return before, after, after - before, stays, explained


def _check_windows(n_periods: int, window: int, follow_up: int, replayed: bool) -> None:
    needed = max(1, window) + (max(1, follow_up) if replayed else 0)
    if min(window, follow_up) < 1 or needed > n_periods:
        raise TooFewPeriodsError(
            f"there are {n_periods} periods, the window is {window} and the follow-up {follow_up}",
            expected=f"{needed} periods or more, and 1 or more in both",
        )


def _by_moments(x: Floats, window: int) -> Stays:
    people = People(x)
    return lambda times: people.spread(times).reliability(window)


def _replayed(x: Floats, rule: Rule, window: int, follow_up: int) -> Stays:
    """Apply the rule to every window that has a follow-up: the excess that stayed over the excess chosen."""
    ends = range(window, x.shape[1] - follow_up + 1)
    windows = [Window.of(x, end - window, end, follow_up) for end in ends]

    def stays(times: Floats) -> float:
        chosen, stayed = np.sum([each.excess(rule, times) for each in windows], axis=0)
        return float(stayed / follow_up / (chosen / window)) if chosen > 0 else math.nan

    return stays


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
