"""Charts as Vega-Lite specifications over the rows of a table, so that picture and table have the same numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from doorstep.planning.reading_out.protecting import ALL

if TYPE_CHECKING:
    from doorstep.planning.definitions import Scheme
    from doorstep.planning.reading_out.sheets import Cell, Sheet

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
_HIDDEN_NOTE = "Hidden numbers are not drawn; the table beside this chart marks them with *."
_BLUE, _GREY, _BLACK, _LIGHT = "#005eb8", "#768692", "#212b32", "#e8edee"
_REST = "numbers that are hidden"
_MOST_BARS = 45
# Nine colours that differ in lightness too, light enough apart for most colour blindness.
_COLOURS = (
    "#003087", "#d5281b", "#ed8b00", "#78be20", "#41b6e6", "#7c2855", "#ae2573", "#006747", "#aeb7bd",
)  # fmt: skip

_ENDS = "datum.label == '1' ? '1, most deprived' : datum.label == '5' ? '5, least deprived' : datum.label"
_LABELLED = {"domain": False, "ticks": False, "labelExpr": _ENDS}


def _chart(title: str, said: str, rows: Iterable[Mapping[str, Cell]], **more: Any) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "title": {"text": title, "subtitle": said, "anchor": "start", "offset": 12, "subtitleColor": _GREY},
        "data": {"values": [dict(row) for row in rows]},
        "width": 560,
        "config": {"view": {"stroke": None}, "axis": {"grid": False, "labelLimit": 320}, "font": "Arial, sans-serif"},
        **more,
    }


def segments_chart(sheet: Sheet, scheme: Scheme) -> dict[str, Any]:
    """Return bars of how each quintile, or area where there is no quintile, divides into segments.

    Of more areas than a page holds, a mark for each area along one line a segment.
    """
    rows = [r for r in sheet.records() if r["segment"] != ALL]
    by_quintile = any(r["quintile"] != ALL for r in rows)
    kept = [r for r in rows if (r["area"] == ALL if by_quintile else r["quintile"] == ALL)]
    if len({r["area"] for r in kept}) > _MOST_BARS:
        return _spread_chart(kept, scheme)
    titles = [s.title for s in scheme.segment]
    field = "quintile" if by_quintile else "area"
    numbered = [
        {**r, "order": titles.index(str(r["segment_title"]))} for r in kept if r["percent_of_people"] is not None
    ]
    rest = list(_hidden_rest(kept, field))
    words = "deprivation quintile" if by_quintile else "area"
    colours = {"domain": [*titles, *([_REST] if rest else [])], "range": [*_COLOURS[: len(titles)], _LIGHT]}
    return _chart(
        f"{scheme.title}: share of people by {words}",
        f"Light grey: {_REST}, marked * in the table beside this chart." if rest else "",
        [*numbered, *rest],
        height={"step": 26},
        mark={"type": "bar"},
        encoding={
            "y": {"field": field, "type": "nominal", "title": None, "sort": None, "axis": _LABELLED},
            "x": {
                "field": "percent_of_people",
                "type": "quantitative",
                "title": "% of people",
                "stack": "zero",
                "scale": {"domain": [0, 100], "clamp": True},
            },
            "color": {
                "field": "segment_title",
                "type": "nominal",
                "title": None,
                "scale": colours,
                "legend": {"labelLimit": 320, "orient": "bottom", "columns": 3},
            },
            "order": {"field": "order"},
            "tooltip": [{"field": n} for n in ("area", "quintile", "segment_title", "people", "percent_of_people")],
        },
    )


def _hidden_rest(rows: Iterable[Mapping[str, Cell]], field: str) -> Iterator[dict[str, Cell]]:
    """Yield what the shown shares of each bar leave to a hundred, where any of its numbers is hidden."""
    bars: dict[Cell, list[Cell]] = {}
    for row in rows:
        bars.setdefault(row[field], []).append(row["percent_of_people"])
    for bar, shares in bars.items():
        left = round(100 - sum(x for x in shares if isinstance(x, float)), 1)
        if None in shares and left > 0:
            yield {field: bar, "segment_title": _REST, "percent_of_people": left, "order": len(_COLOURS)}


def _spread_chart(rows: Iterable[Mapping[str, Cell]], scheme: Scheme) -> dict[str, Any]:
    areas = [r for r in rows if r["area"] != ALL and r["percent_of_people"] is not None]
    y = {"field": "segment_title", "type": "nominal", "title": None, "sort": [s.title for s in scheme.segment]}
    x = {"field": "percent_of_people", "type": "quantitative", "title": "% of the area's people"}
    return _chart(
        f"{scheme.title}: share of people, area by area",
        f"Each mark is one area. {_HIDDEN_NOTE}",
        areas,
        height={"step": 34},
        mark={"type": "tick", "color": _BLUE, "opacity": 0.5, "thickness": 2, "height": 22},
        encoding={
            "y": {**y, "axis": {"domain": False, "ticks": False}},
            "x": x,
            "tooltip": [{"field": n} for n in ("area", "segment_title", "people", "percent_of_people")],
        },
    )


def cohorts_chart(sheet: Sheet) -> dict[str, Any]:
    """Return a bar a cohort, of how many people it has."""
    rows = [r for r in sheet.records() if r["quintile"] == ALL and isinstance(r["people"], int)]
    axis = {"domain": False, "ticks": False}
    y = {"field": "cohort_title", "type": "nominal", "title": None, "sort": "-x", "axis": axis}
    x = {"field": "people", "type": "quantitative", "title": "people", "axis": {"format": ",d"}}
    said = "People can be in several. " + _HIDDEN_NOTE
    return _chart(
        sheet.title,
        said,
        rows,
        height={"step": 26},
        encoding={"y": y, "x": x},
        layer=[
            {"mark": {"type": "bar", "color": _BLUE}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4},
                "encoding": {"text": {"field": "people", "type": "quantitative", "format": ",d"}},
            },
        ],
    )


def curve_chart(sheet: Sheet, national: Mapping[str, Cell]) -> dict[str, Any]:
    """Return concentration curves (people with the most use first), the line of equality, and the national point."""
    x = {"field": "percent_of_people", "type": "quantitative", "title": "% of people, those with the most use first"}
    y = {"field": "percent_of_use", "type": "quantitative", "title": "% of use"}
    scale = {"scale": {"domain": [0, 100]}}
    equality = [{"percent_of_people": p, "percent_of_use": p} for p in (0, 100)]
    start = [
        {"measure_title": title, "percent_of_people": 0, "percent_of_use": 0}
        for title in dict.fromkeys(r["measure_title"] for r in sheet.records())
    ]
    rows = [*start, *sheet.records()]
    return _chart(
        sheet.title,
        "Dashed: everybody uses the same. Square: published for England's people with complex needs, "
        "not measured here.",
        rows,
        height=420,
        encoding={"x": {**x, **scale}, "y": {**y, **scale}},
        layer=[
            {"data": {"values": equality}, "mark": {"type": "line", "color": _GREY, "strokeDash": [4, 4]}},
            {
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "color": {
                        "field": "measure_title",
                        "type": "nominal",
                        "title": None,
                        "scale": {"range": list(_COLOURS)},
                        "legend": {"orient": "bottom", "columns": 2, "labelLimit": 320},
                    },
                    "tooltip": [{"field": n} for n in ("measure_title", "percent_of_people", "percent_of_use")],
                },
            },
            {
                "data": {"values": [dict(national)]},
                "mark": {"type": "point", "shape": "square", "filled": True, "size": 80, "color": _BLACK},
            },
            {
                "data": {"values": [dict(national)]},
                "mark": {"type": "text", "align": "left", "dx": 10, "dy": -5, "color": _BLACK, "lineBreak": ", "},
                "encoding": {"text": {"field": "says"}},
            },
        ],
    )
