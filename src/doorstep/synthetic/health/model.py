"""What illness is made of: the conditions, deficits and medicines of the data files, ready for drawing.

A person gets a condition at the age at which a normal number of their own, raised by what they share with their other
conditions and by where they live, passes a threshold that falls with age. The share that has it at an age in the
middle of the deprivation deciles is `men` or `women` of illness.toml; the threshold is the normal quantile of the rest.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from statistics import NormalDist
from typing import Any

import numpy as np

from doorstep.synthetic.arrays import Floats

DATA = Path(__file__).parents[1] / "data"
BANDS = ("fit", "mild", "moderate", "severe")
BAND_FROM = (5, 9, 13)  # deficits of 36, of which each band but the first has at least so many (Clegg et al. 2016)
STEPS_A_YEAR = 4
OLDEST = 112
RAREST = 1e-7
FACTORS = ("general", "mental", "frailty")


@dataclass(frozen=True)
class Course:
    """How one condition or deficit comes to people.

    `share[s, i]` is the share of men (0) and women (1) who have had it by the i-th age of `Model.ages`; `shift[d]` what
    the d-th deprivation decile adds to the normal number (0 stands for none), `loads` the three factors, and
    `practices` the standard deviation of what practices add.
    """

    name: str
    share: Floats
    shift: Floats
    loads: tuple[float, float, float]
    practices: float
    parent: str
    follows: float
    first_age: float

    @property
    def knots(self) -> Floats:
        """Thresholds at `Model.ages`, for men and women; they always fall."""
        inverse = NormalDist().inv_cdf
        raised = np.maximum.accumulate(np.clip(self.share, RAREST, 1 - RAREST), axis=1)
        quantiles = np.array([[-inverse(float(p)) for p in row] for row in raised])
        return np.asarray(quantiles - np.arange(raised.shape[1]) * 1e-4, dtype=np.float64)


@dataclass(frozen=True)
class Condition:
    """One condition as the records know it, from illness_assumptions.toml."""

    name: str
    counts_as: str
    usual: tuple[str, ...]
    concepts: tuple[str, ...]
    young: tuple[str, ...]
    only: dict[int, tuple[str, ...]]
    again: float
    resolves: float
    ending: str
    since: int
    new_episodes: bool
    drawn: bool
    from_band: int
    from_people: str


@dataclass(frozen=True)
class Deficit:
    """One deficit of the frailty index: the conditions it follows, and whether it is also drawn."""

    name: str
    conditions: tuple[str, ...]
    drawn: bool
    medicines: int
    people: str
    concepts: tuple[str, ...]


@dataclass(frozen=True)
class Medicine:
    """One class of repeat medicine: the share of those with each condition, and of others by age, who take it."""

    name: str
    of: dict[str, float]
    ages: tuple[float, float, float]
    sexes: tuple[int, ...]


@dataclass(frozen=True)
class Model:
    """Everything illness is drawn from. `thresholds[k, s, i]` is that of course k at age i / STEPS_A_YEAR."""

    ages: Floats
    conditions: tuple[Condition, ...]
    deficits: tuple[Deficit, ...]
    medicines: tuple[Medicine, ...]
    courses: tuple[Course, ...]
    thresholds: Floats
    frailty_coded: float

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the conditions, in order of `Health.onset`."""
        return tuple(condition.name for condition in self.conditions)


def read(name: str) -> dict[str, Any]:
    """Read one of the data files, without its format number."""
    found = tomllib.loads((DATA / name).read_text(encoding="utf-8"))
    found.pop("format")
    return found


@lru_cache(maxsize=1)
def model() -> Model:
    """Return the model of the files that ship."""
    return build(read("illness.toml"))


