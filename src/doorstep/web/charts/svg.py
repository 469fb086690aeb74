"""SVG as text: elements, escaping and numbers, always written the same way."""

from __future__ import annotations

from html import escape


def number(value: float) -> str:
    """Return a number with at most two decimals and no needless ones."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def tag(name: str, *inside: str, **attributes: str | float | None) -> str:
    """Return an element. `class_` and `stroke_width` stand for `class` and `stroke-width`; None leaves one out."""
    written = "".join(_attribute(key, value) for key, value in attributes.items() if value is not None)
    return f"<{name}{written}>{''.join(inside)}</{name}>" if inside else f"<{name}{written}/>"


def _attribute(key: str, value: str | float) -> str:
    text = escape(value) if isinstance(value, str) else number(value)
    return f' {"viewBox" if key == "view_box" else key.rstrip("_").replace("_", "-")}="{text}"'


def words(text: str, x: float, y: float, **attributes: str | float | None) -> str:
    """Return a line of text at a point."""
    return tag("text", escape(text), x=x, y=y, **attributes)


def line(x1: float, y1: float, x2: float, y2: float, **attributes: str | float | None) -> str:
    """Return a straight line."""
    return tag("line", x1=x1, y1=y1, x2=x2, y2=y2, **attributes)


def path(points: list[tuple[float, float]], **attributes: str | float | None) -> str:
    """Return a line through points; none where there are fewer than two."""
    if len(points) < 2:
        return ""
    steps = " L".join(f"{number(x)} {number(y)}" for x, y in points)
    return tag("path", d=f"M{steps}", fill="none", **attributes)


def shape(points: list[tuple[float, float]], **attributes: str | float | None) -> str:
    """Return a filled shape with these corners."""
    return tag("polygon", points=" ".join(f"{number(x)},{number(y)}" for x, y in points), **attributes)
