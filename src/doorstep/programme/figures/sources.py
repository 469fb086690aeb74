"""What the Centre has accepted: the newest signed-off version of each Place's month, and its lines when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

Key = tuple[str, date]  # a Place's slug and a month
Lines = Mapping[str, list[int | str]]


@dataclass(frozen=True)
class Accepted:
    """Which version of a Place's month was accepted."""

    submission: UUID
    place: str
    month: date
    version: int
    received_on: date

    @property
    def key(self) -> Key:
        """The Place and the month."""
        return self.place, self.month


def accepted(through: date | None = None) -> tuple[Accepted, ...]:
    """Return the newest signed-off version of each Place's month up to `through`, by Place and month."""
    from doorstep.programme.submissions.models import Decision, Submission

    newest = Decision.objects.filter(submission=OuterRef("pk")).order_by("-pk").values("verdict")[:1]
    asked: dict[str, Any] = {"month__lte": through} if through else {}
    rows = (
        Submission.objects.annotate(verdict=Subquery(newest))
        .filter(verdict=Decision.Verdict.SIGNED_OFF, lines__isnull=False, **asked)
        .order_by("place", "month", "version")
        .values_list("pk", "place_id", "month", "version", "received_on")
    )
    return tuple({row[1:3]: Accepted(*row) for row in rows}.values())


def lines_of(wanted: Iterable[Accepted]) -> dict[Key, Lines]:
    """Return the lines as sent of some accepted versions. For protecting only: no page shows these."""
    from doorstep.programme.submissions.models import Submission

    ids: Collection[UUID] = [one.submission for one in wanted]
    rows = Submission.objects.filter(pk__in=ids).values_list("place_id", "month", "lines")
    return {(place, month): lines for place, month, lines in rows}
