"""The fixtures of the tests in a browser: both sites, Chromium, and a browser for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_world import Site, World, running
from browsing import ARGUMENTS, CHROMIUM, Browser, opened

ASSETS = Path(__file__).resolve().parents[2] / "src" / "doorstep" / "web" / "layout"
Opener = Callable[..., Browser]


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    if not (ASSETS / "assets" / "built-from.sha256").exists():
        pytest.exit("the site's assets are not built: run `python scripts/build_assets.py`", returncode=3)
    with running() as made:
        yield made


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Start the system's Chromium, which can reach this machine only."""
    from playwright.sync_api import sync_playwright

    if not Path(CHROMIUM).exists():
        pytest.fail("there is no Chromium here: apt-get install --no-install-recommends chromium", pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[*ARGUMENTS, "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost"],
        )
        yield browser
        browser.close()


@pytest.fixture
def browser_of(chromium: Any) -> Iterator[Opener]:
    """Return a maker of people's browsers; when the test ends, none of them may have met a fault."""
    made: list[Browser] = []

    def make(site: Site, role: str = "", **more: Any) -> Browser:
        made.append(opened(chromium, site, role, **more))
        return made[-1]

    yield make
    faults = [fault for one in made for fault in one.faults()]
    for one in made:
        one.context.close()
    assert not faults, faults
