"""Packs are made once for an edition and kept; who may see an edition's figures may see its packs, nobody else."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

import pytest

MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
PLACES = {"croydon": "Croydon", "halton": "Halton", "barnsley": "Barnsley"}
DRAWN = b"%PDF-1.7 drawn"


def _line(place: str, month: date, name: str, total: int, since: int = 1, version: int = 1) -> Any:
    """Return a line whose other columns are half its total."""
    from doorstep.programme.figures.models import SafeLine

    numbers = [total, *[total // 2] * 22]
    received = date(2026, 8, 1)
    return SafeLine(since=since, place=place, month=month, line=name, values=numbers, lows=numbers, highs=numbers,
                    version=version, received_on=received)  # fmt: skip


def _edition(number: int, rules: str = "numbers below 6 hidden") -> Any:
    from doorstep.programme.figures.models import Edition

    made = datetime(2026, 8 + number, 1, 12, tzinfo=UTC)
    return Edition.objects.create(number=number, made_at=made, through=MONTHS[-1], rules=rules)


@pytest.fixture
def edition(db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """One edition of three Places and months; drawing a PDF is tested on its own."""
    from doorstep.programme.figures.models import SafeLine
    from doorstep.programme.places.models import Place
    from doorstep.programme.scorecard import building, holdings, pack_pdf

    monkeypatch.setattr(pack_pdf, "pdf", lambda page: DRAWN + page[:20].encode())
    for order, (slug, name) in enumerate(PLACES.items()):
        Place.objects.get_or_create(slug=slug, defaults={"name": name, "order": order})
    lines = {"patients": 1000, "P1": 80, "O1a": 120, "O2b": 120}
    SafeLine.objects.bulk_create(_line(p, m, name, n) for p in PLACES for m in MONTHS for name, n in lines.items())
    holdings.forget()
    building.forget()
    return _edition(1)


def test_a_pack_is_made_once_kept_and_audited(edition: Any, member: Any) -> None:
    from doorstep.programme.scorecard.actions import make_pack
    from doorstep.web.audit.models import Event

    person = member("centre_analyst").person
    first = make_pack(edition=1, by=person)
    again = make_pack(edition=1, by=person)
    assert first.pk == again.pk
    assert first.html_sha256 == sha256(first.html.encode()).hexdigest()
    assert first.pdf_sha256 == sha256(bytes(first.pdf)).hexdigest()
    [event] = Event.objects.filter(thing="pack")
    assert (event.action, event.actor, event.detail["edition"]) == ("make", person, 1)


def test_each_place_has_its_own(edition: Any, member: Any) -> None:
    from doorstep.programme.scorecard.actions import make_pack

    person = member("centre_analyst").person
    made = make_pack(edition=1, place="croydon", by=person)
    assert "June 2026: Croydon</h1>" in made.html
    assert "Barnsley" not in made.html
    assert make_pack(edition=1, by=person).pk != made.pk


def test_an_edition_or_place_that_is_not_there_is_refused_and_nothing_kept(edition: Any, member: Any) -> None:
    from doorstep.errors import UsageError
    from doorstep.programme.scorecard.actions import make_pack
    from doorstep.programme.scorecard.models import Pack

    person = member("centre_analyst").person
    for asked in ({"edition": 9}, {"edition": 1, "place": "sefton"}):
        with pytest.raises(UsageError):
            make_pack(by=person, **asked)
    assert not Pack.objects.exists()


def test_a_pack_stands_beside_the_edition_before_it(edition: Any, member: Any) -> None:
    from doorstep.programme.figures.models import SafeLine
    from doorstep.programme.scorecard.actions import make_pack

    old = SafeLine.objects.get(place="croydon", month=date(2026, 6, 1), line="O1a")
    old.until = 2
    old.save()
    _line("croydon", date(2026, 6, 1), "O1a", 130, since=2, version=2).save()
    _edition(2)
    made = make_pack(edition=2, by=member("centre_analyst").person)
    assert "Beside it stands edition 1 of 1 September 2026." in made.html
    assert "Corrected since edition 1: Croydon (June 2026, version 2)." in made.html


def test_a_hidden_number_is_in_no_pack(edition: Any, member: Any) -> None:
    """Croydon's O2b of the newest month is hidden: its row has the range, and no pack has the number."""
    from doorstep.programme.figures.models import SafeLine
    from doorstep.programme.scorecard.actions import make_pack

    hidden = SafeLine.objects.get(place="croydon", month=date(2026, 6, 1), line="O2b")
    hidden.values[0], hidden.lows[0], hidden.highs[0] = None, 0, 5
    hidden.save()
    made = make_pack(edition=1, place="croydon", by=member("centre_analyst").person)
    row = made.html.split('<th scope="row">O2b</th>')[1].split("</tr>")[0]
    assert "<td" in row and ">0 to 5</td>" in row and ">120<" not in row


