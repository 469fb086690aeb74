"""A balanced panel: units by periods, and when each unit began."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doorstep.statistics.impact.faults import NotAPanelError, OneGroupError
from doorstep.statistics.impact.inputs import Covariates, distinct, labels, matrix, one_column, weights_of
from doorstep.statistics.results import Floats, Ints, Numbers


@dataclass(frozen=True)
class Panel:
    """`y` is units by periods, `x` units by periods by terms (the first is the intercept), others one per unit.

    `first` is the period in which a unit began, infinite for those that never did within the panel.
    """

    periods: Floats
    y: Floats
    x: Floats
    terms: tuple[str, ...]
    first: Floats
    weight: Floats
    cluster: Ints
    n_always_treated: int

    @property
    def groups(self) -> Floats:
        """The starts that units have, in order."""
        return np.unique(self.first[np.isfinite(self.first)])


def panel(
    outcome: Numbers,
    unit: Numbers,
    period: Numbers,
    first_treated: Numbers,
    covariates: Covariates,
    weights: Numbers | None,
    clusters: Numbers | None,
) -> Panel:
    """Turn rows of unit and period into a panel; rows may come in any order.

    Units that began in the first period or before are left out (they have no time before) and counted. NotAPanelError
    where a unit lacks a period, has one twice, or changes its start, weight or cluster; OneGroupError.
    """
    y = one_column("outcome", outcome)
    n = len(y)
    (units, who), when = distinct("unit", unit, n), one_column("period", period, n)
    periods, at = np.unique(when, return_inverse=True)
    order = _balanced(units, who, at, len(periods))
    shape = (-1, len(periods))
    names, columns = matrix(covariates, n)
    first = _constant("first_treated", units, one_column("first_treated", first_treated, n)[order].reshape(shape))
    weight = _constant("weights", units, weights_of(weights, n)[order].reshape(shape))
    cluster = who if clusters is None else labels("clusters", clusters, n)
    cluster = _constant("clusters", units, cluster[order].reshape(shape).astype(np.float64)).astype(np.int64)
    x = np.concatenate([np.ones((n, 1)), columns], axis=1)[order].reshape(*shape, len(names) + 1)
    starts = np.where((first == 0) | (first > periods[-1]), np.inf, first)
    kept = (starts > periods[0]) & (weight > 0)
    _check_groups(starts[kept])
    return Panel(
        periods,
        y[order].reshape(shape)[kept],
        x[kept],
        ("(Intercept)", *names),
        starts[kept],
        weight[kept] / weight[kept].mean(),
        cluster[kept],
        int((starts <= periods[0]).sum()),
    )


def _balanced(units: tuple[str, ...], who: Ints, at: Ints, n_periods: int) -> Ints:
    """Return the order of rows by unit and period, once every unit has every period once."""
    if not units:
        raise NotAPanelError("there are no rows", expected="one row for each unit and period")
    seen = np.bincount(who * n_periods + at, minlength=len(units) * n_periods)
    if (seen != 1).any():
        wrong = int(np.argmax(seen != 1))
        raise NotAPanelError(
            f"unit {units[wrong // n_periods]} has {seen[wrong]} rows of one period",
            expected=f"one row for each unit and each of {n_periods} periods",
            do="leave out units that were not there throughout, or add their missing rows",
        )
    return np.asarray(np.lexsort((at, who)))


def _constant(name: str, units: tuple[str, ...], wide: Floats) -> Floats:
    changes = (wide != wide[:, :1]).any(axis=1)
    if changes.any():
        raise NotAPanelError(
            f"{name} changes within unit {units[int(np.argmax(changes))]}",
            expected="the same value in all rows of a unit",
        )
    return wide[:, 0]


def _check_groups(starts: Floats) -> None:
    if not np.isfinite(starts).any():
        raise OneGroupError(
            "no unit began after the first period and by the last", expected="units that begin within the panel"
        )
    if len(np.unique(starts)) == 1:
        raise OneGroupError(
            "all units began in the same period",
            expected="units that never began, or began at other times",
            do="add units without the service: a change before and after is no comparison",
        )
