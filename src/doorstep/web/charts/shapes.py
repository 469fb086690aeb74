"""Marks of points: each kind has a shape of its own, so that none is told by its colour alone."""

from __future__ import annotations

import math
from enum import StrEnum

from doorstep.web.charts import look, svg


class Shape(StrEnum):
    """What a point is drawn as."""

    CIRCLE = "circle"
    UP = "up"
    DOWN = "down"
    DIAMOND = "diamond"
    SQUARE = "square"


COLOURS = {
    Shape.CIRCLE: look.BLUE,
    Shape.UP: look.PURPLE,
    Shape.DOWN: look.PURPLE,
    Shape.DIAMOND: look.INK,
    Shape.SQUARE: look.GREY,
}


def point(kind: Shape, x: float, y: float, size: float, *, hollow: bool = False, class_: str = "") -> str:
    """Return one mark with its middle at (x, y); `size` is half its width. A hollow one is white inside."""
    colour = COLOURS[kind]
    looks: dict[str, str | float | None] = {
        "class_": f"app-chart__point app-chart__point--{kind}{f' {class_}' if class_ else ''}",
        "fill": look.WHITE if hollow else colour,
        "stroke": colour,
        "stroke_width": 1.5,
    }
    if kind is Shape.CIRCLE:
        return svg.tag("circle", cx=x, cy=y, r=size * 0.85, **looks)
    return svg.shape(corners(kind, x, y, size), **looks)


def corners(kind: Shape, x: float, y: float, size: float) -> list[tuple[float, float]]:
    """Return the corners of a mark that is no circle."""
    if kind is Shape.SQUARE:
        return [(x - size, y - size), (x + size, y - size), (x + size, y + size), (x - size, y + size)]
    if kind is Shape.DIAMOND:
        return [(x, y - 1.3 * size), (x + 1.3 * size, y), (x, y + 1.3 * size), (x - 1.3 * size, y)]
    up = -1 if kind is Shape.UP else 1
    return [(x, y + up * 1.4 * size), (x + 1.3 * size, y - up * size), (x - 1.3 * size, y - up * size)]


def hatching(x0: float, y0: float, x1: float, y1: float, apart: float = 7) -> str:
    """Return slanting lines over a rectangle, cut at its edges. (A pattern would need an id of its own on the page.)"""
    steps: list[str] = []
    total = (x1 - x0) + (y1 - y0)
    for i in range(1, math.ceil(total / apart)):
        d = i * apart
        left, top = (x0 + d - min(d, y1 - y0), y0 + min(d, y1 - y0)), (x0 + min(d, x1 - x0), y0 + d - min(d, x1 - x0))
        steps.append(f"M{svg.number(left[0])} {svg.number(left[1])}L{svg.number(top[0])} {svg.number(top[1])}")
    return svg.tag("path", class_="app-chart__hatch", d="".join(steps), stroke=look.GREY, stroke_width=0.8, fill="none")


def range_bar(x: float, y_low: float, y_high: float, half: float, *, is_open: bool = False) -> str:
    """Return a bar for a hidden number between two ends; an open one ends in an arrow head, as nothing bounds it."""
    looks: dict[str, str | float | None] = {"class_": "app-chart__range", "stroke": look.GREY, "stroke_width": 1.5}
    if is_open:
        end = svg.path([(x - half, y_high + half), (x, y_high), (x + half, y_high + half)], **looks)
    else:
        end = svg.line(x - half, y_high, x + half, y_high, **looks)
    foot = svg.line(x - half, y_low, x + half, y_low, **looks)
    return svg.line(x, y_low, x, y_high, **looks, stroke_dasharray="3 2") + end + foot
