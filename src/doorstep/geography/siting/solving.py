"""A problem in numbers, and its answer: a choice, what it costs, and a bound that no choice can be below."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from doorstep.geography.siting import bounding, counting, covering
from doorstep.geography.siting.pairs import Beyond, Distances, Pairs, nearest_two, pairs_of, pairs_within, total
from doorstep.geography.siting.rules import Flags, Floats, Rule
from doorstep.geography.siting.searching import greedy, interchange
from doorstep.geography.siting.worst_off import Bend, Stretch, Stretches, bent, worst_mean

Aim = Literal["median", "covering", "equity"]
Certifier = Literal["prices", "HiGHS", "count"]
_COUNTED = 20_000_000  # areas x open sites x choices that are counted in a second or two
_STOP = 1e-4  # a gap that is no matter to anybody: a ten-thousandth
_MATTERS = 1e-3  # a gap that is worth a longer search
_ENOUGH = 0.0025  # a gap from which branch and bound goes on
_ROUNDS, _STEPS, _KICKS, _DRAWS = 4, 300, 3, 60
_HALVINGS, _STOP_BENT = 8, 2e-3  # the bend is bounded less finely: it takes many medians


@dataclass(frozen=True)
class Problem:
    """Areas with weights, distances to candidates, what stands already, and what may be opened.

    `weights` are 0 or more with a sum above nought; `base` is each area's distance to the nearest fixed centre,
    infinite without one. `within` is for covering; `share` is how much of the equity aim is the worst-off tenth.
    """

    distances: Distances
    weights: Floats
    base: Floats
    rule: Rule
    aim: Aim = "median"
    within: float = 0.0
    share: float = 0.5
    seed: int = 1
    seconds: float = 10.0  # the most that covering's calls of HiGHS may take
    counted: int = 5_000  # every choice is counted where there are no more than so many


@dataclass(frozen=True)
class Solved:
    """A choice, its value and the bound: no choice that keeps the rule has a lower value.

    Median: mean weighted distance. Equity: the mixture of mean and worst-off tenth. Covering: the share not covered.
    `by` says whether the bound is counted from prices (`bounding`), HiGHS's, or the best of every choice there is.
    """

    is_open: Flags
    value: float
    bound: float
    by: Certifier = "prices"

    @property
    def gap(self) -> float:
        """By what share of the bound the value could at most be lower; infinite where nothing is known."""
        if self.value <= self.bound + 1e-9 * abs(self.value):
            return 0.0
        return self.value / self.bound - 1.0 if self.bound > 0.0 else float("inf")


def solve(problem: Problem) -> Solved:
    """Choose sites and bound the choice from below.

    The same problem and seed give the same answer, unless covering runs into its limit of time.
    """
    given = replace(problem, weights=problem.weights / problem.weights.sum())
    few = counting.n_choices(given.rule)
    if few <= given.counted and few * given.rule.most * given.distances.n_areas <= _COUNTED:
        return _count(given)
    match given.aim:
        case "median":
            return _median(given)
        case "covering":
            return _covering(given)
        case "equity":
            return _equity(given)


def cost(problem: Problem, distance: Floats) -> float:
    """Return the value of the areas' distances (nought or one for covering); the weights sum to one."""
    mean = total(problem.weights, distance)
    if problem.aim != "equity":
        return mean
    worst = worst_mean(distance, problem.weights)[0]
    return (1.0 - problem.share) * mean + problem.share * worst


def _count(problem: Problem) -> Solved:
    """Count every choice."""
    covers = problem.aim == "covering"
    distances = Beyond(problem.distances, problem.within) if covers else problem.distances
    base = (problem.base > problem.within).astype(np.float64) if covers else problem.base
    far = distances.block(np.arange(distances.n_areas))
    values = ((cost(problem, np.minimum(base, far[:, at].min(axis=1))), at) for at in counting.choices(problem.rule))
    value, best = min(values, key=lambda found: found[0])
    return Solved(np.isin(np.arange(distances.n_sites), best), value, value, "count")


