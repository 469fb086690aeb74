"""Readers of figures: from the overview to a Place, to one measure, to all Places, and the very table as a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from browser_world import LAST, PLACE, Site, World
from browsing import Browser
from looking import faults_of_page

pytest_plugins = ["browser_fixtures"]


@pytest.mark.parametrize(
    ("role", "is_scripted"), [("coach", True), ("evaluator", False)], ids=["with scripts", "without scripts"]
)
def test_a_reader_goes_from_the_overview_to_one_measure_and_takes_its_table_away(
    world: World, browser_of: Any, role: str, is_scripted: bool
) -> None:
    reader = browser_of(world.national, role, is_scripted=is_scripted)
    reader.open("/scorecard/")
    assert_table_is_its_file(reader)
    reader.follow("Overview of a Place")
    reader.choose("Place", PLACE)
    reader.press("Show the figures")
    assert reader.heading == "North East Essex: March 2027"
    reader.page.locator("main td, main th").get_by_role("link", name="O2b", exact=True).click()
    assert f"/scorecard/spc/{PLACE}/O2b/" in reader.path
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


def test_a_place_asks_for_the_pack_of_its_edition(world: World, browser_of: Any) -> None:
    reader = browser_of(world.place, "programme_lead")
    reader.open("/packs/")
    assert "not yet" in reader.words
    reader.press("Make the pack of North East Essex")
    assert "waiting" in reader.words or "being made" in reader.words or "PDF" in reader.words
    assert "not yet" not in reader.words


def test_a_reader_makes_a_token_for_a_program_and_revokes_it(world: World, browser_of: Any) -> None:
    site, reader, program = world.national, browser_of(world.national, "evaluator"), browser_of(world.national)
    reader.open("/account/tokens")
    reader.fill("What will use it", "monthly report")
    reader.page.get_by_label("Figures of the scorecard").check()
    reader.press("Make a token")
    token = reader.page.locator("#token").inner_text()
    assert faults_of_page(reader) == []
    ask = {"url": f"{site.address}/api/v1/spc/{PLACE}/O2b/", "headers": {"Authorization": f"Bearer {token}"}}
    assert program.context.request.get(**ask).ok
    reader.press("Revoke monthly report")
    assert "revoked" in reader.words
    assert program.context.request.get(**ask).status == 401


def assert_table_is_its_file(browser: Browser) -> None:
    """Hold the first table that the page shows, cell by cell, to the CSV that its link leads to."""
    header, *shown = browser.page.evaluate(_TABLE)
    address = browser.page.get_by_role("link", name="Download this table (CSV)").first.get_attribute("href")
    answer = browser.context.request.get(browser.site.address + address)
    assert answer.ok
    columns, *rows = csv.reader(io.StringIO(answer.body().decode("utf-8-sig")))
    assert len(columns) == len(header)
    assert len(rows) >= 2
    assert rows == shown


# Of each cell the value that its words stand for, where it has one.
_TABLE = """() => [...document.querySelectorAll('table#table-1 tr')].map(row => [...row.cells].map(
  cell => cell.querySelector('data')?.value ?? cell.innerText.trim()))"""


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
