"""`doorstep site`: bring a Place's own figures from its home to its site; the upkeep of a site stands beside."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep import clock
from doorstep.cli.output import home_option, json_option, known_day, n_of, progress, report
from doorstep.cli.serve_site import Site, database_option, site
from doorstep.cli.site_upkeep import packs, sums
from doorstep.errors import ConfigurationError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.planning.site.gathering import Gathered

NOTES = 1
_DAY = click.DateTime(formats=["%Y-%m-%d"])
_FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def group() -> None:
    """Bring a Place's own figures to its site, make packs, check stored sums."""


group.add_command(packs)
group.add_command(sums)


@group.command("figures", short_help="Count what the site's pages show, and load it.")
@click.option("--known-by", type=_DAY, help="Count what had arrived by this day (default: today).")
@click.option("--cohort", default="local", show_default=True, help="Whose activity is counted; see `cohort list`.")
@click.option(
    "--workbooks", multiple=True, type=_FOLDER, help="A folder of returns built here: says why versions differ."
)
@home_option
@database_option
@json_option
def figures_command(
    known_by: datetime | None,
    cohort: str,
    workbooks: tuple[Path, ...],
    home: Path | None,
    database: Path | None,
    as_json: bool,
) -> int:
    """Count the Place's true figures of every month, its cohort and completeness, and load them into its site.

    A month that `return build` would stop for is left out, with the reason. Run it again after each load of extracts
    and after each return: what has not changed stays as it is. Exit code: 1 where a month was left out.
    """
    from doorstep.planning.site.gathering import gather
    from doorstep.records.snapshot import check_bytes, current

    where = Home.find(home)
    with site(home, database) as found:
        _check(found)
        check_bytes(where, current(where))
        known = known_day(known_by.date() if known_by else None) or clock.today()
        gathered = gather(where, known_by=known, cohort=cohort, workbooks=workbooks, say=progress)
        edition = _load(gathered)
    result = {
        "edition": edition,
        "place": gathered.place,
        "snapshot": gathered.snapshot,
        "known_by": known,
        "months": [f"{one.month:%Y-%m}" for one in gathered.figures],
        "left_out": {f"{month:%Y-%m}": list(reasons) for month, reasons in gathered.left_out},
        "versions_of_returns": sum(entry.event == "built" for entry in gathered.entries),
    }
    report(as_json, result, _lines(gathered, edition))
    return NOTES if gathered.left_out else 0


def _check(found: Site) -> None:
    if found.settings.role != "place":
        raise ConfigurationError(
            "this is the site of the programme",
            expected="DOORSTEP_ROLE=place",
            where="environment",
            do="true numbers of a Place are loaded on its own installation alone",
        )
    from doorstep.web.migrating import waiting

    if names := waiting():
        raise ConfigurationError(f"{len(names)} migrations wait", do="run `doorstep migrate` first")


def _load(gathered: Gathered) -> int:
    """Load everything or nothing; return the number of the edition of true figures."""
    from django.db import transaction

    from doorstep.planning.site import actions
    from doorstep.programme.figures.actions import load_own

    facts: dict[str, Any] = {"cohort": gathered.facts}
    pages = [
        actions.Page(name, reading, gathered.as_at, facts.get(name, ())) for name, reading in gathered.pages.items()
    ]
    with transaction.atomic():
        edition = load_own(figures=gathered.figures, by=None, received_on=gathered.known_by)
        actions.load(
            place=gathered.place.strip(),
            snapshot=gathered.snapshot,
            known_by=gathered.known_by,
            pages=pages,
            entries=gathered.entries,
            facts=gathered.provenance,
            left_out=gathered.left_out,
            by=None,
        )
    return int(edition.number)


def _lines(gathered: Gathered, edition: int) -> list[str]:
    left_out = [f"left out {month:%Y-%m}: {'; '.join(reasons)}" for month, reasons in gathered.left_out]
    months = gathered.figures
    span = f"{months[0].month:%Y-%m} to {months[-1].month:%Y-%m}"
    closing = f"Loaded {n_of(len(months), 'month')} ({span}) of {gathered.place.strip()} as edition {edition}"
    return [*left_out, f"{closing}, as known by {gathered.known_by}; the cohort as of {gathered.as_at}."]
