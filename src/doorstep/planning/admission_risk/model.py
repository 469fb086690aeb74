"""Fitting a model, and its file: all that is needed to use it, to judge it, and to see that it was not changed."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from doorstep import __version__, clock
from doorstep.errors import ConfigurationError, NotWhatItClaimsError, UsageError
from doorstep.home import Home
from doorstep.planning.admission_risk.comparators import comparators
from doorstep.planning.admission_risk.definition import ReadModel, RiskModel
from doorstep.planning.admission_risk.design import design
from doorstep.planning.admission_risk.fitting import choose_penalty
from doorstep.planning.admission_risk.frame import Frame, clock_warning
from doorstep.planning.admission_risk.purpose import INTENDED_PURPOSE, NOT_A_DEVICE, SYNTHETIC
from doorstep.planning.admission_risk.score import Score, prepare, score_of
from doorstep.planning.person_file import PersonFile, replace_text

FORMAT = 1
HANDLING = "Local to the Place's planning team. Its counts are not disclosure-controlled."


@dataclass(frozen=True)
class FittedModel:
    """A fitted model as its file holds it (`told`, plain values), with its score and the comparators."""

    told: Mapping[str, Any]
    score: Score
    comparators: tuple[Score, ...]

    @property
    def label(self) -> str:
        """Name, version and the day of the fit, as outputs print them."""
        return f"{self.told['id']}@{self.told['version']}, fitted to {self.told['made_of']['day']}"

    @property
    def sha256(self) -> str:
        """The hash of everything else in the file."""
        return str(self.told["sha256"])

    @property
    def day(self) -> date:
        """The day whose people it was fitted to."""
        return date.fromisoformat(self.told["made_of"]["day"])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What must stand beside every output."""
        return tuple(self.told["warnings"])

    def check_definition(self, read: ReadModel) -> None:
        """Raise ConfigurationError where a definition is not the one that the model was fitted by."""
        if read.sha256 != self.told["definition_sha256"]:
            raise ConfigurationError(
                f"the definition {read.definition.label} is not the one that the model was fitted by",
                expected=f"SHA-256 {self.told['definition_sha256']}",
                do="fit the model again, or give the definition with --definition",
            )

    def check_day(self, day: date) -> None:
        """Raise UsageError where a day lies before the fit: the model knows what came after it."""
        if day < self.day:
            raise UsageError(
                f"the day {day} lies before the day of the fit, {self.day}", expected="that day or a later one",
                where="--as-at",
            )  # fmt: skip

    def check_columns(self, person: PersonFile) -> None:
        """Raise ConfigurationError where a person table has other columns than the fit, or others under their names."""
        changed = [name for name, kind in self.told["columns"].items() if person.columns.get(name) != kind]
        if changed:
            raise ConfigurationError(
                f"the person table has no column {', '.join(changed)} as the model read it",
                expected=", ".join(f"{n} {t}" for n, t in self.told["columns"].items() if n in changed),
                do="fit the model again",
            )
        other = [x for x, digest in self.told["definitions"].items() if person.meta["definitions"].get(x) != digest]
        if other:
            raise ConfigurationError(
                f"{', '.join(other)} is defined differently now", expected="the definitions of the fit",
                do="fit the model again, so that its coefficients are about today's columns",
            )  # fmt: skip


def fit_model(
    read: ReadModel, frame: Frame, person: PersonFile, *, also: Iterable[str] = (), is_synthetic: bool = False
) -> FittedModel:
    """Fit a model and its comparators to the people of a frame who are not held out.

    `also` names columns that the definition offers and leaves off. Raises UsageError where one is not offered,
    DataError where too few people had the outcome.
    """
    definition = read.definition
    wanted = design(definition, person.columns, also=also)
    if not wanted.terms:
        raise UsageError("no predictor is left", expected="a person table with some of the definition's columns")
    seen = frame.some(~frame.held_out(definition.held_out))
    prepared = prepare(wanted.terms, seen.columns)
    penalty, deviance = choose_penalty(
        prepared.z, seen.admitted, definition.penalties, folds=definition.folds, seed=definition.seed
    )
    score = score_of(definition.id, definition.title, prepared, seen.admitted, penalty)
    others = comparators(definition, seen.columns, seen.admitted)
    told = {
        **_told(read, (*([SYNTHETIC] if is_synthetic else []), *clock_warning(frame.made_of))),
        "made_of": dict(frame.made_of),
        "n_fitted": seen.n,
        "n_admitted_fitted": int(seen.admitted.sum()),
        "added": sorted(also),
        "left_out": dict(wanted.left_out) | dict.fromkeys(prepared.never_vary, "nobody, or everybody, has it"),
        "cross_validated_deviance": {str(p): round(d, 8) for p, d in deviance.items()},
        "columns": {name: person.columns[name] for name in score.columns},
        "definitions": _definitions(person, score),
        "score": score.plain(),
        "comparators": [c.plain() for c in others],
    }
    return _model({**told, "sha256": digest_of(told)})


