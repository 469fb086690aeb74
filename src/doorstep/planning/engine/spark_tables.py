"""The lake's tables as Spark sees them: a temp view a table, the same facts as DuckDB's views hold."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Protocol

import sqlglot

from doorstep.planning.engine.spark_words import spark_sql
from doorstep.records.contracts import TABLES
from doorstep.records.parts import DROPPED, ROWS, WITHHELD

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from doorstep.records.parts import Parts

# DuckDB type -> Spark type. Spark has no unsigned whole numbers: Parquet's become decimals.
TYPES = {
    "VARCHAR": "STRING", "VARCHAR[]": "ARRAY<STRING>", "DATE": "DATE", "BIGINT": "BIGINT", "INTEGER": "INT",
    "INTEGER[]": "ARRAY<INT>", "UBIGINT": "DECIMAL(20, 0)", "DOUBLE": "DOUBLE", "BOOLEAN": "BOOLEAN",
}  # fmt: skip


class LakeParts(Protocol):
    """What Spark needs of an open lake."""

    def parts(self, table: str) -> Parts:
        """Return a table's files and the query of its facts."""


def create_lake_views(spark: SparkSession, lake: LakeParts, tables: Iterable[str] = TABLES) -> None:
    """Create a temp view for each of these lake tables, with the facts as `lake` knows them.

    A file that lacks a column of the contract reads it as null.
    """
    for name in tables:
        _create_view(spark, lake.parts(name))


def _create_view(spark: SparkSession, parts: Parts) -> None:
    schema = ", ".join(f"{name} {TYPES[kind]}" for name, kind in parts.columns)
    rows = spark.read.schema(schema).parquet(*parts.paths) if parts.paths else spark.createDataFrame([], schema)
    relations = {ROWS: rows}
    for name, table in ((DROPPED, parts.dropped), (WITHHELD, parts.withheld)):
        if table.num_rows:
            relations[name] = spark.createDataFrame(table)
    for name, relation in relations.items():
        relation.createOrReplaceTempView(own_name(name, parts.name))
    query = spark_sql(sqlglot.parse_one(parts.query, dialect="duckdb"), {r: own_name(r, parts.name) for r in relations})
    spark.sql(query).createOrReplaceTempView(parts.name)


def own_name(relation: str, table: str) -> str:
    """Return the name of one table's own relation of rows, of dropped rows or of withheld people."""
    return f"{relation}_of_{table}"
