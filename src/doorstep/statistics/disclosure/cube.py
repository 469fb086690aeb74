"""Counts by several dimensions with totals, turned into lines and links, and cells back into coordinates."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from doorstep.errors import DataError
from doorstep.statistics.disclosure.hierarchy import Hierarchy, Label
from doorstep.statistics.disclosure.table import Cell, Line, Link, Table, Version

Coordinates = tuple[Label, ...]
HIDDEN = "*"


@dataclass(frozen=True)
class Cube:
    """Counts printed by `dimensions`; `counts` has a number for each printed combination of labels.

    `beneath` has the numbers of combinations that are not printed (finer areas). Every combination of leaves needs a
    number from the one or the other, since an absent row tells that there is nobody: with `absent_is_nought` it is
    taken so, and known to all. Totals that are not printed are reckoned with as numbers a reader may work out. Raises
    DataError where a total is not what its parts add up to, naming it, or a combination is unknown or missing.
    """

    name: str
    dimensions: tuple[Hierarchy, ...]
    counts: Mapping[Coordinates, int]
    beneath: Mapping[Coordinates, int] | None = None
    absent_is_nought: bool = False

    def __post_init__(self) -> None:
        known = [set(d.labels) for d in self.dimensions]
        for at in (*self.counts, *(self.beneath or ())):
            at = tuple(d.leaf(x) for d, x in zip(self.dimensions, at, strict=False))
            if len(at) != len(known) or not all(label in labels for label, labels in zip(at, known, strict=True)):
                raise DataError(f"there is no cell {_told(at)}", expected=self._expected(), where=self.name)
        for at, value in self.counts.items():
            if value != self.values[at]:
                raise DataError(
                    f"{_told(at)} is {value}", expected=f"{self.values[at]}, its parts' sum", where=self.name
                )

    def _expected(self) -> str:
        return "a label of each dimension: " + ", ".join(d.name for d in self.dimensions)

    @cached_property
    def values(self) -> dict[Coordinates, int]:
        """The number of every combination of labels, totals added up."""
        found = self._leaves()
        for k, dimension in enumerate(self.dimensions):
            rest = [d.labels if j < k else d.leaves for j, d in enumerate(self.dimensions)]
            for total in dimension.parts:
                leaves = dimension.beneath(total)
                for at in itertools.product(*rest[:k], (total,), *rest[k + 1 :]):
                    found[at] = sum(found[(*at[:k], leaf, *at[k + 1 :])] for leaf in leaves)
        return found

    def _leaves(self) -> dict[Coordinates, int]:
        beneath: dict[Coordinates, int] = {}
        for at, value in (self.beneath or {}).items():
            leaf = tuple(d.leaf(label) for d, label in zip(self.dimensions, at, strict=True))
            beneath[leaf] = beneath.get(leaf, 0) + value
        found = {}
        for at in itertools.product(*(d.leaves for d in self.dimensions)):
            value = self.counts.get(at, beneath.get(at, 0 if self.absent_is_nought else -1))
            if value < 0:
                raise DataError(
                    f"there is no row for {_told(at)}",
                    expected="a row for each combination, nought included: an absent one tells that there is nobody",
                    where=self.name,
                    do="add the row, or say that absent combinations are known to be nought",
                )
            found[at] = value
        return found

    @cached_property
    def places(self) -> dict[Coordinates, Cell]:
        """The cell of each combination of labels; combinations that are known to be nought have none."""
        there = (at for at in self.values if not self._is_absent(at))
        return {at: (self.name, i) for i, at in enumerate(there)}

    def _is_absent(self, at: Coordinates) -> bool:
        """A combination of which no part has a row: it is nought, and everybody knows."""
        return self.absent_is_nought and at not in self.counts and not self.values[at] and not self._has_rows(at)

    def _has_rows(self, at: Coordinates) -> bool:
        return any(leaf in self._rows for leaf in itertools.product(*self._beneath(at)))

    @cached_property
    def _rows(self) -> set[Coordinates]:
        """The leaves that have a row, printed or not."""
        beneath = (tuple(d.leaf(x) for d, x in zip(self.dimensions, at, strict=True)) for at in self.beneath or ())
        return {at for at in (*self.counts, *beneath) if math.prod(map(len, self._beneath(at))) == 1}

    def _beneath(self, at: Coordinates) -> list[tuple[Label, ...]]:
        return [d.beneath(label) for d, label in zip(self.dimensions, at, strict=True)]

    @cached_property
    def coordinates(self) -> dict[Cell, Coordinates]:
        """The combination of labels of each cell."""
        return {cell: at for at, cell in self.places.items()}

    def line(self) -> Line:
        """Return the cube's numbers as one line; its adding rules are `links`."""
        return Line(self.name, tuple(self.values[at] for at in self.places), 0)

    def links(self) -> Iterator[Link]:
        """Yield the rule that makes up each total, once."""
        for at, cell in self.places.items():
            k = next((k for k, d in enumerate(self.dimensions) if at[k] in d.parts), None)
            if k is not None:
                parts = ((*at[:k], part, *at[k + 1 :]) for part in self.dimensions[k].parts[at[k]])
                terms = tuple((self.places[part], 1) for part in parts if part in self.places)
                yield Link((*terms, (cell, -1)), 0, 0)

    def unprinted(self) -> frozenset[Cell]:
        """Return the cells that no row prints."""
        return frozenset(cell for at, cell in self.places.items() if at not in self.counts)

    def version(
        self, printed: Mapping[Coordinates, int | str], counts: Mapping[Coordinates, int] | None = None
    ) -> Version:
        """Return an earlier printing of a cube of this shape: `*` was hidden, what is missing not printed.

        `counts` are the true numbers of that day, of every combination of leaves at least; with them what the reader
        of both can work out about either is known exactly. DataError where they are not those printed.
        """
        if counts is not None:
            return self._true_version(printed, counts)
        numbers = {at: v for at, v in printed.items() if isinstance(v, int)}
        values = tuple(numbers.get(at, 0) for at in self.places)
        hidden = frozenset(cell for at, cell in self.places.items() if at in printed and at not in numbers)
        unprinted = frozenset(cell for at, cell in self.places.items() if at not in printed)
        return Version(Table((Line(self.name, values, 0),), tuple(self.links()), unprinted), hidden)

    def _true_version(self, printed: Mapping[Coordinates, int | str], counts: Mapping[Coordinates, int]) -> Version:
        then = Cube(self.name, self.dimensions, {}, counts, self.absent_is_nought)
        wrong = [at for at, v in printed.items() if isinstance(v, int) and then.values[at] != v]
        if wrong:
            told = f"{_told(wrong[0])} was printed as {printed[wrong[0]]}"
            raise DataError(told, expected=f"{then.values[wrong[0]]}, its true number then", where=self.name)
        values = tuple(then.values[at] for at in self.places)
        hidden = frozenset(cell for at, cell in self.places.items() if isinstance(printed.get(at), str))
        unprinted = frozenset(cell for at, cell in self.places.items() if at not in printed)
        return Version(Table((Line(self.name, values, 0),), tuple(self.links()), unprinted), hidden, is_true=True)


