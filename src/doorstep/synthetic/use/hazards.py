"""How much emergency care each person needs in a month: rates by age, sex, deprivation, frailty, illness and person."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from doorstep.synthetic.arrays import Floats, Ints
from doorstep.synthetic.timeline import YEAR
from doorstep.synthetic.use.chances import normal, unit
from doorstep.synthetic.use.constants import OLDEST, Fitted, Singles, assumed, by_age, by_age_pairs
from doorstep.synthetic.use.days import Months
from doorstep.synthetic.use.lives import MOST_CONDITIONS, Lives
from doorstep.synthetic.use.setting import Setting

MONTHS_OF_DYING = 12


@dataclass(frozen=True)
class Heavy:
    """Times of very heavy use of emergency departments: who, from which month to (not with) which, how many a year."""

    person: Ints
    start: Ints
    stop: Ints
    a_year: Singles


@dataclass(frozen=True)
class Hazards:
    """Yearly rates of emergency admission and of other attendances at emergency departments, month by month.

    `rates` are tables by decile and age, `own` each person's factors by year, first of admissions, then of attendances;
    `dying` is the month of death of those of `mortal`.
    """

    lives: Lives
    setting: Setting
    months: Months
    rates: tuple[Singles, Singles]
    own: tuple[Singles, Singles]
    level: tuple[Singles, np.float32]
    heavy: Heavy
    mortal: Ints
    dying: Ints

    @property
    def planted(self) -> Singles | None:
        """What a world has put on each person's hazard of admission; None where it has put nothing."""
        return planted(self.lives)

    def of(self, month: int) -> tuple[Singles, Singles]:
        """Return the yearly rates of every person in a month, before what recent use adds."""
        day = int(self.months.middle[month])
        year = self.lives.year_of(day)
        age = np.clip((day - self.lives.people.birth) * np.float32(1 / YEAR), 0, OLDEST).astype(np.int32)
        cell = age + (OLDEST + 1) * (self.lives.people.decile.astype(np.int32) - 1)
        admission, attendance = (rate.take(cell) * own[year] for rate, own in zip(self.rates, self.own, strict=True))
        left = self.dying - month
        soon = (left >= 0) & (left < MONTHS_OF_DYING)
        factor = _dying(self.lives.parameters.has("death_near_use"))[left[soon]]
        admission[self.mortal[soon]] *= factor
        attendance[self.mortal[soon]] *= 1 + (factor - 1) / 2
        admission *= self.level[0].take(age)
        attendance *= self.level[1]
        busy = (self.heavy.start <= month) & (month < self.heavy.stop)
        who, more = self.heavy.person[busy], self.heavy.a_year[busy]
        attendance[who] += more
        admitted = by_age_pairs(assumed()["emergency_attendance"]["heavy_admitted_ages"]).take(age[who])
        admitted = admitted * np.float32(self.setting.fitted.heavy_admitted)
        if self.lives.unmeasured is not None:
            admitted *= self.lives.unmeasured[who].astype(np.float32)
        admission[who] += more * admitted
        return admission, attendance


@lru_cache(maxsize=2)
def _dying(at_work: bool) -> Singles:
    factors = assumed()["death"]["emergency"]
    return np.asarray(factors if at_work else np.ones(len(factors)), dtype=np.float32)


