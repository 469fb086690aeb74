"""`doorstep need`: rank England's small areas by need, set a list beside the ranking, audit a report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from doorstep.cli.output import json_option, report, table, write_records, write_whole
from doorstep.errors import UsageError

if TYPE_CHECKING:
    from doorstep.geography.need import Measures, NeedIndex, Ranked, RankIntervals
    from doorstep.geography.need.measures import Brought

FILE = click.Path(path_type=Path, dir_okay=False)
_AREA_COLUMNS = ("lsoa21_name", "ltla24_name", "icb24_name", "region_name")


@click.group()
def group() -> None:
    """Need: rank small areas, see how firm a rank is, compare a list, audit a report."""


def index_options(command: Any) -> Any:
    """Add the options that say which index, on which measures."""
    options = (
        click.option("--index", "which", default="health_need", show_default=True, help="A shipped index, or a file."),
        click.option("--weight", "weights", multiple=True, metavar="INDICATOR=NUMBER", help="Another weight."),
        click.option("--measure", type=FILE, help="A CSV of your own that the index reads."),
        click.option("--vintage", default="", help="The edition of its areas: 2011 or 2021."),
        click.option(
            "--kind", type=click.Choice(["rate", "count"]), default="rate", show_default=True, help="Its numbers."
        ),
        click.option("--column", default="", help="Its column, where there are more than one."),
    )
    for option in reversed(options):
        command = option(command)
    return command


@group.command("rank", short_help="Rank areas by need, with how firm each rank is.")
@index_options
@click.option("--within", default="", help="Only a council, a Place or a system (the ranks stay England's).")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="How many to print.")
@click.option(
    "--draws",
    type=click.IntRange(20),
    default=400,
    show_default=True,
    help="Draws of other weights for the rank intervals.",
)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--out", type=FILE, help="Write every area as CSV, with its layers.")
@json_option
def rank_command(
    which: str, weights: Sequence[str], measure: Path | None, vintage: str, kind: str, column: str,
    within: str, top: int, draws: int, seed: int, out: Path | None, as_json: bool,
) -> int:  # fmt: skip
    """Rank England's small areas by need; deprivation, doctors and Places stand beside, never in it."""
    from doorstep.geography.need import rank, rank_intervals

    index, measures, brought = _asked(which, weights, measure, vintage, kind, column)
    ranked = rank(index, measures)
    firm = rank_intervals(ranked, draws=draws, seed=seed)
    rows = _rows(ranked, firm, within)
    lines = [*_about(index, ranked), *_said_of(brought, len(ranked.codes)), "", *_top_lines(rows[:top])]
    if out:
        _write(out, rows, index, brought)
        lines += ["", f"{len(rows):,} areas written to {out}, and what they are to {out.with_suffix('.json').name}."]
    report(as_json, {**_facts(index, firm), **_measure(brought), "areas": rows[:top], "written": str(out or "")}, lines)
    return 0


def _asked(
    which: str, weights: Sequence[str], measure: Path | None, vintage: str, kind: Any, column: str
) -> tuple[NeedIndex, Measures, Brought | None]:
    """Return the index with the user's weights, the measures with the user's own, and that by itself."""
    from doorstep.geography.need import bring, load, shipped

    index = load(Path(which) if which.endswith(".toml") else which).with_weights(dict(map(_weight, weights)))
    if measure is None:
        return index, shipped(), None
    found = bring(measure, vintage=vintage, kind=kind, column=column)
    if not any(found.name in indicator.columns for indicator in index.indicators):
        raise UsageError(
            f"the index {index.id} does not read {found.name!r}", where="--measure",
            expected=f'an index with an [[indicator]] of column = "{found.name}"', do="name its file with --index",
        )  # fmt: skip
    return index, shipped().having(found), found


def _said_of(found: Brought | None, n_all: int) -> list[str]:
    """Say how far a measure that was brought reaches."""
    if found is None:
        return []
    said = [f"  {found.name}: {found.n_rows:,} rows on {found.vintage} areas reached {found.n_areas:,} areas of 2021"]
    said += [f"    not carried: {code} ({why})" for code, why in list(found.not_carried.items())[:20]]
    if len(found.not_carried) > 20:
        said.append(f"    and {len(found.not_carried) - 20:,} more")
    if found.is_level:
        said.append("    every area has the same value of it, so it moves no rank")
    if found.n_areas < n_all:
        said.append(f"    {n_all - found.n_areas:,} areas have no value of it and stand on the other indicators alone")
    return said


