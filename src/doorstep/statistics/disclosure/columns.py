"""The analyst's way in: counts by columns, what may be shown, why the rest may not, and what that costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from doorstep.errors import DataError
from doorstep.statistics.disclosure.cube import HIDDEN, Coordinates, Cube, join
from doorstep.statistics.disclosure.exposure import Exposure
from doorstep.statistics.disclosure.general import Loss, suppress
from doorstep.statistics.disclosure.hierarchy import Hierarchy
from doorstep.statistics.disclosure.proof import Proof
from doorstep.statistics.disclosure.table import Cell, Link
from doorstep.statistics.disclosure.threshold import BELOW_6, SmallNumbers

Printing = Mapping[Coordinates, int | str]
PRIMARY, SECONDARY, UNPRINTED, SHOWN = "primary", "secondary", "not printed", ""


@dataclass(frozen=True)
class Protected:
    """Counts as they may be printed, in the order given.

    `shown` has the number or `*`, `reasons` why it is hidden (`primary`: it is small; `secondary`: it would give away
    one that is; `not printed`: as told; blank: shown). `exposed` are small numbers that cannot be protected, by labels.
    """

    shown: tuple[int | str, ...]
    reasons: tuple[str, ...]
    loss: Loss
    exposed: tuple[tuple[Coordinates, Exposure], ...]
    proof: Proof


def protect(
    counts: Iterable[Any],
    dimensions: Mapping[str, Iterable[Any]],
    hierarchies: Iterable[Hierarchy] = (),
    *,
    rule: SmallNumbers = BELOW_6,
    printed: Iterable[Any] | None = None,
    absent_is_nought: bool = False,
    weights: Iterable[float] | None = None,
    earlier: Sequence[Printing | tuple[Printing, Mapping[Coordinates, int]]] = (),
    links: Callable[[Cube], Iterable[Link]] | None = None,
) -> Protected:
    """Return which of some counts may be shown.

    `counts` are whole numbers (n,), `dimensions` a column of labels (n,) by name: lists, arrays or columns of a frame.
    Rows of totals are among them. `hierarchies` say how the labels of a dimension add up; a dimension without one is
    not added up, and one that plainly does add up is refused without. `printed` (n,) is false for rows that no one
    prints but a reader may reckon about. `weights` (n,) say how much a reader misses each row. `earlier` printings hold
    what was shown by labels, in the order of the dimensions, or pairs of that and the true counts of that day. `links`
    adds rules of the reader, such as `steady`.
    Rules that round are refused: a rounded table has no sums to protect. Raises DataError where counts are not whole,
    rows stand twice, totals do not add up or combinations are missing, naming them.
    """
    if rule.base != 1:
        raise DataError(
            "a rule that rounds has no adding rules to protect",
            expected="a rule with base 1",
            do="use the rule's `shown` for each count, and rounded_ranges for what that leaves open",
        )
    rows = _rows(dimensions)
    values = _whole(list(counts), rows)
    are_printed = [True] * len(rows) if printed is None else [bool(p) for p in printed]
    _check_lengths(rows, values, are_printed)
    _check_undeclared(list(dimensions), rows, values, list(hierarchies))
    cube = Cube(
        "counts",
        _dimensions(list(dimensions), rows, list(hierarchies)),
        {at: v for at, v, p in zip(rows, values, are_printed, strict=True) if p},
        {at: v for at, v, p in zip(rows, values, are_printed, strict=True) if not p},
        absent_is_nought or rule.nought_shown,
    )
    table = join([cube], links(cube) if links else ())
    versions = [cube.version(*e) if isinstance(e, tuple) else cube.version(e) for e in earlier]
    found = suppress(table, rule, versions, _weights(cube, rows, weights, are_printed))
    reasons = tuple(_reason(cube, at, p, found.primary, found.extra) for at, p in zip(rows, are_printed, strict=True))
    return Protected(
        shown=tuple(HIDDEN if reason else value for value, reason in zip(values, reasons, strict=True)),
        reasons=reasons,
        loss=found.loss,
        exposed=tuple((cube.coordinates[e.cell], e) for e in found.exposed),
        proof=found.proof,
    )


def _rows(dimensions: Mapping[str, Iterable[Any]]) -> list[Coordinates]:
    columns = [[str(label) for label in labels] for labels in dimensions.values()]
    if not columns or len({len(column) for column in columns}) > 1:
        told = ", ".join(f"{name} {len(c)}" for name, c in zip(dimensions, columns, strict=True))
        raise DataError(f"the dimensions have different lengths: {told}", expected="one label a row in each")
    rows = list(zip(*columns, strict=True))
    twice = [at for at, n in Counter(rows).items() if n > 1]
    if twice:
        raise DataError("a combination has two rows", expected="one row each", where=" × ".join(twice[0]))
    return rows


def _whole(counts: Sequence[Any], rows: Sequence[Coordinates]) -> list[int]:
    found = []
    for value, at in zip(counts, rows, strict=False):
        if isinstance(value, bool) or not _is_whole(value) or value < 0:
            raise DataError(f"a count of {value}", expected="whole numbers from 0", where=" × ".join(at))
        found.append(int(value))
    return found + [0] * (len(counts) - len(found))  # so that a length that differs is told as such


def _is_whole(value: Any) -> bool:
    try:
        return bool(int(value) == value)
    except (TypeError, ValueError, OverflowError):
        return False


def _check_lengths(rows: Sequence[Coordinates], counts: Sequence[int], printed: Sequence[bool]) -> None:
    if not len(rows) == len(counts) == len(printed):
        raise DataError(
            f"{len(counts)} counts, {len(rows)} rows of labels, {len(printed)} marks of what is printed",
            expected="as many of each",
        )


def _dimensions(names: list[str], rows: list[Coordinates], hierarchies: list[Hierarchy]) -> tuple[Hierarchy, ...]:
    given = {h.name: h for h in hierarchies}
    unknown = given.keys() - set(names)
    if unknown:
        raise DataError(f"there is no dimension {min(unknown)!r}", expected=", ".join(names))
    labels = [dict.fromkeys(at[k] for at in rows) for k in range(len(names))]
    return tuple(given.get(n) or Hierarchy.side_by_side(n, found) for n, found in zip(names, labels, strict=True))


def _check_undeclared(
    names: list[str], rows: list[Coordinates], counts: list[int], hierarchies: list[Hierarchy]
) -> None:
    """Refuse a dimension without a hierarchy in which one label is the sum of the others wherever it stands.

    A total that nobody declared gives away what is hidden beside it.
    """
    declared = {h.name for h in hierarchies}
    for k, name in enumerate(names):
        slices: dict[Coordinates, dict[str, int]] = {}
        for at, n in zip(rows, counts, strict=True):
            slices.setdefault(at[:k] + at[k + 1 :], {})[at[k]] = n
        whole = [s for s in slices.values() if len(s) > 2 and sum(s.values()) > 0]
        for label in () if name in declared or not whole else whole[0]:
            if all(label in s and 2 * s[label] == sum(s.values()) for s in whole):
                raise DataError(
                    f"{label!r} is the sum of the others of {name!r}, which has no hierarchy",
                    expected="every dimension that adds up to be declared, or its total gives away what is hidden",
                    do=f"give Hierarchy.with_total({name!r}, ...), or Hierarchy.side_by_side where that is chance",
                )


def _weights(
    cube: Cube, rows: list[Coordinates], weights: Iterable[float] | None, printed: list[bool]
) -> dict[Cell, float]:
    if weights is None:
        return {}
    pairs = zip(rows, weights, printed, strict=True)
    return {cube.places[at]: float(weight) for at, weight, p in pairs if p and at in cube.places}


def _reason(cube: Cube, at: Coordinates, printed: bool, primary: frozenset[Cell], extra: frozenset[Cell]) -> str:
    cell = cube.places.get(at)
    if not printed:
        return UNPRINTED
    return PRIMARY if cell in primary else SECONDARY if cell in extra else SHOWN
