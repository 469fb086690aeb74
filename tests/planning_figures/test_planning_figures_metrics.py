"""Each metric's clauses at their boundaries: what counts and what does not, row by row."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from return_tables import counted, made, one_person, spec, total

from doorstep.planning.metrics import metric_set
from doorstep.returns import METRICS

MEMBER = [{"person_id": "p1", "identified_on": "2026-01-01"}]


def lake_of(table: str, text: str) -> duckdb.DuckDBPyConnection:
    """A cohort of one person and this activity; blank keys get the row's number."""
    rows = [{"person_id": "p1", "provider": "R1", **row} for row in spec(text)]
    for number, row in enumerate(rows):
        for key in ("appointment_id", "spell_id", "attendance_id", "contact_id", "case_id"):
            if key in KEYS[table]:
                row[key] = f"k{number}"
        row.pop("counts in", None)
        if "procedures" in row:
            row["procedures"] = row["procedures"].split() if row["procedures"] else []
    activity: Any = {table: rows}
    return made(person=[one_person()], membership=MEMBER, **activity)


KEYS = {
    "outpatient": ("appointment_id",), "spell": ("spell_id",), "emergency": ("attendance_id",),
    "appointment": ("appointment_id",), "community": ("contact_id",), "caseload": ("case_id",),
}  # fmt: skip


def assert_each_row_counts_where_it_says(table: str, text: str, set_name: str = "guide") -> None:
    expected = [str(row["counts in"] or "").split() for row in spec(text)]
    con = lake_of(table, text)
    counted(con, set_name=set_name)
    found = con.execute("select row_no, list_sort(list(metric)) from contribution group by row_no").fetchall()
    by_row = dict(found)
    assert [by_row.get(n, []) for n in range(1, len(expected) + 1)] == [sorted(e) for e in expected]


OUTPATIENT = """
| appointment_on | attended | first_attendance | main_specialty | procedures | counts in |
| 2026-06-30     | 5        | 1                | 300            |            |           |
| 2026-07-01     | 5        | 1                | 300            |            | O1a       |
| 2026-07-31     | 6        | 3                | 300            |            | O1a       |
| 2026-08-01     | 5        | 1                | 300            |            |           |
| 2026-07-10     | 5        | 2                | 300            |            | O1b       |
| 2026-07-10     | 6        | 4                | 300            |            | O1b       |
| 2026-07-10     | 7        | 1                | 300            |            |           |
| 2026-07-10     | 3        | 2                | 300            |            |           |
| 2026-07-10     |          | 1                | 300            |            |           |
| 2026-07-10     | 5        | 1                | 300            | A651       | O1c       |
| 2026-07-10     | 6        | 2                | 300            | A651 Z941  | O1c       |
| 2026-07-10     | 7        | 2                | 300            | A651       |           |
| 2026-07-10     | 5        | 5                | 300            |            |           |
| 2026-07-10     | 5        |                  | 300            |            |           |
| 2026-07-10     | 5        |                  | 300            | A651       | O1c       |
| 2026-07-10     | 5        | 1                | 950            |            |           |
| 2026-07-10     | 5        | 1                | 960            | A651       |           |
| 2026-07-10     | 5        | 2                | 199            |            |           |
| 2026-07-10     | 5        | 1                |                |            |           |
"""

SPELLS = """
| admitted_on | discharged_on | admission_method | last_treatment_function | patient_classification | counts in |
| 2026-07-10  | 2026-07-10    | 21               | 300                     | 1                      | O2a O3    |
| 2026-07-10  | 2026-07-11    | 2D               | 300                     | 2                      | O2b O3    |
| 2026-06-01  | 2026-07-31    | 28               | 300                     | 1                      | O2b O3    |
| 2026-06-01  | 2026-06-30    | 21               | 300                     | 1                      |           |
| 2026-07-01  | 2026-08-01    | 21               | 300                     | 1                      |           |
| 2026-07-01  |               | 21               | 300                     | 1                      |           |
| 2026-07-10  | 2026-07-11    | 31               | 300                     | 1                      | O2b O3    |
| 2026-07-10  | 2026-07-11    | 82               | 300                     | 1                      | O2b O3    |
| 2026-07-10  | 2026-07-11    | 11               | 300                     | 1                      |           |
| 2026-07-10  | 2026-07-11    |                  | 300                     | 1                      |           |
| 2026-07-10  | 2026-07-11    | 21               | 710                     | 1                      |           |
| 2026-07-10  | 2026-07-11    | 21               | 649                     | 1                      | O2b O3    |
| 2026-07-10  | 2026-07-11    | 21               | 650                     | 1                      |           |
| 2026-07-10  | 2026-07-11    | 21               | 662                     | 1                      |           |
| 2026-07-10  | 2026-07-11    | 21               |                         | 1                      |           |
"""

