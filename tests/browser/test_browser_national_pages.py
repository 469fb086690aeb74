"""Every named address has a visit; those of the programme's site are right on a screen, on a phone and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_visits import lines, rooms
from browser_world import World
from visiting import faults_of_room

from doorstep.web.matrix import matrix

pytest_plugins = ["browser_fixtures"]
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("site", ["national", "place"])
def test_every_named_address_has_a_visit_and_no_other_has(site: str) -> None:
    listed = {line.name for line in lines() if line.site == site and line.kind != "things"}
    named = matrix(site).addresses.keys()
    assert not named - listed, f"write visits for {sorted(named - listed)}: see visits/README.md"
    assert not listed - named, f"no address has the name {sorted(listed - named)}"


def test_what_is_met_elsewhere_names_a_test_that_is_there() -> None:
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for line in lines():
        if line.kind == "pressed":
            assert f"def {line.found[0]}(" in here, line.name
        if line.kind == "elsewhere":
            assert (ROOT / line.found[0]).is_file(), line.name


@pytest.mark.parametrize("room", rooms("national"))
def test_each_address_of_a_room_answers_and_is_right_for_everybody(world: World, browser_of: Any, room: str) -> None:
    faults = faults_of_room(world.national, room, browser_of)
    assert not faults, "\n".join(faults)
