"""The patients of a month: which cohort members count, until when, and in which columns.

Needs the temp tables `people`, `residence`, `registration` (planning.people) and `membership(person_id,
identified_on, source, left_on, reason)` and `baseline` (planning.baseline). Each step leaves a temp table that can be
looked at by name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from doorstep.errors import DataError, UsageError
from doorstep.planning.choices import Effective
from doorstep.planning.metrics import ethnic_groups

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class Month:
    """A calendar month, by its first day. Raises UsageError for another day."""

    start: date

    def __post_init__(self) -> None:
        if self.start.day != 1:
            raise UsageError(f"the month is given as {self.start}", expected="the first day of the month")

    @property
    def end(self) -> date:
        """The last day."""
        return (self.start.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


@dataclass(frozen=True)
class Area:
    """What makes somebody belong to the Place: its practices (registered), its LSOAs (resident), or either (both)."""

    practices: Sequence[str]
    lsoas: Sequence[str] = ()
    basis: str = "registered"


# A birthday counts on its day; 29 February is reached on 1 March in common years.
_MACROS = """
create or replace temp macro age_on(birth, day) as
    year(day) - year(birth) - (month(day) * 100 + day(day) < month(birth) * 100 + day(birth))::int;
create or replace temp macro age_column(age) as case
    when age is null then 'Not known' when age < 20 then '18-19' when age >= 90 then '90+'
    else (age // 10 * 10) || '-' || (age // 10 * 10 + 9) end;
create or replace temp macro quintile_column(decile) as coalesce(((decile + 1) // 2)::varchar, 'Not Known');
"""

_MEMBER = """
create or replace temp table member as
select m.person_id, p.birth_on, p.birth_precision, p.ethnicity, p.ethnicity_source, p.died_on,
       exists (from residence r where r.person_id = m.person_id) as has_home
from (select person_id from membership union select person_id from baseline) as m left join people p using (person_id)
"""

_MEMBER_RESIDENCE = """
create or replace temp table member_residence as
select r.* from residence r semi join member using (person_id)
"""

# Moving between two practices of the Place is not leaving it: touching and overlapping periods become one.
_PRESENCE = """
create or replace temp table presence as
with known as (
    select person_id, from_on, to_on, list_contains($practices, practice) as inside
    from registration semi join member using (person_id) where $basis in ('registered', 'both')
    union all
    select person_id, from_on, to_on, list_contains($lsoas, lsoa21)
    from member_residence where $basis in ('resident', 'both')
), marked as (
    select person_id, from_on, to_on,
           coalesce(from_on > max(to_on) over earlier + 1, true) as begins
    from known where inside
    window earlier as (
        partition by person_id order by from_on, to_on rows between unbounded preceding and 1 preceding)
), numbered as (
    select *, sum(begins::int) over (partition by person_id order by from_on, to_on) as period from marked
)
select person_id, min(from_on) as from_on, max(to_on) as to_on from numbered group by person_id, period
union all
select person_id, date '0001-01-01', date '9999-12-31' from member anti join known using (person_id)
"""

_DENOMINATOR = """
create or replace temp table denominator as
with stay as (
    select person_id, identified_on, left_on from membership where $cohort = 'current'
    union all
    select person_id, identified_on, left_on from baseline where $cohort = 'baseline'
), span as (
    select person_id, identified_on, died_on, greatest(identified_on, from_on) as begins,
           least(coalesce(left_on, date '9999-12-31'), to_on, coalesce(died_on, date '9999-12-31')) as ends
    from stay join member using (person_id) join presence using (person_id)
), counted as (
    select person_id,
           case $rule when 'month_end' then $end::date when 'any_day' then greatest($start::date, min(begins))
                else $start::date end as ref_on,
           least($end::date, case $rule when 'ever' then any_value(died_on) else max(ends) end) as until_on
    from span
    where case $rule
          when 'identified_before' then identified_on < $start and begins <= $start and ends >= $start
          when 'month_end' then begins <= $end and ends >= $end
          when 'any_day' then begins <= ends and begins <= $end and ends >= $start
          when 'ever' then identified_on <= $end end
    group by person_id
), person as (
    select counted.*, has_home, ethnicity_source,
           case $birth when 'month' then last_day(birth_on) else birth_on end as birth,
           case ethnicity when 'R' then $chinese else coalesce(ethnic_group.name, 'Not known') end as ethnic_column
    from counted join member using (person_id) left join ethnic_group on code = ethnicity
)
select person.*, age_column(age_on(birth, ref_on)) as age_column,
       quintile_column(case $index when 'iod2025' then iod2025 else imd2019 end) as quintile_column
from person
left join member_residence r on r.person_id = person.person_id and ref_on between r.from_on and r.to_on
left join decile using (lsoa21)
where coalesce(age_on(birth, ref_on) >= 18, $adults = 'unknown_counts')
"""


def create_members(con: DuckDBPyConnection, area: Area) -> None:
    """Make the temp tables that no choice touches: `member`, `member_residence`, `presence`, `ethnic_group`.

    `member` has a row for everyone who was ever in the cohort or is followed from a baseline; `presence` the periods in
    which they belong to the Place, open on both sides for a member about whose registration nothing is known.
    """
    if area.basis not in ("registered", "resident", "both"):
        raise UsageError(f"basis {area.basis!r}", expected="registered, resident or both")
    con.execute(_MACROS)
    con.execute("create or replace temp table ethnic_group(code varchar, name varchar)")
    con.executemany("insert into ethnic_group values (?, ?)", [list(pair) for pair in ethnic_groups().items()])
    con.execute(_MEMBER)
    con.execute(_MEMBER_RESIDENCE)
    con.execute(_PRESENCE, {"practices": list(area.practices), "lsoas": list(area.lsoas), "basis": area.basis})


def create_denominator(con: DuckDBPyConnection, month: Month, choices: Effective) -> None:
    """Make the temp table `denominator`: one row a patient of the month.

    Columns: person_id; ref_on, the day of their columns; until_on, the last day whose activity counts; birth;
    has_home; ethnicity_source; age_column, ethnic_column, quintile_column. Raises DataError where the baseline
    cohort is asked for a month before its baseline.
    """
    if choices["cohort"] == "baseline" and month.start < choices.baseline_on:
        raise DataError(
            f"{month.start:%B %Y} is before the baseline, {choices.baseline_on}",
            expected="a month from the baseline on",
            do="set baseline_on, or the choice cohort, in choices.toml",
        )
    con.execute(_DENOMINATOR, parameters(month, choices))


def parameters(month: Month, choices: Effective) -> dict[str, Any]:
    """Return the values that the denominator's query is given: the month and the choices that act on people."""
    return {
        "start": month.start,
        "end": month.end,
        "rule": choices["denominator"],
        "cohort": choices["cohort"],
        "adults": choices["adults"],
        "birth": choices["birth_precision"],
        "chinese": choices["ethnicity_chinese"].title(),
        "index": choices["deprivation_index"],
    }
