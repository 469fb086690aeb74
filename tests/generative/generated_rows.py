"""Random lake rows: few people, few codes, and days that lie on or beside the edges of windows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
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


@cache
def days(as_at: date) -> st.SearchStrategy[date | None]:
    """Return days on and beside the edges of windows, some between, some tomorrow, some not known."""
    on_edge = st.builds(lambda n, d: months_before(as_at, n) + timedelta(d), st.sampled_from(EDGES), st.integers(-1, 1))
    between = st.integers(0, 1500).map(lambda n: as_at - timedelta(n))
    return st.one_of(on_edge, between, on_edge, between, on_edge, st.none())


@cache
def births(as_at: date) -> st.SearchStrategy[date | None]:
    """Return birthdays on and beside the day asked about and 29 February, at ages that rules ask for."""
    beside = st.builds(
        lambda age, d: months_before(as_at, 12 * age) + timedelta(d),
        st.sampled_from((17, 18, 65, 75)),
        st.integers(-1, 1),
    )
    return st.one_of(beside, st.dates(date(1930, 1, 1), as_at), st.just(date(2008, 2, 29)), st.none())


def maybe(values: Sequence[Any]) -> st.SearchStrategy[Any]:
    """Return one of some values, or not known."""
    return st.sampled_from([*values, None])


@cache
def persons(as_at: date) -> st.SearchStrategy[Row]:
    """Return rows of `person`, mostly of a practice, of the Place."""
    return st.fixed_dictionaries(
        {
            "source": st.sampled_from(["gp", "gp", "gp", "cohort", "community", "hospital", "rumour", None]),
            "record_id": st.sampled_from(["1", "2"]),
            "practice": st.sampled_from(["HERE", "HERE", "THERE", "ELSEWHERE", None]),
            "birth_on": births(as_at),
            "birth_precision": maybe(["day", "month", "year"]),
            "sex": maybe(["1", "2", "9", "X"]),
            "ethnicity": maybe(["A", "J", "M", "Z", "99"]),
            "lsoa21": maybe(["E01006950", "E01006920", "E01006926", "E01999999"]),
            "resident_from": days(as_at) | st.none(),
            "registered_from": st.none() | days(as_at),
            "registered_to": st.none() | st.none() | days(as_at),
            "died_on": st.none() | st.none() | st.none() | days(as_at),
            "received_on": st.sampled_from([date(2026, 1, 1), date(2026, 2, 1)]),
            "version_key": maybe(["2026-01", "2026-02"]),
            "file_id": st.sampled_from(["a", "b"]),
            "is_deleted": st.sampled_from([False, False, False, None, True]),
        }
    )


@cache
def spells(as_at: date) -> st.SearchStrategy[Row]:
    """Return stays: of no night, of some, still open, that end before they begin, without an admission."""
    diagnosis = st.sampled_from(["F000", "f00.1", "N390", "N39", "R31", "W19", "I69", "G81.9", "I6", "Z00", None])
    lengths = st.sampled_from([0, 0, 1, 3, 29, 30, 40, -2, None])
    row = st.fixed_dictionaries(
        {
            "admitted_on": days(as_at),
            "nights": lengths,
            "admission_method": maybe(["11", "21", "2A"]),
            "discharge_method": maybe(["1", "4"]),
            "patient_classification": maybe(["1", "2"]),
            "diagnoses": st.none() | st.lists(diagnosis, max_size=4),
            "procedures": st.none() | st.lists(st.sampled_from(["X021", "x0.2", "W37", None]), max_size=2),
            "ethnicity": maybe(["A", "J", "M", "Z"]),
            "provider": maybe(["RBN", "REM"]),
        }
    )
    return row.map(_with_discharge)


def _with_discharge(row: Row) -> Row:
    nights, admitted = row.pop("nights"), row["admitted_on"]
    left = None if nights is None or admitted is None else admitted + timedelta(nights)
    return {**row, "discharged_on": left}


@cache
def visits(table: str, as_at: date) -> st.SearchStrategy[Row]:
    """Return rows of the other tables of care."""
    columns: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "outpatient": {"appointment_on": days(as_at), "attended": maybe(["5", "7"]), "ethnicity": maybe(["B", "K"])},
        "emergency": {
            "arrived_on": days(as_at),
            "department_type": maybe(["01", "03"]),
            "arrived_at": maybe(["08:00:00"]),
            "ethnicity": maybe(["C", "L"]),
        },
        "community": {"contact_on": days(as_at), "attended": maybe(["5", "7"])},
        "appointment": {
            "appointment_on": days(as_at),
            "status": maybe(["Attended", "DNA"]),
            "mode": maybe(["Home Visit", "Telephone"]),
        },
        "programme_contact": {"contact_on": days(as_at), "attended": maybe([True, False])},
        "medicine": {"code": maybe(["71", "72", "73", "74", "1"]), "issued_on": days(as_at)},
        "coded": {
            "code": maybe(["1", "2", "3", "4", "5", "6", "7", "71"]),
            "recorded_on": days(as_at),
            "value": maybe([0.0, 1.5, 4.0, 6.0, 9.0, 50.0]),
        },
        "cohort": {
            "cohort_name": maybe([COHORT, "local"]),
            "identified_on": days(as_at),
            "risk_score": maybe([0.0, 19.5, 20.0, 50.0]),
            "received_on": st.sampled_from([date(2026, 1, 1), date(2026, 2, 1)]),
        },
    }
    return st.fixed_dictionaries(columns[table])


MOST = {"person": 2, "coded": 6, "medicine": 4, "spell": 4, "emergency": 3, "cohort": 2}
TABLES_OF_CARE = (
    "coded", "medicine", "spell", "outpatient", "emergency", "community", "appointment", "programme_contact", "cohort",
)  # fmt: skip


@cache
def rows_of(table: str, as_at: date) -> st.SearchStrategy[list[Row]]:
    """Return the rows of one person in one table."""
    one = {"person": persons, "spell": spells}.get(table, lambda day: visits(table, day))
    return st.lists(one(as_at), max_size=MOST.get(table, 1))


@st.composite
def lake_tables(draw: st.DrawFn, as_at: date) -> dict[str, list[Row]]:
    """Draw every lake table of a few people."""
    found: dict[str, list[Row]] = {"person": [], **{name: [] for name in TABLES_OF_CARE}}
    for n in range(draw(st.integers(1, 4))):
        for name, rows in found.items():
            rows += [{"person_id": f"p{n}", **row} for row in draw(rows_of(name, as_at))]
    numbered = {name: [{"row_no": n, **row} for n, row in enumerate(rows, 1)] for name, rows in found.items()}
    return {name: [complete(name, row, 0) for row in rows] for name, rows in numbered.items()}
