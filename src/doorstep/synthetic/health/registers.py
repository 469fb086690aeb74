"""Who truly belongs on each register on a day: what a register built from the coded entries must find.

The rules are those of the definitions in reference/data/definitions/registers, on conditions in place of codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.health.state import NO_DAY, Health
from doorstep.synthetic.timeline import day_of


@dataclass(frozen=True)
class Rule:
    """One register: any of `conditions`, from an age on; `since` the first day of onset that counts.

    `first_age` is the least age at onset, `without` another register that excludes, `within_months` how recent the
    first onset must be.
    """

    conditions: tuple[str, ...]
    age_from: int = 0
    since: date | None = None
    first_age: int = 0
    without: str = ""
    within_months: int = 0


CANCERS = ("cancer_solid", "cancer_haematological")
RULES: dict[str, Rule] = {
    "asthma_dx_only": Rule(("asthma",), 6),
    "atrial_fibrillation_dx_only": Rule(("atrial_fibrillation",)),
    "cancer": Rule(CANCERS, since=date(2003, 4, 1)),
    "cancer_first_in_5_years": Rule(CANCERS, within_months=60),
    "chronic_kidney_disease": Rule(("chronic_kidney_disease",), 18),
    "copd_dx_only": Rule(("copd",)),
    "coronary_heart_disease": Rule(("coronary_heart_disease",)),
    "dementia": Rule(("dementia",)),
    "depression": Rule(("depression",), 18, since=date(2006, 4, 1)),
    "diabetes": Rule(("diabetes",), 17),
    "epilepsy_dx_only": Rule(("epilepsy",), 18),
    "heart_failure": Rule(("heart_failure",)),
    "hypertension": Rule(("hypertension",), 18),
    "learning_disability_dx_only": Rule(("learning_disability",)),
    "non_diabetic_hyperglycaemia_dx_only": Rule(("non_diabetic_hyperglycaemia",), 18, without="diabetes"),
    "obesity_dx_only": Rule(("severe_obesity",), 18),
    "palliative_care": Rule(("palliative_care",), since=date(2008, 4, 1)),
    "peripheral_arterial_disease": Rule(("peripheral_arterial_disease",)),
    "rheumatoid_arthritis": Rule(("rheumatoid_arthritis",), first_age=16),
    "serious_mental_illness_dx_only": Rule(("serious_mental_illness",)),
    "stroke_tia": Rule(("stroke", "tia")),
}
OSTEOPOROSIS = "osteoporosis_dx_only"
# With osteoporosis: from and to which age a fracture counts, and from which day on.
FRACTURES = ((50, 74, date(2012, 4, 1)), (75, 200, date(2014, 4, 1)))


def registers(health: Health, birth: Ints, day: int) -> dict[str, Bools]:
    """Return who is on each register on a day; `birth` is each person's day of birth."""
    found = {name: _belongs(rule, health, birth, day) for name, rule in RULES.items()}
    for name, rule in RULES.items():
        if rule.without:
            found[name] &= ~found[rule.without]
    found[OSTEOPOROSIS] = _fragile(health, birth, day)
    return found


def years_old(birth: Ints, day: Ints | int) -> Ints:
    """Age in whole years by the calendar."""
    then, now = (np.asarray(days).astype("datetime64[D]") for days in (birth, day))
    month, today = then.astype("datetime64[M]"), now.astype("datetime64[M]")
    whole = (today - month).astype(int) - ((now - today) < (then - month))
    return np.asarray(whole // 12)


def _belongs(rule: Rule, health: Health, birth: Ints, day: int) -> Bools:
    first = -NO_DAY if rule.since is None else day_of(rule.since)
    found = np.zeros(len(birth), bool)
    for name in rule.conditions:
        onset = health.onset[:, health.conditions.index(name)]
        found |= health.has_at(name, day) & (onset >= first) & (years_old(birth, onset) >= rule.first_age)
    if rule.within_months:
        found &= _first_onset(rule, health) > _months_before(day, rule.within_months)
    return found & (years_old(birth, day) >= rule.age_from)


def _first_onset(rule: Rule, health: Health) -> Ints:
    at = [health.conditions.index(name) for name in rule.conditions]
    return np.asarray(health.onset[:, at].min(axis=1))


def _months_before(day: int, months: int) -> int:
    """The last day that is too long ago."""
    now = np.datetime64(day, "D")
    month = now.astype("datetime64[M]")
    return int((month - months).astype("datetime64[D]").astype(int) + (now - month).astype(int))


def _fragile(health: Health, birth: Ints, day: int) -> Bools:
    fracture = health.onset[:, health.conditions.index("fragility_fracture")]
    age, found = years_old(birth, day), np.zeros(len(birth), bool)
    for low, high, since in FRACTURES:
        found |= (age >= low) & (age <= high) & (fracture >= day_of(since)) & (fracture <= day)
    return found & health.has_at("osteoporosis", day)
