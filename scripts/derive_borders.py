"""Cut the polygons of areas into borders: each stretch between the same two areas once. Used by derive_reference.py.

Neighbouring polygons of the source share their corner points to the last digit, so a stretch is found twice, once from
each side, with the same points. Where only one area has a stretch (the coast, Wales, Scotland) the other side is null.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pyarrow as pa

from doorstep.errors import DataError

SCALE = 10_000  # steps a degree: the source has four decimals
_METRES = 111_320  # a degree of latitude, on a sphere
Point = tuple[int, int]
Rings = dict[str, list[list[Point]]]


def make(path: Path) -> pa.Table:
    """Return columns a, b (codes, a < b; b null outside), points (list of int32, x and y steps by turns), metres."""
    rings = read_rings(path)
    sides = _sides(rings)
    rows = sorted(_stretches(rings, sides), key=lambda row: (row[0], row[1] or "", row[2]))
    names = ("a", "b", "points", "metres")
    kinds = (pa.string(), pa.string(), pa.list_(pa.int32()), pa.float32())
    columns = [pa.array([row[i] for row in rows], kind) for i, kind in enumerate(kinds)]
    return pa.table(columns, names=list(names))


def read_rings(path: Path) -> Rings:
    """Return the closed rings of each area of a GeoJSON file, in ten-thousandths of a degree."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        features = json.load(file)["features"]
    rings: Rings = {}
    for feature in features:
        (code,) = feature["properties"].values()
        shape = feature["geometry"]
        polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
        rings[code] = [[_point(xy) for xy in ring] for polygon in polygons for ring in polygon]
    return rings


def _point(xy: list[float]) -> Point:
    return round(xy[0] * SCALE), round(xy[1] * SCALE)


def _key(one: Point, other: Point) -> tuple[Point, Point]:
    return (one, other) if one < other else (other, one)


def _sides(rings: Rings) -> dict[tuple[Point, Point], list[str]]:
    """Return which areas have each segment as their edge; DataError where more than two do.

    An area that has a segment twice (a spike, out and back) has no edge there.
    """
    found: dict[tuple[Point, Point], Counter[str]] = defaultdict(Counter)
    for code, of in rings.items():
        for ring in of:
            for one, other in pairwise(ring):
                if one != other:
                    found[_key(one, other)][code] += 1
    sides = {key: sorted(code for code, n in times.items() if n % 2) for key, times in found.items()}
    crowded = [codes for codes in sides.values() if len(codes) > 2]
    if crowded:
        raise DataError(f"a segment belongs to {', '.join(crowded[0])}", expected="two areas at most")
    return sides


def _stretches(
    rings: Rings, sides: dict[tuple[Point, Point], list[str]]
) -> Iterator[tuple[str, str | None, list[int], float]]:
    for code, found in rings.items():
        for ring in found:
            for other, points in _runs(code, ring, sides):
                if other is None or code < other:
                    yield code, other, _steps(points), _metres(points)


def _runs(
    code: str, ring: list[Point], sides: dict[tuple[Point, Point], list[str]]
) -> Iterable[tuple[str | None, list[Point]]]:
    """Return the stretches of one ring: who is on the other side, and the points in order."""
    segments = [(one, other, _across(code, sides[_key(one, other)])) for one, other in pairwise(ring) if one != other]
    segments = [s for s in segments if s[2] != code]  # a line the area has on both sides is no edge
    turn = next((i for i in range(len(segments)) if segments[i][2] != segments[i - 1][2]), 0)
    runs: list[tuple[str | None, list[Point]]] = []
    for one, other, across in segments[turn:] + segments[:turn]:
        if runs and runs[-1][0] == across and runs[-1][1][-1] == one:
            runs[-1][1].append(other)
        else:
            runs.append((across, [one, other]))
    return runs


def _across(code: str, codes: list[str]) -> str | None:
    """Return who else has a segment: another area, nobody, or the area itself where it is no edge of its."""
    if code not in codes:
        return code
    return next((c for c in codes if c != code), None)


def _steps(points: list[Point]) -> list[int]:
    flat = [*points[0]]
    for (x, y), (to_x, to_y) in pairwise(points):
        flat += [to_x - x, to_y - y]
    return flat


def _metres(points: list[Point]) -> float:
    return sum(
        math.hypot((b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2 / SCALE)), b[1] - a[1]) / SCALE * _METRES
        for a, b in pairwise(points)
    )
