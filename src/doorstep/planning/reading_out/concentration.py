"""How use concentrates: the share of use that the people with the most of it have, at points safe to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from doorstep.statistics.disclosure.threshold import HES, SmallNumbers

# Percentages of people at which a curve is read; 7 is where the published national number stands.
POINTS = (1, 2, 5, 7, 10, 20, 30, 50, 100)


@dataclass(frozen=True)
class Point:
    """The people with the most use, up to a percentage of everybody, and the use they have, rounded for print."""

    percent_of_people: int
    use: int
    percent_of_use: float


@dataclass(frozen=True)
class Slice:
    """The people between two points of a curve, one level of use split evenly; their use, and the most of one."""

    percent: int
    people: Fraction
    use: Fraction
    most: int


@dataclass
class _Level:
    amount: int
    people: Fraction


def curve(people_by_use: Mapping[int, int], *, people: SmallNumbers, use: SmallNumbers = HES) -> tuple[Point, ...]:
    """Return the points of a concentration curve that may be printed; empty where there is no use.

    `people_by_use` has how many people have each amount of use. A point is printed only where the slice of people
    since the last one is not small by the rule `people`, their use not by the rule `use`, and no one person has more
    than half of it; else it is left out, so that its slice and the next are read together. Use is shown as the rule
    `use` rounds it, and shares are of the shown numbers.
    """
    total = use.shown(sum(amount * n for amount, n in people_by_use.items()))
    found, kept = Fraction(0), []
    for piece in _joined(list(slices(people_by_use)), people, use):
        found += piece.use
        shown = use.shown(round(found))
        if total and shown is not None:
            kept.append(Point(piece.percent, shown, round(100 * shown / total, 1)))
    return tuple(kept)


def gini(people_by_use: Mapping[int, int]) -> float | None:
    """Return the Gini index of use among people: the concentration index in order of use itself; None without use.

    0 where everybody has the same, towards 1 where one person has it all. Exact: nothing is sampled.
    """
    from doorstep.statistics.inequality import concentration_index

    if not any(people_by_use) or len(people_by_use) < 2:
        return 0.0 if any(people_by_use) else None
    amounts = sorted(people_by_use)
    found = concentration_index(amounts, [people_by_use[a] for a in amounts], [0.0] * len(amounts))
    return float(found.value)


def slices(people_by_use: Mapping[int, int]) -> Iterator[Slice]:
    """Yield the people between one point and the next, those with the most use first."""
    everybody = sum(people_by_use.values())
    levels = [_Level(amount, Fraction(people_by_use[amount])) for amount in sorted(people_by_use, reverse=True)]
    before = 0
    for percent in POINTS:
        wanted = Fraction(percent - before, 100) * everybody
        yield _cut(levels, percent, wanted)
        before = percent


def _cut(levels: list[_Level], percent: int, wanted: Fraction) -> Slice:
    """Take so many people off the top of the levels of use, which are lessened by them."""
    left, used, most = wanted, Fraction(0), 0
    while left > 0 and levels:
        level = levels[0]
        taken = min(left, level.people)
        used, left, most = used + level.amount * taken, left - taken, max(most, level.amount)
        level.people -= taken
        if not level.people:
            levels.pop(0)
    return Slice(percent, wanted, used, most)


def _joined(pieces: Sequence[Slice], people: SmallNumbers, use: SmallNumbers) -> Iterator[Slice]:
    """Yield the slices, each joined to the next until it is safe; what stays unsafe at the end joins the one before."""
    safe: list[Slice] = []
    waiting: Slice | None = None
    for piece in pieces:
        whole = piece if waiting is None else _sum(waiting, piece)
        waiting = None if _is_safe(whole, people, use) else whole
        if waiting is None:
            safe.append(whole)
    while waiting is not None and safe:
        whole = _sum(safe.pop(), waiting)
        waiting = None if _is_safe(whole, people, use) else whole
        if waiting is None:
            safe.append(whole)
    yield from safe


def _sum(one: Slice, other: Slice) -> Slice:
    return Slice(other.percent, one.people + other.people, one.use + other.use, max(one.most, other.most))


def _is_safe(piece: Slice, people: SmallNumbers, use: SmallNumbers) -> bool:
    if piece.people <= people.largest:
        return False
    return not piece.use or (piece.use > use.largest and 2 * piece.most <= piece.use)
