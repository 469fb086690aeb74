"""The fixtures of the tests in a browser: both sites, Chromium, and a browser for a person."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_visits import pressed_in
from browser_world import Site, World, shared
from browsing import ARGUMENTS, CHROMIUM, Browser, opened

ASSETS = Path(__file__).resolve().parents[2] / "src" / "doorstep" / "web" / "layout" / "assets"
Opener = Callable[..., Browser]


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Both sites; the processes of one run have the same."""
    if not (ASSETS / "built-from.sha256").exists():
        pytest.exit("the site's assets are not built: run `python scripts/build_assets.py`", returncode=3)
    own = tmp_path_factory.getbasetemp()
    with shared(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """The system's Chromium, which reaches this machine only; one a file, for its loop must not outlive the file."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.fail(
            f"there is no {CHROMIUM}: run `apt-get install --no-install-recommends chromium`, on Ubuntu likewise",
            pytrace=False,
        )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def browser_of(chromium: Any, request: pytest.FixtureRequest) -> Iterator[Opener]:
    """Return a maker of people's browsers.

    When the test ends, none of them may have met a fault, and what the lists of addresses say of the test must be true.
    """
    made: list[Browser] = []
    n_failed = request.session.testsfailed

    def make(site: Site, role: str = "", **more: Any) -> Browser:
        made.append(opened(chromium, site, role, **more))
        return made[-1]

    yield make
    faults = [fault for one in made for fault in one.faults()]
    has_passed = request.session.testsfailed == n_failed
    lacking = _lacking(made, request.node.originalname) if has_passed else set()
    for one in made:
        one.context.close()
    assert not faults, faults
    assert not lacking, f"the lists of addresses say that this test asks for {sorted(lacking)}"


def _lacking(browsers: list[Browser], test: str) -> set[str]:
    wanted = {name for one in browsers for name in pressed_in(test, one.site.role)}
    return wanted - {name for one in browsers for name in one.names()} if wanted else set()
