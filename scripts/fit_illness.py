"""Fit illness and death to the published figures, by drawing a sample of England and comparing.

    python scripts/fit_illness.py SOURCE [--people 600000] [--rounds 5]

SOURCE is the folder of open data with `clinical/` and `open/`. Writes src/doorstep/synthetic/data/illness.toml and
mortality.toml and prints each target beside what was made. The same SOURCE, sample and libraries give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fit_illness_deaths as deaths
import fit_illness_facts as facts
import fit_illness_margins as margins
import numpy as np
from fit_illness_write import Row, print_table, write_illness
from scipy.special import ndtr, ndtri

from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.health.model import deficit_course, model, read
from doorstep.synthetic.timeline import YEAR, day_of

OLDEST = 105
DEFICIT_GRADIENT = 0.03  # of the normal number for each tenth more deprived: ours, like that of the conditions
MIDDLE = np.arange(OLDEST) + 0.5
DECILES = np.arange(1, 11)


@dataclass
class Cells:
    """How many of the sample there are by age in years, sex and decile; expected prevalence follows without drawing."""

    n: Floats
    last: int

    @classmethod
    def of(cls, sample: margins.Sample) -> Cells:
        """Count the people registered on the last day."""
        n = np.zeros((OLDEST, 2, 10))
        for people in sample.parts:
            who = np.flatnonzero(
                (people.registered_from <= sample.timeline.last) & (people.registered_to > sample.timeline.last)
            )
            age = np.clip((sample.timeline.last - people.birth[who]) / YEAR, 0, OLDEST - 1).astype(int)
            np.add.at(n, (age, people.sex[who], people.decile[who] - 1), 1)
        return cls(n, sample.timeline.last)

    def expected(self, quantile: Floats, shift: Floats, spread: float, years: float, first_age: float) -> Floats:
        """Prevalence by decile of what has come in the last `years`; `quantile[s, a]` is that of the share by age."""
        shares = self._by_age(quantile, shift, spread)
        if np.isfinite(years):
            earlier = np.maximum(MIDDLE - years, 0.0)
            before = np.array([np.interp(earlier, MIDDLE, row) for row in quantile])
            shares = shares - np.where(MIDDLE[:, None, None] > years, self._by_age(before, shift, spread), 0.0)
        counted = np.where(MIDDLE[:, None, None] >= first_age, self.n, 0.0)
        return np.asarray((shares * counted).sum(axis=(0, 1)) / counted.sum(axis=(0, 1)))

    def _by_age(self, quantile: Floats, shift: Floats, spread: float) -> Floats:
        scale = np.sqrt(1 + spread**2)
        return np.asarray(ndtr((quantile.T[:, :, None] + shift[None, None, :]) / scale))

    def weights(self, first_age: float) -> Floats:
        """How many people of at least an age each decile has."""
        return np.asarray(self.n[first_age <= MIDDLE].sum(axis=(0, 1)))


def solve(off: Callable[[float], float]) -> float:
    """The number at which a rising function is nought, by halving."""
    low, high = -4.0, 4.0
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (middle, high) if off(middle) < 0 else (low, middle)
    return (low + high) / 2


@dataclass
class Fit:
    """What is being fitted: the file's content, and how much each target is raised to come out right."""

    said: dict[str, Any]
    shapes: dict[str, Floats]
    registers: dict[str, facts.Register]
    cells: Cells
    practices: dict[str, float] = field(default_factory=dict)
    raised: dict[str, float] = field(default_factory=dict)
    deficits: Floats = field(default_factory=lambda: np.array([0.30, 0.0, 1.0]))  # level, slope by decade, strength
    strength: float = 1.0
    medicines: dict[str, float] = field(default_factory=lambda: {"with_condition": 1.0, "others": 1.0})
    frailty_coded: float = 0.5

    def content(self) -> dict[str, Any]:
        """Return what illness.toml should say."""
        courses = {name: self._condition(name, said) for name, said in self.said.items() if "loads" in said}
        drawn = {name: said for name, said in read("deficits.toml").items() if "drawn" in said}
        courses |= {deficit_course(name): self._deficit(said) for name, said in drawn.items()}
        strength = {"conditions": self.strength, "deficits": self.deficits[2], "frailty_coded": self.frailty_coded}
        return {"ages": facts.AGES, "strength": strength, "medicines": self.medicines, "courses": courses}

    def _condition(self, name: str, said: dict[str, Any]) -> dict[str, Any]:
        shape = self._shape(said)
        level, deciles, first_age = self._target(name, said)
        first_diagnosis = "since" in said and "new_episodes" not in said
        years = (self.cells.last - day_of(said["since"])) / YEAR if first_diagnosis else np.inf
        spread = self.practices.get(said.get("register", ""), 0.0)
        quantile = np.array([np.interp(MIDDLE, facts.AGES, ndtri(row)) for row in shape])
        weights = self.cells.weights(first_age)

        def national(up: float) -> float:
            by_decile = self.cells.expected(quantile + up, np.zeros(10), spread, years, first_age)
            return float(by_decile @ weights / weights.sum()) - level

        up = solve(national)
        if deciles is None:
            shift = said.get("gradient", 0.0) * (5.5 - DECILES)
            up = solve(lambda u: float(self.cells.expected(quantile + u, shift, spread, years, first_age) @ weights
                                       / weights.sum()) - level)  # fmt: skip
        else:
            shift = np.array(
                [self._one_decile(quantile + up, d, deciles[d], spread, years, first_age) for d in range(10)]
            )
        men, women = 100 * ndtr(ndtri(shape) + up)
        return {"men": men, "women": women, "shift": shift, "practices": spread}

    def _one_decile(
        self, quantile: Floats, decile: int, target: float, spread: float, years: float, first_age: float
    ) -> float:
        def off(shift: float) -> float:
            by_decile = self.cells.expected(quantile, np.full(10, shift), spread, years, first_age)
            return float(by_decile[decile]) - target

        return solve(off)

    def _target(self, name: str, said: dict[str, Any]) -> tuple[float, Floats | None, float]:
        up = self.raised.get(name, 1.0)
        if "register" not in said:
            return said["level"][0] * up, None, said["level"][1]
        register = self.registers[said["register"]]
        share = said.get("share_of_register", 1.0) * up
        return register.level * share, register.deciles * share, register.first_age

    def _shape(self, said: dict[str, Any]) -> Floats:
        if "shape" in said:
            return np.clip(self.shapes[said["shape"]], 1e-7, 0.95)
        most, middle, spread = said["curve"]
        share = most / (1 + np.exp(-(facts.AGES - middle) / spread))
        women = 2 * said["women"] / (1 + said["women"])
        share = np.where(facts.AGES == 0, share * 0.02, share)
        return np.clip(np.array([share * (2 - women), share * women]), 1e-7, 0.95)

    def _deficit(self, said: dict[str, Any]) -> dict[str, Any]:
        level, slope, _ = self.deficits
        quantile = ndtri(np.clip(self.shapes[said["drawn"]] * said.get("share", 1.0), 1e-7, 0.95))
        quantile = np.maximum.accumulate(quantile + level + slope * (np.minimum(facts.AGES, 95) - 75) / 10, axis=1)
        men, women = 100 * ndtr(quantile)
        return {"men": men, "women": women, "shift": DEFICIT_GRADIENT * (5.5 - DECILES), "practices": 0.0}


