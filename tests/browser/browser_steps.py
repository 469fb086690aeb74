"""Steps that several journeys make."""

from __future__ import annotations

from pathlib import Path

from browser_world import LAST, Site
from browsing import Browser


def send(browser: Browser, file: Path, note: str = "", month: str = LAST) -> None:
    """Send a file as the return of a month."""
    browser.open("/returns/send")
    browser.choose("Month of the return", month)
    browser.page.locator("#files").set_input_files(file)
    browser.fill("Note (optional)", note)
    with browser.page.expect_navigation():
        browser.press("Send")


def versions_of(site: Site, place: str = "sefton", month: str = LAST) -> list[str]:
    """Return the ids of the versions of a Place's return of a month, the first first."""
    asked = "select id from submissions_submission where place_id = %s and month = %s order by version"
    return [str(one) for (one,) in site.ask(asked, place, f"{month}-01")]
