"""Segmentations and cohorts: who falls where, in the order that the source gives."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from doorstep import reference
from doorstep.planning.definitions import Scheme, shipped
from doorstep.planning.engine.columns import rule_columns
from doorstep.planning.engine.plain.rules import Sentence

SHELF = shipped()
COLUMNS = rule_columns(SHELF)
SCHEMES: dict[str, Scheme] = {s.id: s for s in SHELF.schemes}
RULES = {(s.id, g.id): Sentence(g.rule, COLUMNS, g.id) for s in SHELF.schemes for g in s.segment if g.rule}
# Somebody of whom nothing is known but that they are 50.
NOBODY: dict[str, Any] = {name: {"BOOLEAN": False, "INTEGER": 0}.get(kind) for name, kind in COLUMNS.items()}
NOBODY["age"] = 50


def segment(scheme: str, **known: Any) -> str:
    """Return the first segment whose rule holds, asked one by one."""
    assert set(known) <= set(COLUMNS)
    row = NOBODY | known
    *ruled, last = SCHEMES[scheme].segment
    return next((s.id for s in ruled if RULES[scheme, s.id].holds(row)), last.id)


COHORT_COLUMNS = COLUMNS | {f"in_{c.id}": "BOOLEAN" for c in SHELF.cohorts}
COHORTS = {c.id: Sentence(c.rule, COHORT_COLUMNS, c.id) for c in SHELF.cohorts if c.id != "older_people_example"}


def cohorts(**known: Any) -> set[str]:
    """Return the shipped cohorts whose rule somebody meets, those that are off with them."""
    row = NOBODY | known
    row["in_halton_2"] = COHORTS["halton_2"].holds(row)  # halton_3 asks for it
    return {name for name, rule in COHORTS.items() if rule.holds(row)}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_segments_stand_in_the_order_of_the_source_and_the_missing_ones_are_named(scheme: str) -> None:
    asked = f"select segment, name from '{reference.table('segmentations')}' where scheme = ? order by priority"
    published = duckdb.execute(asked, [scheme]).fetchall()
    ours = [s.id for s in SCHEMES[scheme].segment]
    assert [name for name, _ in published if name in ours] == ours
    said = " ".join(SCHEMES[scheme].caveats).lower()
    missing = [title.lower().split(" (")[0] for name, title in published if name not in ours]
    assert [title for title in missing if title.removesuffix("ies") not in said] == []  # disability, disabilities


@pytest.mark.parametrize("scheme", SCHEMES)
def test_somebody_of_whom_nothing_is_known_is_in_the_last_segment(scheme: str) -> None:
    assert segment(scheme) == SCHEMES[scheme].segment[-1].id


@pytest.mark.parametrize(
    ("scheme", "known", "expected"),
    [
        ("nhse_national", {"end_stage_renal_stays_60m": 1, "dementia": True}, "organ_failure"),
        ("nhse_national", {"age": 65, "hfrs": 5.0, "diabetes": True}, "frailty_dementia"),
        ("nhse_national", {"age": 64, "hfrs": 15.5, "diabetes": True}, "ltc"),
        ("nhse_national", {"learning_disability_dx_only": True, "copd_dx_only": True}, "disability"),
        ("nhse_national", {"ed_attendances_12m": 9}, "healthy_well"),
        ("bnssg_explorer", {"efi_band": "moderate", "cancer": True}, "frailty"),
        ("bnssg_explorer", {"efi_band": "mild", "cancer": True}, "short_decline"),
        ("bnssg_explorer", {"heart_failure": True, "cancer": True}, "limited_reserve"),
        ("bnssg_explorer", {"efi_has_visual_impairment": True, "diabetes": True}, "disability"),
        ("bnssg_explorer", {"ed_attendances_12m": 1}, "acutely_ill"),
        ("system_p_cipha", {"palliative_care": True, "dementia": True}, "end_of_life"),
        ("system_p_cipha", {"frailty_coded": "mild", "ltc_count": 1}, "ltc"),
        ("system_p_cipha", {"high_intensity_ed_use": True, "cancer": True}, "complex_lives"),
        ("system_p_cipha", {"severe_obesity": True, "learning_disability_dx_only": True}, "preconditions"),
        ("snee", {"ltc_count_physical": 4, "depression": True}, "age_well"),
        ("snee", {"ltc_count_physical": 3, "depression": True}, "stay_well"),
        ("snee", {"depression": True, "severe_obesity": True}, "feel_well"),
        ("snee", {"palliative_care": True, "housebound": True}, "die_well"),
        ("snee", {"severe_obesity": True}, "be_well"),
    ],
)
def test_the_first_segment_that_holds_decides(scheme: str, known: dict[str, Any], expected: str) -> None:
    assert segment(scheme, **known) == expected


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_segment_can_be_reached(scheme: str) -> None:
    truths = [name for name, kind in COLUMNS.items() if kind == "BOOLEAN"]
    numbers = [name for name, kind in COLUMNS.items() if kind == "INTEGER" and name != "age"]
    people: list[dict[str, Any]] = [{}, *({name: True} for name in truths), *({name: 9} for name in numbers)]
    people += [{"efi_band": "severe"}, {"frailty_coded": "moderate"}]
    assert {segment(scheme, **known) for known in people} == {s.id for s in SCHEMES[scheme].segment}


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"cfs": 6.0}, {"halton_1"}),
        ({"cfs": 8.0, "rising_risk": True}, {"halton_1", "rising_risk_adults"}),
        ({"cfs": 9.0}, {"palliative_and_end_of_life"}),  # terminal illness, not frailty
        ({"cfs": 5.0}, {"halton_2"}),
        ({"rising_risk": True}, {"halton_2", "rising_risk_adults"}),
        ({"rising_risk": True, "age": 17}, set()),
        ({"cfs": 3.0}, {"halton_3"}),
        ({"cfs": 3.0, "rising_risk": True}, {"halton_2", "rising_risk_adults"}),
        ({"palliative_care": True}, {"palliative_and_end_of_life"}),
        ({"ltc_count": 2, "housebound": True}, {"multiple_conditions_and_physical_disability"}),
        ({"ltc_count": 1, "housebound": True}, set()),
        ({"age": 17, "children_with_complex_needs": True}, {"children_and_young_people"}),
        ({"age": 9, "emergency_admissions_12m": 3}, {"children_and_young_people"}),
        ({"high_intensity_ed_use": True}, {"high_intensity_users"}),
        ({"serious_mental_illness_dx_only": True}, {"severe_mental_illness"}),
        ({}, set()),
    ],
)
def test_a_cohort_finds_whom_it_says(known: dict[str, Any], expected: set[str]) -> None:
    assert cohorts(**known) == expected


@given(st.one_of(st.none(), st.integers(1, 9)), st.booleans(), st.one_of(st.none(), st.integers(0, 100)))
def test_nobody_is_in_two_cohorts_of_one_scale(cfs: int | None, rising: bool, age: int | None) -> None:
    found = cohorts(cfs=cfs, rising_risk=rising, age=age)
    assert len(found & {"halton_1", "halton_2", "halton_3"}) <= 1


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"age": 17, "childhood_condition_count": 2}, True),
        ({"age": 18, "childhood_condition_count": 2}, False),
        ({"age": None, "childhood_condition_count": 2}, False),
        ({"age": 5, "childhood_condition_count": 1}, False),
        ({"age": 5, "childhood_condition_count": 1, "emergency_admissions_12m": 3}, True),
        ({"age": 5, "childhood_condition_count": 1, "bed_days_12m": 14}, True),
        ({"age": 5, "emergency_admissions_12m": 9}, False),
        ({"age": 0, "palliative_care": True}, True),
    ],
)
def test_a_child_has_complex_needs(known: dict[str, Any], expected: bool) -> None:
    (flag,) = (f for f in SHELF.flags if f.id == "children_with_complex_needs")
    assert Sentence(flag.rule, COLUMNS, flag.id).holds(NOBODY | known) is expected


@pytest.mark.parametrize(
    ("flag", "column", "at"),
    [
        ("polypharmacy_5", "medicines_3m", 5),
        ("polypharmacy_10", "medicines_3m", 10),
        ("high_intensity_ed_use", "ed_attendances_12m", 5),
        ("high_intensity_ed_use_3", "ed_attendances_12m", 3),
    ],
)
def test_a_threshold_is_reached_at_its_number(flag: str, column: str, at: int) -> None:
    (made,) = (f for f in SHELF.flags if f.id == flag)
    asked = Sentence(made.rule, COLUMNS, flag)
    assert [asked.holds(NOBODY | {column: n}) for n in (at - 1, at)] == [False, True]


def test_nothing_that_is_inferred_is_signed_and_all_say_what_they_miss() -> None:
    for made in (*SHELF.flags, *SHELF.cohorts, *SHELF.schemes, *SHELF.weighted, *SHELF.activities):
        assert made.caveats, made.id
        assert not made.is_reviewed, made.id
