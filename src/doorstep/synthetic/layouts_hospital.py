"""SUS+ and ECDS files as served to ICBs, and the raw commissioning data sets: the same spells and appointments."""

from __future__ import annotations

import numpy as np

from doorstep.synthetic import text
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Lists, Words
from doorstep.synthetic.pen import KEY_COLUMN, Pen
from doorstep.synthetic.plans import RETIRED_METHOD
from doorstep.synthetic.rows import DUPLICATE, Rows
from doorstep.synthetic.text import Text
from doorstep.synthetic.timeline import NEVER

Columns = dict[str, Text]
NO_CODE = "9X"  # in none of the code sets
WRONG_FUNCTION = "180"


def _word(pen: Pen, column: str, rows: Rows) -> Text:
    value: Words = pen.facts.columns[column]
    return text.words(value.take(rows.fact))


def _discharge(pen: Pen, rows: Rows) -> Ints:
    """The discharge as the row says it: too early for some, not yet for stays under way."""
    day = pen.day(rows)
    admitted = pen.facts.columns["admitted"][rows.fact]
    day = np.where(rows.has("discharge_before_admission"), admitted - 1 - rows.ident % 9, day)
    return np.where(_under_way(rows), NEVER, day)


def _under_way(rows: Rows) -> Bools:
    return rows.has("open_spell") & rows.early


def _method(pen: Pen, rows: Rows) -> Text:
    method = text.replaced(_word(pen, "admission_method", rows), rows.has("retired_code"), RETIRED_METHOD)
    return text.replaced(method, rows.has("unknown_code"), NO_CODE)


def _last_function(pen: Pen, rows: Rows) -> Text:
    """Of the last episode; the first version of a corrected row has another."""
    function: Words = pen.facts.columns["last_function"]
    right = text.words(function.take(rows.fact))
    is_it = np.array([w == WRONG_FUNCTION for w in function.words])[function.at[rows.fact]]
    corrected = rows.has("correction") & rows.early
    wrong = text.replaced(right, corrected & ~is_it, WRONG_FUNCTION)
    return text.replaced(wrong, corrected & is_it, "300")


def apcs(pen: Pen, rows: Rows) -> Columns:
    """One row a spell."""
    facts = pen.facts
    admitted, discharge = facts.columns["admitted"][rows.fact], _discharge(pen, rows)
    stay = text.numbers(np.where(discharge < NEVER, discharge - admitted, 0))
    diagnoses: Lists = facts.columns["diagnoses"].take(rows.fact)
    procedures: Lists = facts.columns["procedures"].take(rows.fact)
    plain = (discharge < NEVER) & (discharge >= admitted)
    return {
        "APCS_Ident": text.numbers(rows.ident + 500_000_000),
        "Der_Spell_ID": text.numbers(rows.ident, "SP"),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "Der_Provider_Code": _word(pen, "provider", rows),
        "Admission_Date": text.days(admitted),
        "Discharge_Date": text.days(discharge),
        "Admission_Method": _method(pen, rows),
        "Discharge_Method": text.blanked(_word(pen, "discharge_method", rows), _under_way(rows)),
        "Patient_Classification": _word(pen, "classification", rows),
        "Der_Admit_Treatment_Function_Code": _word(pen, "first_function", rows),
        "Der_Dischg_Treatment_Function_Code": _last_function(pen, rows),
        "Der_Spell_LoS": text.blanked(stay, ~plain),
        "Der_Diagnosis_All": text.lists(diagnoses, ","),
        "Der_Procedure_All": text.lists(procedures, ","),
        "Der_Activity_Month": text.months(discharge),
        "Der_Dupe_Flag": _flag(rows),
        "Ethnic_Group": pen.ethnicity(rows),
        "Der_Postcode_LSOA_2011_Code": pen.lsoa_2011(rows),
        "GP_Practice_Code": pen.practice(rows),
    }


