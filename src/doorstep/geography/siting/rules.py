"""What may be opened: how many of each kind, or what a budget pays for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from doorstep.errors import UsageError

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
_PENNY = 1e-9  # sums of costs differ from a budget by rounding


@dataclass(frozen=True)
class Quotas:
    """Exactly so many of each group of candidates: `group` numbers each candidate's group from nought."""

    group: Ints
    quota: tuple[int, ...]

    def __post_init__(self) -> None:
        for k, wanted in enumerate(self.quota):
            there = int((self.group == k).sum())
            if not 0 <= wanted <= there:
                raise UsageError(
                    f"{wanted:,} centres are asked of {there:,} candidate sites",
                    expected="no more centres than candidates of that sort",
                    do="ask for fewer, or offer more sites",
                )
        if sum(self.quota) < 1:
            raise UsageError("no centre is asked for", expected="at least one")

    @property
    def most(self) -> int:
        """How many can be open at once."""
        return sum(self.quota)

    def relaxed(self, worth: Floats) -> tuple[float, Floats]:
        """Return the greatest total worth of a choice that keeps the rule, and that choice; worth is 0 or more."""
        chosen = np.zeros(len(worth))
        for k, wanted in enumerate(self.quota):
            members = np.flatnonzero(self.group == k)
            if wanted:
                best = np.argpartition(-worth[members], wanted - 1)[:wanted]
                chosen[members[best]] = 1.0
        return float(worth @ chosen), chosen

    def addable(self, is_open: Flags) -> Flags:
        """Return the candidates that could be opened beside those that are."""
        room = np.array([q - int(is_open[self.group == k].sum()) for k, q in enumerate(self.quota)])
        return np.asarray(~is_open & (room[self.group] > 0))

    def filled(self, worth: Floats) -> Flags:
        """Return a choice that keeps the rule: the candidates of most worth in each group."""
        is_open = np.zeros(len(worth), dtype=bool)
        for k, wanted in enumerate(self.quota):
            members = np.flatnonzero(self.group == k)
            is_open[members[np.argsort(-worth[members], kind="stable")[:wanted]]] = True
        return is_open

    def swappable(self, is_open: Flags, out: Ints) -> Flags:
        """Return, for each site of `out` (rows), which candidates may stand in its stead."""
        return np.asarray((self.group[out][:, None] == self.group[None, :]) & ~is_open)

    def price(self) -> Floats:
        """Return what each candidate takes of the rule's room: one each."""
        return np.ones(len(self.group))


@dataclass(frozen=True)
class Budget:
    """Any candidates whose costs together stay within `budget`."""

    costs: Floats
    budget: float

    def __post_init__(self) -> None:
        if not (np.isfinite(self.costs).all() and (self.costs > 0).all()):
            raise UsageError("a candidate's cost is not above nought", expected="a cost for every candidate")
        if len(self.costs) == 0 or self.costs.min() > self.budget:
            raise UsageError("the budget pays for no site", expected="a budget of at least the cheapest site's cost")

    def keeps(self, is_open: Flags) -> bool:
        """Return whether the budget pays for a choice."""
        return float(self.costs[is_open].sum()) <= self.budget + _PENNY

    @property
    def most(self) -> int:
        """How many can be open at once: the cheapest first."""
        return int((np.cumsum(np.sort(self.costs)) <= self.budget + _PENNY).sum())

    def relaxed(self, worth: Floats) -> tuple[float, Floats]:
        """Return the worth of the best choice that may open part of a site (no whole choice has more), and it."""
        order = np.argsort(-worth / self.costs, kind="stable")
        spent = np.cumsum(self.costs[order])
        part = np.clip((self.budget - (spent - self.costs[order])) / self.costs[order], 0.0, 1.0)
        chosen = np.zeros(len(worth))
        chosen[order] = part
        return float(worth @ chosen), chosen

    def addable(self, is_open: Flags) -> Flags:
        """Return the candidates that the rest of the budget pays for."""
        left = self.budget - float(self.costs[is_open].sum())
        return np.asarray(~is_open & (self.costs <= left + _PENNY))

    def filled(self, worth: Floats) -> Flags:
        """Return a choice that keeps the rule: in the order of worth for the money, each that the rest pays for."""
        is_open, left = np.zeros(len(worth), dtype=bool), self.budget + _PENNY
        for j in np.argsort(-worth / self.costs, kind="stable"):
            if self.costs[j] <= left:
                is_open[j], left = True, left - self.costs[j]
        return is_open

    def swappable(self, is_open: Flags, out: Ints) -> Flags:
        """Return, for each site of `out` (rows), which candidates its cost and the rest of the budget pay for."""
        left = self.budget - float(self.costs[is_open].sum())
        return np.asarray((self.costs[None, :] <= self.costs[out][:, None] + left + _PENNY) & ~is_open)

    def price(self) -> Floats:
        """Return what each candidate takes of the budget."""
        return self.costs


Rule = Quotas | Budget
