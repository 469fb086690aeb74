"""Who the people are: which of several records about one person is believed, and where everyone is on a day.

Most people have one row in the whole lake: nothing has to be decided about them, and their facts go straight through.
Only the others (the crowd) pass through the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlglot import exp

from doorstep.errors import UsageError
from doorstep.planning.engine.days import age, literal
from doorstep.planning.engine.sources import Source, read_from
from doorstep.planning.engine.steps import Step, case, fill, number, query

SOURCES = ("gp", "cohort", "community", "hospital")

_KNOWN = "ethnicity in ('A','B','C','D','E','F','G','H','J','K','L','M','N','P','R','S')"
_LIVE = (
    "person_id is not null and not coalesce(is_deleted, false) and source in ('gp', 'cohort', 'community', 'hospital')"
)
# The newest row of a source last, and the better source after the worse. No part is null: engines sort nulls apart.
_NEWEST = "received_on, coalesce(version_key, ''), file_id, row_no"
_BELIEF = f"-place, {_NEWEST}"

_CROWD = f"select person_id from person where {_LIVE} group by person_id having count(*) > 1"

_CROWD_ROW = f"""
select person_id, source, record_id, practice, birth_on, birth_precision, sex, ethnicity, lsoa21, resident_from,
       registered_from, registered_to, died_on, received_on, version_key, file_id, row_no, :place as place,
       case when {_KNOWN} then :ethnic_place end as ethnic_place,
       case birth_precision when 'day' then 1 when 'month' then 2 when 'year' then 3 else 4 end as coarseness
from person semi join crowd using (person_id)
where {_LIVE}
"""

_CROWD_RECORD = f"""
select person_id,
       max_by(birth_on, (-coarseness, {_BELIEF})) filter (where birth_on is not null) as birth_on,
       max_by(coalesce(birth_precision, ''), (-coarseness, {_BELIEF})) filter (where birth_on is not null) as finest,
       max_by(sex, ({_BELIEF})) filter (where sex is not null and sex <> 'X') as sex,
       max_by(died_on, ({_BELIEF})) filter (where died_on is not null) as died_on,
       max_by(ethnicity, (-ethnic_place, {_NEWEST})) filter (where ethnic_place is not null) as ethnicity,
       max_by(source, (-ethnic_place, {_NEWEST})) filter (where ethnic_place is not null) as ethnicity_source,
       min(ethnic_place) as ethnic_place
from crowd_row group by person_id
"""

# The home and the practice stand here for those with one row alone; the crowd's are in steps of their own.
_RECORD = f"""
select person_id, birth_on, birth_precision, sex, died_on,
       case when ethnic_place is not null then ethnicity end as ethnicity,
       case when ethnic_place is not null then source end as ethnicity_source, ethnic_place,
       lsoa21, coalesce(resident_from, date '0001-01-01') as resident_from,
       practice, coalesce(registered_from, date '0001-01-01') as registered_from,
       coalesce(registered_to, date '9999-12-31') as registered_to
from (
    select person_id, source, birth_on, case when birth_on is not null then birth_precision end as birth_precision,
           case when sex <> 'X' then sex end as sex, died_on, ethnicity,
           case when {_KNOWN} then :ethnic_place end as ethnic_place, lsoa21, resident_from,
           case when source in ('gp', 'cohort') then practice end as practice, registered_from, registered_to
    from person anti join crowd using (person_id) where {_LIVE}
) as alone
union all
select person_id, birth_on, nullif(finest, ''), sex, died_on, ethnicity, ethnicity_source, ethnic_place,
       null, null, null, null, null
from crowd_record
union all
select person_id, null, null, null, null, null, null, null, null, null, null, null, null
from listed
"""

_CROWD_HOME = f"""
with teller as (
    select person_id, min(place) as place from crowd_row where lsoa21 is not null group by person_id
), home as (
    select person_id, coalesce(resident_from, date '0001-01-01') as from_on,
           max_by(lsoa21, ({_NEWEST})) filter (where lsoa21 is not null) as lsoa21
    from crowd_row join teller using (person_id, place)
    group by person_id, coalesce(resident_from, date '0001-01-01')
), timeline as (
    select person_id, lsoa21, from_on,
           coalesce(lead(from_on) over (partition by person_id order by from_on) - 1, date '9999-12-31') as to_on
    from home
)
select person_id, lsoa21, from_on, to_on from timeline where lsoa21 is not null
"""

# Hospital and community rows name a practice at a visit, which is not a registration with dates: left out.
_CROWD_PRACTICE = f"""
with teller as (
    select person_id, min(place) as place
    from crowd_row where practice is not null and source in ('gp', 'cohort') group by person_id
), period as (
    select person_id, practice, record_id, coalesce(registered_from, date '0001-01-01') as from_on,
           max_by(coalesce(registered_to, date '9999-12-31'), ({_NEWEST})) as to_on
    from crowd_row join teller using (person_id, place)
    where practice is not null
    group by person_id, practice, record_id, coalesce(registered_from, date '0001-01-01')
)
select distinct person_id, practice, from_on, to_on from period where from_on <= to_on
"""

# Activity is asked only about people of whom no record says more. Of one day the last letter counts: a rule, so that
# the answer is the same every time. The number is the day and the letter in one.
_HOSPITAL_ETHNICITY = f"""
with asked as (
    select person_id from person_record where ethnic_place is null or ethnic_place > :hospital_place
), told as (
    select person_id, ethnicity, admitted_on as told_on from spell where {_KNOWN}
    union all select person_id, ethnicity, appointment_on from outpatient where {_KNOWN}
    union all select person_id, ethnicity, arrived_on from emergency where {_KNOWN}
)
select person_id, chr(cast(max(coalesce(date_diff('day', date '0001-01-01', told_on), 0) * 128 + ascii(ethnicity))
                           % 128 as int)) as ethnicity
