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
    assert told.keys() == {"type", "features"} and told["type"] == "FeatureCollection"  # and so no `crs`: WGS 84 alone
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
