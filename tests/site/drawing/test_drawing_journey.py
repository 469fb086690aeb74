"""A newcomer draws Halton's two neighbourhoods in Chromium: Runcorn and Widnes, saved, audited and taken away."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from neighbourhoods_kit import NORTH, SOUTH
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


@pytest.fixture(scope="module")
def served(server: Any, site: None) -> Iterator[list[str]]:
    """Return the site's address, and the name and value of the cookie of somebody who may draw."""
    drill = Drill(server, "drawing", is_migrated=True)
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


@pytest.fixture
def page(served: list[str]) -> Iterator[Any]:
    """Return a page of the person's browser, which fails where a script does."""
    from playwright.sync_api import sync_playwright

    base, name, value = served
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        context = chromium.new_context(viewport={"width": 1280, "height": 1000}, base_url=base)
        context.add_cookies([{"name": name, "value": value, "url": base}])
        context.set_default_timeout(SLOWEST)
        found, faults = context.new_page(), list[str]()
        found.on("pageerror", lambda error: faults.append(str(error)))
        yield found
        chromium.close()
    assert faults == []


def _begin(page: Any, title: str) -> None:
    page.goto("/where/neighbourhoods/")
    page.get_by_role("link", name="Make a set").click()
    page.get_by_role("link", name="By hand").click()
    page.get_by_label("Council, Place or system").fill("Halton")
    page.get_by_label("One for each piece of the ground that hangs together").check()
    page.get_by_label("Title of the set").fill(title)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("link", name="Change areas and names").click()
    page.locator(f"#target-{SOUTH}").wait_for()


def _facts(page: Any, id: str) -> str:
    return str(page.locator(f"label[for=target-{id}]").inner_text())


def _name(page: Any, id: str, name: str) -> None:
    page.locator(f"#target-{id}").check()
    page.get_by_label("Name of the one chosen").fill(name)


def test_halton_is_drawn_named_saved_audited_and_taken_away(page: Any) -> None:
    _begin(page, "Halton in two")
    assert "64,295 residents, 14,295 over the range; hangs together" in _facts(page, SOUTH)
    _name(page, SOUTH, "Runcorn")
    _name(page, NORTH, "Widnes")
    page.get_by_label("What you changed, and why").fill("The names that people use")
    page.get_by_role("button", name="Save as version 2").first.click()
    page.get_by_text("Version 2 was saved").wait_for()
    assert page.locator("#areas tbody th").all_inner_texts()[0].split("\n")[0].endswith("Runcorn")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Boundaries (GeoJSON)").click()
    assert taken.value.suggested_filename == "halton-in-two-v2.geojson"
    told = json.loads(Path(taken.value.path()).read_text(encoding="utf-8"))
    assert [f["properties"]["name"] for f in told["features"]] == ["Runcorn", "Widnes"]
    page.get_by_role("link", name="Audit:").click()
    page.get_by_text("4 things to do or to record").wait_for()
    page.get_by_text("Runcorn: administrative only").wait_for()


def test_an_area_is_moved_in_the_table_undone_by_a_button_and_by_the_keyboard_on_the_map(page: Any) -> None:
    _begin(page, "Halton moved")
    page.get_by_label("Name, ward or code has").fill("E01012392")
    move = page.get_by_label("Move Halton 001A to")
    move.select_option(SOUTH)
    assert "67,204 residents" in _facts(page, SOUTH) and "in 2 pieces" in _facts(page, SOUTH)
    assert "Not saved yet: 1 area moved." in page.locator("#unsaved").inner_text()
    page.get_by_role("button", name="Undo").click()
    assert "64,295 residents" in _facts(page, SOUTH) and "hangs together" in _facts(page, SOUTH)
    assert page.locator("#unsaved").is_hidden()
    page.locator("#target-none").check()
    page.wait_for_selector("#area-map[data-idle]")
    page.locator("#area-map canvas").focus()
    for key in ("Enter", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    page.get_by_text("1 area in none").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Every area is in one").wait_for()


def test_what_was_not_saved_comes_back_and_leaving_is_asked_about(page: Any) -> None:
    _begin(page, "Halton left")
    page.get_by_label("Name, ward or code has").fill("E01012392")
    page.get_by_label("Move Halton 001A to").select_option(SOUTH)
    asked: list[str] = []

    def leave(dialog: Any) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", leave)
    page.reload()
    page.locator(f"#target-{SOUTH}").wait_for()
    assert asked == ["beforeunload"]
    assert "67,204 residents" in _facts(page, SOUTH)


def test_a_press_on_the_map_moves_an_area_and_a_brush_moves_many_in_one_step(page: Any) -> None:
    _begin(page, "Halton painted")
    page.wait_for_selector("#area-map[data-idle]")
    marks = page.locator(".app-area-number--on-map")
    north = marks.nth(1).bounding_box()
    x, y = north["x"] + north["width"] / 2, north["y"] + north["height"] / 2
    page.mouse.click(x, y)  # the mark lies on an area of Widnes, and Runcorn is chosen
    page.get_by_text("1 area moved.").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_label("Brush").check()
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y - 40, steps=12)
    page.mouse.up()
    unsaved = page.locator("#unsaved").inner_text()
    assert int(unsaved.removeprefix("Not saved yet: ").split()[0]) > 1
    page.get_by_role("button", name="Undo").click()
    assert page.locator("#unsaved").is_hidden()


@pytest.mark.parametrize("width", [1280, 320])
def test_the_pages_are_reached_by_everybody_and_fit_small_screens(page: Any, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    _begin(page, f"Halton at {width}")
    here = page.url.removesuffix("edit")
    for path in ("edit", "", "v1/audit", "compare", f"recognise/{SOUTH}"):
        assert page.goto(here + path).ok, path
        page.wait_for_selector("#area-map[data-idle]" if path in ("", "edit") else "h1")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate(
            "async () => (await axe.run()).violations.map((v) => [v.id, v.nodes.map((n) => n.target)])"
        )
        assert found == [], (path, found)
