"""Reading an edition's lines from the database: the only way pages get numbers."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone

from doorstep.errors import UsageError
from doorstep.programme.figures import models
from doorstep.programme.figures.numbers import Edition, Figures, Line


def edition(number: int | None = None) -> Edition:
    """Return an edition, the newest where none is named; UsageError where there is none."""
    found = models.Edition.objects.filter(**({"number": number} if number else {})).first()
    if found is None:
        raise UsageError(
            f"there is no edition {number}" if number else "no edition was published yet",
            do="publish one from the page of a month's collection",
        )
    return Edition(found.number, timezone.localdate(found.made_at), found.through, found.rules)


def figures(
    of: Edition,
    *,
    lines: Collection[str] = (),
    places: Collection[str] = (),
    months: tuple[date, date] | None = None,
) -> Figures:
    """Return the lines of an edition in one query; an empty choice means all. `months` are the first and the last."""
    asked: dict[str, Any] = {}
    if lines:
        asked["line__in"] = list(lines)
    if places:
        asked["place__in"] = list(places)
    if months:
        asked["month__range"] = months
    rows = models.SafeLine.objects.filter(
        Q(until__isnull=True) | Q(until__gt=of.number), since__lte=of.number, **asked
    ).order_by("line", "place", "month")
    names = ("place", "month", "line", "values", "lows", "highs", "version", "received_on")
    return Figures(
        of,
        tuple(
            Line(place, month, line, tuple(values), tuple(lows), tuple(highs), version, received)
            for place, month, line, values, lows, highs, version, received in rows.values_list(*names)
        ),
    )
