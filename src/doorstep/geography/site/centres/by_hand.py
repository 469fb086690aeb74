"""Centres placed by hand: what they mean for people, and how far they are from the best choice found.

The browser counts the same (where/centres_sums.js) as soon as a centre is placed; a test holds the two together.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from doorstep.geography.site.centres.asking import Asked
from doorstep.geography.site.centres.sites import site_of
from doorstep.geography.siting import Answer, Question, Site
from doorstep.geography.siting.pairs import Straight
from doorstep.geography.siting.rules import Floats
from doorstep.geography.siting.worst_off import worst_mean


@dataclass(frozen=True)
class Placed:
    """Sites placed by hand beside the fixed centres of a question, and what the question's aim says of them."""

    sites: tuple[Site, ...]
    counted: Answer
    best: Answer

    @property
    def comparison(self) -> str:
        """How far these are from the best found, in a sentence."""
        mine, best, asked = self.counted.solved.value, self.best.solved.value, self.best.question
        if asked.aim == "covering":
            return (
                f"Yours bring {1 - mine:.2%} of weighted people within {asked.within:g} km; the best found brings "
                f"{1 - best:.2%}: yours brings {_points(mine - best)}."
            )
        what = "a mean weighted distance" if asked.aim == "median" else "a mixture of mean and worst-off tenth"
        return f"Yours give {what} of {mine:.3f} km; the best found has {best:.3f} km: yours is {_further(mine, best)}."

    @property
    def cautions(self) -> tuple[str, ...]:
        """What makes the comparison unlike for like: other numbers of centres, and spots that were no candidates."""
        n, m = len(self.sites), len(self.best.chosen)
        known = {site.spot for site in self.best.question.candidates}
        others = sum(site.spot not in known for site in self.sites)
        told = []
        if n != m:
            told.append(f"You placed {n} and the best found has {m}: with other numbers it is no fair race.")
        if others:
            told.append(
                f"{others} of yours were not among the candidate sites, so yours may be nearer than the best of those."
            )
        return tuple(told)


def _further(mine: float, best: float) -> str:
    if best <= 0:
        return "further" if mine > 0 else "as near"
    change = mine / best - 1
    return "as near" if abs(change) < 5e-5 else f"{abs(change):.2%} {'further' if change > 0 else 'nearer'}"


def _points(less: float) -> str:
    if abs(less) < 5e-5:
        return "as many"
    return f"{100 * abs(less):.2f} percentage points {'fewer' if less > 0 else 'more'}"


def placed(asked: Asked, picks: tuple[str, ...], best: Answer) -> Placed:
    """Count what centres placed by hand mean, beside the fixed ones; UsageError for a reference that names nothing."""
    sites = tuple(site_of(asked.where, ref) for ref in picks)
    sites = tuple(site for site in sites if site.spot not in {s.spot for s in best.question.fixed})
    return Placed(sites, counted(best.question, sites, best), best)


def counted(question: Question, sites: tuple[Site, ...], best: Answer) -> Answer:
    """Return the sites as an answer to the question, so that everything that tells of an answer tells of them."""
    spots = np.array([site.spot for site in (*question.fixed, *sites)], dtype=np.float64).reshape(-1, 2)
    demand = question.demand
    distances = Straight(demand.points, spots, question.road_factor).block(np.arange(len(demand.codes)))
    return Answer(question, sites, replace(best.solved, value=value_of(question, distances)), distances)


def value_of(question: Question, distances: Floats) -> float:
    """Return what the aim says of distances to the open centres, as `Solved.value` has it; infinite without any."""
    if distances.shape[1] == 0:
        return float("inf")
    weights = question.demand.weight / question.demand.weight.sum()
    nearest = distances.min(axis=1)
    if question.aim == "covering":
        return float(weights @ (nearest > (question.within or 0.0)))
    mean = float(weights @ nearest)
    if question.aim == "median":
        return mean
    return (1.0 - question.share) * mean + question.share * worst_mean(nearest, weights)[0]
