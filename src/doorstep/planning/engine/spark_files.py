"""From a lake to the answer's files through a Spark of one's own, and back into DuckDB to be written as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlglot import exp

from doorstep.planning.definitions import PlaceScore, Shelf
from doorstep.planning.engine import spark
from doorstep.planning.engine.spark_session import session
from doorstep.planning.engine.spark_tables import LakeParts, create_lake_views

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


@dataclass(frozen=True)
class SparkSettings:
    """Which Spark to run on, and how much of it.

    `master` is Spark's own word for where: `local[2]` is this machine with two threads. `memory` is the heap of its
    driver; `partitions` how many parts a shuffle is cut into.
    """

    master: str = "local[2]"
    memory: str = "4g"
    partitions: int = 16


class OpenLake(LakeParts, Protocol):
    """An open lake, for Spark and for DuckDB."""

    def connection(self) -> DuckDBPyConnection:
        """Return a connection with a view per lake table."""


def create_person_table(
    lake: OpenLake,
    shelf: Shelf,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path,
    scratch: Path,
    place_score: PlaceScore | None = None,
    settings: SparkSettings | None = None,
) -> None:
    """Make the temp views `person_table` and `history_table` in the lake's DuckDB connection, worked out on Spark.

    Spark writes them as Parquet under `scratch`, an existing folder that it and this process can reach: the views read
    it, so keep it while they are used. Raises ConfigurationError where PySpark or Java is not there.
    """
    asked, con = settings or SparkSettings(), lake.connection()
    with session(scratch, master=asked.master, memory=asked.memory, partitions=asked.partitions) as running:
        create_lake_views(running, lake)
        spark.create_person_table(
            running, shelf, as_at=as_at, practices=practices, lists=lists, place_score=place_score
        )
        for name in spark.answers(shelf):
            running.table(name).write.parquet(str(scratch / name))
    for name in spark.answers(shelf):
        files = exp.Literal.string(str(scratch / name / "*.parquet")).sql("duckdb")
        con.execute(f"drop table if exists temp.main.{name}")
        con.execute(f"create or replace temp view {name} as from read_parquet({files})")
