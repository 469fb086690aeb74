"""Hospital spells as facts, and leaving some of them out for a world in which a programme prevents them."""

from __future__ import annotations

from functools import cache

import numpy as np

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.use.chances import look_up, raw, unit
from doorstep.synthetic.use.coding import book, write_down
from doorstep.synthetic.use.constants import assumed
from doorstep.synthetic.use.lives import Lives
from doorstep.synthetic.use.setting import Setting
from doorstep.synthetic.use.stays import KINDS, Stays

THROUGH_DEPARTMENT = "21"
_OTHER_METHODS = {
    "ordinary": {"11": 0.5, "12": 0.25, "13": 0.2, "81": 0.05},
    "day_case": {"11": 0.45, "12": 0.3, "13": 0.25},
    "maternity": {"31": 0.93, "32": 0.07},
    "regular": {"13": 1.0},
    "birth": {"82": 0.97, "83": 0.03},
    "antenatal": {"31": 1.0},
}
_CLASSIFICATION = ("1", "1", "2", "1", "3", "1", "1")
DISCHARGES = ("1", "2", "3", "4")
_HOME, _SELF, _DIED = 0, 1, 3


@cache
def _methods() -> tuple[tuple[str, ...], Ints]:
    """Return the methods' words, and look-up tables by kind."""
    shares = [assumed()["emergency_admission"]["methods"], *(_OTHER_METHODS[kind] for kind in KINDS[1:])]
    words = tuple(sorted({word for of_kind in shares for word in of_kind}))
    rows = [np.array([words.index(w) for w in s]).take(look_up(list(s.values()))) for s in shares]
    return words, np.stack(rows).astype(np.int16)


def make_spells(lives: Lives, setting: Setting, stays: Stays, rng: np.random.Generator) -> Facts:
    """Turn stays into spells with methods, functions by episode, diagnoses and procedures.

    Those still open when the window ends are kept with their later discharge; `day` is the discharge.
    """
    words, table = _methods()
    written = write_down(lives, setting, stays, rng)
    ending = np.where(unit(rng, stays.n) < 0.025, _SELF, _HOME)
    functions = book(lives.health.conditions).functions
    columns = {
        "provider": stays.provider,
        "admitted": stays.admitted,
        "admission_method": Words(table[stays.kind, raw(rng, stays.n)], words),
        "discharge_method": Words(np.where(stays.last, _DIED, ending).astype(np.int16), DISCHARGES),
        "classification": Words(stays.kind.astype(np.int16), _CLASSIFICATION),
        "first_function": Words(written.first_function, functions),
        "last_function": Words(written.last_function, functions),
        "episodes": written.episodes,
        "diagnoses": written.diagnoses,
        "procedures": written.procedures,
    }
    return Facts("spell", stays.person, stays.discharged, columns)


def is_emergency(spells: Facts) -> Bools:
    """Mark emergency admissions (methods that begin with 2)."""
    method: Words = spells.columns["admission_method"]
    emergency = np.array([word.startswith("2") for word in method.words])
    return np.asarray(emergency[method.at])


def came_through_department(spells: Facts) -> Bools:
    """Mark admissions through the provider's own emergency department."""
    method: Words = spells.columns["admission_method"]
    return np.asarray(method.at == method.words.index(THROUGH_DEPARTMENT))


def thin(spells: Facts, start: Ints, share: float | Floats, rng: np.random.Generator) -> Bools:
    """Mark the spells that still happen when a programme prevents emergency admissions.

    Each emergency stay that begins on or after its person's `start` (NEVER for those who are not served) is left out
    with probability `share` (one for all, or one a person), but not the one in which the person dies. Facts are drawn
    as they would be without the programme, so that what is left out is known.
    """
    person = spells.person
    prevented = np.broadcast_to(np.asarray(share, dtype=float), start.shape)[person]
    method: Words = spells.columns["discharge_method"]
    at_risk = is_emergency(spells) & (spells.columns["admitted"] >= start[person]) & (method.at != _DIED)
    return np.asarray(~at_risk | (rng.random(spells.n) >= prevented))
