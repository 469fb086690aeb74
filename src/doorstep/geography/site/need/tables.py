"""The table of areas beside the map, one area's panel, and the file of all: the same numbers in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from doorstep.errors import UsageError
from doorstep.geography.need import NeedIndex, Ranked, shipped
from doorstep.geography.need.definition import Indicator
from doorstep.geography.site.need import facts
from doorstep.geography.site.need.asking import Asked
from doorstep.web.downloads import Cell

A_PAGE = 50
TOP = 0.03
LAYER_HEADINGS = {
    "imd2025_decile": "IMD 2025 decile",
    "patients_per_gp": "Patients per GP",
    "gps_per_1000_disabled": "GPs per 1,000 disabled",
    "place": "First-wave Place",
    "in_report_150": "Rank in the report",
}


@dataclass(frozen=True)
class Row:
    """One area of the table, in words."""

    code: str
    name: str
    council: str
    people: str
    rank: str
    interval: str
    tenth: str
    beside: str
    is_top: bool
    is_chosen: bool
    query: str


@dataclass(frozen=True)
class Page:
    """One page of the table: its rows, which page of how many, and how many areas in all."""

    rows: tuple[Row, ...]
    number: int
    pages: int
    n_areas: int
    n_people: int
    n_top: int


def page(of: Asked, ranked: Ranked, order: Sequence[int]) -> Page:
    """Return the page asked for: by its number, else where the chosen area stands, else the first."""
    pages = max(1, -(-len(order) // A_PAGE))
    number = min(of.page or _page_of(of.area, order), pages)
    shown = order[(number - 1) * A_PAGE : number * A_PAGE]
    people, rank = facts.frame()["population"], ranked.rank
    return Page(
        tuple(row(of, ranked, int(at)) for at in shown),
        number,
        pages,
        len(order),
        sum(people[at] for at in order),
        sum(1 for at in order if 0 < rank[at] <= TOP * ranked.n_ranked),
    )


def _page_of(code: str, order: Sequence[int]) -> int:
    at = facts.positions().get(code, -1)
    stands = next((i for i, one in enumerate(order) if one == at), 0)
    return stands // A_PAGE + 1


def row(of: Asked, ranked: Ranked, at: int) -> Row:
    """Return one area in words."""
    frame, code, rank = facts.frame(), ranked.codes[at], int(ranked.rank[at])
    return Row(
        code,
        frame["lsoa21_name"][at],
        frame["ltla24_name"][at],
        f"{frame['population'][at]:,}",
        f"{rank:,}" if rank else "none",
        interval(at),
        f"{ranked.decile[at]}" if rank else "none",
        layer_value(of.layer, at) if of.layer else "",
        0 < rank <= TOP * ranked.n_ranked,
        code == of.area,
        of.query(area=code, page=0),
    )


def interval(at: int) -> str:
    """Return the rank interval of an area under the default index's varied weights: 12 to 40."""
    firm = facts.firmness()
    return f"{firm.low[at]:,} to {firm.high[at]:,}" if firm.low[at] else "none"


def layer_value(layer: str, at: int) -> str:
    """Return what a layer says of an area, in words."""
    value = facts.beside()[layer][at]
    if value is None:
        return {"place": "not in one", "in_report_150": "not listed"}.get(layer, "not known")
    if layer == "patients_per_gp":
        return f"{value:,.0f}"
    return f"{value:.1f}" if isinstance(value, float) else str(value).strip()


def panel(of: Asked, ranked: Ranked) -> dict[str, Any] | None:
    """Return what is known of the chosen area; None where none is chosen. UsageError where there is no such area."""
    if not of.area:
        return None
    at = facts.positions().get(of.area)
    if at is None:
        raise UsageError(f"there is no area {of.area!r}", expected="a code such as E01006453", where="area")
    frame, firm, default = facts.frame(), facts.firmness(), facts.ranked(Asked())
    return {
        "row": row(of, ranked, at),
        "system": frame["icb24_name"][at],
        "region": frame["region_name"][at],
        "of": f"{ranked.n_ranked:,}",
        "default_rank": f"{default.rank[at]:,}",
        "in_top": round(100 * firm.in_top[at] / firm.draws),
        "draws": firm.draws,
        "sure": how_sure(int(firm.low[at]), int(firm.high[at]), int(firm.in_top[at]), firm.draws, default.n_ranked),
        "indicators": [_measured(i, part, ranked.index, at) for i, part in _parts(ranked)],
        "beside": [(LAYER_HEADINGS[name], layer_value(name, at)) for name in LAYER_HEADINGS],
    }


