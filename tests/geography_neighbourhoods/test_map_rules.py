"""The exported maps keep the rules of GeoJSON (RFC 7946), counted afresh from the file."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from doorstep.geography import shapes
from doorstep.geography.areas import areas_within
from doorstep.geography.neighbourhoods.model import Neighbourhood, NeighbourhoodSet
from doorstep.geography.neighbourhoods.store import save

Ring = list[list[float]]


def with_a_hole() -> tuple[str, ...]:
    """The areas round one area of Knowsley that borders nothing outside the council, without it."""
    codes = set(areas_within("Knowsley"))
    middle = next(c for c in sorted(codes) if shapes.neighbours()[c].keys() <= codes and len(shapes.outline([c])) == 1)
    return tuple(sorted(codes - {middle}))


@pytest.fixture(scope="module")
def features(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    from datetime import date

    made = NeighbourhoodSet(
        "map", 0, "Maps", "lsoas", date(2026, 4, 1),
        (Neighbourhood("two-pieces", areas_within("Halton")), Neighbourhood("hole", with_a_hole()),
         Neighbourhood("nothing", ())),
    )  # fmt: skip
    folder: Path = save(tmp_path_factory.mktemp("sets"), made)
    told = json.loads((folder / "areas.geojson").read_text(encoding="utf-8"))
    # No `crs`: WGS 84 alone. `name` and `attribution` are beside the standard, which allows it (6.1).
    assert told.keys() == {"type", "name", "bbox", "attribution", "features"}
    assert (told["type"], told["name"]) == ("FeatureCollection", "map@1") and "Open Government" in told["attribution"]
    points = [point for one in told["features"][:2] for _, ring in rings(one) for point in ring]
    xs, ys = zip(*points, strict=True)
    assert told["bbox"] == [min(xs), min(ys), max(xs), max(ys)]  # west, south, east, north
    return list(told["features"])


def rings(feature: dict[str, Any]) -> list[tuple[int, Ring]]:
    """Every ring with its place in its polygon: 0 the outer one, then holes."""
    return [pair for polygon in feature["geometry"]["coordinates"] for pair in enumerate(polygon)]


def area(ring: Ring) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring)) / 2


def test_every_ring_is_closed_and_has_four_places_or_more(features: list[dict[str, Any]]) -> None:
    for feature in features[:2]:
        assert all(ring[0] == ring[-1] and len(ring) >= 4 for _, ring in rings(feature))


def test_outer_rings_turn_left_and_holes_turn_right(features: list[dict[str, Any]]) -> None:
    for feature in features[:2]:
        assert all((area(ring) > 0) == (place == 0) for place, ring in rings(feature))
    assert any(place == 1 for place, _ in rings(features[1]))


def test_longitude_comes_first_in_degrees_of_england(features: list[dict[str, Any]]) -> None:
    for feature in features[:2]:
        assert all(-3.2 < x < -2.5 and 53.2 < y < 53.6 for _, ring in rings(feature) for x, y in ring)


def test_a_feature_has_its_own_id_its_properties_and_a_shape_or_null(features: list[dict[str, Any]]) -> None:
    assert [f["id"] for f in features] == ["two-pieces", "hole", "nothing"]
    assert all(f.keys() == {"type", "id", "geometry", "properties"} and f["type"] == "Feature" for f in features)
    assert [f["geometry"] and f["geometry"]["type"] for f in features] == ["MultiPolygon", "MultiPolygon", None]
    assert len(features[0]["geometry"]["coordinates"]) >= 2  # the Mersey divides Halton


def test_every_feature_has_the_same_properties_of_the_same_kind(features: list[dict[str, Any]]) -> None:
    kinds = [{name: type(value) for name, value in one["properties"].items()} for one in features]
    assert kinds[0] == kinds[1] == kinds[2]
    told = features[0]["properties"]
    assert (told["label"], told["recognition"], told["version"]) == ("two-pieces", "administrative only", 1)
    assert (told["residents"], told["valid_from"], told["valid_to"]) == (128_508, "2026-04-01", None)


def test_a_ring_that_touches_itself_is_cut_there_and_nothing_is_lost() -> None:
    """Cornwall's edge comes back to a point; each ring then passes every point once, and encloses as much."""
    codes = areas_within("Cornwall")
    whole, cut = (shapes.polygon(codes, is_cut=is_cut)["coordinates"] for is_cut in (False, True))
    assert any(len({*map(tuple, ring[1:])}) < len(ring) - 1 for rings in whole for ring in rings)
    assert all(len({*map(tuple, ring[1:])}) == len(ring) - 1 for rings in cut for ring in rings)
    assert sum(area(ring) for rings in cut for ring in rings) == pytest.approx(
        sum(area(ring) for rings in whole for ring in rings), rel=1e-4
    )


def _crosses(ring: Ring) -> bool:
    """Say whether two edges of a ring cross, by the sides on which their ends lie."""

    def side(a: list[float], b: list[float], c: list[float]) -> float:
        return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])

    return any(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for (a, b), (c, d) in itertools.combinations(itertools.pairwise(ring), 2)
    )


@pytest.mark.parametrize("code", ["E01004045", "E01006191", "E01030370"])
def test_a_ring_that_crosses_itself_loses_the_knot_wherever_it_begins(code: str) -> None:
    """These borders in Southwark, Trafford and Elmbridge do, since they were made simpler."""
    (whole,), (cut,) = (shapes.polygon([code], is_cut=is_cut)["coordinates"] for is_cut in (False, True))
    assert _crosses(whole[0])
    assert not _crosses(cut[0])


def test_what_does_not_cross_is_left_as_it_is() -> None:
    codes = areas_within("Halton")
    assert shapes.polygon(codes, is_cut=True) == shapes.polygon(codes)
