"""PARR-30: risks by hand, which discharges count, and what they are given for."""

from __future__ import annotations

import math
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lake_tables import Row, lake

from doorstep.errors import ConfigurationError, NotWhatItClaimsError
from doorstep.planning.admission_risk.parr30 import CONDITIONS, USE, Parr30, discharges

DAY, UNTIL = date(2025, 9, 30), date(2026, 9, 30)
# Made up: the published ones do not ship.
MADE = {"constant": -3.0, "age_squared": 0.0001, **dict.fromkeys(USE, 0.5), **dict.fromkeys(CONDITIONS, 0.1)}


def stay(admitted: str, discharged: str, method: str = "21", *diagnoses: str, **more: Any) -> Row:
    return {
        "person_id": "a", "admitted_on": date.fromisoformat(admitted), "discharged_on": date.fromisoformat(discharged),
        "admission_method": method, "patient_classification": "1", "discharge_method": "1",
        "diagnoses": list(diagnoses), **more,
    }  # fmt: skip


def found(*stays: Row, born: date = date(1945, 6, 15)) -> tuple[dict[str, Any], list[bool]]:
    person = {"person_id": "a", "source": "gp", "record_id": "a", "birth_on": born}
    terms, readmitted = discharges(lake(person=[person], spell=list(stays)), day=DAY, until=UNTIL)
    return {name: values.tolist() for name, values in terms.items()}, readmitted.tolist()


def test_a_risk_by_hand() -> None:
    """Aged 80, one admission in the last year, admitted as an emergency, dementia: -3 + 0.64 + 0.5 + 0.5 + 0.1."""
    one = dict.fromkeys((*USE, *CONDITIONS), np.array([0.0])) | {"age": np.array([80.0]), "dementia": np.array([True])}
    one |= {"emergency_admissions_last_year": np.array([1]), "current_admission_emergency": np.array([True])}
    (risk,) = Parr30(MADE).risk(one)
    assert risk == pytest.approx(1 / (1 + math.exp(1.26)))


@pytest.mark.parametrize(
    ("again", "is_readmitted"), [("2026-01-10", True), ("2026-02-08", True), ("2026-02-09", False)]
)
def test_readmission_is_an_emergency_within_29_days_of_the_discharge(again: str, is_readmitted: bool) -> None:
    _, readmitted = found(stay("2026-01-01", "2026-01-10"), stay(again, "2026-09-20"))
    assert readmitted == [is_readmitted]  # the second discharge is too late for its own 30 days
    _, planned = found(stay("2026-01-01", "2026-01-10"), stay(again, "2026-09-20", "11"))
    assert planned == [False]


def test_only_living_discharges_of_adults_from_ordinary_admissions_whose_30_days_have_passed_count() -> None:
    assert found(stay("2026-01-01", "2026-01-10", discharge_method="4"))[1] == []
    assert found(stay("2026-01-01", "2026-01-10", patient_classification="2"))[1] == []
    assert found(stay("2025-09-01", "2025-09-30"))[1] == []
    assert found(stay("2026-09-01", "2026-09-02"))[1] == []
    assert found(stay("2026-08-01", "2026-09-01"))[1] == [False]
    assert found(stay("2026-01-01", "2026-01-10"), born=date(2010, 1, 1))[1] == []


def test_terms_look_back_from_the_admission() -> None:
    terms, _ = found(
        stay("2026-03-01", "2026-03-05", "21", "I50.0"),
        stay("2026-02-10", "2026-02-11", "21", discharge_method="4"),
        stay("2025-03-01", "2025-03-02", "21", "F00"),
        stay("2025-02-28", "2025-03-01", "21"),
        stay("2024-01-01", "2024-01-02", "21", "N18"),
    )
    assert terms["age"] == [80.0]
    assert terms["emergency_admissions_last_year"] == [2]  # 10 February and the day 365 days before, not 366
    assert terms["emergency_admission_last_30_days"] == [True]
    assert (terms["congestive_heart_failure"], terms["dementia"], terms["renal_disease"]) == ([True], [True], [False])


def test_the_worse_of_two_takes_the_place_of_the_other() -> None:
    terms, _ = found(stay("2026-03-01", "2026-03-05", "21", "C50", "C78", "K703"))
    assert terms["metastatic_cancer_solid_tumour"] == [True] and terms["other_malignant_cancer"] == [False]
    assert terms["other_liver_disease"] == [True] and terms["moderate_severe_liver_disease"] == [False]


def test_a_file_without_a_term_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "parr30.csv"
    lines = [f"{name},x,{value}" for name, value in MADE.items()]
    path.write_text("\n".join(["term,unit,coefficient", *lines, "hospital_effect,x,0"]))
    assert Parr30.read(path).coefficients == MADE
    path.write_text("\n".join(["term,unit,coefficient", *lines[:-1]]))
    with pytest.raises(NotWhatItClaimsError, match="no coefficient of dementia"):
        Parr30.read(path)
    path.write_text("other\n1\n")
    with pytest.raises(NotWhatItClaimsError, match="no coefficients"):
        Parr30.read(path)
    with pytest.raises(ConfigurationError, match="no file of PARR-30"):
        Parr30.read(tmp_path / "none.csv")