from told semi join asked using (person_id)
group by person_id
"""

_HOSPITAL_DEATH = """
select person_id, max(discharged_on) as died_on from spell
where discharge_method = '4' and discharged_on is not null and person_id is not null
group by person_id
"""

# People of a cohort list about whom no record says anything.
_LISTED = f"""
with listed as (
    select distinct person_id from cohort where person_id is not null
), recorded as (
    select person_id from person semi join listed using (person_id) where {_LIVE}
)
select person_id from listed anti join recorded using (person_id)
"""

_PEOPLE = """
select person_id, birth_on, birth_precision, sex,
       case when tells then told.ethnicity else r.ethnicity end as ethnicity,
       case when tells then 'hospital' else r.ethnicity_source end as ethnicity_source,
       coalesce(r.died_on, hospital_death.died_on) as died_on
from person_record as r
left join (select person_id, ethnicity, true as tells from hospital_ethnicity) as told using (person_id)
left join hospital_death using (person_id)
"""

_RESIDENCE = """
select person_id, lsoa21, resident_from as from_on, date '9999-12-31' as to_on
from person_record where lsoa21 is not null
union all
select person_id, lsoa21, from_on, to_on from crowd_home
"""

_REGISTRATION = """
select person_id, practice, registered_from as from_on, registered_to as to_on
from person_record where practice is not null and registered_from <= registered_to
union all
select person_id, practice, from_on, to_on from crowd_practice
"""

# Of several practices on the day, one of the Place; of those the one joined last; then the first by code.
_CROWD_NOW = """
with home as (
    select person_id, max(lsoa21) as lsoa21 from crowd_home where :day between from_on and to_on group by person_id
), registered as (
    select person_id, min_by(practice, (case when :is_here then 0 else 1 end,
                             date_diff('day', from_on, date '9999-12-31'), practice)) as practice,
           bool_or(:is_here) as is_registered
    from crowd_practice where :day between from_on and to_on group by person_id
), before as (
    select person_id, max(to_on) as registered_until
    from crowd_practice where to_on < :day and :is_here group by person_id
)
select person_id, lsoa21, practice, is_registered, registered_until
from home full join registered using (person_id) full join before using (person_id)
"""

_PERSON_NOW = """
select person_id, :age as age, sex, ethnicity, coalesce(ethnic_group, 'Not known') as ethnic_group,
       lsoa21, imd_decile, (imd_decile + 1) // 2 as imd_quintile, practice,
       coalesce(died_on >= :day, true) as is_alive, is_registered, died_on,
       case when not is_registered then registered_until end as registered_until, birth_on
