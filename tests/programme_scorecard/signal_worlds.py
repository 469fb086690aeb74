"""Made-up Places whose truth is known, watched month by month as the scorecard would show them."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import numpy as np
from figures_by_hand import figures
from plain_xmr import newest_side

from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import series, spc
from doorstep.programme.scorecard.control import Control
from doorstep.programme.scorecard.exhibits import Exhibit
from doorstep.programme.scorecard.noted import Noted
from doorstep.synthetic.programme_returns import Parameters, PlaceSeries, simulate
from doorstep.synthetic.programme_returns.cast import cast
from doorstep.synthetic.programme_returns.rates import rates, rhythm

CHANGED_AT = 15  # the first changed month counts as month 15 of 21
STOPPED_AT = 13  # the first month without a new choice of people, after twelve with one
LINE = "O2b"


@dataclass(frozen=True)
class World:
    """One Place's true series of one line, as the scorecard gets it."""

    made: PlaceSeries
    line: str

    @cached_property
    def counts(self) -> list[int]:
        return [int(n) for n in self.made.counts[self.line][:, 0]]

    @cached_property
    def patients(self) -> list[int]:
        return [int(n) for n in self.made.patients[:, 0]]

    def figures(self, months: int) -> Figures:
        slug = self.made.slug
        return figures(
            self.line, {slug: self.counts[:months]}, {slug: self.patients[:months]}, first=self.made.months[0]
        )

    def control(self, months: int, noted: Sequence[Noted] = ()) -> Control:
        rows = series.of_place(self.figures(months), self.line, self.made.slug)
        return Control(self.line, rows, tuple(noted))

    def exhibit(self, months: int) -> Exhibit:
        return spc.place_exhibit(self.figures(months), self.made.slug, self.line)

    def low_by_month(self, first: int, noted: Sequence[Noted] = ()) -> list[bool]:
        """Say for each newest month from `first` on whether a low signal was shown by then."""
        shown, seen = [], False
        for months in range(first, len(self.counts) + 1):
            signal = self.control(months, noted).signal
            seen = seen or bool(signal and not signal.is_high)
            shown.append(seen)
        return shown

    def predicted(self, first: int, draws: int, seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        """Return how often a low signal should be shown by each month: drawn afresh, and judged by plain_xmr.

        Events are Poisson about the true expected number, moved by the rhythm of the year and by what moves a month's
        events together; charted a patient and a day.
        """
        rng, rate = np.random.default_rng(seed), rates()[self.line]
        expected = self.made.underlying[self.line] / 1000 * np.array(self.patients)
        expected = expected * rhythm(rate.kind, self.made.months)
        days = np.array([monthrange(m.year, m.month)[1] for m in self.made.months])
        moved = rng.gamma(1 / rate.months**2, rate.months**2, (draws, days.size))
        values = rng.poisson(expected * moved) / days / np.array(self.patients)
        low = np.array(
            [[newest_side(row[:months].tolist()) < 0 for months in range(first, days.size + 1)] for row in values]
        )
        return np.asarray(np.logical_or.accumulate(low, axis=1).mean(axis=0))


def changed(seed: int) -> World:
    """The Place with a true change at month 15."""
    return _of_part(Parameters(seed=seed), "true_change", LINE)


def unchanged(seed: int) -> World:
    """The same Place with the same chance, and no change."""
    return _of_part(replace(Parameters(seed=seed), change=None), "true_change", LINE)


@cache
def reselected(seed: int, line: str) -> World:
    """The Place that stops choosing its people anew at month 13; nobody's need changes."""
    return _of_part(Parameters(seed=seed), "regression_to_the_mean", line)


def _of_part(parameters: Parameters, part: str, line: str) -> World:
    (made,) = simulate(parameters, [cast(parameters).of_part[part]], [line])
    return World(made, line)


def steady(seed: int, lines: Sequence[str]) -> Iterator[World]:
    """Every Place and line of a seed among whom nothing is planted."""
    parameters = Parameters(seed=seed)
    for made in simulate(parameters, cast(parameters).others, lines):
        yield from (World(made, line) for line in lines)
