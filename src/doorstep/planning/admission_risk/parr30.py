"""PARR-30 as a documented reference: readmission within 30 days of a discharge. Per discharge, not per person.

Its coefficients are published, but their file has no licence, so it does not ship: give a path. The effects of
hospitals are not part of it and taken as nought, and its deprivation term asks for IMD 2007 scores, which are not held
here, so that everybody counts as least deprived. It is a benchmark for discharges, and never a score to act on.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from doorstep.errors import ConfigurationError, DataError, NotWhatItClaimsError
from doorstep.planning.admission_risk.evaluating import Row, judge_parr30
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.people import ensure_people
from doorstep.planning.person_file import LakeView

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

Array = npt.NDArray[Any]
DAYS = 29  # an emergency admission 0 to 29 days after the discharge
# Term of the model -> items of Charlson (Quan 2005) that a stay must have, and those that take its place.
CONDITIONS: Mapping[str, tuple[str, str]] = {
    "congestive_heart_failure": ("congestive_heart_failure", ""),
    "peripheral_vascular_disease": ("peripheral_vascular_disease", ""),
    "chronic_pulmonary_disease": ("chronic_pulmonary_disease", ""),
    "diabetes_chronic_complications": ("diabetes_with_chronic_complication", ""),
    "renal_disease": ("renal_disease", ""),
    "metastatic_cancer_solid_tumour": ("metastatic_solid_tumor", ""),
    "other_malignant_cancer": ("any_malignancy", "metastatic_solid_tumor"),
    "moderate_severe_liver_disease": ("moderate_or_severe_liver_disease", ""),
    "other_liver_disease": ("mild_liver_disease", "moderate_or_severe_liver_disease"),
    "hemiplegia_paraplegia": ("hemiplegia_or_paraplegia", ""),
    "dementia": ("dementia", ""),
}
USE = ("emergency_admissions_last_year", "emergency_admission_last_30_days", "current_admission_emergency")
_NEEDED = {"constant", "age_squared", *USE, *CONDITIONS}

_STAYS = """
create or replace temp table parr30_stay as
select row_number() over () as stay, person_id, admitted_on, discharged_on, diagnoses, patient_classification,
       coalesce(starts_with(admission_method, '2'), false) as is_emergency,
       coalesce(discharge_method, '') = '4' as died
from spell where person_id is not null and admitted_on is not null
"""

# One row a discharge alive of an ordinary admission of an adult.
_DISCHARGES = """
create or replace temp table parr30_discharge as
select s.*, date_sub('year', p.birth_on, s.admitted_on) as age
from parr30_stay s join people p using (person_id)
where discharged_on > $day and discharged_on <= $last and not died and patient_classification = '1'
  and date_sub('year', p.birth_on, s.admitted_on) >= 18
"""

_USE = """
create or replace temp table parr30_use as
select d.stay,
       count(*) filter (s.is_emergency and s.admitted_on between d.admitted_on - 365 and d.admitted_on - 1)::int
           as emergency_admissions_last_year,
       coalesce(bool_or(s.is_emergency and s.admitted_on between d.admitted_on - 30 and d.admitted_on - 1), false)
           as emergency_admission_last_30_days,
       coalesce(bool_or(s.is_emergency and s.admitted_on between d.discharged_on and d.discharged_on + {days}), false)
           as is_readmitted
from parr30_discharge d left join parr30_stay s on s.person_id = d.person_id and s.stay <> d.stay
group by d.stay
"""

_HAS = """
create or replace temp table parr30_has as
with item as (
    select item, prefix from read_parquet($scores) where variant = 'charlson_quan_2005'
), code as (
    select stay, person_id, admitted_on, upper(replace(unnest(diagnoses), '.', '')) as code from parr30_stay
), found as (
    select distinct person_id, admitted_on, item from code join item on starts_with(code, prefix)
)
select d.stay, list(distinct f.item) as items
from parr30_discharge d join found f
  on f.person_id = d.person_id and f.admitted_on between d.admitted_on - 730 and d.admitted_on
group by d.stay
"""


@dataclass(frozen=True)
class Parr30:
    """The published coefficients, by term (log odds)."""

    coefficients: Mapping[str, float]

    @classmethod
    def read(cls, path: Path) -> Parr30:
        """Read a file of term, unit, coefficient.

        Raises ConfigurationError where it is not there, NotWhatItClaimsError where a term is missing or not a number.
        """
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                found = {row["term"]: float(row["coefficient"]) for row in csv.DictReader(stream)}
        except OSError as error:
            raise ConfigurationError("there is no file of PARR-30 coefficients", where=str(path)) from error
        except (KeyError, TypeError, ValueError) as error:
            raise NotWhatItClaimsError(
                "these are no coefficients", expected="term, unit, coefficient", where=str(path)
            ) from error
        missing = sorted(_NEEDED - found.keys())
        if missing:
            raise NotWhatItClaimsError(f"no coefficient of {', '.join(missing)}", where=str(path))
        return cls({name: value for name, value in found.items() if name in _NEEDED})

    def risk(self, discharges: Mapping[str, Array]) -> npt.NDArray[np.float64]:
        """Return the risk of readmission of each discharge: 1 / (1 + exp(-(constant + sum of coefficient * term))).

        `discharges` has age (years) and a column for each term of use and condition. Source: Billings et al., BMJ Open
        2012;2:e001667.
        """
        b = self.coefficients
        logit = b["constant"] + b["age_squared"] * discharges["age"].astype(np.float64) ** 2
        for name in (*USE, *CONDITIONS):
            logit = logit + b[name] * discharges[name].astype(np.float64)
        return np.asarray(1 / (1 + np.exp(-logit)))


def discharges(con: DuckDBPyConnection, *, day: date, until: date) -> tuple[dict[str, Array], npt.NDArray[np.bool_]]:
    """Return the discharges alive of adults after a day whose 30 days have passed by another, and who was readmitted.

    Ordinary admissions only. Conditions are those coded in the stay or in one admitted in the 730 days before (the
    look-back is recalled, not checked against the paper); use is counted before the admission.
    """
    from doorstep import reference

    ensure_people(con)
    con.execute(_STAYS)
    con.execute(_DISCHARGES, {"day": day, "last": until - timedelta(days=DAYS)})
    con.execute(_USE.format(days=DAYS))
    con.execute(_HAS, {"scores": str(reference.table("diagnosis_scores"))})
    has = ", ".join(
        f"{_has(item)}{f' and not {_has(instead)}' if instead else ''} as {name}"
        for name, (item, instead) in CONDITIONS.items()
    )
    query = (
        "select age::double as age, is_emergency as current_admission_emergency, emergency_admissions_last_year, "
        f"emergency_admission_last_30_days, {has}, is_readmitted from parr30_discharge "
        "join parr30_use using (stay) left join parr30_has using (stay) order by person_id, admitted_on, stay"
    )
    found = {name: np.asarray(values) for name, values in con.execute(query).fetchnumpy().items()}
    return found, found.pop("is_readmitted").astype(bool)


def judged(published: Parr30, lake: LakeView, frame: Frame) -> Row:
    """Judge PARR-30 on the discharges of a frame's months; DataError where there is none."""
    day, until = (date.fromisoformat(frame.made_of[name]) for name in ("day", "until"))
    found, readmitted = discharges(lake.connection(), day=day, until=until)
    if not len(readmitted):
        raise DataError(f"nobody was discharged between {day} and {until}", expected="discharges to judge PARR-30 on")
    return judge_parr30(published.risk(found), readmitted)


def _has(item: str) -> str:
    return f"coalesce(list_contains(items, '{item}'), false)"
