"""The issues and changes log: entries are added and closed, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.programme.places.models import Place
from doorstep.programme.submissions.models import LogEntry
from doorstep.returns.printed import LINE_IDS
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit


@transaction.atomic
def log(
    *,
    kind: str,
    words: str,
    month_from: date,
    month_to: date | None = None,
    place: str = "",
    lines: Sequence[str] = (),
    closes: LogEntry | None = None,
    by: User | None,
) -> LogEntry:
    """Write an entry; `place` is a slug, empty for the whole programme, `lines` are line ids, empty for all.

    With `closes` the entry stands in an earlier one's stead, which stays and is shown struck through. Raises UsageError
    where a month, a line or the words are not right, or the earlier one was closed before.
    """
    _check(kind, words, month_from, month_to, lines)
    if place and not Place.objects.filter(slug=place).exists():
        raise UsageError(f"there is no Place {place!r}", expected="the slug of a Place in the register")
    if closes is not None and LogEntry.objects.filter(closes=closes).exists():
        raise UsageError("this entry was closed before", expected="an entry that is open")
    made = LogEntry.objects.create(
        place_id=place or None,
        kind=kind,
        month_from=month_from,
        month_to=month_to,
        lines=list(lines),
        words=words.strip(),
        closes=closes,
        at=clock.now(),
        by=by,
    )
    action = "close" if closes else "write"
    audit.record(actor=by, action=action, thing="log entry", thing_id=str(made.pk), place=place, kind=kind)
    return made


def _check(kind: str, words: str, month_from: date, month_to: date | None, lines: Sequence[str]) -> None:
    if kind not in LogEntry.Kind.values:
        raise UsageError(f"there is no kind of entry {kind!r}", expected=", ".join(LogEntry.Kind.values))
    if not 10 <= len(words.strip()) <= 1000:
        raise UsageError(
            "the words are too short or too long", expected="10 to 1,000 characters: what, since when, why"
        )
    if month_from.day != 1 or (month_to is not None and month_to.day != 1):
        raise UsageError("a month is given by another day", expected="the first day of a month")
    if month_to is not None and month_to < month_from:
        raise UsageError("it ends before it begins", expected="a last month that is not before the first")
    unknown = [line for line in lines if line not in LINE_IDS]
    if unknown:
        raise UsageError(f"there is no line {', '.join(unknown)}", expected=", ".join(LINE_IDS))
