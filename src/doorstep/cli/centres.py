"""`doorstep centres`: where neighbourhood health centres should be, and whether opening hours meet the rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import json_option, n_of, progress, report, table
from doorstep.errors import UsageError

if TYPE_CHECKING:
    from doorstep.geography.siting import Answer, Question
    from doorstep.geography.siting.effects import Group

_FAR_KM = 20.0  # in a straight line: a site of a user's own list farther from everybody is hardly meant
FILE = click.Path(path_type=Path, dir_okay=False)
_CAVEATS = (
    "Distances are straight lines times a road factor ({factor:g}, our assumption), from the mean of each area's "
    "postcodes.",
    "Nothing ships of public transport, walking or hills: bring times with --matrix before a decision.",
    "Nothing says that a building could be used or is for sale.",
)


@click.group()
def group() -> None:
    """Neighbourhood health centres: choose sites with a certified gap, check opening hours."""


@group.command("site", short_help="Choose sites, and say how much better any other choice could be.")
@click.option("--system", "--place", "where", required=True, help="A system, a Place, a council or England.")
@click.option("--n", type=click.IntRange(1), help="How many centres to open.")
@click.option("--new", type=click.IntRange(0), help="How many of them new, with --repurposed.")
@click.option("--repurposed", type=click.IntRange(0), help="How many of them in existing buildings, with --new.")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), help="Instead: what may be spent (column cost).")
@click.option("--kinds", default="hospital,library,practice", show_default=True, help="Candidates; also: area (new).")
@click.option("--candidates", type=FILE, help="Your own candidates: site, easting, northing, name, kind, how, cost.")
@click.option("--fixed", type=FILE, help="Centres that stand and stay: the same columns.")
@click.option("--matrix", type=FILE, help="Your own times or distances: lsoa21, site, value.")
@click.option("--unit", default="minutes", show_default=True, help="What the matrix is in.")
@click.option("--objective", type=click.Choice(["median", "covering", "equity"]), default="median", show_default=True)
@click.option("--within", type=float, metavar="KM", help="The reach of covering, and of the coverage shown.")
@click.option("--share", type=float, default=0.5, show_default=True, help="Equity: the worst-off tenth's share.")
@click.option("--weight", type=click.Choice(["need", "people", "aged_65"]), default="need", show_default=True)
@click.option("--road-factor", type=float, default=1.3, show_default=True, help="Road distance over straight line.")
@click.option(
    "--seconds", type=click.FloatRange(0), default=10.0, show_default=True, help="Covering: to prove it best."
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", type=FILE, help="Write the centres as .csv or .geojson.")
@json_option
def site_command(
    where: str, n: int | None, new: int | None, repurposed: int | None, budget: float | None, kinds: str,
    candidates: Path | None, fixed: Path | None, matrix: Path | None, unit: str, objective: Any, within: float | None,
    share: float, weight: Any, road_factor: float, seconds: float, seed: int, out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Choose sites for neighbourhood health centres, with a bound that no other choice of these sites can be below."""
    from doorstep.geography.siting import Question, answer, besides, demand_of, read_matrix, read_sites, sites_of, write

    _check(out)
    demand = demand_of(where, weight)
    standing = read_sites(fixed) if fixed else ()
    offered = read_sites(candidates) if candidates else sites_of(where, [k.strip() for k in kinds.split(",") if k])
    offered = besides(offered, standing)
    asked = Question(
        demand, offered, standing, n, new, repurposed, budget, objective, within, share, road_factor,
        read_matrix(matrix, demand.codes, [*offered, *standing]) if matrix else None, unit if matrix else "km",
    )  # fmt: skip
    progress(f"choosing among {len(offered):,} sites for {len(demand.codes):,} areas")
    found = answer(asked, seed, seconds=seconds)
    if out:
        write(found, out)
    notes = _notes(asked) if candidates or fixed else []
    report(as_json, _facts(found, where, seed, out, notes), _lines(found, where, out, notes))
    return 1 if notes else 0


def _check(out: Path | None) -> None:
    """Refuse a file that cannot be written before the work."""
    if out and out.suffix.lower() not in (".csv", ".geojson", ".json"):
        raise UsageError(f"{out.name} is neither CSV nor GeoJSON", expected=".csv or .geojson", where="--out")
    if out and not out.absolute().parent.is_dir():
        raise UsageError(f"there is no folder {out.parent}", where="--out", do="make it, or name one that is there")


def _notes(asked: Question) -> list[str]:
    from doorstep.geography.siting import far_off

    return [
        f"{site.id} ({site.name}) is {away:,.0f} km from the nearest of these areas: is it placed right?"
        for site, away in far_off(asked.demand, [*asked.candidates, *asked.fixed], _FAR_KM)
    ]


def _caveats(asked: Question) -> list[str]:
    return [f"Distances are your matrix's, in {asked.unit}.", _CAVEATS[2]] if asked.matrix else [
        c.format(factor=asked.road_factor) for c in _CAVEATS
    ]  # fmt: skip


