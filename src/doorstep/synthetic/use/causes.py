"""Why people are admitted: a cause for each emergency stay, and its codes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.timeline import months_of
from doorstep.synthetic.use.chances import unit
from doorstep.synthetic.use.constants import OLDEST, Singles, reasons
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.setting import Setting

CHILD, OLD = 16, 80
_PHASE = np.cos(2 * np.pi * (np.arange(12) + 0.5 - 0.5) / 12)  # 1 in January, -1 in July


@dataclass(frozen=True)
class Causes:
    """The causes of emergency admission as tables: by whole age, sex and month of the year, a column a cause."""

    names: tuple[str, ...]
    by_age: Singles
    by_sex: Singles
    by_month: Singles
    acs: Bools
    stay: Singles
    injury: Bools
    functions: tuple[str, ...]


@cache
def causes(season: bool = True) -> Causes:
    """Read the causes; `season` False evens out the months."""
    found = reasons()
    entries = found["causes"]
    ages = np.arange(OLDEST + 1)
    by_age = np.stack([np.interp(ages, found["age_knots"], e["ages"]) for e in entries.values()], axis=1)
    female = np.array([e.get("female", 1.0) for e in entries.values()])
    winter = np.array([e.get("winter", 0.0) for e in entries.values()]) * season
    return Causes(
        names=tuple(entries),
        by_age=by_age.astype(np.float32),
        by_sex=np.stack([2 / (1 + female), 2 * female / (1 + female)]).astype(np.float32),
        by_month=np.exp(np.outer(_PHASE, winter)).astype(np.float32),
        acs=np.array([e.get("acs", False) for e in entries.values()]),
        stay=np.array([e["stay"] for e in entries.values()], dtype=np.float32),
        injury=np.array([e.get("injury", False) for e in entries.values()]),
        functions=tuple(e.get("function", "300") for e in entries.values()),
    )


def draw_causes(
    lives: Lives, setting: Setting, person: Ints, day: Ints, present: Bools, rng: np.random.Generator
) -> Ints:
    """Draw the cause of each emergency admission; `present[i, c]` says which conditions the person has then."""
    table = causes(lives.parameters.has("season"))
    age = lives.ages(person, day)
    weight = table.by_age.take(age, axis=0)
    weight *= table.by_sex.take(lives.people.sex[person], axis=0)
    weight *= table.by_month.take(months_of(day) % 12, axis=0)
    weight[:, table.acs] *= _deprived(setting.fitted.acs_deprived, age, lives.people.decile[person])[:, None]
    for column, who, times, otherwise in _following(lives.health.conditions):
        has = present[:, who[0]] * times[0]
        for at, factor in zip(who[1:], times[1:], strict=True):
            has = np.maximum(has, present[:, at] * factor)
        weight[:, column] *= np.where(has > 0, has, otherwise)
    total = np.cumsum(weight, axis=1)
    u = unit(rng, len(person)) * total[:, -1] * np.float32(0.999999)
    return np.asarray((total <= u[:, None]).sum(axis=1, dtype=np.int16))


def _deprived(slopes: Floats, age: Ints, decile: Ints) -> Singles:
    """How much more often an admission of a deprived person is ambulatory-care-sensitive, by age."""
    slope = np.interp(np.arange(OLDEST + 1), (17, 47, 88), slopes).astype(np.float32)
    return np.exp(slope.take(age) * (5.5 - decile.astype(np.float32)) / 9)


@cache
def _following(conditions: tuple[str, ...]) -> list[tuple[int, list[int], list[float], float]]:
    """For each cause that follows conditions: its column, where they stand, how many times as likely, or otherwise."""
    found = []
    for column, entry in enumerate(reasons()["causes"].values()):
        pairs = [(conditions.index(c), float(k)) for c, k in entry.get("with", {}).items() if c in conditions]
        if pairs:
            at, times = zip(*pairs, strict=True)
            found.append((column, list(at), list(times), float(entry.get("without", 1.0))))
    return found


def present_at(lives: Lives, person: Ints, day: Ints) -> Bools:
    """Return who has which condition on a day: a row an event, a column a condition."""
    onset, ended = lives.health.onset.T, lives.health.ended.T
    return np.asarray(((onset.take(person, axis=1) <= day) & (ended.take(person, axis=1) > day)).T)
