"""Difference in differences where units begin at different times (Callaway and Sant'Anna)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from doorstep.errors import UsageError
from doorstep.statistics.impact.aggregation import KINDS, Aggregate, Kind, clustered_error, combine
from doorstep.statistics.impact.effects import quantile
from doorstep.statistics.impact.faults import CollinearError, NoOverlapError, OneGroupError, SeparationError
from doorstep.statistics.impact.inputs import Covariates
from doorstep.statistics.impact.panel import Panel, panel
from doorstep.statistics.impact.scores import METHODS
from doorstep.statistics.results import Bools, Estimate, Floats, Ints, Numbers

Control = Literal["never", "not yet"]
MethodName = Literal["dr", "ipw", "reg"]
COMPARISONS = {
    "never": "the change of units that never began",
    "not yet": "the change of units that had not yet begun",
}


@dataclass(frozen=True)
class Staggered:
    """Effects by `group` (the period a unit began) and `period`; all arrays have one entry per cell.

    Before the start a cell compares a period with the one before it (a look at whether the groups moved together
    already), from the start on with the last period before the start. `estimate` has pointwise intervals.
    `not_estimable` names cells left out, and why. `influence` is units by cells.
    """

    group: Floats
    period: Floats
    estimate: Estimate
    standard_error: Floats
    n_treated: Ints
    n_comparison: Ints
    comparison: str
    not_estimable: tuple[str, ...]
    notes: tuple[str, ...]
    confidence: float
    influence: Floats = field(repr=False)
    panel: Panel = field(repr=False)

    def aggregate(self, kind: Kind) -> Aggregate:
        """Return one overall effect, and one per level: event time, group or calendar period.

        `simple` weighs all cells from the start on by group size; `group` averages over a group's periods, then
        over groups by size; `dynamic` averages groups by size at each time since the start, then over times of 0
        and later; `calendar` averages groups by size in each period, then over periods.
        Errors: UsageError, NoOverlapError (no cell from the start on).
        """
        if kind not in KINDS:
            raise UsageError(f"the aggregation is {kind!r}", expected=f"one of {', '.join(KINDS)}")
        return combine(
            kind,
            self.group,
            self.period,
            self.estimate.value,
            self.influence,
            self.panel,
            comparison=self.comparison,
            confidence=self.confidence,
            notes=self.notes,
        )


def staggered_effects(
    outcome: Numbers,
    unit: Numbers,
    period: Numbers,
    first_treated: Numbers,
    *,
    covariates: Covariates | None = None,
    weights: Numbers | None = None,
    clusters: Numbers | None = None,
    control: Control = "not yet",
    method: MethodName = "dr",
    confidence: float = 0.95,
) -> Staggered:
    """Return the effect on each group in each period, compared with units that have not begun.

    One row per unit (practice) and period; `first_treated` is the period in which the unit began, 0 for never (a start
    after the last period is never too; units that began by the first are left out and counted).
    `covariates` are those of the earlier of the two periods compared; `weights` (list size) and `clusters` (default
    the unit) are the same in all rows of a unit. `control` is who stands for no service: units that never begin, or
    that have not begun by the period. `method` is dr (doubly robust), ipw or reg, see `scores`. Standard errors are
    analytic, by influence functions summed within clusters. A cell that cannot be estimated is named, not guessed.
    Errors: NotAPanelError, OneGroupError, NoOverlapError (no cell can be estimated), ShapeError, UsageError.
    Source: Callaway and Sant'Anna, Journal of Econometrics 2021;225:200-230.
    """
    if control not in COMPARISONS or method not in METHODS:
        raise UsageError(f"control is {control!r} and method {method!r}", expected="never or not yet; dr, ipw or reg")
    found = panel(outcome, unit, period, first_treated, covariates or {}, weights, clusters)
    if control == "never" and np.isfinite(found.first).all():
        raise OneGroupError("every unit begins in the end", expected="units that never begin", do="use 'not yet'")
    cells, missed = _cells(found, control, method)
    if not cells:
        raise NoOverlapError(f"no cell can be estimated: {missed[0]}", do="use fewer covariates, or larger groups")
    return _gather(found, cells, missed, COMPARISONS[control], confidence)


@dataclass(frozen=True)
class _Cell:
    group: float
    period: float
    value: float
    influence: Floats
    n_treated: int
    n_comparison: int


def _cells(found: Panel, control: str, method: str) -> tuple[list[_Cell], list[str]]:
    cells, missed = [], []
    for group, base, now in _pairs(found):
        treated = found.first == group
        free = np.isinf(found.first) if control == "never" else (found.first > found.periods[now]) & ~treated
        try:
            cells.append(_cell(found, treated, free, base, now, method))
        except (CollinearError, NoOverlapError, SeparationError) as error:
            missed.append(f"group {group:g} in period {found.periods[now]:g}: {error.seen}")
    return cells, missed


def _pairs(found: Panel) -> Iterator[tuple[float, int, int]]:
    """Yield group, base period and period (as positions) of each cell."""
    for group in found.groups:
        last_before = int(np.searchsorted(found.periods, group)) - 1
        for now in range(1, len(found.periods)):
            yield float(group), min(now - 1, last_before), now


def _cell(found: Panel, treated: Bools, free: Bools, base: int, now: int, method: str) -> _Cell:
    used = treated | free
    if not free.any():
        raise NoOverlapError("no unit is left to compare with")
    dy = found.y[used, now] - found.y[used, base]
    value, influence = METHODS[method](dy, treated[used], found.x[used, base], found.terms, found.weight[used])
    everyone = np.zeros(len(used))
    everyone[used] = influence * len(used) / used.sum()
    group, period = float(found.first[treated][0]), float(found.periods[now])
    return _Cell(group, period, value, everyone, int(treated.sum()), int(free.sum()))


def _gather(found: Panel, cells: list[_Cell], missed: list[str], comparison: str, confidence: float) -> Staggered:
    value = np.array([cell.value for cell in cells])
    influence = np.column_stack([cell.influence for cell in cells])
    error = clustered_error(influence, found.cluster)
    half = quantile(confidence) * error
    return Staggered(
        np.array([cell.group for cell in cells]),
        np.array([cell.period for cell in cells]),
        Estimate(value, value - half, value + half),
        error,
        np.array([cell.n_treated for cell in cells]),
        np.array([cell.n_comparison for cell in cells]),
        comparison,
        tuple(missed),
        _notes(found, cells, missed),
        confidence,
        influence,
        found,
    )


def _notes(found: Panel, cells: list[_Cell], missed: list[str]) -> tuple[str, ...]:
    small = sorted({cell.group for cell in cells if cell.n_treated < 5})
    notes = [f"Group {group:g} has fewer than 5 units: its interval says little." for group in small]
    if found.n_always_treated:
        notes.append(f"{found.n_always_treated} unit(s) began by the first period and are left out.")
    if missed:
        notes.append(f"{len(missed)} cell(s) of group and period could not be estimated and are left out.")
    return tuple(notes)