def _flag(rows: Rows) -> Text:
    """1 on the second copy of a row that the sender itself marked as repeated."""
    return text.yes_no(rows.has("sender_flagged") & (rows.outcome == DUPLICATE), "1", "0")


def opa(pen: Pen, rows: Rows) -> Columns:
    """One row an outpatient appointment."""
    procedures: Lists = pen.facts.columns["procedures"].take(rows.fact)
    day = pen.day(rows)
    return {
        "OPA_Ident": text.numbers(rows.ident + 600_000_000),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "Der_Provider_Code": _word(pen, "provider", rows),
        "Appointment_Date": text.days(day),
        "Attendance_Status": attended(pen, rows),
        "First_Attendance": text.replaced(_word(pen, "first_attendance", rows), rows.has("unknown_code"), NO_CODE),
        "Main_Specialty_Code": _word(pen, "main_specialty", rows),
        "Treatment_Function_Code": _word(pen, "function", rows),
        "Operation_Status": text.yes_no(procedures.lengths > 0, "1", "8"),
        "Der_Number_Procedure": text.numbers(procedures.lengths),
        "Der_Procedure_All": text.replaced(text.lists(procedures, ","), _dash(procedures, rows), "-"),
        "Der_Activity_Month": text.months(day),
        "Der_Dupe_Flag": _flag(rows),
        "Ethnic_Group": pen.ethnicity(rows),
        "Der_Postcode_LSOA_2011_Code": pen.lsoa_2011(rows),
        "GP_Practice_Code": pen.practice(rows),
    }


def _dash(procedures: Lists, rows: Rows) -> Bools:
    """Some appointments without a procedure say `-` instead of nothing."""
    return np.asarray((procedures.lengths == 0) & (rows.ident % 5 == 0))


def attended(pen: Pen, rows: Rows) -> Text:
    """Whether the person was seen; the first version of a corrected row says otherwise."""
    value: Words = pen.facts.columns["attended"]
    right = text.words(value.take(rows.fact))
    was_seen = np.array([w == "5" for w in value.words])[value.at[rows.fact]]
    wrong = rows.early & (rows.has("correction") | rows.has("late_refresh"))
    said = text.replaced(text.replaced(right, wrong & was_seen, "3"), wrong & ~was_seen, "5")
    refresh = wrong & rows.has("late_refresh") & (rows.delivery > 0)
    return text.replaced(text.replaced(said, refresh & was_seen, "4"), refresh & ~was_seen, "7")


def ec(pen: Pen, rows: Rows) -> Columns:
    """One row an emergency attendance."""
    day = pen.day(rows)
    return {
        "EC_Ident": text.numbers(rows.ident + 700_000_000),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "Der_Provider_Code": _word(pen, "provider", rows),
        "Arrival_Date": text.days(day),
        "Arrival_Time": text.minutes(pen.facts.columns["minute"][rows.fact]),
        "EC_Department_Type": text.replaced(_word(pen, "department_type", rows), rows.has("unknown_code"), NO_CODE),
        "EC_AttendanceCategory": _word(pen, "category", rows),
        "EC_Arrival_Mode_SNOMED_CT": _word(pen, "arrival_mode", rows),
        "EC_Acuity_SNOMED_CT": _acuity(pen, rows),
        "EC_Discharge_Status_SNOMED_CT": _word(pen, "discharge_status", rows),
        "Der_Activity_Month": text.months(day),
        "Der_Dupe_Flag": _flag(rows),
        "Ethnic_Group": pen.ethnicity(rows),
        "Der_Postcode_LSOA_2011_Code": pen.lsoa_2011(rows),
        "GP_Practice_Code": pen.practice(rows),
    }


def _acuity(pen: Pen, rows: Rows) -> Text:
    """The triage acuity; the first version of a corrected row has the next one in the list."""
    value: Words = pen.facts.columns["acuity"]
    wrong = rows.has("correction") & rows.early
    at = value.at[rows.fact]
    return text.words(Words(np.where(wrong, (at + 1) % 5, at), value.words))
