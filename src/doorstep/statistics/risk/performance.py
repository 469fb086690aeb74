"""How good a risk model is as a whole: level, spread, discrimination, accuracy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.faults import CollinearError, SeparationError
from doorstep.statistics.impact.logistic import fit_logistic
from doorstep.statistics.rates import exact_limits
from doorstep.statistics.results import Bools, Estimate, Floats, Numbers, ShapeError
from doorstep.statistics.risk.inputs import around, risk_and_outcome, single


@dataclass(frozen=True)
class Performance:
    """One group's figures; those of type Estimate are single values with limits.

    `observed_to_expected` is 1 and `in_the_large` (a shift on the logit scale) 0 where the level is right, `slope` 1
    where the spread is; `scaled_brier` is 1 - Brier / Brier of giving everybody the observed share.
    """

    n: int
    n_events: int
    mean_risk: float
    observed_to_expected: Estimate
    in_the_large: Estimate
    slope: Estimate
    auc: Estimate
    brier: float
    scaled_brier: float
    notes: tuple[str, ...]


def model_performance(risk: Numbers, outcome: Numbers, *, confidence: float = 0.95) -> Performance:
    """Return calibration, discrimination and overall accuracy of a risk model.

    O/E = events / sum of risks, with exact Poisson limits of the events; calibration in the large: the intercept of
    a logistic model of the outcome with offset logit(risk); slope: the coefficient of logit(risk); AUC with
    DeLong's interval, ties one half; Brier = mean of (risk - outcome)^2. Where all or none had the outcome, AUC and
    the logistic figures are blank, and where the risk tells them apart without fail or does not vary, the slope is.
    Errors: ProportionError (a risk not between 0 and 1), NotBinaryError, ShapeError.
    Source: Steyerberg, Clinical Prediction Models, 2nd edition 2019, chapter 15; DeLong et al., Biometrics
    1988;44:837-845.
    """
    p, had = risk_and_outcome(risk, outcome)
    both = bool(had.any() and not had.all())
    blank, notes = single(np.nan, np.nan, np.nan), () if both else ("Everybody or nobody had the outcome.",)
    logit = np.log(p / (1 - p))
    in_the_large = _in_the_large(had, logit, confidence) if both else blank
    slope = _slope(had, logit, confidence) if both else blank
    if both and np.isnan(slope.value):
        notes = ("The slope is blank: the risk does not vary, or tells the outcomes apart without fail.",)
    share, brier = float(had.mean()), float(np.mean((p - had) ** 2))
    scaled = 1 - brier / (share * (1 - share)) if both else float("nan")
    return Performance(
        len(p),
        int(had.sum()),
        float(p.mean()),
        _observed_to_expected(int(had.sum()), float(p.sum()), confidence),
        in_the_large,
        slope,
        _auc(p, had, confidence) if both else blank,
        brier,
        scaled,
        notes,
    )


def performance_by(
    risk: Numbers, outcome: Numbers, group: Numbers, *, confidence: float = 0.95
) -> dict[str, Performance]:
    """Return `model_performance` within each group (a label per person, as text in the result), in the labels' order.

    Equal calibration and equal sensitivity cannot both hold where groups differ in how many have the outcome, so
    show both. Figures of people are not disclosure-controlled here. Errors: those of `model_performance`.
    """
    p, had = risk_and_outcome(risk, outcome)
    label = np.asarray(group)
    if label.shape != p.shape:
        raise ShapeError(f"group has shape {label.shape}", expected=f"one column of {len(p)} rows")
    return {
        str(name): model_performance(p[label == name], had[label == name], confidence=confidence)
        for name in np.unique(label)
    }


def _in_the_large(had: Bools, logit: Floats, confidence: float) -> Estimate:
    fit = fit_logistic(had, np.ones((len(had), 1)), ("(Intercept)",), offset=logit)
    return around(float(fit.coefficients[0]), float(np.sqrt(fit.covariance[0, 0])), confidence)


def _slope(had: Bools, logit: Floats, confidence: float) -> Estimate:
    design = np.column_stack([np.ones(len(had)), logit])
    try:
        fit = fit_logistic(had, design, ("(Intercept)", "logit of the risk"))
    except (CollinearError, SeparationError):
        return single(np.nan, np.nan, np.nan)
    return around(float(fit.coefficients[1]), float(np.sqrt(fit.covariance[1, 1])), confidence)


def _observed_to_expected(events: int, expected: float, confidence: float) -> Estimate:
    lower, upper = exact_limits(events, confidence=confidence)
    return single(events / expected, float(lower) / expected, float(upper) / expected)


def _auc(p: Floats, had: Bools, confidence: float) -> Estimate:
    """DeLong: the variance of each person's share of pairs won, by group, on mid-ranks; limits kept within 0 and 1."""
    from scipy.stats import rankdata

    n1, n0 = int(had.sum()), int((~had).sum())
    among_all = rankdata(p)
    won = (among_all[had] - rankdata(p[had])) / n0
    lost = 1 - (among_all[~had] - rankdata(p[~had])) / n1
    value = float(won.mean())
    if n1 < 2 or n0 < 2:
        return single(value, 0.0, 1.0)
    found = around(value, float(np.sqrt(won.var(ddof=1) / n1 + lost.var(ddof=1) / n0)), confidence)
    return single(value, max(0.0, float(found.lower)), min(1.0, float(found.upper)))
