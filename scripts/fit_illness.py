"""Fit illness and death to the published figures, by drawing a sample of England and comparing.

    python scripts/fit_illness.py SOURCE [--people 300000] [--rounds 7]

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
from fit_illness_practices import MIDDLE, OLDEST, spread_between_practices
from fit_illness_write import Row, print_table, write_illness
from scipy.special import ndtr, ndtri

from doorstep.synthetic.arrays import Floats
from doorstep.synthetic.health.model import deficit_course, model, read
from doorstep.synthetic.timeline import YEAR, day_of

DEFICIT_GRADIENT = 0.03  # of the normal number for each tenth more deprived: ours, like that of the conditions
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
    # Level, slope by decade and strength of the drawn deficits. The numbers that follow are near where they end.
    deficits: Floats = field(default_factory=lambda: np.array([0.60, 0.12, 0.37]))
    strength: float = 1.0
    medicines: dict[str, float] = field(default_factory=lambda: {"with_condition": 2.16, "others": 0.31})
    frailty_coded: float = 0.62
    free: dict[str, float] = field(default_factory=lambda: {"level": 0.65, "gradient": 0.023})

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
            more = self.free["gradient"] if said.get("free") else 0.0
            shift = (said.get("gradient", 0.0) + more) * (5.5 - DECILES)
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
            return self.free_level(said) * up, None, said["level"][1]
        register = self.registers[said["register"]]
        share = said.get("share_of_register", 1.0) * up
        return register.level * share, register.deciles * share, register.first_age

    def free_level(self, said: dict[str, Any]) -> float:
        """The level of a condition without a register, as far as it is fitted."""
        return float(said["level"][0]) * (self.free["level"] if said.get("free") else 1.0)

    def _shape(self, said: dict[str, Any]) -> Floats:
        if "shape" in said:
            return np.asarray(np.clip(self.shapes[said["shape"]], 1e-7, 0.95))
        most, middle, spread = said["curve"]
        share = most / (1 + np.exp(-(facts.AGES - middle) / spread))
        women = 2 * said["women"] / (1 + said["women"])
        share = np.where(facts.AGES == 0, share * 0.02, share)
        by_sex = np.array([share * (2 - women), share * women])
        return np.asarray(np.clip(by_sex, 1e-7, 0.95))

    def _deficit(self, said: dict[str, Any]) -> dict[str, Any]:
        level, slope, _ = self.deficits
        more = level + slope * (np.minimum(facts.AGES, 95) - 75) / 10
        quantile = ndtri(np.clip(self.shapes[said["drawn"]] * said.get("share", 1.0), 1e-7, 0.95))
        quantile = np.maximum.accumulate(quantile + more, axis=1)
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
        for i, step in enumerate((0.08, 0.05, 0.15)):
            fit.deficits[i] += step
            use(fit, 0, [])
            moved = margins.frailty(margins.joined(sample.draw(), sample.timeline))
            columns.append((off_frailty(moved) - here) / step)
            fit.deficits[i] -= step
        jacobian = np.array(columns).T
    move = np.linalg.lstsq(jacobian, -here, rcond=1e-3)[0]
    fit.deficits = np.clip(fit.deficits + np.clip(move, -0.2, 0.2), [-1, -0.5, 0.1], [2, 0.6, 2.2])
    return np.asarray(jacobian)


def correct_levels(fit: Fit, sample: margins.Sample, parts: list[margins.Drawn]) -> list[Row]:
    """Raise each condition's target by what ending, dying and joint rules took away; return targets and made."""
    rows: list[Row] = []
    first_ages = {code: register.first_age for code, register in fit.registers.items()}
    drawn = margins.prevalence(parts, sample.timeline, first_ages)
    for code, register in fit.registers.items():
        on, people = drawn[code]
        made = float(on.sum() / people.sum())
        rows.append((f"{code} {register.year}, {register.first_age}+", register.level, made))
        for name, said in fit.said.items():
            if said.get("register") == code:
                power = 0.7 if code == "OST" else 1.0  # it needs two conditions, and fractures of late years
                fit.raised[name] = fit.raised.get(name, 1.0) * min(max(register.level / made, 0.5), 2.0) ** power
    for name, said in fit.said.items():
        if "level" in said:
            target, first_age = fit.free_level(said), said["level"][1]
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


