"""`doorstep population build`: one row a person."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from doorstep.cli.output import home_option, json_option, known_day, progress, report
from doorstep.cli.population_verbs.shared import day, day_options, made_of
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.records import Lake


@click.command("build", short_help="Build the person table: one row a person.")
@day_options
@click.option("--memory", metavar="SIZE", default="2GB", show_default=True, help="The most that the engine may use.")
@click.option(
    "--engine",
    type=click.Choice(["duckdb", "spark"]),
    default="duckdb",
    show_default=True,
    help="What works it out; the rows are the same.",
)
@click.option("--spark-master", default="local[2]", show_default=True, help="Where Spark runs: local[2] is here.")
@click.option("--spark-memory", default="4g", show_default=True, help="The heap of Spark's driver.")
@click.option(
    "--copy",
    "is_copied",
    is_flag=True,
    help="First make the sorted copy of the records, once: this build and later ones read it.",
)
@home_option
@json_option
def build_command(
    as_at: datetime | None, known_by: datetime | None, memory: str, engine: str, spark_master: str, spark_memory: str,
    is_copied: bool, home: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Build the person table: one row a person, with everything that definitions say, and the months before.

    It is read from the sorted copy of the records where there is one, else from the lake; the rows are the same.
    """
    from doorstep.planning.engine.spark_files import SparkSettings
    from doorstep.planning.person_file import build_person_file
    from doorstep.planning.sorted_copy import find_copy, make_copy
    from doorstep.records import open_lake

    place = Home.find(home)
    on_spark = SparkSettings(spark_master, spark_memory) if engine == "spark" else None
    with open_lake(place, known_by=known_day(day(known_by))) as lake:
        if is_copied and find_copy(place, lake.snapshot, lake.known_by) is None:
            make_copy(lake, say=progress)
        progress("reading the records of everyone")
        built = build_person_file(place, lake, as_at=day(as_at) or lake.known_by, memory=memory, on_spark=on_spark)
        nobody = [] if built.meta["n_people"] else _nobody(lake)
    left_out = [f"  left out {name}: {reason}" for name, reason in built.meta["left_out"].items()]
    written = f"{built.meta['n_people']:,} people written to {built.path}"
    lines = [*made_of(built.meta), f"  layout: {built.meta['layout']}", *left_out, written, *nobody]
    report(as_json, {**built.meta, "path": str(built.path)}, lines)
    return 0


def _nobody(lake: Lake) -> list[str]:
    """Say why a table is empty: most often nothing had arrived yet by the day that was asked for."""
    first = min((load.received_on for load in lake.manifest.loads if load.kind == "load"), default=None)
    if first is None or first <= lake.known_by:
        return ["  nobody: no list of people is among what has been loaded"]
    return [f"  nobody: the first delivery arrived on {first}; give a --known-by from that day"]
