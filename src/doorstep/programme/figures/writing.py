"""Writing an edition's lines: a line that changes ends, and the next begins; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection

from doorstep.errors import UsageError
from doorstep.programme.figures.models import SafeLine
from doorstep.programme.figures.protecting import Protected
from doorstep.programme.figures.sources import Key

_LOCK = 7_305_043  # one edition is made at a time, whichever process makes it
_BATCH = 1_000


@dataclass(frozen=True)
class MonthOfPlace:
    """The lines of one Place and month as an edition has them."""

    place: str
    month: date
    version: int
    received_on: date
    lines: tuple[Protected, ...]


def only_on(role: str, seen: str, *, do: str) -> None:
    """Raise UsageError where the installation has another role."""
    if role != settings.DOORSTEP_ROLE:
        raise UsageError(seen, expected=f"an installation with DOORSTEP_ROLE={role}", do=do)


def take_turn() -> None:
    """Wait until nobody else makes an edition; the turn ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_LOCK])


def end(keys: Iterable[Key], number: int) -> None:
    """End the lines of some Places' months: edition `number` and later ones do not show them."""
    months: dict[date, list[str]] = {}
    for place, month in keys:
        months.setdefault(month, []).append(place)
    for month, places in months.items():
        SafeLine.objects.filter(until__isnull=True, month=month, place__in=places).update(until=number)


def end_all(number: int) -> None:
    """End every line: edition `number` shows none of them."""
    SafeLine.objects.filter(until__isnull=True).update(until=number)


def write(months: Iterable[MonthOfPlace], number: int) -> None:
    """Write lines that edition `number` and later ones show."""
    rows = [_row(month, line, number) for month in months for line in month.lines]
    SafeLine.objects.bulk_create(rows, batch_size=_BATCH)


def _row(month: MonthOfPlace, line: Protected, number: int) -> SafeLine:
    return SafeLine(
        since=number,
        place=month.place,
        month=month.month,
        line=line.line,
        values=list(line.values),
        lows=list(line.lows),
        highs=list(line.highs),
        version=month.version,
        received_on=month.received_on,
        n_sent_hidden=line.n_sent_hidden,
        n_shown_before=line.n_shown_before,
        withheld=line.withheld,
    )
