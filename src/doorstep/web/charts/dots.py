"""Rows of values with their intervals, as dots or as bars from nought: for a breakdown side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from doorstep.web.charts import look, svg
from doorstep.web.charts.drawn import Canvas, Drawn, in_both, narrow, wide
from doorstep.web.charts.frame import KeyEntry, key, reach, stroke, titled
from doorstep.web.charts.scales import Linear, even_ticks, tick_words
from doorstep.web.charts.shapes import Shape, hatching, point


@dataclass(frozen=True)
class DotRow:
    """One row. `low` and `high` are its interval; without a `value` they are the range of a hidden one.

    group: a heading above the first row of each group. compared: a second value to read it against, such as the pool.
    """

    label: str
    value: float | None
    low: float | None = None
    high: float | None = None
    group: str = ""
    compared: float | None = None
    note: str = ""


@dataclass(frozen=True)
class DotChart:
    """What to draw, in the order of the rows. `bars`: bars from nought instead of dots."""

    name: str
    title: str
    description: str
    axis: str
    rows: tuple[DotRow, ...]
    reference: float | None = None
    reference_words: str = "pooled rate"
    compared_words: str = "all Places that sent"
    bars: bool = False


@dataclass(frozen=True)
class _Laid:
    """Where everything stands: rows by their middle, headings by their base line."""

    sheet: Canvas
    x: Linear
    ticks: tuple[float, ...]
    rows: tuple[tuple[DotRow, float], ...]
    headings: tuple[tuple[str, float], ...]
    top: float
    bottom: float


def draw_dots(chart: DotChart) -> Drawn:
    """Return the chart in both widths; its height goes with the number of rows."""
    return in_both(chart.name, chart.title, chart.description, (wide(), narrow()), lambda sheet: _inside(chart, sheet))


def _lay(chart: DotChart, sheet: Canvas) -> _Laid:
    step, y = sheet.text * 1.7, sheet.text * (1.2 * len(sheet.lines_of(chart.axis, sheet.width - 4)) + 0.8)
    top, group = y, ""
    rows, headings = [], []
    for row in chart.rows:
        if row.group and row.group != group:
            headings.append((row.group, y + step * 0.75))
            y += step
        group = row.group
        rows.append((row, y + step / 2))
        y += step
    letters = max((len(row.label) for row in chart.rows), default=0)
    left = min(sheet.wide_letters(letters) + 14, sheet.width * 0.45)
    low, high = reach(list(_values(chart)))
    ticks = even_ticks(min(low, 0.0) if chart.bars else low, high, sheet.ticks)
    x = Linear(ticks[0], ticks[-1], left, sheet.width - 24)
    return _Laid(sheet, x, ticks, tuple(rows), tuple(headings), top, y)


def _values(chart: DotChart) -> Iterator[float]:
    for row in chart.rows:
        yield from (v for v in (row.value, row.low, row.high, row.compared) if v is not None)
    if chart.reference is not None:
        yield chart.reference


def _inside(chart: DotChart, sheet: Canvas) -> tuple[float, str]:
    laid = _lay(chart, sheet)
    end, legend = key(sheet, list(_key(chart)), laid.bottom + sheet.text * 3.2)
    layers = (
        titled(sheet, chart.axis),
        "".join(_grid(laid)),
        "".join(svg.words(words, 2, y, font_weight="bold") for words, y in laid.headings),
        _reference(chart, laid),
        "".join(_row(chart, laid, row, y) for row, y in laid.rows),
        legend,
    )
    return end, "".join(layers)


def _grid(laid: _Laid) -> Iterator[str]:
    for tick, words in zip(laid.ticks, tick_words(laid.ticks), strict=True):
        x = laid.x(tick)
        yield svg.line(x, laid.top, x, laid.bottom, class_="app-chart__grid", stroke=look.PALE_LINE)
        yield svg.words(words, x, laid.bottom + laid.sheet.text * 1.3, text_anchor="middle", class_="app-chart__tick")


def _reference(chart: DotChart, laid: _Laid) -> str:
    if chart.reference is None:
        return ""
    x = laid.x(chart.reference)
    return svg.line(x, laid.top, x, laid.bottom, class_="app-chart__mean", stroke=look.INK, stroke_dasharray=look.DASH)


def _row(chart: DotChart, laid: _Laid, row: DotRow, y: float) -> str:
    sheet = laid.sheet
    room = laid.x.start - 10
    label = row.label
    while sheet.wide_letters(len(label)) > room and len(label) > 4:
        label = f"{label[:-2].rstrip()}…"
    parts = [svg.words(label, laid.x.start - 8, y + sheet.text * 0.35, text_anchor="end", class_="app-chart__label")]
    if row.compared is not None:
        parts.append(point(Shape.SQUARE, laid.x(row.compared), y, 4, hollow=True))
    if row.value is None:
        parts.append(_hidden(laid, row, y))
    else:
        parts.append(_bar(laid, row.value, y) if chart.bars else "")
        parts.append(_interval(laid, row, y))
        parts.append("" if chart.bars else point(Shape.CIRCLE, laid.x(row.value), y, 5))
    return "".join(parts)


def _bar(laid: _Laid, value: float, y: float) -> str:
    half, ends = laid.sheet.text * 0.5, sorted((laid.x(0.0), laid.x(value)))
    looks: dict[str, str | float | None] = {"fill": look.PALE_BLUE, "stroke": look.BLUE}
    return svg.tag(
        "rect", class_="app-chart__bar", x=ends[0], y=y - half, width=ends[1] - ends[0], height=2 * half, **looks
    )


def _interval(laid: _Laid, row: DotRow, y: float) -> str:
    if row.low is None or row.high is None:
        return ""
    low, high = laid.x(row.low), laid.x(row.high)
    looks: dict[str, str | float | None] = {"class_": "app-chart__interval", "stroke": look.INK, "stroke_width": 1.5}
    ends = "".join(svg.line(x, y - 4, x, y + 4, **looks) for x in (low, high))
    return svg.line(low, y, high, y, **looks) + ends


def _hidden(laid: _Laid, row: DotRow, y: float) -> str:
    """Return a hatched box over the range of a hidden value, or a star where nothing bounds it."""
    if row.low is None or row.high is None:
        words = _fitting(row.note, laid.sheet, laid.sheet.width - laid.x.start - 6)
        return svg.words(words, laid.x.start + 6, y + laid.sheet.text * 0.35, class_="app-chart__label")
    low, high = laid.x(row.low), laid.x(row.high)
    box = svg.tag("rect", class_="app-chart__range", x=low, y=y - 5, width=max(high - low, 1), height=10, fill="none",
                  stroke=look.GREY, stroke_dasharray="3 2")  # fmt: skip
    return box + hatching(low, y - 5, max(high, low + 1), y + 5, 5)


def _fitting(note: str, sheet: Canvas, room: float) -> str:
    """Return as much of a note as has room: all, what stands before its brackets, or before its colon."""
    shorter = (note, note.partition(" (")[0], note.partition(":")[0])
    return next((words for words in shorter if words and sheet.wide_letters(len(words)) <= room), "*")


def _key(chart: DotChart) -> Iterator[KeyEntry]:
    shown = [row for row in chart.rows if row.value is not None]
    if any(row.low is not None for row in shown):
        dot = "" if chart.bars else point(Shape.CIRCLE, 0, 0, 4)
        yield KeyEntry(stroke(look.INK, width=1.5) + dot, "95% interval")
    if any(row.value is None and row.high is not None for row in chart.rows):
        box = svg.tag("rect", x=-12, y=-5, width=24, height=10, fill="none", stroke=look.GREY, stroke_dasharray="3 2")
        yield KeyEntry(box + hatching(-12, -5, 12, 5, 5), "hidden: somewhere in the box")
    if any(row.compared is not None for row in chart.rows):
        yield KeyEntry(point(Shape.SQUARE, 0, 0, 4, hollow=True), chart.compared_words)
    if chart.reference is not None:
        yield KeyEntry(stroke(look.INK, dash=look.DASH, width=1.5), chart.reference_words)
