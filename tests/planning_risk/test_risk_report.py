"""What a report shows: figures that can be worked out by hand, and no count below six, nor one that gives it away."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import altair
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from risk_tables import TYPES, drawn_frame

from doorstep.home import Home
from doorstep.planning.admission_risk.counts import BELOW, called_shares, join_bands
from doorstep.planning.admission_risk.definition import risk_model
from doorstep.planning.admission_risk.evaluating import evaluate
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.admission_risk.model import FittedModel, fit_model
from doorstep.planning.admission_risk.report import write_report
from doorstep.planning.person_file import PersonFile
from doorstep.statistics.risk import model_performance

READ = risk_model()
PERSON = PersonFile(Path("none"), {"columns": TYPES, "definitions": {}})


@pytest.fixture(scope="module")
def frame() -> Frame:
    return drawn_frame(6000)


@pytest.fixture(scope="module")
def model(frame: Frame) -> FittedModel:
    return fit_model(READ, frame, PERSON, is_synthetic=True)


def test_on_the_day_of_the_fit_only_people_held_out_are_looked_at(frame: Frame, model: FittedModel) -> None:
    found = evaluate(READ.definition, model, frame)
    held = frame.held_out(READ.definition.held_out)
    whole = found.tables["performance"][0]
    assert (whole["n"], whole["admitted"]) == (int(held.sum()), int(frame.admitted[held].sum()))
    own = frame.some(held)
    assert whole["c"] == pytest.approx(
        float(model_performance(model.score.risk(own.columns), own.admitted).auc.value), abs=6e-4
    )
    assert found.basis.startswith("random split")


def test_on_a_later_day_everybody_is_and_those_held_out_once_more(frame: Frame, model: FittedModel) -> None:
    later = replace(drawn_frame(6000, seed=2), made_of={**frame.made_of, "day": "2026-03-31"})
    found = evaluate(READ.definition, model, later)
    assert found.basis.startswith("temporal")
    assert found.tables["performance"][0]["n"] == 6000
    assert [row["who"] for row in found.tables["sensitivity"]][-1] == "only people whom no fit has seen"
    stayed = int((~later.died & ~later.left).sum())
    assert found.tables["sensitivity"][1]["n"] == stayed


def test_a_model_of_what_was_planted_beats_its_comparators_and_is_calibrated(frame: Frame, model: FittedModel) -> None:
    rows = {row["score"]: row for row in evaluate(READ.definition, model, frame).tables["performance"]}
    assert rows.keys() == {"model", "last_year", "age_sex", "hfrs_band"}
    assert rows["model"]["c"] > max(rows["last_year"]["c"], rows["age_sex"]["c"])
    assert rows["model"]["slope_lower"] < 1 < rows["model"]["slope_upper"]
    assert rows["model"]["observed_to_expected_lower"] < 1 < rows["model"]["observed_to_expected_upper"]


def test_capacity_and_net_benefit_add_up(frame: Frame, model: FittedModel) -> None:
    found = evaluate(READ.definition, model, frame).tables
    n = found["performance"][0]["n"]
    called = [row for row in found["capacity"] if row["score"] == "model"]
    assert [row["capacity"] for row in called] == [0.005, 0.01, 0.05]
    assert called[-1]["called"] <= round(0.05 * n)
    assert called[-1]["ppv"] == pytest.approx(called[-1]["found"] / called[-1]["called"], abs=6e-4)
    row = next(r for r in found["net_benefit"] if r["score"] == "model" and r["threshold"] == 0.1)
    held = frame.some(frame.held_out(READ.definition.held_out))
    flagged = model.score.risk(held.columns) >= 0.1
    true, false = int((flagged & held.admitted).sum()), int((flagged & ~held.admitted).sum())
    assert row["flagged"] == true + false
    assert row["net_benefit"] == pytest.approx(true / n - false / n * 0.1 / 0.9, abs=1e-5)


def small(frame: Frame) -> Frame:
    """The same, with four people of another sex and three quintiles not known: numbers that may not be shown."""
    sex, quintile = np.array(frame.columns["sex"], dtype=object), frame.columns["imd_quintile"].astype(float)
    held = np.flatnonzero(frame.held_out(READ.definition.held_out))
    sex[held[:4]], quintile[held[4:7]] = "9", np.nan
    return replace(frame, columns={**frame.columns, "sex": sex, "imd_quintile": quintile})


def test_a_small_group_is_hidden_with_every_figure_of_it_and_a_neighbour(frame: Frame, model: FittedModel) -> None:
    rows = [
        r for r in evaluate(READ.definition, model, small(frame)).tables["groups"] if r["split"] in ("sex", "quintile")
    ]
    hidden = [r for r in rows if r["n"] == "*"]
    assert {"indeterminate", "not known"} <= {r["group"] for r in hidden}
    assert sum(r["split"] == "sex" for r in hidden) >= 2 and sum(r["split"] == "quintile" for r in hidden) >= 2
    for row in hidden:
        assert {v for k, v in row.items() if k not in ("split", "group")} == {"*"}


def test_what_is_called_of_a_group_is_shown_only_where_every_count_of_it_may_be() -> None:
    """Of the young only two are called: their share would be a small number."""
    frame = drawn_frame(3000)
    called = frame.columns["age"] >= 60
    called[np.flatnonzero(frame.columns["age"] < 50)[:2]] = True
    found = called_shares(frame, called)
    assert found[("age", "18-49")] == ("*", "*")
    assert sum(found[("age", part)] == ("*", "*") for part in ("18-49", "50-64", "65-74", "75-84", "85 and over")) >= 2


RISKS = st.lists(st.tuples(st.sampled_from([0.05, 0.15, 0.25, 0.45, 0.6]), st.booleans()), min_size=1, max_size=120)


@given(RISKS)
@settings(max_examples=150, deadline=None)
def test_joined_bands_hold_no_small_number_and_cumulate_to_the_truth(people: list[tuple[float, bool]]) -> None:
    risk, admitted = np.array([r for r, _ in people]), np.array([a for _, a in people])
    cuts = [("0.5", 0.5), ("0.3", 0.3), ("0.2", 0.2), ("0.1", 0.1)]
    bands = join_bands(risk, admitted, cuts)
    names = list(dict.fromkeys(name for name in (*(n for n, _ in cuts), BELOW) if (bands.label == name).any()))
    counts = {n: [int(((bands.label == n) & side).sum()) for side in (admitted, ~admitted)] for n in names}
    if len(names) > 1:
        assert all(min(pair) >= 6 for pair in counts.values())
    assert sum(sum(pair) for pair in counts.values()) == len(people)
    for name, cut in cuts:
        last = bands.upto[name]
        if last == "":
            assert not (risk >= cut).any()
        elif last is not None:
            reached = names[: names.index(last) + 1]
            assert sum(sum(counts[n]) for n in reached) == int((risk >= cut).sum())


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_report_is_written_whole_with_tables_and_charts(tmp_path: Path, frame: Frame, model: FittedModel) -> None:
    folder, found = write_report(Home(tmp_path), READ, model, small(frame))
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "synthetic: no clinical meaning" in text and model.told["intended_purpose"] in text
    assert "What it cannot see" in text and "unreviewed" in text
    for name, rows in found.tables.items():
        written = table(folder / "tables" / f"{name}.csv")
        assert [list(r.values()) for r in written] == [[str(v) for v in r.values()] for r in rows]
    for path in (folder / "charts").iterdir():
        altair.Chart.from_dict(json.loads(path.read_text()))  # raises where it is no Vega-Lite
    about = json.loads((folder / "about.json").read_text())
    assert about["model_sha256"] == model.sha256 and not any(k.startswith("n_") for k in about["made_of"])
    assert not list(folder.parent.glob(".*"))


def test_no_count_of_people_below_six_stands_in_any_table(tmp_path: Path, frame: Frame, model: FittedModel) -> None:
    folder, _ = write_report(Home(tmp_path), READ, model, small(frame))
    counted = ("n", "admitted", "called", "found", "flagged")
    seen = 0
    for path in (folder / "tables").iterdir():
        for row in table(path):
            values: list[Any] = [row[name] for name in counted if name in row]
            seen += len(values)
            # nobody at all reaching a threshold is a fact about the score
            assert [v for v in values if v.isdigit() and 0 < int(v) < 6] == [], path.name
    assert seen > 100
