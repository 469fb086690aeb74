"""Who is in a Place's cohort and on its caseload, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.programme_returns.cast import cast, plants
from doorstep.synthetic.programme_returns.mix import cohort_mix
from doorstep.synthetic.programme_returns.parameters import Parameters
from doorstep.synthetic.programme_returns.rates import constants
from doorstep.synthetic.streams import Streams

SHAPE = (10, 6, 6)  # age, ethnic group and fifth, each with its "not known"
_SIZES = {"true_change": 15_000, "regression_to_the_mean": 5_000}  # large enough to show what they stand for


@dataclass(frozen=True)
class People:
    """Counts by month and cell (months, 10, 6, 6), and the people's mean need against that of their age and fifth."""

    patients: Ints
    caseload: Ints
    need: Floats


def people(slug: str, parameters: Parameters) -> People:
    """Draw one Place's cohort and caseload.

    People leave with their age's chance and others come, so that the list grows a little; a Place that widens its rule
    adds as many again, who are younger and need less.
    """
    rng = Streams(parameters.seed)(f"people {slug}")
    part, planted = cast(parameters).part(slug), plants(parameters)
    given = constants()["cohort"]
    mix = full_mix(slug, rng)
    size = _SIZES.get(part or "", int(np.exp(rng.uniform(*np.log(given["size"])))))
    wider = planted["wider_rule"] if part == "wider_rule" and "wider_rule" in planted else None
    flow = _Flow(mix, np.array(given["leaving"])[:, None, None], rng.uniform(*given["a_month"]), rng)
    patients, need = flow.months(rng.multinomial(size, mix.ravel()).reshape(SHAPE), parameters.months, wider)
    caseload = _caseload(patients, Streams(parameters.seed)(f"caseload {slug}"))
    if part == "no_caseload":
        caseload = np.zeros_like(caseload)
    return People(patients, caseload, need)


def full_mix(slug: str, rng: np.random.Generator) -> Floats:
    """Return the shares of a Place's cohort by cell, with those whose age, group or fifth is not known."""
    given = constants()["cohort"]
    unknown = (given["unknown_age"], rng.uniform(*given["unknown_ethnicity"]), given["unknown_fifth"])
    mix = cohort_mix(slug)
    for axis, share in enumerate(unknown):
        mix = np.concatenate([mix * (1 - share), mix.sum(axis=axis, keepdims=True) * share], axis=axis)
    return mix


@dataclass(frozen=True)
class _Flow:
    """How a list changes: by whom it is filled (`mix`), who leaves (share by age) and its growth a month."""

    mix: Floats
    leaving: Floats
    growth: float
    rng: np.random.Generator

    def months(self, start: Ints, count: int, wider: int | None) -> tuple[Ints, Floats]:
        """Return the people of each month and their need; `wider` is the month whose rule is wider, if any."""
        found, need, mix, size = [start], np.ones(count), self.mix, float(start.sum())
        for month in range(1, count):
            size *= 1 + self.growth
            staying = self.rng.binomial(found[-1], 1 - self.leaving)
            coming = self.rng.poisson(mix * max(size - staying.sum(), 0))
            if month == wider:
                more = self.rng.multinomial(int(staying.sum()), _wider(mix).ravel()).reshape(SHAPE)
                coming, size, mix = coming + more, 2 * size, (mix + _wider(mix)) / 2
                need[month:] = (1 + constants()["wider_rule"]["need"]) / 2
            found.append(staying + coming)
        return np.stack(found), need


def _wider(mix: Floats) -> Floats:
    """Return the mix of those whom a wider rule adds."""
    younger: Any = mix * np.array(constants()["wider_rule"]["by_age"])[:, None, None]
    return np.asarray(younger / younger.sum())


def _caseload(patients: Ints, rng: np.random.Generator) -> Ints:
    """Draw the people of the cohort whom the Place works with: none at first, then up to a share, the older more."""
    given = constants()["caseload"]
    share, filled = rng.uniform(*given["share"]), rng.uniform(*given["months_to_fill"])
    weight = np.array(given["by_age"])[:, None, None] * np.ones(SHAPE)
    found: list[Ints] = []
    for month, now in enumerate(patients):
        kept = np.minimum(rng.binomial(found[-1], given["staying"]), now) if found else np.zeros_like(now)
        wanted = now.sum() * share * min(1.0, (month + 1) / filled) - kept.sum()
        free = (now - kept) * weight
        chance = np.clip(weight * max(wanted, 0.0) / max(free.sum(), 1.0), 0, 1)
        found.append(kept + rng.binomial(now - kept, chance))
    return np.stack(found)