def write_model(home: Home, model: FittedModel) -> Path:
    """Write a model file under `planning/admission_risk/models/`; its name has its hash: none replaces another."""
    folder = models_folder(home)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{model.told['id']}_v{model.told['version']}_{model.day}_{model.sha256[:8]}.json"
    replace_text(path, json.dumps(model.told, indent=1))
    return path


def read_model(path: Path) -> FittedModel:
    """Read a model file.

    Raises UsageError where it is not there, NotWhatItClaimsError where it is no model or was changed since it was
    written, ConfigurationError where its format is another.
    """
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        claimed = told["sha256"]
    except FileNotFoundError as error:
        raise UsageError("there is no model file", where=str(path), do="run `doorstep population risk fit`") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise NotWhatItClaimsError("this is not a model file", where=str(path)) from error
    if told.get("format") != FORMAT:
        raise ConfigurationError(
            f"a model of format {told.get('format')!r}", expected=f"format {FORMAT}", where=str(path),
            do="fit it again with this version of Doorstep",
        )  # fmt: skip
    if digest_of(told) != claimed:
        raise NotWhatItClaimsError(
            "the model was changed after it was written", expected=f"content with SHA-256 {claimed}", where=str(path),
            do="fit it again; a coefficient changed by hand is another model",
        )  # fmt: skip
    return _model(told)


def newest_model(home: Home) -> Path:
    """Return the model file written last. UsageError where there is none."""
    found = sorted(models_folder(home).glob("*.json"), key=lambda p: (p.stat().st_mtime_ns, p.name))
    if not found:
        raise UsageError(
            "no model was fitted yet", where=str(models_folder(home)), do="run `doorstep population risk fit`"
        )
    return found[-1]


def models_folder(home: Home) -> Path:
    """Return where a home keeps its models."""
    return home.planning / "admission_risk" / "models"


def digest_of(told: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything in a model file but the hash itself."""
    content = {name: value for name, value in told.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _model(told: Mapping[str, Any]) -> FittedModel:
    return FittedModel(told, Score.of_plain(told["score"]), tuple(Score.of_plain(c) for c in told["comparators"]))


def _told(read: ReadModel, warnings: Iterable[str]) -> dict[str, Any]:
    import numpy as np

    definition: RiskModel = read.definition
    reviewed = f"reviewed by {definition.reviewed_by}" if definition.is_reviewed else "unreviewed by any clinician"
    return {
        "format": FORMAT,
        "id": definition.id,
        "version": definition.version,
        "title": definition.title,
        "intended_purpose": INTENDED_PURPOSE,
        "not_a_device": NOT_A_DEVICE,
        "handling": HANDLING,
        "warnings": [*warnings, f"{definition.status}; {reviewed}"],
        "caveats": list(definition.caveats),
        "definition_sha256": read.sha256,
        "fitted_on": clock.today().isoformat(),
        "software": {"doorstep": __version__, "numpy": np.__version__, "python": platform.python_version()},
    }


def _definitions(person: PersonFile, score: Score) -> dict[str, str]:
    """Return the definitions that made the columns of a score, by label, with the hashes of their files."""
    known = {label.partition("@")[0]: label for label in person.meta["definitions"]}
    made = [label for name, label in known.items() if any(c == name or c.startswith(f"{name}_") for c in score.columns)]
    return {label: person.meta["definitions"][label] for label in made}
