"""Each definition's own examples come out as written, on every engine that runs here."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from coded_engines import ENGINES, Person, Row

from doorstep.planning.definitions import CodedValue, Register, Shelf, shipped

SHELF = shipped()
CODED = Shelf(registers=SHELF.registers, conditions=SHELF.conditions, statuses=SHELF.statuses, values=SHELF.values)


@cache
def rows(engine: str) -> dict[str, Row]:
    """Every example of every definition as one person of one table."""
    people = {f"{d.id}: {e.says}": Person(e.entries, e.born) for d in CODED.code_rules for e in d.example}
    people |= {f"{d.id}: {e.says}": Person(e.entries, e.born) for d in CODED.values for e in d.example}
    return ENGINES[engine](people, CODED)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("register", CODED.code_rules, ids=lambda r: r.id)
def test_a_register_finds_whom_its_examples_say(register: Register, engine: str) -> None:
    expected = {e.says: e.is_on for e in register.example}
    assert set(expected.values()) == {True, False}, "a definition shows someone on it and someone not"
    assert {says: rows(engine)[f"{register.id}: {says}"][register.id] for says in expected} == expected


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("value", CODED.values, ids=lambda v: v.id)
def test_a_recorded_value_is_what_its_examples_say(value: CodedValue, engine: str) -> None:
    expected = {e.says: _typed(value, e.value) for e in value.example}
    assert None in expected.values() and len(set(expected.values())) > 1
    assert {says: rows(engine)[f"{value.id}: {says}"][value.id] for says in expected} == expected


def _typed(value: CodedValue, text: str) -> Any:
    if not text:
        return None
    return float(text) if value.is_number else text


@pytest.mark.parametrize("engine", ENGINES)
def test_a_score_of_somebody_under_65_is_flagged_and_the_bands_are_those_of_the_paper(engine: str) -> None:
    made = rows(engine)
    assert made["cfs: under 65: recorded, and flagged"]["cfs_flag"] == "under 65"
    assert made["cfs: a score"]["cfs_flag"] is None  # an age not known is not flagged
    bands = ENGINES[engine](
        {str(n): Person([f"2026-03-01 efi2={n}"]) for n in (0.0, 0.089, 0.09, 0.16, 0.24, 1.0)}, CODED
    )
    assert [bands[str(n)]["efi2_band"] for n in (0.0, 0.089, 0.09, 0.16, 0.24, 1.0)] == [
        "fit", "fit", "mild", "moderate", "severe", "severe",
    ]  # fmt: skip