def test_true_numbers_never_stand_beside_others(edition: Any) -> None:
    from doorstep.programme.figures.reading import edition as read
    from doorstep.programme.scorecard.actions import contents

    _edition(2, "true numbers of this Place; not for sending")
    assert contents(read(2), "croydon").previous is None


def test_the_page_lists_makes_and_shows_packs(edition: Any, member: Any) -> None:
    from doorstep.programme.scorecard.making import make_next

    browser = member("coach")
    assert 'href="/packs/"' in browser.get("/").content.decode()
    listed = browser.get("/packs/").content.decode()
    assert "All Places" in listed and "not yet" in listed
    assert 'Make<span class="nhsuk-u-visually-hidden"> the pack of Halton</span>' in listed
    answer = browser.post("/packs/1/croydon/make", follow=True)
    assert answer.status_code == 200 and "/packs/1/croydon.pdf" not in answer.content.decode()
    assert "1 is still to be made" in answer.content.decode() and ">waiting</td>" in answer.content.decode()
    make_next()
    assert "/packs/1/croydon.pdf" in browser.get("/packs/").content.decode()
    shown = browser.get("/packs/1/croydon/")
    nonce = shown.headers["Content-Security-Policy"].split("'nonce-")[1].split("'")[0]
    assert f'<style nonce="{nonce}">' in shown.content.decode()


def test_files_are_handed_out_as_they_were_kept(edition: Any, member: Any) -> None:
    from doorstep.programme.scorecard.actions import make_pack

    browser = member("coach")
    kept = make_pack(edition=1, by=browser.person)
    pdf, html = browser.get("/packs/1/all.pdf"), browser.get("/packs/1/all.html")
    assert pdf.content == bytes(kept.pdf) and pdf.headers["Content-Type"] == "application/pdf"
    assert html.content.decode() == kept.html
    assert html.headers["Content-Disposition"] == 'attachment; filename="pack_all_edition-1.html"'


def test_who_may_not_see_figures_sees_no_pack(edition: Any, member: Any) -> None:
    for path in ("/packs/", "/packs/1/all/", "/packs/1/all.pdf", "/packs/1/all.html"):
        assert member("administrator").get(path).status_code == 403
    assert member("administrator").post("/packs/1/all/make").status_code == 403


def test_who_is_not_logged_in_is_asked_to(edition: Any) -> None:
    from django.test import Client

    assert Client().get("/packs/1/all.pdf").status_code == 302
    assert Client().post("/packs/1/all/make").status_code == 302


def test_packs_that_are_not_there_are_not_found(edition: Any, member: Any) -> None:
    browser = member("coach")
    for path in ("/packs/1/all.pdf", "/packs/2/all/", "/packs/1/sefton/", "/packs/1/..%2Fall/"):
        assert browser.get(path).status_code == 404


def test_a_pack_cannot_be_made_by_a_link(edition: Any, member: Any) -> None:
    assert member("coach").get("/packs/1/all/make").status_code == 405
