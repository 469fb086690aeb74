"""Why two builds of one month differ: every difference has its reason, and the reasons add up."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from return_home import make_home, use_rows
from return_tables import one_person

from doorstep.errors import NotWhatItClaimsError, UsageError
from doorstep.planning.building import build_return
from doorstep.planning.choices import catalogue
from doorstep.planning.explaining import CellChange, explain_change
from doorstep.planning.figures import count
from doorstep.returns import COLUMNS

FIRST, SECOND = date(2026, 8, 20), date(2026, 9, 20)


@pytest.fixture(autouse=True)
def without_other_options(monkeypatch: pytest.MonkeyPatch) -> None:
    """Totals under other options and the national group take most of a build's time, and are not looked at here."""

    def only_count(con: Any, month: Any, definitions: Any, choices: Any) -> dict[str, Any]:
        count(con, month, definitions, choices)
        return {choice: {} for choice in catalogue()}

    module = sys.modules["doorstep.planning.building"]
    monkeypatch.setattr(module, "vary", only_count)
    monkeypatch.setattr(module, "national_group", lambda home, lake, month: {})


TOTAL = ("Total", "Total")
Rows = dict[str, list[dict[str, Any]]]


def visit(key: str, day: str = "2026-07-05", person: str = "p1", **fields: Any) -> dict[str, Any]:
    usual = {"provider": "R1", "attendance_id": key, "person_id": person, "arrived_on": day, "department_type": "01"}
    return {**usual, "received_on": FIRST, "row_hash": 1, **fields}


def base() -> Rows:
    return {
        "person": [one_person(received_on=FIRST), one_person(person_id="p2", record_id="g2", received_on=FIRST)],
        "cohort": [
            {"person_id": p, "cohort_name": "local", "identified_on": "2026-01-05", "received_on": FIRST}
            for p in ("p1", "p2")
        ],
        "emergency": [visit("a1"), visit("a2", person="p2")],
    }


def with_rows(rows: Rows, **more: Sequence[Mapping[str, Any]]) -> Rows:
    return {**rows, **{name: [*rows.get(name, []), *map(dict, added)] for name, added in more.items()}}


def explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Rows, *, later: Rows | None = None, choices: str = ""
) -> list[CellChange]:
    """Build as known in August, then in September (from another snapshot where `later` is given), and explain."""
    use_rows(monkeypatch, {"snap1": rows, "snap2": later or rows})
    home = make_home(tmp_path)
    home.choices_file.unlink(missing_ok=True)
    old = build_return(home, place="Sefton", month=date(2026, 7, 1), known_by=FIRST, snapshot="snap1")
    home.choices_file.write_text(choices)
    new = build_return(home, place="Sefton", month=date(2026, 7, 1), known_by=SECOND, snapshot="snap2")
    return explain_change(home, *(json.loads(json.dumps(b.provenance)) for b in (old, new)))


def kinds(changes: list[CellChange], metric: str, column: tuple[str, str] = TOTAL) -> dict[str, int]:
    """Reasons of one cell, by kind."""
    return {r.kind: r.change for c in changes if (c.metric, COLUMNS[c.column]) == (metric, column) for r in c.reasons}


def test_the_same_facts_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert explained(tmp_path, monkeypatch, base()) == []


def test_a_late_row_is_named_with_its_file_and_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = visit("a9", received_on=SECOND, file_id="b" * 16, row_no=7)
    changes = explained(tmp_path, monkeypatch, with_rows(base(), emergency=[late]))
    assert kinds(changes, "O5a") == {"late": 1}
    (total,) = [c for c in changes if (c.metric, c.column) == ("O5a", 0)]
    assert (total.old, total.new, total.reasons[0].rows) == (2, 3, (("b" * 16, 7),))
    assert {COLUMNS[c.column][0] for c in changes} == {"Total", "Age Group", "Ethnic Group", "Deprivation Quintile"}


