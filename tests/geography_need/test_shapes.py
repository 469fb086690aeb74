"""Shapes: rings close, joining areas loses nothing, and who borders whom is mutual."""

from __future__ import annotations

import itertools

import pytest

from doorstep.geography import shapes
from doorstep.geography.areas import areas_within, names_of_places
from doorstep.reference import places

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


def test_a_place_that_shares_a_councils_name_is_asked_for_by_another() -> None:
    """West Suffolk, the Place, has parts of Babergh and Mid Suffolk; the council of that name has not."""
    council, place = areas_within("West Suffolk"), areas_within("west suffolk (place)")
    assert (len(council), len(place)) == (107, 137)
    assert set(place) == set(places.find("West Suffolk").lsoas())
    assert [name for name in names_of_places() if name.endswith("(Place)")] == ["West Suffolk (Place)"]


def test_every_place_is_had_by_the_name_that_it_is_listed_under() -> None:
    found = dict(zip(names_of_places(), places.all_places(), strict=True))
    wrong = [name for name, place in found.items() if set(areas_within(name)) != set(place.lsoas())]
    assert wrong == []


def test_rings_close() -> None:
    for code in areas_within("Halton"):
        for ring in shapes.outline([code]):
            assert ring[0] == ring[-1] and len(ring) > 3
