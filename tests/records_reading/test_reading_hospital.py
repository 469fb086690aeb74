"""SUS+ and the raw commissioning data sets: spells, outpatients, emergency attendances."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

Write = Callable[..., Path]
Staged = Callable[..., list[dict[str, Any]]]

SPELL = {
    "APCS_Ident": "1",
    "Der_Spell_ID": "S1",
    "Der_Pseudo_NHS_Number": "k1",
    "Der_Provider_Code": "rem",
    "Admission_Date": "2026-07-01",
    "Discharge_Date": "2026-07-03",
    "Admission_Method": "21",
    "Der_Dischg_Treatment_Function_Code": "300",
}


def outcomes(found: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(r["outcome"], r["reason"] or r["warning"]) for r in found]


def test_a_spell_is_read_into_the_lakes_columns(write: Write, staged: Staged) -> None:
    row = {**SPELL, "Der_Diagnosis_All": "||I10.X;E11.9||j449", "Der_Procedure_All": "-", "Ethnic_Group": "a"}
    (found,) = staged(write("APCS", row))
    assert (found["spell_id"], found["provider"], found["person_key"]) == ("S1", "REM", "k1")
    assert (found["admitted_on"], found["discharged_on"]) == (date(2026, 7, 1), date(2026, 7, 3))
    assert found["diagnoses"] == ["I10X", "E119", "J449"]
    assert found["procedures"] == []
    assert (found["ethnicity"], found["profile"], found["outcome"]) == ("A", "sus_plus@1", "loaded")
    assert (found["row_no"], found["received_on"], found["version_key"]) == (1, date(2026, 8, 20), "2026-08-20")


def test_dates_are_read_in_each_way_that_senders_write_them(write: Write, staged: Staged) -> None:
    ways = ("2026-07-01", "20260701", "01/07/2026", "2026-07-01 00:00:00", "2026-07-01T09:30:00", "01/07/2026 09:30")
    found = staged(write("APCS", *({**SPELL, "Admission_Date": w} for w in ways)))
    assert [r["admitted_on"] for r in found] == [date(2026, 7, 1)] * len(ways)


def test_rows_that_cannot_be_placed_are_refused_with_the_reason(write: Write, staged: Staged) -> None:
    faults = (
        {"Der_Pseudo_NHS_Number": ""},
        {"Der_Spell_ID": "", "APCS_Ident": ""},
        {"Admission_Date": ""},
        {"Admission_Date": "2026-02-30"},
        {"Discharge_Date": "31/06/2026"},
        {"Discharge_Date": "2026-06-30"},
        {"Admission_Date": "2026-08-21", "Discharge_Date": ""},
        {"Discharge_Date": "2026-08-21"},
    )
    found = staged(write("APCS", *({**SPELL, **fault} for fault in faults)))
    assert outcomes(found) == [
        ("refused", "no person key (Der_Pseudo_NHS_Number)"),
        ("refused", "no Der_Spell_ID"),
        ("refused", "no Admission_Date"),
        ("refused", "Admission_Date is not a date"),
        ("refused", "Discharge_Date is not a date"),
        ("refused", "discharged before admission"),
        ("refused", "Admission_Date lies after the day the file arrived"),
        ("refused", "Discharge_Date lies after the day the file arrived"),
    ]
    assert not any(r["is_fact"] for r in found)


def test_a_person_still_in_hospital_is_loaded(write: Write, staged: Staged) -> None:
    (found,) = staged(write("APCS", {**SPELL, "Discharge_Date": ""}))
    assert (found["outcome"], found["discharged_on"]) == ("loaded", None)


def test_an_unknown_code_is_not_known_and_a_retired_one_stays(write: Write, staged: Staged) -> None:
    unknown = {**SPELL, "Admission_Method": "XX", "Ethnic_Group": "Q", "Der_Postcode_LSOA_2011_Code": "E01999999"}
    retired = {**SPELL, "Admission_Method": "28"}
    found = staged(write("APCS", unknown, retired))
    assert [r["outcome"] for r in found] == ["loaded_with_warning"] * 2
    assert (found[0]["admission_method"], found[0]["ethnicity"], found[0]["lsoa21"]) == (None, None, None)
    assert found[0]["warning"] == (
        "Admission_Method is not a code of admission_method; Ethnic_Group is not a code of ethnic_category_16plus1; "
        "Der_Postcode_LSOA_2011_Code is not an LSOA code of England"
    )
    assert (found[1]["admission_method"], found[1]["warning"]) == ("28", "Admission_Method is a retired code")


def test_blank_ethnicity_and_area_load_without_a_word(write: Write, staged: Staged) -> None:
    (found,) = staged(write("APCS", {**SPELL, "Ethnic_Group": "", "Der_Postcode_LSOA_2011_Code": ""}))
    assert outcomes([found]) == [("loaded", None)]


def test_areas_of_2011_go_to_those_of_2021_code_by_code(write: Write, staged: Staged) -> None:
    # ONS lookup: E01006968 (Sefton) was split, 52% of its people are in E01033797; E01000001 is the same in both
    # editions; E01033798 is a code of 2021 in a column of 2011; E01008187 changed irregularly (X).
    codes = ("E01006968", "e01000001", "E01033798", "E01008187")
    found = staged(write("APCS", *({**SPELL, "Der_Postcode_LSOA_2011_Code": c} for c in codes)))
    assert [r["lsoa21"] for r in found] == ["E01033797", "E01000001", "E01033798", "E01035624"]
    assert outcomes(found[:3]) == [("loaded", None)] * 3
    words = "Der_Postcode_LSOA_2011_Code: the area changed irregularly after 2011"
    assert outcomes(found[3:]) == [("loaded_with_warning", words)]


def test_the_senders_duplicate_flag_is_believed(write: Write, staged: Staged) -> None:
    found = staged(write("APCS", {**SPELL, "Der_Dupe_Flag": "0"}, {**SPELL, "Der_Dupe_Flag": "1"}))
    assert [(r["outcome"], r["is_fact"]) for r in found] == [("loaded", True), ("exact_duplicate", False)]


def test_equal_values_have_equal_hashes_and_only_those(write: Write, staged: Staged) -> None:
    changed = {**SPELL, "Admission_Method": "22"}
    one, same, other = staged(write("APCS", SPELL, {**SPELL, "APCS_Ident": "2"}, changed))
    assert one["row_hash"] == same["row_hash"] != other["row_hash"]


def test_procedures_of_an_outpatient_are_none_where_nothing_was_done(write: Write, staged: Staged) -> None:
    row = {"OPA_Ident": "o", "Der_Pseudo_NHS_Number": "k", "Appointment_Date": "20260701", "Attendance_Status": "5"}
    cells = ("", "-", "X99.8", "NULL", "K40.1 Z94.2")
    found = staged(write("OPA", *({**row, "Der_Procedure_All": c} for c in cells)))
    assert [r["procedures"] for r in found] == [[], [], [], [], ["K401", "Z942"]]


def test_a_lost_leading_zero_of_a_department_type_is_given_back(write: Write, staged: Staged) -> None:
    row = {"EC_Ident": "e", "Der_Pseudo_NHS_Number": "k", "Arrival_Date": "2026-07-01", "Arrival_Time": "0930"}
    found = staged(write("EC", *({**row, "EC_Department_Type": c} for c in ("1", "01", "2.0", "77"))))
    assert [(r["department_type"], r["arrived_at"]) for r in found] == [
        ("01", "09:30:00"),
        ("01", "09:30:00"),
        ("02", "09:30:00"),
        ("77", "09:30:00"),
    ]
    # No code of the set, and certainly not 01: it counts among the other types, with a warning.
    assert [r["warning"] for r in found[:3]] == [None] * 3
    assert found[3]["outcome"] == "loaded_with_warning" and "EC_Department_Type is not a code" in found[3]["warning"]


EPISODE = {
    "HOSPITAL_PROVIDER_SPELL_IDENTIFIER": "S1",
    "NHS_Number": "9990000018",
    "ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER": "REM",
    "START_DATE_HOSPITAL_PROVIDER_SPELL": "20260701",
    "DISCHARGE_DATE_HOSPITAL_PROVIDER_SPELL": "20260705",
    "ADMISSION_METHOD_CODE_HOSPITAL_PROVIDER_SPELL": "21",
}


def episode(number: int, function: str, diagnosis: str, last: str = "", **more: str) -> dict[str, object]:
    return {
        **EPISODE,
        "EPISODE_NUMBER": number,
        "ACTIVITY_TREATMENT_FUNCTION_CODE": function,
        "PRIMARY_DIAGNOSIS_ICD": diagnosis,
        "LAST_EPISODE_IN_SPELL_INDICATOR_CODE": last,
        **more,
    }


def test_episodes_fold_into_one_spell_carried_by_the_last(write: Write, staged: Staged) -> None:
    path = write(
        "CDS_APC",
        episode(2, "430", "J44.9", "1", SECONDARY_DIAGNOSIS_ICD="E119 I10"),
        episode(1, "300", "I10X"),
        key="NHS_Number",
    )
    last, first = staged(path)
    assert (last["is_fact"], first["is_fact"]) == (True, False)
    assert (first["outcome"], first["carried_by"]) == ("loaded", 1)
    assert (last["admit_treatment_function"], last["last_treatment_function"]) == ("300", "430")
    assert last["diagnoses"] == ["I10X", "J449", "E119", "I10"]


def test_without_a_flag_the_highest_episode_is_the_last(write: Write, staged: Staged) -> None:
    found = staged(write("CDS_APC", episode(2, "430", "J449"), episode(10, "301", "I10X"), key="NHS_Number"))
    assert [(r["is_fact"], r["last_treatment_function"]) for r in found] == [(False, "430"), (True, "301")]


def test_an_episode_that_comes_again_is_a_duplicate_or_replaces(write: Write, staged: Staged) -> None:
    path = write(
        "CDS_APC",
        episode(1, "300", "I10X"),
        episode(1, "300", "I10X"),
        episode(2, "430", "J449", "1"),
        episode(2, "320", "J449", "1"),
        key="NHS_Number",
    )
    found = staged(path)
    assert [r["outcome"] for r in found] == ["loaded", "exact_duplicate", "superseded", "loaded"]
    assert [r["row_no"] for r in found if r["is_fact"]] == [4]
    assert found[3]["last_treatment_function"] == "320"


def test_a_refused_episode_does_not_spoil_its_spell(write: Write, staged: Staged) -> None:
    bad = episode(3, "999", "Z999", "1", NHS_Number="9990000019")
    found = staged(write("CDS_APC", episode(1, "300", "I10X"), bad, key="NHS_Number"))
    assert outcomes(found) == [("loaded", None), ("refused", "NHS_Number is not a valid NHS number")]
    assert found[0]["is_fact"]


def test_spells_of_two_people_are_never_mixed(write: Write, staged: Staged) -> None:
    other = episode(2, "430", "J449", NHS_Number="9990000026")
    found = staged(write("CDS_APC", episode(1, "300", "I10X"), other, key="NHS_Number"))
    assert [(r["is_fact"], r["diagnoses"]) for r in found] == [(True, ["I10X"]), (True, ["J449"])]


def test_the_area_comes_from_the_postcode_where_the_file_has_none(write: Write, staged: Staged) -> None:
    found = staged(write("CDS_APC", episode(1, "300", "I10X", POSTCODE_OF_USUAL_ADDRESS="ch1 1ab"), key="NHS_Number"))
    assert found[0]["lsoa21"] == "E01035378"
