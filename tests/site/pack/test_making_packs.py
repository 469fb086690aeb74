"""Packs that are asked for are made beside the pages: in order, once, and also after a maker was killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from site_drill import Drill
from test_pack_pages import MONTHS, edition  # noqa: F401

FILL = """
import django; django.setup()
from datetime import UTC, date, datetime
from doorstep.programme.figures.models import Edition, SafeLine
from doorstep.programme.scorecard.making import ask
for name, n in {"patients": 1000, "P1": 80, "O1a": 120}.items():
    numbers = [n, *[n // 2] * 22]
    for m in (4, 5):
        SafeLine.objects.create(since=1, place="croydon", month=date(2026, m, 1), line=name, values=numbers,
                                lows=numbers, highs=numbers, version=1, received_on=date(2026, 8, 1))
Edition.objects.create(number=1, made_at=datetime(2026, 8, 2, tzinfo=UTC), through=date(2026, 5, 1), rules="safe")
ask(edition=1, by=None)
"""


def wanted() -> list[tuple[int, str, str]]:
    from doorstep.programme.scorecard.models import Wanted

    rows = Wanted.objects.order_by("-edition__number", "place").values_list("edition__number", "place", "why")
    return list(rows)


def test_publishing_asks_for_every_pack_and_no_more_for_those_of_the_edition_before(db: None) -> None:
    from publishing_kit import FEB, lines, send

    from doorstep.programme.figures.actions import publish

    send(lines())
    publish(by=None)
    assert wanted() == [(1, "", ""), (1, "sefton", "")]
    send(lines(), FEB, slug="walsall")
    publish(by=None)
    assert wanted() == [(2, "", ""), (2, "sefton", ""), (2, "walsall", "")]


def test_what_a_person_asked_for_is_made_although_a_newer_edition_comes(edition: Any, member: Any) -> None:  # noqa: F811
    from doorstep.programme.figures.models import Edition
    from doorstep.programme.scorecard import making

    making.ask(edition=1, place="croydon", by=member("coach").person)
    newer = Edition.objects.create(
        number=2, made_at=datetime(2026, 10, 1, tzinfo=UTC), through=MONTHS[-1], rules="numbers below 6 hidden"
    )
    making.ask_for_all(edition=newer, by=None)
    made = [made for _ in range(9) if (made := making.make_next())]
    assert [(one.edition, one.place, one.why) for one in made] == [
        (2, "", ""), (2, "barnsley", ""), (2, "croydon", ""), (2, "halton", ""), (1, "croydon", ""),
    ]  # fmt: skip
    assert wanted() == [] and making.make_next() is None


def test_asking_twice_asks_once_and_asking_for_what_is_made_asks_for_nothing(edition: Any, member: Any) -> None:  # noqa: F811
    from doorstep.programme.scorecard import making
    from doorstep.web.audit.models import Event

    person = member("coach").person
    for _ in range(2):
        making.ask(edition=1, by=person)
    assert wanted() == [(1, "", "")]
    making.make_next()
    making.ask(edition=1, by=person)
    assert wanted() == []
    assert list(Event.objects.filter(thing="pack").order_by("pk").values_list("action", flat=True)) == ["ask", "make"]


def test_a_pack_that_cannot_be_made_says_why_holds_up_no_other_and_can_be_asked_for_again(
    edition: Any,  # noqa: F811
    member: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from doorstep.errors import ConfigurationError
    from doorstep.programme.scorecard import making, pack_pdf

    def fail(page: str) -> bytes:
        if "Croydon</h1>" in page:
            raise ConfigurationError("Pango is missing", do="install it")
        return b"%PDF"

    monkeypatch.setattr(pack_pdf, "pdf", fail)
    browser = member("coach")
    for place in ("croydon", "halton"):
        making.ask(edition=1, place=place, by=browser.person)
    assert [made.why for _ in range(3) if (made := making.make_next())] == ["Pango is missing: install it", ""]
    assert "could not be made: Pango is missing: install it" in browser.get("/packs/").content.decode()
    monkeypatch.setattr(pack_pdf, "pdf", lambda page: b"%PDF")
    browser.post("/packs/1/croydon/make")
    assert [made.why for _ in range(3) if (made := making.make_next())] == [""]


def test_a_pack_that_ended_its_maker_three_times_is_left(edition: Any, member: Any) -> None:  # noqa: F811
    from doorstep.programme.scorecard import making
    from doorstep.programme.scorecard.models import Wanted

    browser = member("coach")
    making.ask(edition=1, by=browser.person)
    for _ in range(making.MOST_TRIES):
        assert making._choose() is not None
    assert making.make_next() is None
    assert making.ENDED in browser.get("/packs/").content.decode()
    Wanted.objects.update(n_tries=0, at=Wanted.objects.get().at - timedelta(hours=1))
    assert "whoever runs the site" in browser.get("/packs/").content.decode()


@pytest.fixture(scope="module")
def drill(server: Any, site: None) -> Drill:
    """A database with an edition whose pack is asked for, and whose sums nobody stored."""
    made = Drill(server, "packs", is_migrated=True)
    environment = {**os.environ, "DATABASE_URL": made.url, "DOORSTEP_ROLE": "national"}
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True)
    return made


def test_two_makers_make_a_pack_once_and_a_killed_one_leaves_it_to_be_made(drill: Drill) -> None:
    command, settings = drill.words("site", "packs")
    killed = subprocess.Popen(command, env=settings)
    until = time.monotonic() + 600
    while drill.ask("select n_tries from scorecard_wanted") == [(0,)] and time.monotonic() < until:
        time.sleep(0.05)
    killed.kill()
    killed.wait()
    assert drill.ask("select n_tries, why from scorecard_wanted") == [(1, "")]
    assert drill.ask("select count(*) from scorecard_pack") == [(0,)]
    both = [subprocess.Popen(command, env=settings, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = sorted(one.communicate()[0].strip().splitlines()[-1] for one in both)
    assert [one.returncode for one in both] == [0, 0]
    assert said == ["0 packs made", "1 pack made"]
    assert drill.ask("select place, length(html) > 1000 from scorecard_pack") == [("", True)]
    assert drill.ask("select count(*) from audit_event where action = 'make'") == [(1,)]
    assert drill.ask("select count(*) from scorecard_wanted") == [(0,)]


def test_sums_that_an_edition_lacks_are_told_and_stored_by_a_command(drill: Drill) -> None:
    said = [drill.run("site", "sums", *words) for words in (["--check"], [], [])]
    assert [one.returncode for one in said] == [1, 1, 0]
    assert said[0].stdout.splitlines() == ["edition 1: 6 sums differ or are missing", "1 edition compared"]
    assert said[2].stdout.splitlines() == ["1 edition compared"]
    assert drill.ask("select count(*) from figures_monthsum") == [(6,)]
