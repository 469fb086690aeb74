"""Every page of both sites, as each role that may open it, on a screen, on a phone and on paper."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browser_addresses import ELSEWHERE, FILES, OF_ALL_PLACES, PAGES, things_of
from browser_steps import send, versions_of
from browser_workbooks import sound
from browser_world import World
from looking import faults_of

from doorstep.web.matrix import matrix

pytest_plugins = ["browser_fixtures"]
ROLES = [(site, role) for site in ("national", "place") for role in matrix(site).roles]


def test_every_named_address_is_looked_at_taken_as_a_file_or_met_in_a_journey() -> None:
    named = matrix("national").addresses.keys() | matrix("place").addresses.keys()
    assert sorted(named) == sorted([*PAGES, *FILES, *ELSEWHERE])


@pytest.fixture(scope="module")
def sent_twice(world: World, chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Let the sender's Place have two versions, so that there is something to see and to compare."""
    from browsing import opened

    folder, sender = tmp_path_factory.mktemp("sent"), opened(chromium, world.national, "place_sender")
    for n in range(len(versions_of(world.national)), 2):
        send(sender, sound(Path(folder) / f"{n}.xlsx", O1a=2000 + n))
    sender.context.close()


@pytest.mark.parametrize(("site", "role"), ROLES, ids=[f"{site} {role}" for site, role in ROLES])
def test_each_page_of_a_role_is_right_for_everybody(
    world: World, browser_of: Any, sent_twice: None, site: str, role: str
) -> None:
    here = getattr(world, site)
    things, browser, table = things_of(here), browser_of(here, role), matrix(site)
    faults = []
    for name, needed in table.addresses.items():
        if needed is None or not table.scope((role,), *needed):
            continue
        if name in FILES:
            answer = browser.context.request.get(here.address + FILES[name].format(**things))
            faults += [] if answer.ok else [f"{name} answers {answer.status}"]
        for path in _paths(name, site):
            faults += faults_of(browser, path.format(**things))
    assert not faults, "\n".join(faults)


def _paths(name: str, site: str) -> tuple[str, ...]:
    of_all = OF_ALL_PLACES if name == "exhibit" and site == "national" else ()
    return (*PAGES.get(name, ()), *of_all)


@pytest.mark.parametrize("site", ["national", "place"])
def test_pages_for_nobody_in_particular_are_right_too(world: World, browser_of: Any, site: str) -> None:
    here = getattr(world, site)
    browser, table = browser_of(here), matrix(site)
    public = [path for name in table.addresses if table.addresses[name] is None for path in PAGES.get(name, ())]
    faults = [fault for path in public for fault in faults_of(browser, path.format(**things_of(here)))]
    assert not faults, "\n".join(faults)
