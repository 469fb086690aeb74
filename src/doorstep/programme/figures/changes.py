"""What changed between two editions, and why: a month is new, came in another version, or is no longer accepted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.db.models import Q, QuerySet

from doorstep.programme.figures.models import SafeLine
from doorstep.programme.figures.numbers import Edition

Kind = Literal["new", "corrected", "withdrawn"]
WORDS: dict[Kind, str] = {
    "new": "first shown",
    "corrected": "another version was accepted",
    "withdrawn": "no version is accepted any more",
}


@dataclass(frozen=True)
class Change:
    """One Place's month that two editions show differently: which versions, and on how many lines numbers differ."""

    place: str
    month: date
    kind: Kind
    version_before: int | None
    version_after: int | None
    n_lines: int


def changes_between(before: Edition, after: Edition) -> tuple[Change, ...]:
    """Return what an edition shows differently from another, by month (newest first) and Place."""
    old, new = _lines(before, without=after), _lines(after, without=before)
    keys = sorted(old.keys() | new.keys(), key=lambda key: (-key[1].toordinal(), key[0]))
    return tuple(_change(key, old.get(key, {}), new.get(key, {})) for key in keys)


_Lines = dict[tuple[str, date], dict[str, tuple[int, list[int | None]]]]


def _lines(of: Edition, *, without: Edition) -> _Lines:
    """Return the version and numbers of each line that one edition shows and the other does not."""
    found: _Lines = {}
    # What a later edition alone shows began after the other; what an earlier one alone shows has ended by then.
    is_later = of.number > without.number
    rows = in_edition(of.number).filter(
        **({"since__gt": without.number} if is_later else {"until__lte": without.number})
    )
    for place, month, line, version, values in rows.values_list("place", "month", "line", "version", "values"):
        found.setdefault((place, month), {})[line] = (version, values)
    return found


def in_edition(number: int) -> QuerySet[SafeLine]:
    """Return the lines that an edition shows."""
    return SafeLine.objects.filter(Q(until__isnull=True) | Q(until__gt=number), since__lte=number)


def _change(
    key: tuple[str, date], old: dict[str, tuple[int, list[int | None]]], new: dict[str, tuple[int, list[int | None]]]
) -> Change:
    kind: Kind = "corrected" if old and new else "new" if new else "withdrawn"
    differing = sum(old.get(line, (0, None))[1] != new.get(line, (0, None))[1] for line in old.keys() | new.keys())
    return Change(*key, kind, _version(old), _version(new), differing)


def _version(lines: dict[str, tuple[int, list[int | None]]]) -> int | None:
    return max((version for version, _ in lines.values()), default=None)