def _pairs(problem: Problem) -> Pairs:
    m, most = problem.distances.n_sites, problem.rule.most
    return pairs_of(problem.distances, problem.base, min(m, max(64, 6 * m // most)))


class _Search:
    """The best choice so far, of those that interchange made from several beginnings."""

    def __init__(self, pairs: Pairs, problem: Problem) -> None:
        self.pairs, self.problem, self.weights = pairs, problem, problem.weights
        self.best, self.value = np.zeros(pairs.n_sites, dtype=bool), np.inf
        self.draw = np.random.default_rng(problem.seed)

    def improve(self, begin: Flags, bend: Bend | None = None) -> None:
        """Interchange from a beginning, on distances bent where the aim has a worst-off tenth; keep the best end."""
        if bend is None and self.problem.aim == "equity":
            begins = worst_mean(nearest_two(self.pairs, begin).first, self.weights)[1]
            bend = Bend(begins, begins, self.problem.share)
        found = interchange(bent(self.pairs, bend) if bend else self.pairs, begin, self.problem.rule, self.weights)
        value = cost(self.problem, nearest_two(self.pairs, found).first)
        if value < self.value:
            self.best, self.value = found, value

    def kick(self) -> None:
        """Close a fifth of the best choice by lot (two at least), open others by lot, and improve that."""
        is_open = self.best.copy()
        opened = np.flatnonzero(is_open)
        is_open[self.draw.choice(opened, min(len(opened), max(2, len(opened) // 5)), replace=False)] = False
        while (addable := np.flatnonzero(self.problem.rule.addable(is_open))).size:
            is_open[self.draw.choice(addable)] = True
        self.improve(is_open)

    def draw_from(self, opened: Floats, enough: float) -> None:
        """Open candidates by lot as far as a relaxation opens them, and improve, until a choice costs `enough`."""
        self.improve(self.problem.rule.filled(opened))
        for _ in range(_DRAWS):
            if self.value <= enough:
                break
            lot = self.draw.random((2, len(opened)))
            self.improve(self.problem.rule.filled(opened * np.where(lot[0] < opened, lot[1], 1e-6)))


def _median(problem: Problem) -> Solved:
    pairs, rule, weights = _pairs(problem), problem.rule, problem.weights
    search = _Search(pairs, problem)
    search.improve(greedy(pairs, weights, rule))
    near = nearest_two(pairs, search.best)
    u = bounding.start(pairs, weights, near.first, near.second)
    for _ in range(_ROUNDS):
        done = bounding.climb(pairs, weights, rule, u, search.value, _STEPS, _STOP)
        u = done.multipliers
        search.improve(rule.filled(done.worth))
        if search.value - done.bound <= _STOP * abs(done.bound):
            break
        for _ in range(_KICKS if search.value - done.bound > _MATTERS * abs(done.bound) else 1):
            search.kick()
    return Solved(search.best, search.value, bounding.certified(pairs, weights, rule, u))


def _covering(problem: Problem) -> Solved:
    """Bound by the linear relaxation's multipliers, draw choices from it, and let branch and bound do the rest."""
    began = time.monotonic()
    base = (problem.base > problem.within).astype(np.float64)
    pairs = pairs_within(Beyond(problem.distances, problem.within), base)
    rule, weights = problem.rule, problem.weights * base
    search = _Search(pairs, problem)
    search.improve(greedy(pairs, weights, rule))
    easy = covering.relaxed(pairs, weights, rule, problem.seconds)
    bound = max(0.0, _covering_bound(search, easy))
    if easy is not None and search.value > bound + _STOP * (1.0 - bound):
        search.draw_from(easy.opened, bound + _ENOUGH * (1.0 - bound))
    if search.value <= bound + _STOP * (1.0 - bound):
        return Solved(search.best, search.value, bound)
    left = max(0.0, problem.seconds - (time.monotonic() - began))
    whole = covering.best_whole(pairs, weights, rule, search.best, left)
    search.improve(whole.is_open)
    by: Certifier = "HiGHS" if whole.bound > bound else "prices"
    return Solved(search.best, search.value, min(search.value, max(bound, whole.bound)), by)


def _covering_bound(search: _Search, easy: covering.Relaxed | None) -> float:
    """Return the bound of the relaxation's multipliers, or of some that steps come to where it took too long."""
    pairs, rule, weights = search.pairs, search.problem.rule, search.weights
    if easy is not None:
        return bounding.certified(pairs, weights, rule, easy.multipliers)
    near = nearest_two(pairs, search.best)
    u = bounding.start(pairs, weights, near.first, near.second)
    done = bounding.climb(pairs, weights, rule, u, search.value, _STEPS, _STOP)
    search.improve(rule.filled(done.worth))
    return bounding.certified(pairs, weights, rule, done.multipliers)


def _equity(problem: Problem) -> Solved:
    """Mix the mean and the worst-off tenth: search among medians of bent distances, and bound every bend."""
    pairs, rule, weights = _pairs(problem), problem.rule, problem.weights
    search = _Search(pairs, problem)
    search.improve(greedy(pairs, weights, rule))
    _settle(search)
    stretches = Stretches(pairs, weights, rule, problem.share)
    for stretch in stretches.begin(search.best, search.value, _STOP_BENT):
        _follow(search, stretch)
    for _ in range(_HALVINGS):
        if stretches.bound >= search.value * (1.0 - _STOP_BENT):
            break
        for stretch in stretches.halve(search.best, search.value, _STOP_BENT):
            _follow(search, stretch)
    _settle(search)
    return Solved(search.best, search.value, min(stretches.bound, search.value))


def _follow(search: _Search, stretch: Stretch) -> None:
    """Search from the candidates of most worth on a stretch that may hold the best choice."""
    if stretch.bound < search.value:
        middle = (stretch.low + stretch.high) / 2.0
        search.improve(search.problem.rule.filled(stretch.worth), Bend(middle, middle, search.problem.share))


def _settle(search: _Search) -> None:
    """Bend the distances where the best choice's worst-off tenth begins, interchange, until that helps no more."""
    before = np.inf
    while search.value < before:
        before = search.value
        begins = worst_mean(nearest_two(search.pairs, search.best).first, search.weights)[1]
        for t in (0.9 * begins, begins, 1.1 * begins):
            search.improve(search.best, Bend(t, t, search.problem.share))
