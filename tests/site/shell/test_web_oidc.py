"""Logging in with a provider: what is believed, and everything that is not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from openid_issuer import CLIENT, SECRET, Issuer

pytestmark = pytest.mark.usefixtures("db")
SUBJECT = "991200307199"


@pytest.fixture(scope="module")
def one_issuer() -> Iterator[Issuer]:
    made = Issuer()
    yield made
    made.close()


@pytest.fixture
def issuer(one_issuer: Issuer) -> Iterator[Issuer]:
    from django.test import override_settings

    from doorstep.web.accounts import oidc
    from doorstep.web.environment import OpenId

    one_issuer.reset()
    oidc._known.clear()
    told = OpenId(one_issuer.address, CLIENT, SECRET, "", "AAL2_OR_AAL3_ANY", "NHS Care Identity")
    with override_settings(OIDC=told):
        yield one_issuer


@pytest.fixture
def linked(member: Any) -> Any:
    from doorstep.web.accounts import actions

    person = member("coach").person
    actions.link_subject(user=person, subject=SUBJECT, by=person)
    return person


@pytest.fixture
def browser() -> Any:
    from django.test import Client

    return Client()


def log_in(browser: Any, issuer: Issuer, **changed: str) -> Any:
    """Go to the provider and come back with its answer, changed as told."""
    answer = issuer.went_to(browser.get("/log-in/provider").headers["Location"])
    return browser.get("/log-in/provider/back", {**answer, **changed})


def refusals() -> list[str]:
    from doorstep.web.audit.models import Event

    found = Event.objects.filter(action="log in: provider", outcome="refused").order_by("pk")
    return [event.detail["reason"] for event in found]


def test_a_linked_person_is_let_in_and_it_is_written_down(browser: Any, issuer: Issuer, linked: Any) -> None:
    from doorstep.web.audit.models import Event

    assert log_in(browser, issuer).headers["Location"] == "/"
    assert b"coach" in browser.get("/").content
    assert Event.objects.get(action="log in").detail == {"factor": "provider"}
    assert refusals() == []


def test_the_person_is_sent_with_pkce_a_state_a_nonce_and_the_assurance_wanted(browser: Any, issuer: Issuer) -> None:
    issuer.went_to(browser.get("/log-in/provider").headers["Location"])
    asked = issuer.asked
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "AAL2_OR_AAL3_ANY"
    assert asked["redirect_uri"] == "http://testserver/log-in/provider/back"
    assert len(asked["state"]) >= 43 and len(asked["nonce"]) >= 43
    first = dict(asked)
    issuer.went_to(browser.get("/log-in/provider").headers["Location"])
    assert not {first["state"], first["nonce"], first["code_challenge"]} & set(issuer.asked.values())


def test_nobody_gets_an_account_by_logging_in(browser: Any, issuer: Issuer) -> None:
    from doorstep.web.accounts.models import User

    page = log_in(browser, issuer)
    assert page.status_code == 403
    assert SUBJECT in page.content.decode()  # for them to tell an administrator
    assert browser.get("/").status_code == 302
    assert User.objects.count() == 0
    assert refusals() == ["account"]


def test_a_closed_account_is_refused(browser: Any, issuer: Issuer, linked: Any, member: Any) -> None:
    from doorstep.web.accounts import actions

    actions.deactivate(user=linked, by=member("administrator").person)
    assert log_in(browser, issuer).status_code == 403
    assert refusals() == ["account"]


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "another"}, "nonce"),
        ({"aud": "another-client"}, "token"),
        ({"aud": [CLIENT, "another-client"]}, "audience"),
        ({"aud": [CLIENT, "another-client"], "azp": "another-client"}, "audience"),
        ({"iss": "https://evil.example"}, "token"),
        ({"exp": int(time.time()) - 3600}, "token"),
        ({"iat": int(time.time()) + 3600}, "token"),
        ({"authentication_assurance_level": "1"}, "assurance"),
        ({"authentication_assurance_level": "", "acr": "AAL1_USERPASS"}, "assurance"),
        ({"authentication_assurance_level": "", "acr": "AAL1_OR_AAL2_ANY"}, "assurance"),
        ({"authentication_assurance_level": ""}, "assurance"),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(
    browser: Any, issuer: Issuer, linked: Any, claims: dict[str, Any], reason: str
) -> None:
    issuer.claims = claims
    assert log_in(browser, issuer).status_code == 403
    assert browser.get("/").status_code == 302
    assert refusals() == [reason]


@pytest.mark.parametrize("missing", ["nonce", "aud", "iss", "exp", "iat", "sub"])
def test_a_token_without_a_claim_is_refused(browser: Any, issuer: Issuer, linked: Any, missing: str) -> None:
    issuer.left_out = (missing,)
    assert log_in(browser, issuer).status_code == 403
    assert refusals() == ["nonce" if missing == "nonce" else "token"]


@pytest.mark.parametrize("acr", ["AAL2_ANY", "AAL2_OR_AAL3_ANY", "AAL3_ANY"])
def test_assurance_is_read_from_acr_where_the_provider_says_it_there(
    browser: Any, issuer: Issuer, linked: Any, acr: str
) -> None:
    issuer.claims = {"authentication_assurance_level": "", "acr": acr}
    assert log_in(browser, issuer).status_code == 302


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_anybody_could_sign_is_refused(browser: Any, issuer: Issuer, linked: Any, algorithm: str) -> None:
    issuer.header = {"alg": algorithm, "kid": "first"}
    assert log_in(browser, issuer).status_code == 403
    assert refusals() == ["token"]


def test_a_token_signed_with_another_key_is_refused(browser: Any, issuer: Issuer, linked: Any) -> None:
    from joserfc.jwk import RSAKey

    issuer.key = RSAKey.generate_key(2048, {"kid": "first"})
    assert log_in(browser, issuer).status_code == 403
    assert refusals() == ["token"]


def test_keys_that_the_provider_changed_are_read_anew(browser: Any, issuer: Issuer, linked: Any) -> None:
    from dataclasses import replace

    from joserfc.jwk import RSAKey

    from doorstep.web.accounts import oidc

    assert log_in(browser, issuer).status_code == 302
    browser.post("/log-out")
    oidc._known[issuer.address] = replace(oidc._known[issuer.address], read_at=time.time() - 120)
    issuer.key = issuer.published = RSAKey.generate_key(2048, {"kid": "second", "use": "sig"})
    issuer.header = {"alg": "RS256", "kid": "second"}
    assert log_in(browser, issuer).status_code == 302


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "another"}, "state"),
        ({"state": ""}, "state"),
        ({"code": "another"}, "code"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"error": "access_denied"}, "provider"),
    ],
)
def test_an_answer_that_is_not_the_providers_is_refused(
    browser: Any, issuer: Issuer, linked: Any, changed: dict[str, str], reason: str
) -> None:
    assert log_in(browser, issuer, **changed).status_code == 403
    assert refusals() == [reason]


def test_an_answer_is_taken_once_and_by_the_session_that_asked(browser: Any, issuer: Issuer, linked: Any) -> None:
    from django.test import Client

    answer = issuer.went_to(browser.get("/log-in/provider").headers["Location"])
    assert Client().get("/log-in/provider/back", answer).status_code == 403
    assert browser.get("/log-in/provider/back", answer).status_code == 302
    assert browser.get("/log-in/provider/back", answer).status_code == 403
    assert refusals() == ["state", "state"]


def test_an_answer_ten_minutes_later_is_refused(browser: Any, issuer: Issuer, linked: Any) -> None:
    answer = issuer.went_to(browser.get("/log-in/provider").headers["Location"])
    session = browser.session
    session["oidc"] = {**session["oidc"], "at": time.time() - 601}
    session.save()
    assert browser.get("/log-in/provider/back", answer).status_code == 403
    assert refusals() == ["late"]


def test_a_log_in_by_provider_leads_to_no_other_site(browser: Any, issuer: Issuer, linked: Any) -> None:
    answer = issuer.went_to(browser.get("/log-in/provider?next=//evil.example").headers["Location"])
    assert browser.get("/log-in/provider/back", answer).headers["Location"] == "/"


def test_the_site_proves_itself_with_its_private_key(browser: Any, issuer: Issuer, linked: Any, tmp_path: Any) -> None:
    from django.test import override_settings
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    from doorstep.web.environment import OpenId

    own = RSAKey.generate_key(2048)
    file = tmp_path / "key.pem"
    file.write_bytes(own.as_pem(private=True))
    told = OpenId(issuer.address, CLIENT, "", str(file), "AAL3_ANY", "NHS Care Identity")
    with override_settings(OIDC=told):
        assert log_in(browser, issuer).status_code == 302
    proof = jwt.decode(issuer.proofs[-1]["client_assertion"], own, algorithms=["RS512"])
    assert proof.claims["iss"] == proof.claims["sub"] == CLIENT
    assert proof.claims["aud"] in (f"{issuer.address}/token", [f"{issuer.address}/token"])
    assert "client_secret" not in issuer.proofs[-1]


def test_without_a_provider_there_is_no_such_page(browser: Any) -> None:
    assert browser.get("/log-in/provider").headers["Location"].startswith("/log-in?next=")
    assert b"Log in with" not in browser.get("/log-in").content


def test_a_provider_that_does_not_answer_is_a_page_and_no_fault(browser: Any, issuer: Issuer) -> None:
    from django.test import override_settings

    from doorstep.web.environment import OpenId

    nobody = OpenId("http://127.0.0.1:9", CLIENT, SECRET, "", "AAL3_ANY", "NHS Care Identity")
    with override_settings(OIDC=nobody):
        assert browser.get("/log-in/provider").status_code == 403
    assert refusals() == ["discovery"]