EMERGENCY = """
| arrived_on | department_type | arrival_mode     | acuity           | attendance_category | counts in |
| 2026-07-01 | 01              |                  |                  | 1                   | O5a       |
| 2026-07-31 | 02              |                  |                  | 1                   | O5b       |
| 2026-07-10 | 05              |                  |                  | 1                   | O5b       |
| 2026-07-10 | 99              |                  |                  |                     | O5b       |
| 2026-07-10 | 01              |                  |                  | 4                   | O5a       |
| 2026-07-10 |                 |                  |                  | 1                   |           |
| 2026-07-10 | 01              | 1048031000000100 | 1064891000000107 | 1                   | O4.1 O5a  |
| 2026-07-10 | 01              | 1048041000000109 | 1064911000000105 | 1                   | O4.2 O5a  |
| 2026-07-10 | 01              | 1048051000000107 | 1064901000000108 | 1                   | O4.3 O5a  |
| 2026-07-10 | 03              | 1048031000000100 | 1077241000000103 | 1                   | O4.4 O5b  |
| 2026-07-10 | 01              | 1048031000000100 | 1077251000000100 | 1                   | O5a       |
| 2026-07-10 | 01              | 1048021000000102 | 1064891000000107 | 1                   | O5a       |
| 2026-07-10 | 01              |                  | 1064891000000107 | 1                   | O5a       |
| 2026-06-30 | 01              |                  |                  | 1                   |           |
| 2026-08-01 | 01              |                  |                  | 1                   |           |
"""

APPOINTMENTS = """
| appointment_on | status   | role_group           | service_setting            | practice | profile | counts in |
| 2026-07-01     | Attended | GP                   | General Practice           | N1       | flat@1  | O6a       |
| 2026-07-31     | Attended | GP                   | Primary Care Network       | N1       | flat@1  | O6a       |
| 2026-07-02     | Attended | GP                   | Extended Access Provision | N1       | flat@1  |           |
| 2026-07-02     | Attended | Other Practice staff | General Practice           | N1       | flat@1  |           |
| 2026-07-02     | DNA      | GP                   | General Practice           | N1       | flat@1  |           |
| 2026-07-02     |          | GP                   | General Practice           | N1       | flat@1  |           |
| 2026-07-02     | Attended | GP                   | General Practice           | N1       | emis@1  |           |
| 2026-07-02     | Attended | GP                   | General Practice           | N2       | emis@1  | O6a       |
| 2026-08-01     | Attended | GP                   | General Practice           | N1       | flat@1  |           |
"""

COMMUNITY = """
| contact_on | attended | counts in |
| 2026-07-01 | 5        | O6b       |
| 2026-07-31 | 6        | O6b       |
| 2026-07-10 | 7        |           |
| 2026-07-10 |          |           |
| 2026-06-30 | 5        |           |
"""

CENTRE_SPELLS = """
| admitted_on | discharged_on | admission_method | last_treatment_function | patient_classification | counts in |
| 2026-07-10  | 2026-07-10    | 21               | 710                     | 1                      | O2a O3    |
| 2026-07-10  | 2026-07-11    | 81               |                         | 1                      | O2b O3    |
| 2026-07-10  | 2026-07-11    | 32               | 300                     | 2                      |           |
| 2026-07-10  | 2026-07-11    | 12               | 300                     | 1                      |           |
| 2026-07-10  | 2026-07-11    |                  | 300                     | 1                      |           |
"""

CENTRE_EMERGENCY = """
| arrived_on | department_type | attendance_category | discharge_status | counts in |
| 2026-07-10 | 01              | 1                   |                  | O5a       |
| 2026-07-10 | 02              | 3                   |                  | O5a       |
| 2026-07-10 | 03              |                     |                  | O5b       |
| 2026-07-10 | 01              | 4                   |                  |           |
| 2026-07-10 | 03              | 1                   | 63238001         |           |
| 2026-07-10 |                 | 1                   |                  |           |
"""

CENTRE_OUTPATIENT = """
| appointment_on | attended | first_attendance | main_specialty | procedures | counts in |
| 2026-07-10     | 5        | 1                | 950            |            | O1a       |
| 2026-07-10     | 5        | 4                |                |            | O1b       |
| 2026-07-10     | 6        | 4                | 960            | A651       | O1c       |
| 2026-07-10     | 7        | 1                | 300            |            |           |
"""


