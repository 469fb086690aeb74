"""What the log of issues and changes says of a line: a break in the series splits its chart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

BREAK = "break"


@dataclass(frozen=True)
class Noted:
    """One entry of the log that holds: what kind, from when to when (open where None), in the log's own words."""

    kind: str
    month_from: date
    month_to: date | None
    words: str

    @property
    def is_break(self) -> bool:
        """Whether months before and after it are not of one series."""
        return self.kind == BREAK


def noted(place: str, line: str, on: date) -> tuple[Noted, ...]:
    """Return what the log held on a day about a line of a Place (empty: of the whole programme), oldest month first.

    An entry that a later one ends or puts right is left out. A Place's own installation has no log: nothing there.
    """
    from django.conf import settings

    if settings.DOORSTEP_ROLE != "national":
        return ()
    from django.db.models import Q

    from doorstep.programme.submissions.models import LogEntry

    whose = Q(place__isnull=True) | Q(place=place) if place else Q(place__isnull=True)
    held = LogEntry.objects.filter(whose, at__date__lte=on).exclude(closed_by__at__date__lte=on)
    found = held.order_by("month_from", "pk").values_list("kind", "month_from", "month_to", "words", "lines")
    return tuple(
        Noted(kind, first, last, told) for kind, first, last, told, lines in found if not lines or line in lines
    )
