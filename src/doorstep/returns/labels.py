"""The words on the template's sheets.

Short labels are the template's own, to the letter (double blanks included), because readers look for some of them.
Longer guidance is said here in our words; the full text is in the template and the Measurement Guide.
"""

from __future__ import annotations

from typing import Final

from doorstep.reference import places
from doorstep.returns.figures import AGES, ETHNIC_GROUPS, QUINTILES
from doorstep.returns.layout import BLOCKS, CASELOAD_ROW, Kind

NOT_FOR_SENDING: Final = "NOT FOR SENDING: small numbers are shown"
PATIENTS_LABEL: Final = "Number of patients in the cohort"
CASELOAD_LABEL: Final = "Number of patients on the NNHIP caseload"

# metric -> (label of the count row, label of the rate row)
ROW_LABELS: Final[dict[str, tuple[str, str]]] = {
    "O1a": (
        "Number of new consultant-led outpatient appointments for patients in the cohort",
        "Number of new consultant-led outpatient appointments  per 1,000 patients in the cohort",
    ),
    "O1b": (
        "Number of follow up consultant-led outpatient appointments for patients in the cohort",
        "Number of follow up consultant-led outpatient appointments  per 1,000 patients in the cohort",
    ),
    "O1c": (
        "Number of  consultant-led outpatient procedures  for patients in the cohort",
        "Number of  consultant-led outpatient procedures   per 1,000 patients in the cohort",
    ),
    "O2a": (
        "Number of specific acute non-elective spells in the period with a length of stay of zero days "
        "for patients in the cohort",
        "Number of specific acute non-elective spells in the period with a length of stay of zero days "
        "per 1,000 patients in the cohort",
    ),
    "O2b": (
        "Number of specific acute non-elective spells in the period with a length of stay of one or more days "
        "for patients in the cohort",
        "Number of specific acute non-elective spells in the period with a length of one or more days "
        "per 1,000 patients in the cohort",
    ),
    "O3": ("Number of inpatient bed days per 1,000 patients in the cohort",) * 2,
    **{
        f"O4.{n}": (
            f"Number of category {n} ambulance conveyances for patients in the cohort",
            f"Number of category {n} ambulance conveyances per 1,000 patients in the cohort",
        )
        for n in (1, 2, 3, 4)
    },
    "O5a": (
        "Number of A&E attendances at a type 1 department in the cohort",
        "Number of A&E attendances at a type 1 department  per 1,000 patients in the cohort",
    ),
    "O5b": (
        "Number of A&E attendances at an other type department in the cohort",
        "Number of A&E attendances at an other type department  per 1,000 patients in the cohort",
    ),
    "O6a": ("Number of appointments in general practice and Primary Care Networks per 1,000 patients in the cohort",)
    * 2,
    "O6b": (
        "Number of Community Care Contacts attended for patients in the cohort",
        "Number of Community Care Contacts attended per 1,000 patients in the cohort",
    ),
}


def submission_headers() -> dict[str, str | int]:
    """Return rows 4 and 5 of `SubmissionTemplate`; the quintiles 1 to 5 are numbers."""
    top: dict[str, str | int] = {
        "A4": "Metric Id",
        "B4": "Metric Type",
        "C4": "Metric Details",
        "D4": "Total",
        "E4": "Age Group",
        "O4": "Ethnic Group",
        "U4": "Deprivation Quintile",
    }
    values = [*AGES, *ETHNIC_GROUPS, *(int(q) if q.isdigit() else q for q in QUINTILES)]
    return {**top, **{f"{letter}5": value for letter, value in zip("EFGHIJKLMNOPQRSTUVWXYZ", values, strict=True)}}


def submission_rows() -> dict[str, str]:
    """Return the labels of columns A to C, rows 6 to 48."""
    cells: dict[str, str] = {}
    for block in BLOCKS:
        count, rate = ROW_LABELS[block.metric]
        cells[f"A{block.first_row}"], cells[f"B{block.first_row}"] = block.printed_id, "Outcome"
        cells[f"C{block.row(Kind.COUNT)}"] = count
        cells[f"C{block.row(Kind.PATIENTS)}"] = PATIENTS_LABEL
        cells[f"C{block.row(Kind.RATE)}"] = rate
    row = CASELOAD_ROW
    return {**cells, f"A{row}": "P1", f"B{row}": "Process", f"C{row}": CASELOAD_LABEL}


