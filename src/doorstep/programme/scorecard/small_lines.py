"""The drawing of the overview: for each metric its name, its newest value, its small line and its icon of variation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.programme.scorecard.control import Control
from doorstep.programme.scorecard.exhibits import Picture
from doorstep.web.charts import Icon, draw_icon, draw_sparkline, svg
from doorstep.web.charts.drawn import Canvas, in_both, narrow, wide

LONGEST = 24  # months in a small line
ICON_SIDE, LINE_HEIGHT = 32.0, 32.0
HEAD = 46.0  # what stands above the rows


@dataclass(frozen=True)
class SmallLine:
    """One row: what the metric is called, its newest value in words, its series, and what that shows in words."""

    line: str
    title: str
    value: str
    control: Control
    icon: Icon | None
    state: str


def picture(name: str, title: str, rows: Sequence[SmallLine]) -> Picture:
    """Draw the rows one under the other, with the words of each as the alternative."""
    alternative = "; ".join(f"{row.title}: {row.value}, {row.state}" for row in rows)
    drawn = in_both(name, title, alternative, (wide(), narrow()), lambda sheet: _rows(rows, sheet))
    return Picture(drawn.both, alternative)


def _rows(rows: Sequence[SmallLine], sheet: Canvas) -> tuple[float, str]:
    step = 96.0 if sheet.is_narrow else 44.0
    place = _in_two_lines if sheet.is_narrow else _in_one_line
    drawn = (place(row, sheet, k * step + HEAD) for k, row in enumerate(rows))
    return step * len(rows) + HEAD, "".join((_heads(sheet), *drawn))


def _heads(sheet: Canvas) -> str:
    """Return what the rows have, above them."""
    if sheet.is_narrow:
        return svg.words("Rate per 1,000 patients,", 2, 14) + svg.words("or a number of people", 2, 31)
    return "".join(
        (
            svg.words("per 1,000 patients,", 352, 14, text_anchor="end"),
            svg.words("or people", 352, 31, text_anchor="end"),
            svg.words(f"to {LONGEST} months", 366, 31),
            svg.words("what they show", 488, 31),
        )
    )


def _in_one_line(row: SmallLine, sheet: Canvas, top: float) -> str:
    middle = top + 24
    return "".join(
        (
            svg.words(_titled(row), 2, middle),
            svg.words(row.value, 352, middle, text_anchor="end", font_weight="bold"),
            _at(362, top + 2, _line(row)),
            _icon(row, 488, top + 2),
            _state(row, sheet, middle),
            svg.line(0, top - 4, sheet.width, top - 4, class_="app-chart__grid", stroke="#d8dde0"),
        )
    )


def _state(row: SmallLine, sheet: Canvas, middle: float) -> str:
    lines = sheet.lines_of(row.state, sheet.width - 532)
    first = middle - (len(lines) - 1) * sheet.text * 0.55
    return "".join(svg.words(text, 528, first + k * sheet.text * 1.1) for k, text in enumerate(lines))


def _in_two_lines(row: SmallLine, sheet: Canvas, top: float) -> str:
    return "".join(
        (
            svg.words(_titled(row), 2, top + 16, font_weight="bold"),
            svg.words(row.value, 2, top + 36),
            _at(180, top + 22, _line(row)),
            _icon(row, 2, top + 46),
            svg.words(row.state, 42, top + 68),
            svg.line(0, top - 4, sheet.width, top - 4, class_="app-chart__grid", stroke="#d8dde0"),
        )
    )


def _titled(row: SmallLine) -> str:
    return f"{row.line} {row.title}".strip()


def _line(row: SmallLine) -> str:
    values = row.control.values[-LONGEST:]
    return draw_sparkline(values, f"{row.title}: {sum(v is not None for v in values)} months")


def _icon(row: SmallLine, x: float, y: float) -> str:
    if row.icon is None:
        return ""
    small = svg.tag("g", draw_icon(row.icon, row.state), transform=f"scale({ICON_SIDE / 48:.3f})")
    return _at(x, y, small)


def _at(x: float, y: float, drawing: str) -> str:
    return svg.tag("g", drawing, transform=f"translate({svg.number(x)} {svg.number(y)})")