def join(cubes: Sequence[Cube], links: Iterable[Link] = ()) -> Table:
    """Return one table of cubes that are printed side by side or at different times, with the rules between them."""
    own = (link for cube in cubes for link in cube.links())
    unprinted = frozenset(cell for cube in cubes for cell in cube.unprinted())
    return Table(tuple(cube.line() for cube in cubes), (*own, *links), unprinted)


def same_numbers(one: Cube, other: Cube) -> tuple[Link, ...]:
    """Return the rules that two cubes share: equal where dimensions of the same name agree and the others are totals.

    A table by area and age and one by area and sex have the same number for each area. DataError where two such
    numbers differ.
    """
    mine, theirs = _shared(one, other), _shared(other, one)
    for key in (key for key in mine if key in theirs):
        a, b = (cube.values[at] for cube, at in ((one, mine[key]), (other, theirs[key])))
        if a != b:
            raise DataError(
                f"{_told(mine[key])} is {a} in {one.name}", expected=f"{b}, as in {other.name}", where=one.name
            )
    cells = ((one.places.get(mine[k]), other.places.get(theirs[k])) for k in mine if k in theirs)
    return tuple(equal(a, b) for a, b in cells if a is not None and b is not None)


def equal(one: Cell, other: Cell) -> Link:
    """Return the rule that two cells are one number, such as a denominator repeated in many rows."""
    return Link(((one, 1), (other, -1)), 0, 0)


def steady(cube: Cube, dimension: str, most: int) -> tuple[Link, ...]:
    """Return the rules that a reader takes for granted of a stock: from one label to the next it changes little.

    `most` is the largest change of any leaf from one month to the next. DataError where a number changed by more, or
    the cube has no such dimension.
    """
    k = next((k for k, d in enumerate(cube.dimensions) if d.name == dimension), None)
    if k is None:
        raise DataError(f"there is no dimension {dimension!r}", expected=cube._expected(), where=cube.name)
    found = []
    for one, other in itertools.pairwise(cube.dimensions[k].leaves):
        for at in itertools.product(*(d.leaves if j != k else (one,) for j, d in enumerate(cube.dimensions))):
            after = (*at[:k], other, *at[k + 1 :])
            if abs(cube.values[after] - cube.values[at]) > most:
                raise DataError(
                    f"{_told(after)} changed by more than {most}", expected="small changes", where=cube.name
                )
            if at in cube.places and after in cube.places:
                found.append(Link(((cube.places[after], 1), (cube.places[at], -1)), -most, most))
    return tuple(found)


def _shared(cube: Cube, other: Cube) -> dict[Coordinates, Coordinates]:
    """Return the cells that depend only on shared dimensions, by their labels of these, sorted by dimension."""
    names = {d.name for d in other.dimensions}
    choices = [d.labels if d.name in names else d.roots if len(d.roots) == 1 else () for d in cube.dimensions]
    kept = sorted((d.name, k) for k, d in enumerate(cube.dimensions) if d.name in names)
    return {tuple(at[k] for _, k in kept): at for at in itertools.product(*choices)}


def _told(at: Coordinates) -> str:
    return " × ".join(at)
