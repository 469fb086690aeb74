"""Random lake rows: few people, few codes, and days that lie on or beside the edges of windows."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from generated_chance import Chance
from spec_kit import complete

from doorstep.planning.engine.plain.given import months_before

Row = dict[str, Any]

# Code lists by system: they overlap, and one list has codes of two systems.
LISTS: dict[str, dict[str, tuple[str, ...]]] = {
    "snomedct": {"a": ("1", "2"), "b": ("2", "3"), "c": ("4",), "d": ("5",), "e": ("6",), "mixed": ("1",)},
    "dmd": {"m": ("71", "72"), "n": ("72", "73"), "mixed": ("71",)},
    "icd10": {"dementia": ("F0",), "bladder": ("N39", "R3"), "fall": ("W",), "stroke": ("I6", "G81")},
}
CODES = [
    {"list_id": name, "code": code, "system": system}
    for system, lists in LISTS.items()
    for name, codes in lists.items()
    for code in codes
]
SNOMED, MEDICINES, PREFIXES = (tuple(LISTS[s]) for s in ("snomedct", "dmd", "icd10"))
DAYS_ASKED = (date(2026, 9, 30), date(2026, 3, 31), date(2028, 2, 29), date(2027, 2, 28))
EDGES = (0, 1, 2, 3, 6, 12, 24, 36)
COHORT = "scores"

# Table -> the most rows that one person has in it.
MOST = {
    "person": 3, "coded": 8, "medicine": 4, "spell": 5, "outpatient": 2, "emergency": 4, "community": 2,
    "appointment": 3, "programme_contact": 2, "cohort": 2,
}  # fmt: skip


def a_day(chance: Chance, as_at: date) -> date | None:
    """Draw a day on or beside the edge of a window, or between, or tomorrow, or not known."""
    if chance.number(1, 10) == 1:
        return None
    if chance.often():
        return months_before(as_at, chance.one(EDGES)) + timedelta(chance.number(-1, 1))
    return as_at - timedelta(chance.number(0, 1000))


def _birth(chance: Chance, as_at: date) -> date | None:
    """Draw a birthday on or beside the day asked about, 29 February, or any day."""
    beside = months_before(as_at, 12 * chance.one((17, 18, 65, 75))) + timedelta(chance.number(-1, 1))
    return chance.maybe((beside, beside, date(2008, 2, 29), date(1940, 1, 1) + timedelta(chance.number(0, 28000))))


def _person(chance: Chance, as_at: date) -> Row:
    return {
        "source": chance.one(("gp", "gp", "gp", "gp", "cohort", "community", "hospital", "rumour", None)),
        "record_id": chance.one(("1", "2")),
        "practice": chance.one(("HERE", "HERE", "HERE", "THERE", "ELSEWHERE", None)),
        "birth_on": _birth(chance, as_at),
        "birth_precision": chance.maybe(("day", "month", "year")),
        "sex": chance.maybe(("1", "2", "9", "X")),
        "ethnicity": chance.maybe(("A", "J", "M", "Z", "99")),
        "lsoa21": chance.maybe(("E01006950", "E01006920", "E01006926", "E01999999")),
        "resident_from": a_day(chance, as_at) if chance.often() else None,
        "registered_from": a_day(chance, as_at) if chance.often() else None,
        "registered_to": a_day(chance, as_at) if chance.seldom() else None,
        "died_on": a_day(chance, as_at) if chance.number(1, 8) == 1 else None,
        "received_on": chance.one((date(2026, 1, 1), date(2026, 2, 1))),
        "version_key": chance.maybe(("2026-01", "2026-02")),
        "file_id": chance.one(("a", "b")),
        "is_deleted": chance.one((False, False, False, False, None, True)),
    }


def _spell(chance: Chance, as_at: date) -> Row:
    """Draw a stay: of no night, of some, still open, that ends before it begins, without an admission."""
    admitted, nights = a_day(chance, as_at), chance.one((0, 0, 1, 3, 29, 30, 40, -2, None))
    diagnoses = ("F000", "f00.1", "N390", "N39", "R31", "W19", "I69", "G81.9", "I6", "Z00", None)
    return {
        "admitted_on": admitted,
        "discharged_on": None if admitted is None or nights is None else admitted + timedelta(nights),
        "admission_method": chance.maybe(("11", "21", "2A")),
        "discharge_method": chance.maybe(("1", "1", "4")),
        "patient_classification": chance.maybe(("1", "2")),
        "diagnoses": chance.one((None, [], *[list(chance.some(diagnoses, 1, 4)) for _ in range(6)])),
        "procedures": chance.one((None, [], *[list(chance.some(("X021", "x0.2", "W37", None))) for _ in range(2)])),
        "ethnicity": chance.maybe(("A", "J", "M", "Z")),
        "provider": chance.maybe(("RBN", "REM")),
    }


def _put_in_chains(chance: Chance, stays: list[Row]) -> None:
    """Let most stays of a person begin soon after the one before them: readmissions lie on either side of 29 days."""
    for before, stay in pairwise(stays):
        left, nights = before["discharged_on"], chance.one((0, 1, 5))
        if left and before["person_id"] == stay["person_id"] and not chance.seldom():
            stay["admitted_on"] = left + timedelta(chance.one((-1, 0, 0, 1, 29, 29, 30)))
            stay["discharged_on"] = stay["admitted_on"] + timedelta(nights)


def _visit(table: str, chance: Chance, as_at: date) -> Row:
    """Draw a row of another table."""
    day = a_day(chance, as_at)
    match table:
        case "outpatient":
            return {"appointment_on": day, "attended": chance.maybe("57"), "ethnicity": chance.maybe("BK")}
        case "emergency":
            kind = chance.maybe(("01", "03"))
            return {"arrived_on": day, "department_type": kind, "ethnicity": chance.maybe("CL")}
        case "community":
            return {"contact_on": day, "attended": chance.maybe("57")}
        case "appointment":
            status, mode = chance.maybe(("Attended", "DNA")), chance.maybe(("Home Visit", "Telephone"))
            return {"appointment_on": day, "status": status, "mode": mode}
        case "programme_contact":
            return {"contact_on": day, "attended": chance.maybe((True, False))}
        case "medicine":
            return {"code": chance.maybe(("71", "72", "73", "74", "1")), "issued_on": day}
        case "coded":
            code = chance.maybe(("1", "1", "2", "2", "3", "4", "5", "6", "7", "71"))
            return {"code": code, "recorded_on": day, "value": chance.maybe((0.0, 1.5, 4.0, 6.0, 9.0, 50.0))}
        case _:
            score = chance.maybe((0.0, 19.5, 20.0, 50.0))
            arrived = chance.one((date(2026, 1, 1), date(2026, 2, 1)))
            name = chance.one((COHORT, COHORT, "local"))
            return {"cohort_name": name, "identified_on": day, "risk_score": score, "received_on": arrived}


def _row(table: str, chance: Chance, as_at: date) -> Row:
    if table == "person":
        return _person(chance, as_at)
    return _spell(chance, as_at) if table == "spell" else _visit(table, chance, as_at)


def lake_tables(chance: Chance, as_at: date) -> dict[str, list[Row]]:
    """Draw every lake table of a few people; of coded entries sometimes none at all."""
    most = MOST | ({"coded": 0} if chance.number(1, 10) == 1 else {})
    found: dict[str, list[Row]] = {}
    for table, n_most in most.items():
        owners = [f"p{n}" for n in range(8) for _ in range(chance.number(0, n_most))]
        rows = [{"person_id": owner, **_row(table, chance, as_at)} for owner in owners]
        if table == "spell":
            _put_in_chains(chance, rows)
        found[table] = [complete(table, {"row_no": n, **row}, n) for n, row in enumerate(rows, 1)]
    return found
