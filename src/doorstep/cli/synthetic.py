"""`doorstep synthetic make`: a made-up Place as extracts, or a made-up system as a lake, with known truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from doorstep.cli.check_made import check
from doorstep.cli.output import json_option, progress, report
from doorstep.cli.synthetic_returns import returns
from doorstep.errors import UsageError

_OF_EXTRACTS = ("ways", "file_format", "slots_only")


@click.group(name="synthetic")
def group() -> None:
    """Make a made-up Place, system or set of returns, with known truth."""


group.add_command(check)
group.add_command(returns)


@group.command(short_help="Write made-up extracts or a made-up lake, and the truth.")
@click.option("--place", help="A Place of the programme, or a council wholly inside one: written as extracts.")
@click.option("--system", help="An integrated care board, or England: written as a home with a pseudonymised lake.")
@click.option("--plane", help="For a system: planning, the only plane that a whole system is made for.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
@click.option("--months", default=24, show_default=True, help="Months of activity.")
@click.option("--end", default="2026-09", show_default=True, help="The last month of activity.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--ways", default="A", show_default=True, help="Ways in: A de-identified, B identifiable, C own list.")
@click.option("--people", type=int, default=None, help="How many are registered at a time (default: the real lists).")
@click.option("--scale", type=float, default=1.0, help="Share of the real lists, where --people is not given.")
@click.option("--format", "file_format", default="csv", show_default=True, help="csv, csv.gz or parquet.")
@click.option("--birth", default="day", show_default=True, help="Birth dates in way A and in a lake: day or month.")
@click.option("--slots-only", type=float, default=0.0, help="Share of practices with EMIS slots and no flat file.")
@click.option("--workers", default=2, show_default=True, help="For a system: how many processes make it.")
@click.option("--world", help="Plant something true: a world's name, or a file that describes one.")
@json_option
@click.pass_context
def make(
    context: click.Context,
    /,
    out: Path,
    ways: str,
    plane: str | None,
    workers: int,
    world: str | None,
    as_json: bool,
    **rest: Any,
) -> None:  # the rest are named as in Parameters
    """Write a made-up Place as extracts, or a made-up system as a lake, and the truth.

    A Place comes as extracts in each way in, deliveries by date, and the truth about every row. A system comes as a
    home of the planning plane: a pseudonymised lake, published, and the truth about its people.
    """
    from doorstep.synthetic import Parameters
    from doorstep.synthetic.worlds import World

    planted = World.named(world) if world else None
    wanted = tuple(way.strip().upper() for way in ways.split(",") if way.strip())
    parameters = Parameters(ways=wanted, world=planted, **rest)
    given = [name for name in context.params if context.get_parameter_source(name) is ParameterSource.COMMANDLINE]
    _check_options(parameters.system is not None, plane, given)
    if parameters.system is not None:
        _make_system(parameters, out, workers, as_json)
    else:
        _make_place(parameters, out, as_json)


def _check_options(is_system: bool, plane: str | None, given: list[str]) -> None:
    if plane not in (None, "planning"):
        raise UsageError(
            f"the plane is {plane!r}", expected="planning: whole systems hold no identifiable people", where="--plane"
        )
    if not is_system and (plane or "workers" in given):
        raise UsageError(
            "a Place is made as extracts, which are loaded into its home",
            expected="--plane and --workers with --system only", where="--plane" if plane else "--workers",
            do="leave it out, or name a --system",
        )  # fmt: skip
    for name in (name for name in _OF_EXTRACTS if is_system and name in given):
        option = "--format" if name == "file_format" else f"--{name.replace('_', '-')}"
        raise UsageError(
            "a system is written straight as a lake, without extracts", where=option, do=f"leave {option} out"
        )


def _make_place(parameters: Any, out: Path, as_json: bool) -> None:
    from doorstep.synthetic import make as make_place

    made = make_place(parameters, out, progress)
    result = {"out": str(made.folder), "people": made.people, "rows": made.rows, "deliveries": list(made.deliveries)}
    lines = [f"way {way}: {n:,} rows in {len(made.deliveries)} deliveries" for way, n in made.rows.items()]
    report(as_json, result, [f"{made.people:,} made-up people", *lines, f"written to {made.folder}"])


def _make_system(parameters: Any, out: Path, workers: int, as_json: bool) -> None:
    from doorstep.cli.made_system import make_system

    made = make_system(parameters, out, workers=workers, say=progress)
    result = {
        "out": str(made.home.root), "people": made.people, "rows": made.rows, "load": made.load.load_id,
        "files": len(made.load.parts),
    }  # fmt: skip
    lines = [f"{name}: {n:,} rows" for name, n in made.rows.items()]
    closing = f"written to {made.home.root}; set DOORSTEP_HOME to it, then `doorstep population build`"
    report(as_json, result, [f"{made.people:,} made-up people", *lines, closing])
