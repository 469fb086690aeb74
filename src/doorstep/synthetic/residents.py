"""Who lives in each area: what the published tables say of its people, ready to draw from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pyarrow as pa

from doorstep.synthetic.arrays import Bools, Floats, Ints
from doorstep.synthetic.marginals import broad_shares, cumulated, fitted, shares_of_women
from doorstep.synthetic.schedules import (
    GROUPS,
    MAN,
    N_AGES,
    WOMAN,
    by_age,
    by_sex_and_age,
    fertility,
    schedules,
    unpaid_care,
)
from doorstep.synthetic.tables import by_code, column, positions, read

_BANDS = (("hours_1_to_9", "hours_10_to_19"), ("hours_20_to_34", "hours_35_to_49"), ("hours_50_plus",))
HALF = np.array([[0.5], [0.5]])


@dataclass(frozen=True)
class Residents:
    """The people of some areas, a row for each.

    `ages[l, a]` and `groups[l, g]` are the published counts by single year of age and by ethnic group (GROUPS).
    `joint[l]` is their fitted joint distribution, cumulated over groups and, within each, ages; `apart` the same for
    all areas together as if age and group had nothing to do with one another or with the area. `women[c, a]` is the
    share of women in council `council[l]`. For each person on the list and year: `births`, and `joins`, how often
    somebody comes or goes against the average of England. `fertility`, `care_homes` and `unpaid_care[l, band]` are what
    the schedules by age must be multiplied with to give the area's own number.
    """

    ages: Floats
    groups: Floats
    joint: Any
    apart: Any
    council: Ints
    women: Floats
    births: Floats
    joins: Floats
    mobility: Floats
    fertility: Floats
    care_homes: Floats
    unpaid_care: Floats

    @cached_property
    def share_of_women(self) -> float:
        """Share of women among all of them."""
        return float((self.ages * self.women[self.council]).sum() / self.ages.sum())

    @classmethod
    def of(cls, lsoas: Sequence[str], councils: Sequence[str], decile: Ints, weight: Floats) -> Residents:
        """Read the people of areas; `weight` is how many of the registered live in each."""
        every = tuple(column("lsoa21", "lsoa21").to_pylist())
        england = _ages(every)
        rows = positions(pa.array(lsoas, pa.string()), every)
        ages = england[rows]
        empty = ages.sum(axis=1) == 0
        ages[empty] = ages.sum(axis=0)
        counts = by_code("ethnicity_lsoa21", "lsoa21", lsoas, list(GROUPS))
        groups = np.stack([counts[g] for g in GROUPS], axis=1).astype(float)
        names, council = np.unique(np.asarray(councils), return_inverse=True)
        women = _women(names, council, ages)
        total = ages.sum(axis=1)
        births = schedules()["births"]["level"] * ages[:, 0] / total
        mobility = by_age("mobility", "rate") / np.average(by_age("mobility", "rate"), weights=england.sum(axis=0))
        return cls(
            ages=ages,
            groups=groups,
            joint=cumulated(fitted(ages, groups)),
            apart=cumulated(np.outer(_mean(groups, weight), _mean(ages, weight))[None]),
            council=council.astype(np.int16),
            women=women,
            births=births,
            joins=ages @ mobility / total,
            mobility=mobility,
            fertility=births * total / (ages * women[council] * fertility()[decile - 1]).sum(axis=1),
            care_homes=_care_homes(england)[rows],
            unpaid_care=_unpaid_care(every, england)[rows],
        )


def _mean(counts: Floats, weight: Floats) -> Floats:
    return np.asarray(np.average(counts / counts.sum(axis=1, keepdims=True), axis=0, weights=weight))


def _ages(lsoas: Sequence[str]) -> Floats:
    """Return people by area and single year of age."""
    table = read("age_lsoa21", ["lsoa21", "age", "persons"])
    at = positions(table["lsoa21"], lsoas) * N_AGES + np.minimum(np.asarray(table["age"]), N_AGES - 1)
    counts = np.bincount(at, np.asarray(table["persons"]), len(lsoas) * N_AGES)
    return counts.astype(float).reshape(-1, N_AGES)


def _women(councils: Any, council: Ints, ages: Floats) -> Floats:
    """Return the share of women by council and single year of age."""
    table = read("sex_ltla", ["ltla24", "age_group", "females", "males"]).to_pydict()
    keys = zip(table["ltla24"], table["age_group"], strict=True)
    census = dict(zip(keys, zip(table["females"], table["males"], strict=True), strict=True))
    alive = _survivors()
    rows = []
    for i, name in enumerate(councils):
        people = ages[council == i].sum(axis=0)
        counts = np.array([census[str(name), group] for group in ("younger", "working_age", "older", "all")], float)
        rows.append(shares_of_women(people, broad_shares(counts, people), alive))
    return np.array(rows)


def _survivors() -> Floats:
    """Return survivors to each age of the national life table: men first, then women."""
    table = read("life_table_england", ["age", "sex", "lx"]).sort_by([("sex", "descending"), ("age", "ascending")])
    return np.asarray(table["lx"]).astype(float).reshape(2, -1)[[MAN, WOMAN], :N_AGES]


def _care_homes(ages: Floats) -> Floats:
    """Return for each area of England 0, or how much likelier than on average an old person there lives in a home.

    A home leaves its mark on the published ages: more people of 85 and over than those of 70 to 84 would explain.
    """
    expected = ages @ (HALF * by_sex_and_age("care_homes")).sum(axis=0)
    oldness = ages[:, 85:].sum(axis=1) / (ages[:, 70:85].sum(axis=1) + 1)
    has: Bools = oldness > np.quantile(oldness, 1 - schedules()["care_homes"]["areas_with_one"])
    residents = schedules()["care_homes"]["of_65_and_over"] * ages[:, 65:].sum()
    return np.asarray(has * (residents / expected[has].sum()))


def _unpaid_care(lsoas: Sequence[str], ages: Floats) -> Floats:
    """Return for each area and band of hours the factor that brings the schedule to the count of its MSOA."""
    msoa = np.asarray(by_code("lsoa21", "lsoa21", lsoas, ["msoa21"])["msoa21"])
    names, at = np.unique(msoa, return_inverse=True)
    columns = ["residents_5_plus", *(name for band in _BANDS for name in band)]
    census = by_code("unpaid_care_msoa21", "msoa21", list(map(str, names)), columns)
    factors = []
    for band, schedule in zip(_BANDS, unpaid_care(), strict=True):
        share = sum(census[name] for name in band) / census["residents_5_plus"]
        carers = np.bincount(at, ages @ (HALF * schedule).sum(axis=0), len(names))
        factors.append((share * np.bincount(at, ages[:, 5:].sum(axis=1), len(names)) / carers)[at])
    return np.stack(factors, axis=1)