def use(fit: Fit, people: int, rows: list[Row]) -> None:
    """Write what holds now, and let drawing read it."""
    write_illness(fit.content(), people, rows)
    model.cache_clear()


FRAILTY = {"mild": 0.35, "moderate": 0.12, "severe": 0.03, "any at 50-64": 0.10}


def off_frailty(made: dict[str, float]) -> Floats:
    """How far the bands are from the published ones, in logarithms."""
    return np.array([np.log(max(made[name], 1e-4) / target) for name, target in FRAILTY.items()])


def fit_deficits(fit: Fit, sample: margins.Sample, jacobian: Floats | None, parts: list[margins.Drawn]) -> Floats:
    """Move level, slope and strength of the drawn deficits one step towards the published bands."""
    here = off_frailty(margins.frailty(margins.joined(parts, sample.timeline)))
    if jacobian is None:
        columns = []
        for i, step in enumerate((0.08, 0.05, 0.25)):
            fit.deficits[i] += step
            use(fit, 0, [])
            moved = margins.frailty(margins.joined(sample.draw(), sample.timeline))
            columns.append((off_frailty(moved) - here) / step)
            fit.deficits[i] -= step
        jacobian = np.array(columns).T
    weight = np.array([2.0, 1.5, 1.0, 1.0])
    step = np.linalg.lstsq(jacobian * weight[:, None], -here * weight, rcond=None)[0]
    fit.deficits = np.clip(fit.deficits + np.clip(step, -0.3, 0.3), [-1, -0.5, 0.2], [2, 0.6, 2.2])
    return np.asarray(jacobian)


