"""Running a program's steps on Spark: each step a temp view, its rows worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from doorstep.planning.engine.spark_tables import TYPES
from doorstep.planning.engine.spark_words import spark_sql

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from doorstep.planning.engine.steps import Lookup, Step


def create_lookups(spark: SparkSession, lookups: Iterable[Lookup]) -> None:
    """Create a temp view for each small table that a program brings along."""
    for lookup in lookups:
        schema = ", ".join(f"{name} {TYPES[kind]}" for name, kind in lookup.columns.items())
        spark.createDataFrame(list(lookup.rows), schema).createOrReplaceTempView(lookup.name)


def run_steps(spark: SparkSession, steps: Sequence[Step]) -> None:
    """Create a temp view for each step, with its rows worked out once.

    Spark would else work a step out again wherever it is read, and write the expressions of one into the next until
    planning costs more than running. A step's rows are kept by the workers until nothing asks for them; should a
    worker be lost the work fails rather than number a person's stays twice in two ways.
    """
    for step in steps:
        rows = spark.sql(spark_sql(step.query))
        rows.localCheckpoint(eager=True).createOrReplaceTempView(step.name)
