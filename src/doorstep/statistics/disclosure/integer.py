"""Exact bounds by integer programming, for lines tied together by rules or with partitions that overlap.

The linear relaxation is tried first, in one warm model; its answer counts only where the point found is made of
whole numbers that satisfy every rule in exact arithmetic. Otherwise the integer program is solved. A linear bound
alone is never trusted: it can call a cell safe whose only whole number is known.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.disclosure.table import Range

Terms = tuple[tuple[Hashable, int], ...]


@dataclass(frozen=True)
class Rule:
    """`low <= sum of weight x variable <= high`; None is no bound."""

    terms: Terms
    low: int | None
    high: int | None


class WholeNumbers:
    """Whole numbers from 0 that satisfy rules: which values can one of them take?

    `known` fixes variables; `rules` may name known and unknown ones.
    """

    def __init__(self, rules: tuple[Rule, ...], known: Mapping[Hashable, int]) -> None:
        self._known = known
        self._rules = tuple(reduced for rule in rules if (reduced := _reduced(rule, known)))
        names = sorted({name for rule in self._rules for name, _ in rule.terms}, key=repr)
        self._index = {name: i for i, name in enumerate(names)}
        self._linear = self._model(integer=False)
        self._integer: Any = None
        self._seen: set[tuple[int, int]] = set()  # values met in points found so far: no need to ask again
        self.is_possible = self._check_known(rules) and self._point({}, None, 0) is not None

    def range(self, name: Hashable) -> Range:
        """Return the exact smallest and largest value of one variable; DataError where nothing fits."""
        if not self.is_possible:
            raise DataError("no whole numbers fit the printed numbers", expected="parts that add up to their totals")
        if name not in self._index:
            return Range(0, None)
        i = self._index[name]
        low, high = self._point({}, i, 1), self._point({}, i, -1)
        return Range(low[i] if low else 0, high[i] if high else None)

    def possible(self, name: Hashable, value: int) -> bool:
        """Say whether one variable can hold exactly `value`."""
        if name not in self._index:
            return self.is_possible and value >= 0
        i = self._index[name]
        return self.is_possible and ((i, value) in self._seen or self._point({i: value}, None, 0) is not None)

    def _check_known(self, rules: tuple[Rule, ...]) -> bool:
        """Rules between known numbers alone have no variable left: they hold or nothing does."""
        settled = (rule for rule in rules if all(name in self._known for name, _ in rule.terms))
        return all(_within(sum(w * self._known[n] for n, w in rule.terms), rule) for rule in settled)

    def _model(self, integer: bool) -> Any:
        model: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        model.setOptionValue("output_flag", False)
        model.setOptionValue("threads", 1)
        model.setOptionValue("mip_rel_gap", 0.0)
        for i in range(len(self._index)):
            model.addVar(0.0, highspy.kHighsInf)
            if integer:
                model.changeColIntegrality(i, highspy.HighsVarType.kInteger)
        for rule in self._rules:
            columns = np.array([self._index[n] for n, _ in rule.terms], dtype=np.int32)
            weights = np.array([w for _, w in rule.terms], dtype=np.float64)
            low = -highspy.kHighsInf if rule.low is None else float(rule.low)
            high = highspy.kHighsInf if rule.high is None else float(rule.high)
            model.addRow(low, high, len(columns), columns, weights)
        return model

    def _point(self, fixed: dict[int, int], target: int | None, cost: int) -> list[int] | None:
        """Return whole numbers that satisfy every rule and make cost x target least.

        None where there are none, or (with a target) where it has no bound.
        """
        point = self._solved(fixed, target, cost)
        self._seen.update(enumerate(point or ()))
        return point

    def _solved(self, fixed: dict[int, int], target: int | None, cost: int) -> list[int] | None:
        status, point = self._solve(self._linear, fixed, target, cost)
        if status == highspy.HighsModelStatus.kOptimal and self._satisfies(point):
            return point
        if status != highspy.HighsModelStatus.kOptimal:
            return None  # no fractions fit, so no whole numbers do; or the relaxation has no bound
        if self._integer is None:
            self._integer = self._model(integer=True)
        status, point = self._solve(self._integer, fixed, target, cost)
        if status == highspy.HighsModelStatus.kInfeasible:
            return None
        if status != highspy.HighsModelStatus.kOptimal or not self._satisfies(point):
            raise ArithmeticError(f"the integer program ended as {status}: its answer cannot be trusted")
        return point

    def _solve(self, model: Any, fixed: dict[int, int], target: int | None, cost: int) -> tuple[Any, list[int]]:
        """Run one model with some variables fixed, and leave it as it was."""
        for i, value in fixed.items():
            model.changeColBounds(i, float(value), float(value))
        if target is not None:
            model.changeColCost(target, float(cost))
        model.run()
        status = model.getModelStatus()
        point = [round(v) for v in model.getSolution().col_value] if status == highspy.HighsModelStatus.kOptimal else []
        for i in fixed:
            model.changeColBounds(i, 0.0, highspy.kHighsInf)
        if target is not None:
            model.changeColCost(target, 0.0)
        return status, point

    def _satisfies(self, point: list[int]) -> bool:
        """Check whole numbers against every rule, in whole numbers."""
        sums = ((sum(w * point[self._index[n]] for n, w in rule.terms), rule) for rule in self._rules)
        return min(point, default=0) >= 0 and all(_within(found, rule) for found, rule in sums)


def _within(found: int, rule: Rule) -> bool:
    return (rule.low is None or rule.low <= found) and (rule.high is None or found <= rule.high)


def _reduced(rule: Rule, known: Mapping[Hashable, int]) -> Rule | None:
    """Move known numbers to the bounds; None where no variable is left."""
    weights: dict[Hashable, int] = {}
    for name, weight in rule.terms:
        if name not in known:
            weights[name] = weights.get(name, 0) + weight
    done = sum(weight * known[name] for name, weight in rule.terms if name in known)
    low, high = (None if bound is None else bound - done for bound in (rule.low, rule.high))
    return _whole(Rule(tuple(weights.items()), low, high)) if weights else None


def _whole(rule: Rule) -> Rule:
    """Divide a rule by what its weights have in common and round its bounds inwards: whole numbers lose nothing."""
    common = math.gcd(*(weight for _, weight in rule.terms)) or 1
    low = None if rule.low is None else -(-rule.low // common)
    high = None if rule.high is None else rule.high // common
    return Rule(tuple((name, weight // common) for name, weight in rule.terms), low, high)
