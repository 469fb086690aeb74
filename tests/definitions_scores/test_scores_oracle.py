"""Scores of diagnoses against the package pycomorb, on thousands of people with made-up diagnoses."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import duckdb
import polars as pl
import pycomorb
import pytest
from scores_kit import AS_AT, people, shelf_of

from doorstep import reference

N_PEOPLE = 2_000
# Ours -> how pycomorb is asked for it, and the column that it answers in.
ORACLES: Mapping[str, tuple[dict[str, str], str]] = {
    "hfrs": ({"score": "hfrs"}, "HFRS Score"),
    "charlson": (
        {"score": "charlson", "implementation": "uk_shmi", "weights": "uk_shmi"},
        "Charlson Comorbidity Index",
    ),
    "charlson_quan_2005": ({"score": "charlson", "implementation": "quan"}, "Charlson Comorbidity Index"),
    "charlson_quan_2011": (
        {"score": "charlson", "implementation": "quan", "weights": "quan"},
        "Charlson Comorbidity Index",
    ),
    "charlson_rcs": (
        {"score": "charlson", "implementation": "rcs", "weights": "rcs"},
        "Charlson Comorbidity Index",
    ),
    "elixhauser": ({"score": "elixhauser"}, "Elixhauser Comorbidity Index"),
    "elixhauser_swiss": ({"score": "elixhauser", "weights": "swiss"}, "Elixhauser Comorbidity Index"),
}


def written(chance: random.Random, prefix: str) -> str:
    """Write a code that begins with a prefix as records do: whole or longer, with its dot or not, in either case."""
    code = prefix + "".join(chance.choice("0123456789") for _ in range(chance.choice((0, 0, 1))))
    if len(code) > 3 and chance.random() < 0.3:
        code = f"{code[:3]}.{code[3:]}"
    return code.lower() if chance.random() < 0.1 else code


@pytest.fixture(scope="module")
def diagnoses() -> dict[str, list[str]]:
    rows = duckdb.execute(f"select distinct variant, prefix from '{reference.table('diagnosis_scores')}' order by all")
    by_variant: dict[str, list[str]] = {}
    for variant, prefix in rows.fetchall():
        by_variant.setdefault(variant, []).append(prefix)
    chance = random.Random(20261001)

    families = [*by_variant.values(), ["Z000", "R69", "A09", "K35", "C44", "E1", "I2"]]

    def codes() -> list[str]:
        """Choose up to twelve codes, half of them of one score, so that some people score high."""
        most = chance.choice(families)
        chosen = (chance.choice(most if chance.random() < 0.5 else chance.choice(families)) for _ in range(12))
        return [written(chance, prefix) for prefix in chosen][: chance.randint(1, 12)]

    return {f"p{i:04}": codes() for i in range(N_PEOPLE)}


@pytest.fixture(scope="module")
def ours(diagnoses: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    chance, rows = random.Random(7), []
    for person, codes in diagnoses.items():
        for place in range(0, len(codes), 4):  # up to three stays, so that items repeat across them
            day = AS_AT - timedelta(days=chance.randint(0, 700))  # within the 24 months of every score
            rows.append({"person_id": person, "admitted_on": day, "diagnoses": codes[place : place + 4]})
    return people(shelf_of(*ORACLES), {"spell": rows})


@pytest.mark.parametrize("score", ORACLES)
def test_a_score_is_that_of_the_outside_package(
    score: str, diagnoses: dict[str, list[str]], ours: dict[str, dict[str, Any]]
) -> None:
    asked, answer = ORACLES[score]
    frame = pl.DataFrame(
        [{"id": person, "code": code, "age": 40} for person, codes in diagnoses.items() for code in codes]
    )
    theirs = dict(pycomorb.comorbidity(df=frame, **asked).select("id", answer).iter_rows())
    assert {person: row[score] for person, row in ours.items()} == pytest.approx(theirs)
    assert len(set(theirs.values())) > 8  # the sets of codes reach many scores


def test_people_see_the_rules_that_differ_between_variants(ours: dict[str, dict[str, Any]]) -> None:
    assert any(row["charlson_quan_2005"] != row["charlson_quan_2011"] for row in ours.values())
    assert any(row["elixhauser"] < 0 for row in ours.values())
    assert min(row["charlson"] for row in ours.values()) == 0
    assert any(row["hfrs_band"] == "high" and row["hfrs"] > 15 for row in ours.values())
