"""What a Place should know beside its figures and never sends: remainders, overlaps, sources, days occupied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlglot import exp

from doorstep.home import Home
from doorstep.planning.choices import Effective
from doorstep.planning.contributions import matching
from doorstep.planning.denominator import Month
from doorstep.planning.metrics import MetricSet, remainders
from doorstep.planning.person_file import LakeView, ensure_person_file

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_OVERLAPS = """
with caseload_people as (select distinct person_id from contribution where metric = 'P1')
select (select count(*) from denominator), (select count(*) from caseload_people),
       (select count(*) from caseload_people semi join denominator using (person_id))
"""

_NATIONAL = """
with national as (select person_id from ({person}) where in_national_group)
select (select count(*) from national),
       (select count(*) from denominator semi join national using (person_id)),
       (select count(distinct person_id) from contribution semi join national using (person_id) where metric = 'P1')
"""

_SOURCES = """
select coalesce(case when ethnic_column <> 'Not known' then ethnicity_source end, 'not known') as source, count(*)
from denominator group by source order by source
"""

_SEX = """
select case p.sex when '1' then 'male' when '2' then 'female' when '9' then 'indeterminate' else 'not known' end as sex,
       count(*)
from denominator left join people p using (person_id) group by 1
"""
_SEXES = ("female", "male", "indeterminate", "not known")

# Nights in the month: a stay that began before or ends after it gives only those within; nobody's after their last day.
_OCCUPIED = """
coalesce(sum(least(coalesce(e.discharged_on, m.month_end + 1), d.until_on + 1, m.month_end + 1)
             - greatest(e.admitted_on, m.month_start)), 0)::bigint
"""


def remaining(con: DuckDBPyConnection, month: Month) -> list[dict[str, Any]]:
    """Return what no metric counts or a doubtful list removed: id, title, beside, events, people."""
    found = []
    for remainder in remainders():
        query = matching(remainder.table, remainder.condition(), month).sql(dialect="duckdb")
        events, people = con.execute(query).fetchall()[0]
        found.append(
            {
                "id": remainder.id,
                "title": remainder.title,
                "beside": list(remainder.beside),
                "events": events,
                "people": people,
            }
        )
    return found


def overlaps(con: DuckDBPyConnection) -> dict[str, int]:
    """Return how the patients of the month and the caseload overlap; nobody is dropped to make one hold the other."""
    patients, caseload, both = con.execute(_OVERLAPS).fetchall()[0]
    return {
        "patients": patients,
        "caseload": caseload,
        "caseload_among_patients": both,
        "caseload_not_among_patients": caseload - both,
    }


def national_group(home: Home, lake: LakeView, month: Month) -> dict[str, Any]:
    """Return how the national group of the month's first day overlaps with patients and caseload, and by which rules.

    Builds the person table of that day where it is missing. Empty where the day is later than the knowledge date.
    """
    if month.start > lake.known_by:
        return {}
    person = ensure_person_file(home, lake, as_at=month.start)
    everyone, patients, caseload = (
        lake.connection().execute(_NATIONAL.format(person=person.relation_sql())).fetchall()[0]
    )
    return {
        "people": everyone,
        "patients_in_it": patients,
        "caseload_in_it": caseload,
        "group": f"{person.meta['group']}, by {person.meta['basis']}",
        "risk": f"{person.meta['risk']['rule']} ({person.meta['risk']['label']})",
    }


def ethnicity_sources(con: DuckDBPyConnection) -> dict[str, int]:
    """Return how many patients take their ethnic group from each source."""
    return dict(con.execute(_SOURCES).fetchall())


def patients_by_sex(con: DuckDBPyConnection) -> dict[str, int]:
    """Return the patients of the month by recorded sex: the guide asks to keep it, the template has no column."""
    found = dict(con.execute(_SEX).fetchall())
    return {sex: found.get(sex, 0) for sex in _SEXES}


def occupied_bed_days(con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective) -> int:
    """Return the nights in the month of spells that O3's clauses accept, discharged yet or not.

    O3 puts a whole stay into the month of its discharge; charts and evaluation need the days where they were spent.
    """
    days = {"month_start": month.start, "month_end": month.end}
    bounds = exp.select(
        *(exp.alias_(exp.cast(exp.Literal.string(day.isoformat()), "date"), name) for name, day in days.items())
    )
    query = (
        exp.select(_OCCUPIED, dialect="duckdb")
        .from_("spell AS e")
        .join("denominator AS d", using="person_id")
        .join(bounds.subquery("m"), join_type="cross")
        .where(*definitions.metrics["O3"].conditions(choices))
        .where("e.admitted_on <= least(m.month_end, d.until_on)", dialect="duckdb")
        .where("coalesce(e.discharged_on > m.month_start, true)", dialect="duckdb")
    )
    return int(con.execute(query.sql(dialect="duckdb")).fetchall()[0][0])
