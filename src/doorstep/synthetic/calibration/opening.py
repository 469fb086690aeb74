"""Opens what was made, lake and truth, as tables that the measures read: people, and what each used in a year.

Everything is measured from the files that were written, never from the arrays they were drawn as. The year is the last
of the window; people of the year are those registered and alive on its first day, people of the end those registered
and alive on its last.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep import reference
from doorstep.errors import NotWhatItClaimsError
from doorstep.synthetic.timeline import Timeline, date_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_PERSON = """
create table person as
select person_id, sex, practice, lsoa21, decile, (decile + 1) // 2 as quintile, ethnicity, coalesce(care_home_from <= $first, false) as is_in_care_home,
       ($middle - birth_on) / 365.25 as age_in_middle,
       ($first - birth_on) / 365.25 as age, ($last - birth_on) / 365.25 as age_at_end,
       registered_from <= $opens as at_start,
       registered_from <= $first and coalesce(registered_to >= $first, true) as in_year,
       registered_from <= $last and coalesce(registered_to > $last, true) as at_end,
       greatest(0, least(coalesce(registered_to, $last), $last) - greatest(registered_from, $first) + 1) / 365.25 as years,
       died_on between $first and $last as died,
       case when deficits_year_before < 5 then 'fit' when deficits_year_before < 9 then 'mild'
            when deficits_year_before < 13 then 'moderate' else 'severe' end as band,
       deficits_year_before, deficits_at_end, long_term_conditions as conditions, conditions_year_before, registers,
       coalesce(n_mental, 0) as n_mental, coalesce(n_mental, 0) > 0 as has_mental
from read_parquet($people)
left join (select person_id, count(*) as n_mental from read_parquet($conditions)
           where ended_on is null and condition in $mental group by 1) using (person_id)
join (select lsoa21, imd2025_decile::int as decile from read_parquet($areas)) using (lsoa21)
"""

# A stay counts in the year in which it began; its days are the nights from admission to discharge.
_STAY = """
create table stay as
select person_id, admitted_on, discharged_on, admission_method like '2%' as is_emergency, patient_classification as class,
       admission_method as method, coalesce(discharged_on, $last) - admitted_on as nights, diagnoses,
       discharge_method = '4' as died, provider
from read_parquet($spell)
where admitted_on >= $first - interval 2 year and admitted_on <= $last
"""

_USE = """
create table use as
with stays as (
    select person_id, count(*) filter (is_emergency) as emergency, sum(nights) filter (is_emergency) as emergency_nights,
           count(*) as stays, sum(nights) as nights, count(*) filter (class = '1') as ordinary
    from stay where admitted_on >= $first group by all
), attended as (
    select person_id, count(*) as attendances, count(*) filter (arrival_mode in $ambulance) as by_ambulance
    from read_parquet($emergency) where arrived_on between $first and $last group by all
), seen as (
    select person_id, count(*) filter (status = 'Attended') as consultations
    from read_parquet($appointment) where appointment_on between $first and $last group by all
), clinic as (
    select person_id, count(*) filter (attended in ('5', '6')) as outpatients
    from read_parquet($outpatient) where appointment_on between $first and $last group by all
), contact as (
    select person_id, count(*) filter (attended in ('5', '6')) as contacts
    from read_parquet($community) where contact_on between $first and $last group by all
), issue as (
    select person_id, count(*) as issues
    from read_parquet($medicine) where issued_on between $first and $last group by all
)
select person_id, coalesce(emergency, 0) as emergency, coalesce(emergency_nights, 0)::bigint as emergency_nights,
       coalesce(stays, 0) as stays, coalesce(nights, 0)::bigint as nights, coalesce(ordinary, 0) as ordinary,
       coalesce(attendances, 0) as attendances, coalesce(by_ambulance, 0) as by_ambulance,
       coalesce(consultations, 0) as consultations, coalesce(outpatients, 0) as outpatients,
       coalesce(contacts, 0) as contacts, coalesce(issues, 0) as issues
from person left join stays using (person_id) left join attended using (person_id) left join seen using (person_id)
left join clinic using (person_id) left join contact using (person_id) left join issue using (person_id)
"""

_REFERENCE = re.compile(r"reference\('(\w+)'\)")
AMBULANCE = ("1048031000000100", "1048041000000109", "1048051000000107")
MENTAL = ("depression", "anxiety", "serious_mental_illness", "dementia", "alcohol_dependence", "learning_disability")
TABLES = ("spell", "emergency", "appointment", "outpatient", "community", "medicine")


@dataclass(frozen=True)
class Made:
    """One made system, opened: its connection, the first and last day of the year measured, and its parameters."""

    con: DuckDBPyConnection
    first: date
    last: date
    parameters: dict[str, object]

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Run a query; `$first` and `$last` stand for the year, `reference('name')` for a reference table."""
        query = _REFERENCE.sub(lambda found: f"read_parquet('{reference.table(found[1])}')", query)
        given = {name: value for name, value in (("first", self.first), ("last", self.last)) if f"${name}" in query}
        found: list[tuple[object, ...]] = self.con.execute(query, given).fetchall()
        return found


def open_made(folder: Path, memory: str = "3GB") -> Made:
    """Open a folder that holds `lake/` and `truth/` as `make_lake` writes them.

    Raises NotWhatItClaimsError where it does not hold them.
    """
    import duckdb

    said = folder / "truth" / "parameters.json"
    if not said.exists() or not (folder / "lake").is_dir():
        raise NotWhatItClaimsError(
            "this is no made-up system", expected="a folder with lake/ and truth/", where=str(folder)
        )
    parameters = json.loads(said.read_text(encoding="utf-8"))["parameters"]
    timeline = Timeline.ending(parameters["end"], parameters["months"])
    last = date_of(timeline.last)
    con = duckdb.connect(":memory:", config={"memory_limit": memory, "preserve_insertion_order": "false"})
    days = {"first": date_of(timeline.last - 364), "last": last}
    people = {
        "people": str(folder / "truth" / "people-*.parquet"), "areas": str(reference.table("lsoa21")),
        "conditions": str(folder / "truth" / "conditions-*.parquet"), "mental": list(MENTAL),
    }  # fmt: skip
    window = {"opens": date_of(timeline.first), "middle": date_of(timeline.middle)}
    con.execute(_PERSON, days | people | window)
    files = {table: str(folder / "lake" / f"facts-{table}-*.parquet") for table in TABLES}
    con.execute(_STAY, days | {"spell": files.pop("spell")})
    con.execute(_USE, days | files | {"ambulance": list(AMBULANCE)})
    for table in ("emergency", "appointment"):
        con.execute(f"create view all_{table} as select * from read_parquet('{folder}/lake/facts-{table}-*.parquet')")
    return Made(con, days["first"], last, parameters)
