"""Spark makes the person table that DuckDB makes, row by row and type by type, from the files of the same lake."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from spark_kit import shared_spark

from doorstep.cli.population import group as population
from doorstep.cli.synthetic import group as synthetic
from doorstep.home import Home
from doorstep.planning.definitions import shipped
from doorstep.planning.engine.columns import history_columns, offered, person_columns
from doorstep.planning.lists import in_use

DAY = ["--as-at", "2026-09-30", "--known-by", "2026-10-31"]


def run(group: Any, *arguments: str) -> Any:
    found = CliRunner().invoke(group, [*arguments, "--json"], standalone_mode=False, catch_exceptions=False)
    return json.loads(found.stdout)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The folder that each engine wrote, of 2,000 made-up people."""
    home = tmp_path_factory.mktemp("system") / "home"
    run(synthetic, "make", "--system", "Cheshire and Merseyside", "--people", "2000", "--plane", "planning",
        "--out", str(home))  # fmt: skip
    shared_spark()
    folders = {}
    for engine in ("duckdb", "spark"):
        told = run(population, "build", *DAY, "--engine", engine, "--home", str(home))
        assert told["engine"] == engine
        folders[engine] = home / "planning" / engine
        Path(told["path"]).parent.rename(folders[engine])
    return folders


@pytest.mark.slow
@pytest.mark.parametrize("name", ["person.parquet", "history.parquet"])
def test_both_engines_write_the_same_rows(built: dict[str, Path], name: str) -> None:
    duck, spark = (duckdb.read_parquet(str(built[engine] / name)) for engine in ("duckdb", "spark"))
    assert spark.columns == duck.columns
    assert spark.types == duck.types
    assert sorted(spark.fetchall(), key=repr) == sorted(duck.fetchall(), key=repr)
    assert len(duck.fetchall()) > 900


@pytest.mark.slow
def test_every_offered_column_is_there(built: dict[str, Path]) -> None:
    home = Home(built["spark"].parent.parent)
    shelf = offered(shipped(), in_use(home).names).shelf
    person = duckdb.read_parquet(str(built["spark"] / "person.parquet"))
    assert dict(zip(person.columns, map(str, person.types), strict=True)) == person_columns(shelf)
    history = duckdb.read_parquet(str(built["spark"] / "history.parquet"))
    assert list(history_columns(shelf)) == history.columns


@pytest.mark.slow
def test_nothing_of_spark_is_left_in_the_home(built: dict[str, Path]) -> None:
    assert list(built["spark"].parent.glob(".spark-*")) == []
