"""Hospital stays: their diagnoses as bits, readmissions, and scores of diagnoses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlglot import exp

from doorstep.planning.definitions import Activity, DiagnosisScore, Shelf
from doorstep.planning.engine.concepts import Codes, Concepts
from doorstep.planning.engine.conditions import OPERATIONS, POSITIONS, asks_procedures, columns_asked
from doorstep.planning.engine.days import literal, months_before
from doorstep.planning.engine.lookups import Weighed
from doorstep.planning.engine.sources import Source, read_from
from doorstep.planning.engine.steps import Step, bits_where, case, condition, fill, how_many, number, query, true_where

# A stay is numbered within its person, so that its diagnoses can find it again.
_STAY = (
    "select person_id, row_number() over (partition by person_id order by admitted_on) as stay, admitted_on from spell"
)

_OPERATIONS = exp.alias_(
    condition("upper(replace(concat(' ', array_to_string(procedures, ' ')), '.', ''))"), OPERATIONS
)

# Each code that occurs, with every length of prefix that any list or score has: few codes, so this costs nothing.
_CODE = """
with plain as (
    select code, upper(replace({name}, '.', '')) as text from (select distinct code from {diagnosis}) as coded {names}
), begun as (
    select code, left(text, length) as prefix
    from plain cross join (select distinct length from diagnosis_prefix) as lengths
)
select code from begun join diagnosis_prefix using (prefix) group by code
"""

# A stay before this one whose discharge is 0 to 29 days before. Stays are ordered by admission, then by discharge.
_READMITTED = """
with stay_before as (
    select person_id, admitted_on as before_admitted_on, discharged_on as before_discharged_on
    from spell
    where person_id is not null and discharged_on > :since and coalesce(discharge_method, '') <> '4'
)
select distinct person_id, stay, true as is_readmission
from stay join stay_before using (person_id)
where before_discharged_on <= admitted_on and date_diff('day', before_discharged_on, admitted_on) <= 29
  and (before_admitted_on < admitted_on
       or (before_admitted_on = admitted_on
           and before_discharged_on < coalesce(discharged_on, date '9999-12-31')))
