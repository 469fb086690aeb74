"""The coverage of the collection: one state for each Place and month, from a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.programme.places import reading as register
from doorstep.programme.places.models import Place
from doorstep.programme.submissions import reading, timing
from doorstep.programme.submissions.states import Standing, State, state_of
from doorstep.reference.policy import written


@dataclass(frozen=True)
class Cell:
    """One Place's month."""

    month: date
    state: State
    standing: Standing | None


@dataclass(frozen=True)
class Row:
    """One Place's months."""

    place: Place
    cells: tuple[Cell, ...]


def grid(months: Sequence[date], today: date, *, place: str = "") -> tuple[Row, ...]:
    """Return a row for each Place (or for one), in the return's own order."""
    standings = reading.standings(months=months, place=place)
    joined = register.expected_from()
    shown = Place.objects.filter(**({"slug": place} if place else {}))
    return tuple(Row(one, tuple(_cell(one.slug, m, standings, joined, today) for m in months)) for one in shown)


def _cell(
    slug: str,
    month: date,
    standings: Mapping[tuple[str, date], Standing],
    joined: Mapping[str, tuple[date, date | None]],
    today: date,
) -> Cell:
    found = standings.get((slug, month))
    start, end = joined.get(slug, (date.min, None))
    is_expected = start <= timing.dates(month).period_end and (end is None or end >= month)
    return Cell(month, state_of(found, month, today, is_expected=is_expected), found)


def left_to_do(counts: Mapping[State, int], month: date, today: date) -> str:
    """Return what is left to do for a month, in one sentence."""
    due = timing.dates(month)
    if today <= due.period_end:
        return f"Nothing is due yet: {month:%B %Y} ends on {written(due.period_end)}."
    words = (
        (State.WAITING_CHECK, "to check"),
        (State.WAITING_SIGN_OFF, "to sign off"),
        (State.NEEDS_CORRECTING, "for their Places to correct"),
        (State.SENT_BACK, "for their Places to send again"),
        (State.LATE, "late"),
        (State.AWAITED, "awaited"),
    )
    parts = [f"{counts[state]} {text}" for state, text in words if counts.get(state)]
    if not parts:
        return f"Nothing is left to do: all {counts.get(State.SIGNED_OFF, 0)} returns are signed off."
    joined = f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) > 1 else parts[0]
    return f"Left to do: {joined}."


def neighbours(month: date, today: date) -> tuple[date | None, date | None]:
    """Return the month before and after that can be looked at."""
    ended = timing.months(today)
    earlier, later = [m for m in ended if m < month], [m for m in ended if m > month]
    return (earlier[-1] if earlier else None, later[0] if later else None)
