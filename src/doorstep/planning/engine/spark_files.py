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
from doorstep.planning.engine.duck import ANSWERS, Written
from doorstep.planning.engine.slices import write_ordered
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


def write_person_table(
    lake: OpenLake,
    shelf: Shelf,
    person: Path,
    history: Path,
    *,
    as_at: date,
    practices: Sequence[str],
    lists: Path,
    scratch: Path,
    place_score: PlaceScore | None = None,
    memory: str | None = None,
    settings: SparkSettings | None = None,
) -> Written:
    """Write the person table and the history as `duck.write_person_table` does, worked out on Spark.

    Spark writes its answer in parts under `scratch`, an existing folder that its workers and this process can reach;
    DuckDB, within `memory`, puts them in order into one file each, whole or not at all. Raises ConfigurationError where
    PySpark or Java is not there, or a definition asks for what is not.
    """
    asked, con = settings or SparkSettings(), lake.connection()
    with session(scratch, master=asked.master, memory=asked.memory, partitions=asked.partitions) as running:
        create_lake_views(running, lake)
        plan = spark.create_person_table(
            running, shelf, as_at=as_at, practices=practices, lists=lists, place_score=place_score
        )
        for name in ANSWERS:
            running.table(name).write.parquet(str(scratch / name))
    if memory:
        con.execute(f"set memory_limit = '{memory}'")
    files = zip(ANSWERS, (person, history), strict=True)
    n_people, _ = (write_ordered(con, _ordered(scratch / name), path) for name, path in files)
    return Written(n_people, plan.has_codes)


def _ordered(folder: Path) -> exp.Select:
    files = exp.func("read_parquet", exp.Literal.string(str(folder / "*.parquet")))
    return exp.select("*").from_(exp.Table(this=files)).order_by("person_id")
