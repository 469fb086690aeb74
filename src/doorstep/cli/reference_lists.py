"""`doorstep reference lists`: the code lists that definitions read, and a home's own."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from doorstep.cli.output import home_option, json_option, n_of, report, table
from doorstep.home import Home


@click.group("lists")
def lists_group() -> None:
    """Code lists: which are in use, and taking in your own."""


@lists_group.command("add", short_help="Take in code lists of your own, or a pack.")
@click.argument("given", metavar="FILE|FOLDER", type=click.Path(exists=True, path_type=Path))
@home_option
@json_option
def add_command(given: Path, home: Path | None, as_json: bool) -> None:
    """Take a CSV file, or every CSV of a folder, into the home's code lists.

    A file is one list and is named after it: copd.csv replaces the shipped list copd. It has a column of codes, and
    where there are any of terms and of the system (snomedct, icd10, dmd). Exports of OpenCodelists and TRUD are read
    as they are. Every code is checked first: one wrong identifier and nothing is taken in.
    """
    from doorstep.planning import lists

    place = Home.find(home)
    added = lists.add(place, given)
    folder = place.root / lists.FOLDER
    asked = {s.list_id for s in lists.shown(place) if s.asked_by}
    unasked = [name for name in added if name not in asked]
    lines = [f"{n_of(len(added), 'code list')} written to {folder}"]
    lines += [f"  no definition asks for {name}: a list has the name of its file" for name in unasked]
    report(as_json, {"added": added, "not_asked_for": unasked, "folder": folder}, lines)


@lists_group.command("show", short_help="List the code lists in use, and those that are missing.")
@click.option("--absent", is_flag=True, help="Only the lists that a definition asks for and nobody has.")
@home_option
@json_option
def show_command(absent: bool, home: Path | None, as_json: bool) -> None:
    """List every code list: codes, where from, version, and the definitions that ask for it."""
    from doorstep.planning import lists

    found = [s for s in lists.shown(Home.find(home)) if s.origin == "absent" or not absent]
    rows = [(s.list_id, s.n_codes, s.system, s.origin, s.version, ", ".join(s.asked_by)) for s in found]
    n_absent = sum(1 for s in found if s.origin == "absent")
    lines = [*table(("list", "codes", "system", "from", "version", "asked for by"), rows), ""]
    lines += [f"{n_of(len(found), 'code list')}; {n_absent} absent: what asks for them is left out."]
    report(as_json, {"lists": [asdict(s) for s in found]}, lines)
