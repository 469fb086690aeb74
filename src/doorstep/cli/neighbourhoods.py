"""`doorstep neighbourhoods`: draw areas, bring a list, record who recognises them, audit a set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep import clock
from doorstep.cli.neighbourhood_teams import practices_command
from doorstep.cli.output import home_option, json_option, n_of, progress, report, table, write_records, write_whole
from doorstep.errors import UsageError
from doorstep.home import Home

if TYPE_CHECKING:
    from doorstep.geography.neighbourhoods import NeighbourhoodSet, Wishes
    from doorstep.geography.neighbourhoods.auditing import Audit
    from doorstep.geography.neighbourhoods.making import Drawn

FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
FOLDER = click.Path(path_type=Path, file_okay=False)
_DAY = click.DateTime(["%Y-%m-%d"])
_SHOWN = 30  # rows and lists on a terminal; files and --json hold all


@click.group()
def group() -> None:
    """Neighbourhoods: draw areas, bring a list, record who recognises them, audit a set."""


group.add_command(practices_command)


def _where_kept(command: Any) -> Any:
    """Add the options that say where a set goes and from which day it holds."""
    options = (
        click.option("--out", type=FOLDER, help="Folder of sets (default: neighbourhoods in the home)."),
        click.option("--from", "valid_from", type=_DAY, help="The day it holds from (default: today)."),
        home_option,
        json_option,
    )
    for option in reversed(options):
        command = option(command)
    return command


@group.command("draw", short_help="Draw areas of 30,000 to 50,000 residents.")
@click.option("--place", "scope", default="", help="A council or a Place (of the same name: NAME (Place)).")
@click.option("--system", default="", help="An integrated care board, by name or code.")
@click.option("--england", is_flag=True, help="All of England.")
@click.option("--low", type=click.IntRange(1), default=30_000, show_default=True, help="The fewest residents.")
@click.option("--high", type=click.IntRange(1), default=50_000, show_default=True, help="The most residents.")
@click.option("--nest", type=click.Choice(["council", "none"]), default="council", show_default=True)
@click.option("--keep-together", type=FILE, help="CSV with columns group and lsoa21: one area each group.")
@click.option("--keep-apart", type=FILE, help="CSV with columns a and b: never in one area.")
@click.option("--bridges", type=FILE, help="CSV with columns a and b: areas joined across water.")
@click.option("--towards", type=click.Choice(["wards", "pcns", "none"]), default="none", show_default=True)
@click.option("--weight", type=click.FloatRange(0), help="How much --towards counts.  [default: 1.0]")
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed may find another drawing.")
@click.option("--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes; only the time.")
@click.option("--id", "set_id", default="", help="Id of the set (default: from the name).")
@_where_kept
def draw_command(
    scope: str, system: str, england: bool, low: int, high: int, nest: str, keep_together: Path | None,
    keep_apart: Path | None, bridges: Path | None, towards: str, weight: float | None, seed: int, workers: int,
    set_id: str, out: Path | None, valid_from: datetime | None, home: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Draw compact, connected areas of England's LSOAs, a fresh version of a set.

    A drawn area is not called a neighbourhood until somebody recognises it.
    """
    from doorstep.geography.neighbourhoods import draw_set, save
    from doorstep.geography.neighbourhoods.model import set_id_of

    name, codes = _ground(scope, system, england)
    wishes = _wishes(low, high, nest, keep_together, keep_apart, bridges, _pull(towards, weight), seed)
    found = draw_set(
        set_id_of(set_id or _plain_id(name)), name, codes, wishes, on=_day(valid_from), towards=towards,
        workers=workers, said=progress,
    )  # fmt: skip
    folder = save(_folder(out, home), found.made)
    facts, lines = _drawn(found, low, high)
    report(as_json, {**facts, "written": str(folder)}, [*lines, "", _written(folder)])
    return 1 if found.made.notes else 0


def _ground(scope: str, system: str, england: bool) -> tuple[str, tuple[str, ...]]:
    from doorstep.geography.areas import areas_within
    from doorstep.reference import systems

    if (bool(scope), bool(system), england).count(True) != 1:
        raise UsageError("which ground?", expected="one of --place NAME, --system NAME and --england")
    if scope:
        return scope.strip(), areas_within(scope)
    found = systems.find(system or systems.ENGLAND)
    return found.name, found.lsoas()


