"""When people die: the life table's hazard by age and sex, more in deprived areas and of the frail.

hazard = m(age, sex) x exp(slope(sex) x tilt(age) x (5.5 - decile)) x ratio(band) x palliative / mean(age, sex)

m is the England life table's; `tilt` is 1 up to 50 and falls to 0 at 85, where deprivation tells through frailty alone;
ratios by band of the frailty index are those of Clegg et al. 2016 for 65 to 95, taken for all ages; `mean` is what the
factors come to among the living, so that the average stays the table's. All but m stand in data/mortality.toml, which
scripts/fit_illness.py writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from doorstep import reference
from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.health import Health
from doorstep.synthetic.health.model import read
from doorstep.synthetic.parameters import Parameters
from doorstep.synthetic.people import People
from doorstep.synthetic.streams import Streams
from doorstep.synthetic.timeline import NEVER, YEAR, Timeline

OLDEST = 100
MIDDLE_DECILE = 5.5
TILT_AGES, TILT = (50.0, 85.0), (1.0, 0.0)
MOST = 12.0  # a year: no hazard is above it, a month of life on average
STEP = 30  # days: frailty and age are looked at so often


@dataclass(frozen=True)
class Hazards:
    """What a death is drawn from: `log_rate[s, a]` of the life table, `log_mean[s, i]` at `mean_ages[i]`."""

    log_rate: Floats
    slope: Floats
    by_band: Floats
    palliative: float
    mean_ages: Floats
    log_mean: Floats


@lru_cache(maxsize=1)
def hazards() -> Hazards:
    """Return what ships."""
    return build(read("mortality.toml"))


def build(fitted: dict[str, Any]) -> Hazards:
    """Put the life table and what was fitted together."""
    return Hazards(
        log_rate=_life_table(),
        slope=np.array([fitted["slope"]["men"], fitted["slope"]["women"]]),
        by_band=np.log([1.0, *fitted["bands"]]),
        palliative=float(np.log(fitted["palliative"])),
        mean_ages=np.array(fitted["mean"]["ages"], dtype=float),
        log_mean=np.log([fitted["mean"]["men"], fitted["mean"]["women"]]),
    )


def _life_table() -> Floats:
    table = pq.read_table(reference.table("life_table_england"), columns=["age", "sex", "mx"]).to_pylist()
    found = np.zeros((2, OLDEST + 1))
    for row in table:
        found[int(row["sex"] == "female"), row["age"]] = np.log(row["mx"])
    return found


def draw_deaths(people: People, health: Health, timeline: Timeline, parameters: Parameters, streams: Streams) -> Ints:
    """Return each person's day of death in the window, NEVER where there is none (as if nobody left the Place).

    Each person has an amount of hazard to live through, exponential; death comes on the day it is used up.
    """
    rng, table = streams("deaths"), hazards()
    frail = parameters.has("frailty_mortality")
    start = people.start(timeline)
    lived = rng.standard_exponential(people.n, dtype=np.float32)
    years = np.maximum(timeline.last + 1 - start, 0) / YEAR
    most = np.exp(np.maximum(*(log_hazard(table, people, health, day, frail) for day in (start, timeline.last))))
    near = np.flatnonzero(lived < np.minimum(most * 1.05, MOST) * years)
    died = np.full(people.n, NEVER, np.int32)
    died[near] = _day_used_up(table, people, health, near, lived[near].astype(float), start[near], timeline, frail)
    return died


def log_hazard(
    table: Hazards, people: People, health: Health, day: Ints | int, frail: bool, who: Ints | None = None
) -> Floats:
    """The logarithm of each person's yearly hazard on a day; without frailty, all bands have the same."""
    rows = np.arange(people.n) if who is None else who
    sex = people.sex[rows].astype(np.intp)
    age = np.clip((day - people.birth[rows]) / YEAR, 0, OLDEST + 0.99)
    found = _at(table.log_rate, sex, age)
    tilt = np.interp(age, TILT_AGES, TILT)
    found += table.slope[sex] * tilt * (MIDDLE_DECILE - people.decile[rows])
    if frail:
        reached = np.asarray(day) >= health.band_from[rows].T
        band = reached.sum(axis=0)
        dying = _is_dying(health, rows, day)
        found += table.by_band[band] + table.palliative * dying
        at = np.interp(age, table.mean_ages, np.arange(len(table.mean_ages)))
        found -= _at(table.log_mean, sex, at)
    return found


def _is_dying(health: Health, rows: Ints, day: Ints | int) -> Ints:
    at = health.conditions.index("palliative_care")
    return np.asarray((health.onset[rows, at] <= day) & (health.ended[rows, at] > day))


def _at(table: Floats, sex: Ints, position: Floats) -> Floats:
    """Straight lines between the columns of a table by sex."""
    low = np.minimum(position.astype(np.intp), table.shape[1] - 2)
    part = np.minimum(position - low, 1.0)
    return np.asarray(table[sex, low] * (1 - part) + table[sex, low + 1] * part)


def _day_used_up(
    table: Hazards,
    people: People,
    health: Health,
    who: Ints,
    lived: Floats,
    start: Ints,
    timeline: Timeline,
    frail: bool,
) -> Ints:
    """Step through the window for those who may die in it, and return the day on which their hazard is used up."""
    left, found = lived, np.full(len(who), NEVER, np.int32)
    for day in range(timeline.first, timeline.last + 1, STEP):
        alive = np.flatnonzero(found == NEVER)
        opens = np.maximum(start[alive], day)
        days = np.maximum(min(day + STEP, timeline.last + 1) - opens, 0)
        yearly = np.minimum(np.exp(log_hazard(table, people, health, opens, frail, who[alive])), MOST)
        used = yearly * days / YEAR
        dies = used > left[alive]
        found[alive[dies]] = opens[dies] + (left[alive[dies]] / yearly[dies] * YEAR).astype(np.int32)
        left[alive] -= used
    return found
