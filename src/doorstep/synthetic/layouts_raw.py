"""The raw commissioning data sets, for a sender who passes on what hospitals submit: one row an episode.

Element names are those of the NHS data dictionary; the activity is the same as in the files for ICBs.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from doorstep.synthetic import text
from doorstep.synthetic.arrays import Ints
from doorstep.synthetic.facts import Lists
from doorstep.synthetic.layouts_hospital import Columns, apcs, ec
from doorstep.synthetic.layouts_hospital import opa as sus_opa
from doorstep.synthetic.pen import KEY_COLUMN, Pen
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.scene import Scene
from doorstep.synthetic.text import Text

_MANY = 8  # more episodes than any spell has


def by_episode(scene: Scene, rows: Rows) -> Rows:
    """Return one row for each episode of each spell's row, in order; `ident` becomes spell times 8 plus episode."""
    count = scene.facts["spell"].columns["episodes"][rows.fact].astype(np.int64)
    again = np.repeat(np.arange(rows.n), count)
    episode = np.arange(len(again)) - np.repeat(np.cumsum(count) - count, count)
    split = rows.take(again)
    split.ident = split.ident * _MANY + episode
    return split


def _spell(rows: Rows) -> tuple[Rows, Ints]:
    """Return the rows with the spell's own `ident`, and the episode's number from 0."""
    whole = rows.take(np.arange(rows.n))
    whole.ident = rows.ident // _MANY
    return whole, rows.ident % _MANY


def apc(pen: Pen, rows: Rows) -> Columns:
    """One row an episode of a spell."""
    whole, episode = _spell(rows)
    spell, facts = apcs(pen, whole), pen.facts
    count = facts.columns["episodes"][rows.fact]
    diagnoses: Lists = facts.columns["diagnoses"].take(rows.fact)
    procedures: Lists = facts.columns["procedures"].take(rows.fact)
    last = episode == count - 1
    started, ended = _episode_days(pen, rows, episode)
    first, final = spell["Der_Admit_Treatment_Function_Code"], spell["Der_Dischg_Treatment_Function_Code"]
    only = np.where(last, 1, 0)
    return {
        "HOSPITAL_PROVIDER_SPELL_IDENTIFIER": spell["Der_Spell_ID"],
        "EPISODE_NUMBER": text.numbers(episode + 1),
        KEY_COLUMN[pen.way]: spell[KEY_COLUMN[pen.way]],
        "ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER": spell["Der_Provider_Code"],
        "START_DATE_HOSPITAL_PROVIDER_SPELL": spell["Admission_Date"],
        "DISCHARGE_DATE_HOSPITAL_PROVIDER_SPELL": spell["Discharge_Date"],
        "START_DATE_EPISODE": started,
        "END_DATE_EPISODE": text.blanked(ended, (whole.has("open_spell") & whole.early) & last),
        "LAST_EPISODE_IN_SPELL_INDICATOR_CODE": text.choose(only, ("2", "1")),
        "ADMISSION_METHOD_CODE_HOSPITAL_PROVIDER_SPELL": spell["Admission_Method"],
        "DISCHARGE_METHOD_CODE_HOSPITAL_PROVIDER_SPELL": spell["Discharge_Method"],
        "PATIENT_CLASSIFICATION_CODE": spell["Patient_Classification"],
        "ACTIVITY_TREATMENT_FUNCTION_CODE": pc.if_else(pa.array(last), final, first),
        "PRIMARY_DIAGNOSIS_ICD": text.first_of(diagnoses, episode),
        "SECONDARY_DIAGNOSIS_ICD": _rest(diagnoses, count, episode == 0),
        "PRIMARY_PROCEDURE_OPCS": text.blanked(text.first_of(procedures, np.zeros(rows.n, np.int64)), episode > 0),
        "SECONDARY_PROCEDURE_OPCS": _rest(procedures, np.ones(rows.n, np.int64), episode == 0),
        **_person(pen, whole, spell),
    }


