"""How people live, by single year of age: the schedules of `data/people.toml` as arrays."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from doorstep.synthetic.arrays import Floats, Ints

DATA = Path(__file__).with_name("data")
N_AGES = 91  # single years of age; the last is 90 and over
GROUPS = ("white", "black", "asian", "mixed", "other")
MAN, WOMAN = 0, 1


class Slope(NamedTuple):
    """A value in the most and in the least deprived tenth of areas; those between lie on a straight line."""

    most: float
    least: float

    def at(self, decile: Ints) -> Floats:
        """Return the value in each decile of deprivation, 1 the most deprived."""
        return np.asarray(self.most + (self.least - self.most) * (decile - 1) / 9.0)


@cache
def schedules() -> dict[str, Any]:
    """Return the file's tables as they stand."""
    return tomllib.loads((DATA / "people.toml").read_text(encoding="utf-8"))


def slope(table: str, name: str) -> Slope:
    """Return a value that changes with deprivation."""
    return Slope(*schedules()[table][name])


@cache
def by_age(table: str, name: str, ages: str = "ages") -> Floats:
    """Return one schedule for each age from 0 to 90."""
    entry = schedules()[table]
    return np.asarray(np.interp(np.arange(N_AGES), entry[ages], entry[name]))


@cache
def by_sex_and_age(table: str) -> Floats:
    """Return a schedule given for men and for women: one row for each sex, men first."""
    return np.stack([by_age(table, "men"), by_age(table, "women")])


@cache
def unpaid_care() -> Floats:
    """Return how often people give care: by band of hours, sex and age."""
    entry = schedules()["unpaid_care"]
    bands = [by_age("unpaid_care", name) for name in ("up_to_19_hours", "from_20_to_49_hours", "from_50_hours")]
    fades = np.interp(np.arange(N_AGES), [75, 80], [1.0, 0.0])
    more = 1 + (np.asarray(entry["women"])[:, None] - 1) * fades
    return np.stack([np.stack([band, band * times]) for band, times in zip(bands, more, strict=True)])


@cache
def fertility() -> Floats:
    """Return how often women give birth, relatively: by decile of deprivation (1 first) and age, from 15 to 49."""
    entry, age = schedules()["births"], np.arange(N_AGES)
    away = age + 0.5 - slope("births", "peak_age").at(np.arange(1, 11))[:, None]
    spread = np.where(away < 0, entry["spread_below"], entry["spread_above"])
    return np.asarray(np.exp(-0.5 * (away / spread) ** 2) * ((age >= 15) & (age < 50)))


def ethnic_seed() -> Floats:
    """Return how much commoner each age is in each ethnic group (rows) than in the first."""
    entry = schedules()["ethnic_group"]
    shares = np.array([entry["shares"][group] for group in GROUPS])
    ratio = np.log(shares / shares[0])
    middle = np.array([8, 20.5, 30, 42.5, 57.5, 70, 80, 88])
    return np.asarray(np.exp(np.stack([np.interp(np.arange(N_AGES), middle, row) for row in ratio])))
