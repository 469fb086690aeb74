"""Dots with intervals: rates or shares side by side, never in the order of their values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from doorstep.programme.scorecard import sentences
from doorstep.programme.scorecard.exhibits import Picture
from doorstep.programme.scorecard.pooling import Rate
from doorstep.web.charts import DotChart, DotRow, draw_dots

_WIDEST = 3  # times as far as everything else reaches


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
    """Draw the rows, with the words of each as the alternative.

    A hidden value that could lie almost anywhere is said and not drawn: its range would press all others together.
    """
    said = "; ".join(f"{row.label}: {row.note}" for row in rows)
    drawn = draw_dots(DotChart(name, title, said, axis, tuple(_readable(rows))))
    return Picture(drawn.both, f"{title}. {said}", title)


def _readable(rows: Sequence[DotRow]) -> Iterator[DotRow]:
    ends = [row.high for row in rows if row.value is not None and row.high is not None]
    highs = sorted(row.high for row in rows if row.high is not None)
    furthest = _WIDEST * (max(ends) if ends else highs[len(highs) // 2] if highs else 0.0)
    for row in rows:
        if row.value is None and row.high is not None and row.high > furthest:
            yield replace(row, note=f"not drawn: {row.note}", low=None, high=None)
        else:
            yield row
