"""Places side by side in one month, and the limits of a funnel about their pooled rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final

import numpy as np

from doorstep.programme.figures.numbers import Figures, Line, Number, pooled
from doorstep.programme.scorecard import pooling, words
from doorstep.programme.scorecard.adjusting import Rate, rate_of
from doorstep.programme.scorecard.plain import CASELOAD, PATIENTS
from doorstep.returns.figures import COLUMNS
from doorstep.statistics.funnels import Funnel, funnel
from doorstep.statistics.results import Floats

LEVELS: Final = (0.95, 0.998)
"""The levels that are drawn. The programme's own funnels have 95% and 99%: the tables have all three."""
TABLE_LEVELS: Final = (0.95, 0.99, 0.998)
FEWEST_TO_WIDEN: Final = 10
FEWEST_TO_COMPARE: Final = 3

AGED_80: Final = (COLUMNS.index(("Age Group", "80-89")), COLUMNS.index(("Age Group", "90+")))
MOST_DEPRIVED: Final = (COLUMNS.index(("Deprivation Quintile", "1")),)


@dataclass(frozen=True)
class Area:
    """One Place in one month: its number, its patients and, beside them, whom it chose.

    spread: how many times their mean the events vary; None where that cannot be known.
    """

    place: str
    events: Number
    patients: Line | None
    caseload: Number | None
    spread: float | None = 1.0

    @property
    def name(self) -> str:
        """The Place's name."""
        return words.place_name(self.place)

    @property
    def n_patients(self) -> int | None:
        """How many patients its cohort has; None where hidden or not sent."""
        return self.patients.number().value if self.patients else None

    @property
    def is_shown(self) -> bool:
        """Whether it has a rate."""
        return self.events.value is not None and bool(self.n_patients)

    @property
    def rate(self) -> Rate | None:
        """Its rate per 1,000 patients; None where hidden."""
        if self.events.value is None or not self.n_patients:
            return None
        return rate_of(self.events.value, self.n_patients, self.spread)

    @property
    def hidden_rates(self) -> tuple[float, float | None] | None:
        """The range of its rate where the number of events is hidden and the patients are shown."""
        if self.is_shown or not self.n_patients:
            return None
        per = words.PER / self.n_patients
        return self.events.low * per, None if self.events.high is None else self.events.high * per

    def share(self, columns: Sequence[int]) -> float | str | None:
        """Return what share of its patients stands in some columns, in percent; the range in words where hidden."""
        if not self.patients or not self.n_patients:
            return None
        part, whole = pooled(self.patients.number(c) for c in columns), self.n_patients
        if part.low == part.high:
            return 100 * part.low / whole
        high = whole if part.high is None else min(part.high, whole)
        return f"{100 * part.low / whole:.1f} to {100 * high / whole:.1f}"


@dataclass(frozen=True)
class Areas:
    """All Places that sent a month, in the order of their names, with the funnel about their pooled rate.

    spread: as of an area, for the Places that are shown together.
    """

    line: str
    month: date
    areas: tuple[Area, ...]
    spread: float | None = 1.0

    @property
    def shown(self) -> tuple[Area, ...]:
        """The Places that have a rate."""
        return tuple(area for area in self.areas if area.is_shown)

    @property
    def hidden(self) -> tuple[Area, ...]:
        """The Places whose number, or whose patients, are hidden."""
        return tuple(area for area in self.areas if not area.is_shown)

    @cached_property
    def events(self) -> Floats:
        """The events of the Places that are shown."""
        return np.array([area.events.value for area in self.shown], dtype=float)

    @cached_property
    def patients(self) -> Floats:
        """The patients of the Places that are shown."""
        return np.array([area.n_patients for area in self.shown], dtype=float)

    @property
    def pool(self) -> Rate | None:
        """The rate of the Places that are shown together: a sum over a sum."""
        if not self.shown:
            return None
        return rate_of(int(self.events.sum()), int(self.patients.sum()), self.spread)

    @property
    def can_compare(self) -> bool:
        """Whether there is a pooled rate above nought, of enough Places, to compare with."""
        return len(self.shown) >= FEWEST_TO_COMPARE and self.events.sum() > 0

    def chance(self, levels: tuple[float, ...] = LEVELS) -> Funnel | None:
        """Return the funnel of chance alone.

        Exact Poisson limits, every event taken by itself; for bed days with the variance that days have which come in
        stays, and None where the stays are hidden.
        """
        if not self.can_compare or self.spread is None:
            return None
        is_days = words.line_words(self.line).counted == "days"
        return funnel(
            "rate",
            self.events,
            self.patients,
            counted="days" if is_days else "events",
            levels=levels,
            multiplier=words.PER,
            within_people=self.spread if is_days else None,
        )

    def widened(self, levels: tuple[float, ...] = LEVELS) -> Funnel | None:
        """Return the funnel that also allows for how much Places differ and events repeat in people.

        Its variance is that of chance times a factor taken from the Places themselves, the extreme tenth at each end
        pulled in; it needs ten Places.
        """
        if not self.can_compare or len(self.shown) < FEWEST_TO_WIDEN:
            return None
        counted = words.line_words(self.line).counted
        return funnel(
            "rate",
            self.events,
            self.patients,
            counted=counted,
            levels=levels,
            multiplier=words.PER,
            dispersion="multiplicative",
        )


def areas_of(figures: Figures, line: str, month: date) -> Areas:
    """Return the Places that sent a line for a month, by name."""
    sent = [p for p in words.by_name(figures.places) if (line, p, month) in figures.by_key]
    areas = tuple(_area(figures, line, month, place) for place in sent)
    together = pooling.spread(figures, line, [(area.place, month) for area in areas if area.is_shown])
    return Areas(line, month, areas, together)


def _area(figures: Figures, line: str, month: date, place: str) -> Area:
    return Area(
        place,
        figures.by_key[line, place, month].number(),
        figures.by_key.get((PATIENTS, place, month)),
        figures.number(CASELOAD, place, month),
        pooling.spread(figures, line, [(place, month)]),
    )
