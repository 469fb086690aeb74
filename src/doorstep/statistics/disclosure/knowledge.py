"""What a reader knows: today's printed numbers, and those of earlier versions of the same lines.

Two versions of a line are read together where nothing printed contradicts it: they print at least one cell in
common, agree on all of these, and their sums fit. A reader of a line that has visibly changed knows other numbers
of another day; these are kept apart, and bear on today's only through rules between lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from doorstep.statistics.disclosure.bounds import line_ranges
from doorstep.statistics.disclosure.table import Cell, Line, Table, Version


@dataclass(frozen=True)
class Knowledge:
    """Numbers known of today's cells, and for each earlier version the lines that are today's as well."""

    values: dict[Cell, int]
    same: tuple[frozenset[str], ...]

    def of(self, line: Line) -> dict[int, int]:
        """Return the known numbers of one line by position."""
        return {i: self.values[line.name, i] for i in range(len(line.values)) if (line.name, i) in self.values}


def knowledge(table: Table, hidden: frozenset[Cell], earlier: Sequence[Version] = ()) -> Knowledge:
    """Return what a reader of `table` without its `hidden` cells knows who has kept the `earlier` versions."""
    values: dict[Cell, int] = {}
    same: list[set[str]] = [set() for _ in earlier]
    today = Version(table, hidden)
    for line in table.lines:
        known = today.printed(line.name)
        for version, names in zip(earlier, same, strict=True):
            joined = _joined(line, known, version)
            if joined is not None:
                known = joined
                names.add(line.name)
        values |= {(line.name, i): v for i, v in known.items()}
    return Knowledge(values, tuple(frozenset(names) for names in same))


def _joined(line: Line, known: dict[int, int], version: Version) -> dict[int, int] | None:
    """Return both versions' numbers together, or None where the line has changed or cannot be compared."""
    if not version.has(line):
        return None
    before = version.printed(line.name)
    common = known.keys() & before.keys()
    if not common or any(known[i] != before[i] for i in common):
        return None
    joined = known | before
    return joined if not line.is_simple or line_ranges(line, joined) is not None else None