def make_hazards(lives: Lives, setting: Setting, months: Months, rng: np.random.Generator) -> Hazards:
    """Put together what every person's emergency use depends on."""
    constants = setting.fitted
    z = normal(rng, lives.n)
    rates = (admission_rates(constants), attendance_rates(constants))
    own = (_own_admission(lives, constants, z), _own_attendance(lives, setting, z))
    last = int(months.first[-1]) + 31 * MONTHS_OF_DYING
    mortal = np.flatnonzero(lives.dies < last)
    dying = np.searchsorted(months.first, lives.dies[mortal], side="right") - 1
    late = lives.dies[mortal] > months.first[-1] + 31
    dying = np.where(late, months.n + (lives.dies[mortal] - months.first[-1] - 31) // 30, dying)
    return Hazards(
        lives,
        setting,
        months,
        rates,
        own,
        _level(lives, constants),
        _heavy(lives, constants, months, rng),
        mortal,
        dying,
    )


def deprivation_of(decile: Ints | Floats, fifths: Floats) -> Floats:
    """Return values for deciles from those of fifths (most deprived first), in straight lines between their middles."""
    middles = np.array([1.5, 3.5, 5.5, 7.5, 9.5])
    inside = np.interp(decile, middles, fifths)
    below = np.where(np.asarray(decile) < middles[0], (fifths[0] - fifths[1]) * 0.25, 0)
    above = np.where(np.asarray(decile) > middles[-1], (fifths[-1] - fifths[-2]) * 0.25, 0)
    return np.asarray(inside + below + above)


def admission_rates(constants: Fitted) -> Singles:
    """Return yearly rates by decile and whole age, flat: the bands' levels joined by straight lines of logarithms."""
    given = assumed()["emergency_admission"]
    shape = by_age(given["ages"], given["shape"])
    ages = np.arange(OLDEST + 1)
    rows = []
    for decile in range(1, 11):
        levels = [float(deprivation_of(np.array(decile), row)) for row in np.log(constants.emergency_cells)]
        rows.append(shape * np.exp(np.interp(ages, np.ravel(given["knots"]), np.repeat(levels, 2))))
    table = np.stack(rows)
    table[:, 0] *= constants.emergency_infants
    return table.astype(np.float32).ravel()


def attendance_rates(constants: Fitted) -> Singles:
    """Return yearly rates by decile and whole age, flat."""
    given = assumed()["emergency_attendance"]
    ages = np.arange(OLDEST + 1)
    by_year = by_age(given["ages"], given["shape"]) * np.exp(
        np.interp(ages, given["knots"], np.log(constants.attendance_ages))
    )
    by_year[0] = constants.attendance_infants
    towards = (10 - np.arange(1, 11)) / 9
    linear, curved = constants.attendance_deprived
    return np.outer(np.exp(linear * towards + curved * towards**2), by_year).astype(np.float32).ravel()


def _own_admission(lives: Lives, constants: Fitted, z: Singles) -> Singles:
    given = assumed()["emergency_admission"]
    person = _women(lives, given["women"]) * _tail(lives, given["spread"], z)
    factor = planted(lives)
    person = person if factor is None else person * factor
    return ill_and_frail(lives, constants.emergency_frailty, constants.admission_conditions) * person


def planted(lives: Lives) -> Singles | None:
    """Return the product of the unmeasured factor and the barrier to care; None where there is neither."""
    factors = [f.astype(np.float32) for f in (lives.unmeasured, lives.barrier) if f is not None]
    return np.prod(factors, axis=0) if factors else None


def _own_attendance(lives: Lives, setting: Setting, z: Singles) -> Singles:
    given = assumed()["emergency_attendance"]
    person = _women(lives, given["women"]) * _tail(lives, given["spread"], z)
    person *= setting.practice["attendance"].take(lives.people.practice)
    if lives.barrier is not None:
        person = person * lives.barrier.astype(np.float32)
    return ill_and_frail(lives, given["frailty"], given["conditions"]) * person


def _women(lives: Lives, pairs: list[list[float]]) -> Singles:
    factor = by_age_pairs(pairs).take(np.clip(lives.age, 0, OLDEST))
    return np.where(lives.people.sex == 1, factor, np.float32(1))


def _tail(lives: Lives, spread: float, z: Singles) -> Singles:
    """Each person's own factor: lognormal, 1 on average."""
    spread *= lives.parameters.has("heavy_tail")
    return np.asarray(np.exp(np.float32(spread) * z - np.float32(spread * spread / 2)))


def ill_and_frail(lives: Lives, frailty: Floats, conditions: float) -> Singles:
    """Return the factor of frailty and illness by year and person; 1 throughout where that mechanism is off."""
    if not lives.parameters.has("frailty_use"):
        return np.ones((len(lives.years), lives.n), np.float32)
    ill = illness(conditions)
    both = (ill[:, None, :] * np.asarray(frailty)[:, None]).astype(np.float32).ravel()
    row = lives.frailty * np.int8(MOST_CONDITIONS + 1) + np.minimum(lives.conditions, np.int8(MOST_CONDITIONS))
    return both.take(row + age_group(lives) * np.int8(len(frailty) * (MOST_CONDITIONS + 1)))


def illness(conditions: float) -> Floats:
    """Return the factor of illness by age group and number of conditions."""
    given = assumed()["illness"]
    return np.asarray(np.exp(conditions * np.outer(given["at_ages"], given["by_conditions"])))


def age_group(lives: Lives) -> npt.NDArray[np.int8]:
    """Return each person's age group, of those among which illness tells less and less."""
    return np.digitize(lives.age, assumed()["illness"]["ages"]).astype(np.int8)


def _level(lives: Lives, constants: Fitted) -> tuple[Singles, np.float32]:
    """What keeps admissions (by age) and attendances at their level without a mechanism; 1 in the whole model."""
    admission, attendance = np.ones(OLDEST + 1, np.float32), np.float32(1)
    knots = assumed()["emergency_admission"]["knots"]
    for name in lives.parameters.without:
        if name in constants.level_without:
            admission *= by_age(np.ravel(knots), np.repeat(constants.level_without[name], 2))
            attendance *= np.float32(constants.attendance_without[name])
    return admission, attendance


def _heavy(lives: Lives, constants: Fitted, months: Months, rng: np.random.Generator) -> Heavy:
    """Choose the times of heavy use that touch the window; none where the heavy tail is left out."""
    given = assumed()["emergency_attendance"]
    length = given["heavy_months"]
    chance = by_age_pairs(given["heavy_ages"]).take(np.clip(lives.age, 0, OLDEST))
    chance *= np.exp(np.float32(constants.heavy_deprived) * (10 - lives.people.decile.astype(np.float32)) / 9)
    chance *= np.float32(constants.heavy_people * (months.n + length) / length * lives.parameters.has("heavy_tail"))
    who = np.flatnonzero(unit(rng, lives.n) < chance)
    start = np.floor(unit(rng, len(who)) * (months.n + length)).astype(np.int64) - length
    lasts = np.ceil(rng.exponential(length, len(who))).astype(np.int64)
    rate = rng.gamma(given["heavy_shape"], constants.heavy_rate / given["heavy_shape"], len(who)).astype(np.float32)
    rate = rate if lives.barrier is None else rate * lives.barrier[who].astype(np.float32)
    return Heavy(who, start, start + lasts, rate)
