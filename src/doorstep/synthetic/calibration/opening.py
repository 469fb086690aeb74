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
from typing import TYPE_CHECKING, Any

from doorstep import reference
from doorstep.errors import NotWhatItClaimsError
from doorstep.synthetic.timeline import Timeline, date_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# QOF registers: the register of the truth, and the ages that its prevalence is of.
QOF = {
    "AF": ("atrial_fibrillation_dx_only", 0), "AST": ("asthma_dx_only", 6), "CAN": ("cancer", 0),
    "CHD": ("coronary_heart_disease", 0), "CKD": ("chronic_kidney_disease", 18), "COPD": ("copd_dx_only", 0),
    "DEM": ("dementia", 0), "DEP": ("depression", 18), "DM": ("diabetes", 17), "EP": ("epilepsy_dx_only", 18),
    "HF": ("heart_failure", 0), "HYP": ("hypertension", 0), "LD": ("learning_disability_dx_only", 0),
    "MH": ("serious_mental_illness_dx_only", 0), "NDH": ("non_diabetic_hyperglycaemia_dx_only", 18),
    "OST": ("osteoporosis_dx_only", 50), "PAD": ("peripheral_arterial_disease", 0), "PC": ("palliative_care", 0),
    "RA": ("rheumatoid_arthritis", 16), "STIA": ("stroke_tia", 0), "OB": ("", 18),
}  # fmt: skip
MENTAL = ("depression", "anxiety", "serious_mental_illness", "dementia", "alcohol_dependence", "learning_disability")
AMBULANCE = ("1048031000000100", "1048041000000109", "1048051000000107")
# Main diagnoses of the 19 ambulatory care sensitive conditions of the NHS Institute, to three characters.
SENSITIVE = [
    "D50", "E10", "E11", "E12", "E13", "E14", "E86", "G40", "G41", "H66", "H67", "I10", "I11", "I20",
    "I50", "J02", "J03", "J06", "J10", "J11", "J13", "J14", "J20", "J41", "J42", "J43", "J44", "J45",
    "J46", "J47", "J81", "K02", "K04", "K05", "K06", "K08", "K12", "K13", "K25", "K26", "K27", "K28",
    "K52", "L03", "L04", "L08", "L88", "N10", "N11", "N12", "N70", "N73", "N74", "R02", "R56",
]  # fmt: skip
TABLES = ("spell", "emergency", "appointment", "outpatient", "community", "medicine")

_PERSON = """
create table person as
select person_id, sex, practice, lsoa21, msoa21, ltla24, ethnicity, decile, (decile + 1) // 2 as quintile,
       birth_on, died_on, registered_from, registered_to, registers, carer_hours,
       ($middle - birth_on) / 365.25 as age_in_middle, ($opens - birth_on) / 365.25 as age_at_start,
       ($first - birth_on) / 365.25 as age, ($last - birth_on) / 365.25 as age_at_end,
       registered_from <= $opens as at_start,
       registered_from <= $first and coalesce(registered_to >= $first, true) as in_year,
       registered_from <= $last and coalesce(registered_to > $last, true) as at_end,
       greatest(0, least(coalesce(registered_to, $last), $last) - greatest(registered_from, $first) + 1) / 365.25
           as years,
       coalesce(died_on between $first and $last, false) as died,
       case when deficits_year_before < 5 then 'fit' when deficits_year_before < 9 then 'mild'
            when deficits_year_before < 13 then 'moderate' else 'severe' end as band,
       deficits_year_before, deficits_at_end, long_term_conditions as conditions, conditions_year_before,
       coalesce(n_mental, 0) as n_mental
from read_parquet($people)
left join (select person_id, count(*) as n_mental from condition where condition in $mental group by 1)
    using (person_id)
join (select lsoa21, msoa21, ltla24, imd2025_decile::int as decile from read_parquet($areas)) using (lsoa21)
"""
# Conditions that people still have on their last day.
_CONDITION = """
create table condition as select person_id, condition from read_parquet($conditions) where ended_on is null
"""
_REGISTER = """
create table register as select unnest($codes) as code, unnest($names) as name, unnest($ages) as least
"""
_ON_REGISTER = """
create table on_register as
select person_id, code from (select person_id, unnest(registers) as name from person) join register using (name)
union all select person_id, 'OB' from condition where condition = 'obesity'
"""
# A stay counts in the year in which it began; its nights are those from admission to discharge.
_STAY = """
create table stay as
select person_id, admitted_on, discharged_on, admission_method like '2%' as is_emergency,
       patient_classification as class, coalesce(discharged_on, $last) - admitted_on as nights, diagnoses,
       discharge_method = '4' as died_there, provider, left(diagnoses[1], 3) in $sensitive as is_sensitive
from read_parquet($spell) where admitted_on <= $last
"""
_USE = """
create table use as
with stays as (
    select person_id, count(*) filter (is_emergency) as emergency,
           sum(nights) filter (is_emergency) as emergency_nights,
           count(*) filter (is_emergency and is_sensitive) as sensitive,
           min(admitted_on) filter (is_emergency) as first_emergency, count(*) as stays, sum(nights) as nights
    from stay where admitted_on >= $first group by all
), attended as (
    select person_id, count(*) as attendances, count(*) filter (arrival_mode in $ambulance) as by_ambulance
    from read_parquet($emergency) where arrived_on between $first and $last group by all
), seen as (
    select person_id, count(*) filter (status = 'Attended') as consultations
    from read_parquet($appointment) where appointment_on between $first and $last group by all
), issue as (
    select person_id, count(*) as issues from read_parquet($medicine) where issued_on between $first and $last
    group by all
)
select person_id, first_emergency, coalesce(emergency, 0) as emergency, coalesce(sensitive, 0) as sensitive,
       coalesce(emergency_nights, 0)::bigint as emergency_nights, coalesce(stays, 0) as stays,
       coalesce(nights, 0)::bigint as nights, coalesce(attendances, 0) as attendances,
       coalesce(by_ambulance, 0) as by_ambulance, coalesce(consultations, 0) as consultations,
       coalesce(issues, 0) as issues
from person left join stays using (person_id) left join attended using (person_id)
left join seen using (person_id) left join issue using (person_id)
"""
_REFERENCE = re.compile(r"reference\('(\w+)'\)")


