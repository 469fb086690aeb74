"""Writing an edition's lines: a line that changes ends, and the next begins; nothing is overwritten."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import connection
from psycopg import sql

from doorstep.errors import UsageError
from doorstep.programme.figures.models import SafeLine
from doorstep.programme.figures.protecting import Protected
from doorstep.programme.figures.sources import Key
from doorstep.web import locks
from doorstep.web.locks import Lock

_COLUMNS = (
    "since",
    "place",
    "month",
    "line",
    "values",
    "lows",
    "highs",
    "version",
    "received_on",
    "n_sent_hidden",
    "n_shown_before",
    "withheld",
)


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
    locks.take(Lock.EDITION)


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
    """Write lines that edition `number` and later ones show.

    Copied, not inserted: an edition of many months has a million numbers, and the models look at each of them.
    """
    with connection.cursor() as cursor, cursor.copy(_copy()) as rows:
        for month in months:
            for line in month.lines:
                rows.write_row(_row(month, line, number))


def _copy() -> sql.Composed:
    table = SafeLine._meta.db_table
    return sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(name) for name in _COLUMNS)
    )


def _row(month: MonthOfPlace, line: Protected, number: int) -> tuple[object, ...]:
    """Return one line's columns, in the order of `_COLUMNS`."""
    return (
        number,
        month.place,
        month.month,
        line.line,
        _array(line.values),
        _array(line.lows),
        _array(line.highs),
        month.version,
        month.received_on,
        line.n_sent_hidden,
        line.n_shown_before,
        line.withheld,
    )


def _array(numbers: Iterable[int | None]) -> str:
    return "{" + ",".join("NULL" if n is None else str(n) for n in numbers) + "}"
