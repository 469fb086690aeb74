"""Running a program's steps on Spark: each step a temp view, those that are read more than once kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlglot import exp

from doorstep.planning.engine.spark_tables import TYPES
from doorstep.planning.engine.spark_words import spark_sql

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

    from doorstep.planning.engine.steps import Lookup, Step


def create_lookups(spark: SparkSession, lookups: Iterable[Lookup]) -> None:
    """Create a temp view for each small table that a program brings along."""
    for lookup in lookups:
        schema = ", ".join(f"{name} {TYPES[kind]}" for name, kind in lookup.columns.items())
        spark.createDataFrame(list(lookup.rows), schema).createOrReplaceTempView(lookup.name)


@contextmanager
def steps_run(spark: SparkSession, steps: Sequence[Step]) -> Iterator[None]:
    """Create a temp view for each step; while inside, rows of steps that several others read are worked out once."""
    kept: list[DataFrame] = []
    often = read_more_than_once(steps)
    try:
        for step in steps:
            rows = spark.sql(spark_sql(step.query))
            if step.name in often:
                kept.append(rows.persist())
            rows.createOrReplaceTempView(step.name)
        yield
    finally:
        for rows in kept:
            rows.unpersist()


def read_more_than_once(steps: Sequence[Step]) -> frozenset[str]:
    """Return the steps that later steps read in more than one place: Spark would work each out again every time."""
    read = Counter(table.name for step in steps for table in step.query.find_all(exp.Table))
    return frozenset(step.name for step in steps if read[step.name] > 1)
