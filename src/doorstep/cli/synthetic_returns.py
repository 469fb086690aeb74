"""`doorstep synthetic returns`: the monthly returns of the programme's Places, made up, with known truth."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import json_option, n_of, progress, report


def _month(ctx: click.Context, param: click.Parameter, value: str) -> date:
    """Return the first day of a month such as 2027-09."""
    try:
        return date.fromisoformat(f"{value}-01")
    except ValueError as error:
        raise click.BadParameter(f"{value!r} is not a month such as 2027-09", ctx, param) from error


@click.command(short_help="Write made-up monthly returns of the Places, and the truth.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="A new or empty folder.")
@click.option("--months", default=21, show_default=True, help="Months of returns.")
@click.option("--last", default="2027-09", show_default=True, callback=_month, help="The last month.")
@click.option("--seed", default=1, show_default=True, help="The same seed makes the same files.")
@click.option("--places", default=43, show_default=True, help="How many Places, from the first of the return's list.")
@click.option("--no-change", is_flag=True, help="Plant no true change: no Place's care has any effect.")
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="How many write files.")
@json_option
def returns(
    out: Path, months: int, last: date, seed: int, places: int, no_change: bool, processes: int, as_json: bool
) -> None:
    """Write the workbooks that the programme's Places would send, a calendar to replay them by, and the truth.

    Some come late, some are faulty, corrected or sent twice, and some Places' figures hold what looks like a change and
    is none; truth/truth.json names each. Nobody counted in them exists.
    """
    from doorstep.synthetic.programme_returns import Parameters, TrueChange, make

    change = None if no_change else TrueChange()
    parameters = Parameters(seed=seed, months=months, last=last, places=places, change=change)
    made = make(out, parameters=parameters, processes=processes, say=progress)
    result: dict[str, Any] = {
        "out": str(made.folder), "files": len(made.sendings), "places": places, "months": months,
        "planted": list(made.planted),
    }  # fmt: skip
    lines = [f"{p['kind']}: {p['place']}, {p['month']}: {p['what']}" for p in made.planted]
    closing = f"written to {made.folder}; see doorstep return collate {made.files}"
    report(as_json, result, [f"{n_of(len(made.sendings), 'file')} of {n_of(places, 'Place')}", *lines, closing])
