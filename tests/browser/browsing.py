"""A person's browser: it logs in as people do, and notes every host asked for and every complaint of the console."""

from __future__ import annotations

import base64
import hmac
import struct
import time
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any
from urllib.parse import urlsplit

from browser_world import Site

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
DESKTOP, PHONE = (1280, 900), (320, 640)
SLOWEST = 30_000  # milliseconds
_REFUSED_PAGE = "Failed to load resource: the server responded with a status of 4"


def code_of(key: bytes, at: float | None = None) -> str:
    """Return the six digits of an authenticator (RFC 6238: SHA-1, steps of 30 seconds)."""
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(key, struct.pack(">Q", step), sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def key_of(typed: str) -> bytes:
    """Return an authenticator's secret from the letters that a page shows."""
    plain = typed.replace(" ", "").strip()
    return base64.b32decode(plain + "=" * (-len(plain) % 8))


@dataclass
class Browser:
    """One window of one person on one site."""

    site: Site
    context: Any
    page: Any
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    visited: set[str] = field(default_factory=set)

    def open(self, path: str) -> Any:
        """Go to a page of the site, and return what was answered."""
        return self.page.goto(self.site.address + path)

    @property
    def words(self) -> str:
        """What the page's main part says, as people see it."""
        return str(self.page.locator("main").inner_text())

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return str(self.page.locator("h1").inner_text())

    def press(self, text: str) -> None:
        """Press the button of these words."""
        self.page.get_by_role("button", name=text, exact=True).click()

    def press_link(self, text: str) -> None:
        """Press what looks like a button and leads on."""
        self.page.locator("main").get_by_role("button", name=text, exact=True).click()

    def follow(self, text: str) -> None:
        """Follow the first link of the main part with these words."""
        self.page.locator("main").get_by_role("link", name=text).first.click()

    def faults(self) -> list[str]:
        """Return what the browser met that no page may have: another host, an error, a breach of the policy."""
        own = urlsplit(self.site.address).netloc
        return [f"asked {host}" for host in sorted(self.hosts - {own})] + self.complaints


def opened(chromium: Any, site: Site, role: str = "", *, is_scripted: bool = True, **more: Any) -> Browser:
    """Return the browser of somebody of a role, logged in; of nobody without a role."""
    context = chromium.new_context(
        viewport={"width": DESKTOP[0], "height": DESKTOP[1]}, java_script_enabled=is_scripted, **more
    )
    context.set_default_timeout(SLOWEST)
    made = Browser(site, context, context.new_page())
    context.on("request", lambda asked: _note_host(made, asked))
    context.on("console", lambda said: _note_complaint(made, said))
    context.on("weberror", lambda error: made.complaints.append(f"script: {error.error}"))
    if role in site.kept:
        context.add_cookies(site.kept[role])
    elif role:
        log_in(made, *site.log_ins[role])
        site.kept[role] = context.cookies()
    return made


def _note_host(browser: Browser, asked: Any) -> None:
    address = urlsplit(asked.url)
    if address.scheme not in ("data", "blob", "about"):
        browser.hosts.add(address.netloc)


def _note_complaint(browser: Browser, said: Any) -> None:
    """Note an error or a warning, but for a page of ours that answers that something was refused or not found."""
    where = str(said.location.get("url", ""))
    is_page = said.text.startswith(_REFUSED_PAGE) and "/static/" not in where and "favicon" not in where
    if said.type in ("error", "warning") and not is_page:
        browser.complaints.append(f"{said.type}: {said.text} at {where}")


def log_in(browser: Browser, email: str, password: str) -> None:
    """Log in with both factors, as a person does."""
    browser.open("/log-in")
    browser.page.get_by_label("Email address").fill(email)
    browser.page.locator("#password").fill(password)
    browser.press("Continue")
    browser.page.get_by_label("6-digit code").fill(code_of(browser.site.keys[email]))
    browser.press("Log in")
    assert browser.heading != "Enter your code", browser.words


def tab_to(browser: Browser, text: str, *, at_most: int = 250) -> None:
    """Move the focus with the Tab key to the link, button or field of these words; each stop must be seen."""
    for _ in range(at_most):
        browser.page.keyboard.press("Tab")
        found = browser.page.evaluate(_FOCUSED)
        assert found["is_seen"], f"the focus is not to be seen on {found['words']!r}"
        if found["words"].startswith(text):
            return
    raise AssertionError(f"the Tab key does not reach {text!r} on {browser.page.url}")


# Seen: it has an outline, a shadow or an underline of its own, or one within (a tick box draws beside its input).
_FOCUSED = """() => {
  const one = document.activeElement;
  const label = one.labels && one.labels.length ? one.labels[0] : null;
  const words = (label ? label.innerText : one.innerText || one.value || one.getAttribute('aria-label') || '').trim();
  const drawn = (element, pseudo) => {
    const look = getComputedStyle(element, pseudo);
    return (look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0) || look.boxShadow !== 'none';
  };
  const box = one.getBoundingClientRect();
  const isDrawn = drawn(one) || Boolean(label && drawn(label, '::before'));
  return {words, is_seen: one === document.body || (box.width > 0 && isDrawn)};
}"""
