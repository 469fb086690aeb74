"""The layouts of the lake: one table per kind of fact, whatever shape it arrived in.

A profile (a mapping that ships) or a Place's own mapping turns each extract into rows of these tables. Planning reads
nothing else. No heavy import here: `synthetic` and `care` read the layouts too.

Codes are text exactly as NHS data dictionaries write them ("01", not 1). Dates are local (Europe/London) calendar
dates. Every lake table also carries the columns of `ARRIVAL`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LAKE_FORMAT = 1


class Outcome(StrEnum):
    """What became of one row of one file. Every row has exactly one, and they add up to the file."""

    LOADED = "loaded"
    WARNED = "loaded_with_warning"
    REFUSED = "refused"
    DUPLICATE = "exact_duplicate"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    OUT_OF_SCOPE = "out_of_scope"
    UNLINKED = "unlinked"


class KeyScheme(StrEnum):
    """What kind of key names the person on a row as it arrived."""

    NHS_NUMBER = "nhs_number"  # way B: goes through the vault
    SENDER = "sender"  # way A and C: a key made by the sender, the same in all of the sender's flows
    EMIS = "local:emis"  # PatientGuid: found through Admin_Patient
    CSDS = "local:csds"  # Person_ID: found through CYP001MPI


@dataclass(frozen=True)
class Column:
    """One column: DuckDB type, what it means, and what it misses."""

    name: str
    type: str
    meaning: str
    caveat: str = ""


@dataclass(frozen=True)
class Table:
    """One lake table.

    `key` names the columns that identify a fact: a later row with the same key replaces the earlier one
    (`version_key`, then `received_on`). `dated` is the column of the activity clock; rows are counted by it. `added`
    names columns that files of an earlier version lack; they read as null there.
    """

    name: str
    title: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    dated: str | None
    caveats: tuple[str, ...] = field(default=())
    added: tuple[str, ...] = field(default=())

    def column(self, name: str) -> Column:
        """Return one column; KeyError where there is none of that name."""
        return next(c for c in (*self.columns, *ARRIVAL) if c.name == name)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order, without those of `ARRIVAL`."""
        return tuple(c.name for c in self.columns)


ARRIVAL: tuple[Column, ...] = (
    Column("profile", "VARCHAR", "profile or mapping that read the row, as id@version"),
    Column("provider", "VARCHAR", "organisation that the activity or the record belongs to (ODS code)"),
    Column("file_id", "VARCHAR", "first 16 hex digits of the SHA-256 of the file it came in"),
    Column("row_no", "BIGINT", "1-based data row in that file (the header is not counted)"),
    Column("received_on", "DATE", "the knowledge clock: the day the file arrived"),
    Column(
        "version_key",
        "VARCHAR",
        "sorts the versions of one fact; the greatest known by a date is the fact then",
    ),
    Column("is_deleted", "BOOLEAN", "the sender says that the fact of this key is withdrawn"),
    Column("row_hash", "UBIGINT", "hash of the mapped values: equal key and equal hash is an exact duplicate"),
    Column("warning", "VARCHAR", "why the row was loaded with a warning; null where it was not"),
)

_PERSON = Column("person_id", "VARCHAR", "pseudonym: 'p' and 24 hex digits; the same in every flow")
_ETHNICITY = Column(
    "ethnicity",
    "VARCHAR",
    "16+1 ethnic category code A to S, Z not stated, 99 not known",
    "null is not known",
)
_LSOA = Column(
    "lsoa21",
    "VARCHAR",
    "home LSOA, 2021 edition",
    "2011 codes arrive through the ONS lookup; null is not known",
)
_PRACTICE = Column("practice", "VARCHAR", "GP practice of registration (ODS code)")

PERSON = Table(
    "person",
    "One row per person and source: who they are, where they live, which practice",
    (
        _PERSON,
        Column("source", "VARCHAR", "gp, cohort, community or hospital: who says so"),
        Column("record_id", "VARCHAR", "the source's own record (a person can have one in two practices)"),
        _PRACTICE,
        Column("birth_on", "DATE", "birth date; where only month or year is known, the last day of it"),
        Column("birth_precision", "VARCHAR", "day, month or year"),
        Column("sex", "VARCHAR", "1 male, 2 female, 9 indeterminate, X not known"),
        _ETHNICITY,
        _LSOA,
        Column("resident_from", "DATE", "lives in that LSOA from this day", "null: since before records began"),
        Column("registered_from", "DATE", "registered with the practice from this day"),
        Column("registered_to", "DATE", "last day registered; null while registered"),
        Column("died_on", "DATE", "date of death", "from GP records, or discharge method 4"),
        Column("objection", "VARCHAR", "type1 where a Type 1 objection is coded, else null"),
    ),
    ("source", "record_id", "resident_from"),
    None,
    ("A move makes a new row with its own resident_from, so that activity finds the home of its day.",),
)