def build(fitted: dict[str, Any]) -> Model:
    """Put the hand-written files and what was fitted together."""
    assumed, deficits, medicines = read("illness_assumptions.toml"), read("deficits.toml"), read("medicines.toml")
    ages = np.array(fitted["ages"], dtype=float)
    strength = fitted["strength"]
    courses = [
        _course(name, said, fitted["courses"][name], strength["conditions"])
        for name, said in assumed.items()
        if "loads" in said
    ]
    courses += [
        _course(deficit_course(name), said, fitted["courses"][deficit_course(name)], strength["deficits"])
        for name, said in deficits.items()
        if "drawn" in said
    ]
    return Model(
        ages=ages,
        conditions=tuple(_condition(name, said) for name, said in assumed.items()),
        deficits=tuple(_deficit(name, said) for name, said in deficits.items()),
        medicines=tuple(_medicine(name, said, fitted["medicines"]) for name, said in medicines.items()),
        courses=tuple(courses),
        thresholds=np.array([_by_step(course, ages) for course in courses], dtype=np.float32),
        frailty_coded=float(fitted["strength"]["frailty_coded"]),
    )


def deficit_course(name: str) -> str:
    """Name of the course of a deficit, apart from that of a condition of the same name."""
    return f"deficit.{name}"


def _by_step(course: Course, ages: Floats) -> Floats:
    steps = np.arange(OLDEST * STEPS_A_YEAR) / STEPS_A_YEAR
    return np.array([np.interp(steps, ages, knots) for knots in course.knots])


def _course(name: str, said: dict[str, Any], fitted: dict[str, Any], strength: float) -> Course:
    loads = [*said["loads"], 0.0][:3]
    parent, follows = said.get("parent", ["", 0.0])
    return Course(
        name=name,
        share=np.array([fitted["men"], fitted["women"]]) / 100,
        shift=np.array([0.0, *fitted["shift"]]),
        loads=_within_one([strength * load for load in loads]),
        practices=float(fitted.get("practices", 0.0)),
        parent=parent,
        follows=float(follows),
        first_age=float(said.get("first", 0)),
    )


def _within_one(loads: list[float]) -> tuple[float, float, float]:
    """Scale loads down where together they would leave nothing of a person's own."""
    total = sum(load**2 for load in loads) ** 0.5
    general, mental, frailty = (load * min(1.0, 0.97 / max(total, 1e-9)) for load in loads)
    return general, mental, frailty


def _condition(name: str, said: dict[str, Any]) -> Condition:
    since = said.get("since")
    return Condition(
        name=name,
        counts_as=said.get("counts", ""),
        usual=tuple(said.get("usual", ())),
        concepts=tuple(said.get("concepts", ())),
        young=tuple(said.get("young", ())),
        only={0: tuple(said.get("men_only", ())), 1: tuple(said.get("women_only", ()))},
        again=float(said.get("again", 0.0)),
        resolves=float(said.get("resolves", 0.0)),
        ending=said.get("ending", f"{name}.resolved"),
        since=(since.toordinal() - 719163) if since else -10_000_000,
        new_episodes=bool(said.get("new_episodes", False)),
        drawn="loads" in said,
        from_band=int(said.get("from_band", 0)),
        from_people=said.get("from_people", ""),
    )


def _deficit(name: str, said: dict[str, Any]) -> Deficit:
    return Deficit(
        name=name,
        conditions=tuple(said.get("of", ())),
        drawn="drawn" in said,
        medicines=int(said.get("medicines", 0)),
        people=said.get("people", ""),
        concepts=tuple(said.get("concepts", ())),
    )


def _medicine(name: str, said: dict[str, Any], fitted: dict[str, float]) -> Medicine:
    low, high, share = said.get("ages", (0, 0, 0.0))
    return Medicine(
        name=name,
        of={condition: min(0.97, uptake * fitted["with_condition"]) for condition, uptake in said["of"].items()},
        ages=(float(low), float(high), min(0.97, share * fitted["others"])),
        sexes=(0,) if said.get("men") else (1,) if said.get("women") else (0, 1),
    )


DEFICITS = tuple(read("deficits.toml"))
