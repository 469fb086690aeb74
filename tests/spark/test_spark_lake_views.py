"""Spark's views hold the facts that DuckDB's views hold, row by row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from made_lake import Made, make, patient, spell
from spark_kit import shared_spark

from doorstep.planning.engine.spark_tables import create_lake_views
from doorstep.records.contracts import TABLES
from doorstep.records.lake import Lake, open_lake


@pytest.fixture
def made(tmp_path: Any) -> Made:
    return make(tmp_path)


def plain(rows: Iterable[Any]) -> list[str]:
    return sorted(repr(tuple(int(v) if hasattr(v, "as_tuple") else v for v in row)) for row in rows)


def both(lake: Lake, table: str) -> tuple[list[str], list[str]]:
    """Return a table's rows from DuckDB and from Spark."""
    create_lake_views(shared_spark(), lake, [table])
    duck = lake.connection().execute(f"SELECT * FROM {table}").fetchall()
    return plain(duck), plain(shared_spark().table(table).collect())


def test_a_table_that_was_never_loaded_is_there_and_empty_with_its_columns(made: Made) -> None:
    with open_lake(made.home) as lake:
        create_lake_views(shared_spark(), lake)
    for name, table in TABLES.items():
        view = shared_spark().table(name)
        assert view.columns[: len(table.names)] == list(table.names)
        assert view.collect() == []


@pytest.mark.parametrize(("known_by", "n"), [("2026-08-31", 2), ("2026-09-30", 2), ("2026-10-31", 1)])
def test_corrections_deletions_and_repeats_count_from_the_day_they_arrived(made: Made, known_by: str, n: int) -> None:
    kept = spell("b", "s2", "2026-07-04", diagnoses=["I10", "E11.9"], admitted_on="2026-07-01")
    made.load_rows("2026-08-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="1"), kept])
    made.load_rows("2026-09-20", spell=[spell("a", "s1", "2026-07-03", discharge_method="4"), kept])
    made.load_rows("2026-10-20", spell=[spell("a", "s1", "2026-07-03", is_deleted=True)])
    with open_lake(made.home, known_by=date.fromisoformat(known_by)) as lake:
        duck, spark = both(lake, "spell")
    assert spark == duck
    assert len(duck) == n


def test_people_who_object_are_withheld_from_the_flows_that_the_objection_concerns(made: Made) -> None:
    objects, stays = patient("a", objection="type1", sex="2"), patient("b", sex="1")
    entry = {"code": "73211009", "recorded_on": "2026-01-02"}
    made.load_rows(
        "2026-08-20",
        person=[objects, stays],
        coded=[{"person_key": key, "entry_id": key, **entry} for key in "ab"],
        spell=[spell("a", "s1", "2026-07-03")],
    )
    with open_lake(made.home) as lake:
        for table, n in (("person", 1), ("coded", 1), ("spell", 1)):
            duck, spark = both(lake, table)
            assert spark == duck
            assert len(duck) == n, table
