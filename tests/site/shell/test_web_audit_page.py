"""The page of the audit trail: who may read it, what is found, that reading is an event, how the trail stands."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.usefixtures("db")
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.fixture
def reader(member: Any) -> Any:
    return member("centre_analyst")


def write(n: int, *, actor: Any = None, at: datetime = NOON, **other: Any) -> None:
    from doorstep.web.audit.models import Event

    told = {"action": "read", "thing": "figure", "thing_id": "7", "place": "sefton", **other}
    Event.objects.bulk_create(Event(at=at + timedelta(seconds=i), actor=actor, **told) for i in range(n))


def shown(answer: Any) -> list[list[str]]:
    """Return the words in the cells of the page's table."""
    rows = re.findall(r'<tr class="nhsuk-table__row">(.*?)</tr>', answer.content.decode().partition("<tbody")[2], re.S)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def test_those_who_may_read_it_find_it_in_the_navigation_and_nobody_else_may(member: Any) -> None:
    for role in ("administrator", "centre_analyst"):
        browser = member(role)
        assert 'href="/audit"' in browser.get("/").content.decode()
        assert browser.get("/audit").status_code == browser.get("/audit.csv").status_code == 200
    for role in ("centre_lead", "coach", "evaluator"):
        browser = member(role)
        assert 'href="/audit"' not in browser.get("/").content.decode()
        assert browser.get("/audit").status_code == browser.get("/audit.csv").status_code == 403


def test_events_are_shown_newest_first_a_page_at_a_time_each_once(reader: Any) -> None:
    from doorstep.web.audit.models import Event

    write(119)
    write(6, at=NOON + timedelta(seconds=60), thing="pack")  # the same moments: the number decides
    for event in Event.objects.filter(place="sefton"):
        Event.objects.bulk_create([Event(at=event.at, action="numbered", thing=event.thing, thing_id=str(event.pk))])
    ids: list[int] = []
    address = "/audit?action=numbered"
    while address:
        answer = reader.get(address)
        ids += [int(row[3].split()[1]) for row in shown(answer)]
        before, link, _ = answer.content.decode().partition('">Older</a>')
        address = "/audit" + html.unescape(before.rpartition('href="')[2]) if link else ""
    wanted = Event.objects.filter(action="numbered").order_by("-at", "-pk").values_list("thing_id", flat=True)
    assert ids == list(map(int, wanted)) and len(ids) == 125


def test_filters_narrow_and_hold_together(reader: Any, member: Any) -> None:
    person = member("coach").person
    write(2, actor=person)
    write(3, action="publish")
    write(1, actor=person, action="publish", place="dorset", at=NOON - timedelta(days=2))

    def count(query: str) -> int:
        return len(shown(reader.get(f"/audit?until=2026-09-30&{query}")))

    assert count(f"person={person.email}") == 3
    assert count("action=publish") == 4
    assert count(f"action=publish&person={person.email}") == count("place=dorset") == count("until=2026-08-31") == 1
    assert count("since=2026-08-31&object=figure&id=7") == 5
    assert "Nothing like this" in reader.get("/audit?object=nothing").content.decode()


def test_a_wrong_day_is_said_and_shows_nothing(reader: Any) -> None:
    answer = reader.get("/audit?since=yesterday")
    assert answer.status_code == 422 and "Enter the first day as 2026-07-31" in answer.content.decode()
    assert "<tbody" not in answer.content.decode()
    assert "must not be before" in reader.get("/audit?since=2026-09-02&until=2026-09-01").content.decode()
    assert reader.get("/audit.csv?since=yesterday").status_code == 422


def test_reading_it_is_an_event_that_says_what_was_looked_for_and_not_whom(reader: Any) -> None:
    from doorstep.web.audit.models import Event

    reader.get("/audit?action=publish&person=Smith&since=2026-09-01&id=a+sentence+of+words")
    reader.get("/audit.csv?place=sefton")
    read, taken = Event.objects.filter(thing="audit").order_by("pk")
    assert (read.actor, read.action, read.roles) == (reader.person, "read", "centre_analyst")
    assert read.detail == {"n_events": 0, "n_people": 0, "of_action": "publish", "since": "2026-09-01"}
    assert (taken.action, taken.detail) == ("download", {"n_events": 0, "of_place": "sefton"})


