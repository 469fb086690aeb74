"""What a line's series does: the newest point of its XmR chart, in one word, and the values of its small line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import takewhile

from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import pooling, words

LONGEST = 24  # months in a small line
ENOUGH = 13  # values that limits must rest on; `statistics.spc.PROVISIONAL_BELOW`, held to it by a test


@dataclass(frozen=True)
class Trend:
    """A series by month (None: nothing sent, or hidden) and what its newest point shows.

    `n_known` counts the months with a value, those older than the small line too. `state` is one of the words of
    `words`; `since` is the first of the months in a row that show it, None where there is no sign.
    """

    months: tuple[date, ...]
    values: tuple[float | None, ...]
    n_known: int
    state: str
    cause: str = ""
    since: date | None = None

    @property
    def is_judged(self) -> bool:
        """True where there were months enough to say something."""
        return self.state in (words.HIGHER, words.LOWER, words.NO_SIGN)


def months_to(through: date, first: date) -> tuple[date, ...]:
    """Return every month from `first` to `through`."""
    n = (through.year - first.year) * 12 + through.month - first.month + 1
    return tuple(months_back(through, n))


def months_back(through: date, n: int) -> list[date]:
    """Return the `n` months that end with `through`, oldest first."""
    newest = through.year * 12 + through.month - 1
    return [date(k // 12, k % 12 + 1, 1) for k in range(newest - n + 1, newest + 1)]


def trend(figures: Figures, line: str, places: Sequence[str], breaks: Sequence[date] = ()) -> Trend:
    """Return the series of some Places' pooled rate (a count where a line has no rate) and what its newest point shows.

    Only Places whose number is shown are in a month's value: a month is not guessed. The small line has the values as
    they are; the chart behind the word counts each month as equally long.
    """
    if not figures.months:
        return Trend((), (), 0, words.NOT_SENT)
    months = months_to(figures.months[-1], figures.months[0])
    pairs = [_shown(figures, line, places, month) for month in months]
    values = tuple(None if events is None else events / people * per_of(line) for events, people in pairs)
    n_known = sum(value is not None for value in values)
    if not n_known:
        was_sent = any(f.line == line and f.place in places for f in figures.lines)
        return Trend(months[-LONGEST:], values[-LONGEST:], 0, words.HIDDEN if was_sent else words.NOT_SENT)
    return Trend(months[-LONGEST:], values[-LONGEST:], n_known, *_state(line, months, pairs, breaks))


def per_of(line: str) -> int:
    """Return what a line's value is per: 1,000 patients, or 1 where it is a count."""
    return pooling.PER if words.line_words(line).has_rate else 1


def _shown(figures: Figures, line: str, places: Sequence[str], month: date) -> tuple[int | None, int]:
    """Return events and patients of the Places that show both; patients are 1 where a line has no rate."""
    if per_of(line) == 1:
        counts = [n.value for p in places if (n := figures.number(line, p, month)) and n.value is not None]
        return (sum(counts) if counts else None), 1
    both = [
        (events.value, people.value)
        for place in places
        if (events := figures.number(line, place, month)) and (people := figures.number(pooling.PATIENTS, place, month))
        if events.value is not None and people.value
    ]
    return (sum(e for e, _ in both), sum(n for _, n in both)) if both else (None, 1)


def _state(
    line: str, months: Sequence[date], pairs: Sequence[tuple[int | None, int]], breaks: Sequence[date]
) -> tuple[str, str, date | None]:
    from doorstep.statistics import spc

    first = next(i for i, (events, _) in enumerate(pairs) if events is not None)
    months, pairs = months[first:], pairs[first:]
    events = [float("nan") if e is None else float(e) for e, _ in pairs]
    values = events if per_of(line) == 1 else spc.day_adjusted(events, list(months), [n for _, n in pairs], pooling.PER)
    chart = spc.xmr(values, list(months), rebase_at=[b for b in breaks if months[0] < b <= months[-1]])
    at = chart.latest
    if chart.is_provisional[at]:
        return words.TOO_FEW, "", None
    cause = chart.causes[at]
    if not cause.direction:
        return words.NO_SIGN, "", None
    alike = sum(1 for _ in takewhile(lambda c: c.direction == cause.direction, reversed(chart.causes[: at + 1])))
    return (words.HIGHER if cause.direction > 0 else words.LOWER), str(cause.value), months[at - alike + 1]
