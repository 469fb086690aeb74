"""From a question to its answer: the chosen sites, the certified gap, and what that means for people."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from doorstep.errors import DataError
from doorstep.geography.siting.pairs import Distances, Listed, Straight, blocks
from doorstep.geography.siting.question import Question, Site
from doorstep.geography.siting.rules import Budget, Floats, Ints, Quotas, Rule
from doorstep.geography.siting.solving import Problem, Solved, solve


@dataclass(frozen=True)
class Answer:
    """The choice and its certificate; distances are of every area to each open centre (`open_sites`, fixed first)."""

    question: Question
    chosen: tuple[Site, ...]
    solved: Solved
    distances: Floats

    @property
    def open_sites(self) -> tuple[Site, ...]:
        """The fixed centres and then the chosen ones, as the columns of `distances`."""
        return (*self.question.fixed, *self.chosen)

    @property
    def gap(self) -> float:
        """Within which share of the best possible the choice is for certain; rounded up to a hundred-thousandth
        (what double precision cannot tell, a thousand-millionth, apart)."""
        solved = self.solved
        if self.question.aim != "covering":
            gap = solved.gap
        elif solved.bound >= 1.0:
            gap = 0.0  # nothing can cover anybody
        else:
            gap = max(0.0, (solved.value - solved.bound) / (1.0 - solved.bound))
        return math.ceil(round(gap * 1e5, 4)) / 1e5 if math.isfinite(gap) else gap

    @property
    def sentence(self) -> str:
        """The answer in a sentence, with the certified gap."""
        asked, solved, unit = self.question, self.solved, self.question.unit
        n = f"{len(self.chosen):,} of {len(asked.candidates):,} candidate sites"
        some = "s" if len(self.chosen) == 1 else ""
        stand = f"{len(asked.fixed):,} that {'stands' if len(asked.fixed) == 1 else 'stand'}"
        beside = f", beside {stand}," if asked.fixed else ""
        close = f"within {self.gap:.3%} of the best possible" if math.isfinite(self.gap) else "without a bound"
        close += {"HiGHS": ", as HiGHS proved", "count": ": every choice was counted"}.get(solved.by, "")
        if asked.aim == "covering":
            most = math.ceil(round((1 - solved.bound) * 1e4, 4)) / 1e4
            return (
                f"{n}{beside} bring{some} {1 - solved.value:.2%} of weighted people within {asked.within:g} {unit}; "
                f"no such choice can bring more than {most:.2%}: {close}."
            )
        what = (
            "a mean weighted distance"
            if asked.aim == "median"
            else f"{1 - asked.share:g} x the mean and {asked.share:g} x the worst-off tenth's mean distance"
        )
        return (
            f"{n}{beside} give{some} {what} of {solved.value:.3f} {unit}; no such choice can be below "
            f"{math.floor(round(solved.bound * 1e3, 4)) / 1e3:.3f} {unit}: {close}."
        )


def answer(question: Question, seed: int = 1, *, seconds: float = 10.0) -> Answer:
    """Choose the sites; the same question and seed give the same answer (covering: unless its time runs out).

    `seconds` is the most that covering may take to prove its choice the best; what it has by then is the answer.

    Raises DataError where a matrix leaves out pairs that the aim needs.
    """
    candidates, fixed = _distances(question)
    base = nearest_of(fixed)
    if question.aim != "covering":
        _whole(question)
    problem = Problem(
        candidates, question.demand.weight, base, _rule(question), question.aim,
        within=question.within or 0.0, share=question.share, seed=seed, seconds=seconds,
    )  # fmt: skip
    solved = solve(problem)
    at = np.flatnonzero(solved.is_open)
    every = np.arange(len(question.demand.codes))
    distances = np.column_stack([fixed.block(every), candidates.block(every, at)])
    return Answer(question, tuple(question.candidates[j] for j in at), solved, distances)


def nearest_of(distances: Distances) -> Floats:
    """Return each area's distance to the nearest site of all; infinite where there is none."""
    if distances.n_sites == 0:
        return np.full(distances.n_areas, np.inf)
    return np.concatenate([distances.block(areas).min(axis=1) for areas in blocks(distances.n_areas)])


def _distances(question: Question) -> tuple[Distances, Distances]:
    """Return the distances to the candidates, and to the fixed centres."""
    if question.matrix is not None:
        m = len(question.candidates)
        return Listed(question.matrix.values[:, :m]), Listed(question.matrix.values[:, m:])
    points, factor = question.demand.points, question.road_factor
    return Straight(points, _spots(question.candidates), factor), Straight(points, _spots(question.fixed), factor)


def _spots(sites: tuple[Site, ...]) -> Floats:
    return np.array([s.spot for s in sites], dtype=np.float64).reshape(-1, 2)


def _whole(question: Question) -> None:
    if question.matrix is None:
        return
    missing = np.argwhere(~np.isfinite(question.matrix.values))
    if len(missing):
        area = question.demand.codes[int(missing[0, 0])]
        site = (*question.candidates, *question.fixed)[int(missing[0, 1])].id
        raise DataError(
            f"{len(missing):,} pairs of area and site are missing, first {area} to {site}",
            expected="a line for every area and site: a mean needs them all",
            where="--matrix",
            do="make the matrix without a limit of time, or ask for covering, where a missing pair is out of reach",
        )


def _rule(question: Question) -> Rule:
    m = len(question.candidates)
    if question.budget is not None:
        return Budget(np.array([s.cost for s in question.candidates], dtype=np.float64), question.budget)
    if question.n is not None:
        return Quotas(np.zeros(m, dtype=np.intp), (question.n,))
    group: Ints = np.array([s.how == "repurposed" for s in question.candidates]).astype(np.intp)
    return Quotas(group, (question.new or 0, question.repurposed or 0))
