"""The shipped definition: every predictor is a column that exists, in a form it can be read in, with a reason."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from doorstep.errors import ConfigurationError, UsageError
from doorstep.planning.admission_risk.definition import Predictor, RiskModel, risk_model
from doorstep.planning.admission_risk.design import Term, design
from doorstep.planning.admission_risk.use import USES
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.columns import person_columns

SHIPPED = risk_model().definition


def test_every_predictor_need_and_use_of_the_shipped_definition_is_defined() -> None:
    columns = person_columns(shipped())
    missing = [c for p in SHIPPED.predictor for c in p.columns if c not in columns]
    assert missing == []
    assert [n.column for n in SHIPPED.need if n.column not in columns] == []
    assert set(USES) <= {a.id for a in shipped().activities}
    everything = [c for p in SHIPPED.predictor if not p.is_on for c in p.columns]
    assert design(SHIPPED, columns, also=everything).left_out == {}


def test_deprivation_is_off_with_a_reason_and_can_be_added() -> None:
    types = {"imd_quintile": "INTEGER", "age": "INTEGER"}
    off = design(SHIPPED, types)
    assert "imd_quintile" not in {t.column for t in off.terms}
    assert "under-use" in off.left_out["imd_quintile"]
    on = design(SHIPPED, types, also=["imd_quintile"])
    assert Term("imd_quintile", "is", "1") in on.terms
    assert Term("imd_quintile", "is", "5") not in on.terms  # the reference


def test_ethnic_group_and_place_of_living_are_no_predictors() -> None:
    offered = {c for p in SHIPPED.predictor for c in p.columns}
    assert offered.isdisjoint({"ethnicity", "ethnic_group", "lsoa21", "practice", "person_id"})


def test_a_column_that_is_not_offered_cannot_be_added() -> None:
    with pytest.raises(UsageError, match="ethnic_group cannot be added"):
        design(SHIPPED, {"age": "INTEGER"}, also=["ethnic_group"])


def test_columns_that_are_absent_or_of_another_type_are_named() -> None:
    found = design(SHIPPED, {"age": "INTEGER", "diabetes": "VARCHAR"})
    assert found.left_out["dementia"] == "the person table has no such column"
    assert "VARCHAR, which cannot be read as flag" in found.left_out["diabetes"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"form": "magic"}, "form 'magic'"),
        ({"form": "count"}, "cap 0"),
        ({"form": "bends"}, "knots"),
        ({"form": "bends", "knots": (50.0, 40.0)}, "knots"),
        ({"form": "words", "levels": ("1",)}, "levels"),
        ({"is_on": False}, "without a reason"),
    ],
)
def test_a_wrong_predictor_cannot_be_made(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        Predictor(**({"columns": ("age",), "form": "flag", "why": "because"} | changed))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"months": 0}, "0 months"),
        ({"held_out": 1.0}, "held_out"),
        ({"penalties": ()}, "penalties"),
        ({"capacities": (0.05, 0.01)}, "capacities"),
        ({"thresholds": (0.5, 1.0)}, "thresholds"),
        ({"predictor": SHIPPED.predictor * 2}, "predictors"),
    ],
)
def test_a_wrong_model_cannot_be_made(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        dataclasses.replace(SHIPPED, **changed)


def test_a_definition_of_ones_own_is_read_from_its_file(tmp_path: Path) -> None:
    source = Path(risk_model.__code__.co_filename).parent / "emergency_admission_12m.toml"
    own = tmp_path / "ours.toml"
    own.write_text(
        source.read_text(encoding="utf-8").replace('"emergency_admission_12m"', '"ours"', 1), encoding="utf-8"
    )
    read = risk_model(own)
    assert isinstance(read.definition, RiskModel) and read.definition.id == "ours"
    assert read.sha256 != risk_model().sha256
