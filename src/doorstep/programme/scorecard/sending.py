"""Who sent what for a month, as the lines of an edition tell it: late, corrected, awaited, provisional."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.programme.figures.monthly import Sums
from doorstep.programme.figures.numbers import NOTHING, Figures
from doorstep.programme.scorecard import pooling, words
from doorstep.programme.scorecard.provisional import is_provisional
from doorstep.programme.submissions import timing
from doorstep.reference import places


@dataclass(frozen=True)
class Sending:
    """The Places that sent a month, in the order of their names, and what is to be said of how they came.

    `late` came after the second window, `corrected` replace an earlier version, `awaited` sent nothing so far.
    """

    month: date
    sent: tuple[str, ...]
    late: tuple[str, ...]
    corrected: tuple[str, ...]
    awaited: tuple[str, ...]


def listed_places() -> tuple[str, ...]:
    """Return every Place of the return's own list, by slug."""
    return tuple(place.slug for place in places.all_places())


def sending(figures: Figures, month: date, listed: Sequence[str]) -> Sending:
    """Return who sent a month, of the Places that are `listed` and any besides."""
    lines = figures.sent.get((pooling.PATIENTS, month), NOTHING)
    due = timing.dates(month).second_submission
    return Sending(
        month,
        words.by_name(lines),
        words.by_name(slug for slug, line in lines.items() if line.received_on > due),
        words.by_name(slug for slug, line in lines.items() if line.version > 1),
        words.by_name(slug for slug in listed if slug not in lines),
    )


def provisional_months(figures: Figures | Sums) -> tuple[date, ...]:
    """Return the months that may still be corrected: their final report had not come when the edition was made."""
    return tuple(month for month in figures.months if is_provisional(month, figures.edition.made_on))
