"""The shapes of areas and of anything made of them, from borders that are stored once each.

A group of areas has as its edge every stretch with a member on one side only, so joining areas needs no geometry: it is
a choice of stretches. Coordinates are longitude and latitude in degrees (WGS 84); who borders whom, and for how many
metres, comes from the same stretches.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from doorstep.reference import table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SCALE = 10_000
Point = tuple[int, int]
Ring = list[Point]
_KNOT_EDGES = 12  # a knot has no more edges
_KNOT_AREA = 400  # nor more than this twice its area, in squares of the grid: a hectare and a half


@dataclass(frozen=True)
class Borders:
    """Every stretch of border: the areas on both sides (`b` is -1 outside England), its points and its length.

    `a` and `b` are places in `codes`; `metres` the length; the points of stretch i are `xy[start[i]:start[i + 1]]`, in
    ten-thousandths of a degree.
    """

    codes: tuple[str, ...]
    a: NDArray[np.int32]
    b: NDArray[np.int32]
    metres: NDArray[np.float64]
    xy: NDArray[np.int32]
    start: NDArray[np.int64]

    def points(self, stretch: int) -> Ring:
        """Return the points of one stretch."""
        return [(int(x), int(y)) for x, y in self.xy[self.start[stretch] : self.start[stretch + 1]]]


@cache
def borders() -> Borders:
    """Return the borders of England's 2021 areas."""
    import numpy as np
    import pyarrow.parquet as pq

    found = pq.read_table(table("lsoa21_borders"))
    codes = tuple(pq.read_table(table("lsoa21"), columns=["lsoa21"])["lsoa21"].to_pylist())
    at = {code: i for i, code in enumerate(codes)}
    a = np.array([at[code] for code in found["a"].to_pylist()], dtype=np.int32)
    b = np.array([-1 if code is None else at[code] for code in found["b"].to_pylist()], dtype=np.int32)
    lists = found["points"].combine_chunks()
    ends = lists.offsets.to_numpy() // 2
    xy = _absolute(lists.values.to_numpy().reshape(-1, 2).astype(np.int64), ends)
    return Borders(
        codes, a, b, found["metres"].to_numpy().astype(np.float64), xy.astype(np.int32), ends.astype(np.int64)
    )


def _absolute(steps: NDArray[np.int64], ends: NDArray[Any]) -> NDArray[np.int64]:
    """Return points from steps: each stretch begins with a point and goes on with steps."""
    import numpy as np

    summed = np.cumsum(steps, axis=0)
    before = np.zeros_like(summed)
    starts = ends[:-1]
    base = np.where((starts > 0)[:, None], summed[np.maximum(starts - 1, 0)], 0)
    before = np.repeat(base, np.diff(ends), axis=0)
    absolute: NDArray[np.int64] = summed - before
    return absolute


@cache
def neighbours() -> Mapping[str, Mapping[str, float]]:
    """Return, for each area, the areas it shares a border with and how many metres of it."""
    found = borders()
    of: dict[str, dict[str, float]] = {code: {} for code in found.codes}
    for a, b, metres in zip(found.a.tolist(), found.b.tolist(), found.metres.tolist(), strict=True):
        if b >= 0:
            one, other = found.codes[a], found.codes[b]
            of[one][other] = of[other][one] = of[one].get(other, 0.0) + metres
    return of


def parts(codes: Iterable[str]) -> list[tuple[str, ...]]:
    """Return the connected pieces of a set of areas, the largest first; one piece: the set is contiguous."""
    left, next_to, found = set(codes), neighbours(), []
    while left:
        piece, stack = set(), [min(left)]
        while stack:
            code = stack.pop()
            if code in left:
                left.discard(code)
                piece.add(code)
                stack.extend(next_to[code].keys() & left)
        found.append(tuple(sorted(piece)))
    return sorted(found, key=lambda piece: (-len(piece), piece))


def outline(codes: Iterable[str]) -> list[Ring]:
    """Return the closed rings round a set of areas, holes included, in ten-thousandths of a degree."""
    import numpy as np

    found = borders()
    inside = np.zeros(len(found.codes) + 1, dtype=bool)  # the last place stands for outside England (-1)
    at = _places()
    inside[[at[code] for code in codes]] = True
    edge = np.flatnonzero(inside[found.a] != inside[found.b])
    return _rings([found.points(int(i)) for i in edge])


@cache
def _places() -> Mapping[str, int]:
    return {code: i for i, code in enumerate(borders().codes)}


