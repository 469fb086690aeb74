"""Counts as they may leave planning: small ones hidden, and enough of their neighbours that subtraction fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Shown = int | str
HIDDEN = "*"


@dataclass(frozen=True)
class Breakdown:
    """A total and the ways it is split; each split's parts add up to the total.

    `same` ties a part to a part of another breakdown that is the same number: (split, part) to (breakdown, split,
    part).
    """

    total: int
    splits: Mapping[str, Mapping[str, int]]
    same: Mapping[tuple[str, str], tuple[str, str, str]] | None = None


def shown(breakdowns: Mapping[str, Breakdown]) -> dict[str, dict[str, dict[str, Shown]]]:
    """Return name -> split -> part -> count or `*`; the total stands under the split `total`.

    Every number below the threshold of the return is hidden, and further ones until no hidden number can be worked
    out from those shown. Raises DataError where parts do not add up.
    """
    from doorstep.reference import policy
    from doorstep.statistics.disclosure import Line, Link, Table, secondary

    places = {name: _places(b) for name, b in breakdowns.items()}
    lines = [Line(n, _values(b, places[n]), 0, _partitions(b, places[n])) for n, b in breakdowns.items()]
    links = [
        Link((((name, places[name][part]), 1), ((other, places[other][(split, twin)]), -1)), 0, 0)
        for name, b in breakdowns.items()
        for part, (other, split, twin) in (b.same or {}).items()
    ]
    hidden = secondary(Table(tuple(lines), tuple(links)), policy.suppression_threshold).hidden
    result: dict[str, dict[str, dict[str, Shown]]] = {}
    for line in lines:
        for (split, part), i in places[line.name].items():
            value = HIDDEN if (line.name, i) in hidden else line.values[i]
            result.setdefault(line.name, {}).setdefault(split, {})[part] = value
    return result


def _places(b: Breakdown) -> dict[tuple[str, str], int]:
    cells = [("total", "total"), *((split, part) for split, parts in b.splits.items() for part in parts)]
    return {cell: i for i, cell in enumerate(cells)}


def _values(b: Breakdown, places: Mapping[tuple[str, str], int]) -> tuple[int, ...]:
    return tuple(b.total if split == "total" else b.splits[split][part] for split, part in places)


def _partitions(b: Breakdown, places: Mapping[tuple[str, str], int]) -> tuple[tuple[int, ...], ...]:
    return tuple(tuple(places[(split, part)] for part in parts) for split, parts in b.splits.items() if parts)
