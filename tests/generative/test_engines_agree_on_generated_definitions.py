"""Random definitions over random records: every engine makes the same rows as the plain one.

`DOORSTEP_GENERATED` sets the number of cases and draws new ones each time; the default is a few fixed ones. A failing
case says its seed, and is made small first: the columns that differ, of one person.
"""

from __future__ import annotations

import os
import secrets

import pytest
from generated_chance import Chance
from generated_coverage import seen, wanted
from generated_rows import CODES, DAYS_ASKED, lake_tables
from generated_shelf import a_place_score, a_shelf
from generated_smaller import differences, smaller
from spec_engines import ENGINES, Case

ASKED_FOR = int(os.environ.get("DOORSTEP_GENERATED", "0"))
FIRST = int(os.environ.get("DOORSTEP_SEED", "0")) or (secrets.randbelow(10**9) if ASKED_FOR else 1)
SEEDS = range(FIRST, FIRST + (ASKED_FOR or 30))


def a_case(seed: int) -> Case:
    """Draw records, definitions, and a day."""
    chance = Chance(seed)
    as_at = chance.one(DAYS_ASKED)
    score = a_place_score(chance) if chance.seldom() else None
    return Case(lake_tables(chance, as_at), a_shelf(chance), CODES, as_at, place_score=score)


@pytest.mark.parametrize("engine", [name for name in ENGINES if name != "plain"])
def test_an_engine_makes_the_plain_rows_of_whatever_is_defined(engine: str) -> None:
    for seed in SEEDS:
        case = a_case(seed)
        if differences(case, engine):
            small = smaller(case, engine)
            pytest.fail(f"seed {seed}: {differences(small, engine)}\n{small}")


def test_everything_that_can_be_defined_was() -> None:
    missing = sorted(wanted() - {token for seed in SEEDS for token in seen(a_case(seed).shelf)})
    assert not missing, f"never generated: {', '.join(missing)}"
