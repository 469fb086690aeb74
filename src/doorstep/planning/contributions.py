"""Every counted event as a row: the base of the figures, of explanations, and of comparison with known truth.

Steps, each a temp table: `event_<table>` (the month's rows of everyone ever in the cohort, independent of choices),
`placed_<table>` (those of the denominator, with their columns), `contribution` (one row per metric and counted event).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.choices import Effective
from doorstep.planning.denominator import Month
from doorstep.planning.metrics import Metric, MetricSet, codes
from doorstep.records.contracts import TABLES

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FLOWS = ("outpatient", "spell", "emergency", "appointment", "community")

_PLACED = ("counted_on", "age_column", "ethnic_column", "quintile_column")
_ARRIVED = ("file_id", "row_no", "received_on", "version_key", "row_hash")

_CONTRIBUTION = """
create or replace temp table contribution(
    metric varchar, person_id varchar, value bigint, counted_on date, age_column varchar, ethnic_column varchar,
    quintile_column varchar, fact_key varchar, file_id varchar, row_no bigint, received_on date, version_key varchar,
    row_hash ubigint)
"""

_APPOINTMENT_SOURCES = """
create or replace temp table appointment_source as
select practice, count(*) filter (not is_slot) as n_flat, count(*) filter (is_slot) as n_slots
from (select practice, coalesce(profile, '') like 'emis%' as is_slot
      from appointment where appointment_on between $start and $end)
group by practice
"""

_PROGRAMME_DAYS = """
create or replace temp table programme_day as
select distinct person_id, practice, recorded_on
from coded semi join member using (person_id)
where recorded_on between $start and $end and list_contains($codes, code)
"""

# What planning adds to a row before clauses see it; `clauses.DERIVED` says what each means.
_DERIVED = {
    "outpatient": "coalesce(len(e.procedures), 0) > 0 as has_procedure",
    "appointment": """
        exists (from programme_day d where d.person_id = e.person_id and d.recorded_on = e.appointment_on
                and d.practice is not distinct from e.practice) as has_programme_code,
        exists (from programme_contact c where c.person_id = e.person_id and c.contact_on = e.appointment_on)
            as has_programme_contact,
        coalesce(e.profile, '') like 'emis%'
            and exists (from appointment_source f where f.practice = e.practice and f.n_flat > 0)
            as covered_by_flat_file""",
}

_CASELOAD = """
create or replace temp table event_caseload as
select e.*, people.birth_on, people.ethnicity,
       exists (from programme_contact c where c.person_id = e.person_id and c.attended
               and c.contact_on between $start and $end) as contacted_in_month
from caseload e left join people using (person_id)
where opened_on <= $end and (closed_on is null or closed_on >= $start)
"""

# The caseload's people need not be in the cohort: their columns are those of the month's first day, or of the day the
# case opened where that is later.
_CASELOAD_ADULTS = """
create or replace temp table placed_caseload as
with aged as (
    select *, case $birth when 'month' then last_day(birth_on) else birth_on end as birth,
           greatest(opened_on, $start::date) as seen_on
    from event_caseload
)
select aged.*, opened_on as counted_on, age_column(age_on(birth, seen_on)) as age_column,
       case ethnicity when 'R' then $chinese else coalesce(ethnic_group.name, 'Not known') end as ethnic_column,
       quintile_column(case $index when 'iod2025' then iod2025 else imd2019 end) as quintile_column