def _wishes(
    low: int, high: int, nest: str, together: Path | None, apart: Path | None, bridges: Path | None, weight: float,
    seed: int,
) -> Wishes:  # fmt: skip
    from doorstep.geography.neighbourhoods import Band, Constraints, Weights, Wishes
    from doorstep.geography.neighbourhoods.constraints import read_groups, read_pairs

    if low > high:
        raise UsageError(f"--low {low:,} is more than --high {high:,}")
    asked = Constraints(
        read_groups(together) if together else {}, read_pairs(apart) if apart else (),
        read_pairs(bridges) if bridges else (),
    )  # fmt: skip
    return Wishes(Band(low, high), Weights(groups=weight), nest == "council", asked, seed=seed)


def _pull(towards: str, weight: float | None) -> float:
    """Return how much wards or networks count; a weight for neither would do nothing, and is refused."""
    if towards != "none":
        return 1.0 if weight is None else weight
    if weight is not None:
        raise UsageError("a weight of nothing", where="--weight", expected="--towards wards or --towards pcns")
    return 0.0


def _plain_id(name: str) -> str:
    from doorstep.reference.places import plain

    return plain(name).replace(" ", "-")


def _day(given: datetime | None) -> date:
    return given.date() if given else clock.today()


def _folder(out: Path | None, home: Path | None) -> Path:
    if out:
        return out
    found = Home.find(home)
    found.config()  # refuses a home that was never made
    return found.neighbourhoods


def _written(folder: Path) -> str:
    return f"Written to {folder}: set.toml, areas.csv and areas.geojson."


def _drawn(found: Drawn, low: int, high: int) -> tuple[dict[str, Any], list[str]]:
    """Return what was drawn as facts and as lines."""
    from doorstep.geography.neighbourhoods import facts

    made, drawn = found.made, found.drawing.areas
    who, how, people = facts.flows(made), facts.shape(drawn), facts.residents_of(made)
    wards, pcns = facts.unit_people("ward", made.ground), facts.unit_people("pcn", made.ground)
    in_band = sum(low <= n <= high for n in people.values())
    rows = [
        (n.id, len(n.areas), people[n.id], round(who.living_in(n.id)), round(who.registered_with(n.id)))
        for n in made.neighbourhoods
    ]
    told = {
        "set": made.id, "areas": [dict(zip(_DRAWN, row, strict=True)) for row in rows], "in_band": in_band,
        "mean_squared_km": how.squared_km, "border_km": how.border_km,
        "wards_undivided": facts.undivided(wards, drawn), "wards_in_main_area": facts.in_main_area(wards, drawn),
        "pcns_in_main_area": facts.in_main_area(pcns, drawn), "notes": made.notes,
    }  # fmt: skip
    lines = [
        f"{n_of(len(drawn), 'drawn area')} of {made.scope}; {in_band} with {low:,} to {high:,} residents",
        f"  mean squared distance to their centre {how.squared_km:.2f} km²; {how.border_km:,.0f} km of inner border",
        f"  {told['wards_undivided']:.0%} of residents in wards left whole; {told['pcns_in_main_area']:.0%} of "
        "patients in their network's main area",
        *made.notes, "", *table(_DRAWN, rows[:_SHOWN]), *_more(rows),
    ]  # fmt: skip
    return told, lines


_DRAWN = ("area", "LSOAs", "residents", "patients living there", "patients of its practices")


def _more(rows: Sequence[object]) -> list[str]:
    return [f"and {len(rows) - _SHOWN:,} more"] if len(rows) > _SHOWN else []


