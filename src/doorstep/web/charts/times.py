"""A line over months: process limits, special causes, gaps, hidden and provisional months, breaks in the series."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from doorstep.web.charts import look, svg
from doorstep.web.charts.drawn import Canvas, Drawn, in_both, narrow, wide
from doorstep.web.charts.frame import Frame, KeyEntry, foot_axis, framed, key, stroke, value_axis
from doorstep.web.charts.scales import Months
from doorstep.web.charts.shapes import Shape, hatching, point, range_bar


@dataclass(frozen=True)
class TimePoint:
    """One month. `value` is None where there is none; a hidden one has `low` and `high` (None: nothing bounds it).

    starts: no line joins it to the month before. is_provisional: drawn hollow. is_corrected: ringed. is_missing:
    nothing was sent.
    """

    month: date
    value: float | None = None
    low: float | None = None
    high: float | None = None
    shape: Shape = Shape.CIRCLE
    starts: bool = False
    is_provisional: bool = False
    is_corrected: bool = False
    is_missing: bool = False


@dataclass(frozen=True)
class Level:
    """The mean and limits of the months from `first` to `last`; None where there is none to draw."""

    first: date
    last: date
    mean: float | None
    lower: float | None = None
    upper: float | None = None
    is_provisional: bool = False


@dataclass(frozen=True)
class Mark:
    """Something that happened at the start of a month, with a letter that the table and the words use too."""

    month: date
    letter: str


@dataclass(frozen=True)
class TimeChart:
    """What to draw. `name` is an id that no other chart of the page has; `axis` names values with their unit.

    shaded: months with a background, `shaded_words` says why. words: what the key says of a kind of point.
    """

    name: str
    title: str
    description: str
    axis: str
    first: date
    n_months: int
    points: tuple[TimePoint, ...]
    levels: tuple[Level, ...] = ()
    marks: tuple[Mark, ...] = ()
    shaded: frozenset[date] = frozenset()
    shaded_words: str = ""
    high_words: str = "higher than usual"
    low_words: str = "lower than usual"


def draw_time(chart: TimeChart) -> Drawn:
    """Return the chart in both widths."""
    return in_both(chart.name, chart.title, chart.description, (wide(), narrow()), lambda sheet: _inside(chart, sheet))


def _inside(chart: TimeChart, sheet: Canvas) -> tuple[float, str]:
    frame = framed(sheet, list(_values(chart)), chart.axis, below=sheet.text * 2)
    months = Months(chart.first, chart.n_months, frame.left, frame.right)
    end, legend = key(sheet, list(_key(chart)), frame.bottom + sheet.text * 3.4)
    layers = (
        _shades(chart, frame, months),
        value_axis(frame, chart.axis),
        _hatched(chart, frame, months),
        "".join(_level(level, frame, months) for level in chart.levels),
        "".join(_mark(mark, frame, months) for mark in chart.marks),
        _line(chart, frame, months),
        "".join(_point(p, frame, months) for p in chart.points),
        foot_axis(frame),
        _month_words(frame, months),
        legend,
    )
    return end, "".join(layers)


def _values(chart: TimeChart) -> Iterator[float]:
    """Yield every value that the scale must hold."""
    for p in chart.points:
        yield from (v for v in (p.value, p.low, p.high) if v is not None)
    for level in chart.levels:
        yield from (v for v in (level.mean, level.lower, level.upper) if v is not None)


def _shades(chart: TimeChart, frame: Frame, months: Months) -> str:
    return "".join(
        svg.tag(
            "rect",
            class_="app-chart__shade",
            x=months.left(month),
            y=frame.top,
            width=months.width,
            height=frame.bottom - frame.top,
            fill=look.SHADE,
        )
        for month in months.all
        if month in chart.shaded
    )


def _hatched(chart: TimeChart, frame: Frame, months: Months) -> str:
    return "".join(
        hatching(months.left(p.month), frame.top, months.left(p.month) + months.width, frame.bottom)
        for p in chart.points
        if p.is_provisional
    )


def _level(level: Level, frame: Frame, months: Months) -> str:
    x0, x1 = months.left(level.first), months.left(level.last) + months.width
    drawn = ((level.mean, None, look.INK, "mean"), (level.lower, look.DASH, look.GREY, "limit"),
             (level.upper, look.DASH, look.GREY, "limit"))  # fmt: skip
    return "".join(
        svg.line(
            x0,
            frame.y(value),
            x1,
            frame.y(value),
            class_=f"app-chart__{name}",
            stroke=colour,
            stroke_width=1 if level.is_provisional else 1.8,
            stroke_dasharray=look.DOTS if level.is_provisional and dash else dash,
        )
        for value, dash, colour, name in drawn
        if value is not None
    )


def _mark(mark: Mark, frame: Frame, months: Months) -> str:
    x = months.left(mark.month)
    rule = svg.line(
        x, frame.top, x, frame.bottom, class_="app-chart__break", stroke=look.INK, stroke_dasharray=look.LONG
    )
    return rule + svg.words(mark.letter, x, frame.top - 3, text_anchor="middle", font_weight="bold")


def _line(chart: TimeChart, frame: Frame, months: Months) -> str:
    """Return the line through months that hang together: it stops at gaps and breaks."""
    parts: list[str] = []
    run: list[tuple[float, float]] = []
    for p in chart.points:
        if p.value is None or p.starts:
            parts.append(_stretch(run))
            run = []
        if p.value is not None:
            run.append((months(p.month), frame.y(p.value)))
    return "".join([*parts, _stretch(run)])


def _stretch(run: list[tuple[float, float]]) -> str:
    return svg.path(run, class_="app-chart__line", stroke=look.BLUE, stroke_width=2)


def _point(p: TimePoint, frame: Frame, months: Months) -> str:
    x = months(p.month)
    size = max(2.5, min(5.0, months.width * 0.32))
    if p.value is not None:
        y = frame.y(p.value)
        ring = svg.tag("circle", class_="app-chart__ring", cx=x, cy=y, r=size + 4, fill="none", stroke=look.INK)
        return (ring if p.is_corrected else "") + point(p.shape, x, y, size, hollow=p.is_provisional)
    if p.low is not None:
        top = frame.top if p.high is None else frame.y(p.high)
        return range_bar(x, frame.y(p.low), top, size, is_open=p.high is None)
    return _cross(x, frame.bottom - size - 2, size) if p.is_missing else ""


def _cross(x: float, y: float, size: float) -> str:
    looks: dict[str, str | float | None] = {"class_": "app-chart__missing", "stroke": look.GREY, "stroke_width": 1.5}
    down = svg.line(x - size, y - size, x + size, y + size, **looks)
    return down + svg.line(x - size, y + size, x + size, y - size, **looks)


def _month_words(frame: Frame, months: Months) -> str:
    sheet = frame.sheet
    parts = []
    for month in months.ticks(sheet.wide_letters(7)):
        x, half = months(month), sheet.wide_letters(6) / 2
        parts.append(svg.line(x, frame.bottom, x, frame.bottom + 5, class_="app-chart__axis", stroke=look.INK))
        at = min(x, sheet.width - half)
        parts.append(svg.words(f"{month:%b %y}", at, frame.bottom + sheet.text * 1.4, text_anchor="middle"))
    return "".join(parts)


def _key(chart: TimeChart) -> Iterator[KeyEntry]:
    """Yield an entry for each thing that is in the chart, and no other."""
    shown = [p for p in chart.points if p.value is not None]
    seen = {p.shape for p in shown}
    if any(level.mean is not None for level in chart.levels):
        yield KeyEntry(stroke(look.INK), "mean")
    limited = {level.is_provisional for level in chart.levels if (level.lower, level.upper) != (None, None)}
    if False in limited:
        yield KeyEntry(stroke(look.GREY, dash=look.DASH), "limits of chance")
    if True in limited:
        yield KeyEntry(stroke(look.GREY, dash=look.DOTS, width=1), "provisional limits: few months")
    for shape, words in ((Shape.UP, chart.high_words), (Shape.DOWN, chart.low_words)):
        if shape in seen:
            yield KeyEntry(point(shape, 0, 0, 5), words)
    if any(p.is_provisional for p in chart.points):
        yield KeyEntry(_hatched_box() + point(Shape.CIRCLE, 0, 0, 4, hollow=True), "provisional")
    if any(p.is_corrected for p in shown):
        ring = svg.tag("circle", cx=0, cy=0, r=8, fill="none", stroke=look.INK)
        yield KeyEntry(ring + point(Shape.CIRCLE, 0, 0, 4), "corrected since first sent")
    if any(p.value is None and p.low is not None for p in chart.points):
        yield KeyEntry(range_bar(0, 7, -7, 4), "hidden: somewhere on the bar")
    if any(p.is_missing for p in chart.points):
        yield KeyEntry(_cross(0, 0, 4), "not sent")
    if chart.marks:
        yield KeyEntry(svg.line(0, -8, 0, 8, stroke=look.INK, stroke_dasharray=look.DASH), "break in the series")
    if chart.shaded_words and any(p.month in chart.shaded for p in chart.points):
        box = svg.tag("rect", x=-10, y=-7, width=20, height=14, fill=look.SHADE, stroke=look.GREY, stroke_width=0.5)
        yield KeyEntry(box, chart.shaded_words)


def _hatched_box() -> str:
    return hatching(-12, -8, 12, 8)
