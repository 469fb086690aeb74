"""What a stranger, a stolen session and a forged request get: nothing, and no word about what is here."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from site_kit import PASSWORD

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def browser() -> Any:
    from django.test import Client

    return Client()


@pytest.fixture
def ana() -> Any:
    """Somebody with a password and an authenticator: (account, device)."""
    from doorstep.web.accounts import actions

    made = actions.open_account(email="ana@example.org", name="Ana", password=PASSWORD, by=None)
    actions.assign(user=made[0], role="coach", by=None)
    return made


@pytest.fixture
def lines(site: None) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """Return what the site's log has had since: a function that gives its lines."""
    root, out = logging.getLogger(), io.StringIO()
    own = next(one for one in root.handlers if type(one.formatter).__name__ == "JsonLine")
    listening = logging.StreamHandler(out)
    listening.setFormatter(own.formatter)
    root.addHandler(listening)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.removeHandler(listening)


def code(device: Any) -> str:
    from django_otp.oath import totp

    return f"{totp(device.bin_key):06d}"


def log_in(browser: Any, ana: Any) -> Any:
    browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD})
    return browser.post("/log-in/code", {"code": code(ana[1])})


def test_a_session_that_was_planted_before_the_log_in_is_worth_nothing_after_it(browser: Any, ana: Any) -> None:
    from django.test import Client

    browser.get("/log-in")
    session = browser.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    browser.cookies["doorstep_national"] = planted
    log_in(browser, ana)
    assert browser.cookies["doorstep_national"].value != planted
    thief = Client()
    thief.cookies["doorstep_national"] = planted
    assert thief.get("/").status_code == 302


def test_the_session_changes_its_key_at_each_step(browser: Any, ana: Any) -> None:
    keys = [browser.session.session_key]
    browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD})
    keys.append(browser.cookies["doorstep_national"].value)
    browser.post("/log-in/code", {"code": code(ana[1])})
    keys.append(browser.cookies["doorstep_national"].value)
    assert len(set(keys)) == 3


def test_a_right_password_waits_ten_minutes_for_its_code(browser: Any, ana: Any) -> None:
    browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD})
    session = browser.session
    session["waiting_for_code"] = {**session["waiting_for_code"], "at": session["waiting_for_code"]["at"] - 601}
    session.save()
    assert browser.post("/log-in/code", {"code": code(ana[1])}).headers["Location"] == "/log-in"
    assert browser.get("/").status_code == 302


def test_a_session_is_gone_from_the_server_after_logging_out(browser: Any, ana: Any) -> None:
    from django.contrib.sessions.models import Session
    from django.test import Client

    from doorstep.web.audit.models import Event

    log_in(browser, ana)
    key = browser.cookies["doorstep_national"].value
    browser.post("/log-out")
    assert Event.objects.filter(action="log out", actor=ana[0], thing_id=str(ana[0].pk)).count() == 1
    assert not Session.objects.filter(session_key=key).exists()
    thief = Client()
    thief.cookies["doorstep_national"] = key
    assert thief.get("/").status_code == 302


@pytest.mark.parametrize("path", ["/log-out", "/account/password", "/people/invite", "/log-in/code"])
def test_a_form_from_elsewhere_changes_nothing(ana: Any, path: str) -> None:
    from django.test import Client

    from doorstep.web.audit.models import Event

    strict = Client(enforce_csrf_checks=True)
    before = Event.objects.count()
    answer = strict.post(path, {"email": "ana@example.org"}, headers={"Referer": "https://evil.example/"})
    assert answer.status_code == 403
    assert b"cannot be used any more" in answer.content
    assert Event.objects.count() == before


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "https:evil.example",
        "%2f%2fevil.example/..",
    ],
)
def test_a_log_in_leads_to_this_site_only(browser: Any, ana: Any, address: str) -> None:
    from urllib.parse import quote, urlsplit

    browser.post(f"/log-in?next={quote(address)}", {"email": "ana@example.org", "password": PASSWORD})
    to = browser.post("/log-in/code", {"code": code(ana[1])}).headers["Location"]
    assert urlsplit(to).netloc == "" and urlsplit(to).scheme == "" and not to.startswith(("//", "/\\"))


def test_a_log_in_leads_on_to_the_page_that_was_asked_for(browser: Any, ana: Any) -> None:
    assert browser.get("/account").headers["Location"] == "/log-in?next=/account"
    browser.post("/log-in?next=/account", {"email": "ana@example.org", "password": PASSWORD})
    assert browser.post("/log-in/code", {"code": code(ana[1])}).headers["Location"] == "/account"