@group.command("import", short_help="Bring a list of neighbourhoods.")
@click.argument("listed", metavar="LIST.csv", type=FILE)
@click.option(
    "--units", required=True, type=click.Choice(["lsoa2011", "lsoa2021", "practices", "wards", "pcns"]),
    help="What it lists; the edition of areas is always stated.",
)  # fmt: skip
@click.option("--id", "set_id", required=True, help="Id of the set: small letters, digits, hyphens.")
@click.option("--title", default="")
@_where_kept
def import_command(
    listed: Path, units: str, set_id: str, title: str, out: Path | None, valid_from: datetime | None,
    home: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Make a set of LIST.csv: a column neighbourhood, and lsoa11, lsoa21, practice, ward or pcn."""
    from doorstep.geography.neighbourhoods import import_set, save
    from doorstep.geography.neighbourhoods.facts import residents_of

    made = import_set(listed, units, set_id, on=_day(valid_from), title=title)
    folder = save(_folder(out, home), made)
    people = residents_of(made)
    rows = [(n.id, n.label, len(n.areas), people[n.id], len(n.practices)) for n in made.neighbourhoods]
    twice, gaps = made.overlaps(), made.gaps()
    lines = [
        f"{n_of(len(rows), 'neighbourhood')} of {made.scope}; administrative only until somebody recognises them",
        *made.notes[:_SHOWN], *_more(made.notes), "",
        *table(_IMPORTED, rows[:_SHOWN]), *_more(rows), "",
        f"{n_of(len(twice), 'area')} in more than one, {len(gaps):,} of the councils touched in none",
        *(f"  {code} in {', '.join(ids)}" for code, ids in list(twice.items())[:_SHOWN]),
        *(f"  {code} in none" for code in gaps[:_SHOWN]), *_more(gaps), "", _written(folder),
    ]  # fmt: skip
    told = {
        "set": made.id, "neighbourhoods": [dict(zip(_IMPORTED, row, strict=True)) for row in rows],
        "in_several": twice, "in_none": gaps, "notes": made.notes, "written": str(folder),
    }  # fmt: skip
    report(as_json, told, lines)
    return 1 if twice or gaps or made.notes else 0


_IMPORTED = ("id", "name", "LSOAs", "residents", "practices")


@group.command("amend", short_help="Record names, recognition, reasons and practices.")
@click.argument("folder", metavar="SET", type=FOLDER)
@click.argument("changes", metavar="CHANGES.toml", type=FILE)
@json_option
def amend_command(folder: Path, changes: Path, as_json: bool) -> int:
    """Write the next version of SET with what CHANGES.toml adds; the older version stays."""
    from doorstep.geography.neighbourhoods import amend, read, save

    made = amend(read(folder), changes)
    at = save((folder.parent if (folder / "set.toml").exists() else folder).parent, made)
    recognised = sum(n.is_recognised for n in made.neighbourhoods)
    told = {"set": made.id, "recognised": recognised, "of": len(made.neighbourhoods), "written": str(at)}
    lines = [f"{recognised} of {len(made.neighbourhoods)} recognised by somebody", _written(at)]
    report(as_json, told, lines)
    return 0


@group.command("audit", short_help="Audit a set: range, recognition, shape, lists.")
@click.argument("folder", metavar="SET", type=FOLDER)
@click.option("--version", type=click.IntRange(1), help="Which version (default: the newest).")
@click.option("--out", type=FOLDER, help="Write the audit's tables as CSV, and all of it as JSON.")
@json_option
def audit_command(folder: Path, version: int | None, out: Path | None, as_json: bool) -> int:
    """Say what of SET is out of range, unrecognised, in pieces, or parted from councils, wards and lists."""
    from doorstep.geography.neighbourhoods import audit, read

    made = read(folder, version)
    found = audit(made)
    told = found.as_dict()
    lines = _audit_lines(made, found)
    if out:
        _write_audit(out, told)
        lines += ["", f"Written to {out}: {', '.join(f'{name}.csv' for name in _TABLES)} and audit.json."]
    report(as_json, {**told, "written": str(out or "")}, lines)
    return 1 if found.asks else 0


def _audit_lines(made: NeighbourhoodSet, found: Audit) -> list[str]:
    rows = [
        (r.name or r.id, r.called, r.residents, r.patients_living, r.patients_of_team, f"{r.own_share:.0%}", r.range,
         r.recognition)
        for r in found.rows
    ]  # fmt: skip
    heads = ("name", "called", "residents", "patients living there", "patients of its team", "with the team", "range",
             "recognition")  # fmt: skip
    asks = found.asks
    return [
        f"{made.title}: {found.reference}, from {made.valid_from}", "", *table(heads, rows[:_SHOWN]), *_more(rows), "",
        *map(str, found.checks), f"  published: {found.published} [{found.published_status}]", "",
        *_overlap_lines(found), "", f"{n_of(len(asks), 'thing')} to do or to record",
        *(f"  {ask}" for ask in asks[:_SHOWN]),
        *_more(asks), "", *found.notes[:_SHOWN], *_more(found.notes),
    ]  # fmt: skip


def _overlap_lines(found: Audit) -> list[str]:
    """Return, for each neighbourhood, its largest council, ward and network."""
    lines = []
    for row in found.rows[:_SHOWN]:
        best = {o.kind: o for o in reversed([o for o in found.overlaps if o.neighbourhood == row.id])}
        said = [
            f"{o.kind} {o.unit} {o.of_neighbourhood:.0%} of it, {o.of_unit:.0%} of the {o.kind}" for o in best.values()
        ]
        lines.append(f"{row.name or row.id}: {'; '.join(reversed(said))}")
    return lines


_TABLES = ("neighbourhoods", "checks", "overlaps", "flows")


def _write_audit(out: Path, told: dict[str, Any]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for name in _TABLES:
        write_whole(out / f"{name}.csv", partial(write_records, rows=told[name]))
    write_whole(out / "audit.json", lambda file: file.write(json.dumps(told, indent=2) + "\n"))
