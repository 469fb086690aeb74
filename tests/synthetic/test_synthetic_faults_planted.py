"""What mistaken identities, impossible orders and lost months look like in the files, and where truth names them."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep.records.contracts import LAYOUTS
from doorstep.synthetic import FaultRates, Parameters, make
from doorstep.synthetic.health import EVERYDAY
from doorstep.synthetic.pen import another_birth
from doorstep.synthetic.plans_orders import FIRST, FOLLOW_UP, READ_CODES
from doorstep.synthetic.timeline import date_of

Row = dict[str, str]
FAULTS = FaultRates(
    misspelt_name=0.1, wrong_birth=0.1, shared_number=0.01, two_numbers=0.005, follow_up_first=0.02,
    referral_after_contact=0.1, before_birth=0.002, retired_entry=0.02,
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("planted") / "made"
    return make(Parameters("Sefton", people=2500, months=14, seed=6, ways=("A", "B"), faults=FAULTS), out).folder


@cache
def truth(folder: Path, name: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pq.read_table(folder / "truth" / f"{name}.parquet").to_pylist()
    return rows


@cache
def sent(folder: Path, way: str, stem: str) -> list[tuple[dict[str, Any], Row]]:
    """The rows of one kind of file in order of arrival, each with its truth."""
    known = {
        (row["delivery"], row["file"], row["row_no"]): row
        for row in truth(folder, "rows")
        if row["way"] == way and row["file"].startswith(f"{stem}_2")
    }
    found = []
    for path in sorted((folder / f"way_{way.lower()}").glob(f"*/{stem}_2*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            for n, row in enumerate(csv.DictReader(stream), start=1):
                found.append((known[path.parent.name, path.name, n], row))
    return found


def planted(folder: Path, fault: str) -> list[dict[str, Any]]:
    return [row for row in truth(folder, "planted") if row["fault"] == fault]


def patients(folder: Path, way: str) -> dict[int, list[tuple[dict[str, Any], Row]]]:
    """Rows of practice records by true person, those of nobody left out."""
    found = defaultdict(list)
    for told, row in sent(folder, way, "Admin_Patient"):
        if told["true_person"] is not None:
            found[told["true_person"]].append((told, row))
    return found


def test_two_people_of_two_practices_go_by_one_number(folder: Path) -> None:
    key = {"A": "Der_Pseudo_NHS_Number", "B": "NHS_Number"}
    pairs = planted(folder, "shared_number")
    assert len(pairs) >= 5
    for way, outcome in (("A", "loaded"), ("B", "loaded_with_warning")):
        records = patients(folder, way)
        for pair in pairs:
            (one, first), (other, second) = (records[pair[who]][0] for who in ("person", "other_person"))
            assert first[key[way]] == second[key[way]] and first["DateOfBirth"] != second["DateOfBirth"]
            assert first["OrganisationCode"] != second["OrganisationCode"]
            assert (one["outcome"], other["outcome"], one["fault"]) == (outcome, outcome, "shared_number")
    numbers = Counter(row["nhs_number"] for row in truth(folder, "people"))
    assert sorted(numbers.values())[-len(pairs) - 1 :] == [1] + [2] * len(pairs)


def test_one_person_goes_by_two_numbers_from_the_change_of_practice_on(folder: Path) -> None:
    found = planted(folder, "two_numbers")
    assert len(found) >= 5
    people = {row["person"]: row for row in truth(folder, "people")}
    for one in found:
        person = people[one["person"]]
        for told, row in patients(folder, "B")[one["person"]]:
            other = row["OrganisationCode"] == person["second_practice"]
            assert row["NHS_Number"] == (one["other_nhs_number"] if other else person["nhs_number"])
            assert (told["fault"] == "two_numbers") == other
        assert one["other_nhs_number"] not in {row["nhs_number"] for row in people.values()}


def test_a_misspelt_name_warns_on_every_row_of_the_number_from_then_on_in_way_b_only(folder: Path) -> None:
    theirs = {
        p: rows for p, rows in patients(folder, "B").items() if any(t["fault"] == "misspelt_name" for t, _ in rows)
    }
    assert len(theirs) >= 5
    for rows in theirs.values():
        wrong = [(told, row) for told, row in rows if told["fault"] == "misspelt_name"]
        right = {row["Surname"] for told, row in rows if told["fault"] != "misspelt_name"}
        assert len(wrong) == len(right) == 1
        assert wrong[0][1]["Surname"] not in right and sorted(wrong[0][1]["Surname"]) == sorted(right.pop())
        since = wrong[0][0]["delivery"]
        for told, _ in rows:
            expected = "loaded_with_warning" if told["delivery"] >= since else "loaded"
            assert told["outcome"] in (expected, "superseded")
        assert wrong[0][0]["outcome"] == "loaded_with_warning"
    outcomes = {told["outcome"] for rows in patients(folder, "A").values() for told, _ in rows}
    assert "loaded_with_warning" not in outcomes


def test_a_mistyped_birth_date_is_another_real_day(folder: Path) -> None:
    people = {row["person"]: row for row in truth(folder, "people")}
    wrong = [
        (row, people[told["true_person"]])
        for told, row in sent(folder, "B", "Admin_Patient")
        if told["fault"] == "wrong_birth"
    ]
    assert len(wrong) >= 5
    for row, person in wrong:
        right = person["birth_on"].isoformat()
        swapped = f"{right[:4]}-{right[8:]}-{right[5:7]}"
        assert row["DateOfBirth"] != right
        assert row["DateOfBirth"] == swapped or int(right[:4]) - int(row["DateOfBirth"][:4]) == 10
        assert not person["is_member"]


@given(st.integers(-20_000, 20_000))
def test_no_birth_date_is_mistyped_as_itself_or_a_day_to_come(day: int) -> None:
    other = int(another_birth(np.array([day]), 20_500)[0])
    assert other != day and other <= 20_500
    right, wrong = date_of(day), date_of(other)
    swapped = (wrong.month, wrong.day, wrong.year) == (right.day, right.month, right.year)
    assert swapped or (wrong.year, wrong.month) == (right.year - 10, right.month)


def test_first_appointments_come_first_but_for_the_planted_pairs(folder: Path) -> None:
    courses = defaultdict(list)
    events = [e for e in truth(folder, "events") if e["kind"] == "outpatient"]
    for event in events:
        courses[event["person"], event["function"]].append((event["date"], event["first_attendance"]))
    disordered = sum(
        any(a < b and x in FOLLOW_UP and y in FIRST for a, x in rows for b, y in rows) for rows in courses.values()
    )
    rows = [told for told, _ in sent(folder, "A", "OPA") if told["fault"] == "follow_up_first"]
    assert 0 < disordered <= len(rows) // 2
    assert disordered >= len(rows) // 2 - 3  # the same day, or a code that another fault has emptied
    assert {told["outcome"] for told in rows} == {"loaded"} and all(told["countable"] for told in rows)


def test_a_referral_may_be_dated_after_its_contact(folder: Path) -> None:
    first: dict[str, str] = {}
    for told, row in sent(folder, "A", "CYP201CareContact"):
        if told["countable"]:
            day = first.get(row["UniqueServiceRequestID"], "9")
            first[row["UniqueServiceRequestID"]] = min(day, row["Contact_Date"])
    late = defaultdict(list)
    for told, row in sent(folder, "A", "CYP101Referral"):
        contact = first.get(row["UniqueServiceRequestID"], "9")
        late[told["fault"]].append(row["Referral_ReceivedDate"] > contact)
    assert sum(late["referral_after_contact"]) >= 0.9 * len(late["referral_after_contact"]) > 0
    assert not any(late[""])


def test_an_entry_before_birth_loads(folder: Path) -> None:
    birth = {row["person"]: row["birth_on"].isoformat() for row in truth(folder, "people")}
    wrong = [
        (told, row) for told, row in sent(folder, "A", "CareRecord_Observation") if told["fault"] == "before_birth"
    ]
    assert wrong
    for told, row in wrong:
        assert row["EffectiveDate"] < birth[told["true_person"]] and told["outcome"] == "loaded"


def test_retired_entries_are_in_the_dictionary_under_their_old_codes(folder: Path) -> None:
    concept = {row["CodeId"]: row["SnomedCTConceptId"] for _, row in sent(folder, "A", "Coding_ClinicalCode")}
    of_fault = defaultdict(set)
    for told, row in sent(folder, "A", "CareRecord_Observation"):
        of_fault[told["fault"]].add(concept.get(row["CodeId"], ""))
    assert of_fault["retired_entry"] <= set(READ_CODES.values()) and len(of_fault["retired_entry"]) >= 4
    assert not of_fault[""] & set(READ_CODES.values())
    assert set(READ_CODES) <= set(EVERYDAY)


def of_month(folder: Path, stem: str, provider: str, dated: str, one: dict[str, Any]) -> list[tuple[Any, Row]]:
    month = one["month"].isoformat()[:7]
    return [
        (told, row)
        for told, row in sent(folder, "A", stem)
        if row[provider] == one["provider"] and (row[dated] or "").startswith(month)
    ]


@pytest.mark.parametrize(
    ("fault", "stem", "provider", "dated"),
    [
        ("resubmitted_month", "EC", "Der_Provider_Code", "Arrival_Date"),
        ("refreshed_month", "CYP201CareContact", "OrgID_Provider", "Contact_Date"),
    ],
)
def test_a_whole_month_is_sent_again_and_every_copy_is_an_exact_duplicate(
    fault: str, stem: str, provider: str, dated: str, folder: Path
) -> None:
    (one,) = planted(folder, fault)
    rows = [(told, row) for told, row in of_month(folder, stem, provider, dated, one) if told["fault"] == fault]
    key = LAYOUTS[stem].columns[0] if stem == "EC" else "UniqueCareContactID"
    first = {row[key]: row for told, row in rows if told["outcome"] == "loaded"}
    again = {row[key]: (told, row) for told, row in rows if told["outcome"] == "exact_duplicate"}
    assert set(first) == set(again) and len(first) == one["n_rows"] > 3
    newer = {"UniqueSubmissionID", "Effective_From"} if fault == "refreshed_month" else set()
    for ident, row in first.items():
        assert {name for name in row if row[name] != again[ident][1][name]} == newer
        assert again[ident][0]["delivery"] == "2026-09-20" and not again[ident][0]["countable"]
    others = [told for told, _ in of_month(folder, stem, provider, dated, one) if told["fault"] == ""]
    assert not [told for told in others if told["delivery"] == "2026-08-20" and told["outcome"] == "loaded"]


def test_a_provider_s_month_never_arrives_and_truth_says_what_is_missing(folder: Path) -> None:
    (one,) = planted(folder, "silent_month")
    assert not [1 for told, _ in of_month(folder, "OPA", "Der_Provider_Code", "Appointment_Date", one)
                if told["true_person"] is not None]  # fmt: skip
    month = one["month"].isoformat()[:7]
    events = [e for e in truth(folder, "events") if e["kind"] == "outpatient" and e["provider"] == one["provider"]]
    by_month = Counter(e["date"].isoformat()[:7] for e in events)
    silent = [e for e in events if e["date"].isoformat()[:7] == month]
    assert len(silent) == one["n_rows"] > 10 and not any(e["countable"] for e in silent)
    others = [n for m, n in by_month.items() if m != month]
    assert by_month[month] == pytest.approx(np.mean(others), rel=0.6)
    assert sum(e["countable"] for e in events if e["date"].isoformat()[:7] != month) > 0.9 * sum(others)


def test_a_short_window_loses_no_month(tmp_path: Path) -> None:
    folder = make(Parameters("Sefton", people=200, months=6, seed=1), tmp_path / "made").folder
    assert not planted(folder, "silent_month")


def test_one_provider_counts_some_attendances_as_same_day_emergency_care_from_a_month_on(folder: Path) -> None:
    (one,) = planted(folder, "same_day_switch")
    month = one["month"].isoformat()[:7]
    share: dict[tuple[bool, bool], list[bool]] = defaultdict(list)
    for event in truth(folder, "events"):
        if event["kind"] == "emergency" and event["department_type"] in ("01", "05"):
            here, late = event["provider"] == one["provider"], event["date"].isoformat()[:7] >= month
            share[here, late].append(event["department_type"] == "05")
    before, after = np.mean(share[True, False]), np.mean(share[True, True])
    switched = before + FAULTS.same_day_switch * (1 - before)
    assert after == pytest.approx(switched, abs=3 * np.sqrt(0.25 / len(share[True, True])))
    assert after > before + 0.1
    assert np.mean(share[False, True]) == pytest.approx(np.mean(share[False, False]), abs=0.08)
    rows = [(told, row) for told, row in sent(folder, "A", "EC") if told["fault"] == "same_day_switch"]
    assert len(rows) == one["n_rows"]
    assert {row["EC_Department_Type"] for _, row in rows} == {"05"} and {t["outcome"] for t, _ in rows} == {"loaded"}