from aged
left join ethnic_group on code = ethnicity
left join residence r on r.person_id = aged.person_id and seen_on between r.from_on and r.to_on
left join decile on decile.lsoa21 = r.lsoa21
where coalesce(age_on(birth, seen_on) >= 18, $adults = 'unknown_counts')
"""


def create_events(con: DuckDBPyConnection, month: Month) -> None:
    """Make `event_<table>` for every flow: the rows dated in the month of everyone ever in the cohort."""
    days = {"start": month.start, "end": month.end}
    con.execute(_APPOINTMENT_SOURCES, days)
    con.execute(_PROGRAMME_DAYS, {**days, "codes": list(codes()["programme"])})
    for table in FLOWS:
        extra = f", {_DERIVED[table]}" if table in _DERIVED else ""
        con.execute(
            f"create or replace temp table event_{table} as select e.*{extra} from {table} e "
            f"semi join member using (person_id) where {TABLES[table].dated} between $start and $end",
            days,
        )
    con.execute(_CASELOAD, days)


def place_events(con: DuckDBPyConnection, month: Month, choices: Effective) -> None:
    """Make `placed_<table>`: the events of the denominator's people, until each one's last day, with their columns.

    Age is that of the event's day; the quintile that of the home on that day, or for a person without any known home,
    of the LSOA on the event's own row. Somebody counted who was still 17 on the day stands in 18-19.
    """
    for table in FLOWS:
        own_home = "e.lsoa21" if "lsoa21" in TABLES[table].names else "null"
        dated = f"e.{TABLES[table].dated}"
        con.execute(
            f"""
            create or replace temp table placed_{table} as
            select e.*, {dated} as counted_on, age_column(age_on(d.birth, {dated})) as age_column, d.ethnic_column,
                   quintile_column(case $index when 'iod2025' then iod2025 else imd2019 end) as quintile_column
            from event_{table} e join denominator d using (person_id)
            left join member_residence r on r.person_id = e.person_id and {dated} between r.from_on and r.to_on
            left join decile on decile.lsoa21 = case when d.has_home then r.lsoa21 else {own_home} end
            where {dated} <= d.until_on
            """,
            {"index": choices["deprivation_index"]},
        )
    con.execute(
        _CASELOAD_ADULTS,
        {
            "start": month.start,
            "birth": choices["birth_precision"],
            "adults": choices["adults"],
            "chinese": choices["ethnicity_chinese"].title(),
            "index": choices["deprivation_index"],
        },
    )


def create_contributions(con: DuckDBPyConnection, month: Month, definitions: MetricSet, choices: Effective) -> None:
    """Make `contribution` from the placed events: one row per metric and counted event (P1: per person)."""
    con.execute(_CONTRIBUTION)
    con.execute(f"insert into contribution {_together(definitions.metrics.values(), month, choices)}")


def counted(metric: Metric, month: Month, choices: Effective) -> exp.Select:
    """Return the query for one metric's contributions under these choices."""
    key = [exp.column(name, table="e") for name in TABLES[metric.table].key]
    query = (
        exp.select(
            exp.alias_(exp.Literal.string(metric.id), "metric"),
            exp.column("person_id", table="e"),
            exp.alias_(exp.cast(metric.amount(), "bigint"), "value"),
            *(exp.column(name, table="e") for name in _PLACED),
            exp.alias_(exp.Anonymous(this="concat_ws", expressions=[exp.Literal.string("|"), *key]), "fact_key"),
            *(exp.column(name, table="e") for name in _ARRIVED),
        )
        .from_(f"placed_{metric.table} AS e")
        .join(_month(month), join_type="cross")
        .where(*metric.conditions(choices))
    )
    if metric.measure == "people":  # one row a person: that of the first case
        query = query.qualify(
            "row_number() over (partition by e.person_id order by e.opened_on, e.case_id) = 1", dialect="duckdb"
        )
    return query


def matching(table: str, condition: exp.Expression, month: Month) -> exp.Select:
    """Return the query that counts events and people of the placed rows meeting a condition."""
    return (
        exp.select("count(*) AS events", "count(distinct e.person_id) AS people")
        .from_(f"placed_{table} AS e")
        .join(_month(month), join_type="cross")
        .where(condition)
    )


def total(con: DuckDBPyConnection, metrics: Iterable[Metric], month: Month, choices: Effective) -> dict[str, int]:
    """Return the total of each metric from the placed events, without touching `contribution`."""
    wanted = list(metrics)
    if not wanted:  # a choice that no clause of this set follows
        return {}
    counts = f"select metric, sum(value)::bigint from ({_together(wanted, month, choices)}) group by metric"
    found = dict(con.execute(counts).fetchall())
    return {metric.id: found.get(metric.id, 0) for metric in wanted}


def _together(metrics: Iterable[Metric], month: Month, choices: Effective) -> str:
    """Return one query for the contributions of several metrics."""
    return " union all ".join(_written(metric, month, choices) for metric in metrics)


# A return is counted some thirty times over, once for each option, and SQLGlot takes longer to write a query than
# DuckDB to run it: each metric's query is written once for the options that its clauses follow.
_queries: dict[tuple[object, ...], str] = {}


def _written(metric: Metric, month: Month, choices: Effective) -> str:
    followed = tuple(choices[choice] for choice in sorted(metric.choices))
    key = (metric.ref, metric.sha256, month, followed)
    if key not in _queries:
        _queries[key] = counted(metric, month, choices).sql(dialect="duckdb")
    return _queries[key]


def _month(month: Month) -> exp.Subquery:
    """Return the two parameters of the month as a relation `m`, so that clauses can name them."""
    days = {"month_start": month.start, "month_end": month.end}
    columns = [exp.alias_(exp.cast(exp.Literal.string(day.isoformat()), "date"), name) for name, day in days.items()]
    return exp.select(*columns).subquery("m")
