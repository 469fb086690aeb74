"""The need explorer where no map can be drawn: it says so, and all it tells is still there, by keyboard too."""

from __future__ import annotations

from typing import Any

import pytest
from browser_world import World
from browsing import Browser
from looking import faults_of_page

pytest_plugins = ["browser_fixtures"]
_NO_WEBGL = """const made = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
  return kind.startsWith('webgl') ? null : made.call(this, kind, ...more); };"""


@pytest.fixture
def reader(world: World, browser_of: Any) -> Browser:
    found: Browser = browser_of(world.national, "coach")
    found.page.add_init_script(_NO_WEBGL)
    found.open("/where/need/")
    return found


def _codes(reader: Browser) -> list[str]:
    rows = reader.page.locator("#need-table tbody tr")
    return [str(code) for code in rows.evaluate_all("rows => rows.map(row => row.dataset.area)")]


def test_without_a_map_the_page_says_so_and_its_table_goes_on(reader: Browser) -> None:
    reader.page.get_by_text("This browser cannot draw the map").wait_for()
    row = reader.page.locator("#need-table a[data-choose]").nth(2)
    name = row.inner_text()
    row.press("Enter")
    reader.page.locator("#area:focus").get_by_role("heading", name=name).wait_for()
    assert "area=" in reader.path and "How sure" in reader.words
    assert faults_of_page(reader) == []


def test_a_slider_moved_by_keys_ranks_anew_and_the_address_holds_it(reader: Browser) -> None:
    before = _codes(reader)
    slider = reader.page.get_by_label("Mental health indicator", exact=True)
    for _ in range(25):
        slider.press("ArrowRight")
    reader.page.wait_for_url(lambda url: url.endswith("/where/need/?mental_health=3.5"))
    after = _codes(reader)
    assert after != before and reader.page.locator("output[for=weight-mental_health]").inner_text() == "3.5"
    reader.page.reload()
    assert _codes(reader) == after
    assert reader.page.get_by_label("Mental health indicator", exact=True).input_value() == "3.5"
    reader.follow("Weights as the index has them")
    reader.page.wait_for_url(lambda url: url.endswith("/where/need/"))
    assert _codes(reader) == before


def test_leaving_everything_out_is_answered_in_words_and_the_table_stays(reader: Browser) -> None:
    before = _codes(reader)
    for box in reader.page.locator("input[name=without]").all():
        box.check()
    reader.page.get_by_role("alert").get_by_text("all weights are 0").wait_for()
    assert _codes(reader) == before
    reader.complaints.clear()  # the browser's console notes the answer's status, 422
