"""Effects by group and period put together: overall, by group, by time since the start, by calendar period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from doorstep.statistics.impact.effects import Effect, cluster_notes, effect, quantile
from doorstep.statistics.impact.faults import NoOverlapError
from doorstep.statistics.impact.panel import Panel
from doorstep.statistics.results import Bools, Estimate, Floats, Ints

Kind = Literal["simple", "group", "dynamic", "calendar"]
KINDS: tuple[Kind, ...] = ("simple", "group", "dynamic", "calendar")
ASSUMPTIONS = (
    "Without the service, units that began and those they are compared with (alike in the covariates) would have"
    " changed by the same amount.",
    "Units did not change in expectation of their start, and those that began did not affect the others.",
)


@dataclass(frozen=True)
class Aggregate:
    """`overall` is one effect; `levels` (m) with `estimate` and `standard_error` are its parts, pointwise.

    Levels are groups, periods, or periods since the start (0 the first with the service, below 0 before it);
    `simple` has none.
    """

    kind: Kind
    overall: Effect
    levels: Floats
    estimate: Estimate
    standard_error: Floats


@dataclass(frozen=True)
class _Sum:
    """A weighted sum of cells and its influence function (units)."""

    value: float
    influence: Floats


def combine(
    kind: Kind,
    group: Floats,
    period: Floats,
    values: Floats,
    influence: Floats,
    found: Panel,
    *,
    comparison: str,
    confidence: float,
    notes: tuple[str, ...],
) -> Aggregate:
    """Return the aggregate of cells (`values`, units by cells `influence`) of a kind."""
    cells = _Cells(group, period, values, influence, found)
    by_level = _level_labels(kind, group, period, found.periods)
    after = period >= group
    if not after.any():
        raise NoOverlapError("no cell from the start on could be estimated", do="see what `not_estimable` says")
    wanted = after if kind != "dynamic" else np.ones(len(group), bool)
    levels = np.unique(by_level[wanted]) if kind != "simple" else np.empty(0)
    parts = [cells.average(wanted & (by_level == level), sized=kind != "group") for level in levels]
    overall = _overall(kind, cells, after, levels, parts)
    value = np.array([part.value for part in parts])
    error = clustered_error(np.column_stack([part.influence for part in parts]), found.cluster) if parts else value
    half = quantile(confidence) * error
    one_error = float(clustered_error(overall.influence[:, None], found.cluster)[0])
    clusters = len(np.unique(found.cluster))
    total = effect(
        "difference",
        overall.value,
        one_error,
        confidence=confidence,
        comparison=comparison,
        assumptions=ASSUMPTIONS,
        notes=(*notes, *cluster_notes(clusters)),
    )
    return Aggregate(kind, total, levels, Estimate(value, value - half, value + half), error)


def clustered_error(influence: Floats, cluster: Ints) -> Floats:
    """Return sqrt(sum over clusters of (sum of psi within)^2) / n for each column of psi (n units by columns)."""
    sums = np.column_stack([np.bincount(cluster, column) for column in influence.T])
    return np.asarray(np.sqrt((sums**2).sum(axis=0)) / len(cluster))


class _Cells:
    """Cells with the share of units in each cell's group."""

    def __init__(self, group: Floats, period: Floats, values: Floats, influence: Floats, found: Panel) -> None:
        self.group, self.values, self.influence = group, values, influence
        self.member = found.weight[:, None] * (found.first[:, None] == group[None, :])
        self.share = self.member.mean(axis=0)

    def average(self, picked: Bools, *, sized: bool) -> _Sum:
        """Return the mean of the picked cells, by group size or (within one group) plain."""
        if not sized:
            return _Sum(float(self.values[picked].mean()), self.influence[:, picked].mean(axis=1))
        return self.by_size(self.values[picked], self.influence[:, picked], np.flatnonzero(picked))

    def by_size(self, values: Floats, influence: Floats, at: Ints) -> _Sum:
        """Return the mean by group size of sums whose groups are those of the cells `at`.

        The sizes are estimates too: with shares s and weights s / sum(s), the influence gains
        sum over cells of value * ((member - s) / sum(s) - s * sum(member - s) / sum(s)^2).
        """
        share, total = self.share[at], self.share[at].sum()
        weight = share / total
        surprise = self.member[:, at] - share
        of_weights = surprise / total - np.outer(surprise.sum(axis=1), weight) / total
        return _Sum(float(weight @ values), influence @ weight + of_weights @ values)


def _overall(kind: Kind, cells: _Cells, after: Bools, levels: Floats, parts: list[_Sum]) -> _Sum:
    if kind == "simple":
        return cells.average(after, sized=True)
    kept = [part for level, part in zip(levels, parts, strict=True) if kind != "dynamic" or level >= 0]
    value, influence = np.array([part.value for part in kept]), np.column_stack([part.influence for part in kept])
    if kind == "group":
        return cells.by_size(value, influence, np.array([int(np.argmax(cells.group == level)) for level in levels]))
    return _Sum(float(value.mean()), influence.mean(axis=1))


def _level_labels(kind: Kind, group: Floats, period: Floats, periods: Floats) -> Floats:
    if kind == "dynamic":
        return period - group
    return group if kind == "group" else period
