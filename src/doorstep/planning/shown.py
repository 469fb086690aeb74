"""Counts as they may leave planning: small ones hidden, and enough of their neighbours that subtraction fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from doorstep.errors import DataError

if TYPE_CHECKING:
    from doorstep.statistics.disclosure import Cell, Table

Shown = int | str
HIDDEN = "*"


@dataclass(frozen=True)
class Breakdown:
    """A total and the ways it is split; each split's parts add up to the total, else DataError.

    `same` ties a part to a part of another breakdown that is the same number: (split, part) to (breakdown, split,
    part).
    """

    total: int
    splits: Mapping[str, Mapping[str, int]]
    same: Mapping[tuple[str, str], tuple[str, str, str]] | None = None

    def __post_init__(self) -> None:
        for split, parts in self.splits.items():
            if parts and sum(parts.values()) != self.total:
                raise DataError(f"{split} adds up to {sum(parts.values())}", expected=f"the total, {self.total}")


def shown(breakdowns: Mapping[str, Breakdown]) -> dict[str, dict[str, dict[str, Shown]]]:
    """Return name -> split -> part -> count or `*`; the total stands under the split `total`.

    Every number below the threshold of the return is hidden, and further ones until each of these small numbers could
    be both nought and the largest number that is hidden, for a reader of all that is shown.
    """
    from doorstep.reference import policy
    from doorstep.statistics.disclosure import Line, Link, Table

    places = {name: _places(b) for name, b in breakdowns.items()}
    lines = [Line(n, _values(b, places[n]), 0, _partitions(b, places[n])) for n, b in breakdowns.items()]
    links = [
        Link((((name, places[name][part]), 1), ((other, places[other][(split, twin)]), -1)), 0, 0)
        for name, b in breakdowns.items()
        for part, (other, split, twin) in (b.same or {}).items()
    ]
    hidden = _hidden(Table(tuple(lines), tuple(links)), policy.suppression_threshold)
    result: dict[str, dict[str, dict[str, Shown]]] = {}
    for line in lines:
        for (split, part), i in places[line.name].items():
            value = HIDDEN if (line.name, i) in hidden else line.values[i]
            result.setdefault(line.name, {}).setdefault(split, {})[part] = value
    return result


def _hidden(table: Table, threshold: int) -> frozenset[Cell]:
    """Hide small cells, then the smallest neighbours that protect them; show again what proves needless.

    The methods room's own secondary suppression asks the same of the large cells it hides, which in counts that nest
    (a small cohort within a large group) ends with the totals hidden; only small numbers need protecting here.
    """
    from doorstep.statistics.disclosure import primary

    small = primary(table, threshold)
    hidden = small
    while exposed := sorted(_exposed(table, hidden, small, threshold)):
        hidden |= {next(_neighbours(table, exposed[0], hidden))}
    for cell in sorted(hidden - small, key=table.value, reverse=True):
        if not _exposed(table, hidden - {cell}, small, threshold):
            hidden -= {cell}
    return hidden


def _exposed(table: Table, hidden: frozenset[Cell], small: frozenset[Cell], threshold: int) -> list[Cell]:
    from doorstep.statistics.disclosure import ranges

    found = ranges(table, hidden)
    return [cell for cell in small if not (found[cell].holds(0) and found[cell].holds(threshold - 1))]


def _neighbours(table: Table, cell: Cell, hidden: frozenset[Cell]) -> Iterator[Cell]:
    """Yield cells still shown, the best to hide first: the same split, then the same line, then anywhere."""
    name, index = cell
    splits = [part for part in table.line(name).partitions if index in part]
    total = {(line.name, line.total) for line in table.lines}

    def order(other: Cell) -> tuple[bool, bool, bool, int, Cell]:
        beside = other[0] == name and any(other[1] in part for part in splits)
        return other in total, not beside, other[0] != name, table.value(other), other

    return iter(sorted((c for c in table.cells() if c not in hidden), key=order))


def _places(b: Breakdown) -> dict[tuple[str, str], int]:
    cells = [("total", "total"), *((split, part) for split, parts in b.splits.items() for part in parts)]
    return {cell: i for i, cell in enumerate(cells)}


def _values(b: Breakdown, places: Mapping[tuple[str, str], int]) -> tuple[int, ...]:
    return tuple(b.total if split == "total" else b.splits[split][part] for split, part in places)


def _partitions(b: Breakdown, places: Mapping[tuple[str, str], int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(places[(split, part)] for part in parts) for split, parts in b.splits.items() if parts)
