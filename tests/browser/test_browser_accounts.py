"""An administrator invites somebody, who enrols; gives a role and ends it."""

from __future__ import annotations

from typing import Any

from browser_world import World
from browsing import Browser, code_of, key_of
from looking import faults_of_page

PASSWORD = "lantern-copper-meadow-19"
pytest_plugins = ["browser_fixtures"]


def test_the_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    key = b"12345678901234567890"
    assert [code_of(key, at) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]


def test_an_invited_person_enrols_logs_in_and_loses_the_role_again(world: World, browser_of: Any) -> None:
    site, email = world.national, "new.coach@example.org"
    administrator, newcomer = browser_of(site, "administrator"), browser_of(site)
    link = _invited(administrator, "Nia New", email)
    administrator.press_link("Give a role")
    administrator.page.get_by_label("Role").select_option("coach")
    administrator.press("Give the role from today")
    assert "coach" in administrator.page.locator("main table").inner_text()

    codes = _enrolled(newcomer, link)
    assert len(codes) == 10
    newcomer.press_link("I have kept them")
    _logged_in_with_a_recovery_code(newcomer, email, codes[0])
    assert "Your role: coach." in newcomer.words
    assert newcomer.open("/scorecard/").status == 200

    administrator.press("End now")
    assert "ended" in administrator.page.locator("main table").inner_text()
    assert newcomer.open("/scorecard/").status == 403
    assert newcomer.heading == "You do not have access to this page"
    newcomer.open("/")
    assert "You have no role here yet" in newcomer.words
    assert newcomer.open(link).status == 200
    assert "used or has ended" in newcomer.page.content() or "ended" in newcomer.heading


def _invited(administrator: Browser, name: str, email: str) -> str:
    administrator.open("/people")
    administrator.press_link("Invite somebody")
    administrator.page.get_by_label("Full name").fill(name)
    administrator.page.get_by_label("Work email address").fill(email)
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
    newcomer.page.get_by_label("6-digit code").fill(code_of(key_of(shown)))
    newcomer.press("Finish")
    assert newcomer.heading == "Keep your recovery codes"
    assert faults_of_page(newcomer) == []
    return [str(code) for code in newcomer.page.locator(".app-secret li").all_inner_texts()]


def _logged_in_with_a_recovery_code(newcomer: Browser, email: str, code: str) -> None:
    newcomer.open("/log-in")
    newcomer.page.get_by_label("Email address").fill(email)
    newcomer.page.locator("#password").fill(PASSWORD)
    newcomer.press("Continue")
    newcomer.follow("I do not have my authenticator app")
    assert faults_of_page(newcomer) == []
    newcomer.page.locator("#code").fill(code)
    newcomer.press("Log in")
    newcomer.open("/")
