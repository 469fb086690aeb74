"""How good a model is on people it was not fitted to, as tables that may be shown.

Every count goes through one disclosure step together, admitted and not admitted apart, so that nobody can subtract
their way to a small number; where a count is hidden, so is every figure made from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.planning.admission_risk.audit import Audit, audit
from doorstep.planning.admission_risk.counts import GROUPS, Counted, called_shares, counted, places
from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.admission_risk.model import FittedModel
from doorstep.planning.shown import HIDDEN
from doorstep.reference import policy
from doorstep.statistics.results import Estimate
from doorstep.statistics.risk import (
    Performance,
    at_capacity,
    calibration_curve,
    decision_curve,
    model_performance,
)

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Row = dict[str, Any]
FEWEST = 20  # people with, and without, an admission, below which a group's figures say nothing
TOO_FEW = "too few"


@dataclass(frozen=True)
class Judged:
    """One score judged: its name, and the risks of the people it is judged on."""

    id: str
    title: str
    risk: Floats


@dataclass(frozen=True)
class Evaluation:
    """What a report is made of: tables of rows (table -> rows), the audit, and how the people were chosen."""

    basis: str
    tables: Mapping[str, Sequence[Row]]
    audit: Audit
    notes: tuple[str, ...] = field(default=())


def evaluate(definition: RiskModel, model: FittedModel, frame: Frame) -> Evaluation:
    """Judge a model and its comparators on a frame.

    On the day of the fit only the people held out are looked at (a random split); on a later day everybody (temporal
    validation), and those held out once more by themselves.
    """
    people, basis = _looked_at(definition, model, frame)
    scores = [Judged("model", model.score.title, model.score.risk(people.columns))]
    scores += [Judged(c.id, c.title, c.risk(people.columns)) for c in model.comparators]
    counts = counted(definition, people, {s.id: s.risk for s in scores})
    first = scores[0]
    tables = {
        "performance": [_whole(s, people, counts) for s in scores],
        "sensitivity": list(_sensitivity(definition, people, first.risk, counts)),
        "groups": list(_groups(definition, people, first.risk, counts)),
        "calibration": list(_tenths(people, first.risk, counts)),
        "calibration_curve": list(_curve(people, first.risk)),
        "capacity": [row for s in scores for row in _capacity(definition, people, s, counts)],
        "net_benefit": [row for s in scores for row in _net_benefit(definition, people, s, counts)],
    }
    return Evaluation(basis, tables, audit(definition, people, first.risk))


def _looked_at(definition: RiskModel, model: FittedModel, frame: Frame) -> tuple[Frame, str]:
    share = f"{definition.held_out:.0%}"
    if frame.made_of["day"] == model.day.isoformat():
        told = f"random split: the {share} of people of the day of the fit whom no fit has seen"
        return frame.some(frame.held_out(definition.held_out)), told
    told = (
        f"temporal: everybody on {frame.made_of['day']}, fitted to {model.day}; most of them were in the fit, younger"
    )
    return frame, told


def judge_parr30(risk: Floats, readmitted: Bools) -> Row:
    """Judge PARR-30 on discharges; the counts are of discharges, and hidden where one is small all the same."""
    with_it = int(readmitted.sum())
    pair = with_it, len(readmitted) - with_it
    is_small = min(pair) < policy.suppression_threshold
    found = _figures(risk, readmitted, (HIDDEN, HIDDEN) if is_small else pair)
    return {"score": "PARR-30, by discharge", "readmitted": found.pop("admitted"), **found}


def _whole(judged: Judged, people: Frame, counts: Counted) -> Row:
    own = {"score": judged.id, "title": judged.title}
    return own | _figures(judged.risk, people.admitted, counts.pair("total", "total"))


def _sensitivity(definition: RiskModel, people: Frame, risk: Floats, counts: Counted) -> Iterator[Row]:
    stayed = ~people.died & ~people.left
    held = people.held_out(definition.held_out)
    yield {"who": "everybody"} | _figures(risk, people.admitted, counts.pair("total", "total"))
    told = {"who": "without those who died or left in the months after"}
    yield told | _figures(risk[stayed], people.admitted[stayed], counts.pair("became", "stayed"))
    if not held.all():
        told = {"who": "only people whom no fit has seen"}
        yield told | _figures(risk[held], people.admitted[held], counts.pair("seen", "not in the fit"))


def _groups(definition: RiskModel, people: Frame, risk: Floats, counts: Counted) -> Iterator[Row]:
    cut = at_capacity(risk, people.admitted, places(definition.capacities[-1], people.n)).threshold
    called = called_shares(people, risk >= cut)
    for split in GROUPS:
        for part in counts.parts(split):
            who, pair = counts.labels[split] == part, counts.pair(split, part)
            own = {"split": split, "group": part}
            yield own | _figures(risk[who], people.admitted[who], pair) | _called(called[(split, part)], pair)


def _called(called: tuple[int | str, int | str], pair: tuple[int | str, int | str]) -> Row:
    """Say how many of a group are among the highest risks that fit the largest capacity, as shares of shown counts."""
    if HIDDEN in (*called, *pair):
        return {"share_called": HIDDEN, "share_of_admitted_called": HIDDEN}
    found, other, admitted, rest = (int(v) for v in (*called, *pair))
    return {"share_called": _r((found + other) / (admitted + rest)), "share_of_admitted_called": _r(found / admitted)}


def _figures(risk: Floats, admitted: Bools, pair: tuple[int | str, int | str]) -> Row:
    """Return the counts as shown and the figures of one group, blank where a count is hidden or there are too few."""
    with_it, without = pair
    hidden = HIDDEN in pair
    n = HIDDEN if hidden else int(with_it) + int(without)
    own: dict[str, Any] = {"n": n, "admitted": HIDDEN if hidden else with_it}
    if hidden or min(int(admitted.sum()), int((~admitted).sum())) < FEWEST:
        return own | dict.fromkeys(_FIGURES, HIDDEN if hidden else TOO_FEW)
    return own | _performance(model_performance(risk, admitted))


_FIGURES = (
    "mean_risk", "observed_to_expected", "observed_to_expected_lower", "observed_to_expected_upper",
    "in_the_large", "in_the_large_lower", "in_the_large_upper", "slope", "slope_lower", "slope_upper",
    "c", "c_lower", "c_upper", "brier", "scaled_brier",
)  # fmt: skip


def _performance(found: Performance) -> Row:
    own: dict[str, Any] = {"mean_risk": _r(found.mean_risk)}
    for name in ("observed_to_expected", "in_the_large", "slope"):
        own |= _limits(name, getattr(found, name))
    return own | _limits("c", found.auc) | {"brier": _r(found.brier, 5), "scaled_brier": _r(found.scaled_brier)}


def _limits(name: str, found: Estimate) -> Row:
    values = {name: found.value, f"{name}_lower": found.lower, f"{name}_upper": found.upper}
    return {key: _r(float(value), 3) for key, value in values.items()}


def _tenths(people: Frame, risk: Floats, counts: Counted) -> Iterator[Row]:
    from doorstep.statistics import proportion

    label = counts.labels["tenth of risk"]
    for part in counts.parts("tenth of risk"):
        with_it, without = counts.pair("tenth of risk", part)
        own = {"tenth": part, "mean_risk": _r(float(risk[label == part].mean()))}
        if HIDDEN in (with_it, without):
            yield own | {"n": HIDDEN, "admitted": HIDDEN, "observed": HIDDEN, "lower": HIDDEN, "upper": HIDDEN}
            continue
        n = int(with_it) + int(without)
        share = proportion(int(with_it), n)
        limits = {"observed": _r(share.value), "lower": _r(share.lower), "upper": _r(share.upper)}
        yield own | {"n": n, "admitted": with_it} | limits


def _curve(people: Frame, risk: Floats) -> Iterator[Row]:
    from doorstep.errors import DataError

    try:
        found = calibration_curve(risk, people.admitted)
    except DataError:  # too few admissions, or risks, for a curve that may bend: the tenths remain
        return
    for values in zip(found.risk, found.observed.value, found.observed.lower, found.observed.upper, strict=True):
        yield dict(zip(("risk", "observed", "lower", "upper"), map(_r, values), strict=True))


def _capacity(definition: RiskModel, people: Frame, judged: Judged, counts: Counted) -> Iterator[Row]:
    for share in definition.capacities:
        found = at_capacity(judged.risk, people.admitted, places(share, people.n))
        pair = counts.above(f"capacity: {judged.id}", f"{share:g}")
        own: dict[str, Any] = {"score": judged.id, "capacity": share}
        if HIDDEN in pair or not found.n_called:
            blank = HIDDEN if HIDDEN in pair else 0
            yield own | {"called": blank, "found": blank} | dict.fromkeys(_SHARES, HIDDEN)
            continue
        shares = _limits("ppv", found.ppv) | _limits("sensitivity", found.sensitivity)
        yield own | {"called": int(pair[0]) + int(pair[1]), "found": pair[0]} | shares


_SHARES = ("ppv", "ppv_lower", "ppv_upper", "sensitivity", "sensitivity_lower", "sensitivity_upper")


def _net_benefit(definition: RiskModel, people: Frame, judged: Judged, counts: Counted) -> Iterator[Row]:
    found = decision_curve(judged.risk, people.admitted, definition.thresholds)
    for i, threshold in enumerate(definition.thresholds):
        pair = counts.above(f"threshold: {judged.id}", f"{threshold:g}")
        hidden = HIDDEN in pair
        yield {
            "score": judged.id,
            "threshold": threshold,
            "flagged": HIDDEN if hidden else int(pair[0]) + int(pair[1]),
            "net_benefit": HIDDEN if hidden else _r(found.net_benefit[i], 5),
            "net_benefit_of_all": _r(found.net_benefit_all[i], 5),
        }


def _r(value: Any, places: int = 4) -> float | str:
    """Round; blank where not a number."""
    number = float(value)
    return "" if np.isnan(number) else round(number, places)
