"""Readers of figures: from the overview to a Place, to one measure, to all Places, and the very table as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from browser_world import LAST, PLACE, Site, World
from browsing import Browser

pytest_plugins = ["browser_fixtures"]


@pytest.mark.parametrize("role", ["coach", "evaluator"])
@pytest.mark.parametrize("is_scripted", [True, False], ids=["with scripts", "without scripts"])
def test_a_reader_goes_from_the_overview_to_one_measure_and_takes_its_table_away(
    world: World, browser_of: Any, role: str, is_scripted: bool
) -> None:
    reader = browser_of(world.national, role, is_scripted=is_scripted, accept_downloads=True)
    reader.open("/scorecard/")
    assert_table_is_its_file(reader)
    reader.follow("Overview of a Place")
    reader.page.get_by_label("Place").select_option(PLACE)
    reader.press("Show")
    assert reader.heading == "North East Essex: March 2027"
    reader.page.locator("main td, main th").get_by_role("link", name="O2b", exact=True).click()
    assert f"/scorecard/spc/{PLACE}/O2b/" in reader.page.url
    assert_table_is_its_file(reader)
    reader.open(f"/scorecard/funnel/O2b/{LAST}/")
    assert_table_is_its_file(reader)
    for claim in ("improved", "reduced", "saved", "impact"):
        assert claim not in reader.words.lower()


@pytest.mark.parametrize("role", ["place_analyst", "programme_lead"])
def test_a_place_reads_its_own_figures_on_its_own_site(world: World, browser_of: Any, role: str) -> None:
    reader = browser_of(world.place, role)
    reader.open("/")
    reader.page.get_by_role("link", name="Scorecard").first.click()
    assert "North East Essex" in reader.words
    reader.open(f"/scorecard/spc/{PLACE}/O2b/")
    assert_table_is_its_file(reader)
    reader.open("/own/returns/")
    compare = reader.page.locator("main a[href*='-to-']")
    assert compare.count() == (1 if role == "place_analyst" else 0)
    assert reader.open(f"/own/returns/{LAST}/1-to-2/").status == (200 if role == "place_analyst" else 403)


def assert_table_is_its_file(browser: Browser) -> None:
    """Hold the first table that the page shows, cell by cell, to the CSV that its link leads to."""
    table = browser.page.locator("table#table-1")
    header = [text.strip() for text in table.locator("thead th").all_inner_texts()]
    shown = [[_value(cell) for cell in row.locator("th, td").all()] for row in table.locator("tbody tr").all()]
    address = browser.page.locator("a[href*='table-1.csv?'], a[href$='table-1.csv']").first.get_attribute("href")
    answer = browser.context.request.get(browser.site.address + address)
    assert answer.ok
    rows = list(csv.reader(io.StringIO(answer.body().decode("utf-8-sig"))))
    assert len(rows[0]) == len(header)
    assert len(shown) > 3
    assert rows[1:] == shown


def _value(cell: Any) -> str:
    data = cell.locator("data")
    return str(data.get_attribute("value") if data.count() else cell.inner_text().strip())


def test_no_site_has_the_others_pages(world: World, browser_of: Any) -> None:
    reached = [
        (one.role, browser_of(one, role).open(path).status)
        for one, role, path in (
            (world.place, "place_analyst", "/scorecard/overview/"),
            (world.place, "administrator", "/collection/"),
            (world.national, "centre_analyst", "/own/cohort/"),
        )
    ]
    assert reached == [("place", 404), ("place", 404), ("national", 404)]


def test_a_reader_without_a_log_in_is_asked_for_one_and_then_led_on(world: World, browser_of: Any) -> None:
    site: Site = world.national
    nobody = browser_of(site)
    nobody.open(f"/scorecard/spc/{PLACE}/O2b/")
    assert nobody.heading == "Log in"
    assert f"next=/scorecard/spc/{PLACE}/O2b/" in nobody.page.url
