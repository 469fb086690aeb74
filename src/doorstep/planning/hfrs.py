"""The Hospital Frailty Risk Score: weights of the distinct three-character diagnoses of recent admissions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from doorstep.planning.definitions import DiagnosisScore

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SPELLS = """
create or replace temp table hfrs_spell as
select person_id, diagnoses
from spell
where person_id is not null
  and admitted_on <= $day and admitted_on > $day::date - to_months($months)
"""

# Weights have one decimal: DECIMAL keeps sums exact, so that 5.0 and 15.0 fall where the bands say.
_SCORES = """
create or replace temp table hfrs_score as
with code as (
    select distinct person_id, left(upper(replace(diagnosis, '.', '')), 3) as icd10_3
    from (select person_id, unnest(diagnoses) as diagnosis from hfrs_spell)
), weighed as (
    select person_id, sum(weight::decimal(5, 1)) as score
    from code join read_parquet($weights) using (icd10_3) group by person_id
), admitted as (
    select distinct person_id from hfrs_spell
)
select person_id, coalesce(score, 0)::double as hfrs,
       case when coalesce(score, 0) < $low_below then 'low'
            when coalesce(score, 0) <= $high_above then 'intermediate'
            else 'high' end as hfrs_band
from admitted left join weighed using (person_id)
"""


def create_hfrs(con: DuckDBPyConnection, score: DiagnosisScore, *, as_at: date) -> None:
    """Make the temp table `hfrs_score(person_id, hfrs, hfrs_band)` for everyone admitted in the window.

    The window is the months of the definition up to and including `as_at`, by day of admission; every spell in it
    counts, in every diagnosis position, whatever its admission method. Someone not admitted has no row, not a low
    score. Source: Gilbert and others, Lancet 2018;391:1775-82.
    """
    from doorstep import reference

    con.execute(_SPELLS, {"day": as_at, "months": score.months})
    _, intermediate, high = score.bands
    bands = {"low_below": intermediate.starts_at, "high_above": high.starts_at}
    con.execute(_SCORES, {"weights": str(reference.table("hfrs")), **bands})
