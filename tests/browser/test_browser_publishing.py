"""The Intelligence Centre at work: an analyst checks what waits; a lead signs it off and publishes by keyboard only."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from browser_steps import send, versions_of
from browser_workbooks import faulty, sound
from browser_world import OTHER, PLACE, Site, World
from browsing import Browser, enter, tab_to
from looking import faults_of_page

FEBRUARY, JANUARY, NOVEMBER = "2027-02", "2027-01", "2026-11"  # not March: other journeys send that
LONGEST_MAKING = 300  # seconds until a pack must be made
pytest_plugins = ["browser_fixtures"]


def test_a_lead_signs_off_publishes_and_takes_the_pack_with_the_keyboard_alone(
    world: World, browser_of: Any, tmp_path: Path
) -> None:
    site = world.national
    ((n_editions,),) = site.ask("select count(*) from figures_edition")
    _sent(site, browser_of, tmp_path, FEBRUARY)
    analyst = browser_of(site, "centre_analyst")
    analyst.open(f"/collection/{FEBRUARY}/")
    analyst.press("Check 1")
    assert analyst.heading == "Check returns of February 2027"
    assert faults_of_page(analyst) == []
    analyst.press("Note those ticked as checked")
    assert "noted as checked" in analyst.words

    lead = browser_of(site, "centre_lead", accept_downloads=True)
    lead.open(f"/collection/{FEBRUARY}/")
    _sign_off(lead)
    _publish(lead, n_editions + 1)
    assert site.ask("select count(*) from figures_edition") == [(n_editions + 1,)]
    _take_the_pack(lead, n_editions + 1)
    done = [(action, thing) for action, thing, _ in lead.audited("centre_lead", "allowed")]
    assert {("signed off", "submission"), ("publish", "figure")} <= set(done)


def _sent(site: Site, browser_of: Any, folder: Path, month: str) -> str:
    """Let the Place send a sound return of a month, and return the version's id."""
    sender, n = browser_of(site, "place_sender"), len(versions_of(site, month=month))
    own = 3000 + 100 * int(month[-2:]) + n  # two files with the same numbers would be a fault
    send(sender, sound(folder / f"{month}.xlsx", month=month, O1a=own), month=month)
    assert sender.heading == "The return was taken"
    return versions_of(site, month=month)[-1]


def _sign_off(lead: Browser) -> None:
    tab_to(lead, "Skip to main content")
    lead.page.keyboard.press("Enter")
    lead.page.wait_for_url("**#maincontent")  # the browser tells of a move within the page a moment later
    assert lead.path.endswith("#maincontent")
    enter(lead, "Sign off 1")
    assert lead.heading == "Sign off returns of February 2027"
    assert faults_of_page(lead) == []
    enter(lead, "Sign off those ticked")
    assert "signed off." in lead.words


def _publish(lead: Browser, number: int) -> None:
    enter(lead, "Editions")
    enter(lead, "Prepare the next edition")
    assert lead.heading == f"Prepare edition {number}"
    assert faults_of_page(lead) == []
    tab_to(lead, "Note for readers")
    lead.page.keyboard.type("February is complete")
    enter(lead, f"Publish edition {number}")
    assert lead.path == f"/editions/{number}/"
    assert f"Edition {number} is published" in lead.words
    assert "February is complete" in lead.words


def _take_the_pack(lead: Browser, number: int) -> None:
    enter(lead, "Monthly packs")
    end = time.monotonic() + LONGEST_MAKING
    while not lead.page.get_by_role("link", name="Read the pack of All Places").count() and time.monotonic() < end:
        enter(lead, "Look again")
    assert faults_of_page(lead) == []
    for kind, begins in (("PDF", b"%PDF"), ("HTML", b"<!DOCTYPE html>")):
        tab_to(lead, kind)
        with lead.page.expect_download() as kept:
            lead.page.keyboard.press("Enter")
        assert kept.value.path().read_bytes().startswith(begins)
    enter(lead, "Read")
    assert lead.path == f"/packs/{number}/all/"


def test_an_analyst_checks_one_return_signs_off_anothers_and_writes_in_the_log(
    world: World, browser_of: Any, tmp_path: Path
) -> None:
    site, analyst = world.national, browser_of(world.national, "centre_analyst")
    one = _sent(site, browser_of, tmp_path, JANUARY)
    analyst.open(f"/returns/{one}/")
    analyst.press("Check against other files again")
    analyst.press("Note as checked")
    assert "a second person signs it off" in analyst.words
    assert faults_of_page(analyst) == []
    lead = browser_of(site, "centre_lead")
    lead.open(f"/returns/{one}/")
    lead.press("Sign off")
    assert "Signed off" in lead.words or "signed off" in lead.words
    analyst.follow("Write something about it in the log")
    analyst.fill("What happened", "The cohort's rule changed")
    analyst.press("Write")
    assert "The cohort's rule changed" in analyst.words


def test_an_analyst_records_a_fact_about_a_place_and_sends_a_return_back(world: World, browser_of: Any) -> None:
    site, analyst = world.national, browser_of(world.national, "centre_analyst")
    analyst.open(f"/places/{PLACE}/")
    analyst.press("Record a fact")
    analyst.press("Record")
    assert faults_of_page(analyst) == []  # with what is wrong beside each field
    theirs = versions_of(site, OTHER)[-1]
    analyst.open(f"/returns/{theirs}/send-back")
    analyst.fill("Reason", "March is not complete: one provider is missing")
    analyst.press("Send back")
    assert "one provider is missing" in analyst.words
    assert ("sent back", "submission", "") in analyst.audited("centre_analyst", "allowed")


def test_an_analyst_sends_back_what_needs_correcting(world: World, browser_of: Any, tmp_path: Path) -> None:
    site, n = world.national, len(versions_of(world.national, month=NOVEMBER)) + 1
    sender, analyst = browser_of(site, "place_sender"), browser_of(site, "centre_analyst")
    send(sender, faulty(tmp_path / "november.xlsx", 4100 + n, NOVEMBER), month=NOVEMBER)
    analyst.open(f"/collection/{NOVEMBER}/")
    analyst.press("Send back 1")
    assert faults_of_page(analyst) == []
    analyst.page.get_by_label(f"Sefton, version {n}").check()
    analyst.press("Send back those ticked")
    assert "1 return sent back." in analyst.words
    sender.open(f"/returns/{versions_of(site, month=NOVEMBER)[-1]}/")
    assert "below 6" in sender.words
    assert "sent back to the Place by the Intelligence Centre" in sender.words