@pytest.mark.parametrize(
    ("set_name", "table", "text"),
    [
        ("guide", "outpatient", OUTPATIENT),
        ("guide", "spell", SPELLS),
        ("guide", "emergency", EMERGENCY),
        ("guide", "appointment", APPOINTMENTS),
        ("guide", "community", COMMUNITY),
        ("centre", "outpatient", CENTRE_OUTPATIENT),
        ("centre", "spell", CENTRE_SPELLS),
        ("centre", "emergency", CENTRE_EMERGENCY),
        ("centre", "community", COMMUNITY),
    ],
)
def test_each_row_counts_where_it_says(set_name: str, table: str, text: str) -> None:
    assert_each_row_counts_where_it_says(table, text, set_name)


def test_bed_days_are_the_sum_of_whole_stays_in_the_month_they_end() -> None:
    con = lake_of(
        "spell",
        """
        | admitted_on | discharged_on | admission_method | last_treatment_function |
        | 2026-07-10  | 2026-07-10    | 21               | 300                     |
        | 2026-07-10  | 2026-07-13    | 21               | 300                     |
        | 2026-06-01  | 2026-07-31    | 21               | 300                     |
        """,
    )
    assert total(con, "O3") == (0 + 3 + 60)
    assert (total(con, "O2a"), total(con, "O2b")) == (1, 2)


def test_the_programmes_own_appointments_are_left_out_by_person_practice_and_day() -> None:
    appointments = """
        | person_id | appointment_id | appointment_on | practice |
        | p1        | a1             | 2026-07-02     | N1       |
        | p1        | a2             | 2026-07-02     | N2       |
        | p1        | a3             | 2026-07-03     | N1       |
        """
    same = {"status": "Attended", "role_group": "GP", "service_setting": "General Practice"}
    coded = spec("""
        | person_id | entry_id | code            | recorded_on | practice |
        | p1        | e1       | 818241000000105 | 2026-07-02  | N1       |
        | p1        | e2       | 44054006        | 2026-07-03  | N1       |
        """)
    con = made(
        person=[one_person()],
        membership=MEMBER,
        appointment=[{**row, **same} for row in spec(appointments)],
        coded=coded,
        programme_contact=[{"person_id": "p1", "contact_id": "c", "contact_on": "2026-07-03"}],
    )
    assert total(con, "O6a") == 2
    assert total(con, "O6a", o6a_programme="exclude_none") == 3
    assert total(con, "O6a", o6a_programme="exclude_contacts") == 2


CASES = """
| person_id | case_id | opened_on  | closed_on  | is_nnhip | why                                |
| open      | c1      | 2026-01-01 |            | true     | open all month                     |
| first     | c2      | 2026-01-01 | 2026-07-01 | true     | closed on the first day            |
| last      | c3      | 2026-07-31 |            | true     | opened on the last day             |
| before    | c4      | 2026-01-01 | 2026-06-30 | true     | closed before                      |
| after     | c5      | 2026-08-01 |            | true     | opened after                       |
| other     | c6      | 2026-01-01 |            | false    | another programme's                |
| twice     | c7      | 2026-01-01 | 2026-07-05 | true     | reopened, one person               |
| twice     | c8      | 2026-07-06 |            | true     |                                    |
| child     | c9      | 2026-01-01 |            | true     | 17 on the first day                |
| unknown   | c10     | 2026-01-01 |            | true     | in no person file                  |
"""


def caseload() -> duckdb.DuckDBPyConnection:
    rows = [{k: v for k, v in row.items() if k != "why"} for row in spec(CASES)]
    people = [
        one_person(person_id=p, record_id=p) for p in ("open", "first", "last", "before", "after", "other", "twice")
    ]
    child = one_person(person_id="child", record_id="c", birth_on="2008-07-02")
    seen = [
        {"person_id": p, "contact_id": p, "contact_on": "2026-07-09", "attended": p == "open"} for p in ("open", "last")
    ]
    return made(person=[*people, child], caseload=rows, programme_contact=seen)


def test_the_caseload_counts_people_with_a_programme_case_open_in_the_month() -> None:
    con = caseload()
    counted(con)
    assert con.execute("select person_id from contribution where metric = 'P1' order by 1").fetchall() == [
        ("first",), ("last",), ("open",), ("twice",), ("unknown",),
    ]  # fmt: skip
    assert total(con, "P1", p1_open="month_end") == 4
    assert total(con, "P1", p1_open="contacted") == 1
    assert total(con, "P1", adults="known_only") == 4


def test_both_sets_have_all_fourteen_metrics_and_the_caseload() -> None:
    for name in ("guide", "centre"):
        assert list(metric_set(name).metrics) == [*METRICS, "P1"]
