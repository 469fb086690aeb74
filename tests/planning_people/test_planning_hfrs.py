"""The frailty score, worked by hand from the published weights."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from lake_tables import lake

from doorstep.planning.definitions import Shelf, shipped
from doorstep.planning.engine.duck import create_person_table

AS_AT = date(2026, 9, 30)
# Gilbert and others 2018: F00 7.1, G81 4.4, I69 3.7, N39 3.2, Z99 0.8


def scores(*spells: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The score and band of one person with these spells; nothing where there is no score."""
    con = lake(
        person=[{"person_id": "p1", "source": "gp", "record_id": "g1"}],
        spell=[{"person_id": "p1", "admitted_on": AS_AT, "admission_method": "21", **s} for s in spells],
    )
    create_person_table(con, Shelf(diagnosis_scores=(shipped().frailty,)), as_at=AS_AT, practices=())
    return con.execute("select hfrs, hfrs_band from person_table where hfrs is not null").fetchall()


@pytest.mark.parametrize(
    ("diagnoses", "score", "band"),
    [
        (["F009"], 7.1, "intermediate"),
        (["F009", "F001", "F00"], 7.1, "intermediate"),
        (["F009", "G819"], 7.1 + 4.4, "intermediate"),
        (["F009", "G819", "N390"], 7.1 + 4.4 + 3.2, "intermediate"),
        (["F009", "G819", "I694"], 7.1 + 4.4 + 3.7, "high"),
        (["I694"], 3.7, "low"),
        (["F00.9", "g81.9"], 7.1 + 4.4, "intermediate"),
        (["R392"], 0, "low"),
        (["A010"], 0, "low"),
        ([], 0, "low"),
        (None, 0, "low"),
    ],
)
def test_each_three_character_code_counts_once(diagnoses: list[str] | None, score: float, band: str) -> None:
    assert scores({"diagnoses": diagnoses}) == [(pytest.approx(score), band)]


@pytest.mark.parametrize(
    ("diagnoses", "sum_of_weights", "band"),
    [
        (["N39", "B95"], "3.2 + 1.7 = 4.9", "low"),
        (["N39", "R55"], "3.2 + 1.8 = 5.0", "intermediate"),
        (["F00", "G81", "N39", "K52"], "7.1 + 4.4 + 3.2 + 0.3 = 15.0", "intermediate"),
        (["F00", "G81", "N39", "K52", "R50"], "7.1 + 4.4 + 3.2 + 0.3 + 0.1 = 15.1", "high"),
    ],
)
def test_5_and_15_are_intermediate(diagnoses: list[str], sum_of_weights: str, band: str) -> None:
    assert scores({"diagnoses": diagnoses}) == [(float(sum_of_weights.split("= ")[1]), band)]


def test_spells_in_the_24_months_add_up_over_all_positions_and_methods() -> None:
    first = date(2024, 10, 1)  # 24 months before 30 September 2026 is 30 September 2024, which is out
    assert scores({"diagnoses": ["Z99", "I694"], "admitted_on": first}, {"diagnoses": ["N390", "I691"]}) == [
        (pytest.approx(0.8 + 3.7 + 3.2), "intermediate")
    ]
    assert scores({"diagnoses": ["I694"], "admission_method": "11"}) == [(3.7, "low")]
    assert scores({"diagnoses": ["F00"], "admitted_on": date(2024, 9, 30)}) == []
    assert scores({"diagnoses": ["F00"], "admitted_on": date(2026, 10, 1)}) == []


def test_somebody_never_admitted_has_no_score_rather_than_a_low_one() -> None:
    assert scores() == []
