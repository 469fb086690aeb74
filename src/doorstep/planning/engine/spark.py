"""The plan on Spark: the same steps as on DuckDB, each a temp view, over temp views named as the lake's tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine.plan import Plan, make_plan
from doorstep.planning.engine.sources import LakeTables
from doorstep.planning.engine.spark_steps import create_lookups, steps_run

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@contextmanager
def create_person_table(
    spark: SparkSession,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path | None = None,
    place_score: PlaceScore | None = None,
) -> Iterator[Plan]:
    """Make the temp views `person_table` and `history_table` from temp views named as the lake tables.

    The rows and columns are those of `engine.duck.create_person_table`. They are worked out when they are read, inside
    the `with`: what several steps read is kept until its end. Raises ConfigurationError where a definition asks for
    what is not there.
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
    with steps_run(spark, plan.steps(LakeTables())):
        yield plan
