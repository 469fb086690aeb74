"""A small line for a row of a table: the course of a series, without axes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from doorstep.web.charts import look, svg
from doorstep.web.charts.scales import Linear

WIDTH, HEIGHT, EDGE = 120.0, 32.0, 4.0


def draw_sparkline(
    values: Sequence[float | None],
    words: str,
    *,
    mean: float | None = None,
    lower: float | None = None,
    upper: float | None = None,
) -> str:
    """Return a sparkline of values in order of time, None where there is a gap; `words` say what it shows.

    Process limits are drawn dashed where given. It has one title and no id, so that many can stand on a page.
    """
    held = [v for v in (*values, mean, lower, upper) if v is not None]
    low, high = (min(held), max(held)) if held else (0.0, 1.0)
    y = Linear(low, high if high > low else low + 1, HEIGHT - EDGE, EDGE)
    x = Linear(0, max(len(values) - 1, 1), EDGE, WIDTH - EDGE)
    parts = [_rule(y, value, dash) for value, dash in ((mean, None), (lower, "4 3"), (upper, "4 3"))]
    parts += [
        svg.path(run, class_="app-chart__line", stroke=look.BLUE, stroke_width=1.8) for run in _runs(values, x, y)
    ]
    parts.append(_last(values, x, y))
    return svg.tag(
        "svg",
        svg.tag("title", escape(words)),
        *parts,
        xmlns="http://www.w3.org/2000/svg",
        class_="app-sparkline",
        role="img",
        aria_label=words,
        view_box=f"0 0 {svg.number(WIDTH)} {svg.number(HEIGHT)}",
        width=WIDTH,
        height=HEIGHT,
    )


def _rule(y: Linear, value: float | None, dash: str | None) -> str:
    if value is None:
        return ""
    return svg.line(EDGE, y(value), WIDTH - EDGE, y(value), stroke=look.GREY, stroke_width=0.8, stroke_dasharray=dash)


def _runs(values: Sequence[float | None], x: Linear, y: Linear) -> list[list[tuple[float, float]]]:
    """Return the stretches without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((x(i), y(value)))
    return runs


def _last(values: Sequence[float | None], x: Linear, y: Linear) -> str:
    known = [(i, v) for i, v in enumerate(values) if v is not None]
    if not known:
        return ""
    i, value = known[-1]
    return svg.tag("circle", cx=x(i), cy=y(value), r=3, fill=look.BLUE)
