"""What every page is held to: no violation that axe finds, nothing lost on a phone or on paper."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any

from browsing import DESKTOP, PHONE, Browser

_AXE = Path(__file__).resolve().parents[2] / "src/doorstep/web/layout/frontend/node_modules/axe-core/axe.min.js"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# A4 less its margins of 15 mm is 680 px. Chromium prints what is wider smaller, from a third wider on: beyond 1,020 px
# the 9 points of a table would come out as less than 6.
PAPER, MOST_ON_PAPER = (907, 1280), 1020
# What differs between two people's same page: the token, the nonce, and the header (looked at on the home page).
_OF_THE_PERSON = re.compile(r'name="csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|<header.*?</header>', re.DOTALL)
_HOME = "/"
_seen: set[str] = set()

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const clipped = (e) => { for (let p = e.parentElement; p; p = p.parentElement) {
    if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(p).overflowX)) return true; } return false; };
  return [...document.body.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().right > width + 1 && !clipped(e))
    .map(e => `${e.tagName}.${e.className.baseVal ?? e.className} to ${Math.round(e.getBoundingClientRect().right)}`)
    .slice(0, 5).concat(`the page is ${document.documentElement.scrollWidth} wide`);
}"""
_ON_PAPER = """most => {
  const shown = (s) => [...document.querySelectorAll(s)].some(e => e.getClientRects().length);
  const left = ['.nhsuk-header__navigation', '.nhsuk-breadcrumb', '.nhsuk-back-link', '.nhsuk-footer', 'button',
    '.nhsuk-skip-link'].filter(shown).map(s => `${s} is printed`);
  const cut = [...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > most)
    .map(t => `the table ${t.caption?.innerText ?? ''} is ${Math.round(t.getBoundingClientRect().right)} wide`);
  return left.concat(cut);
}"""


@cache
def _axe() -> str:
    assert _AXE.exists(), "axe-core is not installed: run `python scripts/build_assets.py`"
    return _AXE.read_text(encoding="utf-8")


def faults_of(browser: Browser, path: str) -> list[str]:
    """Return what is wrong with a page on a screen, on a phone and on paper; nothing for one looked at before."""
    answer = browser.open(path)
    return faults_of_page(browser) if answer.status == 200 else [f"{path} answers {answer.status}"]


def faults_of_page(browser: Browser) -> list[str]:
    """Return what is wrong with the page that is open."""
    path = browser.page.url.removeprefix(browser.site.address)
    text = _OF_THE_PERSON.sub("", browser.page.content())
    mark = hashlib.sha256(text.encode()).hexdigest()
    if mark in _seen and path != _HOME:
        return []
    _seen.add(mark)
    found = [*_violations(browser.page), *_on_a_phone(browser.page), *_on_paper(browser.page)]
    return [f"{path}: {fault}" for fault in found]


def _violations(page: Any) -> list[str]:
    page.evaluate(_axe())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(r => r.violations)", _RULES
    )
    return [f"{one['id']}: {one['help']} ({'; '.join(n['html'][:160] for n in one['nodes'][:3])})" for one in found]


def _on_a_phone(page: Any) -> list[str]:
    _resize(page, PHONE)
    # The header folds its links away in a script, a moment after the window has changed.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))")
    found = [f"at {PHONE[0]} px: {fault}" for fault in page.evaluate(_TOO_WIDE)]
    _resize(page, DESKTOP)
    return found


def _on_paper(page: Any) -> list[str]:
    page.emulate_media(media="print")
    _resize(page, PAPER)
    found = [f"on paper: {fault}" for fault in page.evaluate(_ON_PAPER, MOST_ON_PAPER)]
    page.emulate_media(media="screen")
    _resize(page, DESKTOP)
    return found


def _resize(page: Any, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
