"""What each line of the return counts, in plain words: ours, beside the definitions' own."""

from __future__ import annotations

from typing import Final, Literal

Counted = Literal["people", "repeats", "days"]
Rhythm = Literal["calendar", "working", "stock"]

PATIENTS: Final = "patients"
CASELOAD: Final = "P1"
DENOMINATOR: Final = "for each 1,000 patients in the Place's cohort that month"

_ATTENDED: Final = "that patients of the cohort attended in the month"
_SPELL: Final = "Non-elective (mostly emergency) hospital stays under an acute specialty that ended in the month"
_AMBULANCE: Final = (
    "Arrivals at an emergency department by emergency ambulance that the department's own triage put at acuity"
)

MEANINGS: Final[dict[str, str]] = {
    "O1a": f"New consultant-led outpatient appointments, without a procedure, {_ATTENDED}",
    "O1b": f"Follow-up consultant-led outpatient appointments, without a procedure, {_ATTENDED}",
    "O1c": f"Consultant-led outpatient appointments with a procedure {_ATTENDED}",
    "O2a": f"{_SPELL}, admitted and discharged on the same day",
    "O2b": f"{_SPELL}, with one night or more",
    "O3": "Days from admission to discharge of the non-elective acute stays that ended in the month: a whole stay "
    "falls in the month of its end",
    "O4.1": f"{_AMBULANCE} 1 (immediate)",
    "O4.2": f"{_AMBULANCE} 2 (very urgent)",
    "O4.3": f"{_AMBULANCE} 3 (urgent)",
    "O4.4": f"{_AMBULANCE} 4 (standard)",
    "O5a": "Attendances in the month at a major (type 1) emergency department",
    "O5b": "Attendances in the month at an emergency department of another type: specialist, minor injuries, walk-in, "
    "same-day emergency care",
    "O6a": "Appointments in general practice and Primary Care Networks that patients attended with a GP",
    "O6b": "Community care contacts in the month",
    PATIENTS: "People in the Place's own cohort in the month",
    CASELOAD: "People the Place was actively working with under the programme in the month; it has no denominator",
}

# Titles short enough for a column or an axis.
SHORT: Final[dict[str, str]] = {
    "O1a": "New outpatient appointments",
    "O1b": "Follow-up outpatient appointments",
    "O1c": "Outpatient procedures",
    "O2a": "Non-elective acute stays, 0 days",
    "O2b": "Non-elective acute stays, 1 day or more",
    "O3": "Bed days of non-elective acute stays",
    "O4.1": "Ambulance arrivals, ED acuity 1",
    "O4.2": "Ambulance arrivals, ED acuity 2",
    "O4.3": "Ambulance arrivals, ED acuity 3",
    "O4.4": "Ambulance arrivals, ED acuity 4",
    "O5a": "A&E attendances, type 1",
    "O5b": "A&E attendances, other types",
    "O6a": "GP appointments (GP role only)",
    "O6b": "Community care contacts",
    PATIENTS: "Patients in the cohort",
    CASELOAD: "Patients on the caseload",
}

# What a count counts decides which intervals and limits it may have (`statistics.funnels.Counted`).
DAYS: Final = frozenset({"O3"})
PEOPLE: Final = frozenset({PATIENTS, CASELOAD})
WORKING_DAY: Final = frozenset({"O1a", "O1b", "O1c", "O6a", "O6b"})

WINTER: Final = (
    "Emergency care has a yearly pattern, with more of it in most winters (December to February are shaded). The "
    "series is not corrected for it: compare a month with the same month a year earlier."
)
PLANNED: Final = (
    "Booked care has a yearly pattern: fewer appointments in August, December and over Easter, whatever the need. The "
    "series is not corrected for it: compare a month with the same month a year earlier."
)


def read_with(line: str) -> tuple[str, ...]:
    """Return the lines that a line's rates need: the patients, and for bed days the stays they come in."""
    return (line, PATIENTS, "O2b") if line in DAYS else (line, PATIENTS)


def counted(line: str) -> Counted:
    """Return what one unit of a line is."""
    return "days" if line in DAYS else "people" if line in PEOPLE else "repeats"


def rhythm(line: str) -> Rhythm:
    """Return what a month's number goes with: the days of the month, its working days, or neither (a stock)."""
    return "stock" if line in PEOPLE else "working" if line in WORKING_DAY else "calendar"


def season(line: str) -> str:
    """Return the known yearly pattern of a line in words; empty where it has none."""
    return {"calendar": WINTER, "working": PLANNED, "stock": ""}[rhythm(line)]
