"""A person's browser: it logs in as people do, and notes what it asked for and what it complained of."""

from __future__ import annotations

import base64
import hmac
import json
import struct
import time
from dataclasses import dataclass, field
from hashlib import sha1
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from browser_world import Site, locked

CHROMIUM = Path("/usr/bin/chromium")
# No name but this machine's has an address: what asks another host fails, and is noted.
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost")
DESKTOP = {"width": 1280, "height": 900}
SLOWEST = 60_000  # milliseconds, on a machine that has much else to do
_NO_GRAPHICS_CARD = "GL Driver Message (OpenGL, Performance"  # maps are drawn by the processor here, and it says so
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
    n_events: int  # the newest event of the audit trail when this browser began
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)  # ids of requests that were not refused

    def open(self, path: str) -> Any:
        """Go to a page of the site, and return what was answered."""
        return self.page.goto(self.site.address + path)

    @property
    def path(self) -> str:
        """The address of the page, within the site."""
        return str(self.page.url).removeprefix(self.site.address)

    @property
    def words(self) -> str:
        """What the page's main part says, as people see it."""
        return str(self.page.locator("main").inner_text())

    @property
    def heading(self) -> str:
        """The page's first heading."""
        return str(self.page.locator("h1").inner_text())

    def fill(self, label: str, text: str) -> None:
        """Write into the field of that label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def choose(self, label: str, value: str) -> None:
        """Choose from the list of that label."""
        self.page.get_by_label(label, exact=True).select_option(value)

    def press(self, text: str) -> None:
        """Press the main part's button of these words, or the link that looks like one."""
        main = self.page.locator("main")
        like = main.get_by_role("link", name=text, exact=True)
        main.get_by_role("button", name=text, exact=True).or_(like).first.click()

    def follow(self, text: str, *, exact: bool = False) -> None:
        """Follow the first link of the main part with these words."""
        self.page.locator("main").get_by_role("link", name=text, exact=exact).first.click()

    def names(self) -> set[str]:
        """Return the names of the addresses that answered this browser."""
        views = self.site.views()
        return {views[one] for one in self.answered if one in views}

    def audited(self, role: str, outcome: str = "refused") -> list[tuple[str, str, str]]:
        """Return action, thing and reason of what a role's events say since this browser began, the newest last."""
        return self.site.ask(
            "select action, thing, coalesce(detail->>'why', '') from audit_event e"
            " join accounts_user u on u.id = e.actor_id"
            " where e.id > %s and e.outcome = %s and u.email = %s order by e.id",
            self.n_events, outcome, self.site.log_ins[role][0],
        )  # fmt: skip

    def faults(self) -> list[str]:
        """Return what the browser met that no page may have: another host, an error, a breach of the policy."""
        own = urlsplit(self.site.address).netloc
        return [f"asked {host}" for host in sorted(self.hosts - {own})] + self.complaints


def opened(chromium: Any, site: Site, role: str = "", *, is_scripted: bool = True, **more: Any) -> Browser:
    """Return the browser of somebody of a role, logged in; of nobody without a role."""
    context = chromium.new_context(viewport=DESKTOP, java_script_enabled=is_scripted, **more)
    context.set_default_timeout(SLOWEST)
    ((newest,),) = site.ask("select coalesce(max(id), 0) from audit_event")
    made = Browser(site, context, context.new_page(), newest)
    context.on("request", lambda asked: _note_host(made, asked))
    context.on("response", lambda answer: _note_answer(made, answer))
    context.on("console", lambda said: _note_complaint(made, said))
    context.on("weberror", lambda error: made.complaints.append(f"script: {error.error}"))
    if role:
        _let_in(made, role)
    return made


def _note_host(browser: Browser, asked: Any) -> None:
    address = urlsplit(asked.url)
    if address.scheme not in ("data", "blob", "about"):
        browser.hosts.add(address.netloc)


def _note_answer(browser: Browser, answer: Any) -> None:
    name = answer.headers.get("x-request-id")
    if name and answer.status < 400:
        browser.answered.append(name)


def _note_complaint(browser: Browser, said: Any) -> None:
    """Note an error or a warning, but for a page of ours that answers that something was refused or not found."""
    where = str(said.location.get("url", ""))
    is_page = said.text.startswith(_REFUSED_PAGE) and "/static/" not in where and "favicon" not in where
    if said.type in ("error", "warning") and not is_page and _NO_GRAPHICS_CARD not in said.text:
        browser.complaints.append(f"{said.type}: {said.text} at {where}")


def _let_in(browser: Browser, role: str) -> None:
    """Log in, once a world: a code works once, so nobody could log in twice within half a minute."""
    kept = Path(browser.site.folder) / f"{browser.site.role}-{role}.json"
    with locked(kept):
        if kept.exists():
            browser.context.add_cookies(json.loads(kept.read_text(encoding="utf-8")))
        else:
            log_in(browser, *browser.site.log_ins[role])
            kept.write_text(json.dumps(browser.context.cookies()), encoding="utf-8")


def log_in(browser: Browser, email: str, password: str) -> None:
    """Log in with both factors, as a person does."""
    browser.open("/log-in")
    browser.fill("Email address", email)
    browser.page.locator("#password").fill(password)
    browser.press("Continue")
    browser.fill("6-digit code", code_of(browser.site.keys[email]))
    browser.press("Log in")
    assert not browser.path.startswith("/log-in"), browser.words


def tab_to(browser: Browser, text: str, *, at_most: int = 250) -> None:
    """Move the focus with the Tab key to the link, button or field of these words; each stop must be seen."""
    for _ in range(at_most):
        browser.page.keyboard.press("Tab")
        found = browser.page.evaluate(_FOCUSED)
        assert found["is_seen"], f"the focus is not to be seen on {found['words']!r}"
        if found["words"].startswith(text):
            return
    raise AssertionError(f"the Tab key does not reach {text!r} on {browser.path}")


def enter(browser: Browser, text: str) -> None:
    """Tab to a link or button and press Enter there; return when the page that it leads to is here."""
    tab_to(browser, text)
    with browser.page.expect_navigation():
        browser.page.keyboard.press("Enter")


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
