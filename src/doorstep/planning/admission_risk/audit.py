"""The audit: have people of different groups with the same score the same need, and with the same need the same score?

A score learnt from use of care takes care that was not reached for health. People of a group that under-uses care then
score lower than others who are as ill, and whoever calls from the top of the list calls fewer of them than their need
would. Need here is what does not rest on use: conditions on registers, frailty deficits, age, sex; and deaths.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.design import Term, as_words, matrix
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.admission_risk.regressions import Effect, Regression, linear, poisson
from doorstep.planning.admission_risk.use import TITLES, USES

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[Any]
MOST_AUDITED = 400_000
SMALLEST = 200  # people of a group, below which its figures say nothing
FEWEST_USES = 20  # of a kind of care by a group
DRAWS = 5
_BINS = 50
REFERENCES = {"imd_quintile": "5", "ethnic_group": "White"}


@dataclass(frozen=True)
class NeedAtScore:
    """How much more of a measure of need a group has than the reference at the same score.

    `expected` is what there would be if the score stood in the same relation to need in both groups: a group with more
    need has more of it at any score, since no score knows need exactly. What is `beyond` that, the score hides.
    """

    observed: Effect
    expected: float
    beyond: Effect


@dataclass(frozen=True)
class GroupAudit:
    """One group against the reference of its split. None stands where there are too few people or events.

    `score_at_need`: ratio of the odds of the score at equal need; `use_at_need`: rate ratio of each kind of care in the
    months after, at equal need; `need_at_score`: by measure of need; `deaths_at_score`: difference in the share who
    died in the months after, at the same score. `flags` says in words what is wrong; empty where nothing was seen.
    """

    split: str
    group: str
    reference: str
    n: int
    score_at_need: Effect | None
    use_at_need: Mapping[str, Effect | None]
    need_at_score: Mapping[str, NeedAtScore]
    deaths_at_score: Effect | None
    flags: tuple[str, ...]


@dataclass(frozen=True)
class Audit:
    """The audit of a score; `n` people took part, `needs` and `flags` say what need was measured by."""

    n: int
    needs: tuple[str, ...]
    groups: tuple[GroupAudit, ...]

    @property
    def flagged(self) -> tuple[GroupAudit, ...]:
        """The groups of whom the score, or the use it is learnt from, shows less need than they have."""
        return tuple(g for g in self.groups if g.flags)


@dataclass(frozen=True)
class _Basis:
    """What is the same for every split: the people, their need, and their score on the log odds."""

    frame: Frame
    score: Floats
    need: Floats
    measures: Mapping[str, Floats]


def audit(definition: RiskModel, frame: Frame, risk: Floats) -> Audit:
    """Audit a score among the people of a frame: every deprivation quintile and ethnic group against its reference.

    At most 400,000 people, drawn by the definition's seed, take part. A group is flagged for its score, or for a kind
    of care, where the odds of the score, or the rate of use, at equal need are `flagged_below` times the reference's
    or less and the 99% interval lies below 1 (many groups are looked at). Less use is a flag of its own because
    calibration cannot see it: the outcome is use too, and a score can be perfectly calibrated to care that was not
    reached.
    Source: the question is that of Obermeyer et al., Science 2019;366:447-453; the comparison with what unequal need
    alone would give is ours.
    """
    who = np.sort(np.random.default_rng(definition.seed).permutation(frame.n)[:MOST_AUDITED])
    marked = np.zeros(frame.n, dtype=bool)
    marked[who] = True
    basis = _basis(definition, frame.some(marked), risk[marked])
    groups = [g for split in REFERENCES if split in frame.columns for g in _split(definition, basis, split)]
    return Audit(basis.frame.n, tuple(basis.measures), tuple(groups))


def _basis(definition: RiskModel, frame: Frame, risk: Floats) -> _Basis:
    measures = {
        n.column: np.nan_to_num(frame.columns[n.column].astype(np.float64))
        for n in definition.need
        if n.column in frame.columns
    }
    return _Basis(frame, np.log(risk / (1 - risk)), _need(definition, frame, measures), measures)


def _need(definition: RiskModel, frame: Frame, measures: Mapping[str, Floats]) -> Floats:
    """Return need as a design: age in bends, sex, each condition, each measure and its square, and the intercept."""
    knots = next((p.knots for p in definition.predictor if "age" in p.columns), ())
    terms = [Term("age", "value"), *(Term("age", "above", float(k)) for k in knots), Term("sex", "is", "1")]
    flags = (c for p in definition.predictor if p.form == "flag" for c in p.columns if c in frame.columns)
    terms += [Term(column, "value") for column in flags]
    plain = matrix(terms, frame.columns).astype(np.float64)
    squares = [column for values in measures.values() for column in (values, values**2)]
    x = np.column_stack([plain, *squares])
    spread = x.std(axis=0)
    kept = spread > 0
    return np.column_stack([np.ones(len(x)), (x[:, kept] - x[:, kept].mean(axis=0)) / spread[kept]])


def _split(definition: RiskModel, basis: _Basis, split: str) -> Iterator[GroupAudit]:
    label = as_words(basis.frame.columns[split])
    reference = REFERENCES[split]
    names, sizes = np.unique(label.astype(str), return_counts=True)
    others = [str(n) for n, size in zip(names, sizes, strict=True) if size >= SMALLEST and n != reference]
    if reference not in names[sizes >= SMALLEST]:
        return
    some = np.isin(label, [*others, reference])
    marks = np.column_stack([label[some] == name for name in others]).astype(np.float64) if others else None
    if marks is None:
        return
    found = _regress(basis, some, marks)
    for i, name in enumerate(others):
        yield _group(definition, split, name, reference, int(marks[:, i].sum()), found, i)


@dataclass(frozen=True)
class _Found:
    """The regressions of one split; `marks` counts the columns of groups, which stand last."""

    score: Regression
    use: Mapping[str, tuple[Regression, Floats] | None]
    need: Mapping[str, tuple[Regression, list[Regression]]]
    deaths: Regression
    n_marks: int


def _regress(basis: _Basis, some: npt.NDArray[np.bool_], marks: Floats) -> _Found:
    need, score = basis.need[some], basis.score[some]
    by_need = np.column_stack([need, marks])
    by_score = np.column_stack([_flexible(score), marks])
    alike = [np.column_stack([_flexible(s), marks]) for s in _as_if_alike(score, need)]
    measures = {name: values[some] for name, values in basis.measures.items()}
    return _Found(
        linear(score, by_need),
        {use: _used(basis.frame.columns[f"after_{use}"][some], by_need, marks) for use in USES},
        {name: (linear(v, by_score), [linear(v, x) for x in alike]) for name, v in measures.items()},
        linear(basis.frame.died[some].astype(np.float64), by_score),
        marks.shape[1],
    )


def _used(count: Floats, by_need: Floats, marks: Floats) -> tuple[Regression, Floats] | None:
    """Return the regression of a kind of care and how often each group used it; None where nearly nobody did."""
    y = count.astype(np.float64)
    by_group = marks.T @ y
    if y.sum() - by_group.sum() < FEWEST_USES or by_group.min() < 1:
        return None
    return poisson(y, by_need), by_group


def _flexible(score: Floats) -> Floats:
    """Return the intercept, the score, and bends at its quantiles: need may rise with the score in any way."""
    knots = np.unique(np.quantile(score, np.linspace(0.02, 0.98, 9)))
    return np.column_stack([np.ones(len(score)), score, *(np.maximum(score - k, 0) for k in knots)])


def _as_if_alike(score: Floats, need: Floats) -> Iterator[Floats]:
    """Yield scores as they would be if they stood in the same relation to need in every group.

    Each person keeps the score expected from their need, and takes what is left over from somebody of like need, of
    whatever group.
    """
    rng = np.random.default_rng(0)
    expected = linear(score, need).fitted
    left = score - expected
    order = np.argsort(expected, kind="stable")
    for _ in range(DRAWS):
        drawn = np.empty_like(left)
        for part in np.array_split(order, _BINS):
            drawn[part] = left[rng.permutation(part)]
        yield expected + drawn


def _group(definition: RiskModel, split: str, name: str, reference: str, n: int, found: _Found, i: int) -> GroupAudit:
    at = i - found.n_marks
    score = found.score.effect(at).exponential()
    use = {use: _rate_ratio(pair, i, at) for use, pair in found.use.items()}
    return GroupAudit(
        split,
        name,
        reference,
        n,
        score,
        use,
        {name: _need_at_score(*pair, at) for name, pair in found.need.items()},
        found.deaths.effect(at),
        tuple(_flags(definition, score, use)),
    )


def _flags(definition: RiskModel, score: Effect, use: Mapping[str, Effect | None]) -> Iterator[str]:
    if _is_low(definition, score):
        yield "scores lower at equal need"
    low = [TITLES[name] for name, ratio in use.items() if ratio and _is_low(definition, ratio)]
    if low:
        yield f"fewer {', '.join(low)} at equal need"


def _is_low(definition: RiskModel, ratio: Effect) -> bool:
    """The wider interval: the upper limit's distance from the value, on the log scale, times 2.576 / 1.960."""
    upper = np.log(ratio.value) + np.log(ratio.upper / ratio.value) * 2.576 / 1.960
    return bool(upper < 0 and ratio.value <= definition.flagged_below)


def _rate_ratio(pair: tuple[Regression, Floats] | None, i: int, at: int) -> Effect | None:
    if pair is None or pair[1][i] < FEWEST_USES:
        return None
    return pair[0].effect(at).exponential()


def _need_at_score(observed: Regression, alike: list[Regression], at: int) -> NeedAtScore:
    """The limits of `beyond` add the variances of both sides, which errs on the wide side: the people are the same."""
    seen, expected = observed.effect(at), float(np.mean([a.coefficients[at] for a in alike]))
    error = np.sqrt(observed.covariance[at, at] + np.mean([a.covariance[at, at] for a in alike]))
    beyond, half = seen.value - expected, 1.96 * float(error)
    return NeedAtScore(seen, expected, Effect(beyond, beyond - half, beyond + half))
