"""What a programme does to each person's emergency stays, with and without it, so that an estimate can be checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.use import Lives, thin
from doorstep.synthetic.use.spells import is_emergency
from doorstep.synthetic.worlds.selection import Selection

MEASURES = ("emergency_admissions", "emergency_bed_days", "bed_days")
YEAR_BEFORE = 365


@dataclass(frozen=True)
class _Stretch:
    """Days from `start` up to, not with, `stop`, of each person."""

    start: Ints
    stop: Ints


def effects(lives: Lives, spells: Facts, kept: Bools, chosen: Selection, share: Floats, more: dict[str, Any]) -> Facts:
    """Return one fact a person: chance, start, and care before and after the day of being looked at.

    `spells` are those there would be without the programme, `kept` marks those that happen with it, `share` is each
    person's share of stays prevented. Bed days are nights in the window. `expected` columns are the mean over all
    programmes with that share, given the stays that would have been: without, less `share` of those at risk.
    """
    looked, end = chosen.looked, np.minimum(lives.stop, lives.timeline.last) + 1
    here = looked < NEVER
    before = _Stretch(np.maximum(looked - YEAR_BEFORE, lives.start), np.where(here, looked, 0))
    after = _Stretch(looked, np.where(here, end, 0))
    all_kept = np.ones(spells.n, bool)
    at_risk = ~thin(spells, chosen.start, 1.0, np.random.default_rng(0))  # with a share of 1 nothing is left to chance
    columns: dict[str, Any] = {
        "wave": chosen.wave,
        "chance": chosen.chance.astype(np.float32),
        "served": chosen.served,
        "stays_prevented": np.where(chosen.served, share, 0).astype(np.float32),
        "days_before": np.maximum(before.stop - before.start, 0).astype(np.int32),
        "days_after": np.maximum(after.stop - after.start, 0).astype(np.int32),
        **more,
    }
    for name in MEASURES:
        without = _measured(name, spells, all_kept, after, lives.n)
        columns[f"{name}_before"] = _measured(name, spells, all_kept, before, lives.n)
        columns[f"{name}_without"] = without
        columns[f"{name}_with"] = _measured(name, spells, kept, after, lives.n)
        risk = _measured(name, spells, at_risk, after, lives.n)
        columns[f"{name}_expected"] = (without - np.where(chosen.served, share, 0) * risk).astype(np.float32)
    return Facts("effects", np.arange(lives.n, dtype=np.int32), looked.astype(np.int32), columns)


def _measured(name: str, spells: Facts, some: Bools, stretch: _Stretch, n: int) -> Ints:
    """Sum a measure over some spells of each person within a stretch of days."""
    rows = np.flatnonzero(some & (is_emergency(spells) | (name == "bed_days")))
    person, admitted = spells.person[rows], spells.columns["admitted"][rows]
    begin, stop = stretch.start[person], stretch.stop[person]
    if name == "emergency_admissions":
        weight = (admitted >= begin) & (admitted < stop)
    else:
        weight = np.maximum(np.minimum(spells.day[rows], stop) - np.maximum(admitted, begin), 0)
    return np.bincount(person, weight, n).astype(np.int32)
