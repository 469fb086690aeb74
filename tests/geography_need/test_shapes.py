"""Shapes: rings close, joining areas loses nothing, and who borders whom is mutual."""

from __future__ import annotations

import itertools

import pytest

from doorstep.geography import shapes
from doorstep.geography.areas import areas_within

HECTARES = 0.0001


def area_of(shape: dict[str, list[list[list[list[float]]]]]) -> float:
    """Return square degrees, holes taken out."""
    total = 0.0
    for polygon in shape["coordinates"]:
        for ring in polygon:
            total += sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring)) / 2
    return total


def test_neighbours_are_mutual_and_every_area_but_one_has_one() -> None:
    found = shapes.neighbours()
    assert len(found) == 33_755
    assert all(found[b][a] == metres for a, beside in found.items() for b, metres in beside.items())
    assert [code for code, beside in found.items() if not beside] == ["E01019077"]  # the Isles of Scilly


@pytest.mark.parametrize("name", ["Halton", "Sefton", "Isle of Wight"])
def test_a_councils_shape_is_the_sum_of_its_areas(name: str) -> None:
    codes = areas_within(name)
    whole = area_of(shapes.polygon(codes))
    assert whole == pytest.approx(sum(area_of(shapes.polygon([code])) for code in codes), rel=1e-9)
    assert whole > 0


def test_a_hole_is_cut_out_and_is_what_was_left_out() -> None:
    next_to = shapes.neighbours()
    codes = set(areas_within("Halton"))
    inner = next(c for c in sorted(codes) if next_to[c] and set(next_to[c]) <= codes and len(shapes.outline([c])) == 1)
    with_hole = shapes.polygon(codes - {inner})
    assert any(len(polygon) == 2 for polygon in with_hole["coordinates"])
    assert area_of(with_hole) == pytest.approx(
        area_of(shapes.polygon(codes)) - area_of(shapes.polygon([inner])), rel=1e-9
    )


def test_pieces_of_a_set_are_told() -> None:
    sefton, scilly = areas_within("Sefton"), "E01019077"
    assert len(shapes.parts(sefton)) == 1
    assert shapes.parts([*sefton, scilly]) == [sefton, (scilly,)]
    assert [len(piece) for piece in shapes.parts(areas_within("Halton"))] == [43, 37]  # Widnes, Mersey, Runcorn


def test_rings_close() -> None:
    for code in areas_within("Halton"):
        for ring in shapes.outline([code]):
            assert ring[0] == ring[-1] and len(ring) > 3
