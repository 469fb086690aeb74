"""The model file: it reads back as it was, and is refused where it, its definition or the columns have changed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from risk_tables import DAY, TYPES, drawn_frame

from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning.admission_risk.definition import ReadModel, risk_model
from doorstep.planning.admission_risk.model import (
    FittedModel,
    digest_of,
    fit_model,
    newest_model,
    read_model,
    write_model,
)
from doorstep.planning.admission_risk.purpose import SYNTHETIC
from doorstep.planning.person_file import PersonFile

READ = risk_model()
PERSON = PersonFile(Path("none"), {"columns": TYPES, "definitions": {"diabetes@1": "d" * 64, "age_of_dog@1": "e" * 64}})


@pytest.fixture(scope="module")
def model() -> FittedModel:
    return fit_model(READ, drawn_frame(4000), PERSON)


def test_it_reads_back_as_it_was_written(tmp_path: Path, model: FittedModel) -> None:
    path = write_model(Home(tmp_path), model)
    found = read_model(path)
    assert found.score == model.score and found.comparators == model.comparators
    assert found.told == json.loads(json.dumps(model.told))
    columns = drawn_frame(50, seed=9).columns
    assert (found.score.risk(columns) == model.score.risk(columns)).all()
    assert newest_model(Home(tmp_path)) == path
    assert path.name == f"emergency_admission_12m_v1_{DAY}_{model.sha256[:8]}.json"


def test_it_says_what_it_is_for_and_what_it_was_made_from(model: FittedModel) -> None:
    told = model.told
    assert (
        "does not diagnose" in told["intended_purpose"] and "never makes anybody a member" in told["intended_purpose"]
    )
    assert "No claim is made as a medical device" in told["not_a_device"]
    assert told["columns"].keys() == set(model.score.columns)
    assert told["definitions"] == {"diabetes@1": "d" * 64}
    assert told["definition_sha256"] == READ.sha256 and told["software"].keys() == {"doorstep", "numpy", "python"}
    assert told["left_out"]["dementia"] == "the person table has no such column"
    assert any("unreviewed" in warning for warning in model.warnings)


def test_no_fit_sees_the_people_held_out() -> None:
    """Whatever became of the people held out, the coefficients are the same."""
    frame = drawn_frame(4000)
    held = frame.held_out(READ.definition.held_out)
    other = replace(frame, admitted=frame.admitted ^ held)
    assert fit_model(READ, frame, PERSON).score == fit_model(READ, other, PERSON).score
    assert fit_model(READ, frame, PERSON).told["n_fitted"] == int((~held).sum())


def test_made_up_people_and_late_history_stand_in_every_model(model: FittedModel) -> None:
    assert SYNTHETIC not in model.warnings
    frame = drawn_frame(2000)
    late = replace(frame, made_of={**frame.made_of, "known_by": "2026-10-20"})
    found = fit_model(READ, late, PERSON, is_synthetic=True).warnings
    assert found[0] == "synthetic: no clinical meaning"
    assert "arrived late" in found[1]


@pytest.mark.parametrize("change", ["coefficient", "warning", "columns"])
def test_a_file_that_was_changed_is_refused(tmp_path: Path, model: FittedModel, change: str) -> None:
    path = write_model(Home(tmp_path), model)
    told = json.loads(path.read_text())
    if change == "coefficient":
        told["score"]["weights"][0]["coefficient"] += 1e-9
    elif change == "warning":
        told["warnings"] = []
    else:
        told["columns"].popitem()
    path.write_text(json.dumps(told))
    with pytest.raises(NotWhatItClaimsError, match="changed after it was written"):
        read_model(path)


def test_other_files_are_no_models(tmp_path: Path, model: FittedModel) -> None:
    with pytest.raises(UsageError, match="no model file"):
        read_model(tmp_path / "none.json")
    with pytest.raises(UsageError, match="no model was fitted"):
        newest_model(Home(tmp_path))
    for text in ("not json", "[]", "{}"):
        (tmp_path / "x.json").write_text(text)
        with pytest.raises(NotWhatItClaimsError, match="not a model file"):
            read_model(tmp_path / "x.json")
    newer: dict[str, Any] = {**model.told, "format": 2}
    (tmp_path / "x.json").write_text(json.dumps({**newer, "sha256": digest_of(newer)}))
    with pytest.raises(ConfigurationError, match="format 2"):
        read_model(tmp_path / "x.json")


def test_columns_or_definitions_that_changed_are_refused(model: FittedModel) -> None:
    model.check_columns(PERSON)
    without = {name: kind for name, kind in TYPES.items() if name != "diabetes"}
    with pytest.raises(ConfigurationError, match="no column diabetes"):
        model.check_columns(PersonFile(Path("none"), {**PERSON.meta, "columns": without}))
    with pytest.raises(ConfigurationError, match="no column age as the model read it"):
        model.check_columns(PersonFile(Path("none"), {**PERSON.meta, "columns": {**TYPES, "age": "VARCHAR"}}))
    with pytest.raises(ConfigurationError, match="diabetes@1 is defined differently"):
        model.check_columns(PersonFile(Path("none"), {**PERSON.meta, "definitions": {"diabetes@2": "d" * 64}}))
    with pytest.raises(ConfigurationError, match="not the one that the model was fitted by"):
        model.check_definition(ReadModel(READ.definition, "0" * 64))
    with pytest.raises(UsageError, match="before the day of the fit"):
        model.check_day(DAY.replace(day=29))


def test_no_predictor_at_all_is_refused() -> None:
    with pytest.raises(UsageError, match="no predictor is left"):
        fit_model(READ, drawn_frame(500), PersonFile(Path("none"), {"columns": {}, "definitions": {}}))