def _rest(column: Lists, after: Ints, where: Ints) -> Text:
    """The words of each list after the first few, in one cell, on some rows only."""
    length = np.where(where, np.maximum(column.lengths - after, 0), 0)
    start = np.concatenate([[0], np.cumsum(length)])
    at = np.arange(start[-1]) - np.repeat(start[:-1] - column.start[:-1] - after, length)
    return text.lists(Lists(start, column.at[at], column.words), ",")


def _episode_days(pen: Pen, rows: Rows, episode: Ints) -> tuple[Text, Text]:
    """Cut the stay into its episodes, about evenly; a spoilt discharge spoils the spell's dates only."""
    facts = pen.facts
    admitted, stay = facts.columns["admitted"][rows.fact], pen.true_day(rows) - facts.columns["admitted"][rows.fact]
    count = facts.columns["episodes"][rows.fact]
    return text.days(admitted + stay * episode // count), text.days(admitted + stay * (episode + 1) // count)


def _person(pen: Pen, rows: Rows, sus: Columns) -> Columns:
    return {
        "ETHNIC_CATEGORY": sus["Ethnic_Group"],
        "POSTCODE_OF_USUAL_ADDRESS": text.nothing(rows.n),
        "LSOA_OF_RESIDENCE": sus["Der_Postcode_LSOA_2011_Code"],
        "GENERAL_MEDICAL_PRACTICE_CODE_PATIENT_REGISTRATION": sus["GP_Practice_Code"],
    }


def opa(pen: Pen, rows: Rows) -> Columns:
    """One row an outpatient appointment."""
    sus = sus_opa(pen, rows)
    procedures: Lists = pen.facts.columns["procedures"].take(rows.fact)
    none = pc.equal(sus["Der_Procedure_All"], "-")
    dash = np.asarray(pc.fill_null(none, False))
    return {
        "ATTENDANCE_IDENTIFIER": sus["OPA_Ident"],
        KEY_COLUMN[pen.way]: sus[KEY_COLUMN[pen.way]],
        "ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER": sus["Der_Provider_Code"],
        "APPOINTMENT_DATE": sus["Appointment_Date"],
        "ATTENDED_OR_DID_NOT_ATTEND_CODE": sus["Attendance_Status"],
        "FIRST_ATTENDANCE_CODE": sus["First_Attendance"],
        "MAIN_SPECIALTY_CODE": sus["Main_Specialty_Code"],
        "ACTIVITY_TREATMENT_FUNCTION_CODE": sus["Treatment_Function_Code"],
        "PRIMARY_PROCEDURE_OPCS": text.replaced(text.first_of(procedures, np.zeros(rows.n, np.int64)), dash, "-"),
        "SECONDARY_PROCEDURE_OPCS": _rest(procedures, np.ones(rows.n, np.int64), np.ones(rows.n, bool)),
        **_person(pen, rows, sus),
    }


def cds_ec(pen: Pen, rows: Rows) -> Columns:
    """One row an emergency attendance."""
    sus = ec(pen, rows)
    return {
        "EMERGENCY_CARE_ATTENDANCE_IDENTIFIER": sus["EC_Ident"],
        KEY_COLUMN[pen.way]: sus[KEY_COLUMN[pen.way]],
        "ORGANISATION_IDENTIFIER_CODE_OF_PROVIDER": sus["Der_Provider_Code"],
        "EMERGENCY_CARE_ARRIVAL_DATE": sus["Arrival_Date"],
        "EMERGENCY_CARE_ARRIVAL_TIME": sus["Arrival_Time"],
        "EMERGENCY_CARE_DEPARTMENT_TYPE": sus["EC_Department_Type"],
        "EMERGENCY_CARE_ATTENDANCE_CATEGORY": sus["EC_AttendanceCategory"],
        "EMERGENCY_CARE_ARRIVAL_MODE_SNOMED_CT": sus["EC_Arrival_Mode_SNOMED_CT"],
        "EMERGENCY_CARE_ACUITY_SNOMED_CT": sus["EC_Acuity_SNOMED_CT"],
        "EMERGENCY_CARE_DISCHARGE_STATUS_SNOMED_CT": sus["EC_Discharge_Status_SNOMED_CT"],
        **_person(pen, rows, sus),
    }
