"""General practice files: an EMIS-shaped bulk extract, and appointments as one flat file."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from doorstep.synthetic import text
from doorstep.synthetic.arrays import Bools, Ints
from doorstep.synthetic.facts import Facts, Words
from doorstep.synthetic.identifiers import guids
from doorstep.synthetic.layouts_hospital import Columns
from doorstep.synthetic.pen import ETHNICITY_WORDS, KEY_COLUMN, Pen
from doorstep.synthetic.people import SEXES
from doorstep.synthetic.plans_people import end_of_record
from doorstep.synthetic.rows import Rows
from doorstep.synthetic.text import Text
from doorstep.synthetic.timeline import NEVER
from doorstep.synthetic.use import MODES, ROLES, SETTINGS, STATUSES

SURNAMES = tuple(a + b for a in ("Bar", "Cor", "Dal", "Fen", "Hol", "Lin", "Mar", "Nor", "Pel", "Tam") for b in (
    "by", "den", "field", "ham", "ley", "more", "ridge", "ton", "well", "wick"))  # fmt: skip
GIVEN_NAMES = tuple(a + b for a in ("A", "Be", "Ca", "De", "E", "Jo", "Ka", "Lu", "Mi", "Ro") for b in (
    "da", "la", "li", "na", "ra", "ren", "rin", "sa", "tan", "vi"))  # fmt: skip
JOBS = ("General Medical Practitioner", "Practice Nurse", "Other")
JOB_CODES = ("R0260", "", "")
SESSIONS = ("Routine surgery", "Primary Care Network clinic", "Extended access clinic")
LOCATIONS = ("Surgery", "PCN hub", "Extended access hub")
UNKNOWN_CODE_ID = 999_999
_SPAN = 2**20


def patient_guid(pen: Pen, rows: Rows, record: Ints) -> Text:
    """The practice system's own key of a registration; strangers have one that no patient row carries."""
    own = pen.person(rows).astype(np.int64) * 2 + record
    return text.letters(guids("patient", np.where(rows.person >= 0, own, 10**9 + rows.ident)))


def _organisation(pen: Pen, person: Ints, record: Ints) -> Text:
    people = pen.scene.people
    at = np.where(record == 1, people.practice_2[person], people.practice[person])
    return text.choose(at, pen.scene.ground.practices)


def _record(pen: Pen, rows: Rows) -> Ints:
    return pen.scene.people.record_at(pen.person(rows), pen.true_day(rows))


def _end(pen: Pen, rows: Rows, deleted: Text | None = None) -> Columns:
    """Deleted and ProcessingId, the last columns of nearly every file."""
    gone = rows.has("deleted") & ~rows.early
    return {"Deleted": text.yes_no(gone) if deleted is None else deleted, "ProcessingId": pen.processing(rows)}


def patient(pen: Pen, rows: Rows) -> Columns:
    """One row a registration and home; some rows with a postcode leave the LSOA to be found by it."""
    people, facts = pen.scene.people, pen.facts
    person, record = pen.person(rows), facts.columns["record"][rows.fact]
    second = facts.columns["second_home"][rows.fact] | (
        (record == 1) & (people.moved_on[person] <= facts.day[rows.fact])
    )
    lsoa = np.where(second, people.lsoa_2[person], people.lsoa[person])
    start = np.where(record == 1, people.practice_2_from[person], people.registered_from[person])
    unknown = ~people.lsoa_known[person]
    postcode = _postcode(pen, person, np.where(unknown, -1, lsoa))
    by_postcode = np.asarray(pc.is_valid(postcode)) & (person % 20 == 0)
    return {
        "PatientGuid": patient_guid(pen, rows, record),
        "OrganisationCode": _organisation(pen, person, record),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "Surname": _surname(pen, person, rows.has("misspelt_name")),
        "GivenName": _name(pen, person, GIVEN_NAMES, 17),
        "DateOfBirth": pen.birth(person, rows.has("wrong_birth")),
        "Sex": text.choose(people.sex[person], SEXES),
        "EthnicCategory": text.choose(people.recorded_ethnicity[person], ETHNICITY_WORDS),
        "Postcode": postcode,
        "LSOA": text.blanked(text.choose(lsoa, pen.scene.ground.lsoas), unknown | by_postcode),
        "ResidentFrom": text.days(np.where(second, people.moved_on[person], NEVER)),
        "DateOfRegistration": text.days(start),
        "DateOfDeactivation": text.days(pen.known(end_of_record(pen.scene)[rows.fact], rows)),
        "DateOfDeath": text.days(pen.known(people.died[person], rows)),
        **_end(pen, rows),
    }


def _surname(pen: Pen, person: Ints, misspelt: Bools) -> Text:
    """The surname; the second and third letter have changed places where it is misspelt."""
    right = _name(pen, person, SURNAMES, 31)
    return pc.if_else(misspelt, pc.replace_substring_regex(right, r"^(.)(.)(.)", r"\1\3\2"), right)


