"""What every page is held to: no violation that axe finds, nothing lost on a phone or on paper."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path
from typing import Any

from browsing import DESKTOP, Browser

_AXE = Path(__file__).resolve().parents[2] / "src/doorstep/web/layout/frontend/node_modules/axe-core/axe.min.js"
_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
PHONE = {"width": 320, "height": 640}
FOLDED = 5  # seconds for the header to fold its links away after the window has changed
# A4 less its margins is 180 mm or 680 px, turned round 277 mm or 1,047 px. Chromium lays a page out on a third more,
# and shrinks what is wider to at most half as wide again: what is wider still it cuts.
PAPER = {"width": 907, "height": 1280}
MOST_ON_PAPER = {"auto": 1020, "wide": 1570}

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  const scrolls = (e) => ['auto', 'scroll'].includes(getComputedStyle(e).overflowX);
  const all = [...document.body.querySelectorAll('*')];
  const unreached = all.filter(e => scrolls(e) && e.scrollWidth > e.clientWidth && e.tabIndex < 0)
    .map(e => `${e.tagName}.${e.className} scrolls, and the keyboard does not reach it`);
  if (document.documentElement.scrollWidth <= width) return unreached;
  const within = (e) => { for (let p = e.parentElement; p; p = p.parentElement) if (scrolls(p)) return true; };
  return unreached.concat(`the page is ${document.documentElement.scrollWidth} wide`, all
    .filter(e => e.getBoundingClientRect().right > width + 1 && !within(e))
    .map(e => `${e.tagName}.${e.className.baseVal ?? e.className} to ${Math.round(e.getBoundingClientRect().right)}`)
    .slice(0, 5));
}"""
_NEXT_FRAME = "() => new Promise(done => requestAnimationFrame(() => done()))"
_ON_PAPER = """widths => {
  const most = widths[getComputedStyle(document.body).page];
  const shown = (s) => [...document.querySelectorAll(s)].some(e => e.getClientRects().length);
  const left = ['.nhsuk-header__navigation', '.nhsuk-header__account', '.nhsuk-breadcrumb', '.nhsuk-back-link',
    '.nhsuk-footer', 'button', '.nhsuk-skip-link', '.app-session'].filter(shown).map(s => `${s} is printed`);
  const cut = [...document.querySelectorAll('table')].filter(t => t.getBoundingClientRect().right > most)
    .map(t => `the table ${t.caption?.innerText ?? ''} is ${Math.round(t.getBoundingClientRect().right)} wide`);
  const whole = document.documentElement.scrollWidth + 1;
  const unseen = [...document.querySelectorAll('table, svg, img')].filter(t => t.getBoundingClientRect().right > whole)
    .map(t => `${t.tagName} ${t.id} ends beyond what the paper is shrunk for`);
  const hidden = [...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1
    && ['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX) && e.querySelector('table'))
    .map(e => `${e.tagName}.${e.className} cuts its table`);
  return left.concat(cut, unseen, hidden);
}"""


@cache
def _axe() -> str:
    assert _AXE.exists(), "axe-core is not installed: run `make assets`, with node_modules taken away first"
    return _AXE.read_text(encoding="utf-8")


def faults_of_page(browser: Browser) -> list[str]:
    """Return what is wrong with the page that is open, on a screen, on a phone and on paper."""
    found = [*_violations(browser.page), *_on_a_phone(browser.page), *_on_paper(browser.page)]
    return [f"{browser.path}: {fault}" for fault in found]


def _violations(page: Any) -> list[str]:
    page.evaluate(_axe())
    found = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']}).then(r => r.violations)", _RULES
    )
    return [f"{one['id']}: {one['help']} ({'; '.join(n['html'][:160] for n in one['nodes'][:3])})" for one in found]


def _on_a_phone(page: Any) -> list[str]:
    page.set_viewport_size(PHONE)
    end = time.monotonic() + FOLDED
    while (found := page.evaluate(_TOO_WIDE)) and time.monotonic() < end:
        page.evaluate(_NEXT_FRAME)
    page.set_viewport_size(DESKTOP)
    return [f"at {PHONE['width']} px: {fault}" for fault in found]


def _on_paper(page: Any) -> list[str]:
    page.emulate_media(media="print")
    page.set_viewport_size(PAPER)
    found = [f"on paper: {fault}" for fault in page.evaluate(_ON_PAPER, MOST_ON_PAPER)]
    page.emulate_media(media="null")
    page.set_viewport_size(DESKTOP)
    return found