def test_a_log_in_leads_on_with_the_question_that_the_address_holds(browser: Any, ana: Any) -> None:
    asked = "/where/need/?within=Sefton&disability=2"
    to_log_in = browser.get(asked).headers["Location"]
    browser.post(to_log_in, {"email": "ana@example.org", "password": PASSWORD})
    assert browser.post("/log-in/code", {"code": code(ana[1])}).headers["Location"] == asked


@pytest.mark.parametrize(
    ("came_from", "led_to"),
    [
        ("http://testserver/people?q=a", "/people?q=a"),
        ("https://evil.example/people", "/"),
        ("http://testserver.evil.example/people", "/"),
        ("", "/"),
    ],
)
def test_who_sent_a_form_after_the_session_is_led_back_to_the_page_it_was_on(
    browser: Any, ana: Any, came_from: str, led_to: str
) -> None:
    to_log_in = browser.post("/people/invite", {"email": "b@example.org"}, headers={"Referer": came_from})
    browser.post(to_log_in.headers["Location"], {"email": "ana@example.org", "password": PASSWORD})
    assert browser.post("/log-in/code", {"code": code(ana[1])}).headers["Location"] == led_to


def test_an_address_that_only_takes_a_form_says_so(member: Any) -> None:
    answer = member("coach").get("/log-out")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    assert b"nothing was changed" in answer.content


@pytest.mark.parametrize("address", ["/where/neighbourhoods/?q=%00", "/places/?region=%00", "/audit?person=a%00"])
def test_a_character_that_no_database_takes_is_not_our_fault(member: Any, address: str) -> None:
    browser = member("centre_analyst")
    browser.raise_request_exception = False
    assert browser.get(address).status_code in (200, 400, 422)


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver:80@evil.example"])
def test_another_hosts_name_is_not_answered(browser: Any, host: str) -> None:
    answer = browser.get("/log-in", headers={"Host": host})
    assert answer.status_code == 400
    assert b"evil" not in answer.content


def test_thirty_wrong_passwords_from_one_network_hold_that_network_back(browser: Any, ana: Any) -> None:
    for n in range(30):
        answer = browser.post("/log-in", {"email": f"somebody{n}@example.org", "password": "a guess"})
        assert answer.status_code == 422
    good = {"email": "ana@example.org", "password": PASSWORD}
    assert browser.post("/log-in", good).status_code == 429
    assert browser.post("/log-in", good, REMOTE_ADDR="192.0.2.7").status_code == 302


def test_a_network_is_let_try_again_after_a_quarter_of_an_hour(browser: Any, ana: Any) -> None:
    from datetime import timedelta

    from django.db.models import F

    from doorstep.web.accounts.models import Source

    for n in range(30):
        browser.post("/log-in", {"email": f"somebody{n}@example.org", "password": "a guess"})
    Source.objects.update(since=F("since") - timedelta(minutes=15))
    assert browser.post("/log-in", {"email": "ana@example.org", "password": PASSWORD}).status_code == 302


