"""Steps that several journeys make."""

from __future__ import annotations

from pathlib import Path

from browser_world import LAST, Site
from browsing import Browser


def send(browser: Browser, file: Path, note: str = "") -> None:
    """Send a file as the return of the month being collected."""
    browser.open("/returns/send")
    browser.page.get_by_label("Month of the return").select_option(LAST)
    browser.page.locator("#files").set_input_files(file)
    browser.page.get_by_label("Note (optional)").fill(note)
    browser.press("Send")


def versions_of(site: Site, place: str = "sefton") -> list[str]:
    """Return the ids of the versions of a Place's return of that month, the first first."""
    asked = "select id from submissions_submission where place_id = %s and month = %s order by version"
    return [str(one) for (one,) in site.ask(asked, place, f"{LAST}-01")]