def test_a_sentence_in_an_event_is_shown_nowhere(reader: Any) -> None:
    write(1, detail={"why": "Mrs Jones has cancer", "n_bytes": 12, "sha256": "ab12", "is_new": True})
    for address in ("/audit?place=sefton", "/audit.csv?place=sefton"):
        body = reader.get(address).content.decode()
        assert "cancer" not in body and "a text, not shown" in body
        assert "n bytes: 12" in body and "sha256: ab12" in body


def test_a_file_has_the_same_events_and_no_cell_that_a_spreadsheet_runs(reader: Any, member: Any) -> None:
    person = member("coach").person
    person.name = "=cmd|' /C calc'!A0"
    person.save()
    write(2, actor=person, thing_id="-2+3")
    rows = list(csv.DictReader(io.StringIO(reader.get("/audit.csv?place=sefton").content.decode())))
    assert [(row["person"], row["id"], row["at"]) for row in rows] == [
        ("'=cmd|' /C calc'!A0", "'-2+3", "2026-09-01T12:00:01+00:00"),
        ("'=cmd|' /C calc'!A0", "'-2+3", "2026-09-01T12:00:00+00:00"),
    ]


def test_the_page_says_up_to_where_the_trail_was_whole_and_when_that_was_looked_at(reader: Any) -> None:
    from doorstep.web.audit import actions
    from doorstep.web.audit.models import Seal

    assert "have not been checked yet" in reader.get("/audit").content.decode()
    write(3)
    actions.seal()
    actions.check()
    body = " ".join(reader.get("/audit").content.decode().split())
    last = Seal.objects.get().last
    assert f"Whole up to event {last:,}, the last under its newest seal, when all 1 seals" in body
    assert "0 events since have none" in body or "1 event since has none" in body


def test_the_page_says_that_the_trail_is_broken_and_where(reader: Any) -> None:
    from django.db import connection

    from doorstep.web.audit import actions

    write(3)
    actions.seal()
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update audit_event set place = 'elsewhere' where place = 'sefton'")
        cursor.execute("set local session_replication_role = origin")
    actions.check()
    body = reader.get("/audit").content.decode()
    assert "The trail is broken." in body and "an event was changed after it was sealed" in body


def test_a_check_that_was_kept_cannot_be_changed(reader: Any) -> None:
    from django.db import ProgrammingError, transaction

    from doorstep.web.audit import actions
    from doorstep.web.audit.models import Check

    actions.check()
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic():
        Check.objects.update(faults=[])


def test_a_page_asks_a_fixed_number_of_questions_each_with_a_limit(reader: Any) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for n in (10, 70):
        write(n)
        with CaptureQueriesContext(connection) as asked:
            reader.get("/audit")
        counts.append(len(asked))
        told = [query["sql"] for query in asked.captured_queries]
        [events] = [sql for sql in told if "JOIN" in sql and 'FROM "audit_event"' in sql]
        assert "LIMIT 51" in events
    assert counts[0] == counts[1] <= 15  # among them three of a limit in time and its end


def test_a_question_that_takes_too_long_is_given_up_in_words(reader: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from doorstep.web.audit import reading

    class Slow:
        def __getattr__(self, name: str) -> Any:
            return lambda *_: self

        def __getitem__(self, of: Any) -> Any:
            return self

        def __iter__(self) -> Any:
            raise OperationalError("canceling statement due to statement timeout")

    monkeypatch.setattr(reading, "_asked_for", lambda asked: Slow())
    answer = reader.get("/audit")
    assert answer.status_code == 200 and "Narrow the days, or ask for less" in answer.content.decode()
