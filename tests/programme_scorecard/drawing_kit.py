"""Reading a drawing back: elements by class, and the value that a position stands for by the drawing's own ticks."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from doorstep.web.charts.drawn import SEAM

Element = ElementTree.Element


def read(svg: str) -> Element:
    return ElementTree.fromstring(svg)


def both(svg: str) -> tuple[Element, Element]:
    wide, narrow = svg.split(SEAM)
    return read(wide), read(narrow)


def of_class(drawing: Element, name: str) -> list[Element]:
    return [e for e in drawing.iter() if name in (e.get("class") or "").split()]


def key_parts(drawing: Element) -> set[Element]:
    """What stands in the key: symbols in their own groups."""
    return {e for group in drawing.iter() if group.tag.endswith("}g") for e in group.iter()}


def in_plot(drawing: Element, name: str) -> list[Element]:
    key = key_parts(drawing)
    return [e for e in of_class(drawing, name) if e not in key]


def number(element: Element, name: str) -> float:
    return float(element.get(name) or "nan")


def value_at(drawing: Element, y: float) -> float:
    """Return the value at a height, from the ticks' own words and grid lines: no scale of ours is used."""
    grid = sorted(number(e, "y1") for e in of_class(drawing, "app-chart__grid"))
    words = [e for e in of_class(drawing, "app-chart__tick") if e.get("text-anchor") == "end"]
    values = sorted((float((e.text or "").replace(",", "")) for e in words), reverse=True)
    top, bottom, high, low = grid[0], grid[-1], values[0], values[-1]
    return high - (y - top) / (bottom - top) * (high - low)


def height_of(point: Element) -> float:
    """Return the middle of a mark."""
    if point.get("cy"):
        return number(point, "cy")
    ys = [y for _, y in corners(point)]
    return (max(ys) + min(ys)) / 2


def corners(shape: Element) -> list[tuple[float, float]]:
    pairs = (pair.split(",") for pair in (shape.get("points") or "").split())
    return [(float(x), float(y)) for x, y in pairs]


def texts(drawing: Element) -> list[str]:
    return [e.text or "" for e in drawing.iter() if e.tag.endswith("}text")]


def positions(drawing: Element) -> Iterator[tuple[float, float]]:
    """Yield every point of every mark that stands outside the key, as far as it is given by plain attributes."""
    key = key_parts(drawing)
    for e in drawing.iter():
        if e in key:
            continue
        for x, y in (("x", "y"), ("x1", "y1"), ("x2", "y2"), ("cx", "cy")):
            if e.get(x) and e.get(y):
                yield number(e, x), number(e, y)
        yield from corners(e)