def test_a_correction_moves_an_event_between_metrics(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    newer = visit("a1", received_on=SECOND, department_type="03", row_hash=2)
    changes = explained(tmp_path, monkeypatch, with_rows(base(), emergency=[newer]))
    assert (kinds(changes, "O5a"), kinds(changes, "O5b")) == ({"corrected": -1}, {"corrected": 1})


def test_a_withdrawn_row_and_one_purged_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deleted = visit("a1", received_on=SECOND, is_deleted=True, row_hash=3)
    assert kinds(explained(tmp_path, monkeypatch, with_rows(base(), emergency=[deleted])), "O5a") == {"deleted": -1}
    without = {**base(), "emergency": [visit("a2", person="p2")]}
    assert kinds(explained(tmp_path, monkeypatch, base(), later=without), "O5a") == {"purged": -1}


def test_a_person_withheld_since_is_not_called_a_change_of_the_cohort(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without = {name: [r for r in rows if r["person_id"] != "p2"] for name, rows in base().items()}
    changes = explained(tmp_path, monkeypatch, base(), later=without)
    assert (kinds(changes, "patients"), kinds(changes, "O5a")) == ({"purged": -1}, {"purged": -1})


def test_somebody_who_left_the_cohort_takes_their_events_along(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    left = {**base()["cohort"][1], "left_on": "2026-06-20", "left_reason": "declined", "received_on": SECOND}
    changes = explained(tmp_path, monkeypatch, with_rows(base(), cohort=[left]))
    assert (kinds(changes, "patients"), kinds(changes, "O5a")) == ({"cohort": -1}, {"cohort": -1})


def test_what_became_known_of_a_person_moves_columns_or_ends_their_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    black = one_person(ethnicity="M", received_on=SECOND)
    changes = explained(tmp_path, monkeypatch, with_rows(base(), person=[black]))
    assert kinds(changes, "O5a", ("Ethnic Group", "White")) == {"person": -1}
    assert kinds(changes, "patients", ("Ethnic Group", "Black")) == {"person": 1}
    assert kinds(changes, "O5a") == {}
    died = one_person(died_on="2026-07-04", received_on=SECOND)
    changes = explained(tmp_path, monkeypatch, with_rows(base(), person=[died]))
    assert (kinds(changes, "patients"), kinds(changes, "O5a")) == ({}, {"person": -1})


def test_a_programme_code_that_arrived_is_another_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = {
        "person_id": "p1", "practice": "N1", "appointment_id": "g1", "appointment_on": "2026-07-02",
        "status": "Attended", "role_group": "GP", "service_setting": "General Practice", "received_on": FIRST,
        "row_hash": 5,
    }  # fmt: skip
    code: dict[str, Any] = {"person_id": "p1", "practice": "N1", "entry_id": "e", "code": "818241000000105"}
    code |= {"recorded_on": "2026-07-02", "received_on": SECOND}
    changes = explained(tmp_path, monkeypatch, with_rows(base(), appointment=[appointment], coded=[code]))
    assert kinds(changes, "O6a") == {"related": -1}


def test_a_case_that_arrived_late_explains_the_caseload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = {"person_id": "p1", "case_id": "c", "opened_on": "2026-07-01", "is_nnhip": True, "received_on": SECOND}
    assert kinds(explained(tmp_path, monkeypatch, with_rows(base(), caseload=[case])), "P1") == {"late": 1}


def test_somebody_on_the_caseload_whose_ethnicity_becomes_known_moves_column(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = {"person_id": "p1", "case_id": "c", "opened_on": "2026-07-01", "is_nnhip": True, "received_on": FIRST}
    asian = one_person(ethnicity="J", received_on=SECOND)
    changes = explained(tmp_path, monkeypatch, with_rows(base(), caseload=[case], person=[asian]))
    assert kinds(changes, "P1", ("Ethnic Group", "Asian")) == {"person": 1}
    assert kinds(changes, "P1") == {}


def test_a_choice_is_told_apart_from_the_rows_that_arrived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added = [visit("a8", department_type=None), visit("a9", received_on=SECOND, department_type="03")]
    choices = '[[choice]]\nid = "o5_null_type"\noption = "o5b"\nfrom = "2026-01"\n'
    changes = explained(tmp_path, monkeypatch, with_rows(base(), emergency=added), choices=choices)
    assert kinds(changes, "O5b") == {"late": 1, "choice": 1}
    notes = {r.note for c in changes for r in c.reasons if r.kind == "choice"}
    assert notes == {"o5_null_type: excluded to o5b"}


def test_a_definition_that_changed_since_is_its_own_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_rows(monkeypatch, {"snap1": base()})
    home = make_home(tmp_path)
    now = build_return(home, place="Sefton", month=date(2026, 7, 1), known_by=FIRST).provenance
    then = json.loads(json.dumps(now))
    for definition in then["definitions"]:
        if definition["metric"] == "O5a":
            definition |= {"ref": "guide/O5a@0", "sha256": "0"}
    then["figures"]["counts"]["O5a"][0] = 9
    (change,) = explain_change(home, then, now)
    assert (change.old, change.new, [(r.kind, r.change) for r in change.reasons]) == (9, 2, [("definition", -7)])
    assert change.reasons[0].note == "guide/O5a@0 then, guide/O5a@1 now"


def test_another_set_of_definitions_explains_the_difference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_rows(monkeypatch, {"snap1": with_rows(base(), emergency=[visit("a3", department_type="02")])})
    home = make_home(tmp_path)
    guide, centre = (
        build_return(home, place="Sefton", month=date(2026, 7, 1), known_by=FIRST, metric_set=s).provenance
        for s in ("guide", "centre")
    )
    changes = explain_change(home, guide, centre)
    assert (kinds(changes, "O5a"), kinds(changes, "O5b")) == ({"definition": 1}, {"definition": -1})


def test_rows_purged_from_both_snapshots_are_still_accounted_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_rows(monkeypatch, {"snap1": base()})
    home = make_home(tmp_path)
    old = build_return(home, place="Sefton", month=date(2026, 7, 1), known_by=FIRST).provenance
    use_rows(monkeypatch, {"snap1": {**base(), "emergency": [visit("a2", person="p2")]}})
    new = build_return(home, place="Sefton", month=date(2026, 7, 1), known_by=SECOND).provenance
    assert kinds(explain_change(home, old, new), "O5a") == {"purged": -1}


def test_builds_of_two_months_cannot_be_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_rows(monkeypatch, {"snap1": base()})
    home = make_home(tmp_path)
    july, august = (
        build_return(home, place="Sefton", month=date(2026, m, 1), known_by=SECOND).provenance for m in (7, 8)
    )
    with pytest.raises(UsageError, match="different months"):
        explain_change(home, july, august)
    with pytest.raises(NotWhatItClaimsError, match="format 9"):
        explain_change(home, {**july, "format": 9}, july)


versions = st.tuples(
    st.sampled_from(["a1", "a2", "a3"]),  # which fact
    st.booleans(),  # known in August already
    st.sampled_from(["p1", "p2", "p9"]),
    st.integers(-2, 33),
    st.sampled_from(["01", "03", None]),
    st.booleans(),  # withdrawn
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(versions, max_size=6),
    st.sampled_from([None, "A", "M"]),
    st.sampled_from([None, date(2026, 6, 30), date(2026, 7, 10)]),
    st.booleans(),
)
def test_the_reasons_of_any_change_add_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, drawn: list[Any], ethnicity: Any, left: Any, chosen: bool
) -> None:
    emergency = [
        visit(
            key, str(date(2026, 7, 1) + timedelta(day)), person, department_type=kind, is_deleted=gone,
            received_on=FIRST if early else SECOND, row_hash=number + 10, row_no=number + 10,
        )
        for number, (key, early, person, day, kind, gone) in enumerate(drawn)
    ]  # fmt: skip
    changed = one_person(ethnicity=ethnicity, received_on=SECOND)
    moved = {**base()["cohort"][1], "left_on": left, "received_on": SECOND}
    rows = with_rows(base(), emergency=emergency, person=[changed], cohort=[moved])
    choices = '[[choice]]\nid = "denominator"\noption = "month_end"\nfrom = "2026-01"\n' if chosen else ""
    for change in explained(tmp_path, monkeypatch, rows, choices=choices):
        assert sum(r.change for r in change.reasons) == change.new - change.old != 0
