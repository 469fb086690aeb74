"""Decision curves: is acting on the model better than acting on everybody, or on nobody?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.results import Floats, Ints, Numbers, numbers
from doorstep.statistics.risk.inputs import between, risk_and_outcome


@dataclass(frozen=True)
class DecisionCurve:
    """One entry per threshold; net benefit in true positives per person, also of treating all and (0) none."""

    threshold: Floats
    n_flagged: Ints
    true_positives: Ints
    false_positives: Ints
    net_benefit: Floats
    net_benefit_all: Floats
    net_benefit_none: Floats
    sensitivity: Floats
    specificity: Floats
    ppv: Floats


def decision_curve(risk: Numbers, outcome: Numbers, thresholds: Numbers) -> DecisionCurve:
    """Return net benefit TP/n - FP/n * t/(1-t), flagging a risk of t or more, at each threshold t between 0 and 1.

    A share without people to count (nobody flagged, nobody with the outcome) is NaN. Errors: ProportionError,
    NotBinaryError, ShapeError. Source: Vickers and Elkin, Medical Decision Making 2006;26:565-574.
    """
    p, had = risk_and_outcome(risk, outcome)
    t = np.atleast_1d(numbers("thresholds", thresholds))
    between("thresholds", t)
    true = _at_least(np.sort(p[had]), t)
    false = _at_least(np.sort(p[~had]), t)
    n, odds, events = len(p), t / (1 - t), int(had.sum())
    with np.errstate(invalid="ignore", divide="ignore"):
        return DecisionCurve(
            t,
            true + false,
            true,
            false,
            true / n - false / n * odds,
            events / n - (n - events) / n * odds,
            np.zeros(len(t)),
            true / np.float64(events),
            1 - false / np.float64(n - events),
            true / (true + false),
        )


def _at_least(ordered: Floats, t: Floats) -> Ints:
    return np.asarray(len(ordered) - np.searchsorted(ordered, t, side="left"), dtype=np.int64)
