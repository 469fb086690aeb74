"""Which area each pixel of the map is in, and where it is looked at from: what Python's own geometry says."""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from frontend_kit import run

from doorstep.geography import map_layer, shapes
from doorstep.geography.areas import areas_within

# Where is looked (longitude, latitude of the middle), pixels of the whole plane, and the size in pixels.
VIEWS: dict[str, tuple[float, float, float, int, int]] = {
    "a council across a river": (-2.73, 53.35, 512 * 2**10, 90, 70),
    "many small areas": (-0.09, 51.51, 512 * 2**11, 80, 60),
    "islands": (-6.30, 49.93, 512 * 2**11, 70, 70),
    "all of England": (-1.9, 52.8, 512 * 2**3.4, 60, 60),
    "one corner of one area": (1.2, 51.2, 512 * 2**15, 30, 30),
}
_FILL = """
import { decode } from %s;
const bytes = readFileSync(words[0]);
const topology = decode(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
const ground = new module.Ground(topology);
const views = Object.entries(JSON.parse(words[1]));
const answer = Object.fromEntries(views.map(([name, [lon, lat, scale, width, height]]) => {
  const [x, y] = module.toPlane(lon, lat);
  const view = { left: x - width / 2 / scale, top: y - height / 2 / scale, scale, width, height };
  const areas = new Uint16Array(width * height);
  ground.fill(view, areas);
  return [name, [...areas]];
}));"""


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ground") / "england.bin"
    path.write_bytes(map_layer.shapes_bytes())
    return path


@pytest.fixture(scope="module")
def filled(file: Path) -> Any:
    where = Path(__file__).parents[2] / "src/doorstep/web/layout/frontend/where/topology.js"
    return run("ground.js", _FILL % json.dumps(where.as_uri()), str(file), json.dumps(VIEWS))


def _centre(view: tuple[float, float, float, int, int], pixel: int) -> tuple[float, float]:
    """Return the longitude and latitude of a pixel's centre (Web Mercator, EPSG:3857)."""
    lon, lat, scale, width, height = view
    row, column = divmod(pixel, width)
    x = (lon / 360 + 0.5) + (column + 0.5 - width / 2) / scale
    y = 0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi) + (row + 0.5 - height / 2) / scale
    return (x - 0.5) * 360, math.degrees(math.atan(math.sinh((0.5 - y) * 2 * math.pi)))


def _mercator(lat: float) -> float:
    return math.asinh(math.tan(math.radians(lat)))


def _holds(rings: list[list[tuple[float, float]]], x: float, y: float) -> bool:
    """Say whether a point is within rings, holes and all: a ray to the east meets an odd number of edges."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in pairwise(ring):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def _rings(code: str) -> list[list[tuple[float, float]]]:
    """Return an area's rings in longitude and Mercator's latitude: an edge is straight on the map."""
    return [[(x / shapes.SCALE, _mercator(y / shapes.SCALE)) for x, y in ring] for ring in shapes.outline([code])]


@pytest.mark.parametrize("name", VIEWS)
def test_every_pixel_is_in_the_area_that_geometry_says(name: str, filled: Any) -> None:
    codes, view = shapes.borders().codes, VIEWS[name]
    wrong: dict[int, str] = {}
    known: dict[int, Any] = {}
    for pixel, number in enumerate(filled[name]):
        if number and pixel % 7 == 0:
            rings = known.setdefault(number, _rings(codes[number - 1]))
            lon, lat = _centre(view, pixel)
            if not _holds(rings, lon, _mercator(lat)):
                wrong[pixel] = codes[number - 1]
    assert known and wrong == {}


def test_a_box_is_widened_to_kilometres_on_the_ground() -> None:
    """Ten kilometres across, in Newcastle as in Cornwall: a degree of latitude is 111.2 km, of longitude less."""
    for lon, lat in ((-1.6, 55.0), (-5.5, 50.1)):
        box = run(
            "ground.js",
            "const [x, y] = module.toPlane(Number(words[0]), Number(words[1]));"
            "const [west, north, east, south] = module.widened([x, y, x, y], 10);"
            "const answer = [...module.toDegrees(west, north), ...module.toDegrees(east, south)];",
            str(lon),
            str(lat),
        )
        west, north, east, south = box
        assert (east - west) * 111.2 * math.cos(math.radians(lat)) == pytest.approx(10, rel=0.005)
        assert (north - south) * 111.2 == pytest.approx(10, rel=0.005)


def test_a_box_that_is_wide_enough_stays() -> None:
    answer = run("ground.js", "const answer = module.widened([0.49, 0.32, 0.5, 0.33], 10);")
    assert answer == [0.49, 0.32, 0.5, 0.33]


def test_what_no_area_has_is_a_river(filled: Any) -> None:
    """The view lies within Halton, with the Mersey in its middle and towns on both sides."""
    codes, view = shapes.borders().codes, VIEWS["a council across a river"]
    halton, found = {code: _rings(code) for code in areas_within("Halton")}, filled["a council across a river"]
    assert {codes[number - 1] for number in found if number} <= halton.keys()
    water = [_centre(view, pixel) for pixel, number in enumerate(found) if not number]
    assert len(water) > 500
    assert not any(_holds(rings, lon, _mercator(lat)) for lon, lat in water[::5] for rings in halton.values())
