"""Writing a report: the page, a CSV for each table, and the charts, all at once or not at all."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doorstep.home import Home
from doorstep.planning.admission_risk.charts import charts
from doorstep.planning.admission_risk.definition import ReadModel
from doorstep.planning.admission_risk.evaluating import Evaluation, evaluate
from doorstep.planning.admission_risk.frame import Frame
from doorstep.planning.admission_risk.model import FittedModel
from doorstep.planning.admission_risk.pages import audit_rows, coefficient_rows, need_rows, page


def write_report(
    home: Home, read: ReadModel, model: FittedModel, frame: Frame, *, parr30: Mapping[str, Any] | None = None
) -> tuple[Path, Evaluation]:
    """Judge a model on a frame and write `report.md`, `tables/*.csv`, `charts/*.vl.json` and `about.json`.

    `parr30` is what `judge_parr30` found of the discharges of those months, where it was asked for. Returns the
    folder, under `planning/admission_risk/reports/`, and the evaluation. Raises ConfigurationError where the
    definition is not the one that the model was fitted by.
    """
    model.check_definition(read)
    found = evaluate(read.definition, model, frame)
    tables: dict[str, Sequence[Mapping[str, Any]]] = {
        **found.tables,
        "audit": audit_rows(found.audit),
        "need_at_equal_score": need_rows(found.audit),
        "coefficients": coefficient_rows(model),
        **({"parr30": [parr30]} if parr30 else {}),
    }
    folder = home.planning / "admission_risk" / "reports" / f"{model.sha256[:8]}_{frame.made_of['day']}"
    draft = folder.with_name(f".{folder.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    (draft / "tables").mkdir(parents=True)
    (draft / "charts").mkdir()
    (draft / "report.md").write_text(page(model, found, frame.made_of, parr30), encoding="utf-8")
    for name, rows in tables.items():
        _write_csv(draft / "tables" / f"{name}.csv", rows)
    for name, spec in charts(tables).items():
        (draft / "charts" / f"{name}.vl.json").write_text(json.dumps(spec, indent=1) + "\n", encoding="utf-8")
    (draft / "about.json").write_text(json.dumps(_about(model, found, frame), indent=1) + "\n", encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    draft.rename(folder)
    return folder, found


def _about(model: FittedModel, found: Evaluation, frame: Frame) -> dict[str, Any]:
    """What the report was made from, without a count."""
    kept = {name: value for name, value in frame.made_of.items() if not name.startswith("n_")}
    return {
        "model": model.label,
        "model_sha256": model.sha256,
        "intended_purpose": model.told["intended_purpose"],
        "warnings": list(model.warnings),
        "basis": found.basis,
        "made_of": kept,
        "flagged": [{"split": g.split, "group": g.group, "flags": list(g.flags)} for g in found.audit.flagged],
    }


def _write_csv(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]) if rows else ["nothing"])
        writer.writeheader()
        writer.writerows(rows)
