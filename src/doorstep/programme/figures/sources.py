"""What the Centre has accepted: of each Place's month the signed-off version that counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

Key = tuple[str, date]  # a Place's slug and a month
Lines = Mapping[str, list[int | str]]


@dataclass(frozen=True)
class Accepted:
    """Which version of a Place's month was accepted, and its lines as sent: for protecting only, no page shows them."""

    place: str
    month: date
    version: int
    received_on: date
    lines: Lines = field(compare=False, repr=False)

    @property
    def key(self) -> Key:
        """The Place and the month."""
        return self.place, self.month


def accepted(through: date | None = None) -> tuple[Accepted, ...]:
    """Return the version that counts of each Place's month up to `through`, by Place and month."""
    from doorstep.programme.submissions import actions as submissions

    wanted = (one for one in submissions.accepted() if through is None or one.month <= through)
    rows = (_of(one.place_id, one.month, one.version, one.received_on, one.lines) for one in wanted)
    return tuple(sorted((row for row in rows if row), key=lambda row: row.key))


def n_logged_since(moment: datetime) -> int:
    """Return how many entries the log has got since a moment; one that closes another is an entry too."""
    from doorstep.programme.submissions.models import LogEntry

    return LogEntry.objects.filter(at__gt=moment).count()


def _of(place: str, month: date, version: int, received_on: date, lines: Lines | None) -> Accepted | None:
    """A return too broken to hold numbers cannot be accepted; should one be, there is nothing to show."""
    return Accepted(place, month, version, received_on, lines) if lines else None
