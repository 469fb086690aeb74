"""Activity: which rows each shipped measure counts, at the edges a reader can check."""

from __future__ import annotations

from datetime import date
from typing import Any

import duckdb
from scores_kit import cases, one, shelf_of, spell

from doorstep import reference
from doorstep.planning.definitions import Activity, shipped

ACTIVITIES: dict[str, Activity] = {a.id: a for a in shipped().activities}
Row = dict[str, Any]


def found(names: tuple[str, ...], table: str, rows: list[Row]) -> list[set[str]]:
    """Return, row by row, which of these measures count it in 12 months; each row is one person's only one."""
    made = cases(shelf_of(*names), table, [[row] for row in rows])
    assert all(person[f"{name}_12m"] in (0, 1) for person in made for name in names)
    return [{name for name in names if person[f"{name}_12m"]} for person in made]


def seen(*codes: str, procedures: tuple[str, ...] = (), **more: Any) -> Row:
    return spell("2026-05-01", "2026-05-04", diagnoses=list(codes), procedures=list(procedures), **more)


def attended(day: str, category: str | None = "1", department: str | None = "01") -> Row:
    return {"arrived_on": date.fromisoformat(day), "attendance_category": category, "department_type": department}


def test_attendances_fall_into_windows_that_meet_and_do_not_overlap() -> None:
    days = ("2026-09-30", "2026-03-31", "2026-03-30", "2025-10-01", "2025-09-30", "2024-10-01", "2024-09-30")
    row = one(shelf_of("ed_attendances"), emergency=[attended(day) for day in days])
    assert row["ed_attendances_6m"] == 2  # to 31 March: 30 March is six months ago to the day
    assert row["ed_attendances_6_12m"] == 2
    assert row["ed_attendances_12m"] == 2 + 2
    assert row["ed_attendances_12_24m"] == 2  # 30 September 2024 is two years ago to the day


def test_an_attendance_is_of_its_department_and_unplanned() -> None:
    every, major, minor, sdec = names = (
        "ed_attendances", "ed_type_1_attendances", "ed_type_2_to_4_attendances", "sdec_attendances",
    )  # fmt: skip
    expected: list[tuple[str | None, str | None, set[str]]] = [
        ("1", "01", {every, major}),
        ("2", "03", {every, minor}),
        (None, "02", {every, minor}),  # no category counts as unplanned
        ("4", "01", set()),  # planned follow-up
        ("5", "01", set()),  # brought in dead
        ("1", "05", {sdec}),
        ("1", None, {every}),
    ]
    rows = [attended("2026-05-01", category, department) for category, department, _ in expected]
    assert found(names, "emergency", rows) == [measures for *_, measures in expected]


def test_a_stay_is_of_one_kind() -> None:
    emergency, elective, day_case = names = ("emergency_admissions", "elective_admissions", "day_cases")
    expected: list[tuple[str | None, str | None, set[str]]] = [
        ("21", "1", {emergency}),
        ("2D", "2", {emergency}),
        ("28", None, {emergency}),
        ("11", "1", {elective}),
        ("13", None, {elective}),
        ("12", "2", {day_case}),
        ("11", "3", set()),  # regular day attender
        ("31", "5", set()),  # mother and baby
        (None, "1", set()),
    ]
    rows = [seen(admission_method=method, patient_classification=kind) for method, kind, _ in expected]
    assert found(names, "spell", rows) == [measures for *_, measures in expected]


def test_bed_days_are_nights_in_the_window_of_ordinary_stays() -> None:
    rows = [
        spell("2025-09-20", "2025-10-03", patient_classification="1"),  # nights to 1, 2 and 3 October
        spell("2026-09-28", None, patient_classification="1"),  # still in: to 29 and 30 September
        spell("2026-05-01", "2026-05-09", patient_classification="5"),  # delivery facilities only
        spell("2026-06-01", "2026-06-02", patient_classification=None, admission_method="11"),
    ]
    row = one(shelf_of("bed_days", "emergency_bed_days"), spell=rows)
    assert (row["bed_days_12m"], row["emergency_bed_days_12m"]) == (3 + 2 + 1, 3 + 2)


def test_a_readmission_is_an_emergency_within_29_days() -> None:
    first = spell("2026-04-20", "2026-05-01", diagnoses=["J18"])
    second = {
        "29 days after": (spell("2026-05-30", diagnoses=["I10"]), 1),
        "30 days after": (spell("2026-05-31", diagnoses=["I10"]), 0),
        "cancer": (spell("2026-05-30", diagnoses=["I10", "C509"]), 0),
        "a benign growth is no cancer here": (spell("2026-05-30", diagnoses=["I10", "D120"]), 1),
        "chemotherapy": (spell("2026-05-30", diagnoses=["Z511"]), 0),
        "obstetrics": (spell("2026-05-30", diagnoses=["O800"], admit_treatment_function="501"), 0),
        "planned": (spell("2026-05-30", diagnoses=["I10"], admission_method="11"), 0),
    }
    made = cases(shelf_of("emergency_readmissions"), "spell", [[first, row] for row, _ in second.values()])
    counted = dict(zip(second, (person["emergency_readmissions_12m"] for person in made), strict=True))
    assert counted == {case: expected for case, (_, expected) in second.items()}


