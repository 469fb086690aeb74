"""Every named address of a Place's own site answers, and its page is right on a screen, on a phone and on paper."""

from __future__ import annotations

from typing import Any

import pytest
from browser_visits import rooms
from browser_world import World
from visiting import faults_of_room

pytest_plugins = ["browser_fixtures"]


@pytest.mark.parametrize("room", rooms("place"))
def test_each_address_of_a_room_answers_and_is_right_for_everybody(world: World, browser_of: Any, room: str) -> None:
    faults = faults_of_room(world.place, room, browser_of)
    assert not faults, "\n".join(faults)
