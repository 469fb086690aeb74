"""Mending: where some division meets the band it is found, though no single area can move towards it."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest

from doorstep.geography.neighbourhoods.dividing import divide
from doorstep.geography.neighbourhoods.improving import Division
from doorstep.geography.neighbourhoods.mending import mend, outside
from doorstep.geography.neighbourhoods.piece import Band, Piece, Weights, is_connected


def board(wide: int, high: int, people: list[int], **more: object) -> Piece:
    """Squares of one kilometre, each bordering those beside, above and below it."""
    places = [(x, y) for y in range(high) for x in range(wide)]
    at = {place: i for i, place in enumerate(places)}
    near = [
        [(at[n], 1.0) for n in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)) if n in at] for x, y in places
    ]  # fmt: skip
    codes = [(f"A{i:02}",) for i in range(len(places))]
    return Piece("board", codes, people, [float(x) for x, _ in places], [float(y) for _, y in places], near, **more)  # type: ignore[arg-type]


def connected_divisions(piece: Piece, k: int) -> Iterator[list[int]]:
    for rest in itertools.product(range(k), repeat=len(piece.people) - 1):
        parts = [0, *rest]
        held = [[i for i, part in enumerate(parts) if part == p] for p in range(k)]
        if all(nodes and is_connected(piece, nodes) for nodes in held):
            yield parts


@pytest.mark.parametrize("draw", range(5))
def test_the_least_any_division_in_two_leaves_outside_a_narrow_band_is_reached(draw: int) -> None:
    rng = random.Random(f"narrow {draw}")
    piece = board(4, 3, [rng.randrange(100, 200) for _ in range(12)])
    band = Band(1, -(-piece.total // 2) + 2)  # two halves, with two or three residents to spare
    least = min(outside(piece, parts, band) for parts in connected_divisions(piece, 2))
    start = [0 if i < 2 else 1 for i in range(12)]
    found = mend(Division(piece, start, 2, band, Weights()), random.Random(1))
    assert outside(piece, found, band) == least
    assert all(is_connected(piece, [i for i in range(12) if found[i] == part]) for part in (0, 1))


def test_a_surplus_travels_through_a_full_part_to_where_there_is_room() -> None:
    piece = board(9, 1, [10] * 9)
    band = Band(30, 30)
    start = [0, 0, 0, 0, 1, 1, 1, 2, 2]  # 40, 30 and 20 residents; the first and the last do not touch
    found = mend(Division(piece, start, 3, band, Weights()), random.Random(1))
    assert len(set(found)) == 3 and [found[i : i + 3] for i in (0, 3, 6)] == [[found[i]] * 3 for i in (0, 3, 6)]


def test_what_no_division_can_reach_is_left_as_near_as_it_was() -> None:
    piece = board(3, 1, [10, 50, 10])
    start = [0, 0, 1]
    assert mend(Division(piece, start, 2, Band(30, 40), Weights()), random.Random(1)) in ([0, 0, 1], [0, 1, 1])


def test_areas_kept_apart_stay_apart_though_a_division_with_both_would_meet_the_band() -> None:
    people = [10, 10, 10, 30]  # 30 and 30 needs the first three together
    apart = [frozenset({2}), frozenset(), frozenset({0}), frozenset()]
    free, held = board(4, 1, people), board(4, 1, people, apart=apart)
    start, band = [0, 0, 1, 1], Band(30, 30)
    assert mend(Division(free, start, 2, band, Weights()), random.Random(1)) in ([0, 0, 0, 1], [1, 1, 1, 0])
    assert mend(Division(held, start, 2, band, Weights()), random.Random(1)) == start


def test_dividing_meets_a_band_that_leaves_two_parts_hardly_any_room() -> None:
    rng = random.Random("hardly any room")
    piece = board(8, 7, [rng.randrange(1_300, 2_200) for _ in range(56)])
    band = Band(30_000, piece.total // 2 + 60)
    found = divide(piece, 2, band, Weights(), seed=1, restarts=1)
    assert outside(piece, found, band) == 0