SPELL = Table(
    "spell",
    "Hospital provider spells, one row each",
    (
        _PERSON,
        Column("spell_id", "VARCHAR", "the provider's or the processor's spell identifier"),
        Column("admitted_on", "DATE", "start of the spell"),
        Column("discharged_on", "DATE", "end of the spell", "null while the person is in hospital"),
        Column("admission_method", "VARCHAR", "two characters, such as 21 or 2A"),
        Column("discharge_method", "VARCHAR", "4 is died"),
        Column("patient_classification", "VARCHAR", "1 ordinary, 2 day case, 3/4 regular, 5 mother and baby"),
        Column("admit_treatment_function", "VARCHAR", "of the first episode"),
        Column("last_treatment_function", "VARCHAR", "of the last episode: decides specific acute"),
        Column("diagnoses", "VARCHAR[]", "ICD-10, dot-free, every position of every episode"),
        Column("procedures", "VARCHAR[]", "OPCS-4, dot-free"),
        _ETHNICITY,
        _LSOA,
        _PRACTICE,
    ),
    ("provider", "spell_id"),
    "discharged_on",
    ("Length of stay is discharged_on - admitted_on; the sender's own length is not used.",),
)

OUTPATIENT = Table(
    "outpatient",
    "Outpatient appointments, one row each",
    (
        _PERSON,
        Column("appointment_id", "VARCHAR", "the appointment's identifier"),
        Column("appointment_on", "DATE", "date of the appointment"),
        Column(
            "attended",
            "VARCHAR",
            "5 attended, 6 late but seen, 7 late not seen, 2 to 4 cancelled or did not attend",
        ),
        Column(
            "first_attendance",
            "VARCHAR",
            "1/3 first (face to face/telephone), 2/4 follow-up, 5 referral to treatment",
        ),
        Column("main_specialty", "VARCHAR", "main specialty of the consultant or other professional"),
        Column("treatment_function", "VARCHAR", "treatment function of the clinic"),
        Column(
            "procedures",
            "VARCHAR[]",
            "OPCS-4 codes; empty where none, `-` or X99",
            "null and empty mean none",
        ),
        _ETHNICITY,
        _LSOA,
        _PRACTICE,
    ),
    ("provider", "appointment_id"),
    "appointment_on",
)

EMERGENCY = Table(
    "emergency",
    "Emergency care attendances (ECDS), one row each",
    (
        _PERSON,
        Column("attendance_id", "VARCHAR", "the attendance's identifier"),
        Column("arrived_on", "DATE", "local date of arrival"),
        Column("arrived_at", "VARCHAR", "local time of arrival HH:MM:SS"),
        Column(
            "department_type",
            "VARCHAR",
            "01 consultant-led 24 hour; 02 single specialty; 03/04 urgent treatment; 05 SDEC",
        ),
        Column(
            "attendance_category",
            "VARCHAR",
            "1 unplanned first, 2/3 planned or unplanned follow-up, 4 dead on arrival",
        ),
        Column("arrival_mode", "VARCHAR", "SNOMED CT"),
        Column("acuity", "VARCHAR", "SNOMED CT"),
        Column("discharge_status", "VARCHAR", "SNOMED CT"),
        _ETHNICITY,
        _LSOA,
        _PRACTICE,
    ),
    ("provider", "attendance_id"),
    "arrived_on",
)

COMMUNITY = Table(
    "community",
    "Community care contacts (CSDS CYP201), one row each",
    (
        _PERSON,
        Column("referral_id", "VARCHAR", "UniqueServiceRequestID"),
        Column("contact_id", "VARCHAR", "UniqueCareContactID"),
        Column("contact_on", "DATE", "date of the contact"),
        Column("attended", "VARCHAR", "5 attended, 6 late but seen, others not seen"),
    ),
    ("referral_id", "contact_id"),
    "contact_on",
    ("Resubmitted months replace by reporting period, then Effective_From, then submission.",),
)

