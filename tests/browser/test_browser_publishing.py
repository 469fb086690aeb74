"""The Intelligence Centre at work: an analyst checks what waits; a lead signs it off and publishes by keyboard only."""

from __future__ import annotations

from typing import Any

from browser_world import LAST, World
from browsing import tab_to
from looking import faults_of_page

pytest_plugins = ["browser_fixtures"]


def test_an_analyst_checks_and_a_lead_signs_off_and_publishes_with_the_keyboard_alone(
    world: World, browser_of: Any
) -> None:
    site = world.national
    n_editions = site.ask("select count(*) from figures_edition")[0][0]
    analyst = browser_of(site, "centre_analyst")
    analyst.open(f"/collection/{LAST}/")
    analyst.page.locator("main .nhsuk-button", has_text="Check ").click()
    assert analyst.heading == "Check returns of March 2027"
    assert faults_of_page(analyst) == []
    analyst.press("Note those ticked as checked")
    assert "noted as checked" in analyst.words
    assert faults_of_page(analyst) == []

    lead = browser_of(site, "centre_lead")
    lead.open(f"/collection/{LAST}/")
    tab_to(lead, "Skip to main content")
    lead.page.keyboard.press("Enter")
    assert lead.page.url.endswith("#maincontent")
    tab_to(lead, "Sign off ")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**/review/sign-off")
    assert faults_of_page(lead) == []
    tab_to(lead, "Sign off those ticked")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url(f"**/collection/{LAST}/")
    assert "signed off." in lead.words

    tab_to(lead, "Editions")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**/editions/")
    tab_to(lead, "Prepare the next edition")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**/editions/publish")
    assert "Returns shown for the first time" in lead.words
    assert faults_of_page(lead) == []
    tab_to(lead, "Note for readers")
    lead.page.keyboard.type("March is complete")
    tab_to(lead, f"Publish edition {n_editions + 1}")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url(f"**/editions/{n_editions + 1}/")
    assert f"Edition {n_editions + 1} is published" in lead.words
    assert "March is complete" in lead.words
    assert site.ask("select count(*) from figures_edition")[0][0] == n_editions + 1
    assert site.events("publish")[-1][0] == "edition"
