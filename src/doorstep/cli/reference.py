"""`doorstep reference`: the facts that ship, their sources and licences, and the Places."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from doorstep.cli.output import json_option, report, table
from doorstep.cli.reference_lists import lists_group
from doorstep.errors import ConfigurationError, NotWhatItClaimsError


@click.group()
def group() -> None:
    """The facts that ship: sources, licences, Places; and the code lists in use."""


group.add_command(lists_group)


@group.command("sources", short_help="List every reference table and its source.")
@json_option
def sources_command(as_json: bool) -> None:
    """List every reference table with rows, vintage, licence and status."""
    from doorstep import reference

    found = reference.sources()
    rows = [(s.name, s.rows, s.vintage, s.licence, s.status) for s in found]
    lines = [*table(("table", "rows", "vintage", "licence", "status"), rows), "", f"{len(found)} tables."]
    report(as_json, {"tables": [asdict(s) for s in found]}, lines)


@group.command("attributions")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the page here instead.")
def attributions_command(out: Path | None) -> None:
    """Print the page of sources, licences and the lines to show."""
    from doorstep import reference

    page = reference.attributions()
    if out is None:
        click.echo(page, nl=False)
        return
    temporary = out.with_name(out.name + ".part")
    temporary.write_text(page, encoding="utf-8")
    temporary.replace(out)
    click.echo(f"{out} written.")


@group.command("verify")
@json_option
def verify_command(as_json: bool) -> None:
    """Check every table against its checksum."""
    from doorstep import reference

    faults = reference.verify()
    if faults:
        raise NotWhatItClaimsError(
            "; ".join(faults), where="reference tables", do="install Doorstep again, from a whole copy"
        )
    checked = len(reference.sources())
    report(as_json, {"checked": checked, "faults": faults}, [f"{checked} tables are what was derived."])


@group.command("places")
@json_option
def places_command(as_json: bool) -> None:
    """List the 43 Places by their names in the return."""
    from doorstep.reference import places

    found = places.all_places()
    rows = [(p.order, p.name, p.region, p.icb, places.STATUSES[p.status]) for p in found]
    lines = [*table(("#", "Place", "region", "ICB", "area"), rows), "", f"{len(found)} Places. ICBs are unverified."]
    report(as_json, {"places": [asdict(p) for p in found]}, lines)


@group.command("place", short_help="Show one Place, by any of its names.")
@click.argument("name")
@json_option
def place_command(name: str, as_json: bool) -> None:
    """Show one Place: NAME is its official name, an earlier spelling or a council."""
    from doorstep.reference import places

    place = places.find(name)
    lsoas = place.lsoas()
    try:
        practices, practices_note = place.practices(), ""
    except ConfigurationError as error:
        practices, practices_note = (), f"{error.seen}; {error.do}"
    facts: dict[str, Any] = {
        **asdict(place),
        "area": places.STATUSES[place.status],
        "lsoas": lsoas,
        "population": places.population(place),
        "practices": practices,
        "practices_note": practices_note,
    }
    report(as_json, facts, _place_lines(facts))


def _place_lines(facts: dict[str, Any]) -> list[str]:
    lines = [
        facts["name"].strip(),
        f"  region        {facts['region']}",
        f"  ICB           {facts['icb_name']} ({facts['icb']}; {facts['icb_status']})",
        f"  area          {facts['area']}: {', '.join(facts['councils'])}",
        f"  counted by    {facts['basis']} patients",
        f"  LSOAs         {len(facts['lsoas']):,} of 2021, {facts['population']:,} residents at the 2021 Census",
        f"  practices     {len(facts['practices']):,}"
        if facts["practices"]
        else f"  practices     {facts['practices_note']}",
    ]
    return [
        *lines,
        *([f"  note          {facts['note']}"] if facts["note"] else []),
        f"  source        {facts['source']}",
    ]
