"""Social care: packages at home and in care homes. No extract carries it; it goes to the truth."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.use.chances import unit
from doorstep.synthetic.use.constants import assumed
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.stays import EMERGENCY, Stays

PACKAGES = ("home care", "short-term support", "care home")
_HOME, _SHORT, _RESIDENTIAL = range(3)
_MONTH = 30.44


def make_social_care(lives: Lives, stays: Stays, rng: np.random.Generator) -> Facts:
    """Draw packages of care: `day` is the first day, `ended` the last (NEVER while it goes on), `kind` a package."""
    parts = [_at_home(lives, rng), _short(lives, stays, rng), _residential(lives)]
    person, day, ended = (np.concatenate([p[i] for p in parts]) for i in range(3))
    kind = np.repeat((_HOME, _SHORT, _RESIDENTIAL), [len(p[0]) for p in parts])
    stop = lives.stop[person]
    ended = np.where(ended > stop, np.where(stop < lives.timeline.last, stop, NEVER), ended)
    kept = (day <= stop) & (ended >= lives.start[person])
    columns = {"ended": ended[kept].astype(np.int32), "kind": Words(kind[kept].astype(np.int16), PACKAGES)}
    return Facts("social_care", person[kept].astype(np.int32), day[kept].astype(np.int32), columns)


def _older(lives: Lives) -> Bools:
    return np.asarray((lives.age >= 65) & ~lives.care_home)


def _at_home(lives: Lives, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Long-term packages under way at some time of the window, by frailty at its beginning."""
    given, timeline = assumed()["social_care"], lives.timeline
    days = timeline.last - timeline.first + 1
    length = given["months"] * _MONTH
    chance = np.asarray(given["long_term_at_home"]).take(lives.frailty[0]) * (1 + days / length) * _older(lives)
    who = np.flatnonzero(unit(rng, lives.n) < chance)
    start = timeline.first - length + (days + length) * unit(rng, len(who))
    start = np.maximum(start, lives.people.registered_from[who]).astype(np.int64)
    return who, start, start + np.ceil(rng.exponential(length, len(who))).astype(np.int64)


def _short(lives: Lives, stays: Stays, rng: np.random.Generator) -> tuple[Ints, Ints, Ints]:
    """Six weeks or so after some emergency stays of three nights or more."""
    rows = np.flatnonzero(
        (stays.kind == EMERGENCY)
        & ~stays.last
        & (stays.discharged - stays.admitted >= 3)
        & _older(lives)[stays.person]
        & (stays.discharged <= lives.stop[stays.person])
    )
    chance = np.asarray(assumed()["social_care"]["after_discharge"]).take(lives.frailty[-1, stays.person[rows]])
    rows = rows[unit(rng, len(rows)) < chance]
    return stays.person[rows], stays.discharged[rows], stays.discharged[rows] + rng.integers(14, 70, len(rows))


def _residential(lives: Lives) -> tuple[Ints, Ints, Ints]:
    """Everyone in a care home, from the day they moved in."""
    who = np.flatnonzero(lives.care_home)
    return who, lives.people.care_home_from[who], np.full(len(who), NEVER)
