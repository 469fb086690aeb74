"""Who the people are: one row a person, where they lived when, and with which practice.

Several records can speak of one person (two practices, the Place's cohort list, community and hospital care). The
rules below decide which of them is believed; everything else in planning reads the three tables made here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from doorstep.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SOURCES = ("gp", "cohort", "community", "hospital")

# `belief` orders the rows of one person: the better source first, then the newest row of it.
_PERSON_ROWS = """
create or replace temp table person_row as
with numbered as (
    select *, row_number() over (order by received_on, version_key nulls first, file_id, row_no) as newness
    from person {wanted}
    where person_id is not null and not coalesce(is_deleted, false)
)
select numbered.*,
       source_rank.place * 1000000000000 - newness as belief,
       case birth_precision when 'day' then 1 when 'month' then 2 when 'year' then 3 else 4 end as coarseness
from numbered join source_rank using (source)
"""

_ETHNICITIES = """
create or replace temp table person_ethnicity as
with known as (
    select person_id, ethnicity, source, place, newness as recency
    from person_row join ethnicity_rank using (source)
    union all by name
    select person_id, ethnicity, 'hospital' as source, place, epoch_ms(dated) - 100000000000000 as recency
    from (
        select person_id, ethnicity, admitted_on as dated from spell
        union all select person_id, ethnicity, appointment_on from outpatient
        union all select person_id, ethnicity, arrived_on from emergency
    ) as activity {wanted}, (select place from ethnicity_rank where source = 'hospital') as hospital
)
select person_id,
       first(ethnicity order by place, recency desc) as ethnicity,
       first(source order by place, recency desc) as ethnicity_source
from known
where ethnicity in ('A','B','C','D','E','F','G','H','J','K','L','M','N','P','R','S')
group by person_id
"""

_PEOPLE = """
create or replace temp table people as
with attributes as (
    select person_id,
           arg_min(birth_on, (coarseness, belief)) filter (where birth_on is not null) as birth_on,
           arg_min(birth_precision, (coarseness, belief)) filter (where birth_on is not null) as birth_precision,
           arg_min(sex, belief) filter (where sex is not null and sex <> 'X') as sex,
           arg_min(died_on, belief) filter (where died_on is not null) as died_on
    from person_row group by person_id
), everyone as (
    select person_id from person_row
    union select person_id from cohort {wanted} where person_id is not null
), hospital_death as (
    select person_id, max(discharged_on) as died_on from spell {wanted} where discharge_method = '4' group by person_id
)
select person_id, birth_on, birth_precision, sex, ethnicity, ethnicity_source,
       coalesce(attributes.died_on, hospital_death.died_on) as died_on
from everyone
left join attributes using (person_id)
left join person_ethnicity using (person_id)
left join hospital_death using (person_id)
"""

_RESIDENCE = """
create or replace temp table residence as
with teller as (
    select person_id, arg_min(source, belief) as source
    from person_row where lsoa21 is not null group by person_id
), homes as (
    select person_id, coalesce(resident_from, date '0001-01-01') as from_on,
           first(lsoa21 order by lsoa21 is null, newness desc) as lsoa21
    from person_row join teller using (person_id, source)
    group by all
), timeline as (
    select *, coalesce(lead(from_on) over (partition by person_id order by from_on) - 1, date '9999-12-31') as to_on
    from homes
)
select person_id, lsoa21, from_on, to_on from timeline where lsoa21 is not null
"""

# Hospital and community rows name a practice at a visit, which is not a registration with dates: left out.
_REGISTRATION = """
create or replace temp table registration as
with teller as (
    select person_id, arg_min(source, belief) as source
    from person_row where practice is not null and source in ('gp', 'cohort') group by person_id
), periods as (
    select person_id, practice, record_id,
           coalesce(registered_from, date '0001-01-01') as from_on,
           coalesce(arg_max({registered_to: registered_to}, newness).registered_to, date '9999-12-31') as to_on
    from person_row join teller using (person_id, source)
    where practice is not null
    group by all
)
select distinct person_id, practice, from_on, to_on from periods where from_on <= to_on
"""

STEPS = {
    "person_row": _PERSON_ROWS,
    "person_ethnicity": _ETHNICITIES,
    "people": _PEOPLE,
    "residence": _RESIDENCE,
    "registration": _REGISTRATION,
}


def create_people(
    con: DuckDBPyConnection, *, ethnicity_order: Sequence[str] = SOURCES, wanted: str | None = None
) -> None:
    """Make the temp tables `people`, `residence` and `registration` from the lake tables that `con` sees.

    `wanted` is a query of the person_ids to make them for; without it, for everyone.

    - `people(person_id, birth_on, birth_precision, sex, ethnicity, ethnicity_source, died_on)`: one row for everyone
      in a person or cohort row. The finest birth date is believed, else the first known of gp, cohort, community,
      hospital, and of one source the newest row. Z, 99 and codes outside the 16 categories are not known (null).
      Where no person row has an ethnicity, the latest visit to a hospital has it; of several that day the letter last
      in the alphabet.
      A death is taken from discharge method 4 only where no person row has one.
    - `residence(person_id, lsoa21, from_on, to_on)`: intervals that do not overlap, both ends included, from the
      first source that has any LSOA. A move to an unknown home ends the interval before it.
    - `registration(person_id, practice, from_on, to_on)`: both ends included; a person can have two at once.

    Open ends are 0001-01-01 and 9999-12-31. Raises UsageError where `ethnicity_order` names no source.
    """
    wrong = [name for name in ethnicity_order if name not in SOURCES]
    if wrong or not ethnicity_order:
        raise UsageError(
            f"ethnicity order {', '.join(ethnicity_order) or '(empty)'}", expected=f"some of {', '.join(SOURCES)}"
        )
    if wanted:
        con.execute(f"create or replace temp table wanted_person as {wanted}")
    _rank(con, "source_rank", SOURCES)
    _rank(con, "ethnicity_rank", ethnicity_order)
    for sql in STEPS.values():
        con.execute(sql.replace("{wanted}", "semi join wanted_person using (person_id)" if wanted else ""))
    con.execute("create or replace temp table people_are_whole as select ($whole) as whole", {"whole": not wanted})


def ensure_people(con: DuckDBPyConnection) -> None:
    """Make the tables of `create_people` for everyone, where this connection has none or only some people's."""
    made = con.execute("select 1 from duckdb_tables() where temporary and table_name = 'people_are_whole'").fetchall()
    if not made or con.execute("select not whole from people_are_whole").fetchall()[0][0]:
        create_people(con)


def _rank(con: DuckDBPyConnection, name: str, sources: Sequence[str]) -> None:
    con.execute(f"create or replace temp table {name}(source varchar, place bigint)")
    con.executemany(f"insert into {name} values (?, ?)", [[s, i] for i, s in enumerate(sources, start=1)])
