"""Every option of every choice acts: on one small lake, each changes a number of the return, and the right one."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from return_tables import JULY, chosen, counted, lake, made, one_person, spec

from doorstep import reference
from doorstep.errors import ConfigurationError
from doorstep.planning.choices import Choice, Option, catalogue, defaults
from doorstep.planning.figures import figures, totals
from doorstep.planning.metrics import codes, metric_set
from doorstep.planning.variations import vary
from doorstep.returns import Figures

PEOPLE = """
| person_id | birth_on   | ethnicity | lsoa21 | identified_on | left_on    |
| usual     | 1970-01-01 | R         | E1     | 2025-01-01    |            |
| unknown   |            | A         | E1     | 2025-01-01    |            |
| eighteen  | 2008-07-01 | A         | E1     | 2026-02-01    |            |
| leaver    | 1970-01-01 | A         | E1     | 2026-02-01    | 2026-07-10 |
| joiner    | 1970-01-01 | A         | E1     | 2026-07-02    |            |
| gone      | 1970-01-01 | A         | E1     | 2026-02-01    | 2026-03-01 |
"""

OUTPATIENT = """
| main_specialty | first_attendance | procedures |
| 300            | 1                |            |
| 199            | 1                |            |
| 950            | 1                |            |
|                | 1                |            |
| 300            | 1                | A651       |
| 300            | 5                |            |
| 300            | 3                |            |
"""

SPELL = """
| admission_method | last_treatment_function | patient_classification |
| 21               | 300                     | 1                      |
| 21               | 710                     | 1                      |
| 21               |                         | 1                      |
|                  | 300                     | 1                      |
| 21               | 300                     | 2                      |
"""

EMERGENCY = """
| department_type | attendance_category |
|                 | 1                   |
| 01              | 4                   |
"""

APPOINTMENT = """
| role_group           | appointment_on |
| GP                   | 2026-07-02     |
| GP                   | 2026-07-03     |
| GP                   | 2026-07-04     |
| GP                   | 2026-07-05     |
| Other Practice staff | 2026-07-06     |
"""

CASES = """
| person_id | opened_on  | closed_on  |
| usual     | 2026-01-01 |            |
| leaver    | 2026-01-01 | 2026-07-05 |
"""


def rows(text: str, key: str, **fields: Any) -> list[dict[str, Any]]:
    """Rows of the usual person, each with a key of its own."""
    return [{"person_id": "usual", "provider": "R1", key: f"k{n}", **fields, **row} for n, row in enumerate(spec(text))]


def small_lake() -> duckdb.DuckDBPyConnection:
    outpatient = rows(OUTPATIENT, "appointment_id", appointment_on="2026-07-02", attended="5")
    for row in outpatient:
        row["procedures"] = (row["procedures"] or "").split()
    people = spec(PEOPLE)
    seen = ("2026-07-03", "2026-07-04")
    shared = {"status": "Attended", "service_setting": "General Practice", "practice": "N1"}
    return made(
        person=[
            one_person(record_id=p["person_id"], **{k: p[k] for k in ("person_id", "birth_on", "ethnicity", "lsoa21")})
            for p in people
        ],
        membership=[{k: p[k] for k in ("person_id", "identified_on", "left_on")} for p in people],
        outpatient=outpatient,
        spell=rows(SPELL, "spell_id", admitted_on="2026-07-10", discharged_on="2026-07-11"),
        emergency=rows(EMERGENCY, "attendance_id", arrived_on="2026-07-03"),
        appointment=rows(APPOINTMENT, "appointment_id", **shared),
        community=rows("| attended |\n| 5 |\n| 7 |", "contact_id", contact_on="2026-07-03"),
        coded=[{
            "person_id": "usual", "practice": "N1", "entry_id": "e", "code": codes()["programme"][0],
            "recorded_on": "2026-07-02",
        }],
        programme_contact=[
            {"person_id": "usual", "contact_id": day, "contact_on": day, "attended": True} for day in seen
        ],
        caseload=[{**case, "case_id": case["person_id"], "is_nnhip": True} for case in spec(CASES)],
    )  # fmt: skip


def lines(found: Figures) -> dict[str, tuple[int, ...]]:
    return {**found.counts, "patients": found.patients, "P1": (found.caseload,)}


# choice, option -> the lines whose total it changes, and by how much ("columns": other columns, same totals)
EFFECTS = """
| choice             | option           | changes                  |
| denominator        | month_end        | patients+0 columns       |
| denominator        | any_day          | patients+1               |
| denominator        | ever             | patients+2               |
| cohort             | baseline         | patients-2               |
| adults             | known_only       | patients-1               |
| birth_precision    | month            | patients-1               |
| ethnicity_chinese  | other            | columns                  |
| deprivation_index  | imd2019          | columns                  |
| o1_consultant_list | three_codes      | O1a+1                    |
| o1_consultant_list | all_specialties  | O1a+2                    |
| o1_null_specialty  | counted          | O1a+1                    |
| o1_procedure       | ignored          | O1a+1                    |
| o1_first_attendance| follow_up        | O1b+1                    |
| o1_telephone       | excluded         | O1a-1                    |
| o2_function_list   | none             | O2b+1 O3+1               |
| o2_null_function   | counted          | O2b+1 O3+1               |
| o2_null_method     | counted          | O2b+1 O3+1               |
| o2_classification  | ordinary         | O2b-1 O3-1               |
| o5_null_type       | o5b              | O5b+1                    |
| o5_planned         | unplanned_only   | O5a-1                    |
| o6a_programme      | exclude_contacts | O6a-1                    |
| o6a_programme      | exclude_none     | O6a+1                    |
| o6a_role           | all              | O6a+1                    |
| o6b_attended       | all              | O6b+1                    |
| p1_open            | month_end        | P1-1                     |
| p1_open            | contacted        | P1-1                     |
"""


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    return small_lake()


@pytest.mark.parametrize("row", spec(EFFECTS), ids=lambda r: f"{r['choice']}-{r['option']}")
def test_each_option_changes_what_it_is_about(con: duckdb.DuckDBPyConnection, row: dict[str, str]) -> None:
    usual = lines(counted(con))
    people = set(con.execute("select person_id from denominator").fetchall())
    other = lines(counted(con, choices=chosen(**{row["choice"]: row["option"]})))
    others = set(con.execute("select person_id from denominator").fetchall())
    changed = {f"{m}{other[m][0] - usual[m][0]:+d}" for m in usual if other[m][0] != usual[m][0]}
    expected = {part for part in row["changes"].split() if part not in ("columns", "patients+0")}
    assert changed == expected
    if row["changes"] == "columns":
        assert other["patients"] != usual["patients"]
    if row["option"] == "month_end" and row["choice"] == "denominator":
        assert (people - others, others - people) == ({("leaver",)}, {("joiner",)})


def test_the_table_of_effects_names_every_option_but_the_defaults() -> None:
    named = {(row["choice"], row["option"]) for row in spec(EFFECTS)}
    assert named == {(c.id, option) for c in catalogue().values() for option in c.option_ids[1:]}


def test_variations_give_the_totals_that_a_count_under_the_option_gives(con: duckdb.DuckDBPyConnection) -> None:
    varied = vary(con, JULY, metric_set(), chosen())
    for choice in catalogue().values():
        for option in choice.option_ids[1:]:
            totals = {m: line[0] for m, line in lines(counted(con, choices=chosen(**{choice.id: option}))).items()}
            found = varied[choice.id][option]
            assert found is not None
            assert found.totals == {m: totals[m] for m in found.totals}


def test_options_that_change_no_total_say_how_many_people_and_events_they_move(con: duckdb.DuckDBPyConnection) -> None:
    varied = vary(con, JULY, metric_set(), chosen())
    moved = {(c, o): v.moved for c, options in varied.items() for o, v in options.items() if v is not None and v.moved}
    assert {c for c, _ in moved} == {c.id for c in catalogue().values() if c.acts_on == "people"}
    # one patient is Chinese, every event is theirs and so is one case; E1 is in fifth 1 of 2025 and 2 of 2019
    chinese, index = moved["ethnicity_chinese", "other"], moved["deprivation_index", "imd2019"]
    n_events = sum(n for m, n in totals(con).items() if m not in ("patients", "O3", "P1"))
    assert chinese == {
        "patients_joining": 0, "patients_leaving": 0, "patients_in_another_column": 1,
        "events_in_another_column": n_events, "caseload_in_another_column": 1,
    }  # fmt: skip
    n_patients = totals(con)["patients"]
    assert (index["patients_in_another_column"], index["caseload_in_another_column"]) == (n_patients, 2)
    end = moved["denominator", "month_end"]
    assert (end["patients_joining"], end["patients_leaving"]) == (1, 1)


def test_variations_leave_the_effective_count_behind(con: duckdb.DuckDBPyConnection) -> None:
    usual = lines(counted(con))
    vary(con, JULY, metric_set(), chosen())
    assert lines(figures(con, "Testshire", JULY.start)) == usual


def test_a_clause_choice_is_followed_by_a_metric_and_a_choice_about_people_by_none() -> None:
    followed = {choice for m in metric_set().metrics.values() for choice in m.choices}
    assert followed == {c.id for c in catalogue().values() if c.acts_on == "metrics"}


def test_a_choice_needs_options_that_differ_and_a_known_status() -> None:
    good: dict[str, Any] = {"id": "x", "about": "", "acts_on": "people", "guide": "", "why": "", "status": "inferred"}
    two = (Option("a", ""), Option("b", ""))
    assert Choice(**good, options=two).default == "a"
    for wrong in (
        {**good, "options": two[:1]},
        {**good, "options": (two[0], two[0])},
        {**good, "options": two, "status": "guessed"},
        {**good, "options": two, "acts_on": "weather"},
    ):
        with pytest.raises(ConfigurationError):
            Choice(**wrong)


def test_an_option_that_is_not_there_is_named() -> None:
    with pytest.raises(ConfigurationError, match="one of gp, all"):
        defaults().with_option("o6a_role", "nurse")
    assert lake().execute("select count(*) from spell").fetchall() == [(0,)]


@pytest.mark.parametrize(
    ("ours", "shipped"),
    [
        ("non_elective", "admission_method_non_elective"),
        ("not_specific_acute", "treatment_function_not_specific_acute"),
        ("non_consultant", "main_specialty_not_consultant"),
        ("emergency_ambulance", "ecds_arrival_mode_ambulance"),
        ("programme", "programme_%"),
    ],
)
def test_the_code_lists_are_those_of_the_reference_tables(ours: str, shipped: str) -> None:
    sql = f"select distinct code from '{reference.table('codesets')}' where set_name like ?"
    found = {code for (code,) in duckdb.connect().execute(sql, [shipped]).fetchall()}
    assert set(codes()[ours]) == found
