"""Maps where WebGL is off, by mouse, finger and keyboard; where a map cannot be had the page says so and goes on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from browser_visits import things_of
from browser_world import World
from browsing import ARGUMENTS, CHROMIUM, Browser
from looking import faults_of_page

pytest_plugins = ["browser_fixtures"]
NO_WEBGL = ("--disable-software-rasterizer", "--disable-3d-apis")
DRAWN = "[data-state][data-idle=yes] canvas"
# How many pixels of the canvas have each colour that is not white.
_COLOURS = """canvas => { const { width, height } = canvas, found = {};
  const pixels = canvas.getContext('2d').getImageData(0, 0, width, height).data;
  for (let i = 0; i < pixels.length; i += 4) {
    const colour = '#' + [0, 1, 2].map(at => pixels[i + at].toString(16).padStart(2, '0')).join('');
    if (colour !== '#ffffff') found[colour] = (found[colour] ?? 0) + 1;
  }
  return found; }"""
_MIDDLE = """canvas => '#' + [...canvas.getContext('2d').getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data]
  .slice(0, 3).map(one => one.toString(16).padStart(2, '0')).join('')"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A Chromium that has no WebGL, neither by a graphics card nor in software."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=[*ARGUMENTS, *NO_WEBGL])
        yield browser
        browser.close()


def _need(found: Browser, query: str = "") -> Any:
    """Open the need explorer; return its canvas once all is drawn."""
    found.open(f"/where/need/{query}")
    found.page.locator("#need-map[data-state=coloured]").wait_for()
    canvas = found.page.locator(f"#need-map{DRAWN}")
    canvas.wait_for()
    canvas.scroll_into_view_if_needed()
    return canvas


def _rested(found: Browser) -> Any:
    """Return the need explorer's canvas once nothing moves."""
    canvas = found.page.locator(f"#need-map{DRAWN}")
    canvas.wait_for()
    return canvas


def _legend(found: Browser) -> dict[str, tuple[int, int]]:
    """Return the first and last rank of each colour of the legend."""
    lines = found.page.locator("#need-legend li").evaluate_all(
        "lines => lines.map(li => [li.querySelector('rect').getAttribute('fill'), li.textContent])"
    )
    told = {colour: words.split("ranks ")[1].split(")")[0].replace(",", "").split(" to ") for colour, words in lines}
    return {colour: (int(first), int(last)) for colour, (first, last) in told.items()}


def _rank(found: Browser) -> int:
    words = found.page.locator("#area dd").first.inner_text()
    return int(words.split(" of ")[0].replace(",", ""))


def test_every_page_with_a_map_draws_it_without_webgl(world: World, browser_of: Any) -> None:
    found: Browser = browser_of(world.national, "coach")
    things = things_of(world.national)
    pages = (
        "/where/need/?within=Halton", "/where/neighbourhoods/{set}/v2/", "/where/neighbourhoods/{set}/edit",
        "/where/centres/answer/?{question}", "/where/centres/by-hand/?{question}",
    )  # fmt: skip
    for page in pages:
        found.open(page.format(**things))
        assert found.page.evaluate("document.createElement('canvas').getContext('webgl2')") is None
        canvas = found.page.locator(DRAWN)
        canvas.wait_for()
        coloured = canvas.evaluate(_COLOURS)
        assert sum(n for n in coloured.values() if n > 500) > 20_000, page


def test_the_colour_of_an_area_is_that_of_its_rank_in_the_panel(world: World, browser_of: Any) -> None:
    found: Browser = browser_of(world.national, "coach")
    canvas = _need(found, "?within=Halton")
    legend = _legend(found)
    assert len(legend) == 7 and set(canvas.evaluate(_COLOURS)) >= set(legend)
    seen = set()
    for key in ("Equal", "ArrowDown", "ArrowRight", "ArrowRight"):  # from the river in the middle, to the south-east
        canvas.press(key)
        canvas = _rested(found)
        colour = canvas.evaluate(_MIDDLE)
        if colour in legend:
            with found.page.expect_response(lambda answer: "area=" in answer.url):
                canvas.press("Enter")  # the area under the cross
            found.page.locator("#area:focus").wait_for()
            first, last = legend[colour]
            assert first <= _rank(found) <= last
            seen.add(found.page.url)
    assert seen
    assert faults_of_page(found) == []


