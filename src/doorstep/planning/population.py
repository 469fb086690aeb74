"""The person table: one row a person, with every fact that a rule may ask about, and why they are in the group.

The steps are temp tables that can be looked at by name: `person_now` (who, where, which practice), `person_risk`,
`person_count` (registers and counts), `person_table`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.definitions import Group, PlaceScore, Shelf, Tally
from doorstep.planning.hfrs import create_hfrs
from doorstep.planning.people import ensure_people
from doorstep.planning.registers import create_registers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_NOW = """
create or replace temp table person_now as
with home as (
    select person_id, lsoa21 from residence where $day between from_on and to_on
), registered as (
    select person_id, practice, list_contains($practices, practice) as is_here, from_on
    from registration where $day between from_on and to_on
), practice_now as (
    select person_id, bool_or(is_here) as is_registered,
           first(practice order by is_here desc, from_on desc, practice) as practice
    from registered group by person_id
), practice_before as (
    select person_id, max(to_on) as registered_until
    from registration where to_on < $day and list_contains($practices, practice) group by person_id
), ethnic as (
    select code as ethnicity, meaning as ethnic_group from read_parquet($codesets)
    where set_name = 'ethnic_group_of_category'
), area as (
    select lsoa21, imd2025_decile::int as imd_decile from read_parquet($areas)
)
select person_id, age_on(birth_on, $day::date)::int as age, sex, ethnicity,
       coalesce(ethnic_group, 'Not known') as ethnic_group,
       lsoa21, imd_decile, (imd_decile + 1) // 2 as imd_quintile, practice,
       coalesce(died_on >= $day, true) as is_alive,
       coalesce(is_registered, false) as is_registered,
       died_on, case when not coalesce(is_registered, false) then registered_until end as registered_until
from people
left join practice_before using (person_id)
left join home using (person_id)
left join practice_now using (person_id)
left join ethnic using (ethnicity)
left join area using (lsoa21)
"""

_HOSPITAL_RISK = """
create or replace temp table person_risk as
select person_id, hfrs as risk_score, hfrs_band as risk_band from hfrs_score
"""

_PLACE_RISK = """
create or replace temp table person_risk as
with newest as (
    select person_id, arg_max(risk_score, (identified_on, received_on, row_no)) as risk_score
    from cohort
    where cohort_name = $cohort_name and risk_score is not null and identified_on <= $day
    group by person_id
)
select person_id, risk_score,
       case when risk_score >= $high_from then 'high'
            when risk_score >= $intermediate_from then 'intermediate'
            else 'low' end as risk_band
from newest
"""

# `n_conditions`, `is_eligible` and `in_group` are set by the query that this goes into.
_WHY = """
case
    when not is_alive then 'has died'
    when not is_registered then 'not registered with a practice of the Place'
    when not is_adult then 'under age'
    when in_group and n_conditions >= enough then n_conditions || ' long-term conditions'
    when in_group and n_conditions > 0 then n_conditions || ' long-term condition and ' || risk_band || ' risk'
    when in_group then risk_band || ' risk (no coded entries are held)'
    when n_conditions = 0 then 'no long-term condition found'
    when risk_band is null then n_conditions || ' long-term condition, risk not known'
    else n_conditions || ' long-term condition, ' || risk_band || ' risk'
