"""The plan on Spark: the same steps as on DuckDB, each a temp view, over temp views named as the lake's tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.columns import history_columns, person_columns
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.sources import LakeTables
from doorstep.planning.engine.spark_steps import create_lookups, run_steps
from doorstep.planning.engine.spark_tables import TYPES

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def create_person_table(
    spark: SparkSession,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path | None = None,
    place_score: PlaceScore | None = None,
) -> Plan:
    """Make the temp views `person_table` and `history_table` from temp views named as the lake tables.

    The rows and columns are those of `engine.duck.create_person_table`. Raises ConfigurationError where a definition
    asks for what is not there.
    """
    from doorstep import reference

    plan = make_plan(
        shelf,
        as_at=as_at,
        practices=practices,
        lists=lists or reference.table("codes"),
        place_score=place_score,
        has_codes=bool(spark.table("coded").head(1)),
    )
    create_lookups(spark, plan.lookups)
    run_steps(spark, plan.steps(LakeTables()))
    if not shelf.histories:
        spark.table("person_table").select("person_id").limit(0).createOrReplaceTempView("history_table")
    _give_types(spark, "person_table", person_columns(shelf))
    _give_types(spark, "history_table", history_columns(shelf))
    return plan


def _give_types(spark: SparkSession, name: str, columns: Mapping[str, str]) -> None:
    """Give a table's columns their types: Spark's whole division, for one, gives a longer number than DuckDB's."""
    typed = [f"CAST({column} AS {TYPES[kind]}) AS {column}" for column, kind in columns.items()]
    spark.table(name).selectExpr(*typed).createOrReplaceTempView(name)
