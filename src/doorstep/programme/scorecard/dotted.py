"""Dots with intervals: rates or shares side by side, never in the order of their values."""

from __future__ import annotations

from collections.abc import Sequence

from doorstep.programme.scorecard import sentences
from doorstep.programme.scorecard.exhibits import Picture
from doorstep.programme.scorecard.pooling import Rate
from doorstep.web.charts import DotChart, DotRow, draw_dots


def dot_row(label: str, own: Rate | None, of_all: Rate | None, unit: str = "", group: str = "") -> DotRow:
    """Return one row; where what is hidden shows, it is the range in which the value lies. `note` says it in words."""
    compared = of_all.value.drawn if of_all else None
    if own is None:
        return DotRow(label, None, group=group, compared=compared, note="none")
    told = f"{sentences.decimal(own.value)}{unit} ({sentences.interval(own)})"
    if own.value.drawn is None:
        return DotRow(label, None, own.value.low, own.value.high, group, compared, told)
    return DotRow(label, own.value.drawn, own.lower, own.upper, group, compared, told)


def dots(name: str, title: str, axis: str, rows: Sequence[DotRow]) -> Picture:
    """Draw the rows, with the words of each as the alternative."""
    said = "; ".join(f"{row.label}: {row.note}" for row in rows)
    return Picture(draw_dots(DotChart(name, title, said, axis, tuple(rows))).both, f"{title}. {said}")
