"""One line of a Place, or of the pool of Places that sent, month after month, without a month left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.programme.figures.monthly import MonthSum, Sums
from doorstep.programme.figures.numbers import NOTHING, TOTAL, Figures, Line, Number, pooled_lines
from doorstep.programme.scorecard import pooling, provisional, words
from doorstep.programme.scorecard.adjusting import Rate, equal_months, rate_of, scaled
from doorstep.programme.scorecard.plain import PATIENTS
from doorstep.returns.layout import months_from

Pair = tuple[Line, Line | None]  # a Place's events and its patients


@dataclass(frozen=True)
class MonthRow:
    """One month. `events` and `patients` are None where nothing was sent.

    In a pool both are sums over the Places of which both numbers are shown, with the range of the whole pool;
    `n_places` sent, `n_hidden` of them are left out of the sums. version: the newest among them. spread: how many times
    their mean the events vary.
    """

    month: date
    events: Number | None = None
    patients: Number | None = None
    version: int = 1
    received_on: date | None = None
    is_provisional: bool = False
    places: frozenset[str] = frozenset()
    spread: float | None = 1.0
    n_hidden: int = 0

    @property
    def n_places(self) -> int:
        """How many Places sent the month."""
        return len(self.places)

    @property
    def is_sent(self) -> bool:
        """Whether anybody sent the line."""
        return self.events is not None

    @property
    def is_shown(self) -> bool:
        """Whether it has a rate: both numbers are shown, and there are patients."""
        return bool(self.patients and self.patients.value) and self.count is not None

    @property
    def count(self) -> int | None:
        """The number of events, or of people of a line without a denominator; None where hidden or not sent."""
        return self.events.value if self.events else None

    @property
    def rate(self) -> Rate | None:
        """The rate per 1,000 patients, as the return has it; None where hidden or not sent."""
        if self.count is None or not self.patients or not self.patients.value:
            return None
        return rate_of(self.count, self.patients.value, self.spread)

    @property
    def whole_rates(self) -> tuple[float, float | None] | None:
        """The range of the rate of everybody who sent, hidden numbers with all they may be."""
        if not self.events or not self.patients or not self.patients.low:
            return None
        low = self.events.low / self.patients.high * words.PER if self.patients.high else 0.0
        return low, None if self.events.high is None else self.events.high / self.patients.low * words.PER

    @property
    def hidden_rates(self) -> tuple[float, float | None] | None:
        """The range of a hidden rate per 1,000 patients and equal month; None where shown, or patients are hidden."""
        if self.is_shown or not self.events or not self.patients or not self.patients.value:
            return None
        per = scaled(self.month, words.PER / self.patients.value)
        return self.events.low * per, None if self.events.high is None else self.events.high * per


def months_of(figures: Figures | Sums) -> tuple[date, ...]:
    """Return every month from the first in the figures to the newest of their edition."""
    if not figures.months:
        return ()
    first, last = figures.months[0], max(figures.months[-1], figures.edition.through)
    return months_from(first, (last.year - first.year) * 12 + last.month - first.month + 1)


def of_place(figures: Figures, line: str, place: str) -> tuple[MonthRow, ...]:
    """Return a Place's months."""
    sent = ((month, figures.line(line, place, month)) for month in months_of(figures))
    return tuple(_row(figures, line, month, (found,) if found else ()) for month, found in sent)


def of_pool(figures: Figures | Sums, line: str) -> tuple[MonthRow, ...]:
    """Return the months of all Places together, from their lines or from the sums stored with the edition."""
    if isinstance(figures, Sums):
        return tuple(_row_of_sum(figures, line, month) for month in months_of(figures))
    return tuple(_row(figures, line, month, _all(figures, line, month)) for month in months_of(figures))


def _row_of_sum(sums: Sums, line: str, month: date) -> MonthRow:
    waits, found = provisional.is_provisional(month, sums.edition.made_on), sums.by_key.get((line, month))
    if found is None:
        return MonthRow(month, is_provisional=waits)
    return MonthRow(
        month,
        found.event_number,
        found.patient_number,
        found.version,
        found.received_on,
        waits,
        frozenset(found.places),
        _spread_of_sum(found),
        found.n_left_out,
    )


def _spread_of_sum(found: MonthSum) -> float | None:
    if found.stays_low is None:
        return 1
    is_any_shown = found.n_left_out < len(found.places)
    return pooling.spread_of(found.events if is_any_shown else 0, found.stays_low)


def _all(figures: Figures, line: str, month: date) -> tuple[Line, ...]:
    return tuple(figures.sent.get((line, month), NOTHING).values())


def _row(figures: Figures, line: str, month: date, lines: Sequence[Line]) -> MonthRow:
    waits = provisional.is_provisional(month, figures.edition.made_on)
    if not lines:
        return MonthRow(month, is_provisional=waits)
    patients = figures.sent.get((PATIENTS, month), NOTHING)
    pairs = [(sent, patients.get(sent.place)) for sent in lines]
    shown = _both_shown(pairs, words.line_words(line).has_rate)
    return MonthRow(
        month,
        _sum([a for a, _ in shown], lines),
        _sum([b for _, b in shown if b], [b for _, b in pairs if b]),
        max([sent.version for sent in lines]),
        max([sent.received_on for sent in lines]),
        waits,
        frozenset([sent.place for sent in lines]),
        pooling.spread(figures, line, ((a.place, month) for a, _ in shown)),
        len(pairs) - len(shown),
    )


def _both_shown(pairs: Sequence[Pair], has_rate: bool) -> list[Pair]:
    """Return the Places that can be part of a rate: a numerator without its denominator would pull the pool down."""
    shown = [pair for pair in pairs if pair[0].values[TOTAL] is not None]
    return [pair for pair in shown if pair[1] and pair[1].values[TOTAL] is not None] if has_rate else shown


def _sum(shown: Sequence[Line], every: Sequence[Line]) -> Number | None:
    """Return the sum of what is shown, with the range of everything; one Place's own number is itself."""
    if len(every) == 1:
        return every[0].number()
    whole = pooled_lines(every)
    return Number(pooled_lines(shown).value, whole.low, whole.high) if every else None


def charted(line: str, rows: Sequence[MonthRow]) -> tuple[float | None, ...]:
    """Return what a chart shows of each month: the rate of an equal month, or the number itself of a stock."""
    if not words.line_words(line).has_rate:
        return tuple(None if row.count is None else float(row.count) for row in rows)
    events = [row.count if row.is_shown else None for row in rows]
    return equal_months(events, [row.patients.value if row.patients else None for row in rows], [r.month for r in rows])
