"""Reading the audit trail: newest first, a page at a time by key, each question on an index and limited in time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from doorstep.errors import DataError
from doorstep.web.accounts.models import User
from doorstep.web.audit.models import Check, Event, Seal

PAGE: Final = 50
MOST_IN_FILE: Final = 10_000
MOST_PEOPLE: Final = 50
PATIENCE: Final = "5s"  # of one question: rare things of a long time are asked for with days closer together
# What a detail may hold to be shown: a word, a number, a month, a hash. Anything else could be somebody's sentence.
_PLAIN = re.compile(r"[\w.:/+-]{1,64}")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_KEY = re.compile(r"(\d{1,16})\.(\d{1,18})")


@dataclass(frozen=True)
class Asked:
    """What is looked for; an empty text or None is anything. `person` is part of a name or of an address."""

    person: str = ""
    action: str = ""
    thing: str = ""
    thing_id: str = ""
    place: str = ""
    since: datetime | None = None
    until: datetime | None = None  # before this moment

    @property
    def told(self) -> dict[str, str]:
        """What was looked for, for the trail's own line of it: never whom, which only a number of accounts says."""
        plain = {"of_action": self.action, "of_object": self.thing, "of_id": self.thing_id, "of_place": self.place}
        days = {"since": self.since, "until": self.until}
        found = {name: text for name, text in plain.items() if _PLAIN.fullmatch(text)}
        return found | {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day}


@dataclass(frozen=True)
class Page:
    """Some events, newest first, and the key of those after them; empty at the end."""

    events: tuple[Event, ...]
    key: str


def page(asked: Asked, key: str = "", size: int = PAGE) -> Page:
    """Return the events after a key that another page ended with; DataError where finding them takes too long."""
    found = _after(_asked_for(asked), key).select_related("actor").order_by("-at", "-pk")[: size + 1]
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [PATIENCE])
            events = list(found)
    except OperationalError as error:
        raise DataError(
            "finding these takes too long", expected="days closer together", do="narrow the days, or ask for less"
        ) from error
    return Page(tuple(events[:size]), _key(events[size - 1]) if len(events) > size else "")


def _asked_for(asked: Asked) -> QuerySet[Event]:
    exact = {"action": asked.action, "thing": asked.thing, "thing_id": asked.thing_id, "place": asked.place}
    ends = {"at__gte": asked.since, "at__lt": asked.until}
    wanted: dict[str, Any] = {name: text for name, text in (*exact.items(), *ends.items()) if text}
    if asked.person:
        wanted["actor__in"] = people(asked.person)
    return Event.objects.filter(**wanted)


def people(text: str) -> list[Any]:
    """Return the accounts whose name or address has a text in it."""
    found = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text)).order_by("pk")
    return list(found.values_list("pk", flat=True)[:MOST_PEOPLE])


def _key(event: Event) -> str:
    return f"{(event.at - _EPOCH) // timedelta(microseconds=1)}.{event.pk}"


def _after(events: QuerySet[Event], key: str) -> QuerySet[Event]:
    found = _KEY.fullmatch(key)
    if found is None:
        return events
    at = _EPOCH + timedelta(microseconds=int(found[1]))
    return events.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(found[2])), at__lte=at)


def details(event: Event) -> Iterator[str]:
    """Yield an event's details in words; a sentence is not shown, whoever wrote it."""
    for name, value in event.detail.items():
        is_plain = isinstance(value, bool | int) or (isinstance(value, str) and _PLAIN.fullmatch(value))
        yield f"{name.replace('_', ' ')}: {value if is_plain else 'a text, not shown'}"


@dataclass(frozen=True)
class State:
    """How the trail stands: the newest check of its seals, the newest seal, and how many events none covers yet."""

    checked: Check | None
    sealed: Seal | None
    n_unsealed: int
    is_many: bool  # more than are counted


def state() -> State:
    """Return how the trail stands, without computing a seal again: that reads every event."""
    sealed = Seal.objects.order_by("-last").first()
    after = Event.objects.filter(pk__gt=sealed.last if sealed else 0)
    n = len(after.order_by("pk").values_list("pk", flat=True)[: MOST_IN_FILE + 1])
    return State(Check.objects.order_by("-pk").first(), sealed, min(n, MOST_IN_FILE), n > MOST_IN_FILE)
