"""CSDS, the EMIS-shaped extract, flat appointments and the NNHIP data set."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from doorstep.records.profiles import SlotRule, shipped
from doorstep.records.reading import PLACEHOLDERS, Interpretation, filled

Write = Callable[..., Path]
Staged = Callable[..., list[dict[str, Any]]]
Read = Callable[..., list[Interpretation]]
Rows = Callable[[Interpretation], list[dict[str, Any]]]


def by_table(items: list[Interpretation], rows: Rows) -> dict[str, list[dict[str, Any]]]:
    return {i.table: rows(i) for i in items if i.table}


# ---- Community Services Data Set

CONTACT = {
    "Person_ID": "P1",
    "UniqueServiceRequestID": "R1",
    "UniqueCareContactID": "C1",
    "Contact_Date": "2026-06-09",
    "AttendanceStatus": "5",
    "UniqueSubmissionID": "100",
    "Unique_MonthID": "1515",
    "Effective_From": "2026-07-01",
    "OrgID_Provider": "RX4",
}


def test_a_contact_keeps_its_local_key_and_its_place_among_versions(write: Write, staged: Staged) -> None:
    late_refresh_of_an_old_month = {**CONTACT, "UniqueSubmissionID": "999", "Unique_MonthID": "899"}
    newer_effect = {**CONTACT, "Effective_From": "02/07/2026", "UniqueSubmissionID": "7"}
    found = staged(write("CYP201CareContact", CONTACT, late_refresh_of_an_old_month, newer_effect))
    assert {(r["person_key"], r["key_scheme"]) for r in found} == {("P1", "local:csds")}
    assert sorted([1, 2, 3], key=lambda n: found[n - 1]["version_key"]) == [2, 1, 3]


def test_a_contact_without_its_identifiers_is_refused(write: Write, staged: Staged) -> None:
    faults = ({"UniqueCareContactID": ""}, {"UniqueServiceRequestID": ""}, {"Person_ID": ""}, {"Contact_Date": ""})
    found = staged(write("CYP201CareContact", *({**CONTACT, **f} for f in faults)))
    assert [r["reason"] for r in found] == [
        "no UniqueCareContactID",
        "no UniqueServiceRequestID",
        "no person key (Person_ID)",
        "no Contact_Date",
    ]


def test_the_patient_index_links_local_keys_to_people(write: Write, staged: Staged) -> None:
    person = {"Person_ID": "P1", "Der_Pseudo_NHS_Number": "k1", "Person_BirthDate": "1950-02", "Gender": "F"}
    (found,) = staged(write("CYP001MPI", {**person, "EthnicCategory": "Z", "OrgID_Provider": "RX4"}))
    assert (found["local_key"], found["local_scheme"], found["person_key"]) == ("P1", "local:csds", "k1")
    assert (found["birth_on"], found["birth_precision"]) == (date(1950, 2, 28), "month")
    assert (found["source"], found["sex"], found["ethnicity"]) == ("community", "2", "Z")


def test_helping_files_have_an_outcome_for_every_row(write: Write, read: Read, rows: Rows) -> None:
    (item,) = read(write("CYP002GP", {"Person_ID": "P1"}, {"OrgID_GP_Practice": "N84001"}))
    assert item.table == ""
    assert rows(item) == [
        {"row_no": 1, "outcome": "loaded", "reason": None},
        {"row_no": 2, "outcome": "refused", "reason": "no Person_ID"},
    ]


# ---- EMIS-shaped extract

PATIENT = {"PatientGuid": "g1", "OrganisationCode": "N84001", "NHS_Number": "999 000 0018", "ProcessingId": 7}
SLOT = {"SlotGuid": "s", "OrganisationCode": "N84001", "PatientGuid": "g1", "AppointmentDate": "2026-07-01"}
OBSERVATION = {"ObservationGuid": "o", "PatientGuid": "g1", "OrganisationCode": "N84001", "CodeId": 1}


def test_a_named_patient_goes_two_ways(con: duckdb.DuckDBPyConnection, write: Write, read: Read, rows: Rows) -> None:
    row = {**PATIENT, "Surname": "Null", "GivenName": "NULL", "DateOfBirth": "1950-02-03", "Postcode": "CH1 1AB"}
    (item,) = read(write("Admin_Patient", row, {**row, "NHS_Number": "9990000019"}, key="NHS_Number"))
    found = rows(item)
    assert [(r["outcome"], r["reason"]) for r in found] == [
        ("loaded", None),
        ("refused", "NHS_Number is not a valid NHS number"),
    ]
    assert (found[0]["person_key"], found[0]["lsoa21"]) == ("9990000018", "E01035378")
    assert not {"surname", "given_name", "postcode"} & set(found[0])
    identity = con.execute(f"SELECT * FROM temp.{item.staged}_identity").fetchall()
    assert identity == [(1, "9990000018", "Null", "NULL", date(1950, 2, 3), "CH1 1AB")]


def test_names_in_a_feed_without_numbers_are_not_read(con: duckdb.DuckDBPyConnection, write: Write, read: Read) -> None:
    row = {"PatientGuid": "g1", "OrganisationCode": "N84001", "Der_Pseudo_NHS_Number": "k1", "Surname": "Example"}
    (item,) = read(write("Admin_Patient", row))
    tables = con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = ?", [f"{item.staged}_identity"])
    assert tables.fetchone() == (0,)


def test_codes_are_found_in_the_dictionary_newest_first(write: Write, read: Read, rows: Rows) -> None:
    dictionary = write(
        "Coding_ClinicalCode",
        {"CodeId": 1, "SnomedCTConceptId": "73211009", "ProcessingId": 10},
        {"CodeId": 1, "SnomedCTConceptId": "44054006", "ProcessingId": 9},
    )
    observations = write(
        "CareRecord_Observation",
        {**OBSERVATION, "EffectiveDate": "2020-01-01"},
        {**OBSERVATION, "EffectiveDate": "2020-01-01", "CodeId": 2},
    )
    found = by_table(read(observations, dictionary), rows)["coded"]
    assert [(r["code"], r["outcome"], r["warning"]) for r in found] == [
        ("73211009", "loaded", None),
        (None, "loaded_with_warning", "CodeId is not in the dictionary of codes"),
    ]


def test_a_dictionary_of_an_earlier_delivery_still_helps(write: Write, read: Read, rows: Rows) -> None:
    read(write("Coding_ClinicalCode", {"CodeId": 1, "SnomedCTConceptId": "73211009"}))
    found = rows(read(write("CareRecord_Observation", {**OBSERVATION, "EffectiveDate": "2020-01-01"}))[0])
    assert found[0]["code"] == "73211009"


def test_an_impossible_date_of_a_coded_entry_becomes_not_known(write: Write, read: Read, rows: Rows) -> None:
    read(write("Coding_ClinicalCode", {"CodeId": 1, "SnomedCTConceptId": "73211009"}))
    days = ("2020-02-30", "2031-01-01", "0001-01-01", "")
    found = rows(read(write("CareRecord_Observation", *({**OBSERVATION, "EffectiveDate": d} for d in days)))[0])
    assert [(r["recorded_on"], r["outcome"]) for r in found] == [
        (None, "loaded_with_warning"),
        (None, "loaded_with_warning"),
        (None, "loaded_with_warning"),
        (None, "loaded"),
    ]


def test_a_deletion_needs_no_person_and_no_date(write: Write, staged: Staged) -> None:
    gone = {"ObservationGuid": "o", "OrganisationCode": "N84001", "Deleted": "true", "ProcessingId": 12}
    (found,) = staged(write("CareRecord_Observation", gone))
    assert (found["is_deleted"], found["outcome"], found["entry_id"], found["is_fact"]) == (True, "loaded", "o", True)


def sessions(write: Write) -> list[Path]:
    return [
        write(
            "Admin_UserInRole",
            {"UserInRoleGuid": "doctor", "JobCategoryCode": "R0260", "JobCategoryName": "x"},
            {"UserInRoleGuid": "nurse", "JobCategoryName": "General Practice Nurse"},
            {"UserInRoleGuid": "odd", "JobCategoryName": "Astronomer"},
        ),
        write(
            "Appointment_Session",
            {"AppointmentSessionGuid": "surgery", "SessionTypeDescription": "Morning", "LocationType": "GP Surgery"},
            {"AppointmentSessionGuid": "hub", "SessionTypeDescription": "PCN clinic"},
            {"AppointmentSessionGuid": "late", "SessionTypeDescription": "Extended Access surgery"},
        ),
        write(
            "Appointment_SessionUser",
            {"AppointmentSessionGuid": "surgery", "UserInRoleGuid": "nurse"},
            {"AppointmentSessionGuid": "surgery", "UserInRoleGuid": "doctor"},
            {"AppointmentSessionGuid": "hub", "UserInRoleGuid": "nurse"},
            {"AppointmentSessionGuid": "late", "UserInRoleGuid": "odd"},
        ),
    ]


def test_role_and_setting_of_a_slot_come_from_its_session(write: Write, read: Read, rows: Rows) -> None:
    slots = write("Appointment_Slot", *({**SLOT, "SessionGuid": s} for s in ("surgery", "hub", "late", "unheard of")))
    items = read(slots, *sessions(write))
    found = by_table(items, rows)["appointment"]
    assert [(r["role_group"], r["service_setting"]) for r in found] == [
        ("GP", "General Practice"),
        ("Other Practice staff", "Primary Care Network"),
        ("Unknown", "Extended Access Provision"),
        ("Unknown", "Unknown"),
    ]
    notes = next(i.notes for i in items if i.table == "appointment")
    assert "2 slots whose role group could not be worked out: Unknown" in notes
    assert "1 slot whose setting could not be worked out: Unknown" in notes


def test_a_place_can_name_its_own_words_for_slots(write: Write, read: Read, rows: Rows) -> None:
    rule = SlotRule("GP", {"name": ("astronomer",)})
    own = replace(shipped("emis"), slots={"role_group": (rule,)})
    slots = write("Appointment_Slot", *({**SLOT, "SessionGuid": s} for s in ("late", "hub")))
    found = by_table(read(slots, *sessions(write), mapping=own), rows)["appointment"]
    assert [(r["role_group"], r["service_setting"]) for r in found] == [
        ("GP", "Extended Access Provision"),
        ("Unknown", "Primary Care Network"),
    ]


def test_status_of_a_slot_comes_from_what_happened(write: Write, staged: Staged) -> None:
    happened: tuple[dict[str, str], ...] = (
        {"DidNotAttend": "1", "SendInTime": ""},
        {"SendInTime": "09:01"},
        {"LeftTime": "2026-07-01 09:15:00"},
        {"AppointmentDate": "2026-09-01"},
        {},
        {"PatientGuid": ""},
    )
    found = staged(write("Appointment_Slot", *({**SLOT, **h} for h in happened)))
    assert [r["status"] for r in found[:5]] == ["DNA", "Attended", "Attended", "Booked", "Unknown"]
    assert [r["outcome"] for r in found] == ["loaded"] * 5 + ["out_of_scope"]
    assert found[5]["reason"] == "nobody is booked"


# ---- flat appointments

APPOINTMENT = {
    "appointment_id": "a",
    "Der_Pseudo_NHS_Number": "k1",
    "practice_code": "n84001",
    "appointment_date": "2026-07-01",
    "appointment_status": "attended",
    "sds_role_group": "other practice staff",
    "service_setting": "General Practice",
}


def test_a_flat_appointment_is_read_with_its_words_as_the_lake_writes_them(write: Write, staged: Staged) -> None:
    (found,) = staged(write("appointments", APPOINTMENT))
    assert (found["practice"], found["provider"]) == ("N84001", "N84001")
    assert (found["status"], found["role_group"], found["outcome"]) == ("Attended", "Other Practice staff", "loaded")


def test_what_is_booked_may_lie_ahead_what_was_attended_may_not(write: Write, staged: Staged) -> None:
    ahead = {**APPOINTMENT, "appointment_date": "2026-09-30"}
    found = staged(write("appointments", {**ahead, "appointment_status": "Booked"}, ahead))
    assert [r["outcome"] for r in found] == ["loaded", "refused"]


# ---- NNHIP data set

MEMBER = {"Der_Pseudo_NHS_Number": "k1", "identified_on": "2026-01-05", "practice_code": "N84001"}


def test_a_cohort_list_fills_two_tables_with_one_outcome_a_row(write: Write, read: Read, rows: Rows) -> None:
    rows_in = ({**MEMBER, "birth_date": "1950-02-03"}, {**MEMBER, "identified_on": ""})
    items = read(write("cohort", *rows_in))
    assert [(i.table, i.is_main, i.n_rows) for i in items] == [("cohort", True, 2), ("person", False, 2)]
    found = by_table(items, rows)
    assert [r["outcome"] for r in found["cohort"]] == [r["outcome"] for r in found["person"]] == ["loaded", "refused"]
    assert found["cohort"][0]["cohort_name"] == "local"
    assert (found["person"][0]["source"], found["person"][0]["birth_on"]) == ("cohort", date(1950, 2, 3))


def test_an_age_stands_in_for_a_birth_date(write: Write, read: Read, rows: Rows) -> None:
    found = by_table(read(write("cohort", {**MEMBER, "age": "77"}, {**MEMBER, "age": "young"})), rows)["person"]
    assert [(r["birth_on"], r["birth_precision"]) for r in found] == [(date(1949, 8, 20), "year"), (None, None)]


def test_an_end_before_the_beginning_is_refused(write: Write, staged: Staged) -> None:
    (member,) = staged(write("cohort", {**MEMBER, "left_on": "2026-01-04"}))
    case = {"Der_Pseudo_NHS_Number": "k1", "opened_on": "2026-07-02", "closed_on": "2026-07-01", "nnhip": "Y"}
    (closed,) = staged(write("caseload", case))
    assert (member["reason"], closed["reason"]) == ("left before being identified", "closed before it was opened")


def test_rows_without_an_identifier_get_one_of_person_day_and_order(
    con: duckdb.DuckDBPyConnection, write: Write, staged: Staged
) -> None:
    contact = {"Der_Pseudo_NHS_Number": "k1", "contact_date": "2026-07-01", "attended": "Y"}
    found = staged(write("nnhip_contacts", contact, {**contact, "contact_id": "c9"}, contact))
    assert [r["contact_id"] for r in found] == ["{person_id}:2026-07-01:1", "c9", "{person_id}:2026-07-01:2"]
    made = con.execute(f"SELECT {filled('x', 'p')} FROM (SELECT ? AS x, 'p12' AS p)", [found[0]["contact_id"]])
    assert made.fetchone() == ("p12:2026-07-01:1",)


def test_no_key_in_clear_stands_in_a_column_of_the_lake(write: Write, read: Read, rows: Rows) -> None:
    patient = write("Admin_Patient", PATIENT, key="NHS_Number")
    cohort = write("cohort", {"NHS_Number": "9990000018", "identified_on": "2026-01-05"}, key="NHS_Number")
    ours = {"person_key", "local_key"}
    for item in read(patient, cohort):
        for row in rows(item):
            kept = {k: v for k, v in row.items() if k not in ours}
            assert not {"g1", "9990000018"} & {str(v) for v in kept.values()}
            if item.table == "person":
                assert row[PLACEHOLDERS["person"]] in ("{local_key}", "{person_id}")


def test_the_number_of_a_coded_entry_is_read_where_it_has_one(write: Write, read: Read, rows: Rows) -> None:
    read(write("Coding_ClinicalCode", {"CodeId": 1, "SnomedCTConceptId": "763264000"}))
    entries = [{**OBSERVATION, "EffectiveDate": "2020-01-01", "Value": v} for v in ("6", "0.16", "", "six", "1e999")]
    found = rows(read(write("CareRecord_Observation", *entries))[0])
    assert [(r["value"], r["outcome"], r["warning"]) for r in found] == [
        (6.0, "loaded", None),
        (0.16, "loaded", None),
        (None, "loaded", None),
        (None, "loaded_with_warning", "Value is not a number"),
        (None, "loaded_with_warning", "Value is not a number"),
    ]


def test_a_feed_without_a_column_of_values_loads_as_before(write: Write, read: Read, rows: Rows) -> None:
    read(write("Coding_ClinicalCode", {"CodeId": 1, "SnomedCTConceptId": "763264000"}))
    found = rows(read(write("CareRecord_Observation", {**OBSERVATION, "EffectiveDate": "2020-01-01"}))[0])
    assert [(r["value"], r["outcome"]) for r in found] == [(None, "loaded")]