def fit_free(fit: Fit, made: dict[str, float]) -> None:
    """Move the level and the gradient of the conditions nobody publishes towards multimorbidity and its gradient.

    Half way between the two national shares of adults with two or more: 27.2% with 36 conditions (Cassell 2018) and 24%
    (Health Foundation 2018); most against least deprived fifth as in Cassell, 30.0 to 25.8%.
    """
    ratio = made["2+ most deprived fifth"] / made["2+ least deprived fifth"]
    fit.free["level"] = float(np.clip(fit.free["level"] + (TWO_OR_MORE - made["2+ adults"]) / 0.07, 0.3, 2.0))
    fit.free["gradient"] = float(np.clip(fit.free["gradient"] + (MOST_TO_LEAST - ratio) / 4, -0.02, 0.08))


def fit_coded_frailty(fit: Fit, made: float) -> None:
    """Move the share that gets coded to 950,000 moderately or severely frail people (GP contract, March 2018)."""
    fit.frailty_coded = float(np.clip(fit.frailty_coded * CODED_FRAIL / made, 0.1, 0.95))


TWO_OR_MORE, MOST_TO_LEAST = (0.272 + 0.24) / 2, 0.300 / 0.258
CODED_FRAIL = 950_000 / 10_400_000  # of England's people of 65 or more (mid-2020 estimate)
ISSUES, TO_MULTIMORBID = 18.0, 0.787


def main() -> None:
    """Fit and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("source", type=Path)
    parser.add_argument("--people", type=int, default=300_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--system", default="England")
    chosen = parser.parse_args()
    facts.read_source(chosen.source)
    sample = margins.Sample.of(chosen.system, chosen.people, seed=20_260)
    fit = Fit(
        read("illness_assumptions.toml"), facts.deficit_shapes(chosen.source), facts.registers(), Cells.of(sample)
    )
    rows, jacobian = [], None
    fit.practices = spread_between_practices(fit.said, fit.registers, fit.content()["courses"], sample.ground)
    use(fit, chosen.people, [])
    deaths.start()
    for turn in range(chosen.rounds):
        jacobian = one_round(fit, sample, jacobian, chosen.source, levels_only=not turn)
        print(turn, fit.deficits, fit.medicines, fit.free, fit.frailty_coded, flush=True)
        use(fit, chosen.people, [])
    deaths.start()
    for _ in range(5):
        deaths.fit(sample, chosen.source)
    rows = compare(fit, sample)
    use(fit, chosen.people, rows)
    print_table("target and made", rows)


def one_round(
    fit: Fit, sample: margins.Sample, jacobian: Floats | None, source: Path, levels_only: bool
) -> Floats | None:
    """Draw, compare, and move everything one step; at first only levels, as the rest hangs on them."""
    parts = sample.draw()
    correct_levels(fit, sample, parts)
    if levels_only:
        return jacobian
    fit_free(fit, margins.multimorbidity(margins.joined(parts, sample.timeline)))
    fit_medicines(fit, margins.medicines(parts, sample.timeline))
    jacobian = fit_deficits(fit, sample, jacobian, parts)
    fit_coded_frailty(fit, margins.coded_frailty(parts, sample.timeline))
    deaths.fit(sample, source)
    return jacobian


def compare(fit: Fit, sample: margins.Sample) -> list[Row]:
    """Draw once more and put every published figure beside what was made."""
    parts, timeline = sample.draw(), sample.timeline
    kept = dict(fit.raised)
    rows = correct_levels(fit, sample, parts)
    fit.raised = kept
    both = margins.joined(parts, timeline)
    made = {**margins.multimorbidity(both), **margins.frailty(both), **margins.medicines(parts, timeline)}
    made |= margins.transitions(parts, timeline) | margins.mortality_by_band(parts, timeline)
    made["coded moderate or severe at 65+"] = margins.coded_frailty(parts, timeline)
    return rows + [(name, facts.PUBLISHED.get(name, float("nan")), float(value)) for name, value in made.items()]


if __name__ == "__main__":
    main()
