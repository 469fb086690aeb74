"""`doorstep population risk`: fit a model of emergency admissions to a day, report how good it is, score a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doorstep.cli.output import home_option, json_option, known_day, n_of, progress, report
from doorstep.cli.population_verbs.shared import DAY, day
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.planning.admission_risk import Frame, RiskModel
    from doorstep.planning.person_file import LakeView, PersonFile

_AS_AT = "The day whose people are looked at; only what was known that day goes into the score."
_KNOWN_BY = "Read admissions after the day as known by this date (default: today)."
_PREDICTORS = "Where the history came in one later delivery: read the day's facts as known by this date, and say so."
_PATH = click.Path(path_type=Path)

definition_option = click.option("--definition", type=_PATH, default=None, help="Your own definition of the model.")
model_option = click.option("--model", "model_path", type=_PATH, default=None, help="A model file (default: the last).")


@click.group("risk", short_help="Fit, judge and use a model of emergency admissions.")
def risk_group() -> None:
    """Fit, judge and use a model that finds people for a clinician's review. A score never enrols anyone."""


@risk_group.command("fit", short_help="Fit the model to the people of a day and their next twelve months.")
@click.option("--as-at", type=DAY, required=True, help=_AS_AT)
@click.option("--known-by", type=DAY, help=_KNOWN_BY)
@click.option("--predictors-known-by", type=DAY, help=_PREDICTORS)
@click.option("--with", "also", multiple=True, help="Add a predictor that the definition leaves off.")
@definition_option
@home_option
@json_option
def fit_command(
    as_at: datetime,
    known_by: datetime | None,
    predictors_known_by: datetime | None,
    also: tuple[str, ...],
    definition: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Fit the model to the people of a day and their next twelve months, and write it as a file with its hash."""
    from doorstep.planning.admission_risk import fit_model, risk_model, write_model
    from doorstep.planning.admission_risk.frame import is_made_up

    place, read = Home.find(home), risk_model(definition)
    with _framed(place, read.definition, as_at.date(), day(known_by), day(predictors_known_by)) as framed:
        progress("fitting")
        made_up = is_made_up(framed.after)
        model = fit_model(read, framed.frame, framed.person, also=also, is_synthetic=made_up)
    path = write_model(place, model)
    absent = model.told["left_out"]
    lines = [
        model.label,
        *(f"  {warning}" for warning in model.warnings),
        f"  fitted to {model.told['n_fitted']:,} people, penalty {model.score.penalty:g}",
        f"  {n_of(len(model.score.weights), 'term')}; not used: {', '.join(absent) or 'nothing'}",
        f"  {model.told['intended_purpose']}",
        f"written to {path}; next: doorstep population risk report --as-at {as_at.date()}",
    ]
    report(as_json, {**model.told, "path": str(path)}, lines)
    return 0


@risk_group.command("report", short_help="Judge the model: calibration, groups, need at equal score.")
@click.option("--as-at", type=DAY, required=True, help=_AS_AT)
@click.option("--known-by", type=DAY, help=_KNOWN_BY)
@click.option("--predictors-known-by", type=DAY, help=_PREDICTORS)
@click.option("--parr30", type=_PATH, default=None, help="A file of PARR-30's coefficients, to judge it beside.")
@model_option
@definition_option
@home_option
@json_option
def report_command(
    as_at: datetime,
    known_by: datetime | None,
    predictors_known_by: datetime | None,
    parr30: Path | None,
    model_path: Path | None,
    definition: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Judge the model on people it was not fitted to: those held out of its own day, or everybody of a later day.

    Writes a page, a CSV for each table and charts. Exit code 1 where a group is flagged.
    """
    from doorstep.planning.admission_risk import read_model, risk_model, write_report
    from doorstep.planning.admission_risk.model import newest_model
    from doorstep.planning.admission_risk.parr30 import Parr30, judged

    place, read = Home.find(home), risk_model(definition)
    model = read_model(model_path or newest_model(place))
    model.check_definition(read)
    model.check_day(as_at.date())
    published = Parr30.read(parr30) if parr30 else None
    with _framed(place, read.definition, as_at.date(), day(known_by), day(predictors_known_by)) as framed:
        model.check_columns(framed.person)
        progress("judging")
        beside = judged(published, framed.after, framed.frame) if published else None
        folder, found = write_report(place, read, model, framed.frame, parr30=beside)
    flagged = [{"split": g.split, "group": g.group, "flags": list(g.flags)} for g in found.audit.flagged]
    (whole, *_) = found.tables["performance"]
    lines = [
        model.label,
        *(f"  {warning}" for warning in model.warnings),
        f"  {found.basis}",
        f"  c {whole['c']} ({whole['c_lower']} to {whole['c_upper']}), observed to expected "
        f"{whole['observed_to_expected']}, slope {whole['slope']}",
        *(f"  flagged: {f['split']} {f['group']}: {'; '.join(f['flags'])}" for f in flagged),
        f"written to {folder}",
    ]
    result = {"model": model.label, "basis": found.basis, "performance": whole, "flagged": flagged, "out": str(folder)}
    report(as_json, result, lines)
    return 1 if flagged else 0


@risk_group.command("score", short_help="Score everybody of a day, for clinicians to review.")
@click.option("--as-at", type=DAY, help="The day whose people are scored (default: the knowledge date).")
@click.option("--known-by", type=DAY, help="Use what had arrived by this day (default: today).")
@model_option
@definition_option
@home_option
@json_option
def score_command(
    as_at: datetime | None,
    known_by: datetime | None,
    model_path: Path | None,
    definition: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Score everybody of a day into a file of their own. No cohort and no rule reads it: a clinician reviews people."""
    from doorstep.planning.admission_risk import read_model, risk_model, write_scores
    from doorstep.planning.admission_risk.model import newest_model
    from doorstep.planning.person_file import ensure_person_file
    from doorstep.records import open_lake

    place, read = Home.find(home), risk_model(definition)
    model = read_model(model_path or newest_model(place))
    model.check_definition(read)
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        progress("building the person table where it is stale")
        person = ensure_person_file(place, lake, as_at=day(as_at) or lake.known_by)
        folder, n = write_scores(place, read.definition, model, lake, person)
    result = {
        "model": model.label,
        "n_people": n,
        "out": str(folder),
        "intended_purpose": model.told["intended_purpose"],
    }
    lines = [
        model.label,
        *(f"  {warning}" for warning in model.warnings),
        f"  {model.told['intended_purpose']}",
        f"{n:,} people scored; written to {folder}",
    ]
    report(as_json, result, lines)
    return 0


@dataclass(frozen=True)
class Framed:
    """The frame of a day, the person table that it rests on, and the lake as known later."""

    frame: Frame
    person: PersonFile
    after: LakeView


@contextmanager
def _framed(
    home: Home, definition: RiskModel, as_at: date, known_by: date | None, earlier: date | None
) -> Iterator[Framed]:
    """Yield the frame of a day, while both lakes are open."""
    from doorstep.planning.admission_risk import build_frame
    from doorstep.planning.person_file import ensure_person_file, place_practices
    from doorstep.records import open_lake

    known = known_day(earlier) or as_at
    with open_lake(home, known_by=known_day(known)) as before, open_lake(home, known_by=known_day(known_by)) as after:
        progress("building the person table of the day, as known that day")
        person = ensure_person_file(home, before, as_at=as_at)
        progress("reading what became of everybody")
        frame = build_frame(
            definition, before, after, person, practices=place_practices(home), history_came_later=earlier is not None
        )
        yield Framed(frame, person, after)
