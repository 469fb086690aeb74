"""Every colour scale of the maps can be read by people with any colour vision, and lines over it can be seen."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import Any

import pytest
from colour_vision import SEEN_BY, contrast, difference, oklab
from frontend_kit import run

NEIGHBOURS = 0.05  # two and a half times what can just be noticed
GREY = 0.05
SEEN = 3.0  # WCAG 2.2, 1.4.11

_FOUND: dict[str, Any] = run(
    "scales.js", "const answer = { scales: module.SCALES, lines: module.LINES, unknown: module.UNKNOWN };"
)
SCALES: dict[str, Any] = _FOUND["scales"]
each_scale = pytest.mark.parametrize("name", SCALES)
each_eye = pytest.mark.parametrize("eye", SEEN_BY)


@each_scale
@each_eye
def test_classes_that_must_be_told_apart_differ(name: str, eye: str) -> None:
    colours = SCALES[name]["colours"]
    pairs = pairwise(colours) if SCALES[name]["kind"] == "sequential" else combinations(colours, 2)
    near = {pair: round(found, 3) for pair in pairs if (found := difference(*pair, eye)) < NEIGHBOURS}
    assert near == {}


@each_scale
@each_eye
def test_a_scale_in_order_goes_from_dark_to_light(name: str, eye: str) -> None:
    if SCALES[name]["kind"] == "sequential":
        lights = [float(oklab(colour, eye)[0]) for colour in SCALES[name]["colours"]]
        assert all(after - before > 0.03 for before, after in pairwise(lights)), lights
    else:
        assert SCALES[name]["kind"] == "qualitative"


@each_scale
@each_eye
def test_what_nothing_is_known_of_is_like_no_class(name: str, eye: str) -> None:
    assert min(difference(_FOUND["unknown"], colour, eye) for colour in SCALES[name]["colours"]) >= GREY


@each_scale
def test_a_line_over_any_class_is_seen_by_its_core_or_its_casing(name: str) -> None:
    lines = _FOUND["lines"]
    for colour in [*SCALES[name]["colours"], _FOUND["unknown"]]:
        assert max(contrast(lines["core"], colour), contrast(lines["casing"], colour)) >= SEEN, colour


def test_the_parts_of_a_line_stand_out_from_each_other() -> None:
    lines = _FOUND["lines"]
    assert contrast(lines["core"], lines["casing"]) >= SEEN
    assert contrast(lines["core"], lines["pointed"]) >= SEEN


def test_the_measures_are_those_of_their_sources() -> None:
    """Black on white is 21 to 1; lightness runs from 0 to 1; greys look the same to everybody; red and green do not."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert oklab("#ffffff") == pytest.approx([1, 0, 0], abs=1e-4)
    assert oklab("#000000") == pytest.approx([0, 0, 0], abs=1e-9)
    for eye in SEEN_BY:
        assert difference("#808080", "#808080", eye) == 0
        assert oklab("#808080", eye) == pytest.approx(oklab("#808080"), abs=1e-4)
    reddish, greenish = "#b3592d", "#7d7a2e"
    assert difference(reddish, greenish) > 2 * difference(reddish, greenish, "deuteranopia")
