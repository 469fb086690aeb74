"""Inequality: a metric's rate by deprivation quintile, and the slope and relative index of inequality across them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, product
from typing import TYPE_CHECKING

from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import pooling, sentences, words
from doorstep.programme.scorecard.by_group import POOLED, lines_for
from doorstep.programme.scorecard.demographics import without
from doorstep.programme.scorecard.dotted import dot_row, dots
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Sheet
from doorstep.programme.scorecard.groups import QUINTILE, groups
from doorstep.programme.scorecard.newest import last_months, of_one_place, read, read_last
from doorstep.programme.scorecard.pooling import PATIENTS, Between, Part, Rate
from doorstep.programme.scorecard.sending import provisional_months
from doorstep.programme.scorecard.table_cells import count_cell, rate_cells, value_cell

if TYPE_CHECKING:
    from doorstep.statistics.results import Floats

KNOWN = tuple(group for group in groups(QUINTILE) if group.is_known)
WIDEST = 0.1  # of a quintile's patients: how far apart the ends of a range may be
UNKNOWN = next(group for group in groups(QUINTILE) if not group.is_known)


@dataclass(frozen=True)
class Slope:
    """The slope index (rates per 1,000 patients a month) and the relative index, most deprived against least deprived.

    Both are ranges where a quintile's number is hidden; the intervals are then the widest that they allow. A relative
    index is None where the least deprived end is not clear of nought.
    """

    slope: Between
    lower: float
    upper: float
    relative: Between | None
    relative_lower: float | None
    relative_upper: float | None


def slope_of(rates: Sequence[Rate | None]) -> Slope | None:
    """Return slope and relative index of the rates of five quintiles, the most deprived first.

    Weights are the quintiles' patients. The slope is the line's value at the most deprived end less that at the least
    deprived end: above nought where the more deprived have more. Hidden numbers are tried at both ends of their ranges,
    in every combination. For counts neither index has its extremes anywhere else; for patients that holds as nearly as
    their range is narrow, so it may be no wider than a tenth. None where a quintile has no patients, nothing bounds its
    number, too little is known of its patients, or no interval can be given.
    """
    import numpy as np

    from doorstep.statistics import slope_index, standard_errors_from_limits
    from doorstep.statistics.rates import poisson_limits

    known = [found for found in rates if found and is_bounded(found)]
    if len(known) < len(KNOWN):
        return None
    events, people, spread = _every_combination(known)
    low, high = (limit * spread / people * pooling.PER for limit in poisson_limits(events / spread))
    errors = standard_errors_from_limits(low, high)
    found = slope_index(events / people * pooling.PER, people, errors, multiplier=-1)
    slope, relative = found.slope, found.relative
    is_clear = not bool(np.isnan(relative.value).any())
    return Slope(
        Between(float(slope.value.min()), float(slope.value.max())),
        float(slope.lower.min()),
        float(slope.upper.max()),
        Between(float(relative.value.min()), float(relative.value.max())) if is_clear else None,
        float(relative.lower.min()) if is_clear else None,
        float(relative.upper.max()) if is_clear else None,
    )


def is_bounded(found: Rate) -> bool:
    """Say whether a quintile's rate can be in a slope: count and patients have both ends, the patients' near by."""
    least, most = found.people.low, found.people.high
    near = most is not None and most <= least * (1 + WIDEST)
    return near and found.events.high is not None and found.spread is not None


def _every_combination(rates: Sequence[Rate]) -> tuple[Floats, Floats, Floats]:
    """Return counts and patients (combinations, quintiles), and spread (quintiles)."""
    import numpy as np

    ends = [sorted({of.low, of.high or 0.0}) for found in rates for of in (found.events, found.people)]
    tried = np.array(list(product(*ends)), float)
    return tried[:, 0::2], tried[:, 1::2], np.array([found.spread or 1 for found in rates])


RATES = (
    Column("period", "Months"),
    Column("quintile", "Deprivation quintile"),
    Column("count", "Count", "count"),
    Column("patient_months", "Patients, each month's added", "count"),
    Column("rate", "Rate per 1,000 patients a month", "rate"),
    Column("lower", "95% interval from", "rate"),
    Column("upper", "95% interval to", "rate"),
    Column("n_hidden", "Numbers hidden", "count"),
)
SLOPES = (
    Column("period", "Months"),
    Column("n_months", "Months sent", "count"),
    Column("slope", "Slope index, per 1,000 patients a month", "rate"),
    Column("slope_lower", "95% interval from", "rate"),
    Column("slope_upper", "95% interval to", "rate"),
    Column("relative", "Relative index", "number", 2),
    Column("relative_lower", "its 95% interval from", "number", 2),
    Column("relative_upper", "its 95% interval to", "number", 2),
    Column("patients_not_known", "% of patients whose quintile is not known", "percent"),
    Column("count_not_known", "% of the count whose quintile is not known", "percent"),
    Column("basis", "What it rests on", "state"),
)
NOTES = (
    "A quintile is that of the home's small area in England; 1 is the most deprived fifth of areas. People whose home "
    "is not known are in no quintile and not in the slope.",
    "The slope index is the difference between the two ends of a straight line through the quintiles' rates, weighted "
    "by their patients: the most deprived end less the least deprived. The relative index is one over the other.",
    "Cohort members were chosen differently by each Place: a slope describes the people chosen, not the residents. A "
    "Place that looks for people of poorer areas sooner, before they are very ill, has a flatter slope for that alone.",
    "Groups differ in age and illness, and nothing here allows for it. More contacts can be more need, or access.",
    "Single months hold too few events for a slope: twelve months are pooled, and quarters are shown beside them.",
)
OF_MANY_PLACES = "Pooled over Places, a slope also holds the differences between Places, not only those within them."

EXACT, BOUNDED, NOT_COMPUTED = "all five shown", "a range: numbers are hidden", "not computed"


def national(asked: Asked) -> Exhibit:
    """Build a metric's inequality over all Places; UsageError for a line without a rate."""
    return of_all(read_last(asked, lines_for(asked.metric), POOLED), asked.metric)


