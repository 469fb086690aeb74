"""Every named address of both sites is looked at, by somebody who may: on a screen, on a phone and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_visits import lines, role_for, rooms, things_of
from browser_world import Site, World
from browsing import Browser
from looking import faults_of_page

from doorstep.web.matrix import matrix

pytest_plugins = ["browser_fixtures"]
ROOT = Path(__file__).resolve().parents[2]
SITES = ("national", "place")


@pytest.mark.parametrize("site", SITES)
def test_every_named_address_has_a_visit_and_no_other_has(site: str) -> None:
    listed = {line.name for line in lines() if line.site == site and line.kind != "things"}
    assert sorted(listed) == sorted(matrix(site).addresses)


def test_what_is_met_elsewhere_names_a_test_that_is_there() -> None:
    here = "".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    for line in lines():
        if line.kind == "pressed":
            assert f"def {line.found[0]}(" in here, line.name
        if line.kind == "elsewhere":
            assert (ROOT / line.found[0]).is_file(), line.name


@pytest.mark.parametrize(("site", "room"), [(site, room) for site in SITES for room in rooms(site)])
def test_each_address_of_a_room_answers_and_is_right_for_everybody(
    world: World, browser_of: Any, site: str, room: str
) -> None:
    here: Site = getattr(world, site)
    browsers: dict[str, Browser] = {}
    things, faults = things_of(here), []
    for line in [one for one in lines() if (one.site, one.room) == (site, room) and one.kind in ("pages", "files")]:
        role = role_for(site, line.name)
        if role not in browsers:
            browsers[role] = browser_of(here, role)
        look = _page if line.kind == "pages" else _file
        paths = [path.format(**things) for path in line.found]
        faults += [fault for path in paths for fault in look(browsers[role], line.name, path)]
    assert not faults, "\n".join(faults)


def _page(browser: Browser, name: str, path: str) -> list[str]:
    answer = browser.open(path)
    if answer.status >= 400 and name != "enrol":  # whose page says that a link has ended
        return [f"{path} answers {answer.status}"]
    came_to = browser.site.views().get(answer.headers["x-request-id"])
    return [f"{path} is of {came_to}, not {name}"] if came_to != name else faults_of_page(browser)


def _file(browser: Browser, name: str, path: str) -> list[str]:
    answer = browser.context.request.get(browser.site.address + path)
    came_to = browser.site.views().get(answer.headers["x-request-id"])
    if answer.ok and came_to == name and answer.body():
        return []
    return [f"{path} of {came_to} answers {answer.status}"]
