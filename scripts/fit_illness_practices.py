"""How much practices differ in what they diagnose, beyond where their patients live and chance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import fit_illness_facts as facts
import numpy as np
import pyarrow.parquet as pq
from scipy.special import ndtr, ndtri

from doorstep import reference
from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.ground import Ground

OLDEST = 105
MIDDLE = np.arange(OLDEST) + 0.5


def spread_between_practices(
    said: dict[str, dict[str, Any]], registers: dict[str, facts.Register], content: dict[str, Any], ground: Ground
) -> dict[str, float]:
    """How much practices differ in each register beyond where their patients live and chance, on the normal scale.

    Published prevalence of 2021/22 against what the areas' ages and deprivation let expect, practices of 3,000 patients
    or more; the middle half of the differences decides, less what chance would bring.
    """
    published, patients = facts.by_practice()
    by_area = AreaAges.of(ground)
    found = {}
    for name, one in said.items():
        code = one.get("register", "")
        if code in published and "share_of_register" not in one and code != "OST":
            register = registers[code]
            expected, slope = by_area.expected(content[name], register.first_age)
            found[code] = _excess(published[code], patients, expected) / slope
    rest = float(np.median(list(found.values())))
    return {code: found.get(code, rest) for code in registers}


def _excess(published: Floats, patients: Floats, expected: Floats) -> float:
    kept = (patients >= 3000) & (published > 0) & (expected > 0)
    ratio = np.log(published[kept] / expected[kept])
    low, high = np.quantile(ratio, (0.25, 0.75))
    chance = np.mean((1 - published[kept]) / (published[kept] * patients[kept]))
    return float(np.sqrt(max(((high - low) / 1.349) ** 2 - chance, 0.0)))


@dataclass
class AreaAges:
    """Ages by area, and how many patients each practice has in each."""

    ages: Floats
    decile: Floats
    ground: Ground
    practices: list[int]

    @classmethod
    def of(cls, ground: Ground) -> AreaAges:
        """Read the ages of the ground's areas; practices are in the order of the published lists."""
        at = {code: i for i, code in enumerate(ground.lsoas)}
        ages = np.zeros((len(at), OLDEST))
        table = pq.read_table(reference.table("age_lsoa21"), columns=["lsoa21", "age", "persons"]).to_pydict()
        for lsoa, age, persons in zip(table["lsoa21"], table["age"], table["persons"], strict=True):
            if lsoa in at:
                ages[at[lsoa], min(age, OLDEST - 1)] += persons
        order = {code: i for i, code in enumerate(ground.practices)}
        return cls(ages, np.asarray(ground.decile, float), ground, [order.get(code, -1) for code in facts.practices()])

    def expected(self, course: dict[str, Any], first_age: int) -> tuple[Floats, float]:
        """Expected prevalence of each practice, and how fast its logarithm rises with the normal number."""
        both = [self._by_practice(course, first_age, up) for up in (0.0, 0.05)]
        rise = np.log(both[1] / both[0])
        return both[0], float(np.nanmean(rise)) / 0.05

    def _by_practice(self, course: dict[str, Any], first_age: int, up: float) -> Floats:
        share = (np.asarray(course["men"]) + np.asarray(course["women"])) / 200
        quantile = np.interp(MIDDLE, facts.AGES, ndtri(np.clip(share, 1e-9, 1 - 1e-9)))
        shift = np.asarray(course["shift"])[self.decile.astype(int) - 1]
        of_age = self.ages * (first_age <= MIDDLE)
        area = np.array([ages @ ndtr(quantile + d + up) for ages, d in zip(of_age, shift, strict=True)])
        ground = self.ground
        area_share = area / np.maximum(of_age.sum(axis=1), 1e-9)
        n = len(ground.practices)
        total = np.bincount(ground.cell_practice, ground.cell_weight * area_share[ground.cell_lsoa], n)
        by_practice = total / np.maximum(np.bincount(ground.cell_practice, ground.cell_weight, n), 1e-9)
        return np.where(np.array(self.practices) >= 0, by_practice[self.practices], np.nan)
