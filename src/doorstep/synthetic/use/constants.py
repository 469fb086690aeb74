"""What the use of care is drawn with: fitted levels, shapes taken as given, and why people are in hospital."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.synthetic.arrays import Floats

Singles = npt.NDArray[np.float32]
OLDEST = 110


@dataclass(frozen=True)
class Fitted:
    """What scripts/fit_use.py finds from published figures.

    `emergency_cells[a, q]` are yearly rates by age band and fifth of deprivation (most deprived first) before frailty,
    illness and the rest; each array by frailty band has four factors, fit to severe. The last two keep the
    level of emergency use where a mechanism is left out: of admissions by age band, of attendances in one figure.
    """

    emergency_cells: Floats
    emergency_infants: float
    emergency_frailty: Floats
    admission_conditions: float
    emergency_recent: float
    attendance_ages: Floats
    attendance_infants: float
    attendance_deprived: Floats
    heavy_people: float
    heavy_rate: float
    heavy_admitted: float
    heavy_deprived: float
    ambulance_heavy: float
    stay_level: float
    stay_frailty: float
    ordinary_level: float
    day_case_level: float
    outpatients_level: float
    community_level: float
    gp_level: float
    gp_frailty: Floats
    gp_conditions: float
    frailty_codes: float
    frailty_codes_spread: float
    acs_deprived: Floats
    coding_depth: float
    season_attendance: Floats
    season_admission: Floats
    level_without: Mapping[str, Floats]
    attendance_without: Mapping[str, Floats]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Fitted:
        """Return the constants that a table of plain values holds."""

        def typed(value: Any) -> Any:
            if isinstance(value, Mapping):
                return {name: np.asarray(v, dtype=float) for name, v in value.items()}
            return np.asarray(value, dtype=float) if isinstance(value, list) else float(value)

        return cls(**{f.name: typed(values[f.name]) for f in fields(cls)})


def read(name: str) -> dict[str, Any]:
    """Return one data file of the room."""
    path = resources.files("doorstep.synthetic") / "data" / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def fitted() -> Fitted:
    """The constants that ship."""
    return Fitted.of(read("use")["fitted"])


@cache
def assumed() -> dict[str, Any]:
    """Shapes that are taken as given, by subject."""
    return read("use_assumed")


@cache
def reasons() -> dict[str, Any]:
    """Diagnoses, procedures and what they follow."""
    return read("use_diagnoses")


def by_age(ages: Any, values: Any) -> Singles:
    """Return a value for each whole age from 0 to `OLDEST`, in straight lines between those given."""
    values_by_age: Singles = np.interp(np.arange(OLDEST + 1), ages, values).astype(np.float32)
    return values_by_age


def by_age_pairs(pairs: Any) -> Singles:
    """The same from pairs of age and value."""
    return by_age(*zip(*pairs, strict=True))