def how_sure(low: int, high: int, in_top: int, draws: int, n: int) -> str:
    """Say in a sentence what the interval means for who chooses the areas with most need."""
    if in_top >= 0.95 * draws:
        return "Among the 3% with most need however the indicators are weighed."
    if in_top > 0.05 * draws:
        return (
            f"Whether it is among the 3% with most need depends on the weights: it is in {in_top / draws:.0%} of draws."
        )
    if low <= 0.1 * n:
        return "Not among the 3% with most need, but within the first tenth under some weights."
    wide = (high - low) / n
    return f"Not among the tenth with most need under any likely weights; its rank moves over {wide:.0%} of all areas."


def _parts(ranked: Ranked) -> Iterator[tuple[Indicator, Any]]:
    yield from zip(ranked.index.indicators, ranked.parts, strict=True)


def _measured(indicator: Indicator, part: Any, index: NeedIndex, at: int) -> dict[str, str]:
    whole = sum(i.weight for i in index.indicators)
    return {
        "title": indicator.title,
        "value": value_of(indicator, at),
        "score": f"{part[at]:+.2f}",
        "share": f"{indicator.weight / whole:.0%}",
    }


def value_of(indicator: Indicator, at: int) -> str:
    """Return an indicator's value in an area, in words."""
    found = [shipped().column(name)[at] for name in indicator.columns]
    if len(found) == 2:
        return f"{100 * found[0] / found[1]:.1f}% ({found[0]:,.0f} of {found[1]:,.0f})" if found[1] else "nobody asked"
    return f"{found[0]:,.2f}" if abs(found[0]) < 10 else f"{found[0]:,.1f}"


def columns(index: NeedIndex) -> tuple[tuple[str, str], ...]:
    """Return the columns of the file of areas: name, and what it holds."""
    told = [
        ("rank", "rank in England with these weights, 1 the most need; blank without a score"),
        ("default_rank_low", "5th percentile of the rank when the default weights are varied"),
        ("default_rank_high", "95th percentile of the same"),
        ("share_of_draws_in_top_3_percent", "share of those draws in which the area is in the top 3%"),
        ("decile", "tenth of the ranked areas, 1 the most need"),
        ("lsoa21", "code of the area (2021)"),
        ("lsoa21_name", "its name"),
        ("council", "local authority district, April 2024"),
        ("system", "integrated care board, April 2024"),
        ("region", "region"),
        ("residents", "usual residents, Census 2021"),
        ("score", "weighted mean of the normal scores"),
    ]
    told += [(f"{i.id}", f"{i.title}: {i.source}") for i in index.indicators]
    told += [(f"{i.id}_score", f"normal score of {i.title}, more need higher") for i in index.indicators]
    return (
        *told,
        *((name, f"beside the index: {title}") for name, title in LAYER_HEADINGS.items()),
        ("index", "definition"),
    )


def file_rows(ranked: Ranked, order: Sequence[int]) -> Iterator[list[Cell]]:
    """Yield the rows of the file of areas, in the order of `columns`."""
    frame, firm, beside = facts.frame(), facts.firmness(), facts.beside()
    values = [_values(i) for i in ranked.index.indicators]
    name = f"{ranked.index.id}@{ranked.index.version}"
    told = [frame[key] for key in ("lsoa21_name", "ltla24_name", "icb24_name", "region_name", "population")]
    for at in map(int, order):
        rank = int(ranked.rank[at])
        yield [
            rank or None, int(firm.low[at]) or None, int(firm.high[at]) or None, round(firm.in_top[at] / firm.draws, 4),
            int(ranked.decile[at]) or None, ranked.codes[at], *(column[at] for column in told),
            round(float(ranked.score[at]), 6) if rank else None,
            *(_number(column[at]) for column in values), *(_number(part[at]) for part in ranked.parts),
            *(_layer_cell(beside[key][at]) for key in LAYER_HEADINGS), name,
        ]  # fmt: skip


def _values(indicator: Indicator) -> Any:
    import numpy as np

    found = [shipped().column(name) for name in indicator.columns]
    if len(found) == 1:
        return found[0]
    return np.divide(found[0], found[1], out=np.full(len(found[0]), np.nan), where=found[1] > 0)


def _number(value: Any) -> float | None:
    return round(float(value), 6) if value == value else None


def _layer_cell(value: Any) -> Cell:
    return round(value, 3) if isinstance(value, float) else value
