"""Fourteen made-up people: every engine must say of each what a clinician would, and give the reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from vignettes_engines import ENGINES, Answer, by_plain, codes, shelf
from vignettes_expect import expected_row, unknown_names
from vignettes_read import Vignette, days, parts, vignettes

from doorstep import reference
from doorstep.planning.definitions import DiagnosisScore
from doorstep.planning.engine import plain

PEOPLE = {v.id: v for v in vignettes()}
ON_AN_ENGINE = [pytest.param(v, engine, id=f"{v.id}-{engine}") for engine in ENGINES for v in PEOPLE.values()]


@pytest.mark.parametrize(("vignette", "engine"), ON_AN_ENGINE)
def test_every_column_is_what_the_vignette_says(vignette: Vignette, engine: str) -> None:
    found = dict(ENGINES[engine]()[vignette.id].row)
    expected = expected_row(vignette, shelf())
    assert list(found) == list(expected)
    different = {name: (found[name], expected[name]) for name in expected if found[name] != expected[name]}
    assert not different, f"column: (found, expected): {different}"


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_without_the_packs_the_other_columns_stay_as_they_are(vignette: Vignette) -> None:
    found = by_plain(packs=False)[vignette.id].row
    expected = expected_row(vignette, shelf(packs=False))
    assert "efi_count" not in found and "hfrs" in found
    assert {n: v for n, v in found.items() if v != expected[n]} == {}


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_every_name_in_a_vignette_is_a_column(vignette: Vignette) -> None:
    assert unknown_names(vignette, shelf()) == set()


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_what_puts_a_person_on_a_register_is_the_entries_that_the_vignette_names(vignette: Vignette) -> None:
    answer = by_plain()[vignette.id]
    for name, entries in vignette.section("on").items():
        assert _entries(answer, name) == set(entries), name


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_what_is_counted_is_the_rows_of_the_days_that_the_vignette_names(vignette: Vignette) -> None:
    answer = by_plain()[vignette.id]
    named = dict(_named_days(vignette))
    for activity, said in named.items():
        found = {str(e.day) for e in answer.reasons[activity].rows}
        assert found == said, activity


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_what_makes_a_hospital_score_is_the_diagnoses_that_the_vignette_weighs(vignette: Vignette) -> None:
    written = vignette.section("sums").get("hfrs", "0 nothing")
    weighed = {what[:3] for number, what in parts(written) if number}
    assert {e.code[:3] for e in by_plain()[vignette.id].reasons["hfrs"].rows} == weighed


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_weights_written_in_a_vignette_are_those_of_the_score(vignette: Vignette) -> None:
    for name, weight_of in (("hfrs", _item_weights("hfrs")), *((w.id, _term_weights(w.id)) for w in shelf().weighted)):
        for number, what in parts(vignette.section("sums").get(name, "0 nothing")):
            if number:
                assert float(number) == weight_of[what.split()[0]], (name, what)


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_what_a_vignette_says_is_not_so_is_not_so_and_has_a_reason_in_words(vignette: Vignette) -> None:
    answer = by_plain()[vignette.id]
    for name in (*vignette.section("off"), *vignette.section("no")):
        assert answer.row[name] is False, name
        assert answer.reasons[_owner(name)].words, name


@pytest.mark.parametrize("vignette", PEOPLE.values(), ids=PEOPLE)
def test_the_words_beside_a_code_are_its_term_in_a_code_list(vignette: Vignette) -> None:
    terms: dict[str, set[str]] = {}
    for row in codes():
        terms.setdefault(row["code"], set()).add(_plain(row["term"] or ""))
    wrong = {code: said for code, said in vignette.terms.items() if _plain(said) not in terms.get(code, set())}
    assert not wrong


def test_nobody_has_reviewed_a_vignette_without_saying_who() -> None:
    assert {v.id for v in PEOPLE.values() if (v.status == "reviewed") != bool(v.reviewed_by)} == set()
    assert {v.status for v in PEOPLE.values()} <= {"unreviewed", "reviewed"}


def test_together_the_vignettes_touch_nearly_every_definition() -> None:
    rows = [answer.row for answer in by_plain().values()]
    definitions = (*shelf().schemes, *shelf().cohorts, *shelf().flags, *shelf().activities, *shelf().diagnosis_scores)
    silent = {
        f"{d.kind} {d.id}"
        for d in definitions
        if not any(row[name] for row in rows for name in row if name.removeprefix("in_").startswith(d.id))
    }
    # Nobody here has had an elective ordinary stay, end-stage renal disease, same-day care, or ten medicines.
    assert silent == {
        "activity elective_admissions", "activity end_stage_renal_stays", "activity sdec_attendances",
        "flag polypharmacy_10",
    }  # fmt: skip


def _entries(answer: Answer, definition: str) -> set[str]:
    return {f"{e.day or 'undated'} {e.code}" for e in answer.reasons[definition].rows}


def _named_days(vignette: Vignette) -> Iterator[tuple[str, set[str]]]:
    """Yield each activity all of whose windows name their days, with the days together."""
    written = vignette.section("activity")
    for activity in shelf().activities:
        names = [f"{activity.id}_{w.suffix}" for w in activity.spans]
        told = [days(written[name]) for name in names if name in written]
        if told and all(day is not None for day in told):
            yield activity.id, {day for found in told for day in found or ()}


def _owner(column: str) -> str:
    if column.startswith("in_national_group"):
        return shelf().group.id
    return column.removeprefix("in_")


def _item_weights(score: str) -> dict[str, float]:
    definition: DiagnosisScore = next(s for s in shelf().diagnosis_scores if s.id == score)
    rows = plain.read_rows(reference.table(definition.items))
    return {row["item"]: row["weight"] for row in rows if row["variant"] == definition.variant}


def _term_weights(score: str) -> dict[str, Any]:
    definition = next(w for w in shelf().weighted if w.id == score)
    return {t.column: t.weight for t in definition.term}


def _plain(term: str) -> str:
    """Lower case, without the hierarchy tag that some lists keep: (disorder)."""
    return re.sub(r"\s*\([^()]*\)$", "", term).lower()
