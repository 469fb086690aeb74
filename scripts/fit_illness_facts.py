"""The published figures that illness is fitted to, read from the reference tables and, for shapes by age, from SOURCE.

Where figures conflict, one is the target: the newest of England by a verified source. For the QOF registers the level
is that of 2024/25 where it is known (hypertension, depression, obesity), else of 2021/22 by practice, else of 2019/20;
how a register differs by deprivation is known for 2019/20 only, and is scaled to the level.
"""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.arrays import Floats

AGES = np.array([0, 5, 10, 15, 20, 30, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 100], dtype=float)
# The newest national prevalence with the ages it is of; the source of the first three is secondary.
NEWEST = {"HYP": (0, 0.152, "2024/25"), "DEP": (18, 0.143, "2024/25"), "OB": (18, 0.139, "2024/25")}
FIRST_AGE = {"AST": 6, "CKD": 18, "DEP": 18, "DM": 17, "EP": 18, "NDH": 18, "OB": 18, "OST": 50, "RA": 16}
PUBLISHED = {  # beside the registers; Cassell 2018, Barnett 2012, Health Foundation 2018, Clegg 2016, Walsh 2023
    "2+ adults": 0.256, "2+ women": 0.300, "2+ men": 0.244, "1+ all ages": 0.422, "2+ all ages": 0.232,
    "2+ most deprived fifth": 0.300, "2+ least deprived fifth": 0.258,
    "median age of 2+ most deprived fifth": 61, "median age of 2+ least deprived fifth": 71,
    "physical and mental most deprived tenth": 0.11, "physical and mental least deprived tenth": 0.059,
    "earlier by, years": 12.5, "fit": 0.50, "mild": 0.35, "moderate": 0.12, "severe": 0.03, "any at 50-64": 0.10,
    "issues": 18.0, "to multimorbid": 0.787, "coded moderate or severe at 65+": 0.0913,
    "fit to frail at 50-64": 48, "fit to frail at 65-74": 130, "fit to frail at 75-84": 214,
    "fit to frail at 85-119": 380,
    "mortality ratio mild": 1.92, "mortality ratio moderate": 3.10, "mortality ratio severe": 4.52,
}  # fmt: skip
YEAR_OF_CELLS = "2019/20"
MIDDLE_OF_BANDS = {"[40,45)": 42.5, "[45,50)": 47.5, "[50,55)": 52.5, "[55,60)": 57.5, "[60,65)": 62.5,
                   "[65,70)": 67.5, "[70,75)": 72.5, "[75,80)": 77.5, "[80,120]": 86.0}  # fmt: skip
YOUNGER_SLOPE = 0.035  # a year, of the normal quantile below 40, where nothing is published: at least this


@dataclass(frozen=True)
class Register:
    """One register's target: its prevalence from `first_age` on, of all and by decile (most deprived first)."""

    code: str
    first_age: int
    level: float
    year: str
    deciles: Floats


def registers() -> dict[str, Register]:
    """Return the target of every register that is known by deprivation, and of NDH, which is known by practice only."""
    cells = _cells_by_decile()
    latest = practice_levels()
    found = {}
    for code in sorted({*cells, "NDH"} - {"CVDPP"}):
        relative = cells.get(code, np.ones(10))
        first, level, year = FIRST_AGE.get(code, 0), latest.get(code, math.nan), "2021/22"
        if code in NEWEST:
            first, level, year = NEWEST[code]
        elif math.isnan(level):
            level, year = _national(code), YEAR_OF_CELLS
        found[code] = Register(code, first, level, year, relative * level)
    return found


def _source_rows(source: Path, name: str) -> list[dict[str, str]]:
    with (source / "clinical" / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


_CELLS: dict[str, list[tuple[int, float, float]]] = defaultdict(list)


def read_source(source: Path) -> None:
    """Keep the cells by deprivation of 2019/20: register and list by decile."""
    for row in _source_rows(source, "calibration_qof_prevalence_by_imd_2019_20.csv"):
        decile = int(row["imd_decile_1_is_most_deprived"])
        _CELLS[row["qof_code"]].append((decile, float(row["register_est"]), float(row["list_est"])))


def _cells_by_decile() -> dict[str, Floats]:
    """Each decile's prevalence as a multiple of the national one."""
    found = {}
    for code, rows in _CELLS.items():
        register, people = (np.array([row[i] for row in sorted(rows)]) for i in (1, 2))
        found[code] = register / people / (register.sum() / people.sum())
    return found


def _national(code: str) -> float:
    rows = _CELLS[code]
    return sum(row[1] for row in rows) / sum(row[2] for row in rows)


def practice_levels() -> dict[str, float]:
    """The national prevalence of 2021/22: that of practices, weighted by their registered patients."""
    prevalence, patients = by_practice()
    return {code: float(np.nansum(shares * patients) / patients[~np.isnan(shares)].sum())
            for code, shares in prevalence.items()}  # fmt: skip


def by_practice() -> tuple[dict[str, Floats], Floats]:
    """Prevalence of 2021/22 by register and practice (nan where unknown), and each practice's registered patients."""
    sizes = _lists()
    at = {practice: i for i, practice in enumerate(sizes["practice"])}
    found: dict[str, Floats] = {}
    for row in pq.read_table(reference.table("qof_practice")).to_pylist():
        if row["practice"] in at and row["prevalence"] is not None:
            shares = found.setdefault(row["qof_code"], np.full(len(at), np.nan))
            shares[at[row["practice"]]] = row["prevalence"]
    return found, np.array(sizes["patients_sum"], dtype=float)


def practices() -> list[str]:
    """The practices, in the order of `by_practice`."""
    return list(_lists()["practice"])


def _lists() -> dict[str, list[Any]]:
    lists = pq.read_table(reference.table("registrations"), columns=["practice", "patients"])
    found: dict[str, list[Any]] = (
        lists.group_by("practice").aggregate([("patients", "sum")]).sort_by("practice").to_pydict()
    )
    return found


def deficit_shapes(source: Path) -> dict[str, Floats]:
    """Prevalence of each published deficit at AGES, men and women: between published ages straight in the quantile.

    Below 40 the line goes on as steeply as it begins (at least `YOUNGER_SLOPE`), above 86 half as steeply as it ends.
    """
    sums: dict[tuple[str, str, float], list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in _source_rows(source, "calibration_efi_deficit_prevalence_uk.csv"):
        cell = sums[row["deficit"], row["sex"], MIDDLE_OF_BANDS[row["age_band"]]]
        cell[0] += float(row["n"]) * float(row["proportion"])
        cell[1] += float(row["n"])
    names = {key[0] for key in sums}
    return {name: np.array([_stretched(sums, name, sex) for sex in ("M", "F")]) for name in sorted(names)}


def _stretched(sums: dict[tuple[str, str, float], list[float]], name: str, sex: str) -> Floats:
    from scipy.special import ndtr, ndtri

    at = np.array(sorted(MIDDLE_OF_BANDS.values()))
    share = np.array([sums[name, sex, age][0] / sums[name, sex, age][1] for age in at])
    quantile = ndtri(np.clip(np.maximum.accumulate(share), 1e-6, 0.9))
    younger = max((quantile[1] - quantile[0]) / 5, YOUNGER_SLOPE)
    older = 0.5 * (quantile[-1] - quantile[-2]) / (at[-1] - at[-2])
    line = np.interp(AGES, at, quantile)
    line = np.where(at[0] > AGES, quantile[0] - younger * (at[0] - AGES), line)
    line = np.where(at[-1] < AGES, quantile[-1] + older * (AGES - at[-1]), line)
    return np.asarray(ndtr(line))
