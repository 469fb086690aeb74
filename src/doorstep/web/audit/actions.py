"""Writing to the audit trail, sealing it, and verifying the seals."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from doorstep.errors import DataError
from doorstep.web import locks
from doorstep.web.audit.models import Check, Event, Seal
from doorstep.web.locks import Lock
from doorstep.web.logs import request_id

BATCH = 1000  # the most events under one seal
_TRIES, _PAUSE = 100, 0.1
MOST_FAULTS = 20  # of a check, kept in words


def record(
    *,
    actor: Any,
    action: str,
    thing: str,
    thing_id: str = "",
    place: str = "",
    outcome: str = "allowed",
    roles: Iterable[str] = (),
    **detail: str | int | bool,
) -> Event:
    """Write one event. Call it in the transaction of the change it is about; `detail` holds no data of a person."""
    return Event.objects.create(
        at=timezone.now(),
        actor=actor,
        roles=",".join(roles),
        action=action,
        thing=thing,
        thing_id=thing_id,
        place=place,
        outcome=outcome,
        request=request_id.get(),
        detail=detail,
    )


def seal() -> int:
    """Seal all events without a seal, in batches; return how many events were sealed.

    Raises DataError where for ten seconds there was no moment without somebody in the middle of writing.
    """
    up_to = _settled()
    with transaction.atomic():
        locks.take(Lock.SEALING)
        newest = Seal.objects.order_by("-last").first()
        after, previous, n = (newest.last, newest.hash, 0) if newest else (0, "", 0)
        while events := list(Event.objects.filter(pk__gt=after, pk__lte=up_to).order_by("pk")[:BATCH]):
            made = _sealed(events, previous)
            after, previous, n = made.last, made.hash, n + len(events)
    return n


def newest_seal() -> str:
    """Return the hash of the newest seal; empty where there is none."""
    found = Seal.objects.order_by("-last").first()
    return found.hash if found else ""


def _sealed(events: list[Event], previous: str) -> Seal:
    return Seal.objects.create(
        at=timezone.now(),
        first=events[0].pk,
        last=events[-1].pk,
        n_events=len(events),
        previous=previous,
        hash=hash_of(previous, events),
    )


def _settled() -> int:
    """Return the newest event's number at a moment when nobody was in the middle of writing one.

    An event has its number before it is committed. Without this a transaction that commits late would put an event
    under a seal that was made without it. Writers hold the lock shared (migration 0003); it is only tried for here,
    never waited for, as those who come after would wait behind.
    """
    for _ in range(_TRIES):
        with connection.cursor() as cursor:
            cursor.execute("select pg_try_advisory_lock(%s)", [Lock.WRITING_EVENTS])
            if _first(cursor):
                try:
                    cursor.execute("select coalesce(max(id), 0) from audit_event")
                    return int(_first(cursor))
                finally:
                    cursor.execute("select pg_advisory_unlock(%s)", [Lock.WRITING_EVENTS])
        time.sleep(_PAUSE)
    raise DataError("somebody is writing all the time: nothing was sealed", do="try again when the site is quieter")


def _first(cursor: Any) -> Any:
    found = cursor.fetchone()
    return found[0] if found else None


@dataclass(frozen=True)
class Verdict:
    """What verifying found: how many seals and events were right, and what is wrong, in words."""

    n_seals: int
    n_sealed: int
    n_unsealed: int
    faults: tuple[str, ...]


def verify(*, holds: str = "") -> Verdict:
    """Compute every seal again from its events and compare.

    `holds` is the hash of a seal that was noted elsewhere: without one, nobody can tell a trail whose newest seals were
    all taken away.
    """
    faults, previous, sealed, n, last = [], "", 0, 0, 0
    if holds and not Seal.objects.filter(hash=holds).exists():
        faults.append(f"the seal {holds} is not there any more: the end of the trail was taken away or made anew")
    for found in Seal.objects.order_by("last").iterator():
        events = list(Event.objects.filter(pk__gt=last, pk__lte=found.last).order_by("pk"))
        faults += list(_faults(found, events, previous))
        previous, sealed, n, last = found.hash, sealed + len(events), n + 1, found.last
    return Verdict(n, sealed, Event.objects.filter(pk__gt=last).count(), tuple(faults))


def check(*, holds: str = "") -> Verdict:
    """Verify, and keep what came of it with the moment, for the page of the audit trail."""
    found, newest = verify(holds=holds), Seal.objects.order_by("-last").first()
    Check.objects.create(
        at=timezone.now(),
        n_seals=found.n_seals,
        n_sealed=found.n_sealed,
        last=newest.last if newest else 0,
        hash=newest.hash if newest else "",
        faults=list(found.faults[:MOST_FAULTS]),
    )
    return found


def _faults(found: Seal, events: list[Event], previous: str) -> Iterator[str]:
    where = f"seal {found.pk} (events {found.first} to {found.last})"
    if found.previous != previous:
        yield f"{where} does not follow the seal before it: a seal was taken out or changed"
    if len(events) != found.n_events:
        yield f"{where} was made over {found.n_events} events; {len(events)} are there"
    elif hash_of(found.previous, events) != found.hash:
        yield f"{where}: an event was changed after it was sealed"


def hash_of(previous: str, events: Iterable[Event]) -> str:
    """Return the SHA-256 over the seal before and the events, each as one line of JSON with sorted keys."""
    digest = hashlib.sha256(previous.encode())
    for event in events:
        digest.update(b"\n" + _line(event).encode())
    return digest.hexdigest()


def _line(event: Event) -> str:
    plain = {
        "id": event.pk,
        "at": event.at.timestamp(),
        "actor": str(event.actor_id or ""),
        "roles": event.roles,
        "action": event.action,
        "thing": event.thing,
        "thing_id": event.thing_id,
        "place": event.place,
        "outcome": event.outcome,
        "request": event.request,
        "detail": event.detail,
    }
    return json.dumps(plain, sort_keys=True, ensure_ascii=True)
