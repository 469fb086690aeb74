"""Dividing a graph: never worse than the best of all divisions on small graphs, and always a fair division."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from doorstep.geography.neighbourhoods.cutting import first_division
from doorstep.geography.neighbourhoods.dividing import divide
from doorstep.geography.neighbourhoods.improving import Division, improve
from doorstep.geography.neighbourhoods.piece import Band, Piece, Weights, cost, inertia, is_connected


def grid(wide: int, high: int, people: list[int], **more: object) -> Piece:
    """A board of squares of one kilometre, each bordering those beside, above and below it."""
    places = [(x, y) for y in range(high) for x in range(wide)]
    at = {place: i for i, place in enumerate(places)}
    near = [
        [(at[n], 1.0) for n in ((x - 1, y), (x + 1, y), (x, y - 1), (x, y + 1)) if n in at] for x, y in places
    ]  # fmt: skip
    codes = [(f"A{i:02}",) for i in range(len(places))]
    return Piece("board", codes, people, [float(x) for x, _ in places], [float(y) for _, y in places], near, **more)  # type: ignore[arg-type]


def members(parts: list[int], k: int) -> list[list[int]]:
    return [[i for i, part in enumerate(parts) if part == p] for p in range(k)]


def all_divisions(piece: Piece, k: int) -> Iterator[list[int]]:
    """Every division into k connected parts, found by trying all ways to colour the nodes."""
    n = len(piece.people)
    for rest in itertools.product(range(k), repeat=n - 1):
        parts = [0, *rest]
        if all(found and is_connected(piece, found) for found in members(parts, k)):
            yield parts


CASES = [(3, 3, 2, 0.1), (4, 3, 2, 0.1), (4, 3, 2, 1.0), (5, 2, 3, 0.1), (3, 3, 3, 0.5)]


@pytest.mark.parametrize(("wide", "high", "k", "border"), CASES)
@pytest.mark.parametrize("draw", range(3))
def test_the_best_of_all_divisions_of_a_small_board_is_found(
    wide: int, high: int, k: int, border: float, draw: int
) -> None:
    rng = random.Random(f"{wide} {high} {draw}")
    people = [rng.randrange(50, 200) for _ in range(wide * high)]
    piece, weights = grid(wide, high, people), Weights(border=border)
    mean = sum(people) / k
    band = Band(int(mean * 0.75), int(mean * 1.25))
    best = min(cost(piece, parts, k, band, weights) for parts in all_divisions(piece, k))
    found = divide(piece, k, band, weights, seed=1, sweeps=200, restarts=4)
    assert cost(piece, found, k, band, weights) == pytest.approx(best)


def test_the_best_division_with_wards_is_found_too() -> None:
    wards = [[(i % 4 // 2, 100.0)] for i in range(12)]  # two wards, left and right of the middle of a 4 by 3 board
    piece = grid(4, 3, [100] * 12, groups=wards)
    band, weights = Band(500, 700), Weights(groups=1.0)
    found = divide(piece, 2, band, weights, seed=1)
    assert members(found, 2) in ([[0, 1, 4, 5, 8, 9], [2, 3, 6, 7, 10, 11]], [[2, 3, 6, 7, 10, 11], [0, 1, 4, 5, 8, 9]])


def test_a_pair_kept_apart_is_in_two_parts_though_a_better_division_joins_it() -> None:
    near = grid(4, 1, [100] * 4)
    pair = [frozenset({1}), frozenset({0}), frozenset(), frozenset()]
    apart = grid(4, 1, [100] * 4, apart=pair)
    band, weights = Band(100, 300), Weights()
    assert members(divide(near, 2, band, weights, seed=1), 2) in ([[0, 1], [2, 3]], [[2, 3], [0, 1]])
    found = divide(apart, 2, band, weights, seed=1)
    assert found[0] != found[1]


@st.composite
def boards(draw: st.DrawFn) -> tuple[Piece, int]:
    wide, high = draw(st.integers(2, 7)), draw(st.integers(2, 5))
    people = draw(st.lists(st.integers(1, 900), min_size=wide * high, max_size=wide * high))
    groups = [[(draw(st.integers(0, 3)), float(n))] for n in people]
    return grid(wide, high, people, groups=groups), draw(st.integers(1, min(4, wide * high)))


@settings(max_examples=40, deadline=None)
@given(boards(), st.integers(0, 5))
def test_every_division_has_k_connected_parts_and_everybody_once(board: tuple[Piece, int], seed: int) -> None:
    piece, k = board
    band = Band(max(1, piece.total // (2 * k)), 2 * piece.total // k)
    first = first_division(piece, k, band)
    best = divide(piece, k, band, Weights(groups=0.5), seed=seed, sweeps=5, restarts=1)
    for parts in (first, best):
        assert all(found and is_connected(piece, found) for found in members(parts, k))
        assert sum(sum(piece.people[i] for i in found) for found in members(parts, k)) == piece.total


@settings(max_examples=40, deadline=None)
@given(boards(), st.integers(0, 5))
def test_the_change_told_of_each_move_is_the_change_of_the_cost_summed_afresh(
    board: tuple[Piece, int], seed: int
) -> None:
    piece, k = board
    band, weights = Band(300, 900), Weights(border=0.4, groups=0.7)
    division = Division(piece, first_division(piece, k, band), k, band, weights)
    rng = random.Random(seed)
    for _ in range(30):
        i = rng.randrange(len(piece.people))
        to = division.parts[rng.choice(piece.next_to[i])[0]]
        if to == division.parts[i] or not division.holds_without(i):
            continue
        before = cost(piece, division.parts, k, band, weights)
        told, left, joined = division.change(i, to)
        division.move(i, to, left, joined)
        assert cost(piece, division.parts, k, band, weights) - before == pytest.approx(told, abs=1e-6)


def test_improving_without_heat_never_makes_a_division_worse() -> None:
    piece, band, weights = grid(8, 6, [100] * 48), Band(900, 1500), Weights()
    division = Division(piece, first_division(piece, 4, band), 4, band, weights)
    before = cost(piece, division.parts, 4, band, weights)
    improve(division, random.Random(1), sweeps=10, heat=0.0)
    assert cost(piece, division.parts, 4, band, weights) <= before


def test_a_node_that_joins_its_part_may_not_leave_it() -> None:
    piece = grid(3, 2, [1] * 6)  # 0 1 2 above 3 4 5; the middle of the upper row holds 0 and 2 together
    division = Division(piece, [0, 0, 0, 1, 1, 1], 2, Band(1, 6), Weights())
    assert [division.holds_without(i) for i in range(3)] == [True, False, True]


def test_the_same_seed_gives_the_same_division() -> None:
    piece, band = grid(7, 5, list(range(100, 135))), Band(800, 1500)
    one, other = (divide(piece, 4, band, Weights(), seed=7) for _ in range(2))
    assert one == other


def test_inertia_is_the_squared_distance_to_the_centre_of_population() -> None:
    # 3 people at 0 km and 1 at 4 km: their centre is 1 km out, so 3 × 1² + 1 × 3² = 12.
    assert inertia(grid(5, 1, [3, 0, 0, 0, 1]), range(5)) == pytest.approx(3 * 1 + 1 * 9)


@pytest.mark.parametrize(
    ("people", "k", "missing"),
    [
        (29_999, 1, 1), (30_000, 1, 0), (50_000, 1, 0), (50_001, 1, 1), (60_000, 2, 0), (64_295, 2, 0),
        (8_584, 1, 21_416),    # City of London
        (2_054, 1, 27_946),    # Isles of Scilly
        (51_742, 1, 1_742),    # Melton
        (57_749, 2, 2_251),    # Oadby and Wigston
        (57_113, 2, 2_887),    # West Devon
    ],
)  # fmt: skip
def test_how_many_parts_within_the_band_or_nearest_to_it(people: int, k: int, missing: int) -> None:
    band = Band()
    assert (band.n_parts(people), round(band.missing(people, k))) == (k, missing)
    assert band.fits(people) == (missing == 0)
