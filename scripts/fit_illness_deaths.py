"""Fitting death: the bands' hazards, the slope with deprivation, and what both come to by age among the living."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path
from typing import Any

import fit_illness_margins as margins
import numpy as np
import pyarrow.parquet as pq
from fit_illness_write import write_mortality

from doorstep import reference
from doorstep.synthetic import mortality
from doorstep.synthetic.arrays import Floats

AGES = [0, 10, 20, 30, 40, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 100]
CLEGG = np.array([1.92, 3.10, 4.52])
PALLIATIVE = 5.0
_STATE: dict[str, Any] = {}


def start() -> None:
    """Begin with the published ratios, no slope and no division."""
    ones = [1.0] * len(AGES)
    mean = {"ages": AGES, "men": ones, "women": ones}
    _STATE.update(bands=list(CLEGG), palliative=PALLIATIVE, slope={"men": 0.08, "women": 0.07}, mean=mean)
    _write()


def _write() -> None:
    write_mortality(_STATE)
    mortality.hazards.cache_clear()


def fit(sample: margins.Sample, source: Path) -> None:
    """Move bands, slope and means one step, by people as they would be if nobody died."""
    living = [_living(sample, drawn) for drawn in sample.draw(deaths=False)]
    age, sex, band, decile, extra, year = (np.concatenate([one[i] for one in living]) for i in range(6))
    alive = [_factors(drawn, day) for drawn in sample.draw() for day in _days(sample)]
    _fit_bands(age, sex, band, year)
    if "slopes" not in _STATE:
        _STATE["slopes"] = slopes(source)
    _fit_slope(age, sex, decile, extra, _STATE["slopes"])
    _fit_means(*(np.concatenate([one[i] for one in alive]) for i in range(3)))
    _write()


def _days(sample: margins.Sample) -> list[int]:
    """Days over the window: the frail die first, so that survivors are less frail than those it opened with."""
    timeline = sample.timeline
    return [round(day) for day in np.linspace(timeline.first, timeline.last, 5)]


def _factors(drawn: margins.Drawn, day: int) -> tuple[Floats, Floats, Floats]:
    """Age, sex, and the logarithm of all factors but the life table's, of those registered and alive on a day."""
    people, health = drawn.people, drawn.health
    who = np.flatnonzero((people.registered_from <= day) & (people.birth < day) & (people.registered_to > day))
    table, age = mortality.hazards(), (day - people.birth[who]) / 365.25
    sex = people.sex[who].astype(np.intp)
    total = mortality.log_hazard(table, people, health, day, True, who)
    rate = mortality._at(table.log_rate, sex, np.clip(age, 0, 100.99))
    at = np.interp(age, table.mean_ages, np.arange(len(table.mean_ages)))
    return age, sex.astype(float), total - rate + mortality._at(table.log_mean, sex, at)


def _living(sample: margins.Sample, drawn: margins.Drawn) -> tuple[Floats, ...]:
    """Age, sex, band, decile and the logarithm of all factors but the life table's, on the window's first day.

    Then the hazard that each person lives through in the first year, frailty and age as they change.
    """
    people, health, day = drawn.people, drawn.health, sample.timeline.first
    who = np.flatnonzero((people.registered_from <= day) & (people.birth < day))
    table = mortality.hazards()
    age = (day - people.birth[who]) / 365.25
    total = mortality.log_hazard(table, people, health, day, True, who)
    sex = people.sex[who].astype(np.intp)
    rate = mortality._at(table.log_rate, sex, np.clip(age, 0, 100.99))
    at = np.interp(age, table.mean_ages, np.arange(len(table.mean_ages)))
    factors = total - rate + mortality._at(table.log_mean, sex, at)
    band, decile = health.frailty_band(day)[who].astype(float), people.decile[who].astype(float)
    days = range(day + 30, day + 365, 60)
    year = np.mean([np.exp(mortality.log_hazard(table, people, health, one, True, who)) for one in days], axis=0)
    return age, sex.astype(float), band, decile, factors, year


