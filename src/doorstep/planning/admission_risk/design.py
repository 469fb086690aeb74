"""From columns of the person table to the numbers a model adds up, term by term."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.planning.admission_risk.definition import Predictor, RiskModel

Singles = npt.NDArray[np.float32]
Columns = Mapping[str, npt.NDArray[Any]]
BOOLEAN, TEXT = "BOOLEAN", "VARCHAR"
# Form of a predictor -> types of column that it can read.
_TYPES = {
    "flag": (BOOLEAN,),
    "words": (TEXT, "INTEGER"),
    "count": ("INTEGER", "BIGINT"),
    "bends": ("INTEGER", "DOUBLE"),
    "beyond": ("INTEGER",),
    "number": ("INTEGER", "DOUBLE"),
}


@dataclass(frozen=True)
class Term:
    """One number a person adds to the score.

    `kind`: value (the column, 0 where not known), capped (at most `at`), any (above 0), above (how far beyond `at`),
    known (there is a value), is (equals the word `at`), unknown (there is no word). Words are text; a term is 0 for a
    person of whom it is not known.
    """

    column: str
    kind: str
    at: float | str | None = None

    @property
    def name(self) -> str:
        """How tables name it."""
        words = {"value": "", "capped": f", up to {self.at}", "any": ", any", "above": f", beyond {self.at}"}
        words |= {"known": ", known", "is": f" = {self.at}", "unknown": ", not known"}
        return self.column + words[self.kind]

    def of(self, values: npt.NDArray[Any]) -> Singles:
        """Return the term of everyone in a column."""
        if self.kind in ("is", "unknown"):
            return np.asarray(as_words(values) == (self.at if self.kind == "is" else ""), dtype=np.float32)
        numbers = np.asarray(values, dtype=np.float64)
        known = ~np.isnan(numbers)
        filled = np.where(known, numbers, 0.0)
        match self.kind:
            case "capped":
                found = np.minimum(filled, float(self.at or 0))
            case "any":
                found = filled > 0
            case "above":
                found = np.maximum(filled - float(self.at or 0), 0)
            case "known":
                found = known
            case _:
                found = filled
        return np.asarray(found, dtype=np.float32)


@dataclass(frozen=True)
class Design:
    """The terms of a model, and the columns it should have had and did not (with the reason)."""

    terms: tuple[Term, ...]
    left_out: Mapping[str, str]


def design(definition: RiskModel, types: Mapping[str, str], *, also: Iterable[str] = ()) -> Design:
    """Return the terms for a person table with these columns (name to DuckDB type).

    Raises UsageError where `also` names a column that the definition does not offer.
    """
    terms: list[Term] = []
    left_out = {c: p.why_off for p in definition.predictor if not p.is_on for c in p.columns}
    for predictor, column in definition.used(also):
        left_out.pop(column, None)
        if column not in types:
            left_out[column] = "the person table has no such column"
        elif types[column] not in _TYPES[predictor.form]:
            left_out[column] = f"the column is {types[column]}, which cannot be read as {predictor.form}"
        else:
            terms += _terms(predictor, column)
    return Design(tuple(terms), left_out)


def _terms(predictor: Predictor, column: str) -> Iterator[Term]:
    match predictor.form:
        case "flag":
            yield Term(column, "value")
        case "count":
            yield Term(column, "any")
            yield Term(column, "capped", float(predictor.cap))
        case "number":
            yield Term(column, "known")
            yield Term(column, "value")
        case "bends" | "beyond":
            if predictor.form == "bends":
                yield Term(column, "value")
            yield from (Term(column, "above", float(knot)) for knot in predictor.knots)
        case _:
            yield from (Term(column, "is", level) for level in predictor.levels[1:])
            yield Term(column, "unknown")


def matrix(terms: Sequence[Term], columns: Columns) -> Singles:
    """Return the terms of everyone, a row a person (n by the number of terms); single precision halves the memory."""
    n = len(next(iter(columns.values())))
    found = np.empty((n, len(terms)), dtype=np.float32)
    for i, term in enumerate(terms):
        found[:, i] = term.of(columns[term.column])
    return found


def as_words(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a column as words: whole numbers as written, blank where not known."""
    if values.dtype.kind == "f":
        return np.array(["" if np.isnan(v) else str(int(v)) for v in np.unique(values)], dtype=object)[
            np.unique(values, return_inverse=True)[1]
        ]
    if values.dtype.kind in "iu":
        return values.astype(str).astype(object)
    return np.where(values == None, "", values)  # noqa: E711  (element by element)