def submission_labels() -> dict[str, str | int]:
    """Return every label of `SubmissionTemplate`."""
    return {"A1": "Project Name", "A2": "Submission Period", **submission_headers(), **submission_rows()}


INSTRUCTION_LABELS: Final[dict[str, str]] = {
    "A1": "NNHIP Data Collection Template",
    "A6": "Project Name",
    "A7": "Submission Period",
    "A11": "Worksheet",
    "B11": "Description",
    "A12": "SubmissionTemplate",
    "A16": "Metric",
    "B16": "Description",
    "A17": "Number of outpatient appointments (new, follow up and outpatient procedures)",
    "A18": "Number of emergency admissions (0 days LOS)",
    "A19": "Number of emergency admissions (1 or days LOS)",
    "A20": "Number of inpatient bed days",
    "A21": "Number of ambulance conveyances",
    "A22": "Number of A&E attendances",
    "A23": "Number of general practice appointments",
    "A24": "Number of Community Care Contacts",
    "A25": PATIENTS_LABEL,
    "A26": CASELOAD_LABEL,
    "A28": "Small number suppression",
    "A35": "Demographic factor",
    "B35": "Description",
    "A36": "Age Group",
    "A37": "Ethnic Group",
    "A38": "Deprivation Quintile",
}

# Our words for the template's guidance, in the same cells.
INSTRUCTION_GUIDANCE: Final[dict[str, str]] = {
    "A3": (
        "One Place's figures for one month of the National Neighbourhood Health Implementation Programme (NNHIP), in "
        "the layout of its data collection template, version 1.2. The yellow cells here and on SubmissionTemplate hold "
        "what the Place submits; the due dates are on SubmissionTimetable. What each metric means, how and where to "
        "send the file, and whom to ask stand in the NNHIP Measurement Guide and in the official template."
    ),
    "A5": "The Place and the month of these figures, from the lists on Lookups:",
    "A9": "The figures are on one worksheet:",
    "B12": "The local NNHIP cohort's figures for the month",
    "A14": "The metrics collected for the cohort:",
    "B17": "Consultant-led outpatient appointments per 1,000 patients of the cohort: new, follow-up, and with a "
    "procedure (from SUS outpatients)",
    "B18": "Specific acute non-elective spells ending in the month, stay of 0 days, per 1,000 patients (from SUS "
    "admitted patient care)",
    "B19": "Specific acute non-elective spells ending in the month, stay of 1 day or more, per 1,000 patients (from "
    "SUS admitted patient care)",
    "B20": "Bed days of those spells per 1,000 patients (from SUS admitted patient care)",
    "B21": "Arrivals at an emergency department by ambulance, by the department's acuity 1 to 4, per 1,000 patients "
    "(from ECDS)",
    "B22": "Attendances at type 1 and at other emergency departments per 1,000 patients (from ECDS)",
    "B23": "Attended appointments in general practice and Primary Care Networks per 1,000 patients (from primary care "
    "systems)",
    "B24": "Attended community care contacts per 1,000 patients (from CSDS)",
    "B25": "People who meet the Place's own definition of its cohort",
    "B26": "People the Place is actively working with in the month; fewer than the whole cohort",
    "A29": "A number below 6, zero included, is shown as *.",
    "A31": "Definitions are on the sheet Definitions.",
    "A33": "Each metric is broken down in three ways:",
    "B36": "Age in ten-year groups at the time of the activity",
    "B37": "The person's broad ethnic group at the time of the activity",
    "B38": "Fifth of English LSOAs by deprivation of the person's home: 1 most deprived, 5 least (pairs of national "
    "deciles; the provenance file says which edition of the indices)",
}

INSTRUCTION_MERGES: Final = (
    "A1:C1", "A3:C3", "B6:C6", "B7:C7", "A9:C9", "B11:C11", "B12:C12",
    *(f"B{row}:C{row}" for row in range(16, 27)),
    "A28:C28", "A29:C29", "A31:C31", "B35:C35", "B36:C36", "B37:C37", "B38:C38",
)  # fmt: skip

