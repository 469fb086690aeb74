"""The parts of pages that every page has."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")


class Navigation(HTMLParser):
    """Reads the links of a page's navigation: words to address."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag == "a":
            is_one = told.get("class") == "nhsuk-header__navigation-link"
            self.href = (told.get("href") or "") if is_one else ""

    def handle_data(self, data: str) -> None:
        if self.href and data.strip():
            self.found[data.strip()] = self.href

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.href = ""


def links(page: Any) -> dict[str, str]:
    reader = Navigation()
    reader.feed(page.content.decode())
    return reader.found


def test_the_navigation_has_what_a_person_may_open_and_nothing_else(member: Any) -> None:
    administrator, coach, nobody = member("administrator"), member("coach"), member()
    assert links(administrator.get("/")).get("People") == "/people"
    assert "People" not in links(coach.get("/"))
    assert links(nobody.get("/")) == {}
    for browser in (administrator, coach):
        for address in links(browser.get("/")).values():
            assert browser.get(address).status_code in (200, 404), address  # 404: no figures are published here


def test_the_page_one_is_on_is_marked(member: Any) -> None:
    page = member("administrator").get("/people/invite").content.decode()
    assert page.count('aria-current="page"') == 1


def test_every_item_of_the_navigation_has_an_address_without_arguments() -> None:
    from django.urls import reverse

    from doorstep.web.navigation import items

    found = list(items())
    assert len({item.address for item in found}) == len(found) >= 3
    for item in found:
        assert reverse(item.address)
        assert item.purpose


def test_the_start_page_says_what_a_person_can_do(member: Any) -> None:
    page = member("administrator").get("/").content.decode()
    assert "Invite people, give and end their roles" in page


@pytest.mark.parametrize("is_demo", [True, False])
def test_a_demo_says_so_on_every_page(member: Any, monkeypatch: pytest.MonkeyPatch, is_demo: bool) -> None:
    from django.template import engines

    templates: Any = engines["jinja2"]
    monkeypatch.setitem(templates.env.globals, "is_demo", is_demo)
    browser = member("coach")
    for address in ("/", "/account", "/no-such-page", "/people"):
        words = "No person and no return here is real; areas and their need are open data"
        assert (words in browser.get(address).content.decode()) == is_demo


def test_log_out_is_a_button_with_its_words(member: Any) -> None:
    page = member("coach").get("/").content.decode()
    form = page.split('action="/log-out"')[1].split("</form>")[0]
    assert "csrfmiddlewaretoken" in form
    assert "Log out" in form
