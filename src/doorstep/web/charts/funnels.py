"""A funnel: a dot for each area at its size, and limits that widen as areas get smaller."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from doorstep.web.charts import look, svg
from doorstep.web.charts.drawn import Canvas, Drawn, in_both, narrow, wide
from doorstep.web.charts.frame import Frame, KeyEntry, foot_axis, framed, key, stroke, value_axis
from doorstep.web.charts.scales import Linear, even_ticks, tick_words
from doorstep.web.charts.shapes import Shape, point, range_bar

# A white edge around letters that stand on lines.
HALO: dict[str, str | float | None] = {"stroke": look.WHITE, "stroke_width": 3, "paint_order": "stroke"}


@dataclass(frozen=True)
class FunnelDot:
    """One area. A hidden one has no `value` but `low` and `high` (None: nothing bounds it). `label`: beside the dot."""

    x: float
    value: float | None
    low: float | None = None
    high: float | None = None
    label: str = ""
    shape: Shape = Shape.CIRCLE
    is_own: bool = False


@dataclass(frozen=True)
class Curve:
    """One pair of limits: lower and upper at each x. `is_wide`: allows for more than chance, drawn heavier."""

    words: str
    xs: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    is_wide: bool = False
    is_outer: bool = False


@dataclass(frozen=True)
class FunnelChart:
    """What to draw. `centre` is the pooled rate; `words` says what each shape but the circle stands for."""

    name: str
    title: str
    description: str
    x_axis: str
    y_axis: str
    dots: tuple[FunnelDot, ...]
    centre: float | None = None
    centre_words: str = "pooled rate"
    curves: tuple[Curve, ...] = ()
    words: tuple[tuple[Shape, str], ...] = ()


def draw_funnel(chart: FunnelChart) -> Drawn:
    """Return the chart in both widths."""
    sheets = (wide(430), narrow(360))
    return in_both(chart.name, chart.title, chart.description, sheets, lambda sheet: _inside(chart, sheet))


def _inside(chart: FunnelChart, sheet: Canvas) -> tuple[float, str]:
    frame = framed(sheet, list(_values(chart)), chart.y_axis, below=sheet.text * 3.4)
    ticks = even_ticks(0, max((dot.x for dot in chart.dots), default=1.0), sheet.ticks - 1)
    x = Linear(0, ticks[-1], frame.left, frame.right)
    end, legend = key(sheet, list(_key(chart)), frame.bottom + sheet.text * 4.8)
    layers = (
        value_axis(frame, chart.y_axis),
        _centre(chart, frame),
        "".join(_curve(curve, frame, x) for curve in chart.curves),
        "".join(_dot(dot, frame, x) for dot in chart.dots),
        _labels(chart, frame, x),
        foot_axis(frame),
        _sizes(frame, x, ticks, chart.x_axis),
        legend,
    )
    return end, "".join(layers)


def _values(chart: FunnelChart) -> Iterator[float]:
    """Yield what the value axis must hold: every area, and the limits at the smallest area (no wider)."""
    for dot in chart.dots:
        yield from (v for v in (dot.value, dot.low, dot.high) if v is not None)
    if chart.centre is not None:
        yield chart.centre
    smallest = min((dot.x for dot in chart.dots), default=0.0)
    for curve in chart.curves:
        held = [i for i, x in enumerate(curve.xs) if x >= smallest]
        yield from (v for i in held for v in (curve.lower[i], curve.upper[i]))


def _centre(chart: FunnelChart, frame: Frame) -> str:
    if chart.centre is None:
        return ""
    y = frame.y(chart.centre)
    return svg.line(frame.left, y, frame.right, y, class_="app-chart__mean", stroke=look.INK, stroke_width=1.5)


def _curve(curve: Curve, frame: Frame, x: Linear) -> str:
    return "".join(
        svg.path(
            [
                (x(at), frame.y(v))
                for at, v in zip(curve.xs, side, strict=True)
                if frame.ticks[0] <= v <= frame.ticks[-1]
            ],
            class_="app-chart__limit",
            **_strokes(curve),
        )
        for side in (curve.lower, curve.upper)
    )


def _strokes(curve: Curve) -> dict[str, str | float | None]:
    return {
        "stroke": look.INK if curve.is_wide else look.GREY,
        "stroke_width": 2 if curve.is_wide else 1,
        "stroke_dasharray": look.DASH if curve.is_outer else None if curve.is_wide else look.DOTS,
    }


def _dot(dot: FunnelDot, frame: Frame, x: Linear) -> str:
    size = 4.5 if frame.sheet.is_narrow else 5.0
    if dot.value is not None:
        own = svg.tag("circle", class_="app-chart__ring", cx=x(dot.x), cy=frame.y(dot.value), r=size + 5, fill="none",
                      stroke=look.INK, stroke_width=2)  # fmt: skip
        return (own if dot.is_own else "") + point(dot.shape, x(dot.x), frame.y(dot.value), size)
    if dot.low is None:
        return ""
    top = frame.top if dot.high is None else frame.y(dot.high)
    return range_bar(x(dot.x), frame.y(dot.low), top, size, is_open=dot.high is None)


def _labels(chart: FunnelChart, frame: Frame, x: Linear) -> str:
    """Return the labels, each moved down until it overlaps none before it."""
    sheet = frame.sheet
    parts: list[str] = []
    taken: list[tuple[float, float, float]] = []
    for dot in sorted((d for d in chart.dots if d.label), key=lambda d: (d.x, d.value or d.low or 0, d.label)):
        value = dot.value if dot.value is not None else dot.low
        if value is None:
            continue
        room = sheet.wide_letters(len(dot.label))
        is_left = x(dot.x) + 9 + room > sheet.width
        at_x, at_y = x(dot.x) - 9 - room if is_left else x(dot.x) + 9, frame.y(value) - 4
        while any(abs(at_y - ty) < sheet.text and at_x < tx + tr and tx < at_x + room for tx, ty, tr in taken):
            at_y += sheet.text * 0.5
        taken.append((at_x, at_y, room))
        parts.append(svg.words(dot.label, at_x, at_y, class_="app-chart__label", font_weight="bold", **HALO))
    return "".join(parts)


def _sizes(frame: Frame, x: Linear, ticks: tuple[float, ...], title: str) -> str:
    parts, sheet = [], frame.sheet
    for tick, words in zip(ticks, tick_words(ticks), strict=True):
        at = min(x(tick), sheet.width - sheet.wide_letters(len(words)) / 2)
        parts.append(
            svg.line(x(tick), frame.bottom, x(tick), frame.bottom + 5, stroke=look.INK, class_="app-chart__axis")
        )
        parts.append(
            svg.words(words, at, frame.bottom + sheet.text * 1.4, text_anchor="middle", class_="app-chart__tick")
        )
    parts.append(
        svg.words(
            title, frame.right, frame.bottom + sheet.text * 2.9, text_anchor="end", class_="app-chart__axis-title"
        )
    )
    return "".join(parts)


def _key(chart: FunnelChart) -> Iterator[KeyEntry]:
    if chart.centre is not None:
        yield KeyEntry(stroke(look.INK, width=1.5), chart.centre_words)
    for curve in chart.curves:
        yield KeyEntry(svg.line(-12, 0, 12, 0, **_strokes(curve)), curve.words)
    seen = {dot.shape for dot in chart.dots if dot.value is not None}
    for shape, words in chart.words:
        if shape in seen:
            yield KeyEntry(point(shape, 0, 0, 5), words)
    if any(dot.is_own for dot in chart.dots):
        ring = svg.tag("circle", cx=0, cy=0, r=9, fill="none", stroke=look.INK, stroke_width=2)
        yield KeyEntry(ring + point(Shape.CIRCLE, 0, 0, 4), "this Place")
    if any(dot.value is None and dot.low is not None for dot in chart.dots):
        yield KeyEntry(range_bar(0, 7, -7, 4), "hidden: somewhere on the bar")
