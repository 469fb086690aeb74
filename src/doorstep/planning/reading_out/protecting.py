"""Small numbers of everything that one run prints, hidden together, so that no two of its tables give one away."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from doorstep.errors import DataError, UsageError
from doorstep.planning.reading_out.sheets import HIDDEN

if TYPE_CHECKING:
    from doorstep.statistics.disclosure import Cell, Cube, Hierarchy, Link

At = tuple[str, ...]
Numbers = Mapping[At, int | str]

# Protecting takes time that grows with the square of this: some fifteen seconds here, hours at ten times as many.
MAX_CELLS = 2000
ALL = "All"
NOT_KNOWN, ELSEWHERE = "Not known", "Elsewhere"
_SPARE = {NOT_KNOWN, ELSEWHERE}
_TOTAL_WEIGHT = 8.0  # what a total over one dimension is worth, in numbers of a single cell


def cube(name: str, dimensions: Sequence[Hierarchy], leaves: Mapping[At, int]) -> Cube:
    """Return a table of counts with every total, all of it printed.

    `leaves` has the number of each combination that can exist, nought included; those left out are known to all to be
    nought, such as a deprivation quintile that an area has no LSOA of.
    """
    from doorstep.statistics.disclosure import Cube

    dims = tuple(dimensions)
    whole = Cube(name, dims, {}, leaves, absent_is_nought=True)
    return Cube(name, dims, {at: whole.values[at] for at in whole.places}, absent_is_nought=True)


def protected(
    cubes: Sequence[Cube],
    *,
    unprinted: Callable[[str, At], bool] = lambda name, at: False,
    links: Sequence[Link] = (),
) -> list[Numbers]:
    """Return the numbers of each cube as they may be shown: whole numbers, or `*`.

    The threshold is the return's. Cubes that share a number (a margin of dimensions of the same name) are tied by it;
    `links` are further rules that a reader knows. `unprinted` says of a cube's name and a combination that nobody
    prints it, though a reader can reckon with it. Raises UsageError where there are too many cells to protect,
    DataError where a small number cannot be protected.
    """
    from doorstep.reference import policy
    from doorstep.statistics.disclosure import SmallNumbers, join, same_numbers, suppress

    _refuse_size(sum(len(c.places) for c in cubes))
    ties = [link for one, other in itertools.combinations(cubes, 2) for link in same_numbers(one, other)]
    table = join(cubes, (*ties, *links))
    not_printed = frozenset(cell for c in cubes for at, cell in c.places.items() if unprinted(c.name, at))
    table = replace(table, unprinted=table.unprinted | not_printed)
    found = suppress(table, SmallNumbers(policy.suppression_threshold - 1), weights=dict(_weights(cubes, not_printed)))
    if not found.is_proved:
        raise DataError(
            f"{len(found.exposed)} small numbers cannot be hidden: what is printed beside them gives them away",
            expected="a table in which each small number has others beside it",
            do="choose larger areas, or leave out the quintiles",
        )
    hidden = found.hidden | table.unprinted
    return [{at: HIDDEN if cell in hidden else c.values[at] for at, cell in c.places.items()} for c in cubes]


def _weights(cubes: Sequence[Cube], not_printed: frozenset[Cell]) -> Iterator[tuple[Cell, float]]:
    """Yield how much a reader misses each number: totals most, so that they are hidden last."""
    for c in cubes:
        for at, cell in c.places.items():
            if cell not in not_printed:
                yield cell, _TOTAL_WEIGHT ** at.count(ALL) / (2 if _SPARE.intersection(at) else 1)


def _refuse_size(cells: int) -> None:
    if cells > MAX_CELLS:
        raise UsageError(
            f"a table of {cells:,} cells, totals included",
            expected=f"at most {MAX_CELLS:,}: each small number among them is proved safe against all others",
            do="give larger areas (--area lad rather than msoa), or --without-quintiles",
        )
