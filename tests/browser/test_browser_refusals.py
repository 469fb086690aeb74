"""What must not happen does not: each is refused in words that help, leaves nothing behind, and stands in the audit."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser_steps import send, versions_of
from browser_workbooks import far_too_large, sound, with_a_command, with_macros, zip_bomb
from browser_world import OTHER, Site, World
from looking import faults_of_page

pytest_plugins = ["browser_fixtures"]
HARMFUL: dict[str, tuple[Callable[[Path], Path], str, str]] = {
    "a zip bomb": (zip_bomb, "not-a-workbook", "unpack"),
    "macros": (with_macros, "macros", "macros"),
    "a command in a cell": (with_a_command, "formula-injection", "SubmissionTemplate!D6"),
}


@pytest.mark.parametrize("what", HARMFUL)
def test_a_harmful_file_is_refused_in_words_and_only_the_refusal_is_kept(
    world: World, browser_of: Any, tmp_path: Path, what: str
) -> None:
    make, code, said = HARMFUL[what]
    site, before = world.national, versions_of(world.national)
    sender = browser_of(site, "place_sender")
    send(sender, make(tmp_path / "march.xlsx"))
    assert sender.heading == "The file was not taken"
    assert said in sender.words
    assert faults_of_page(sender) == []
    assert versions_of(site) == before
    thing, _, why = site.events(outcome="refused")[-1]
    assert (thing, why) in {("submission", code), ("submission", "file-type")}


def test_fifty_megabytes_are_refused_before_they_are_read(world: World, browser_of: Any, tmp_path: Path) -> None:
    sender = browser_of(world.national, "place_sender")
    send(sender, far_too_large(tmp_path / "march.xlsx"))
    assert sender.heading == "The upload is too large"
    assert "5 MB a file" in sender.words
    assert world.national.events(outcome="refused")[-1][2] == "too-large"


def test_another_places_return_is_refused(world: World, browser_of: Any, tmp_path: Path) -> None:
    sender = browser_of(world.national, "place_sender")
    send(sender, sound(tmp_path / "croydon.xlsx", "Croydon"))
    assert sender.heading == "The file was not taken"
    assert world.national.events(outcome="refused")[-1][2] == "not-yours"


def test_another_places_pages_are_refused_where_the_address_is_typed(world: World, browser_of: Any) -> None:
    site, sender = world.national, browser_of(world.national, "place_sender")
    (theirs, *_) = versions_of(site, OTHER)
    for path in (
        f"/returns/of/{OTHER}/",
        f"/returns/{theirs}/",
        f"/returns/{theirs}/numbers",
        f"/returns/{theirs}/file",
    ):
        n = len(site.events(outcome="refused"))
        assert sender.open(path).status == 403
        assert sender.heading == "You do not have access to this page"
        assert "Fenland" not in sender.page.content()
        assert len(site.events(outcome="refused")) == n + 1


@pytest.mark.parametrize(
    ("role", "path"),
    [
        ("coach", "/collection/"), ("evaluator", "/returns/"), ("centre_lead", "/people"),
        ("administrator", "/scorecard/"), ("place_sender", "/editions/publish"),
    ],
)  # fmt: skip
def test_a_page_of_another_role_is_refused_and_audited(world: World, browser_of: Any, role: str, path: str) -> None:
    site, person = world.national, browser_of(world.national, role)
    n = len(site.events(outcome="refused"))
    assert person.open(path).status == 403
    assert faults_of_page(person) == []
    assert len(site.events(outcome="refused")) == n + 1


def test_a_form_without_its_token_changes_nothing(world: World, browser_of: Any) -> None:
    site, analyst = world.national, browser_of(world.national, "centre_analyst")
    (one, *_) = versions_of(site, OTHER)
    analyst.open(f"/returns/{one}/send-back")
    analyst.page.evaluate("document.querySelector('main [name=csrfmiddlewaretoken]').value = 'x'.repeat(64)")
    analyst.page.get_by_label("Reason").fill("Forged")
    analyst.press("Send back")
    assert analyst.heading == "This form cannot be used any more"
    assert faults_of_page(analyst) == []
    assert not site.ask("select 1 from submissions_decision where why = 'Forged'")


def test_a_session_left_alone_ends_and_says_so(world: World, browser_of: Any) -> None:
    site, analyst = world.national, browser_of(world.national, "centre_analyst")
    name = f"doorstep_{site.role}"
    stale = _copied(site, next(one["value"] for one in analyst.context.cookies() if one["name"] == name))
    analyst.context.add_cookies([{"name": name, "value": stale, "url": site.address}])
    analyst.open("/collection/")
    assert analyst.heading == "Log in"
    assert "Your session ended" in analyst.words
    assert faults_of_page(analyst) == []
    assert site.events("session ended")[-1][0] == "account"
    assert not site.ask("select 1 from django_session where session_key = %s", stale)


def _copied(site: Site, key: str) -> str:
    """Return the key of a copy of a session in which nothing was done for sixteen minutes."""
    from django.contrib.sessions.serializers import JSONSerializer
    from django.core.signing import TimestampSigner

    signer = TimestampSigner(
        key=site.secret, salt="django.contrib.sessions.SessionStore", fallback_keys=[], algorithm="sha256"
    )
    (data,) = site.ask("select session_data from django_session where session_key = %s", key)[0]
    found = signer.unsign_object(data, serializer=JSONSerializer)
    old = signer.sign_object({**found, "seen": int(time.time()) - 16 * 60}, serializer=JSONSerializer, compress=True)
    copy = "stale" + key[5:]
    site.do(
        "insert into django_session select %s, %s, expire_date from django_session where session_key = %s",
        copy, old, key,
    )  # fmt: skip
    return copy
