"""Exact bounds by integer programming, for lines tied together by rules or with partitions that overlap.

The linear relaxation is tried first, in one warm model; its answer counts only where the point found is made of
whole numbers that satisfy every rule in exact arithmetic. Otherwise the integer program is solved. A linear bound
alone is never trusted: it can call a cell safe whose only whole number is known.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import highspy
import numpy as np

from doorstep.errors import DataError
from doorstep.statistics.disclosure.system import Groups
from doorstep.statistics.disclosure.table import Range

SECONDS = 30.0
Terms = tuple[tuple[Hashable, int], ...]


@dataclass(frozen=True)
class Rule:
    """`low <= sum of weight x variable <= high`; None is no bound."""

    terms: Terms
    low: int | None
    high: int | None


class WholeNumbers:
    """Whole numbers from 0 that satisfy rules: which values can one of them take?

    `known` fixes variables; `rules` may name known and unknown ones. Variables that no rule joins are worked on apart.
    One integer program gets `seconds`; where that is not enough a range says by how much it may be too narrow.
    """

    def __init__(self, rules: tuple[Rule, ...], known: Mapping[Hashable, int], seconds: float = SECONDS) -> None:
        self._fits = _check_known(rules, known)
        reduced = tuple(found for rule in rules if (found := _reduced(rule, known)))
        self._parts = [_Part(part, seconds) for part in _parts(reduced)]
        self._part_of = {name: part for part in self._parts for name in part.names}

    @cached_property
    def is_possible(self) -> bool:
        """Some whole numbers satisfy all rules."""
        return self._fits and all(part.is_possible for part in self._parts)

    def range(self, name: Hashable) -> Range:
        """Return the exact smallest and largest value of one variable; DataError where nothing fits."""
        if not self.is_possible:
            raise DataError("no whole numbers fit the printed numbers", expected="parts that add up to their totals")
        return self._part_of[name].range(name) if name in self._part_of else Range(0, None)

    def possible(self, name: Hashable, value: int) -> bool:
        """Say whether one variable can hold exactly `value`; False also where the time given does not settle it."""
        if not self.is_possible:
            return False
        return self._part_of[name].possible(name, value) if name in self._part_of else value >= 0


class _Part:
    """Variables that rules join, in one warm model each for fractions and whole numbers."""

    def __init__(self, rules: tuple[Rule, ...], seconds: float) -> None:
        self._rules, self._seconds = rules, seconds
        self.names = sorted({name for rule in rules for name, _ in rule.terms}, key=repr)
        self._index = {name: i for i, name in enumerate(self.names)}
        self._linear = self._model(integer=False)
        self._integer: Any = None
        self._seen: set[tuple[int, int]] = set()  # values met in points found so far: no need to ask again
        self.is_possible = self._ask({}, None, 0).point is not None

    def range(self, name: Hashable) -> Range:
        i = self._index[name]
        low, low_gap = self._end(i, 1)
        high, high_gap = self._end(i, -1)
        return Range(low or 0, high, max(low_gap, high_gap))

    def possible(self, name: Hashable, value: int) -> bool:
        i = self._index[name]
        return (i, value) in self._seen or self._ask({i: value}, None, 0).point is not None

    def _end(self, target: int, cost: int) -> tuple[int | None, int]:
        """Return an end of a variable's range (None: it has no bound) and how much further it may yet reach."""
        answer = self._ask({}, target, cost)
        if answer.point is None and answer.bound is None:
            return None, 0
        found = cost * min(cost * value for i, value in self._seen if i == target)
        return found, 0 if answer.bound is None else abs(found - answer.bound)

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

    def _ask(self, fixed: dict[int, int], target: int | None, cost: int) -> _Answer:
        """Look for whole numbers that satisfy every rule and make cost x target least."""
        answer = self._answered(fixed, target, cost)
        self._seen.update(enumerate(answer.point or ()))
        return answer

    def _answered(self, fixed: dict[int, int], target: int | None, cost: int) -> _Answer:
        status, point, _ = self._solve(self._linear, fixed, target, cost)
        if status != highspy.HighsModelStatus.kOptimal:
            return _Answer(None)  # no fractions fit, so no whole numbers do; or the relaxation has no bound
        if self._satisfies(point):
            return _Answer(point)
        if self._integer is None:
            self._integer = self._model(integer=True)
        self._integer.setOptionValue("time_limit", self._integer.getRunTime() + self._seconds)  # it is never set back
        status, point, bound = self._solve(self._integer, fixed, target, cost)
        if status == highspy.HighsModelStatus.kInfeasible:
            return _Answer(None)
        if status == highspy.HighsModelStatus.kTimeLimit:
            return _Answer(point if self._satisfies(point) else None, None if target is None else cost * bound)
        if status != highspy.HighsModelStatus.kOptimal or not self._satisfies(point):
            raise ArithmeticError(f"the integer program ended as {status}: its answer cannot be trusted")
        return _Answer(point)

    def _solve(self, model: Any, fixed: dict[int, int], target: int | None, cost: int) -> tuple[Any, list[int], int]:
        """Run one model with some variables fixed and leave it as it was: status, point, and bound on cost x target."""
        for i, value in fixed.items():
            model.changeColBounds(i, float(value), float(value))
        if target is not None:
            model.changeColCost(target, float(cost))
        model.run()
        status = model.getModelStatus()
        ended = status in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kTimeLimit)
        point = [round(v) for v in model.getSolution().col_value] if ended else []
        bound = model.getInfo().mip_dual_bound
        for i in fixed:
            model.changeColBounds(i, 0.0, highspy.kHighsInf)
        if target is not None:
            model.changeColCost(target, 0.0)
        return status, point, math.ceil(bound - 1e-6) if math.isfinite(bound) else 0

    def _satisfies(self, point: list[int]) -> bool:
        """Check whole numbers against every rule, in whole numbers."""
        sums = ((sum(w * point[self._index[n]] for n, w in rule.terms), rule) for rule in self._rules)
        return (
            len(point) == len(self.names)
            and min(point, default=0) >= 0
            and all(_within(found, rule) for found, rule in sums)
        )


@dataclass(frozen=True)
class _Answer:
    """A point, and a bound where time ran out before the point was known to be the best or the only."""

    point: list[int] | None
    bound: int | None = None


def _check_known(rules: tuple[Rule, ...], known: Mapping[Hashable, int]) -> bool:
    """Rules between known numbers alone have no variable left: they hold or nothing does."""
    settled = (rule for rule in rules if all(name in known for name, _ in rule.terms))
    return all(_within(sum(w * known[n] for n, w in rule.terms), rule) for rule in settled)


def _parts(rules: tuple[Rule, ...]) -> list[tuple[Rule, ...]]:
    """Cut rules into the smallest sets that share no variable."""
    place: dict[Hashable, int] = {}
    for rule in rules:
        for name, _ in rule.terms:
            place.setdefault(name, len(place))
    groups = Groups(len(place))
    for rule in rules:
        groups.join([place[name] for name, _ in rule.terms])
    found: dict[int, list[Rule]] = {}
    for rule in rules:
        found.setdefault(groups.root(place[rule.terms[0][0]]), []).append(rule)
    return [tuple(part) for part in found.values()]


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
