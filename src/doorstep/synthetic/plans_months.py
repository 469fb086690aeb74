"""Faults of a provider's whole month: late, never sent, sent again, refreshed, or counted in another way from it on."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools
from doorstep.synthetic.facts import Words
from doorstep.synthetic.rows import DUPLICATE, FAULTS, Planner
from doorstep.synthetic.scene import Planted, Scene
from doorstep.synthetic.timeline import date_of, months_of

MAIN, SAME_DAY = "01", "05"
FEWEST_MONTHS = 12  # of a window in which a month may be missing: no short one loses the month it is about
_LATE, _SILENT, _AGAIN, _SWITCHING = -1, 1, 1, 0  # which of the providers


def _of_provider(planner: Planner, which: int) -> tuple[Bools, str]:
    """Mark a provider's rows; the provider of that position among those that send."""
    provider: Words = planner.facts.columns["provider"]
    there = np.unique(provider.at)
    at = int(there[which % len(there)]) if len(there) else 0
    return np.asarray(provider.at[planner.base.fact] == at), provider.words[at]


def _month_of(scene: Scene, delivery: int) -> int:
    return int(months_of(np.array([scene.timeline.deliveries[delivery].cut]))[0])


def _mark(planner: Planner, fault: str, rows: Bools) -> None:
    planner.base.fault[rows] = FAULTS.index(fault)
    planner.free[rows] = False


def arrive_late(scene: Scene, planner: Planner) -> None:
    """Let the last provider's rows of the last month but one arrive with the last delivery."""
    if not scene.parameters.faults.provider_gap or len(scene.timeline.deliveries) < 2:
        return
    theirs, provider = _of_provider(planner, _LATE)
    closing = _month_of(scene, -2)
    gap = (months_of(planner.facts.day[planner.base.fact]) == closing) & theirs & planner.free
    planner.base.delivery[gap] = planner.base.content[gap] = planner.last
    _mark(planner, "provider_gap", gap)
    _note(scene, "provider_gap", planner, provider, closing, int(gap.sum()))


def never_arrive(scene: Scene, planner: Planner) -> None:
    """Leave out a provider's month in the middle of the window: nothing of it is ever sent."""
    first, last = (int(m) for m in months_of(np.array([scene.timeline.first, scene.timeline.last])))
    if not scene.parameters.faults.silent_month or last - first + 1 < FEWEST_MONTHS:
        return
    month = (first + last) // 2
    theirs, provider = _of_provider(planner, _SILENT)
    silent = (months_of(planner.facts.day[planner.base.fact]) == month) & theirs
    planner.leave_out(silent)
    _note(scene, "silent_month", planner, provider, month, int(silent.sum()))


def send_again(scene: Scene, planner: Planner, fault: str, *, refreshed: bool = False) -> None:
    """Send all of a provider's rows of the first delivery's last month once more with the second delivery.

    `refreshed` rows say that they are of the newer submission; nothing else in them has changed.
    """
    if not getattr(scene.parameters.faults, fault) or planner.last < 1:
        return
    month = _month_of(scene, 0)
    theirs, provider = _of_provider(planner, 0 if refreshed else _AGAIN)
    again = (months_of(planner.facts.day[planner.base.fact]) == month) & theirs & planner.free
    again &= planner.base.delivery == 0
    _mark(planner, fault, again)
    copies = planner.base.take(np.flatnonzero(again))
    copies.delivery = copies.delivery + np.int8(1)
    if refreshed:
        copies.content = copies.delivery.copy()
    planner.add(copies, DUPLICATE)
    _note(scene, fault, planner, provider, month, int(again.sum()))


def switch_to_same_day(scene: Scene, planner: Planner) -> None:
    """Count a share of a provider's attendances as same-day emergency care from two thirds of the window on."""
    first, last = (int(m) for m in months_of(np.array([scene.timeline.first, scene.timeline.last])))
    month = first + 2 * (last - first + 1) // 3
    theirs, provider = _of_provider(planner, _SWITCHING)
    kind: Words = planner.facts.columns["department_type"]
    fact = planner.base.fact
    main = kind.at[fact] == kind.words.index(MAIN)
    picked = planner.pick("same_day_switch", theirs & main & (months_of(planner.facts.day[fact]) >= month))
    at = kind.at.copy()
    at[fact[picked]] = kind.words.index(SAME_DAY)
    planner.facts.columns["department_type"] = Words(at, kind.words)
    if len(picked):
        _note(scene, "same_day_switch", planner, provider, month, len(picked))


def _note(scene: Scene, fault: str, planner: Planner, provider: str, month: int, n: int) -> None:
    day = date_of(int(np.datetime64(month, "M").astype("datetime64[D]").astype(int)))
    scene.planted.append(Planted(fault, table=planner.facts.table, provider=provider, month=day, n_rows=n))