def _weight(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        return name.strip(), float(number)
    except ValueError as error:
        raise UsageError(f"{text!r} is no weight", expected="INDICATOR=NUMBER", where="--weight") from error


def _rows(ranked: Ranked, firm: RankIntervals, within: str) -> list[dict[str, Any]]:
    """Return a record for each ranked area, the most need first."""
    from doorstep.geography.need.layers import layers
    from doorstep.geography.need.measures import frame_of

    names, beside = frame_of(_AREA_COLUMNS), layers()
    kept = _within(within)
    order = sorted(
        (i for i in range(len(ranked.codes)) if ranked.rank[i]), key=lambda i: (ranked.rank[i], ranked.codes[i])
    )
    return [
        {
            "rank": int(ranked.rank[i]),
            "rank_low": int(firm.low[i]),
            "rank_high": int(firm.high[i]),
            "share_of_draws_in_top_3_percent": round(float(firm.share_in_top[i]), 3),
            "decile": int(ranked.decile[i]),
            "lsoa21": ranked.codes[i],
            **{name: names[name][i] for name in _AREA_COLUMNS},
            "score": round(float(ranked.score[i]), 4),
            **{name: beside[name][i] for name in beside},
        }
        for i in order
        if kept is None or ranked.codes[i] in kept
    ]


def _within(name: str) -> frozenset[str] | None:
    """Return the areas of a Place, a council or a system; None for all of England."""
    from doorstep.geography.areas import areas_within

    return frozenset(areas_within(name)) if name else None


def _about(index: NeedIndex, ranked: Ranked) -> Iterator[str]:
    yield f"{index.title}: {index.id}@{index.version}, {index.status}"
    yield f"  {ranked.n_ranked:,} areas of 2021 ranked; 1 is the most need"
    whole = sum(i.weight for i in index.indicators)
    for i in index.indicators:
        yield f"  {i.weight / whole:4.0%}  {i.title} ({i.source})"
    yield from (f"  {caveat}" for caveat in index.caveats)


def _top_lines(rows: Sequence[dict[str, Any]]) -> list[str]:
    def interval(row: dict[str, Any]) -> str:
        return f"{row['rank_low']:,} to {row['rank_high']:,}"

    cells = [
        (r["rank"], interval(r), r["lsoa21"], r["lsoa21_name"], r["ltla24_name"], r["imd2025_decile"], r["place"] or "")
        for r in rows
    ]
    return table(("rank", "under other weights", "area", "name", "council", "IMD decile", "Place"), cells)


def _facts(index: NeedIndex, firm: RankIntervals) -> dict[str, Any]:
    return {
        "index": f"{index.id}@{index.version}",
        "status": index.status,
        "weights": {i.id: i.weight for i in index.indicators},
        "caveats": list(index.caveats),
        "intervals": {"draws": firm.draws, "seed": firm.seed, "percentiles": [5, 95]},
    }


def _measure(found: Brought | None) -> dict[str, Any]:
    """Say of a measure that was brought what it was, and every 2011 area whose value reached none of 2021."""
    if found is None:
        return {}
    about = {"name": found.name, "vintage": found.vintage, "rows": found.n_rows, "areas": found.n_areas}
    return {"measure": {**about, "not_carried": dict(found.not_carried)}}


def _write(out: Path, rows: Sequence[dict[str, Any]], index: NeedIndex, brought: Brought | None) -> None:
    from doorstep.geography.need.layers import LAYERS

    if not rows:
        raise UsageError("no area to write", where="--within")
    told = {"index": f"{index.id}@{index.version}", "weights": {i.id: i.weight for i in index.indicators}}
    sources = {i.id: i.source for i in index.indicators}
    beside = json.dumps(
        {**told, **_measure(brought), "sources": sources, "layers": LAYERS, "caveats": index.caveats}, indent=2
    )
    write_whole(out.with_suffix(".json"), lambda file: file.write(beside + "\n"))
    write_whole(out, lambda file: write_records(file, rows))


@group.command("compare", short_help="Set a list of areas beside an index.")
@click.argument("listed", metavar="LIST.csv", type=FILE)
@index_options
@json_option
def compare_command(
    listed: Path, which: str, weights: Sequence[str], measure: Path | None, vintage: str, kind: str, column: str,
    as_json: bool,
) -> int:  # fmt: skip
    """Say where the areas of LIST.csv (a column lsoa21 or lsoa_name) stand in an index."""
    from doorstep.geography.need import compare, rank
    from doorstep.geography.need.comparing import read_list

    index, measures, brought = _asked(which, weights, measure, vintage, kind, column)
    ranked = rank(index, measures)
    found = compare(ranked, read_list(listed))
    shares = [(f"top {share:.0%} ({int(share * ranked.n_ranked):,})", n) for share, n in found.in_top.items()]
    lines = [
        f"{found.n_listed:,} areas beside {index.id}@{index.version} over {ranked.n_ranked:,}",
        *_said_of(brought, len(ranked.codes)),
        *table(("share of England", "areas of the list"), shares),
        f"median rank {found.median_rank:,.0f}; the lowest placed is {found.worst[0]} at {found.worst[1]:,}",
        *([f"{len(found.unranked)} have no score: {', '.join(found.unranked[:10])}"] if found.unranked else []),
        f"{len(found.missed):,} areas stand as high and are not on the list, first {', '.join(found.missed[:5])}",
    ]
    told = {
        "index": f"{index.id}@{index.version}", "n_listed": found.n_listed,
        "in_top": {f"{share:g}": n for share, n in found.in_top.items()}, "median_rank": found.median_rank,
        "ranks": dict(found.ranks), "unranked": found.unranked, "not_on_the_list": found.missed, **_measure(brought),
    }  # fmt: skip
    report(as_json, told, lines)
    return 0


@group.command("audit-report", short_help="Check a published report's claims about 150 neighbourhoods.")
@click.option("--out", type=FILE, help="Write the claims, with their sources, as CSV.")
@json_option
def audit_report_command(out: Path | None, as_json: bool) -> int:
    """Compute again what a published report says of 150 neighbourhoods, and say what does not hold."""
    from doorstep.geography.need import audit_report, load, rank, shipped

    found = audit_report(rank(load(), shipped()))
    claims = [asdict(c) for c in found.claims]
    if out:
        write_whole(out, lambda file: write_records(file, claims))
    lines = [found.report, f"  {found.quotes}", ""]
    for c in found.claims:
        lines += [f"{c.verdict.upper()}: {c.says}", f"    {c.found} [{c.source}]"]
    lines += ["", f"{len(found.slips)} names corrected:"]
    lines += [f"  {rank}: {printed or '(no name)'} -> {right} ({area})" for rank, printed, right, area in found.slips]
    lines += [f"{out} written."] if out else []
    told = {"report": found.report, "claims": claims, "slips": found.slips}
    report(as_json, told, lines)
    return 0
