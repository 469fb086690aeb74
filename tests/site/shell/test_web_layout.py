"""The parts of pages that every page has."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")


def links(page: Any) -> dict[str, str]:
    """Return the navigation's links of a page: words to address."""
    import re

    return dict(
        (words.strip(), href)
        for href, words in re.findall(
            r'<a class="nhsuk-header__navigation-link" href="([^"]+)"[^>]*>\s*(?:<strong[^>]*>)?([^<]+)', page.content.decode()
        )
    )  # fmt: skip


def test_the_navigation_has_what_a_person_may_open_and_nothing_else(member: Any) -> None:
    administrator, coach, nobody = member("administrator"), member("coach"), member()
    assert links(administrator.get("/")).get("People") == "/people"
    assert "People" not in links(coach.get("/"))
    assert links(nobody.get("/")) == {}
    for browser in (administrator, coach):
        for address in links(browser.get("/")).values():
            assert browser.get(address).status_code == 200, address


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


def test_a_demo_says_so_on_every_page() -> None:
    code = """
import django; django.setup()
from django.test import Client
page = Client().get("/log-in", headers={"Host": "localhost"}).content.decode()
print("Nothing here is about a real Place" in page)
"""
    import os
    import subprocess
    import sys

    for told, shown in (("1", "True"), ("", "False")):
        environment = {**os.environ, "DOORSTEP_DEMO": told}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert done.stdout.strip() == shown, done.stderr


def test_log_out_is_a_button_with_its_words(member: Any) -> None:
    page = member("coach").get("/").content.decode()
    form = page.split('action="/log-out"')[1].split("</form>")[0]
    assert "csrfmiddlewaretoken" in form
    assert "Log out" in form
