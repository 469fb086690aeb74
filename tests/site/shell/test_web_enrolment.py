"""Inviting, enrolling, and changing how one logs in."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from site_kit import PASSWORD

pytestmark = pytest.mark.usefixtures("db")
NEW = "violet-harbour-73-thimble"


@pytest.fixture
def administrator(member: Any) -> Any:
    return member("administrator")


@pytest.fixture
def stranger() -> Any:
    from django.test import Client

    return Client()


def invited(administrator: Any, email: str = "ben@example.org") -> str:
    page = administrator.post("/people/invite", {"name": "Ben", "email": email}).content.decode()
    found = re.search(r'id="link">http://testserver(/enrol/[^<]+)<', page)
    assert found, page
    return found[1]


def code_of(page: bytes, at: float | None = None) -> str:
    """Return what an authenticator app shows that took the key in from the page."""
    import base64

    from django_otp.oath import TOTP

    found = re.search(rb'app-secret">([A-Z2-7]{32})<', page)
    assert found
    clock = TOTP(base64.b32decode(found[1]))
    clock.time = time.time() if at is None else at
    return f"{clock.token():06d}"


def enrolled(stranger: Any, link: str, password: str = NEW) -> tuple[str, list[str]]:
    """Enrol through the pages; return the code that was used and the recovery codes."""
    assert stranger.post(link, {"new": password, "again": password}).status_code == 302
    code = code_of(stranger.get(f"{link}/code").content)
    page = stranger.post(f"{link}/code", {"code": code}).content.decode()
    return code, re.findall(r"<li>((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})</li>", page)


def test_an_invited_person_sets_password_and_authenticator_and_gets_ten_codes(
    administrator: Any, stranger: Any
) -> None:
    _, codes = enrolled(stranger, invited(administrator))
    assert len(set(codes)) == 10
    assert stranger.get("/").status_code == 302  # enrolling is not yet logging in
    assert stranger.post("/log-in", {"email": "ben@example.org", "password": NEW}).headers["Location"] == "/log-in/code"


def test_the_code_used_to_enrol_does_not_log_in_too(administrator: Any, stranger: Any) -> None:
    code, _ = enrolled(stranger, invited(administrator))
    stranger.post("/log-in", {"email": "ben@example.org", "password": NEW})
    assert stranger.post("/log-in/code", {"code": code}).status_code == 422


def test_a_recovery_code_logs_in_once(administrator: Any, stranger: Any) -> None:
    _, codes = enrolled(stranger, invited(administrator))
    for status in (302, 422):
        stranger.post("/log-in", {"email": "ben@example.org", "password": NEW})
        assert stranger.post("/log-in/recovery", {"code": codes[0].lower()}).status_code == status
        stranger.post("/log-out")
    stranger.post("/log-in", {"email": "ben@example.org", "password": NEW})
    assert stranger.post("/log-in/recovery", {"code": codes[1]}).headers["Location"] == "/"


def test_a_recovery_code_of_somebody_else_opens_nothing(administrator: Any, stranger: Any) -> None:
    _, codes = enrolled(stranger, invited(administrator))
    other = invited(administrator, "cat@example.org")
    enrolled(stranger, other)
    stranger.post("/log-in", {"email": "cat@example.org", "password": NEW})
    assert stranger.post("/log-in/recovery", {"code": codes[0]}).status_code == 422


def test_a_link_works_once(administrator: Any, stranger: Any) -> None:
    link = invited(administrator)
    enrolled(stranger, link)
    assert stranger.get(link).status_code == 410
    assert stranger.post(link, {"new": NEW, "again": NEW}).status_code == 410
    assert stranger.get(f"{link}/code").status_code == 410


def test_a_link_ends_after_72_hours_and_when_a_newer_one_is_made(administrator: Any, stranger: Any) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from doorstep.web.accounts.models import Invitation, User

    first = invited(administrator)
    ben = User.objects.get(email="ben@example.org")
    second = administrator.post(f"/people/{ben.pk}/link").content.decode()
    assert stranger.get(first).status_code == 410
    link = "/enrol/" + second.split("/enrol/")[1].split("<")[0]
    assert stranger.get(link).status_code == 200
    newest = Invitation.objects.latest("pk")
    assert timedelta(hours=71, minutes=59) < newest.expires_at - timezone.now() <= timedelta(hours=72)
    Invitation.objects.update(expires_at=timezone.now())
    assert stranger.get(link).status_code == 410


def test_a_guessed_link_is_no_link(stranger: Any) -> None:
    assert stranger.get("/enrol/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa").status_code == 410


def test_the_step_of_the_code_is_not_reached_without_the_password(administrator: Any, stranger: Any) -> None:
    link = invited(administrator)
    assert stranger.get(f"{link}/code").headers["Location"] == link


@pytest.mark.parametrize(
    ("new", "again", "words"),
    [
        ("short-one", "short-one", "too short"),
        ("password1234", "password1234", "too common"),
        (NEW, NEW + "x", "differ"),
        ("ben@example.org", "ben@example.org", "too similar"),
    ],
)
def test_a_weak_password_is_refused_with_the_reason(
    administrator: Any, stranger: Any, new: str, again: str, words: str
) -> None:
    page = stranger.post(invited(administrator), {"new": new, "again": again})
    assert page.status_code == 422
    assert words in page.content.decode()


def test_a_wrong_code_enrols_nobody(administrator: Any, stranger: Any) -> None:
    link = invited(administrator)
    stranger.post(link, {"new": NEW, "again": NEW})
    an_hour_ago = code_of(stranger.get(f"{link}/code").content, at=time.time() - 3600)
    assert stranger.post(f"{link}/code", {"code": an_hour_ago}).status_code == 422
    assert stranger.post("/log-in", {"email": "ben@example.org", "password": NEW}).status_code == 422


def test_neither_links_nor_codes_nor_keys_are_kept_in_the_clear(administrator: Any, stranger: Any) -> None:
    from doorstep.web.accounts.models import Invitation, RecoveryCode

    link = invited(administrator)
    _, codes = enrolled(stranger, link)
    kept = {*Invitation.objects.values_list("hash", flat=True), *RecoveryCode.objects.values_list("hash", flat=True)}
    assert len(kept) == 11
    assert not kept & {link.rsplit("/", 1)[1], *codes, *(code.replace("-", "") for code in codes)}


@pytest.fixture
def ana(member: Any) -> Any:
    browser = member("coach")
    browser.person.set_password(PASSWORD)
    browser.person.save()
    return logged_in_again(browser)


def logged_in_again(browser: Any) -> Any:
    """Set the session's mark to the password's, as a log-in after the change would."""
    session = browser.session
    session["_auth_user_hash"] = browser.person.get_session_auth_hash()
    session.save()
    return browser


def test_a_changed_password_keeps_this_session_and_ends_the_others(ana: Any) -> None:
    from django.test import Client

    other = Client()
    session = other.session
    session.update(dict(ana.session.items()))
    session.save()
    other.cookies["doorstep_national"] = session.session_key or ""
    assert other.get("/account").status_code == 200
    answer = ana.post("/account/password", {"password": PASSWORD, "new": NEW, "again": NEW})
    assert answer.headers["Location"] == "/account"
    assert ana.get("/account").status_code == 200
    assert other.get("/account").status_code == 302


def test_the_present_password_is_asked_for_and_wrong_ones_count(ana: Any) -> None:
    for _ in range(5):
        answer = ana.post("/account/password", {"password": "not-this-one", "new": NEW, "again": NEW})
        assert answer.status_code == 422
    assert ana.post("/account/password", {"password": PASSWORD, "new": NEW, "again": NEW}).status_code == 422


def test_another_authenticator_takes_the_place_of_the_first(ana: Any) -> None:
    from django_otp.plugins.otp_totp.models import TOTPDevice

    before = TOTPDevice.objects.create(user=ana.person, name="authenticator", confirmed=True)
    code = code_of(ana.get("/account/authenticator").content)
    page = ana.post("/account/authenticator", {"password": PASSWORD, "code": code})
    assert page.content.decode().count("<li>") >= 10
    assert list(TOTPDevice.objects.values_list("key", flat=True)) != [before.key]
    assert TOTPDevice.objects.filter(user=ana.person).count() == 1
    assert ana.get("/account").status_code == 200
