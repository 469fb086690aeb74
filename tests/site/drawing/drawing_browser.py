"""Somebody's Chromium on the pages that draw neighbourhoods, and what people do there, for the tests of this folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from neighbourhoods_kit import SOUTH
from site_drill import Drill

SITE = Path(__file__).resolve().parents[1]
AXE = SITE.parents[1] / "src/doorstep/web/layout/frontend/node_modules/axe-core/axe.min.js"
CHROMIUM = "/usr/bin/chromium"
# A map is drawn by the processor where there is no graphics card; no other host is asked.
ARGUMENTS = (
    "--no-sandbox", "--enable-unsafe-swiftshader", "--use-gl=angle", "--use-angle=swiftshader",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
SLOWEST = 60_000
_NUMBERS = count(1)

# The site in a process of its own, for a browser sees only what is committed; it ends when its input is closed.
_SERVE = """
import json, sys, threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
import django
django.setup()
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from site_kit import maker_of_members
settings.SESSION_COOKIE_SECURE, settings.ALLOWED_HOSTS = False, ["127.0.0.1"]
browser = maker_of_members()("coach")
class Quiet(WSGIRequestHandler):
    def log_message(self, *words): pass
class Threads(ThreadingMixIn, WSGIServer): daemon_threads = True
server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Threads, handler_class=Quiet)
threading.Thread(target=server.serve_forever, daemon=True).start()
name = settings.SESSION_COOKIE_NAME
print(json.dumps([f"http://127.0.0.1:{server.server_port}", name, browser.cookies[name].value]), flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="session")
def served(server: Any, site: None) -> Iterator[list[str]]:
    """Return the site's address, and the name and value of the cookie of somebody who may draw."""
    drill = Drill(server, f"drawing_{next(_NUMBERS)}", is_migrated=True)  # one for each file that brings this in
    environment = {
        **os.environ, "DATABASE_URL": drill.url, "DOORSTEP_ROLE": "national", "PYTHONPATH": str(SITE),
        "DJANGO_SETTINGS_MODULE": "doorstep.web.settings",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdin and process.stdout
        yield json.loads(process.stdout.readline())
        process.stdin.close()
        process.wait(30)


@contextmanager
def opened(served: list[str], **more: Any) -> Iterator[Any]:
    """Give a page of the person's browser, which fails where a script does."""
    from playwright.sync_api import sync_playwright

    base, name, value = served
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 1000}, "base_url": base} | more)
        context.add_cookies([{"name": name, "value": value, "url": base}])
        context.set_default_timeout(SLOWEST)
        found, faults = context.new_page(), list[str]()
        found.on("pageerror", lambda error: faults.append(str(error)))
        yield found
        chromium.close()
    assert faults == []


@pytest.fixture
def page(served: list[str]) -> Iterator[Any]:
    """Return a page of a person with a mouse."""
    with opened(served) as found:
        yield found


@pytest.fixture
def touched(served: list[str]) -> Iterator[Any]:
    """Return a page of a person with a tablet that has no mouse."""
    with opened(served, has_touch=True, is_mobile=True, viewport={"width": 1024, "height": 1000}) as found:
        yield found


def begin(page: Any, title: str) -> None:
    """Make Halton's two parts a set, and stand on the page that changes it."""
    page.goto("/where/neighbourhoods/")
    page.get_by_role("link", name="Make a set").click()
    page.get_by_role("link", name="By hand").click()
    page.get_by_label("Council, Place or system").fill("Halton")
    page.get_by_label("One for each piece of the ground that hangs together").check()
    page.get_by_label("Title of the set").fill(title)
    page.get_by_role("button", name="Begin").click()
    page.locator(f"#target-{SOUTH}").wait_for()


def facts(page: Any, id: str) -> str:
    """Return what the list beside the map says of a neighbourhood."""
    return str(page.locator(f"label[for=target-{id}]").inner_text())


def said(page: Any) -> str:
    """Return what was told last, which a screen reader reads aloud."""
    status = page.locator("#said")
    assert status.get_attribute("role") == "status"
    return str(status.inner_text())


def give_name(page: Any, id: str, name: str) -> None:
    """Choose a neighbourhood in the list and write its name."""
    page.locator(f"#target-{id}").check()
    page.get_by_label("Name of number").fill(name)


def marks(page: Any) -> list[tuple[float, float]]:
    """Return where on the page the numbers of the neighbourhoods lie, each on a small area of its own."""
    page.wait_for_selector("#area-map[data-idle]")
    page.locator("#area-map").scroll_into_view_if_needed()
    boxes = [mark.bounding_box() for mark in page.locator(".app-area-number--on-map").all()]
    return [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2) for box in boxes]