def correct_levels(fit: Fit, sample: margins.Sample, parts: list[margins.Drawn]) -> list[Row]:
    """Raise each condition's target by what ending, dying and joint rules took away; return targets and made."""
    rows: list[Row] = []
    for code, register in fit.registers.items():
        on, people = margins.prevalence(code, register.first_age, parts, sample.timeline)
        made = float(on.sum() / people.sum())
        rows.append((f"{code} {register.year}, {register.first_age}+", register.level, made))
        for name, said in fit.said.items():
            if said.get("register") == code:
                fit.raised[name] = fit.raised.get(name, 1.0) * min(max(register.level / made, 0.5), 2.0)
    for name, said in fit.said.items():
        if "level" in said:
            target, first_age = said["level"][0], said["level"][1]
            made = margins.level(name, first_age, parts, sample.timeline)
            rows.append((f"{name}, {first_age}+", target, made))
            fit.raised[name] = fit.raised.get(name, 1.0) * min(max(target / made, 0.5), 2.0)
    return rows


def fit_medicines(fit: Fit, made: dict[str, float]) -> None:
    """Move both uptakes towards 18 issues a person-year, of which adults with two conditions get 78.7%."""
    ill, others = made["to multimorbid"], 1 - made["to multimorbid"]
    scale = ISSUES / made["issues"]
    fit.medicines["with_condition"] *= scale * (TO_MULTIMORBID / ill) ** 1.0
    fit.medicines["others"] *= scale * ((1 - TO_MULTIMORBID) / others) ** 1.3


ISSUES, TO_MULTIMORBID = 18.0, 0.787


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--people", type=int, default=600_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--system", default="England")
    chosen = parser.parse_args()
    facts.read_source(chosen.source)
    sample = margins.Sample.of(chosen.system, chosen.people, seed=20_260)
    fit = Fit(
        read("illness_assumptions.toml"), facts.deficit_shapes(chosen.source), facts.registers(), Cells.of(sample)
    )
    rows, jacobian = [], None
    use(fit, chosen.people, [])
    deaths.start()
    for turn in range(chosen.rounds):
        parts = sample.draw()
        rows = correct_levels(fit, sample, parts)
        taken = margins.medicines(parts, sample.timeline)
        fit_medicines(fit, taken)
        jacobian = fit_deficits(fit, sample, jacobian, parts)
        deaths.fit(sample, parts, chosen.source)
        print(
            turn,
            margins.frailty(margins.joined(parts, sample.timeline)),
            taken,
            fit.deficits,
            fit.medicines,
            flush=True,
        )
        use(fit, chosen.people, rows)
    parts = sample.draw()
    print_table("registers and conditions", correct_levels(fit, sample, parts))
    both = margins.joined(parts, sample.timeline)
    for name, value in {
        **margins.multimorbidity(both),
        **margins.frailty(both),
        **margins.medicines(parts, sample.timeline),
    }.items():
        print(f"  {name:46} {value:9.4f}")


if __name__ == "__main__":
    main()
