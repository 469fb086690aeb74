"""Sets in the database: only added, audited, and never overwritten by who saves second."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from neighbourhoods_kit import NORTH, SOUTH, halton, kept, save, sign

from doorstep.errors import NotWhatItClaimsError, UsageError

FIRST, SECOND = "E01012392", "E01012393"


def test_each_save_is_a_version_with_who_when_why_and_from_which(member: Any) -> None:
    from doorstep.geography.site.drawing import reading
    from doorstep.web.audit.models import Event

    person = member("coach").person
    kept(person)
    saved = save(1, "Names that people use", person, named={SOUTH: "Runcorn", NORTH: "Widnes"})
    found = reading.newest("halton")
    assert (found.number, found.made_from, found.why, found.by) == (2, 1, "Names that people use", person)
    assert saved.version.sha256 == found.sha256 and [v.number for v in reading.versions("halton")] == [2, 1]
    assert [n.name for n in reading.content(found).neighbourhoods] == ["Runcorn", "Widnes"]
    assert reading.content(reading.version("halton", 1)) == replace(halton(), version=1)
    events = [
        (e.action, e.thing_id, e.actor, e.detail["version"]) for e in Event.objects.filter(thing="neighbourhoods")
    ]
    assert events == [("created", "halton", person, 1), ("changed", "halton", person, 2)]


def test_the_second_of_two_who_save_at_once_is_told_what_changed_and_nothing_is_overwritten(db: None) -> None:
    from doorstep.geography.site.drawing import reading
    from doorstep.geography.site.drawing.actions import ChangedMeanwhileError

    kept()
    save(1, moved={FIRST: SOUTH})
    with pytest.raises(ChangedMeanwhileError) as caught:
        save(1, moved={SECOND: SOUTH})
    assert caught.value.newest.number == 2
    assert [move.code for move in caught.value.difference.moves] == [FIRST]
    assert reading.newest_number("halton") == 2
    after = reading.content(save(2, moved={SECOND: SOUTH}).version)
    assert {FIRST, SECOND} <= set(after.neighbourhoods[0].areas)


@pytest.mark.parametrize("asked", [{}, {"moved": {FIRST: NORTH}}, {"named": {SOUTH: ""}}])
def test_a_version_that_changes_nothing_is_not_kept(db: None, asked: dict[str, Any]) -> None:
    kept()
    with pytest.raises(UsageError, match="nothing is different"):
        save(1, **asked)


def test_a_version_needs_a_reason(db: None) -> None:
    kept()
    with pytest.raises(UsageError) as caught:
        save(1, " ", named={SOUTH: "Runcorn"})
    assert caught.value.where == "why"


@pytest.mark.parametrize("table", ["where_setversion", "where_areaset"])
@pytest.mark.parametrize("statement", ["delete from {}", "update {} set at = now()"])
def test_the_database_refuses_to_change_or_delete(db: None, table: str, statement: str) -> None:
    from django.db import DatabaseError, connection, transaction

    kept()
    with pytest.raises(DatabaseError, match="only added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))


def test_a_text_that_was_tampered_with_is_not_shown(db: None) -> None:
    from doorstep.geography.site.drawing import reading

    one = kept()
    one.content = one.content.replace("Halton's", "Another")
    with pytest.raises(NotWhatItClaimsError):
        reading.content(one)


def test_recognition_and_reasons_are_versions_too(member: Any) -> None:
    from doorstep.geography.site.drawing import actions, reading

    person = member("coach").person
    kept(person)
    actions.recognise(slug="halton", area=SOUTH, evidence=sign(), by=person)
    last = actions.give_reason(slug="halton", area=SOUTH, text="One town", by=person)
    made = reading.content(last)
    south, north = made.neighbourhoods
    assert (last.number, last.n_recognised, made.called(south)) == (3, 1, "neighbourhood")
    assert made.called(north) != "neighbourhood"
    assert [(r.text, r.by) for r in south.reasons] == [("One town", person.name)]
    with pytest.raises(UsageError):
        actions.recognise(slug="halton", area="n09", evidence=sign(), by=person)
    with pytest.raises(UsageError, match="future"):
        actions.recognise(slug="halton", area=SOUTH, evidence=replace(sign(), on=date(2999, 1, 1)), by=person)


def test_a_set_that_ended_is_not_changed_any_more(db: None) -> None:
    from doorstep.geography.site.drawing import actions, reading

    kept()
    ended = actions.retire(slug="halton", last_day=date(2026, 12, 31), why="Replaced", by=None)
    assert reading.content(ended).valid_to == ended.valid_to == date(2026, 12, 31)
    with pytest.raises(UsageError, match="ended"):
        save(2, named={SOUTH: "Runcorn"})


def test_sets_of_one_title_get_ids_of_their_own(db: None) -> None:
    from doorstep.geography.site.drawing import actions

    kept(set_id="halton-s-neighbourhoods")
    assert actions.free_slug("Halton_s -- neighbourhoods!") == "halton-s-neighbourhoods-2"
    assert actions.free_slug("New") == "new-2"  # /new is where one makes a set
    assert actions.free_slug("北京") == "set"
    with pytest.raises(UsageError, match="already"):
        kept(set_id="halton-s-neighbourhoods")


def test_a_long_history_is_read_in_order(db: None) -> None:
    from doorstep.geography.site.drawing import reading

    kept()
    for base, name in enumerate(("Runcorn", "Runcorn Town", "Runcorn"), start=1):
        save(base, named={SOUTH: name})
    assert [made.version for made in reading.history("halton", 3)] == [1, 2, 3]
