"""What charts with two axes share: the room inside, the axes, and the key below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.web.charts import look, svg
from doorstep.web.charts.drawn import Canvas
from doorstep.web.charts.scales import Linear, even_ticks, tick_words


@dataclass(frozen=True)
class KeyEntry:
    """One entry of a key: a symbol drawn about (0, 0), 24 units wide, and what it stands for."""

    symbol: str
    words: str


@dataclass(frozen=True)
class Frame:
    """The room of a chart: its edges, and the scale of values (up is more)."""

    sheet: Canvas
    left: float
    right: float
    top: float
    bottom: float
    ticks: tuple[float, ...]

    @property
    def y(self) -> Linear:
        """The scale of values."""
        return Linear(self.ticks[0], self.ticks[-1], self.bottom, self.top)


def reach(values: Sequence[float]) -> tuple[float, float]:
    """Return the lowest and highest value that a scale must hold; from nought unless that would flatten the chart.

    A scale starts at nought where the smallest value is below half of the largest.
    """
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    return (min(low, 0.0) if low < high / 2 else low), high


def framed(sheet: Canvas, values: Sequence[float], title: str, *, below: float) -> Frame:
    """Return the frame for values, with room for the title above, ticks at the left and `below` units below."""
    low, high = reach(values)
    ticks = even_ticks(low, high, sheet.ticks)
    left = sheet.wide_letters(max(map(len, tick_words(ticks)))) + 12
    top = sheet.text * (1.2 * len(sheet.lines_of(title, sheet.width - 4)) + 1)
    return Frame(sheet, left, sheet.width - 12, top, sheet.height - below, ticks)


def value_axis(frame: Frame, title: str) -> str:
    """Return the grid, its words and the title, which stands level above the axis."""
    sheet, parts = frame.sheet, [titled(frame.sheet, title)]
    for tick, words in zip(frame.ticks, tick_words(frame.ticks), strict=True):
        y = frame.y(tick)
        parts.append(svg.line(frame.left, y, frame.right, y, class_="app-chart__grid", stroke=look.PALE_LINE))
        parts.append(
            svg.words(words, frame.left - 6, y + sheet.text * 0.35, text_anchor="end", class_="app-chart__tick")
        )
    if frame.ticks[0] > 0:
        parts.append(_does_not_start_at_nought(frame))
    return "".join(parts)


def titled(sheet: Canvas, title: str) -> str:
    """Return a title at the top of a sheet, on as many lines as it needs."""
    return "".join(
        svg.words(words, 2, sheet.text * (1 + 1.2 * i), class_="app-chart__axis-title")
        for i, words in enumerate(sheet.lines_of(title, sheet.width - 4))
    )


def _does_not_start_at_nought(frame: Frame) -> str:
    """Return the zigzag that says that the axis leaves nought out."""
    x, y = frame.left, frame.bottom
    zigzag = [(x, y - 14), (x - 5, y - 11), (x + 5, y - 6), (x, y - 3), (x, y)]
    return svg.path(zigzag, class_="app-chart__cut", stroke=look.INK, stroke_width=1.2)


def foot_axis(frame: Frame) -> str:
    """Return the line at the foot of the chart."""
    return svg.line(frame.left, frame.bottom, frame.right, frame.bottom, class_="app-chart__axis", stroke=look.INK)


def key(sheet: Canvas, entries: Sequence[KeyEntry], y: float) -> tuple[float, str]:
    """Return where the key ends and the key, flowed over as many lines as it needs from `y` down."""
    x, parts, step = 2.0, [], sheet.text * 1.5
    for entry in entries:
        lines = sheet.lines_of(entry.words, sheet.width - 40)
        room = 34 + max(sheet.wide_letters(len(words)) for words in lines) + 10
        if x > 2 and x + room > sheet.width:
            x, y = 2.0, y + step
        middle = y - sheet.text * 0.35
        parts.append(svg.tag("g", entry.symbol, transform=f"translate({svg.number(x + 14)} {svg.number(middle)})"))
        for i, words in enumerate(lines):
            parts.append(svg.words(words, x + 32, y + i * sheet.text * 1.25, class_="app-chart__key"))
        y += (len(lines) - 1) * sheet.text * 1.25
        x = 2.0 if len(lines) > 1 else x + room
        y = y + step if len(lines) > 1 else y
    return (y if x == 2.0 and entries else y + step), "".join(parts)


def stroke(colour: str, *, dash: str | None = None, width: float = 2) -> str:
    """Return a key's symbol for a line."""
    return svg.line(-12, 0, 12, 0, stroke=colour, stroke_width=width, stroke_dasharray=dash)