def place(asked: Asked) -> Exhibit:
    """Build a metric's inequality in one Place."""
    return of_place(read(asked, lines_for(asked.metric), asked.place), asked.metric, asked.place)


def of_all(figures: Figures, metric: str) -> Exhibit:
    """Return a metric's inequality over all Places together."""
    return _exhibit("inequality", "all Places", last_months(figures, POOLED), metric, (*NOTES, OF_MANY_PLACES))


def of_place(figures: Figures, metric: str, slug: str) -> Exhibit:
    """Return a metric's inequality in one Place."""
    own = last_months(of_one_place(figures, slug), POOLED)
    return _exhibit("inequality-place", words.place_name(slug), own, metric, NOTES)


def quarters(months: Sequence[date]) -> list[list[date]]:
    """Return months by quarter of the calendar, in order."""
    return [list(some) for _, some in groupby(months, key=lambda month: (month.year, (month.month - 1) // 3))]


def _exhibit(name: str, whose: str, figures: Figures, metric: str, notes: tuple[str, ...]) -> Exhibit:
    said, months = words.line_words(metric), figures.months
    spans = [months, *quarters(months)]  # a quarter that is the whole time is said twice rather than left out
    found = [(span, _by_quintile(figures, metric, span)) for span in spans]
    whole = found[0][1]
    rows = [dot_row(g.words, rate, None) for g, rate in zip(groups(QUINTILE), whole, strict=True)]
    slopes = tuple(slope_row(figures, metric, span, rates) for span, rates in found)
    return Exhibit(
        name,
        f"{said.short} by deprivation: {whose}",
        tuple(filter(None, _told(figures, metric, whole))),
        _rates_sheet(found[:1], notes),
        (words.about(metric, figures.edition),),
        dots(name, f"{said.short} by deprivation quintile, {sentences.span(months)}", f"{said.axis} a month", rows),
        (
            Sheet("Slope and relative index of inequality", SLOPES, slopes, notes),
            *([_rates_sheet(found[1:], notes)] if len(found) > 2 else []),
        ),
    )


def _parts(figures: Figures, months: Sequence[date]) -> list[Part]:
    return [(slug, month) for slug in figures.places for month in months]


def _by_quintile(figures: Figures, metric: str, months: Sequence[date]) -> list[Rate | None]:
    """Return the rate of each quintile, and last of those whose quintile is not known."""
    return pooling.rates(figures, metric, _parts(figures, months), [group.column for group in groups(QUINTILE)])


Found = Sequence[tuple[Sequence[date], Sequence[Rate | None]]]


def _rates_sheet(found: Found, notes: tuple[str, ...]) -> Sheet:
    rows = [row for months, rates in found for row in _rate_rows(months, rates)]
    if len(found) > 1:
        return Sheet("Rates by quintile and quarter", RATES, tuple(rows), notes)
    return without(Sheet(f"Rates by quintile, {sentences.span(found[0][0])}", RATES, tuple(rows), notes), "period")


def _rate_rows(months: Sequence[date], rates: Sequence[Rate | None]) -> list[tuple[Cell, ...]]:
    return [
        (
            sentences.span(months),
            group.words,
            count_cell(found.events if found else None),
            count_cell(found.people if found else None),
            *rate_cells(found),
            found.n_hidden if found else None,
        )
        for group, found in zip(groups(QUINTILE), rates, strict=True)
    ]


def slope_row(
    figures: Figures, metric: str, months: Sequence[date], rates: Sequence[Rate | None] = ()
) -> tuple[Cell, ...]:
    """Return the cells of `SLOPES` for a metric over months; `rates` are its quintiles' where they are known."""
    found = slope_of((rates or _by_quintile(figures, metric, months))[:-1])
    unknown = [_unknown(figures, line, months) for line in (PATIENTS, metric)]
    return (
        sentences.span(months),
        len(months),
        value_cell(found.slope) if found else None,
        found.lower if found else None,
        found.upper if found else None,
        value_cell(found.relative, 2) if found and found.relative else None,
        found.relative_lower if found else None,
        found.relative_upper if found else None,
        *(value_cell(share.value) if share else None for share in unknown),
        NOT_COMPUTED if found is None else EXACT if found.slope.is_exact else BOUNDED,
    )


def _unknown(figures: Figures, line: str, months: Sequence[date]) -> Rate | None:
    parts = _parts(figures, months)
    return pooling.share(
        pooling.numbers_of(figures, line, parts, (UNKNOWN.column,)), pooling.numbers_of(figures, line, parts)
    )


def _told(figures: Figures, metric: str, rates: Sequence[Rate | None]) -> tuple[str, ...]:
    found, unknown = slope_of(rates[:-1]), _unknown(figures, PATIENTS, figures.months)
    without = [g.words for g, r in zip(KNOWN, rates, strict=False) if not r or not is_bounded(r)]
    return (
        sentences.months_pooled(figures.months, POOLED),
        _slope_words(found) if found else sentences.no_slope(without),
        sentences.not_known("Deprivation quintile", unknown),
        sentences.provisional(provisional_months(figures), figures.edition.made_on),
    )


def _slope_words(found: Slope) -> str:
    return sentences.slope(found.slope, found.lower, found.upper)


KINDS = {
    "inequality": Kind("inequality", "Inequality", national, needs=("metric",), roles=("national",)),
    "inequality-place": Kind("inequality-place", "Inequality in a Place", place, needs=("place", "metric")),
}
