"""The audit trail: append-only, sealed, and a change is found."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.usefixtures("db")


def write(n: int) -> None:
    from doorstep.web.audit import actions

    for i in range(n):
        actions.record(actor=None, action="read", thing="figure", thing_id=str(i), place="sefton")


def test_sealing_covers_every_event_once_and_verifies() -> None:
    from doorstep.web.audit import actions

    write(3)
    assert actions.seal() == 3
    assert actions.seal() == 0
    write(2)
    found = actions.verify()
    assert (found.n_seals, found.n_sealed, found.n_unsealed, found.faults) == (1, 3, 2, ())


@pytest.mark.parametrize(
    "statement", ["update audit_event set place = 'x'", "delete from audit_event", "truncate audit_seal"]
)
def test_the_database_refuses_to_change_the_trail(statement: str) -> None:
    from django.db import ProgrammingError, connection, transaction

    write(1)
    with pytest.raises(ProgrammingError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("forgery", "words"),
    [
        ("update audit_event set place = 'elsewhere' where thing_id = '1'", "an event was changed"),
        ("delete from audit_event where thing_id = '1'", "2 are there"),
        ("delete from audit_seal where id = (select min(id) from audit_seal)", "does not follow"),
    ],
)
def test_a_forgery_past_the_triggers_is_found(forgery: str, words: str) -> None:
    from django.db import connection

    from doorstep.web.audit import actions

    write(3)
    actions.seal()
    write(2)
    actions.seal()
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(forgery)
        cursor.execute("set local session_replication_role = origin")
    assert any(words in fault for fault in actions.verify().faults)


def test_a_trail_without_its_end_is_whole_but_not_the_one_that_was_noted() -> None:
    from django.db import connection

    from doorstep.web.audit import actions

    write(3)
    actions.seal()
    write(2)
    actions.seal()
    noted = actions.newest_seal()
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("delete from audit_event where id > (select min(last) from audit_seal)")
        cursor.execute("delete from audit_seal where last = (select max(last) from audit_seal)")
        cursor.execute("set local session_replication_role = origin")
    assert actions.verify().faults == ()
    assert "not there any more" in actions.verify(holds=noted).faults[0]