def test_an_area_chosen_in_the_table_is_shown_among_its_neighbours(world: World, browser_of: Any) -> None:
    found: Browser = browser_of(world.national, "coach", reduced_motion="reduce")
    canvas = _need(found)
    found.page.locator("#need-table a[data-choose]").first.press("Enter")
    found.page.locator("#area:focus").wait_for()
    canvas = _rested(found)
    names = set()
    box = canvas.bounding_box()
    for part in (0.2, 0.35, 0.5, 0.65, 0.8):
        canvas.hover(position={"x": box["width"] * part, "y": box["height"] * part})
        names.add(found.page.locator("#need-pointed").inner_text().split(":")[0])
    assert len(names) >= 3  # England's neediest area is a kilometre across: alone it would fill the map


def test_a_finger_moves_the_map_two_make_it_larger_and_a_tap_chooses(world: World, browser_of: Any) -> None:
    found: Browser = browser_of(world.national, "coach", has_touch=True)
    canvas = _need(found, "?within=Halton")
    box = canvas.bounding_box()
    x, y = box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6
    send = found.page.context.new_cdp_session(found.page).send

    def fingers(kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": px, "y": py, "id": i} for i, (px, py) in enumerate(points)]
        send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    pictures = [canvas.screenshot()]
    fingers("touchStart", (x, y))
    for step in range(1, 9):
        fingers("touchMove", (x - 10 * step, y - 5 * step))
    fingers("touchEnd")
    pictures.append(_rested(found).screenshot())
    assert "area=" not in found.path  # a drag is no tap
    fingers("touchStart", (x, y))
    fingers("touchStart", (x, y), (x + 60, y))
    for step in range(1, 9):
        fingers("touchMove", (x - 10 * step, y), (x + 60 + 10 * step, y))
    fingers("touchEnd")
    pictures.append(_rested(found).screenshot())
    assert len(set(pictures)) == 3 and "area=" not in found.path
    found.page.touchscreen.tap(x, y)
    found.page.locator("#area:focus").wait_for()
    first, last = min(_legend(found).values())[0], max(_legend(found).values())[1]
    assert "area=" in found.path and first <= _rank(found) <= last


def test_the_map_stays_as_it_is_on_paper(world: World, browser_of: Any) -> None:
    found: Browser = browser_of(world.national, "coach")
    canvas = _need(found, "?within=Halton")
    before = canvas.evaluate(_COLOURS)
    found.page.emulate_media(media="print")
    found.page.set_viewport_size({"width": 700, "height": 1000})
    found.page.wait_for_timeout(300)
    assert canvas.evaluate(_COLOURS) == before
    box = canvas.bounding_box()
    size = canvas.evaluate("canvas => canvas.width / canvas.height")
    assert box["width"] <= 700 and box["width"] / box["height"] == pytest.approx(size, rel=0.01)


def test_where_the_map_cannot_be_had_the_page_says_so_and_its_table_goes_on(world: World, browser_of: Any) -> None:
    found: Browser = browser_of(world.national, "coach")
    found.page.route("**/england.bin", lambda route: route.fulfill(status=404))
    found.open("/where/need/")
    found.page.get_by_text("The map could not be drawn").wait_for()
    row = found.page.locator("#need-table a[data-choose]").nth(2)
    name = row.inner_text()
    row.press("Enter")
    found.page.locator("#area:focus").get_by_role("heading", name=name).wait_for()
    slider = found.page.get_by_label("Mental health indicator", exact=True)
    before = found.page.locator("#need-table tbody").inner_text()
    for _ in range(25):
        slider.press("ArrowRight")
    found.page.wait_for_url(lambda url: "mental_health=3.5" in url)
    assert found.page.locator("#need-table tbody").inner_text() != before
    for page in ("/where/neighbourhoods/{set}/edit", "/where/centres/by-hand/?{question}"):
        found.open(page.format(**things_of(world.national)))
        found.page.get_by_text("The map could not be drawn").wait_for()
        assert found.page.locator("main table tbody tr").count() > 1
    assert all("england.bin" in one for one in found.complaints)
    found.complaints.clear()
