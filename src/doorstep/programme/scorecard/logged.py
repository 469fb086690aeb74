"""The log of issues and changes, read once for every line of an exhibit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard.noted import Noted


@dataclass(frozen=True)
class Entry:
    """One entry of the log that holds: of a Place (empty: of the whole programme), about lines (none: about all)."""

    place: str
    lines: tuple[str, ...]
    noted: Noted
    at: date

    def is_about(self, line: str) -> bool:
        """Say whether it touches a line."""
        return not self.lines or line in self.lines


@dataclass(frozen=True)
class Log:
    """The entries that held at a moment, oldest month first."""

    entries: tuple[Entry, ...] = ()

    def of(self, line: str) -> tuple[Noted, ...]:
        """Return what is noted of a line."""
        return tuple(entry.noted for entry in self.entries if entry.is_about(line))


def logged(place: str, of: Edition | None, *, of_every_place: bool = False) -> Log:
    """Return what the log held of the whole programme and of a Place as an edition was published, in one query.

    To the moment, not the day: what is built from an edition is kept, and must be the same whenever it is built. None
    asks for what the log holds now.

    A Place's own installation has no log: nothing there. `of_every_place` takes in the entries of all Places.
    """
    from django.conf import settings

    if settings.DOORSTEP_ROLE != "national":
        return Log()
    from django.db.models import Q

    from doorstep.programme.figures import models
    from doorstep.programme.submissions.models import LogEntry

    moment = models.Edition.objects.filter(pk=of.id).values("made_at") if of else None
    known = LogEntry.objects.filter(at__lte=moment) if moment is not None else LogEntry.objects.all()
    held = known.exclude(pk__in=known.filter(closes__isnull=False).values("closes"))
    if not of_every_place:
        held = held.filter(Q(place__isnull=True) | Q(place=place) if place else Q(place__isnull=True))
    names = ("place", "lines", "kind", "month_from", "month_to", "words", "at__date")
    return Log(
        tuple(
            Entry(whose or "", tuple(lines), Noted(kind, first, last, told), at)
            for whose, lines, kind, first, last, told, at in held.order_by("month_from", "pk").values_list(*names)
        )
    )