@dataclass(frozen=True)
class Made:
    """One made system, opened: its connection, the first and last day of the year measured, and its parameters."""

    con: DuckDBPyConnection
    first: date
    last: date
    parameters: dict[str, Any]

    @property
    def is_england(self) -> bool:
        """Whether the people are a sample of all England, whose figures then hold as they are."""
        return str(self.parameters["system"]).casefold() == "england"

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """Run a query; `$first` and `$last` stand for the year, `reference('name')` for a reference table."""
        query = _REFERENCE.sub(lambda found: _quoted(reference.table(found[1])), query)
        found: list[tuple[object, ...]] = self._run(query, first=self.first, last=self.last).fetchall()
        return found

    def _run(self, query: str, **given: object) -> Any:
        return self.con.execute(query, {name: value for name, value in given.items() if f"${name}" in query})

    def _fill(self, timeline: Timeline, folder: Path) -> None:
        given: dict[str, object] = {
            "first": self.first, "last": self.last, "opens": date_of(timeline.first),
            "middle": date_of(timeline.middle), "areas": str(reference.table("lsoa21")), "mental": list(MENTAL),
            "people": str(folder / "truth" / "people-*.parquet"), "sensitive": list(SENSITIVE),
            "conditions": str(folder / "truth" / "conditions-*.parquet"), "ambulance": list(AMBULANCE),
            "codes": list(QOF), "names": [name for name, _ in QOF.values()], "ages": [age for _, age in QOF.values()],
        }  # fmt: skip
        given |= {table: _files(folder, table) for table in TABLES}
        for query in (_CONDITION, _PERSON, _REGISTER, _ON_REGISTER, _STAY, _USE):
            self._run(query, **given)
        for table in ("emergency", "appointment"):
            self.con.execute(f"create view all_{table} as select * from read_parquet({_quoted(given[table])})")


def _files(folder: Path, table: str) -> str:
    """The files of a lake table, where they were made or in the one load of a home."""
    return str(folder / "lake" / "**" / f"facts-{table}-*.parquet")


def _quoted(path: object) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def open_made(folder: Path, memory: str = "3GB") -> Made:
    """Open a folder that holds `lake/` and `truth/`, as `make_lake` and `doorstep synthetic make --system` write them.

    Raises NotWhatItClaimsError where it does not hold them.
    """
    import duckdb

    try:
        said = json.loads((folder / "truth" / "parameters.json").read_text(encoding="utf-8"))
        parameters: dict[str, Any] = said["parameters"]
        timeline = Timeline.ending(parameters["end"], parameters["months"])
        is_made = (folder / "lake").is_dir() and any((folder / "truth").glob("people-*.parquet"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _not_made(folder) from error
    if not is_made:
        raise _not_made(folder)
    settings: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": memory,
        "preserve_insertion_order": "false",
    }
    made = Made(
        duckdb.connect(":memory:", config=settings), date_of(timeline.last - 364), date_of(timeline.last), parameters
    )
    made._fill(timeline, folder)
    return made


def _not_made(folder: Path) -> NotWhatItClaimsError:
    return NotWhatItClaimsError(
        "this is no made-up system", expected="a folder with lake/ and truth/", where=str(folder),
        do="name one that `doorstep synthetic make --system` wrote",
    )  # fmt: skip
