"""A line's months with process limits, and what they show: the reading behind a chart and behind an icon."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import pairwise
from typing import Final

import numpy as np

from doorstep.programme.scorecard import words
from doorstep.programme.scorecard.noted import BREAK, Noted
from doorstep.programme.scorecard.series import MonthRow, charted
from doorstep.statistics.spc import Chart, SpecialCause, Variation, rebase_candidates, xmr
from doorstep.web.charts import Icon

COHORT_JUMP: Final = 0.1
POOL_CHANGE: Final = 0.25
"""A cohort that moves by more than this share between months is pointed out; a pool that does starts afresh."""


@dataclass(frozen=True)
class Signal:
    """Months in a row with a special cause on one side, up to `last`. `cause` is that of the last of them."""

    first: date
    last: date
    n_months: int
    is_high: bool
    cause: SpecialCause


@dataclass(frozen=True)
class Jump:
    """A month in which the cohort, or the set of Places that sent, is not the month before's."""

    month: date
    before: int
    after: int


@dataclass(frozen=True)
class Control:
    """A line's months and their process limits. `values` are what is charted; None in a gap."""

    line: str
    rows: tuple[MonthRow, ...]
    noted: tuple[Noted, ...] = ()

    @cached_property
    def values(self) -> tuple[float | None, ...]:
        """What is charted of each month."""
        return charted(self.line, self.rows)

    @cached_property
    def breaks(self) -> tuple[Noted, ...]:
        """The breaks inside the series, oldest first: those of the log, and months in which much of a pool is new."""
        months = [row.month for row in self.rows]
        found = [n for n in self.noted if n.is_break and months[0] < n.month_from <= months[-1]]
        return tuple(sorted([*found, *_breaks_of_pool(self.rows)], key=lambda n: n.month_from))

    @property
    def segment_from(self) -> date:
        """The first month that the latest one can be compared with."""
        at = self.rows[self.latest].month if self.latest is not None else self.rows[-1].month
        return max((n.month_from for n in self.breaks if n.month_from <= at), default=self.rows[0].month)

    @cached_property
    def chart(self) -> Chart | None:
        """The XmR chart; None where no month has a value, and for a stock.

        A stock (a caseload, a cohort) is mostly last month's people: limits from moves between neighbouring months
        would be far too narrow, and nearly every month a signal.
        """
        if not words.line_words(self.line).has_rate or self.latest is None:
            return None
        return xmr(
            np.array([np.nan if v is None else v for v in self.values]),
            [row.month for row in self.rows],
            better=words.line_words(self.line).aim,
            rebase_at=sorted({n.month_from for n in self.breaks}),
        )

    @cached_property
    def latest(self) -> int | None:
        """The position of the latest month with a value."""
        return next((i for i in reversed(range(len(self.values))) if self.values[i] is not None), None)

    @property
    def is_provisional(self) -> bool:
        """Whether the latest limits rest on too few months."""
        return bool(self.chart and self.latest is not None and self.chart.is_provisional[self.latest])

    @property
    def n_behind_limits(self) -> int:
        """How many months the latest limits rest on."""
        return int(self.chart.limits.rest_on[self.latest]) if self.chart and self.latest is not None else 0

    @property
    def aims_low(self) -> bool:
        """Whether the guide aims for fewer."""
        return words.line_words(self.line).aim == "decrease"

    def direction(self, at: int) -> int:
        """Return 1 or -1 where a month is pointed out as high or low, else 0.

        On provisional limits nothing is pointed out in the direction that the guide aims for.
        """
        if self.chart is None:
            return 0
        found = self.chart.causes[at].direction
        return 0 if found < 0 and self.aims_low and self.chart.is_provisional[at] else found

    def signal_at(self, at: int) -> Signal | None:
        """Return the signal that a month ends or goes on with: months on one side without a gap between them."""
        side, first = self.direction(at), at
        if self.chart is None or not side:
            return None
        while self.chart.series.joined[first] and self.direction(first - 1) == side:
            first -= 1
        return Signal(self.rows[first].month, self.rows[at].month, at - first + 1, side > 0, self.chart.causes[at])

    @cached_property
    def signal(self) -> Signal | None:
        """The signal at the latest month with a value."""
        return None if self.latest is None else self.signal_at(self.latest)

    @property
    def signals(self) -> tuple[Signal, ...]:
        """Every signal, oldest first, each as long as it lasts."""
        found = [self.signal_at(i) for i in range(len(self.rows))]
        ended = [a for a, b in pairwise([*found, None]) if a and (b is None or b.first != a.first)]
        return tuple(ended)

    @property
    def icon(self) -> Icon:
        """The icon of the latest month. None of them is good news: see `Icon`."""
        if self.chart is None or self.latest is None or np.isnan(self.chart.lower[self.latest]):
            return Icon.TOO_FEW
        return _ICONS[self.chart.variation]

    @property
    def icon_words(self) -> str:
        """What the icon says."""
        return ICON_WORDS[self.icon]

    @property
    def cohort_jumps(self) -> tuple[Jump, ...]:
        """Months in which the cohort is more than a tenth larger or smaller than in the last known month."""
        known = [float("nan") if not row.is_shown or not row.patients else row.patients.value for row in self.rows]
        if not words.line_words(self.line).has_rate:
            return ()
        found = rebase_candidates(np.array(known, dtype=float), COHORT_JUMP)
        return tuple(Jump(self.rows[c.position].month, round(c.before), round(c.after)) for c in found)

    @property
    def changes_of_pool(self) -> tuple[Jump, ...]:
        """Months in which other Places sent than in the month before."""
        return tuple(_changes(self.rows))


def _breaks_of_pool(rows: Sequence[MonthRow]) -> Iterator[Noted]:
    """Yield a break where more than a quarter of the Places of two months is in one of them only.

    A few are missing from most newest months: the series goes on, and its notes say that the Places differ.
    """
    for before, after in pairwise(row for row in rows if row.is_sent):
        if len(before.places ^ after.places) > POOL_CHANGE * len(before.places | after.places):
            told = f"{before.n_places} Places sent the month before and {after.n_places} this one, not all the same"
            yield Noted(BREAK, after.month, None, told)


def _changes(rows: Sequence[MonthRow]) -> Iterator[Jump]:
    sent = [row for row in rows if row.is_sent]
    for before, after in pairwise(sent):
        if before.places != after.places:
            yield Jump(after.month, before.n_places, after.n_places)


_ICONS: Final = {
    Variation.COMMON_CAUSE: Icon.COMMON,
    Variation.IMPROVEMENT_HIGH: Icon.HIGH,
    Variation.IMPROVEMENT_LOW: Icon.LOW,
    Variation.CONCERN_HIGH: Icon.HIGH_ATTENTION,
    Variation.CONCERN_LOW: Icon.LOW_ATTENTION,
    Variation.NEUTRAL_HIGH: Icon.HIGH,
    Variation.NEUTRAL_LOW: Icon.LOW,
    Variation.TOO_FEW_POINTS: Icon.TOO_FEW,
}
ICON_WORDS: Final = {
    Icon.COMMON: words.NO_SIGN,
    Icon.HIGH: words.HIGHER,
    Icon.LOW: words.LOWER,
    Icon.HIGH_ATTENTION: f"{words.HIGHER}: worth a look",
    Icon.LOW_ATTENTION: f"{words.LOWER}: worth a look",
    Icon.TOO_FEW: words.TOO_FEW,
}
