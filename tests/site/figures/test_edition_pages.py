"""The pages of editions: who may publish, what a preview says, and what only publishers see."""

from __future__ import annotations

import re
from typing import Any

import pytest
from publishing_kit import FEB, JAN, ONE_STAR, WHOLE, Line, lines, send

pytestmark = pytest.mark.usefixtures("db")

READERS = ("centre_analyst", "centre_lead", "coach", "evaluator", "place_sender")
PUBLISHERS = ("centre_analyst", "centre_lead")
TOLD_ON: Line = (96, 6, *[10] * 9, *WHOLE[11:16], 6, *WHOLE[17:22], 6)
TAKEN_BACK: Line = (95, "*", *[10] * 9, *WHOLE[11:16], "*", *WHOLE[17:22], "*")


def publish() -> Any:
    from doorstep.programme.figures import actions

    return actions.publish(by=None)


def text(page: Any) -> str:
    """Return the words of a page, without its marks."""
    return " ".join(re.sub(r"<[^>]+>", " ", page.content.decode()).split())


def agreed(page: Any) -> dict[str, str]:
    """Return the fields that the preview's form sends."""
    names = ("through", "fingerprint")
    return {n: re.search(rf'type="hidden" name="{n}" value="([^"]+)"', page.content.decode())[1] for n in names}  # type: ignore[index]


@pytest.mark.parametrize("role", READERS)
def test_everybody_who_sees_figures_sees_the_editions(member: Any, role: str) -> None:
    send(lines())
    publish()
    browser = member(role, place="sefton")
    assert "Edition 1" in text(browser.get("/editions/"))
    page = browser.get("/editions/1/")
    assert page.status_code == 200
    assert "This is the first edition" in text(page)


@pytest.mark.parametrize("role", [r for r in READERS if r not in PUBLISHERS])
def test_only_the_centre_may_publish_and_sees_what_was_hidden_as_sent(member: Any, role: str) -> None:
    from doorstep.programme.figures.models import Edition

    send(lines(O1a=ONE_STAR))
    publish()
    send(lines(), FEB)
    browser = member(role, place="sefton")
    assert browser.get("/editions/publish").status_code == 403
    assert browser.post("/editions/publish", {"through": "2026-02", "fingerprint": "x"}).status_code == 403
    assert "were hidden as sent" not in text(browser.get("/editions/1/"))
    assert "/editions/publish" not in browser.get("/editions/").content.decode()
    assert Edition.objects.count() == 1


def test_the_administrator_and_whoever_has_not_logged_in_see_no_edition(member: Any) -> None:
    from django.test import Client

    assert member("administrator").get("/editions/").status_code == 403
    assert Client().get("/editions/").headers["Location"].startswith("/log-in")


@pytest.mark.parametrize("role", PUBLISHERS)
def test_who_looks_and_agrees_publishes_what_was_shown(member: Any, role: str) -> None:
    from doorstep.programme.figures import reading

    send(lines(O1a=ONE_STAR))
    browser = member(role)
    page = browser.get("/editions/publish")
    said = text(page)
    assert "Prepare edition 1" in said
    assert "Returns shown for the first time 1" in said
    assert "Hidden as sent 1" in said
    assert "Hidden besides, to protect these 1" in said
    done = browser.post("/editions/publish", {**agreed(page), "note": " The first. "})
    assert done.headers["Location"] == "/editions/1/"
    shown = text(browser.get("/editions/1/"))
    assert "Edition 1 is published" in shown
    assert "The first." in shown
    assert "1 were hidden as sent" in shown
    assert "1 more are hidden" in shown
    assert reading.edition().number == 1


def test_what_has_changed_since_somebody_looked_is_shown_before_it_is_published(member: Any) -> None:
    from doorstep.programme.figures.models import Edition

    send(lines())
    browser = member("centre_lead")
    old = agreed(browser.get("/editions/publish"))
    send(lines(), slug="walsall")
    page = browser.post("/editions/publish", old)
    assert page.status_code == 422
    assert "since you looked" in text(page)
    assert not Edition.objects.exists()
    assert browser.post("/editions/publish", agreed(page)).status_code == 302


def test_the_preview_says_what_cannot_be_protected(member: Any) -> None:
    send(lines(O1a=TOLD_ON))
    publish()
    send(lines(O1a=TAKEN_BACK))
    said = text(member("centre_analyst").get("/editions/publish"))
    assert "Returns in another version 1" in said
    assert "3 numbers hidden as sent had been shown by an earlier edition" in said
    assert "Lines hidden wholly" in said
    publish()
    page = text(member("centre_analyst").get("/editions/2/"))
    assert "3 hidden as sent had been shown by an earlier edition, which cannot be undone" in page
    assert "Lines hidden wholly" in page
    assert "Lines hidden wholly" not in text(member("coach").get("/editions/2/"))


def test_an_edition_says_what_changed_against_the_one_before(member: Any) -> None:
    send(lines())
    publish()
    send(lines(O1a=TOLD_ON))
    send(lines(), FEB)
    publish()
    said = text(member("coach").get("/editions/2/"))
    assert "2 differences from edition 1" in said
    assert "Sefton January 2026 Another version was accepted 1 → 2 1" in said
    assert "Sefton February 2026 First shown none → 1 16" in said


def test_the_preview_goes_as_far_as_one_chooses(member: Any) -> None:
    from doorstep.programme.figures import reading

    send(lines())
    send(lines(), FEB)
    browser = member("centre_analyst")
    assert "Returns shown for the first time 2" in text(browser.get("/editions/publish"))
    page = browser.get("/editions/publish?through=2026-01")
    assert "Returns shown for the first time 1" in text(page)
    browser.post("/editions/publish", agreed(page))
    assert reading.edition().through == JAN


def test_pages_say_when_there_is_nothing_to_publish_or_show(member: Any) -> None:
    browser = member("centre_analyst")
    assert "None has been published yet" in text(browser.get("/editions/"))
    assert "no return was signed off yet" in text(browser.get("/editions/publish"))
    send(lines())
    publish()
    assert "Nothing has changed since edition 1" in text(browser.get("/editions/publish"))
    assert browser.get("/editions/7/").status_code == 404
    assert browser.get("/editions/publish?through=tomorrow").status_code == 404


def test_a_page_asks_the_database_a_few_times_however_many_places_there_are(member: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    browser = member("centre_analyst")

    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as found:
            assert browser.get(address).status_code == 200
        return len(found)

    send(lines())
    publish()
    send(lines(), FEB)
    publish()
    few = queries("/editions/2/"), queries("/editions/publish")
    for slug in ("walsall", "stockport", "rochdale"):
        send(lines(), slug=slug)
        send(lines(), FEB, slug=slug)
    publish()
    assert (queries("/editions/3/"), queries("/editions/publish")) == few
    assert max(few) <= 16


def test_a_note_is_words_and_nothing_else(member: Any) -> None:
    send(lines())
    browser = member("centre_lead")
    browser.post("/editions/publish", {**agreed(browser.get("/editions/publish")), "note": "<script>alert(1)</script>"})
    assert b"<script>alert" not in browser.get("/editions/1/").content
