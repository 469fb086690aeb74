"""The definition of a risk model: whom it is about, what it may look at and why, and how it is judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import ClassVar

from doorstep.errors import UsageError
from doorstep.planning.definitions.base import Definition, file_hash, read_definition, require

SHIPPED = "emergency_admission_12m"
# What a form makes of a column.
FORMS: Mapping[str, str] = {
    "flag": "1 where true, 0 where not",
    "count": "any (0 or 1), and the number up to `cap`",
    "number": "the value (0 where not known), and whether it is known",
    "beyond": "how far the number lies beyond each of `knots`",
    "bends": "straight lines that may change their slope at each of `knots`",
    "words": "one 0 or 1 for each of `levels` but the first, and one for not known",
}


@dataclass(frozen=True, kw_only=True)
class Predictor:
    """Columns of the person table that the model may look at, in what form, and why.

    A column that the table does not have is left out and named. One that is not `is_on` is used only where asked for;
    `why_off` says what speaks against it.
    """

    columns: tuple[str, ...]
    form: str
    why: str
    cap: int = 0
    knots: tuple[float, ...] = ()
    levels: tuple[str, ...] = ()
    is_on: bool = True
    why_off: str = ""

    def __post_init__(self) -> None:
        where = ", ".join(self.columns)
        require(bool(self.columns), "a predictor without a column", expected="columns = ['name']")
        require(self.form in FORMS, f"form {self.form!r} of {where}", expected=", ".join(FORMS))
        require((self.form == "count") == (self.cap > 0), f"cap {self.cap} of {where}", expected="a cap for counts")
        rising = sorted(set(self.knots)) == list(self.knots)
        require(
            (self.form in ("bends", "beyond")) == bool(self.knots) and rising,
            f"knots of {where}",
            expected="rising numbers",
        )
        require(
            (self.form == "words") == (len(self.levels) > 1), f"levels of {where}", expected="two or more, of words"
        )
        require(
            self.is_on == (not self.why_off), f"{where} is off or on without a reason", expected="why_off, where off"
        )


@dataclass(frozen=True, kw_only=True)
class Need:
    """A measure of need that does not rest on use of care: a column, and how readers know it."""

    column: str
    title: str


@dataclass(frozen=True, kw_only=True)
class RiskModel(Definition):
    """A model of at least one emergency admission in the `months` after a day, for people of `age_from` or over.

    `held_out` is the share of people that no fit sees, `folds` and `penalties` choose the ridge penalty by cross-
    validation, `seed` fixes every draw. `capacities` are shares of people who can be reviewed, `thresholds` risks from
    which somebody would act. The audit flags a group whose odds of the score, or rate of use, at equal need are
    `flagged_below` times the reference's or less.
    """

    months: int
    age_from: int
    held_out: float
    folds: int
    seed: int
    penalties: tuple[float, ...]
    capacities: tuple[float, ...]
    thresholds: tuple[float, ...]
    flagged_below: float
    predictor: tuple[Predictor, ...]
    need: tuple[Need, ...]
    efi_band: str = "efi_band"

    kind: ClassVar[str] = "risk model"

    def __post_init__(self) -> None:
        super().__post_init__()
        require(0 < self.months <= 36, f"{self.months} months", expected="1 to 36")
        require(0 < self.held_out < 1, f"held_out {self.held_out}", expected="a share between 0 and 1")
        require(self.folds >= 2, f"{self.folds} folds", expected="2 or more")
        require(bool(self.penalties) and min(self.penalties) > 0, "penalties", expected="numbers above 0")
        for name in ("capacities", "thresholds"):
            shares = getattr(self, name)
            fine = shares and sorted(set(shares)) == list(shares) and shares[0] > 0 and shares[-1] < 1
            require(bool(fine), f"{name} {shares}", expected="rising shares between 0 and 1")
        names = [c for p in self.predictor for c in p.columns]
        twice = sorted({n for n in names if names.count(n) > 1})
        require(bool(names) and not twice, f"predictors {', '.join(twice)}", expected="each column once")

    def used(self, also: Iterable[str] = ()) -> Iterator[tuple[Predictor, str]]:
        """Yield the predictors and columns in use: those that are on, and those asked for.

        Raises UsageError where one is asked for that is not offered.
        """
        asked = frozenset(also)
        offered = {c for p in self.predictor if not p.is_on for c in p.columns}
        if unknown := sorted(asked - offered):
            raise UsageError(
                f"{', '.join(unknown)} cannot be added",
                expected=", ".join(sorted(offered)) or "nothing",
                where="--with",
            )
        yield from ((p, c) for p in self.predictor for c in p.columns if p.is_on or c in asked)


@dataclass(frozen=True)
class ReadModel:
    """A definition with the SHA-256 of the file it came from."""

    definition: RiskModel
    sha256: str


def risk_model(path: Path | None = None) -> ReadModel:
    """Return the definition in a file, or the one that ships; ConfigurationError where it is wrong."""
    if path is not None:
        return ReadModel(read_definition(RiskModel, path), file_hash(path))
    with as_file(files("doorstep.planning.admission_risk") / f"{SHIPPED}.toml") as shipped:
        return ReadModel(read_definition(RiskModel, shipped), file_hash(shipped))
