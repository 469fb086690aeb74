"""What an answer means: distance and coverage by deprivation and council, before and after, and site by site.

People are counted each as one here, whatever weight the aim gave them. Before is with the fixed centres only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from doorstep.geography.siting.answering import Answer
from doorstep.geography.siting.question import Site
from doorstep.geography.siting.rules import Flags, Floats
from doorstep.geography.siting.worst_off import worst_mean

COVERED_KM = 5.0  # shown beside the mean where the question names no distance


@dataclass(frozen=True)
class Group:
    """Some people's distance to the nearest centre and the share within reach; None before where nothing stood."""

    name: str
    people: int
    mean_before: float | None
    mean: float
    within_before: float
    within: float


@dataclass(frozen=True)
class SiteEffect:
    """One open centre: the people who have it nearest, and what its closing would add to their mean distance.

    None added where no other centre would be left.
    """

    site: Site
    is_fixed: bool
    council: str
    people_nearest: int
    mean: float | None
    closing_adds: float | None


def reach_of(found: Answer) -> float:
    """Return the distance that coverage is shown for."""
    return COVERED_KM if found.question.within is None else found.question.within


def by_quintile(found: Answer) -> list[Group]:
    """Return everyone, each national deprivation quintile (1 most deprived), and the worst-off tenth."""
    quintile = found.question.demand.quintile
    names = {k: f"quintile {k}" + {1: ", most deprived", 5: ", least deprived"}.get(k, "") for k in range(1, 6)}
    everyone = [("everyone", np.ones(len(quintile), dtype=bool))]
    return [*_groups(found, [*everyone, *((names[k], quintile == k) for k in names)]), *_worst(found)]


def by_council(found: Answer) -> list[Group]:
    """Return each council, by name."""
    council = np.array(found.question.demand.council)
    return _groups(found, [(str(name), council == name) for name in np.unique(council)])


def _groups(found: Answer, groups: list[tuple[str, Flags]]) -> list[Group]:
    measure = _measure(found)
    return [measure(name, members) for name, members in groups if found.question.demand.people[members].sum() > 0]


def _before_after(found: Answer) -> tuple[Floats, Floats]:
    n_fixed = len(found.question.fixed)
    before = found.distances[:, :n_fixed].min(axis=1, initial=np.inf)
    return before, found.distances.min(axis=1)


def _measure(found: Answer) -> Callable[[str, Flags], Group]:
    people, reach = found.question.demand.people, reach_of(found)
    before, after = _before_after(found)

    def measure(name: str, members: Flags) -> Group:
        some = people[members]

        def mean(values: Floats) -> float:
            return float(np.average(values[members], weights=some))

        was = mean(before)
        return Group(
            name, round(float(some.sum())), was if math.isfinite(was) else None, mean(after),
            mean((before <= reach).astype(np.float64)), mean((after <= reach).astype(np.float64)),
        )  # fmt: skip

    return measure


def _worst(found: Answer) -> Iterator[Group]:
    """Yield the tenth of people with furthest to go: before and after they need not be the same people."""
    people, reach = found.question.demand.people, reach_of(found)
    weights = people / people.sum()
    before, after = _before_after(found)
    was = worst_mean(before, weights)[0] if np.isfinite(before).all() else None

    def covered(values: Floats) -> float:
        return max(0.0, 1.0 - float(weights @ (values > reach)) / 0.1)

    name = "tenth with furthest to go"
    yield Group(name, round(people.sum() / 10), was, worst_mean(after, weights)[0], covered(before), covered(after))


def by_site(found: Answer) -> list[SiteEffect]:
    """Return every open centre, fixed ones first."""
    demand, distances = found.question.demand, found.distances
    nearest = distances.argmin(axis=1)
    first = distances.min(axis=1)
    rest = distances.copy()
    rest[np.arange(len(rest)), nearest] = np.inf
    second = rest.min(axis=1)
    councils = dict(zip(demand.codes, demand.council, strict=True))
    return [
        SiteEffect(
            site, k < len(found.question.fixed), councils.get(site.lsoa21, ""),
            round(float(demand.people[nearest == k].sum())), _mean(first, demand.people, nearest == k),
            _mean(second - first, demand.people, nearest == k),
        )
        for k, site in enumerate(found.open_sites)
    ]  # fmt: skip


def _mean(values: Floats, people: Floats, members: Flags) -> float | None:
    if people[members].sum() == 0 or not np.isfinite(values[members]).all():
        return None
    return float(np.average(values[members], weights=people[members]))
