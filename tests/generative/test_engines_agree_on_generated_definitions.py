"""Random definitions over random records: every engine makes the same rows as the plain one.

`DOORSTEP_GENERATED` sets the number of examples; the default is fixed and small, and the same every time.
"""

from __future__ import annotations

import os
from typing import Any

from generated_coverage import seen, wanted
from generated_rows import CODES, DAYS_ASKED, lake_tables
from generated_shelf import place_scores, shelves
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spec_engines import ENGINES, Case, Made

from doorstep.planning.engine.columns import history_columns, person_columns

ASKED_FOR = int(os.environ.get("DOORSTEP_GENERATED", "0"))
N_EXAMPLES = ASKED_FOR or 40


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Draw records, definitions, and a day."""
    as_at = draw(st.sampled_from(DAYS_ASKED))
    return Case(
        draw(lake_tables(as_at)),
        draw(shelves()),
        CODES,
        as_at,
        place_score=draw(st.none() | place_scores()),
    )


def differences(one: list[dict[str, Any]], other: list[dict[str, Any]], columns: dict[str, str]) -> list[str]:
    """Return each value in which two tables differ, and people whom only one has."""
    ids = [[row["person_id"] for row in rows] for rows in (one, other)]
    if ids[0] != ids[1]:
        return [f"people {ids[0]} and {ids[1]}"]
    return [
        f"{a['person_id']} {name}: {a[name]!r} and {b[name]!r}"
        for a, b in zip(one, other, strict=True)
        for name in columns
        if a[name] != b[name]
    ]


def compare(case: Case, plain: Made, made: Made) -> list[str]:
    """Return every difference of an engine's tables from the plain ones."""
    found = differences(plain.people, made.people, person_columns(case.shelf))
    return found + differences(plain.history, made.history, history_columns(case.shelf))


def test_every_engine_makes_the_plain_rows_of_everything_that_can_be_defined() -> None:
    generated: set[str] = set()

    @settings(
        max_examples=N_EXAMPLES,
        deadline=None,
        derandomize=not ASKED_FOR,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(cases())
    def run(case: Case) -> None:
        generated.update(seen(case.shelf))
        plain = ENGINES["plain"](case)
        for name, engine in ENGINES.items():
            if name != "plain":
                assert compare(case, plain, engine(case)) == [], name

    run()
    assert sorted(wanted() - generated) == [], "never generated"
