"""An administrator invites somebody, who enrols; gives a role and ends it; closes an account and opens it again."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from browser_world import IDLE_MINUTES, World
from browsing import Browser, code_of, key_of
from looking import faults_of_page

PASSWORD = "lantern-copper-meadow-19"
pytest_plugins = ["browser_fixtures"]


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    key = b"12345678901234567890"
    assert [code_of(key, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_an_invited_person_enrols_works_and_loses_the_role_again(world: World, browser_of: Any) -> None:
    site, email = world.national, f"{uuid4().hex[:8]}@example.org"
    administrator, newcomer = browser_of(site, "administrator"), browser_of(site)
    link = _invited(administrator, email)
    administrator.press("Give a role")
    administrator.choose("Role", "coach")
    administrator.press("Give the role from today")
    assert "coach" in administrator.page.locator("main table").inner_text().lower()

    codes = _enrolled(newcomer, link)
    assert len(codes) == 10
    newcomer.press("I have kept them")
    _log_in_with_a_recovery_code(newcomer, email, codes[0])
    newcomer.open("/")
    assert "Your role: coach." in newcomer.words
    assert newcomer.open("/scorecard/").status == 200
    newcomer.page.get_by_role("button", name="Log out").click()
    assert newcomer.heading == "Log in"
    _log_in_with_a_recovery_code(newcomer, email, codes[1])

    administrator.press("End now")
    assert "ended" in administrator.page.locator("main table").inner_text()
    assert newcomer.open("/scorecard/").status == 403
    newcomer.open("/")
    assert "You have no role here yet" in newcomer.words
    assert newcomer.open(link).status == 410
    assert newcomer.heading == "This link cannot be used"
    done = administrator.audited("administrator", "allowed")
    assert {action for action, _, _ in done} >= {"invite", "assign", "end role"}


def _invited(administrator: Browser, email: str) -> str:
    administrator.open("/people")
    administrator.press("Invite somebody")
    administrator.fill("Full name", "Nia New")
    administrator.fill("Work email address", email)
    administrator.press("Make the account")
    assert faults_of_page(administrator) == []
    link = str(administrator.page.locator("#link").inner_text())
    return link[link.index("/enrol/") :]


def _enrolled(newcomer: Browser, link: str) -> list[str]:
    newcomer.open(link)
    assert faults_of_page(newcomer) == []
    newcomer.page.locator("#new").fill(PASSWORD)
    newcomer.page.locator("#again").fill(PASSWORD)
    newcomer.press("Continue")
    assert faults_of_page(newcomer) == []
    shown = newcomer.page.locator(".app-secret").inner_text()
    newcomer.fill("6-digit code", code_of(key_of(shown)))
    newcomer.press("Finish")
    assert newcomer.heading == "Keep your recovery codes"
    assert faults_of_page(newcomer) == []
    return [str(code) for code in newcomer.page.locator(".app-secret li").all_inner_texts()]


def _log_in_with_a_recovery_code(newcomer: Browser, email: str, code: str) -> None:
    newcomer.open("/log-in")
    newcomer.fill("Email address", email)
    newcomer.page.locator("#password").fill(PASSWORD)
    newcomer.press("Continue")
    assert newcomer.heading == "Enter your code"
    newcomer.follow("I do not have my authenticator app")
    newcomer.page.locator("#code").fill(code)
    newcomer.press("Log in")
    assert newcomer.path == "/"


def test_an_administrator_makes_a_new_link_closes_an_account_and_opens_it_again(world: World, browser_of: Any) -> None:
    site, email = world.place, f"{uuid4().hex[:8]}@example.org"
    administrator = browser_of(site, "administrator")
    first = _invited(administrator, email)
    administrator.press("Give a role")
    person = administrator.path
    administrator.press("New enrolment link")
    second = str(administrator.page.locator("#link").inner_text())
    nobody = browser_of(site)
    assert nobody.open(first).status == 410
    assert nobody.open(second[second.index("/enrol/") :]).status == 200
    administrator.open(person)
    administrator.press("Close the account")
    assert "The account is closed" in administrator.words
    administrator.press("Open the account again")
    assert "The account is open again" in administrator.words
    assert faults_of_page(administrator) == []


def test_who_is_warned_that_the_session_ends_can_stay(world: World, browser_of: Any) -> None:
    for site in (world.national, world.place):
        person = browser_of(site, "administrator")
        person.page.clock.install()
        person.open("/")
        person.page.clock.fast_forward((IDLE_MINUTES - 1) * 60_000)
        warning = person.page.get_by_role("alert")
        assert "logged out in 2 minutes" in warning.inner_text()
        with person.page.expect_response("**/stay") as answer:
            person.page.get_by_role("button", name="Stay logged in").click()
        assert answer.value.status == 204
        warning.wait_for(state="detached")


def test_who_stays_too_late_is_told_before_anything_typed_is_lost(world: World, browser_of: Any) -> None:
    person = browser_of(world.national, "administrator")
    person.page.clock.install()
    person.open("/")
    person.page.clock.fast_forward((IDLE_MINUTES - 1) * 60_000)
    # What a session that has ended gets: the log-in page, to which the request was led.
    person.page.route("**/stay", lambda route: route.fulfill(status=200, content_type="text/html", body="Log in"))
    person.page.get_by_role("button", name="Stay logged in").click()
    person.page.get_by_text("You have been logged out. Copy what you have written").wait_for()
    assert person.page.get_by_role("button", name="Stay logged in").count() == 0
