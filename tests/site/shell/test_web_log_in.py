"""Logging in, in two steps: what lets a person in, what does not, and what is written down."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")
PASSWORD = "orchard-lantern-42-kettle"


@pytest.fixture
def person() -> Any:
    from doorstep.web.accounts import actions

    user, device = actions.open_account(email="Ana@example.org", name="Ana", password=PASSWORD, by=None)
    actions.assign(user=user, role="centre_analyst", by=None)
    return user, device


@pytest.fixture
def browser() -> Any:
    from django.test import Client

    return Client(enforce_csrf_checks=False)


def code(device: Any) -> str:
    from django_otp.oath import totp

    return f"{totp(device.bin_key):06d}"


def log_in(browser: Any, person: Any) -> Any:
    browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD})
    return browser.post("/log-in/code", {"code": code(person[1])})


def events() -> list[tuple[str, str]]:
    from doorstep.web.audit.models import Event

    return list(Event.objects.order_by("pk").values_list("action", "outcome"))


def test_address_password_and_code_let_a_person_in(browser: Any, person: Any) -> None:
    assert log_in(browser, person).headers["Location"] == "/"
    page = browser.get("/")
    assert page.status_code == 200
    assert "centre analyst" in page.content.decode()
    assert events()[-1] == ("log in", "allowed")


def test_a_password_alone_opens_nothing(browser: Any, person: Any) -> None:
    browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD})
    assert browser.get("/").headers["Location"] == "/log-in?next=/"


def test_a_code_is_used_once(browser: Any, person: Any) -> None:
    log_in(browser, person)
    browser.post("/log-out")
    assert log_in(browser, person).status_code == 422


def test_five_wrong_passwords_lock_the_account_even_for_the_right_one(browser: Any, person: Any) -> None:
    for _ in range(5):
        page = browser.post("/log-in", {"email": "ana@example.org", "password": "wrong-wrong-wrong"})
        assert page.status_code == 422
    assert browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD}).status_code == 422
    assert events()[-1] == ("log in: password", "refused")


def test_an_unknown_address_reads_like_a_wrong_password(browser: Any, person: Any) -> None:
    known = browser.post("/log-in", {"email": "ana@example.org", "password": "no"}).content
    unknown = browser.post("/log-in", {"email": "bob@example.org", "password": "no"}).content
    assert b"is not right" in known
    assert known.count(b"nhsuk-error-message") == unknown.count(b"nhsuk-error-message")


def test_a_quarter_of_an_hour_without_a_request_ends_the_session(browser: Any, person: Any) -> None:
    log_in(browser, person)
    browser.get("/")
    session = browser.session
    session["seen"] -= 15 * 60 + 1
    session.save()
    assert browser.get("/").headers["Location"] == "/log-in?ended=1&next=/"


def test_half_a_day_ends_the_session_however_busy(browser: Any, person: Any) -> None:
    log_in(browser, person)
    browser.get("/")
    session = browser.session
    session["began"] -= 12 * 3600 + 1
    session.save()
    assert browser.get("/").headers["Location"] == "/log-in?ended=1&next=/"


def test_a_log_in_never_leads_to_another_site(browser: Any, person: Any) -> None:
    browser.post("/log-in?next=https://evil.example/", {"email": "ana@example.org", "password": PASSWORD})
    assert browser.post("/log-in/code", {"code": code(person[1])}).headers["Location"] == "/"


def test_a_form_without_its_token_is_refused(person: Any) -> None:
    from django.test import Client

    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/log-in", {"email": "ana@example.org", "password": PASSWORD}).status_code == 403


def test_pages_are_kept_out_of_caches_and_frames_and_load_nothing_from_elsewhere(browser: Any) -> None:
    page = browser.get("/log-in")
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]
    assert b"https://" not in page.content.replace(b"http://www.w3.org", b"")