def _rings(stretches: Sequence[Ring]) -> list[Ring]:
    """Join stretches end to end into closed rings."""
    at: dict[Point, list[int]] = defaultdict(list)
    for i, points in enumerate(stretches):
        at[points[0]].append(i)
        at[points[-1]].append(i)
    used = [False] * len(stretches)
    rings = []
    for i, points in enumerate(stretches):
        if used[i]:
            continue
        used[i], ring = True, list(points)
        while ring[-1] != ring[0]:
            following = next(j for j in at[ring[-1]] if not used[j])
            used[following] = True
            more = stretches[following]
            ring.extend(more[1:] if more[0] == ring[-1] else more[-2::-1])
        rings.append(ring)
    return rings


def _untangled(ring: Ring) -> Ring:
    """Return a ring without the knots that simpler borders have here and there: small loops where it crosses itself."""
    found = ring
    for _ in range(2):  # from the middle and back, for a knot may lie where the ring begins
        half = len(found) // 2
        found = _without_knots([*found[half:-1], *found[: half + 1]])
    return found if len(found) < len(ring) else ring


def _without_knots(way: Ring) -> Ring:
    """Return a way with one point, that where it crosses itself, in place of each small loop."""
    at = 0
    while at < len(way) - 3:
        for on in range(min(at + _KNOT_EDGES, len(way) - 2), at + 1, -1):
            crossing = _crossing(*way[at : at + 2], *way[on : on + 2])
            if crossing and abs(_area([crossing, *way[at + 1 : on + 1], crossing])) <= _KNOT_AREA:
                way = [point for point, _ in itertools.groupby([*way[: at + 1], crossing, *way[on + 1 :]])]
                break
        else:
            at += 1
    return way


def _crossing(a: Point, b: Point, c: Point, d: Point) -> Point | None:
    """Return the point of the grid nearest to where two edges meet, if they do and have no end in common."""
    (x1, y1), (x2, y2), (x3, y3), (x4, y4) = a, b, c, d
    turn = (x2 - x1) * (y4 - y3) - (y2 - y1) * (x4 - x3)
    if not turn or {a, b} & {c, d}:
        return None
    along = ((x3 - x1) * (y4 - y3) - (y3 - y1) * (x4 - x3)) / turn
    other = ((x3 - x1) * (y2 - y1) - (y3 - y1) * (x2 - x1)) / turn
    if not (0 <= along <= 1 and 0 <= other <= 1):
        return None
    return round(x1 + along * (x2 - x1)), round(y1 + along * (y2 - y1))


def _cut(ring: Ring) -> list[Ring]:
    """Return a ring cut where it comes back to a point, without spikes."""
    made: list[Ring] = []
    way: Ring = []
    at: dict[Point, int] = {}
    for point in ring:
        if point not in at:
            at[point] = len(way)
            way.append(point)
            continue
        loop = [*way[at[point] :], point]
        for gone in loop[1:-1]:
            del at[gone]
        del way[at[point] + 1 :]
        if len(loop) > 3:
            made.append(loop)
    return made


def polygon(codes: Iterable[str], *, is_cut: bool = False) -> dict[str, Any]:
    """Return a set of areas as a GeoJSON MultiPolygon: outer rings anticlockwise, each with its holes.

    `is_cut`: a ring that touches itself is cut there, and loses the small loops in which it crosses itself, which a map
    program that reckons with shapes asks for.
    """
    rings = [cut for ring in outline(codes) for cut in (_cut(_untangled(ring)) if is_cut else [ring])]
    held_by = [
        [j for j, other in enumerate(rings) if j != i and _holds(other, _within(ring))] for i, ring in enumerate(rings)
    ]
    outers = [i for i, holders in enumerate(held_by) if len(holders) % 2 == 0]
    made = {i: [_degrees(_turned(rings[i], anticlockwise=True))] for i in outers}
    for i, holders in enumerate(held_by):
        if i not in made:
            home = max(holders, key=lambda j: len(held_by[j]))  # the innermost ring round it
            made[home].append(_degrees(_turned(rings[i], anticlockwise=False)))
    return {"type": "MultiPolygon", "coordinates": list(made.values())}


def _within(ring: Ring) -> tuple[float, float]:
    """Return the middle of a ring's first edge: rings may touch at corners, never along an edge."""
    (x1, y1), (x2, y2) = ring[:2]
    return (x1 + x2) / 2, (y1 + y2) / 2


def _area(ring: Ring) -> int:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))


def _turned(ring: Ring, *, anticlockwise: bool) -> Ring:
    return ring if (_area(ring) > 0) == anticlockwise else ring[::-1]


def _degrees(ring: Ring) -> list[list[float]]:
    return [[x / SCALE, y / SCALE] for x, y in ring]


def _holds(ring: Ring, point: tuple[float, float]) -> bool:
    """Return whether a point lies in a ring, by counting crossings of a line to the east."""
    x, y = point
    crossings = 0
    for (x1, y1), (x2, y2) in itertools.pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1