APPOINTMENT = Table(
    "appointment",
    "General practice and PCN appointments, one row each",
    (
        _PERSON,
        Column("appointment_id", "VARCHAR", "slot or appointment identifier"),
        Column("appointment_on", "DATE", "date of the appointment"),
        Column("status", "VARCHAR", "Attended, DNA, Cancelled, Booked, Unknown"),
        Column("role_group", "VARCHAR", "SDS role group: GP, Other Practice staff, Unknown"),
        Column(
            "service_setting",
            "VARCHAR",
            "General Practice, Primary Care Network, Extended Access Provision, Other",
        ),
        Column("national_category", "VARCHAR", "national category of the slot"),
        Column("mode", "VARCHAR", "Face-to-Face, Telephone, Home Visit, Video/Online, Unknown"),
        _PRACTICE,
    ),
    ("practice", "appointment_id"),
    "appointment_on",
    (
        "From EMIS slots, status, role group and setting are derived by a mapping table; the rest is Unknown.",
        "Where a practice sends both the flat file and slots for a month, planning counts the flat file only.",
    ),
)

CODED = Table(
    "coded",
    "Coded entries of the GP record (observations), one row each; lifelong",
    (
        _PERSON,
        Column("entry_id", "VARCHAR", "the entry's identifier"),
        Column("code", "VARCHAR", "SNOMED CT concept id"),
        Column(
            "recorded_on",
            "DATE",
            "the date the entry is about",
            "impossible or future dates load as null with a warning",
        ),
        _PRACTICE,
        Column(
            "value",
            "DOUBLE",
            "the number the entry carries, where it has one",
            "without its unit: only scores and indices that have none are read from it",
        ),
    ),
    ("practice", "entry_id"),
    "recorded_on",
    added=("value",),
)

MEDICINE = Table(
    "medicine",
    "Medicines issued in general practice, one row each",
    (
        _PERSON,
        Column("issue_id", "VARCHAR", "the issue's identifier"),
        Column("code", "VARCHAR", "dm+d concept id"),
        Column("issued_on", "DATE", "date of issue"),
        _PRACTICE,
    ),
    ("practice", "issue_id"),
    "issued_on",
)

COHORT = Table(
    "cohort",
    "The Place's own cohort list (NNHIP data set), one row per person and entry",
    (
        _PERSON,
        Column("cohort_name", "VARCHAR", "which list; `local` where the file has no name"),
        Column("identified_on", "DATE", "the day the person was identified"),
        Column("identified_by", "VARCHAR", "rule, clinician or list that found them"),
        Column("risk_score", "DOUBLE", "the Place's own score where used"),
        Column("left_on", "DATE", "last day in the cohort; null while in it"),
        Column("left_reason", "VARCHAR", "died, moved, declined, no longer meets, other"),
    ),
    ("cohort_name", "person_id", "identified_on"),
    "identified_on",
)

PROGRAMME_CONTACT = Table(
    "programme_contact",
    "The programme's own contacts (NNHIP data set), one row each",
    (
        _PERSON,
        Column("contact_id", "VARCHAR", "the contact's identifier, or the row's own where the file has none"),
        Column("contact_on", "DATE", "date of the contact"),
        Column("contact_type", "VARCHAR", "as the Place writes it"),
        Column("attended", "BOOLEAN", "the person was seen"),
    ),
    ("contact_id",),
    "contact_on",
)

CASELOAD = Table(
    "caseload",
    "Cases of the Place's teams (NNHIP data set), one row each",
    (
        _PERSON,
        Column("case_id", "VARCHAR", "the case's identifier, or person and opening day where the file has none"),
        Column("opened_on", "DATE", "first day of the case"),
        Column("closed_on", "DATE", "last day of the case; null while open"),
        Column("closed_reason", "VARCHAR", "as the Place writes it"),
        Column("is_nnhip", "BOOLEAN", "the case belongs to the programme"),
    ),
    ("case_id",),
    "opened_on",
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        PERSON, SPELL, OUTPATIENT, EMERGENCY, COMMUNITY, APPOINTMENT, CODED, MEDICINE, COHORT,
        PROGRAMME_CONTACT, CASELOAD,
    )
}  # fmt: skip
