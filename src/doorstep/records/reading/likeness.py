"""How alike two column names are, for people who write DOB, Adm_Dt or PatientBirthDate for one thing."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from functools import cache

# What the short forms in column names usually stand for.
_LONG = {
    "adm": "admission", "admit": "admission", "admitted": "admission", "app": "appointment", "appt": "appointment",
    "arr": "arrival", "att": "attendance", "cat": "category", "cd": "code", "class": "classification",
    "dept": "department", "diag": "diagnosis", "diagnoses": "diagnosis",
    "diags": "diagnosis", "procs": "procedure", "gpprac": "gp practice", "dis": "discharge", "disch": "discharge",
    "dischg": "discharge", "discharged": "discharge", "dob": "birth date", "dod": "death date", "dt": "date",
    "epi": "episode", "eth": "ethnic", "ethnicity": "ethnic", "hosp": "hospital", "ident": "id", "identifier": "id",
    "lsoa11": "lsoa", "lsoa21": "lsoa", "meth": "method", "num": "number", "nhsno": "nhs number", "no": "number",
    "op": "outpatient", "org": "organisation", "pat": "patient", "pid": "person id", "prac": "practice",
    "proc": "procedure", "procedures": "procedure", "prov": "provider", "pseudo": "pseudonym", "ref": "referral",
    "sex": "gender", "spec": "specialty", "surgery": "practice", "tfc": "treatment function code", "trust": "provider",
    "type": "type", "on": "date", "birthdate": "birth date", "closed": "closing", "opened": "opening",
}  # fmt: skip
_SAYS_LITTLE = {"der", "ec", "apcs", "opa", "the", "of", "code", "hospital", "emergency", "care", "ct", "snomed", "all"}


@cache
def words(column: str) -> tuple[str, ...]:
    """Return the words of a column name: parted at underscores, blanks and capitals, short forms written out."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column)
    found = re.findall(r"[a-z]+[0-9]*|[0-9]+", parted.lower())
    return tuple(long for w in found for long in _LONG.get(w, w).split())


@cache
def likeness(theirs: str, ours: str) -> float:
    """Return 0 to 1: the share of words in common (words that say little count less), or of letters in order."""
    if theirs.lower() == ours.lower():
        return 1.0
    one, other = words(theirs), words(ours)
    if not one or not other:
        return 0.0
    letters = SequenceMatcher(None, " ".join(one), " ".join(other)).ratio()
    return max(_common(one, other), letters * 0.9)


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    def weight(found: set[str]) -> float:
        return sum(0.3 if w in _SAYS_LITTLE else 1.0 for w in found)

    return weight(set(one) & set(other)) / weight(set(one) | set(other))
