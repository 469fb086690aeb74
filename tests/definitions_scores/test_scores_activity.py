"""Activity: which rows each shipped measure counts, at the edges a reader can check."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
import pytest
from scores_kit import one, shelf_of, spell

from doorstep import reference
from doorstep.planning.definitions import Activity, shipped

ACTIVITIES: dict[str, Activity] = {a.id: a for a in shipped().activities}
SEVENTY = date(1956, 1, 1)


def stays(name: str, *rows: dict[str, Any], born: date = SEVENTY) -> int:
    """Return how many of these stays the measure counts in 12 months."""
    counted: int = one(shelf_of(name), born=born, spell=rows)[f"{name}_12m"]
    return counted


def seen(*codes: str, procedures: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    return spell("2026-05-01", "2026-05-04", diagnoses=list(codes), procedures=list(procedures), **more)


def attended(day: str, category: str | None = "1", department: str | None = "01") -> dict[str, Any]:
    return {"arrived_on": date.fromisoformat(day), "attendance_category": category, "department_type": department}


def test_attendances_fall_into_windows_that_meet_and_do_not_overlap() -> None:
    days = ("2026-09-30", "2026-03-31", "2026-03-30", "2025-10-01", "2025-09-30", "2024-10-01", "2024-09-30")
    row = one(shelf_of("ed_attendances"), emergency=[attended(day) for day in days])
    assert row["ed_attendances_6m"] == 2  # to 31 March: 30 March is six months ago to the day
    assert row["ed_attendances_6_12m"] == 2
    assert row["ed_attendances_12m"] == 2 + 2
    assert row["ed_attendances_12_24m"] == 2  # 30 September 2024 is two years ago to the day


@pytest.mark.parametrize(
    ("category", "department", "expected"),
    [
        ("1", "01", {"ed_attendances", "ed_type_1_attendances"}),
        ("2", "03", {"ed_attendances", "ed_type_2_to_4_attendances"}),
        (None, "02", {"ed_attendances", "ed_type_2_to_4_attendances"}),  # no category counts as unplanned
        ("4", "01", set()),  # planned follow-up
        ("5", "01", set()),  # brought in dead
        ("1", "05", {"sdec_attendances"}),
        ("1", None, {"ed_attendances"}),
    ],
)
def test_an_attendance_is_of_its_department_and_unplanned(
    category: str | None, department: str | None, expected: set[str]
) -> None:
    names = ("ed_attendances", "ed_type_1_attendances", "ed_type_2_to_4_attendances", "sdec_attendances")
    row = one(shelf_of(*names), emergency=[attended("2026-05-01", category, department)])
    assert {name for name in names if row[f"{name}_12m"]} == expected


@pytest.mark.parametrize(
    ("method", "classification", "expected"),
    [
        ("21", "1", {"emergency_admissions"}),
        ("2D", "2", {"emergency_admissions"}),
        ("28", None, {"emergency_admissions"}),
        ("11", "1", {"elective_admissions"}),
        ("13", None, {"elective_admissions"}),
        ("12", "2", {"day_cases"}),
        ("11", "3", set()),  # regular day attender
        ("31", "5", set()),  # mother and baby
        (None, "1", set()),
    ],
)
def test_a_stay_is_of_one_kind(method: str | None, classification: str | None, expected: set[str]) -> None:
    names = ("emergency_admissions", "elective_admissions", "day_cases")
    stay = spell("2026-05-01", admission_method=method, patient_classification=classification)
    row = one(shelf_of(*names), spell=[stay])
    assert {name for name in names if row[f"{name}_12m"]} == expected


def test_bed_days_are_nights_in_the_window_of_ordinary_stays() -> None:
    rows = [
        spell("2025-09-20", "2025-10-03", patient_classification="1"),  # nights to 1, 2 and 3 October
        spell("2026-09-28", None, patient_classification="1"),  # still in: to 29 and 30 September
        spell("2026-05-01", "2026-05-09", patient_classification="5"),  # delivery facilities only
        spell("2026-06-01", "2026-06-02", patient_classification=None, admission_method="11"),
    ]
    row = one(shelf_of("bed_days", "emergency_bed_days"), spell=rows)
    assert (row["bed_days_12m"], row["emergency_bed_days_12m"]) == (3 + 2 + 1, 3 + 2)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        (spell("2026-05-30", diagnoses=["I10"]), 1),  # 29 days after
        (spell("2026-05-31", diagnoses=["I10"]), 0),  # 30 days after
        (spell("2026-05-30", diagnoses=["I10", "C509"]), 0),  # cancer
        (spell("2026-05-30", diagnoses=["I10", "D120"]), 1),  # a benign growth is no cancer here
        (spell("2026-05-30", diagnoses=["Z511"]), 0),  # chemotherapy
        (spell("2026-05-30", diagnoses=["O800"], admit_treatment_function="501"), 0),
        (spell("2026-05-30", diagnoses=["I10"], admission_method="11"), 0),  # planned
    ],
)
def test_a_readmission_is_an_emergency_within_29_days(second: dict[str, Any], expected: int) -> None:
    assert stays("emergency_readmissions", spell("2026-04-20", "2026-05-01", diagnoses=["J18"]), second) == expected


NHS, IIF = "acsc_admissions_nhs_institute", "acsc_admissions_iif"


@pytest.mark.parametrize(
    ("stay", "expected"),
    [
        (seen("J459"), {NHS, IIF}),
        (seen("R69", "J459"), set()),  # asthma, but not the main diagnosis
        (seen("R69", "E105"), {NHS, IIF}),  # diabetic complications count anywhere
        (seen("R02"), {NHS}),
        (seen("J209"), set()),  # acute bronchitis alone
        (seen("J209", "J440"), {NHS, IIF}),  # with chronic lung disease
        (seen("J181"), {NHS, IIF}),
        (seen("J181", "D571"), set()),  # sickle cell disease
        (seen("R69", "J181"), {NHS}),  # the fund asks for it first
        (seen("L031"), {NHS, IIF}),
        (seen("L031", procedures=("S471",)), {NHS}),  # the two sets differ in procedures
        (seen("L031", procedures=("W371",)), set()),
        (seen("I500"), {NHS, IIF}),
        (seen("I500", procedures=("K401",)), set()),  # a heart operation
        (seen("I200"), {NHS}),  # angina is not in the fund's set
        (seen("I200", procedures=("U201",)), {NHS}),  # a test is no treatment
        (seen("I200", procedures=("K751",)), set()),
        (seen("J459", admission_method="25"), {NHS}),  # the fund's methods leave out the crisis team
        (seen("J459", admission_method="11"), set()),
        (seen("E105", "J459", "L031"), {NHS, IIF}),  # of several kinds: counted once
        (seen("J459", admit_treatment_function="501"), {NHS}),
    ],
)
def test_an_admission_is_care_sensitive_by_the_rules_of_each_set(stay: dict[str, Any], expected: set[str]) -> None:
    row = one(shelf_of(NHS, IIF), spell=[stay])
    assert {name: row[f"{name}_12m"] for name in (NHS, IIF)} == {n: int(n in expected) for n in (NHS, IIF)}


@pytest.mark.parametrize(
    ("stay", "born", "expected"),
    [
        (seen("S7200", "W190"), SEVENTY, 1),  # injury, and a fall as its cause
        (seen("S7200", "V031"), SEVENTY, 0),  # injury on the road
        (seen("R296"), SEVENTY, 1),
        (seen("I10", "R296"), SEVENTY, 0),  # a tendency to fall, but not why they came
        (seen("M8005"), SEVENTY, 1),  # a fracture that nothing explains
        (seen("M8005", "X590"), SEVENTY, 0),
        (seen("R296"), date(1961, 5, 1), 1),  # 65 on the day of admission
        (seen("R296"), date(1961, 5, 2), 0),
    ],
)
def test_a_fall_is_told_by_three_kinds_of_stay(stay: dict[str, Any], born: date, expected: int) -> None:
    assert stays("falls_admissions", stay, born=born) == expected


@pytest.mark.parametrize(("born", "expected"), [(date(2020, 5, 2), 1), (date(2020, 5, 1), 0)])
def test_a_kind_of_stay_may_have_ages_of_its_own(born: date, expected: int) -> None:
    assert stays("acsc_admissions_urgent", seen("R509"), born=born) == expected  # a feverish child under six


@pytest.mark.parametrize(
    ("table", "rows", "expected"),
    [
        ("outpatient", [("appointment_on", "attended", code) for code in "567"], {"outpatient_attendances": 2}),
        ("community", [("contact_on", "attended", code) for code in "563"], {"community_contacts": 2}),
    ],
)
def test_only_people_who_were_seen_attended(
    table: str, rows: list[tuple[str, str, str]], expected: dict[str, int]
) -> None:
    (name,) = expected
    seen_rows = [{day: date(2026, 5, 1), column: code} for day, column, code in rows]
    assert one(shelf_of(name), rows={table: seen_rows})[f"{name}_12m"] == expected[name]


def test_appointments_are_told_by_role_and_place() -> None:
    day = {"appointment_on": date(2026, 5, 1)}
    rows = [
        day | {"status": "Attended", "role_group": "GP", "mode": "Home Visit"},
        day | {"status": "Attended", "role_group": "Other Practice staff", "mode": "Telephone"},
        day | {"status": "DNA", "role_group": "GP", "mode": "Face-to-Face"},
    ]
    row = one(shelf_of("gp_appointments", "gp_appointments_with_gp", "home_visits"), appointment=rows)
    assert [row[f"{n}_12m"] for n in ("gp_appointments", "gp_appointments_with_gp", "home_visits")] == [2, 1, 1]


def test_medicines_are_distinct_codes() -> None:
    issued = [("1", "2026-09-01"), ("1", "2026-07-15"), ("2", "2026-08-01"), ("3", "2026-06-30"), ("4", "2026-03-01")]
    rows = [{"code": code, "issued_on": date.fromisoformat(day)} for code, day in issued]
    row = one(shelf_of("medicines"), medicine=rows)
    assert (row["medicines_3m"], row["medicines_12m"]) == (2, 4)  # 30 June is three months ago to the day


def test_no_list_of_a_published_set_is_forgotten() -> None:
    table = f"select distinct list_id from '{reference.table('codes')}' where system = 'icd10'"
    shipped_lists = {name for (name,) in duckdb.execute(table).fetchall()}
    read = {name for a in ACTIVITIES.values() for name in a.diagnosis_lists}
    assert {name for name in shipped_lists if name.startswith(("acsc", "falls."))} <= read <= shipped_lists


def test_a_measure_of_recalled_codes_is_recalled() -> None:
    table = f"select list_id from '{reference.table('codelists')}' where role = 'stay' and version = 'recalled'"
    recalled = {name for (name,) in duckdb.execute(table).fetchall()}
    assert recalled
    for made in ACTIVITIES.values():
        assert (made.status == "recalled") == bool(recalled & set(made.diagnosis_lists)), made.id