def _lines(found: Answer, where: str, out: Path | None, notes: Sequence[str]) -> list[str]:
    from doorstep.geography.siting import by_council, by_quintile
    from doorstep.geography.siting.writing import rows_of

    asked = found.question
    rows = rows_of(found)
    lines = [f"{where}: {len(asked.demand.codes):,} areas, {asked.demand.people.sum():,.0f} people", found.sentence]
    lines += [f"  weight: {asked.demand.weight_says}; the tables count each person once"]
    lines += [*(f"  {c}" for c in _caveats(asked)), *(f"  note: {note}" for note in notes), ""]
    lines += [*_group_lines(found, by_quintile(found), "people"), ""]
    lines += [*_group_lines(found, by_council(found), "council"), ""]
    lines += _site_lines(rows, asked.unit)
    return lines + (["", f"{n_of(len(rows), 'centre')} written to {out}."] if out else [])


def _group_lines(found: Answer, groups: Sequence[Group], heading: str) -> list[str]:
    from doorstep.geography.siting.effects import reach_of

    unit, reach = found.question.unit, reach_of(found)
    if not found.question.fixed:
        cells: list[Sequence[object]] = [(g.name, g.people, f"{g.mean:.2f}", f"{g.within:.1%}") for g in groups]
        return table((heading, "people", f"mean {unit}", f"within {reach:g} {unit}"), cells)
    headers = (heading, "people", f"mean {unit} before", "after", f"within {reach:g} {unit} before", "after")
    cells = [
        (g.name, g.people, "-" if g.mean_before is None else f"{g.mean_before:.2f}", f"{g.mean:.2f}",
         f"{g.within_before:.1%}", f"{g.within:.1%}")
        for g in groups
    ]  # fmt: skip
    return table(headers, cells)


def _site_lines(rows: Sequence[dict[str, Any]], unit: str) -> list[str]:
    """Lay the centres out; a column that a user's own list left empty is left out."""

    def shown(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    words = [name for name in ("site", "name", "kind", "how", "council") if any(row[name] for row in rows)]
    headers = (*words, "people nearest", f"mean {unit}", f"closing adds {unit}")
    cells = [
        (*(r[name] for name in words), r["people_nearest"], shown(r["mean_distance"]), shown(r["closing_adds"]))
        for r in rows
    ]
    return table(headers, cells)


def _facts(found: Answer, where: str, seed: int, out: Path | None, notes: Sequence[str]) -> dict[str, Any]:
    from doorstep.geography.siting import by_council, by_quintile
    from doorstep.geography.siting.effects import reach_of
    from doorstep.geography.siting.writing import rows_of

    asked = found.question
    return {
        "where": where, "sentence": found.sentence, "objective": asked.aim, "unit": asked.unit, "seed": seed,
        "asked": _asked(asked), "value": found.solved.value, "bound": found.solved.bound, "certified_gap": found.gap,
        "certified_by": found.solved.by, "weight": asked.demand.weight_says, "caveats": _caveats(asked),
        "notes": list(notes), "n_candidates": len(asked.candidates), "coverage_within": reach_of(found),
        "by_quintile": [asdict(g) for g in by_quintile(found)], "by_council": [asdict(g) for g in by_council(found)],
        "centres": rows_of(found), "written": str(out or ""),
    }  # fmt: skip


def _asked(asked: Question) -> dict[str, Any]:
    """Return how much was asked for and the settings of the aim, so that the answer can be asked again."""
    return {
        "n": asked.n, "new": asked.new, "repurposed": asked.repurposed, "budget": asked.budget,
        "n_fixed": len(asked.fixed), "within": asked.within,
        "share": asked.share if asked.aim == "equity" else None,
        "road_factor": None if asked.matrix else asked.road_factor,
    }  # fmt: skip


@group.command("hours", short_help="Check opening hours: 12 hours a day on 6 days a week.")
@click.argument("file", metavar="HOURS.csv", type=FILE)
@json_option
def hours_command(file: Path, as_json: bool) -> int:
    """Check weekly opening hours (site, monday … sunday; 08:00-20:00) day by day; exit 1 where a site falls short."""
    from doorstep.geography.siting import read_weeks

    weeks = read_weeks(file)
    cells = [("yes" if w.meets else "NO", w.site, w.reason) for w in weeks]
    meet = sum(w.meets for w in weeks)
    lines = [
        *table(("meets", "site", "why"), cells),
        "",
        f"{meet:,} of {n_of(len(weeks), 'site')} meet 12 hours x 6 days.",
    ]
    facts = [{"site": w.site, "meets": w.meets, "minutes": w.minutes, "reason": w.reason} for w in weeks]
    report(as_json, {"sites": facts, "meet": meet}, lines)
    return 0 if meet == len(weeks) else 1
