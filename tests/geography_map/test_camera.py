"""Where the map is looked at from: what is asked for is seen, and nobody gets lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from frontend_kit import run

BOX = [0.48, 0.31, 0.51, 0.34]  # west, north, east, south in the plane: about England
SMALL = [0.4925, 0.3250, 0.4935, 0.3252]  # wide and low


def _camera(code: str, width: int = 800, height: int = 600) -> Any:
    made = f"const camera = new module.Camera({json.dumps(BOX)}, {width}, {height});"
    return run("camera.js", f"{made}\nconst answer = (() => {{ {code} }})();")


@pytest.mark.parametrize("size", [(800, 600), (280, 700)])
@pytest.mark.parametrize("box", [BOX, SMALL])
def test_a_box_that_is_asked_for_fills_the_map_but_for_its_padding(box: list[float], size: tuple[int, int]) -> None:
    west, north, east, south = box
    corners = _camera(
        f"camera.look(camera.over({json.dumps(box)}, 40));"
        f"return [camera.toPixels([{west}, {north}]), camera.toPixels([{east}, {south}])];",
        *size,
    )
    (left, top), (right, foot) = corners
    assert left + right == pytest.approx(size[0]) and top + foot == pytest.approx(size[1])  # in the middle
    assert min(left - 40, top - 40) == pytest.approx(0, abs=1e-6)
    assert left >= 40 - 1e-6 and top >= 40 - 1e-6


def test_a_box_is_looked_at_no_nearer_than_is_asked() -> None:
    assert _camera(f"return camera.over({json.dumps(SMALL)}, 0, 9).zoom") == 9


def test_pixels_and_places_are_each_others_inverse() -> None:
    there = _camera("camera.look({ x: 0.49, y: 0.33, zoom: 11 }); return camera.toPixels(camera.toPlane([123, 456]));")
    assert there == pytest.approx([123, 456])


def test_nobody_gets_further_than_the_map_goes() -> None:
    far = _camera("return [camera.kept({ x: 0.9, y: 0.1, zoom: 40 }), camera.kept({ x: 0.1, y: 0.9, zoom: 0 })];")
    assert far[0] == {"x": BOX[2], "y": BOX[1], "zoom": 15}
    whole = _camera(f"return camera.over({json.dumps(BOX)}, 0).zoom")
    assert far[1] == {"x": BOX[0], "y": BOX[3], "zoom": pytest.approx(whole - 1)}


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_a_picture_with_a_margin_has_what_is_seen_in_its_middle(ratio: float) -> None:
    """A quarter more to each side: where the view begins, the picture has a quarter of the view before it."""
    view, picture = _camera(
        f"camera.look({{ x: 0.49, y: 0.33, zoom: 11 }}); return [camera.view({ratio}), camera.view({ratio}, 0.25)];"
    )
    assert (view["width"], view["height"]) == (800 * ratio, 600 * ratio)
    assert view["scale"] == picture["scale"] == 512 * 2**11 * ratio
    assert (view["left"] - picture["left"]) * view["scale"] == pytest.approx(200 * ratio)
    assert (view["top"] - picture["top"]) * view["scale"] == pytest.approx(150 * ratio)