def _fit_bands(age: Floats, sex: Floats, band: Floats, year: Floats) -> None:
    """Let the first year's deaths by band stand to those at the fit's rates by age and sex as published.

    `year` is the mean hazard a person lives through: 1 - exp(-year) die, and (1 - exp(-year)) / year years are lived.
    """
    old = (age >= 65) & (age < 96)
    cell = (age[old].astype(int) - 65) * 2 + sex[old].astype(int)
    die = 1 - np.exp(-year[old])
    deaths, years = np.zeros((4, 62)), np.zeros((4, 62))
    np.add.at(deaths, (band[old].astype(int), cell), die)
    np.add.at(years, (band[old].astype(int), cell), die / year[old])
    made = margins.ratios_to_fit(deaths, years)
    _STATE["bands"] = [b * t / m for b, t, m in zip(_STATE["bands"], CLEGG, made, strict=True)]


def _fit_means(age: Floats, sex: Floats, extra: Floats) -> None:
    """Let the factors come to one among the living, by age (a triangle of weights around each) and sex."""
    at = np.interp(age, AGES, np.arange(len(AGES)))
    for number, name in enumerate(("men", "women")):
        rows = sex == number
        means = []
        for i in range(len(AGES)):
            weight = np.maximum(0, 1 - np.abs(at[rows] - i))
            means.append(float((weight * np.exp(extra[rows])).sum() / max(weight.sum(), 1e-9)) or 1.0)
        _STATE["mean"][name] = means


def slopes(source: Path) -> dict[str, float]:
    """Years of life expectancy at birth for each decile less deprived, by sex: a line through small areas 2016-20.

    The areas' levels are known to be about two years too high; only their differences are used.
    """
    deciles = _mean_decile_of_msoas()
    rows: dict[str, list[tuple[float, float, float]]] = {"men": [], "women": []}
    with gzip.open(source / "open" / "msoa_life_expectancy_2016_20.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["life_expectancy"] and row["msoa11_code"] in deciles:
                sex = "women" if row["sex"] == "female" else "men"
                cell = deciles[row["msoa11_code"]], float(row["life_expectancy"]), float(row["person_years"])
                rows[sex].append(cell)
    return {sex: _line(*np.array(cells).T) for sex, cells in rows.items()}


def _mean_decile_of_msoas() -> dict[str, float]:
    table = pq.read_table(reference.table("lsoa21"), columns=["msoa21", "imd2025_decile", "population"]).to_pandas()
    table["weighted"] = table["imd2025_decile"] * table["population"]
    sums = table.groupby("msoa21")[["weighted", "population"]].sum()
    return dict(zip(sums.index, sums["weighted"] / sums["population"], strict=True))


def _line(x: Floats, y: Floats, weight: Floats) -> float:
    """The slope of a weighted straight line."""
    middle = np.average(x, weights=weight)
    return float(np.sum(weight * (x - middle) * y) / np.sum(weight * (x - middle) ** 2))


def _fit_slope(age: Floats, sex: Floats, decile: Floats, extra: Floats, targets: dict[str, float]) -> None:
    """Move the slopes so that life expectancy rises with the decile as it does between small areas."""
    for number, name in enumerate(("men", "women")):
        rows = sex == number
        by_decile = [_life_expectancy(number, age[rows], extra[rows], decile[rows] == d) for d in range(1, 11)]
        made = _line(np.arange(1.0, 11), np.array(by_decile), np.ones(10))
        print(f"  life expectancy of {name}: {targets[name]:.3f} years a decile, made {made:.3f}")
        _STATE["slope"][name] *= min(max(targets[name] / made, 0.3), 2.0)


def _life_expectancy(sex: int, age: Floats, extra: Floats, rows: Floats) -> float:
    """Life expectancy at birth of some people: the life table's hazard times their mean factor against everybody's.

    Means are over ages within five years.
    """
    table = mortality.hazards()
    whole, mine = (np.bincount(age[r].astype(int), np.exp(extra[r]), 120) for r in (slice(None), rows))
    n_whole, n_mine = (np.bincount(age[r].astype(int), minlength=120) for r in (slice(None), rows))
    ratio = _mean_near(mine, n_mine) / np.maximum(_mean_near(whole, n_whole), 1e-9)
    hazard = np.exp(table.log_rate[sex]) * np.where(ratio[:101] > 0, ratio[:101], 1.0)
    alive = np.concatenate([[1.0], np.exp(-np.cumsum(hazard))])
    return float(((alive[:-1] - alive[1:]) / hazard).sum() + alive[-1] / hazard[-1])


def _mean_near(total: Any, n: Any) -> Floats:
    """The mean over ages within five years; nought where there is nobody."""
    near = np.ones(11)
    return np.asarray(np.convolve(total, near, "same") / np.maximum(np.convolve(n, near, "same"), 1e-9))
