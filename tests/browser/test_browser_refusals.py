"""What must not happen does not: each is refused in words that help, leaves nothing behind, and stands in the audit."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import send, versions_of
from browser_workbooks import far_too_large, named_for_macros, sound, with_a_command, with_macros, zip_bomb
from browser_world import IDLE_MINUTES, OTHER, Site, World
from looking import faults_of_page

pytest_plugins = ["browser_fixtures"]
MONTH = "2026-12"  # which no other journey sends
HARMFUL: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "a zip bomb": (zip_bomb, "not-a-workbook", "unpack"),
    "macros": (with_macros, "macros", "macros"),
    "macros by name": (named_for_macros, "file-type", "macros"),
    "a command in a cell": (with_a_command, "formula-injection", "SubmissionTemplate!D6"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_a_harmful_file_is_refused_in_words_and_only_the_refusal_is_kept(
    world: World, browser_of: Any, tmp_path: Path, what: str
) -> None:
    make, code, said = HARMFUL[what]
    sender = browser_of(world.national, "place_sender")
    send(sender, make(tmp_path / "december.xlsx"), month=MONTH)
    assert sender.heading == "The file was not taken"
    assert said in sender.words
    assert versions_of(world.national, month=MONTH) == []
    assert ("receive", "submission", code) in sender.audited("place_sender")


def test_fifty_megabytes_are_refused_before_they_are_read(world: World, browser_of: Any, tmp_path: Path) -> None:
    sender = browser_of(world.national, "place_sender")
    send(sender, far_too_large(tmp_path / "december.xlsx"), month=MONTH)
    assert sender.heading == "The upload is too large"
    assert "5 MB a file" in sender.words
    assert faults_of_page(sender) == []
    assert ("receive", "submission", "too-large") in sender.audited("place_sender")


def test_another_places_return_is_refused(world: World, browser_of: Any, tmp_path: Path) -> None:
    sender = browser_of(world.national, "place_sender")
    send(sender, sound(tmp_path / "croydon.xlsx", "Croydon", MONTH), month=MONTH)
    assert sender.heading == "The file was not taken"
    assert faults_of_page(sender) == []
    assert versions_of(world.national, "croydon", MONTH) == []
    assert ("receive", "submission", "not-yours") in sender.audited("place_sender")


def test_another_places_pages_are_refused_where_the_address_is_typed(world: World, browser_of: Any) -> None:
    sender = browser_of(world.national, "place_sender")
    (theirs, *_) = versions_of(world.national, OTHER)
    paths = [f"/returns/of/{OTHER}/", *(f"/returns/{theirs}/{what}" for what in ("", "numbers", "file", "withdraw"))]
    for n, path in enumerate(paths, 1):
        assert sender.open(path).status == 403
        assert sender.heading == "You do not have access to this page"
        assert "Fenland" not in sender.page.content()
        assert len([one for one in sender.audited("place_sender") if one[:2] == ("own", "place")]) >= n
    assert faults_of_page(sender) == []


@pytest.mark.parametrize(
    ("site", "role", "path", "refused"),
    [
        ("national", "coach", "/collection/", ("read", "collection", "")),
        ("national", "evaluator", "/returns/", ("read", "submission", "")),
        ("national", "centre_lead", "/people", ("read", "person", "")),
        ("national", "administrator", "/scorecard/", ("read", "figure", "")),
        ("national", "place_sender", "/editions/publish", ("publish", "figure", "")),
        ("place", "programme_lead", "/own/returns/2027-03/1-to-2/", ("read", "as_sent", "")),
    ],
)
def test_a_page_of_another_role_is_refused_and_audited(
    world: World, browser_of: Any, site: str, role: str, path: str, refused: tuple[str, str, str]
) -> None:
    person = browser_of(getattr(world, site), role)
    assert person.open(path).status == 403
    assert person.heading == "You do not have access to this page"
    assert refused in person.audited(role)


def test_a_form_without_its_token_changes_nothing(world: World, browser_of: Any) -> None:
    site, analyst = world.national, browser_of(world.national, "centre_analyst")
    (one, *_) = versions_of(site, OTHER)
    analyst.open(f"/returns/{one}/send-back")
    analyst.page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    analyst.fill("Reason", "Forged")
    analyst.press("Send back")
    assert analyst.heading == "This form cannot be used any more"
    assert faults_of_page(analyst) == []
    assert not site.ask("select 1 from submissions_decision where why = 'Forged'")
    assert ("form", "submission-send-back", "no-token") in analyst.audited("centre_analyst")


def test_a_session_left_alone_ends_and_says_so(world: World, browser_of: Any) -> None:
    site, analyst = world.national, browser_of(world.national, "centre_analyst")
    name = f"doorstep_{site.role}"
    stale = _copied(site, next(one["value"] for one in analyst.context.cookies() if one["name"] == name))
    analyst.context.add_cookies([{"name": name, "value": stale, "url": site.address}])
    analyst.open("/collection/")
    assert analyst.heading == "Log in"
    assert "Your session ended" in analyst.words
    assert faults_of_page(analyst) == []
    assert ("session ended", "account", "") in analyst.audited("centre_analyst", "allowed")
    assert not site.ask("select 1 from django_session where session_key = %s", stale)


def _copied(site: Site, key: str) -> str:
    """Return the key of a copy of a session in which nothing was done for a minute too long."""
    from django.contrib.sessions.serializers import JSONSerializer
    from django.core.signing import TimestampSigner

    signer = TimestampSigner(
        key=site.secret, salt="django.contrib.sessions.SessionStore", fallback_keys=[], algorithm="sha256"
    )
    (data,) = site.ask("select session_data from django_session where session_key = %s", key)[0]
    found = signer.unsign_object(data, serializer=JSONSerializer)
    seen = int(time.time()) - (IDLE_MINUTES + 1) * 60
    old = signer.sign_object({**found, "seen": seen}, serializer=JSONSerializer, compress=True)
    copy = "stale" + key[5:]
    site.do("delete from django_session where session_key = %s", copy)
    site.do(
        "insert into django_session select %s, %s, expire_date from django_session where session_key = %s",
        copy, old, key,
    )  # fmt: skip
    return copy
