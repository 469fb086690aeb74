"""Small made-up Places, each made once and looked at by many tests."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

from doorstep.synthetic import Made, Parameters, make
from doorstep.synthetic.ground import Ground
from doorstep.synthetic.plans import make_plans
from doorstep.synthetic.scene import Scene, make_scene

SMALL = Parameters("Sefton", people=400, months=6, seed=7, ways=("A", "B", "C"), slots_only=0.07)
_KEPT: list[tempfile.TemporaryDirectory[str]] = []


@cache
def real_ground() -> Ground:
    return Ground.of("Sefton")


@cache
def made_place() -> Made:
    """The small Place in all three ways in; its folder goes when the tests end."""
    _KEPT.append(tempfile.TemporaryDirectory())
    return make(SMALL, Path(_KEPT[-1].name) / "made")


@cache
def planned_place() -> Scene:
    """A Place large enough for every fault to find a row; nothing is written."""
    scene = make_scene(Parameters("Sefton", people=3000, months=12, seed=3))
    make_plans(scene)
    return scene
