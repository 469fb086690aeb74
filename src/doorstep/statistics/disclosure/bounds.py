"""Closed-form bounds for one line: a total and partitions that share no cell.

The adding rules of such a line are a network, so whole numbers attain every bound: no solver is needed, and what is
possible is exactly what lies between the bounds.
"""

from __future__ import annotations

from collections.abc import Mapping

from doorstep.statistics.disclosure.table import Line, Range


def line_ranges(line: Line, known: Mapping[int, int]) -> dict[int, Range] | None:
    """Return the range of every cell not in `known`, or None where no whole numbers fit what is known."""
    sums = [sum(known.get(i, 0) for i in part) for part in line.partitions]
    unknown = [tuple(i for i in part if i not in known) for part in line.partitions]
    totals = {s for s, cells in zip(sums, unknown, strict=True) if not cells}
    totals |= {known[line.total]} if line.total in known else set()
    if len(totals) > 1:
        return None
    found = _with_total(totals.pop(), sums, unknown) if totals else _without_total(sums, unknown)
    if found is None:
        return None
    found = {line.total: _total_range(line, known, sums), **found}
    return {i: found.get(i, Range(0, None)) for i in range(len(line.values)) if i not in known}


def _total_range(line: Line, known: Mapping[int, int], sums: list[int]) -> Range:
    """The total is what a wholly known partition adds up to, or anything from the largest known part sum."""
    whole = [s for s, part in zip(sums, line.partitions, strict=True) if all(i in known for i in part)]
    return Range(whole[0], whole[0]) if whole else Range(max(sums, default=0), None)


def _with_total(total: int, sums: list[int], unknown: list[tuple[int, ...]]) -> dict[int, Range] | None:
    """Each partition hides a known sum: one cell is that sum, several share it."""
    if any(s > total for s in sums):
        return None
    return {
        i: Range(total - s if len(cells) == 1 else 0, total - s)
        for s, cells in zip(sums, unknown, strict=True)
        for i in cells
    }


def _without_total(sums: list[int], unknown: list[tuple[int, ...]]) -> dict[int, Range]:
    """The total may be anything from the largest known sum; a partition's only hidden cell makes up the rest."""
    least = max(sums, default=0)
    return {
        i: Range(least - s if len(cells) == 1 else 0, None)
        for s, cells in zip(sums, unknown, strict=True)
        for i in cells
    }
