"""Reading an edition's lines from the database: the only way pages get numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from doorstep.errors import UsageError
from doorstep.programme.figures import models, remembering
from doorstep.programme.figures.numbers import TOTAL, Edition, Figures, Line


def edition(number: int | None = None) -> Edition:
    """Return an edition, the newest where none is named; UsageError where there is none."""
    found = models.Edition.objects.filter(**({"number": number} if number else {})).first()
    if found is None:
        raise UsageError(
            f"there is no edition {number}" if number else "no edition was published yet",
            do="publish one from the page of a month's collection",
        )
    return _edition(found)


def editions() -> tuple[Edition, ...]:
    """Return every edition, the newest first."""
    return tuple(_edition(found) for found in models.Edition.objects.all())


def _edition(found: models.Edition) -> Edition:
    return Edition(found.number, timezone.localdate(found.made_at), found.through, found.rules, found.pk)


def figures(
    of: Edition,
    *,
    lines: Collection[str] = (),
    places: Collection[str] = (),
    months: tuple[date, date] | None = None,
    only_totals: bool = False,
) -> Figures:
    """Return the lines of an edition in one query; an empty choice means all. `months` are the first and the last.

    With `only_totals` each line has the number of its first column alone: of all Places and months that is read in a
    fifth of the time.

    An edition never changes, so an answer is kept in the process's memory (`FIGURES_CACHE = False` in the settings
    turns that off) and may be given to others: it cannot be changed.
    """
    question = (of, frozenset(lines), frozenset(places), months, only_totals)
    return remembering.remembered(question, lambda: _read(*question))


def _read(
    of: Edition,
    lines: frozenset[str],
    places: frozenset[str],
    months: tuple[date, date] | None,
    only_totals: bool,
) -> Figures:
    asked: dict[str, Any] = {}
    if lines:
        asked["line__in"] = sorted(lines)
    if places:
        asked["place__in"] = sorted(places)
    if months:
        asked["month__range"] = months
    rows = models.SafeLine.objects.filter(
        Q(until__isnull=True) | Q(until__gt=of.number), since__lte=of.number, **asked
    ).order_by("line", "place", "month")
    return Figures(of, tuple(_totals(rows) if only_totals else _whole(rows)))


def _whole(rows: QuerySet[models.SafeLine]) -> Iterator[Line]:
    names = ("place", "month", "line", "values", "lows", "highs", "version", "received_on")
    for place, month, line, values, lows, highs, version, received in _plain(rows.values_list(*names)):
        yield Line(place, month, line, tuple(values), tuple(lows), tuple(highs), version, received)


def _totals(rows: QuerySet[models.SafeLine]) -> Iterator[Line]:
    names = ("place", "month", "line", *(f"{array}__{TOTAL}" for array in ("values", "lows", "highs")))
    found = _plain(rows.values_list(*names, "version", "received_on"))
    for place, month, line, value, low, high, version, received in found:
        yield Line(place, month, line, (value,), (low,), (high,), version, received)


def _plain(rows: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return rows as the database's driver has them: looking at each cell again takes twice as long as reading it."""
    query, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def everything_open(through: int) -> Iterator[Figures]:
    """Yield all that anyone can open once edition `through` is out: it and every edition before it, in order."""
    for number in (
        models.Edition.objects.filter(number__lte=through).order_by("number").values_list("number", flat=True)
    ):
        yield figures(edition(number))