from (
    select person_id, birth_on, sex, coalesce(r.died_on, hospital_death.died_on) as died_on,
           case when tells then told.ethnicity else r.ethnicity end as ethnicity,
           coalesce(case when :day >= r.resident_from then r.lsoa21 end, crowd_now.lsoa21) as lsoa21,
           coalesce(case when :day between r.registered_from and r.registered_to then r.practice end,
                    crowd_now.practice) as practice,
           coalesce(:is_here_alone and :day between r.registered_from and r.registered_to,
                    crowd_now.is_registered, false) as is_registered,
           coalesce(case when :is_here_alone and r.registered_to < :day and r.registered_from <= r.registered_to
                         then r.registered_to end, crowd_now.registered_until) as registered_until
    from person_record as r
    left join crowd_now using (person_id)
    left join (select person_id, ethnicity, true as tells from hospital_ethnicity) as told using (person_id)
    left join hospital_death using (person_id)
) as known
left join area using (lsoa21)
left join ethnic using (ethnicity)
order by person_id
"""


def everyone_step(source: Source) -> Step:
    """Return the step `person_now` with nothing but who there is, in no order."""
    return _step("person_now", EVERYONE, source, "everyone")


def record_steps(source: Source, ethnicity_order: Sequence[str] = SOURCES) -> Iterator[Step]:
    """Yield the steps that say who people are and, for those with several rows, where they lived and when.

    Raises UsageError where `ethnicity_order` names no source.
    """
    wrong = [name for name in ethnicity_order if name not in SOURCES]
    if wrong or not ethnicity_order:
        raise UsageError(
            f"ethnicity order {', '.join(ethnicity_order) or '(empty)'}", expected=f"some of {', '.join(SOURCES)}"
        )
    place, ethnic = _places(SOURCES), _places(ethnicity_order)
    hospital = ethnicity_order.index("hospital") + 1 if "hospital" in ethnicity_order else 0
    yield _step("crowd", _CROWD, source, "people of whom several rows speak")
    yield _step("crowd_row", _CROWD_ROW, source, "their rows", place=place, ethnic_place=ethnic)
    yield _step("crowd_record", _CROWD_RECORD, source, "what is believed of each")
    yield _step("crowd_home", _CROWD_HOME, source, "where they lived, and when")
    yield _step("crowd_practice", _CROWD_PRACTICE, source, "with which practices, and when")
    yield _step("listed", _LISTED, source, "people whom only a cohort list knows")
    yield _step("person_record", _RECORD, source, "one row for everyone", ethnic_place=ethnic)
    told = _HOSPITAL_ETHNICITY if hospital else _NO_ETHNICITY
    yield _step("hospital_ethnicity", told, source, "what hospitals say of the others", hospital_place=number(hospital))
    yield _step("hospital_death", _HOSPITAL_DEATH, source, "deaths in hospital")


def people_steps() -> Iterator[Step]:
    """Yield the steps that make `people`, `residence` and `registration` of those of `record_steps`."""
    yield Step("people", query(_PEOPLE), "one row for everyone")
    yield Step("residence", query(_RESIDENCE), "who lived where, and when")
    yield Step("registration", query(_REGISTRATION), "who was with which practice, and when")


def now_steps(source: Source, as_at: date, practices: Sequence[str]) -> Iterator[Step]:
    """Yield the steps that say where everyone is on a day: the last, `person_now`, is in the order of person_id."""
    here = {"is_here": is_here(exp.column("practice"), practices), "day": literal(as_at)}
    if source.has_people:
        yield from _ready_made(source)
    yield _step("crowd_now", _CROWD_NOW, source, "home and practice on the day, of the crowd", **here)
    alone = is_here(exp.column("practice", table="r"), practices)
    born = age(exp.column("birth_on"), literal(as_at))
    yield _step(
        "person_now", _PERSON_NOW, source, "everyone on the day", day=literal(as_at), is_here_alone=alone, age=born
    )


ROWS_OF_PEOPLE = f"""(
    select person_id from person where {_LIVE}
    union all
    select person_id from cohort where person_id is not null
) as found"""
EVERYONE = f"select distinct person_id from {ROWS_OF_PEOPLE}"


def is_here(practice: exp.Expr, practices: Sequence[str]) -> exp.Expr:
    """Return the condition that a practice is one of the Place's."""
    return practice.isin(*practices) if practices else exp.false()


def _ready_made(source: Source) -> Iterator[Step]:
    """Yield the steps for a layout that already says who people are: everyone goes the way of the crowd."""
    yield _step("person_record", _KNOWN_PEOPLE, source)
    yield _step("crowd_home", "select person_id, lsoa21, from_on, to_on from residence", source)
    yield _step("crowd_practice", "select person_id, practice, from_on, to_on from registration", source)
    yield _step("hospital_ethnicity", _NO_ETHNICITY, source)
    yield _step("hospital_death", "select person_id, died_on from people where false", source)


_NO_ETHNICITY = "select person_id, ethnicity from person_record where false"
_KNOWN_PEOPLE = """
select person_id, birth_on, null as birth_precision, sex, died_on, ethnicity, null as ethnicity_source,
       null as ethnic_place, cast(null as varchar) as lsoa21, cast(null as date) as resident_from,
       cast(null as varchar) as practice, cast(null as date) as registered_from, cast(null as date) as registered_to
from people
"""


def _step(name: str, sql: str, source: Source, about: str = "", **values: exp.Expr) -> Step:
    return Step(name, read_from(fill(query(sql), **values), source), about)


def _places(order: Sequence[str]) -> exp.Expr:
    """Return a source's place in an order, from 1; null where it is not in it."""
    return case(*((exp.column("source").eq(name), number(place)) for place, name in enumerate(order, start=1)))