SUBMISSION_MERGES: Final = (
    "B1:C1", "B2:C2", "A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:N4", "O4:T4", "U4:Z4",
    *(f"{letter}{block.first_row}:{letter}{block.first_row + 2}" for block in BLOCKS for letter in "AB"),
)  # fmt: skip

TIMETABLE_HEADERS: Final = (
    "Month", "Reporting period start", "Reporting period end", "Initial submission date", "Initial report due",
    "Data second submission date", "Final report date",
)  # fmt: skip

DENOMINATOR_TEXT: Final = "Patients in the Place's cohort. Source: the Place's own list"

# metric -> our words for its numerator, in the order of the sheet Definitions
NUMERATORS: Final[dict[str, str]] = {
    "O1a": "SUS outpatients: consultant main specialty, first attendance 1 or 3, attended 5 or 6, no primary procedure",
    "O1b": "SUS outpatients: consultant main specialty, first attendance 2 or 4, attended 5 or 6, no primary procedure",
    "O1c": "SUS outpatients: consultant main specialty, attended 5 or 6, with a primary procedure",
    "O2a": "SUS admitted patient care: spells ended in the month, discharge date = admission date, admission "
    "method and treatment function as on AcuteNonElectiveDefs",
    "O2b": "SUS admitted patient care: the same, discharge date at least 1 day after the admission date",
    "O3": "SUS admitted patient care: days from admission to discharge of those spells, added up",
    **{
        f"O4.{n}": f"ECDS: attendances with arrival mode 1048051000000107, 1048031000000100 or 1048041000000109 and "
        f"acuity {code}"
        for n, code in enumerate(
            ("1064891000000107", "1064911000000105", "1064901000000108", "1077241000000103"), start=1
        )
    },
    "O5a": "ECDS: attendances at department type 01",
    "O5b": "ECDS: attendances at a department type other than 01",
    "O6a": "Appointments: status Attended, SDS role group GP, service setting General Practice or Primary Care "
    "Network. Source: primary care systems",
    "O6b": "CSDS, care contacts (CYP201): contact date in the month",
}

# Three labels of that sheet differ a little from the rate rows of SubmissionTemplate.
_DEFINITION_LABELS: Final = {
    "O2b": "Number of specific acute non-elective spells in the period with a length of stay of one or more days",
    "O5a": "Number of A&E attendances at a type 1 department per 1,000 patients in the cohort",
    "O5b": "Number of A&E attendances at an other type department per 1,000 patients in the cohort",
}


def definition_label(metric: str) -> str:
    """Return what column A of the sheet Definitions calls a metric."""
    return _DEFINITION_LABELS.get(metric, ROW_LABELS[metric][1])


ACUTE_TEXT: Final[dict[str, str]] = {
    "A1": "1. Inpatient spells",
    "A2": "A spell is one person's unbroken stay under one provider; it counts in the month it ends. One person may "
    "have several in a month.",
    "A3": "2. Emergency admissions / non-elective spells",
    "A4": "Admission methods 21, 22, 23, 24, 25, 2A, 2B, 2C, 2D and 28 (emergency), 31 and 32 (maternity)",
    "A5": "and 82, 83, 81, 84, 89 (births, transfers other than in an emergency, high security).",
    "A6": "3. Specific Acute treatment functions",
    "A7": "Decided by the treatment function of the spell's last episode; maternity, mental health and learning "
    "disability functions are not specific acute.",
    "A8": "The list of treatment functions is NHS England's for 2023/24 planning; the official template links to it.",
    "A9": "4. Length of stay",
    "A10": "Discharge date less admission date. Stays of 0 days are reported apart, because same-day emergency care is "
    "moving from admissions to type 5 attendances.",
}
ACUTE_MERGES: Final = tuple(f"A{row}:J{row}" for row in range(1, 11))


def place_names() -> tuple[str, ...]:
    """Return the 43 names as the drop-down spells them, in its order; the Dorset name ends in a blank."""
    return tuple(place.name for place in places.all_places())
