"""`doorstep synthetic make`: a made-up Place, as extracts with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import json_option, progress, report


@click.group(name="synthetic")
def group() -> None:
    """Make a made-up Place, with known truth."""


@group.command(short_help="Write made-up extracts, and the truth about every row.")
@click.option("--place", required=True, help="A Place of the programme, or a council wholly inside one.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
@click.option("--months", default=24, show_default=True, help="Months of activity.")
@click.option("--end", default="2026-09", show_default=True, help="The last month of activity.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--ways", default="A", show_default=True, help="Ways in: A de-identified, B identifiable, C own list.")
@click.option("--people", type=int, default=None, help="How many are registered at a time (default: the real lists).")
@click.option("--scale", type=float, default=1.0, help="Share of the real lists, where --people is not given.")
@click.option("--format", "file_format", default="csv", show_default=True, help="csv, csv.gz or parquet.")
@click.option("--birth", default="day", show_default=True, help="Birth dates in way A: day or month.")
@click.option("--slots-only", type=float, default=0.0, help="Share of practices with EMIS slots and no flat file.")
@click.option("--world", help="Plant something true: a world's name, or a file that describes one.")
@json_option
def make(
    place: str, out: Path, ways: str, file_format: str, world: str | None, as_json: bool, **rest: Any
) -> None:  # the rest are named as in Parameters
    """Write extracts in each way in, deliveries by date, and the truth about every row."""
    from doorstep.synthetic import Parameters
    from doorstep.synthetic import make as make_place
    from doorstep.synthetic.worlds import World

    planted = World.named(world) if world else None
    wanted = tuple(way.strip().upper() for way in ways.split(",") if way.strip())
    made = make_place(
        Parameters(place=place, ways=wanted, file_format=file_format, world=planted, **rest), out, progress
    )
    result = {"out": str(made.folder), "people": made.people, "rows": made.rows, "deliveries": list(made.deliveries)}
    lines = [f"way {way}: {n:,} rows in {len(made.deliveries)} deliveries" for way, n in made.rows.items()]
    report(as_json, result, [f"{made.people:,} made-up people", *lines, f"written to {made.folder}"])
