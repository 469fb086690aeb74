"""`doorstep neighbourhoods practices`: say which practices the teams of a set work with, from a list."""

from __future__ import annotations

from pathlib import Path

import click

from doorstep.cli.output import json_option, n_of, report, table

_FACTS = ("id", "name", "practices", "patients of its team", "with the team")


@click.command("practices", short_help="Say which practices each team has.")
@click.argument("folder", metavar="SET", type=click.Path(path_type=Path, file_okay=False))
@click.argument("listed", metavar="LIST.csv", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--units", required=True, type=click.Choice(["practices", "pcns"]), help="What LIST.csv lists.")
@click.option("--only", is_flag=True, help="The list is complete: others leave their teams.")
@json_option
def practices_command(folder: Path, listed: Path, units: str, only: bool, as_json: bool) -> int:
    """Write the next version of SET with the teams' practices that LIST.csv states; the older version stays.

    LIST.csv is one that `import` takes: a column neighbourhood (a name or an id of SET), and practice or pcn.
    """
    from doorstep.geography.neighbourhoods import read, save
    from doorstep.geography.neighbourhoods.facts import flows
    from doorstep.geography.neighbourhoods.teams import listed_teams, only_these, with_teams

    old = read(folder)
    wanted = listed_teams(old, listed, units)
    made = with_teams(old, only_these(old, wanted) if only else wanted)
    at = save((folder.parent if (folder / "set.toml").exists() else folder).parent, made)
    who = flows(made)
    rows = [
        (n.id, n.label, len(n.practices), round(who.registered_with(n.id)), f"{who.own_share(n.id):.0%}")
        for n in made.neighbourhoods
    ]
    lines = [f"{n_of(len(wanted), 'practice')} listed", "", *table(_FACTS, rows), "", f"Written to {at}."]
    told = [dict(zip(_FACTS, row, strict=True)) for row in rows]
    report(as_json, {"set": made.id, "neighbourhoods": told, "listed": len(wanted), "written": str(at)}, lines)
    return 0