@pytest.mark.parametrize(
    ("proxies", "forwarded", "believed"),
    [
        (0, "198.51.100.1", "203.0.113.9"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.0.0.1, 198.51.100.1", "198.51.100.1"),
        (2, "198.51.100.1, 192.0.2.5", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.9"),
        (1, "", "203.0.113.9"),
    ],
)
def test_only_our_own_proxies_are_believed_on_who_asks(proxies: int, forwarded: str, believed: str) -> None:
    from django.test import RequestFactory, override_settings

    from doorstep.web.accounts.slowing import address_of

    request = RequestFactory().get("/", headers={"X-Forwarded-For": forwarded}, REMOTE_ADDR="203.0.113.9")
    with override_settings(PROXIES=proxies):
        assert address_of(request) == believed


def test_who_has_not_logged_in_cannot_tell_which_addresses_there_are(browser: Any) -> None:
    here, nowhere = browser.get("/people"), browser.get("/peoples")
    assert (here.status_code, nowhere.status_code) == (302, 302)
    assert here.content == nowhere.content == b""
    assert nowhere.headers["Location"] == "/log-in?next=/peoples"


def test_who_has_logged_in_is_told_that_an_address_is_not_here(member: Any) -> None:
    answer = member("coach").get("/peoples")
    assert answer.status_code == 404
    assert b"Page not found" in answer.content


def test_a_refusal_holds_nothing_of_what_was_asked_for_and_is_written_down(member: Any) -> None:
    from doorstep.web.audit.models import Event

    other = member("administrator").person
    answer = member("coach").get(f"/people/{other.pk}?note=something")
    assert answer.status_code == 403
    for word in (str(other.pk), other.email, other.name, "something"):
        assert word not in answer.content.decode()
    assert Event.objects.latest("pk").outcome == "refused"


def test_a_log_line_has_no_value_of_an_address_and_nobodys_name(
    browser: Any, ana: Any, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    browser.get("/log-in?next=/secret-value")
    browser.post("/log-in?next=/secret-value", {"email": "ana@example.org", "password": "wrong-secret"})
    browser.get("/no-such-page-of-ana")
    browser.get("/log-in", headers={"Host": "secret-value.example"})
    browser.get("/enrol/secret-value")
    written = lines()
    assert len(written) >= 5
    assert {line["view"] for line in written if "view" in line} >= {"log-in", "enrol", "none"}
    for word in ("secret", "ana", "example.org", "/log-in"):
        assert not any(word in json.dumps(line) for line in written), word


def test_a_fault_of_ours_is_logged_without_its_words(
    member: Any, lines: Callable[[], list[dict[str, Any]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    from doorstep.web.accounts.views import own

    def fail(_: Any) -> None:
        raise ValueError("a value of somebody")

    coach = member("coach")
    coach.raise_request_exception = False
    monkeypatch.setattr(own, "items_for", fail)
    answer = coach.get("/")
    assert answer.status_code == 500
    assert b"a value of somebody" not in answer.content
    written = lines()
    assert any(line.get("error") == "ValueError" and "test_web_security.py" in line["where"] for line in written)
    assert "a value of somebody" not in json.dumps(written)


PRODUCTION = {
    "DOORSTEP_PRODUCTION": "1",
    "DOORSTEP_SECRET_KEY": "abcdefghij" * 6,
    "DOORSTEP_HOSTS": "centre.example.nhs.uk",
    "DOORSTEP_PROXIES": "1",
    "DOORSTEP_ROLE": "national",
}
_ASK = """
import django, json
django.setup()
from django.test import Client
known = {"headers": {"Host": "centre.example.nhs.uk", "X-Forwarded-Proto": "https"}}
browser = Client()
plain = browser.get("/log-in", headers={"Host": "centre.example.nhs.uk"})
page = browser.get("/log-in", **known)
done = browser.post("/log-in", {"email": "nobody@example.org", "password": "no"}, **known)
session = browser.session
print(json.dumps({
    "plain": [plain.status_code, plain.headers.get("Location", "")],
    "status": page.status_code,
    "hsts": page.headers.get("Strict-Transport-Security", ""),
    "cookies": [one.OutputString() for one in page.cookies.values()],
    "hasher": django.contrib.auth.hashers.get_hasher().algorithm,
    "session": [django.conf.settings.SESSION_COOKIE_SECURE, django.conf.settings.SESSION_COOKIE_HTTPONLY,
                django.conf.settings.SESSION_COOKIE_SAMESITE],
}))
"""


@pytest.fixture(scope="module")
def production(site: None) -> Any:
    """What a site with the rules of production answers; settings are read once a process, so in one of its own."""
    environment = {**os.environ, **PRODUCTION}
    done = subprocess.run([sys.executable, "-c", _ASK], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def test_production_speaks_over_tls_alone(production: Any) -> None:
    assert production["plain"] == [301, "https://centre.example.nhs.uk/log-in"]
    assert production["status"] == 200
    assert "max-age=31536000" in production["hsts"]


def test_productions_cookies_are_secure_and_out_of_reach_of_scripts(production: Any) -> None:
    assert production["session"] == [True, True, "Lax"]
    assert production["cookies"]
    for cookie in production["cookies"]:
        assert {"Secure", "HttpOnly", "SameSite=Lax"} <= set(cookie.split("; "))


def test_passwords_are_kept_with_argon2(production: Any) -> None:
    assert production["hasher"] == "argon2"


class Unread(io.BytesIO):
    def read(self, *_: Any) -> bytes:
        raise AssertionError("the body was read")


@pytest.mark.parametrize("path", ["/log-in", "/where/need/compare/", "/where/neighbourhoods/new/import"])
def test_a_body_that_no_form_has_is_refused_before_anything_reads_it(member: Any, path: str) -> None:
    browser = member("coach")

    def posted(length: int) -> Any:
        head = {"CONTENT_LENGTH": str(length), "wsgi.input": Unread()}
        return browser.generic("POST", path, b"x", "multipart/form-data; boundary=a", **head)

    answer = posted(6_000_000)
    assert answer.status_code == 413
    assert "too large" in answer.content.decode()
    with pytest.raises(AssertionError, match="the body was read"):  # so that this test can fail
        posted(1_000)


def test_no_two_locks_have_one_number() -> None:
    """A site that is brought up to date must not keep an edition from being published, or the other way round."""
    from doorstep.web.locks import Lock

    assert len({lock.value for lock in Lock}) == len(Lock.__members__) == 5
