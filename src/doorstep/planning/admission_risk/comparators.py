"""What a model must be better than: simple scores that need no model, fitted to the same people."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from doorstep.planning.admission_risk.definition import RiskModel
from doorstep.planning.admission_risk.design import Columns, Term, as_words
from doorstep.planning.admission_risk.score import Score, prepare, score_of

# Next to nothing: these scores have a handful of terms and need no shrinking.
PENALTY = 1.0
_LAST_YEAR = "before_emergency_admissions"
_MOST = 10.0


def comparators(definition: RiskModel, columns: Columns, had: npt.NDArray[np.bool_]) -> tuple[Score, ...]:
    """Return the comparators that these columns allow, fitted: each turns its ranking into a risk.

    Last year's emergency admissions alone; age and sex; the band of the hospital frailty score (people who were not
    admitted are a group of their own); the band of the electronic frailty index. One whose terms never vary is left
    out.
    """
    found = []
    for name, title, terms in _offered(definition, columns):
        prepared = prepare(terms, columns)
        if prepared.terms:
            found.append(score_of(name, title, prepared, had, PENALTY))
    return tuple(found)


def _offered(definition: RiskModel, columns: Columns) -> Iterator[tuple[str, str, list[Term]]]:
    last_year = [Term(_LAST_YEAR, "any"), Term(_LAST_YEAR, "capped", _MOST)]
    yield "last_year", "last year's emergency admissions alone", last_year
    knots = next((p.knots for p in definition.predictor if "age" in p.columns), ())
    bends = [Term("age", "above", float(knot)) for knot in knots]
    yield "age_sex", "age and sex", [Term("age", "value"), *bends, Term("sex", "is", "1")]
    yield from _banded("hfrs_band", "band of the Hospital Frailty Risk Score", columns)
    yield from _banded(definition.efi_band, "band of the electronic frailty index", columns)


def _banded(column: str, title: str, columns: Columns) -> Iterator[tuple[str, str, list[Term]]]:
    if column in columns:
        words = [word for word in np.unique(as_words(columns[column]).astype(str)) if word]
        yield column, title, [*(Term(column, "is", str(word)) for word in words[1:]), Term(column, "unknown")]