def test_an_admission_is_care_sensitive_by_the_rules_of_each_set() -> None:
    nhs, fund = names = ("acsc_admissions_nhs_institute", "acsc_admissions_iif")
    expected = [
        (seen("J459"), {nhs, fund}),
        (seen("R69", "J459"), set()),  # asthma, but not the main diagnosis
        (seen("R69", "E105"), {nhs, fund}),  # diabetic complications count anywhere
        (seen("R02"), {nhs}),
        (seen("J209"), set()),  # acute bronchitis alone
        (seen("J209", "J440"), {nhs, fund}),  # with chronic lung disease
        (seen("J181"), {nhs, fund}),
        (seen("J181", "D571"), set()),  # sickle cell disease
        (seen("R69", "J181"), {nhs}),  # the fund asks for it first
        (seen("L031"), {nhs, fund}),
        (seen("L031", procedures=("S471",)), {nhs}),  # the two sets differ in procedures
        (seen("L031", procedures=("W371",)), set()),
        (seen("I500"), {nhs, fund}),
        (seen("I500", procedures=("K401",)), set()),  # a heart operation
        (seen("I200"), {nhs}),  # angina is not in the fund's set
        (seen("I200", procedures=("U201",)), {nhs}),  # a test is no treatment
        (seen("I200", procedures=("K751",)), set()),
        (seen("J459", admission_method="25"), {nhs}),  # the fund's methods leave out the crisis team
        (seen("J459", admission_method="11"), set()),
        (seen("E105", "J459", "L031"), {nhs, fund}),  # of several kinds: counted once
        (seen("J459", admit_treatment_function="501"), {nhs}),
    ]
    assert found(names, "spell", [row for row, _ in expected]) == [measures for _, measures in expected]


def test_a_fall_is_told_by_three_kinds_of_stay() -> None:
    falls = {"falls_admissions"}
    expected = [
        (seen("S7200", "W190"), falls),  # injury, and a fall as its cause
        (seen("S7200", "V031"), set()),  # injury on the road
        (seen("R296"), falls),
        (seen("I10", "R296"), set()),  # a tendency to fall, but not why they came
        (seen("M8005"), falls),  # a fracture that nothing explains
        (seen("M8005", "X590"), set()),
    ]
    assert found(("falls_admissions",), "spell", [row for row, _ in expected]) == [kind for _, kind in expected]


def test_ages_are_those_on_the_day_of_admission() -> None:
    days = {"p0": date(1961, 5, 1), "p1": date(1961, 5, 2)}  # 65 on the day, and a day later
    made = cases(shelf_of("falls_admissions"), "spell", [[seen("R296")]] * 2, **days)
    assert [person["falls_admissions_12m"] for person in made] == [1, 0]
    days = {"p0": date(2020, 5, 2), "p1": date(2020, 5, 1)}  # a feverish child under six
    made = cases(shelf_of("acsc_admissions_urgent"), "spell", [[seen("R509")]] * 2, **days)
    assert [person["acsc_admissions_urgent_12m"] for person in made] == [1, 0]


def test_only_people_who_were_seen_attended() -> None:
    rows: list[Row] = [{"appointment_on": date(2026, 5, 1), "attended": code} for code in ("5", "6", "7", "3")]
    name = "outpatient_attendances"
    assert found((name,), "outpatient", rows) == [{name}, {name}, set(), set()]
    rows = [{"contact_on": date(2026, 5, 1), "attended": code} for code in ("5", "6", "3", None)]
    name = "community_contacts"
    assert found((name,), "community", rows) == [{name}, {name}, set(), set()]


def test_appointments_are_told_by_role_and_place() -> None:
    every, with_gp, visits = names = ("gp_appointments", "gp_appointments_with_gp", "home_visits")
    same: Row = {"appointment_on": date(2026, 5, 1)}
    rows = [
        same | {"status": "Attended", "role_group": "GP", "mode": "Home Visit"},
        same | {"status": "Attended", "role_group": "Other Practice staff", "mode": "Telephone"},
        same | {"status": "Attended", "role_group": None, "mode": "Face-to-Face"},
        same | {"status": "DNA", "role_group": "GP", "mode": "Face-to-Face"},
    ]
    assert found(names, "appointment", rows) == [{every, with_gp, visits}, {every}, {every}, set()]


def test_what_an_activity_costs_is_an_hour_shared_out() -> None:
    table = f"select activity, less, pounds from '{reference.table('activity_costs')}' order by minutes"
    costs = duckdb.execute(table).fetchall()
    assert costs == [
        ("gp_appointments_with_gp", None, 222 * 10 / 60),
        ("gp_appointments", "gp_appointments_with_gp", 47 * 15 / 60),
    ]
    assert {name for *names, _ in costs for name in names if name} <= set(ACTIVITIES)


def test_medicines_are_distinct_codes() -> None:
    issued = [("1", "2026-09-01"), ("1", "2026-07-15"), ("2", "2026-08-01"), ("3", "2026-06-30"), ("4", "2026-03-01")]
    rows = [{"code": code, "issued_on": date.fromisoformat(day)} for code, day in issued]
    row = one(shelf_of("medicines"), medicine=rows)
    assert (row["medicines_3m"], row["medicines_12m"]) == (2, 4)  # 30 June is three months ago to the day


def test_no_list_of_a_published_set_is_forgotten() -> None:
    table = f"select distinct list_id from '{reference.table('codes')}' where system = 'icd10'"
    lists = {name for (name,) in duckdb.execute(table).fetchall()}
    read = {name for a in ACTIVITIES.values() for name in a.diagnosis_lists}
    assert {name for name in lists if name.startswith(("acsc", "falls."))} <= read <= lists


def test_a_measure_of_recalled_codes_is_recalled() -> None:
    table = f"select list_id from '{reference.table('codelists')}' where role = 'stay' and version = 'recalled'"
    recalled = {name for (name,) in duckdb.execute(table).fetchall()}
    assert recalled
    for made in ACTIVITIES.values():
        assert (made.status == "recalled") == bool(recalled & set(made.diagnosis_lists)), made.id