"""


@dataclass(frozen=True)
class Stays:
    """The steps over hospital stays; `scores` has the items of each diagnosis score."""

    shelf: Shelf
    concepts: Concepts
    scores: Mapping[str, Weighed]
    as_at: date

    def steps(self, source: Source) -> Iterator[Step]:
        """Yield `stay`, `diagnosis_code`, `stay_diagnosis`, `readmitted` and `scored`, each where a definition asks."""
        if not (self._activities or self.shelf.diagnosis_scores):
            return
        yield Step("stay", read_from(self._stay(), source), "the hospital stays that any definition asks about")
        if self.concepts.diagnoses.n_words:
            yield Step("diagnosis_code", self._code(source), "the bits of each ICD-10 code that occurs")
            yield Step("stay_diagnosis", self._diagnosis(source), "the diagnoses of each stay, as bits")
        if any(a.counts == "readmissions" for a in self._activities):
            since = months_before(self.as_at, self._oldest() + 2)
            yield Step("readmitted", read_from(fill(query(_READMITTED), since=literal(since)), source), "readmissions")
        if self.shelf.diagnosis_scores:
            yield Step("scored", self._scored(), "scores of diagnoses, in whole steps of their weights")

    @property
    def _activities(self) -> tuple[Activity, ...]:
        return tuple(a for a in self.shelf.activities if a.table == "spell")

    def _oldest(self) -> int:
        """Months to look back for admissions."""
        windows = (window.oldest for a in self._activities for window in a.spans)
        months = (h.months for h in self.shelf.histories)
        return max((*windows, *months, *(s.months for s in self.shelf.diagnosis_scores)), default=0)

    def _stay(self) -> exp.Select:
        asked = {"discharged_on", "discharge_method", *(c for a in self._activities for c in columns_asked(a))}
        asked |= {"admission_method"} if any(s.emergency_only for s in self.shelf.diagnosis_scores) else set()
        asked |= {"diagnoses"} if self.concepts.diagnoses.n_words else set()
        since = literal(months_before(self.as_at, self._oldest()))
        recent: exp.Expr = exp.column("admitted_on") > since
        if any(a.counts == "bed_days" for a in self._activities):
            ended = exp.column("discharged_on")
            recent = exp.or_(recent, ended.is_(exp.null()), ended.copy() > since.copy())
        someone = exp.column("person_id").is_(exp.null()).not_()
        known = exp.column("admitted_on") <= literal(self.as_at)
        tree = query(_STAY).select(*sorted(asked - {"person_id", "admitted_on"})).where(someone, known, recent)
        return tree.select(_OPERATIONS) if any(asks_procedures(a) for a in self._activities) else tree

    def _code(self, source: Source) -> exp.Select:
        names = f"join {source.codes} as names using (code)" if source.codes else ""
        named = "name" if source.codes else "code"
        inside = f"({source.diagnoses().sql('duckdb')}) as diagnosis"
        words = (exp.alias_(bits_where(None, w), w) for w in self.concepts.diagnoses.columns)
        return query(_CODE.format(diagnosis=inside, names=names, name=named)).select(*words)

    def _diagnosis(self, source: Source) -> exp.Select:
        first, other = exp.column("position").eq(1), exp.column("position") > 1
        words = [exp.alias_(bits_where(None, w), w) for w in self.concepts.diagnoses.columns]
        by_place = [
            exp.alias_(bits_where(holds.copy(), w), POSITIONS[place] + w)
            for place, holds in (("primary", first), ("secondary", other))
            for w in self._listed_words()
        ]
        rows = exp.select("person_id", "stay", *words, *by_place).from_(source.diagnoses().subquery("diagnosis"))
        return rows.join("diagnosis_code", using="code").group_by("person_id", "stay")

    def _listed_words(self) -> tuple[str, ...]:
        space = self.concepts.diagnoses
        return tuple(dict.fromkeys(space.column(c) for c in space.bits if isinstance(c, Codes)))

    def _scored(self) -> exp.Select:
        scores = self.shelf.diagnosis_scores
        held = exp.select("person_id").from_("stay")
        if self.concepts.diagnoses.n_words:
            held = held.join("stay_diagnosis", using=["person_id", "stay"], join_type="left")
        for score in scores:
            within = self._within(score)
            held = held.select(exp.alias_(how_many(within), f"{score.id}_stays"))
            held = held.select(*(exp.alias_(bits_where(within, w), f"{score.id}_{w}") for w in self._words(score)))
        steps = (exp.alias_(self._steps(score), steps_column(score)) for score in scores)
        return exp.select("person_id", *steps).from_(held.group_by("person_id").subquery("held"))

    def _within(self, score: DiagnosisScore) -> exp.Expr:
        recent = exp.column("admitted_on") > literal(months_before(self.as_at, score.months))
        if not score.emergency_only:
            return recent
        return exp.and_(recent, exp.func("left", exp.column("admission_method"), number(1)).eq("2"))

    def _words(self, score: DiagnosisScore) -> tuple[str, ...]:
        space = self.concepts.diagnoses
        return tuple(dict.fromkeys(space.column((score.id, item)) for item in self.scores[score.id].weights))

    def _steps(self, score: DiagnosisScore) -> exp.Expr:
        """The sum of the weights of what was found, null where there was no stay to look at."""
        has = {item: self._has(score, item) for item in self.scores[score.id].weights}
        total: exp.Expr = number(0)
        for item, weight in self.scores[score.id].weights.items():
            instead = (exp.not_(true_where(has[strong])) for strong, weak in score.instead if weak == item)
            if weight:
                part = case((exp.and_(has[item], *instead), number(weight)), otherwise=number(0))
                total = exp.Add(this=total, expression=part)
        if score.never_below is not None:
            lowest = Decimal(str(score.never_below)).scaleb(self.scores[score.id].decimals)
            total = exp.Greatest(this=exp.Paren(this=total), expressions=[number(int(lowest))])
        return case((exp.column(f"{score.id}_stays") > 0, exp.cast(total, "int")))

    def _has(self, score: DiagnosisScore, item: str) -> exp.Expr:
        space = self.concepts.diagnoses
        return space.has((score.id, item), f"{score.id}_{space.column((score.id, item))}")


def steps_column(score: DiagnosisScore) -> str:
    """Return the column of a score in whole steps of its weights."""
    return f"{score.id}_steps"