def _name(pen: Pen, person: Ints, names: tuple[str, ...], step: int) -> Text:
    if not pen.identifiable:
        return text.nothing(len(person))
    return text.choose((person.astype(np.int64) * step + person // 100) % len(names), names)


def _postcode(pen: Pen, person: Ints, lsoa: Ints) -> Text:
    """A real postcode of the LSOA, where the reference table reaches and the way carries one."""
    if not pen.identifiable:
        return text.nothing(len(person))
    codes, start = pen.scene.postcode_words
    count = np.diff(start)[lsoa]
    there = (count > 0) & (lsoa >= 0)
    at = start[lsoa] + person % np.maximum(count, 1)
    return text.blanked(text.choose(np.where(there, at, 0), codes), ~there)


def observation(pen: Pen, rows: Rows) -> Columns:
    """One row a coded entry."""
    code: Words = pen.facts.columns["code"]
    record, person, day = _record(pen, rows), pen.person(rows), pen.true_day(rows)
    in_window = (day >= pen.scene.timeline.first) & (rows.person >= 0)
    number = np.where(rows.has("unknown_code"), UNKNOWN_CODE_ID, code.at[rows.fact] + 1)
    code_value = pen.facts.columns["value"][rows.fact]
    return {
        "ObservationGuid": text.letters(guids("coded", rows.ident)),
        "PatientGuid": patient_guid(pen, rows, record),
        "OrganisationCode": _organisation(pen, person, record),
        "EffectiveDate": text.days(pen.day(rows)),
        "CodeId": text.numbers(number),
        "Value": text.amounts(code_value),
        "ConsultationGuid": text.blanked(_consultation_guid(person, day), ~in_window),
        **_end(pen, rows),
    }


def _consultation_guid(person: Ints, day: Ints) -> Text:
    return text.letters(guids("consult", person.astype(np.int64) * _SPAN + day))


def consultations(coded: Facts, first: int) -> Facts:
    """Return one consultation for each person and day of the window with a coded entry."""
    inside = np.flatnonzero(coded.day >= first)
    _, at = np.unique(coded.person[inside].astype(np.int64) * _SPAN + coded.day[inside], return_index=True)
    at = np.sort(inside[at])
    return Facts("consultation", coded.person[at], coded.day[at])


def consultation(pen: Pen, rows: Rows) -> Columns:
    """One row a consultation; no figure needs it."""
    record, person = _record(pen, rows), pen.person(rows)
    practice = pen.scene.people.practice_at(person, pen.true_day(rows))
    return {
        "ConsultationGuid": _consultation_guid(person, pen.true_day(rows)),
        "PatientGuid": patient_guid(pen, rows, record),
        "OrganisationCode": _organisation(pen, person, record),
        "EffectiveDate": text.days(pen.true_day(rows)),
        "UserInRoleGuid": _user_guid(practice.astype(np.int64), np.where(rows.ident % 2 == 0, 0, 1)),
        **_end(pen, rows),
    }


def _user_guid(practice: Ints, job: Ints) -> Text:
    return text.letters(guids("user", practice.astype(np.int64) * len(JOBS) + job))


def clinical_code(pen: Pen, rows: Rows) -> Columns:
    """The dictionary of clinical codes."""
    code: Words = pen.facts.columns["code"]
    return {
        "CodeId": text.numbers(rows.ident + 1),
        "SnomedCTConceptId": text.words(code.take(rows.fact)),
        "Term": text.nothing(rows.n),
        "ProcessingId": pen.processing(rows),
    }


def drug_code(pen: Pen, rows: Rows) -> Columns:
    """The dictionary of medicines: made-up numbers."""
    code: Words = pen.facts.columns["code"]
    return {
        "CodeId": text.numbers(rows.ident + 1),
        "DmdProductCodeId": text.words(code.take(rows.fact)),
        "Term": text.numbers(rows.ident + 1, "Made-up medicine "),
        "ProcessingId": pen.processing(rows),
    }


def dictionary(name: str, words: tuple[str, ...]) -> Facts:
    """Return the entries of a dictionary as facts of nobody."""
    n = np.arange(len(words))
    return Facts(name, np.full(len(words), -1), n, {"code": Words(n, words)})


def drug_lines(medicine: Facts) -> Facts:
    """Return the repeat prescriptions that issues belong to, from their first issue on."""
    record, first = np.unique(medicine.columns["record"], return_index=True)
    columns = {"code": medicine.columns["code"].take(first), "line": record}
    return Facts("drug_line", medicine.person[first], medicine.day[first], columns)


def drug_record(pen: Pen, rows: Rows) -> Columns:
    """One row a repeat prescription; no figure needs it."""
    code: Words = pen.facts.columns["code"]
    record, person = _record(pen, rows), pen.person(rows)
    return {
        "DrugRecordGuid": text.letters(guids("line", pen.facts.columns["line"][rows.fact])),
        "PatientGuid": patient_guid(pen, rows, record),
        "OrganisationCode": _organisation(pen, person, record),
        "CodeId": text.numbers(code.at[rows.fact] + 1),
        "EffectiveDate": text.days(pen.true_day(rows)),
        "IsActive": text.same("true", rows.n),
        **_end(pen, rows),
    }


def issue(pen: Pen, rows: Rows) -> Columns:
    """One row an issue of a medicine."""
    code: Words = pen.facts.columns["code"]
    record, person = _record(pen, rows), pen.person(rows)
    return {
        "IssueRecordGuid": text.letters(guids("issue", rows.ident)),
        "DrugRecordGuid": text.letters(guids("line", pen.facts.columns["record"][rows.fact])),
        "PatientGuid": patient_guid(pen, rows, record),
        "OrganisationCode": _organisation(pen, person, record),
        "CodeId": text.numbers(code.at[rows.fact] + 1),
        "EffectiveDate": text.days(pen.day(rows)),
        **_end(pen, rows),
    }


def user_role(pen: Pen, rows: Rows) -> Columns:
    """One row a practice and job."""
    practice, job = np.divmod(rows.fact, len(JOBS))
    return {
        "UserInRoleGuid": _user_guid(practice, job),
        "OrganisationCode": text.choose(practice, pen.scene.ground.practices),
        "JobCategoryCode": text.choose(job, JOB_CODES),
        "JobCategoryName": text.choose(job, JOBS),
        "ProcessingId": pen.processing(rows),
    }


def session_of(scene_practice: Ints, day: Ints, appointments: Facts, fact: Ints) -> Ints:
    """Return the number of the session of each appointment: one a practice, day, kind and job."""
    setting, role = appointments.columns["setting"].at[fact], appointments.columns["role"].at[fact]
    kind = setting.astype(np.int64) * len(ROLES) + role
    number: Ints = (scene_practice.astype(np.int64) * _SPAN + day) * (len(ROLES) * len(SETTINGS)) + kind
    return number


def session(pen: Pen, rows: Rows) -> Columns:
    """One row a session."""
    number = pen.facts.columns["session"][rows.fact]
    where, kind = np.divmod(number, len(ROLES) * len(SETTINGS))
    setting = kind // len(ROLES)
    return {
        "AppointmentSessionGuid": text.letters(guids("session", number)),
        "OrganisationCode": text.choose(where // _SPAN, pen.scene.ground.practices),
        "StartDate": text.days(pen.true_day(rows)),
        "SessionTypeDescription": text.choose(setting, SESSIONS),
        "LocationType": text.choose(setting, LOCATIONS),
        **_end(pen, rows),
    }


def session_user(pen: Pen, rows: Rows) -> Columns:
    """Who works in a session."""
    number = pen.facts.columns["session"][rows.fact]
    where, kind = np.divmod(number, len(ROLES) * len(SETTINGS))
    return {
        "AppointmentSessionGuid": text.letters(guids("session", number)),
        "UserInRoleGuid": _user_guid(where // _SPAN, kind % len(ROLES)),
        **_end(pen, rows),
    }


def slot(pen: Pen, rows: Rows) -> Columns:
    """One row an appointment slot, booked or not."""
    facts, practice = pen.facts, pen.scene.practice_of("appointment", rows)
    status = facts.columns["status"].at[rows.fact]
    unbooked = rows.has("unbooked_slot")
    attended = (status == STATUSES.index("Attended")) & ~unbooked & (rows.person >= 0)
    begins = facts.columns["minute"][rows.fact].astype(np.int64)
    number = session_of(practice, pen.true_day(rows), facts, rows.fact)
    guid = patient_guid(pen, rows, _record(pen, rows))
    return {
        "SlotGuid": text.letters(guids("slot", rows.ident)),
        "OrganisationCode": text.choose(practice, pen.scene.ground.practices),
        "AppointmentDate": text.days(pen.true_day(rows)),
        "AppointmentStartTime": text.minutes(begins),
        "PlannedDurationInMinutes": text.same("10", rows.n),
        "PatientGuid": text.blanked(guid, unbooked),
        "SendInTime": text.blanked(text.minutes(begins + 4), ~attended),
        "LeftTime": text.blanked(text.minutes(begins + 15), ~attended),
        "DidNotAttend": text.yes_no((status == STATUSES.index("DNA")) & ~unbooked),
        "SessionGuid": text.letters(guids("session", number)),
        **_end(pen, rows),
    }


def appointment(pen: Pen, rows: Rows) -> Columns:
    """One row an appointment of the flat file."""
    facts = pen.facts
    status: Words = facts.columns["status"]
    wrong = rows.has("correction") & rows.early
    flipped = np.where(status.at == 0, 1, 0)[rows.fact]
    category: Words = facts.columns["category"]
    return {
        "appointment_id": text.numbers(rows.ident, "AP"),
        KEY_COLUMN[pen.way]: pen.key(rows),
        "practice_code": pen.practice(rows),
        "appointment_date": text.days(pen.day(rows)),
        "appointment_status": text.choose(np.where(wrong, flipped, status.at[rows.fact]), STATUSES),
        "sds_role_group": text.words(facts.columns["role"].take(rows.fact)),
        "service_setting": text.words(facts.columns["setting"].take(rows.fact)),
        "national_category": text.words(category.take(rows.fact)),
        "appointment_mode": text.choose(facts.columns["mode"].at[rows.fact], MODES),
    }
