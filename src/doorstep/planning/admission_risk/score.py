"""One score: terms with their coefficients, which turn columns of the person table into a risk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from doorstep.errors import DataError
from doorstep.planning.admission_risk.design import Columns, Term, matrix
from doorstep.planning.admission_risk.fitting import Fit, Scale, fit_ridge, risk_of

Floats = npt.NDArray[np.float64]
LIMITS = 1.959963984540054  # standard errors on either side, for 95%


@dataclass(frozen=True)
class Weight:
    """A term with its mean and standard deviation in the fit, and its coefficient for one standard deviation.

    `error` is the standard error of the coefficient, both on the log odds.
    """

    term: Term
    mean: float
    deviation: float
    coefficient: float
    error: float

    @property
    def per_unit(self) -> tuple[float, float, float]:
        """The log odds ratio for one more of the term, with 95% limits."""
        half = LIMITS * self.error
        return tuple(v / self.deviation for v in (self.coefficient, self.coefficient - half, self.coefficient + half))  # type: ignore[return-value]


@dataclass(frozen=True)
class Score:
    """A fitted score: risk = 1 / (1 + exp(-(intercept + sum of coefficient * (term - mean) / deviation)))."""

    id: str
    title: str
    penalty: float
    intercept: float
    weights: tuple[Weight, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it reads, each once."""
        return tuple(dict.fromkeys(w.term.column for w in self.weights))

    def risk(self, columns: Columns) -> Floats:
        """Return the risk of everyone, strictly between 0 and 1. DataError where a column is not there."""
        return risk_of(self.standardised(columns), np.array([self.intercept, *(w.coefficient for w in self.weights)]))

    def standardised(self, columns: Columns) -> npt.NDArray[np.float32]:
        """Return the terms of everyone, centred and scaled as in the fit (n by the number of terms)."""
        if absent := [name for name in self.columns if name not in columns]:
            raise DataError(f"no column {', '.join(absent)}", expected="the columns that the score was fitted to")
        scale = Scale(np.array([w.mean for w in self.weights]), np.array([w.deviation for w in self.weights]))
        return scale.apply(matrix([w.term for w in self.weights], columns))

    def plain(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)

    @classmethod
    def of_plain(cls, found: Mapping[str, Any]) -> Score:
        """Read what `plain` returned."""
        weights = tuple(Weight(**{**w, "term": Term(**w["term"])}) for w in found["weights"])
        return cls(**{**found, "weights": weights})


@dataclass(frozen=True)
class Prepared:
    """The terms that vary among some people, standardised, with their scale."""

    terms: tuple[Term, ...]
    scale: Scale
    z: npt.NDArray[np.float32]
    never_vary: tuple[str, ...]


def prepare(terms: Sequence[Term], columns: Columns) -> Prepared:
    """Standardise the terms among the people in `columns`, without those that never vary among them."""
    x = matrix(terms, columns)
    scale = Scale.of(x)
    kept = [i for i, deviation in enumerate(scale.deviation) if deviation > 0]
    own = Scale(scale.mean[kept], scale.deviation[kept])
    never = tuple(t.name for t, d in zip(terms, scale.deviation, strict=True) if d == 0)
    return Prepared(tuple(terms[i] for i in kept), own, own.apply(x[:, kept]), never)


def score_of(name: str, title: str, prepared: Prepared, had: npt.NDArray[np.bool_], penalty: float) -> Score:
    """Fit a score to prepared terms. DataError where too few people had, or had not, the outcome."""
    return _score(name, title, prepared, fit_ridge(prepared.z, had, penalty), penalty)


def _score(name: str, title: str, prepared: Prepared, fit: Fit, penalty: float) -> Score:
    errors = np.sqrt(np.diag(fit.covariance))
    values = zip(
        prepared.terms, prepared.scale.mean, prepared.scale.deviation, fit.coefficients[1:], errors[1:], strict=True
    )
    weights = tuple(Weight(term, *map(float, rest)) for term, *rest in values)
    return Score(name, title, penalty, float(fit.coefficients[0]), weights)