end
"""


def create_person_table(
    con: DuckDBPyConnection,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    place_score: PlaceScore | None = None,
) -> None:
    """Make the temp table `person_table`, one row for everyone in `people`, the dead and those who left included.

    Columns: person_id, age (whole years, null not known), sex, ethnicity, ethnic_group, lsoa21, imd_decile,
    imd_quintile (2025 index, 1 most deprived), practice, is_alive, is_registered (with one of `practices` on the day),
    died_on, registered_until (last day with one of them, where that is over), one boolean a register, one whole
    number a count, hfrs and hfrs_band (null where not admitted), risk_score and risk_band (the Place's own score
    where given, else the frailty score), in_national_group, the same under each other count, and why (a few words).
    """
    ensure_people(con)
    create_registers(con, shelf.registers, as_at=as_at)
    create_hfrs(con, shelf.frailty, as_at=as_at)
    _create_now(con, as_at, practices)
    _create_risk(con, as_at, place_score)
    con.execute("create or replace temp table person_count as " + count_query(shelf.tallies).sql("duckdb"))
    query = table_query(shelf, has_codes=holds_coded_entries(con))
    con.execute("create or replace temp table person_table as " + query.sql("duckdb"))


def holds_coded_entries(con: DuckDBPyConnection) -> bool:
    """Return whether the lake has any coded GP entry; without them the group rests on risk alone."""
    return bool(con.execute("select 1 from coded limit 1").fetchall())


def count_query(tallies: Sequence[Tally]) -> exp.Select:
    """Return the query that counts conditions: one whole number a tally."""
    counts = []
    for tally in tallies:
        total: exp.Expr = exp.Literal.number(0)
        for register in tally.registers:
            total = exp.Add(this=total, expression=exp.cast(exp.column(register), "int"))
        counts.append(exp.alias_(exp.cast(total, "int"), tally.id))
    return exp.select("*", *counts).from_("register_flag")


def table_query(shelf: Shelf, *, has_codes: bool) -> exp.Select:
    """Return the query that joins the steps and says who is in the group and why."""
    group = shelf.group
    names = [*(r.id for r in shelf.registers), *(t.id for t in shelf.tallies)]
    adult = exp.func("coalesce", exp.column("age") >= group.age_from, exp.true())
    eligible = exp.and_(exp.column("is_alive"), exp.column("is_registered"), adult)
    joined = (
        exp.select(
            "person_now.*", *(exp.column(n) for n in names), "hfrs", "hfrs_band", "risk_score", "risk_band",
            exp.alias_(adult, "is_adult"), exp.alias_(exp.column(group.count), "n_conditions"),
            exp.alias_(exp.Literal.number(group.conditions_enough), "enough"),
            exp.alias_(_in_group(eligible, group, group.count, has_codes), "in_group"),
            *(exp.alias_(_in_group(eligible, group, c, has_codes), group_column(c)) for c in group.other_counts),
        )
        .from_("person_now")
        .join("person_count", using="person_id")
        .join("hfrs_score", using="person_id", join_type="left")
        .join("person_risk", using="person_id", join_type="left")
    )  # fmt: skip
    kept = exp.Star(**{"except_": [exp.to_identifier(n) for n in ("is_adult", "n_conditions", "enough", "in_group")]})
    why: exp.Expr = exp.maybe_parse(_WHY, dialect="duckdb")
    in_group = exp.alias_(exp.column("in_group"), "in_national_group")
    return exp.select(kept, in_group, exp.alias_(why, "why")).from_(joined.subquery("joined"))


def group_column(count: str) -> str:
    """Return the column that says who would be in the group under another count."""
    return f"in_national_group_by_{count}"


def _in_group(eligible: exp.Expr, group: Group, count: str, has_codes: bool) -> exp.Expr:
    risky = exp.func("coalesce", exp.column("risk_band").isin(*group.risk_bands), exp.false())
    if not has_codes:
        return exp.and_(eligible, risky)
    found = exp.column(count)
    with_risk = exp.and_(found >= group.conditions_with_risk, risky)
    return exp.and_(eligible, exp.or_(found >= group.conditions_enough, with_risk))


def _create_now(con: DuckDBPyConnection, as_at: date, practices: Sequence[str]) -> None:
    from doorstep import reference

    values = {
        "day": as_at,
        "practices": list(practices),
        "codesets": str(reference.table("codesets")),
        "areas": str(reference.table("lsoa21")),
    }
    con.execute(_NOW, values)


def _create_risk(con: DuckDBPyConnection, as_at: date, score: PlaceScore | None) -> None:
    if score is None:
        con.execute(_HOSPITAL_RISK)
        return
    cuts = {"intermediate_from": score.intermediate_from, "high_from": score.high_from}
    con.execute(_PLACE_RISK, {"cohort_name": score.cohort_name, "day": as_at, **cuts})
