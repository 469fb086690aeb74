"""A metric's rate by age, ethnic group and deprivation quintile: twelve months pooled, and the newest month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import TOTAL, Figures
from doorstep.programme.scorecard import pooling, sentences, words
from doorstep.programme.scorecard.demographics import without
from doorstep.programme.scorecard.dotted import dot_row, dots
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Picture, Sheet
from doorstep.programme.scorecard.groups import BREAKDOWNS, EVERY, Breakdown, Group, groups
from doorstep.programme.scorecard.newest import last_months, newest, of_one_place, read_last
from doorstep.programme.scorecard.pooling import BED_DAYS, PATIENTS, STAYS, Part
from doorstep.programme.scorecard.sending import provisional_months
from doorstep.programme.scorecard.table_cells import count_cell, rate_cells
from doorstep.programme.scorecard.words import LineWords

POOLED = 12  # months

COLUMNS = (
    Column("breakdown", "Breakdown"),
    Column("group", "Group"),
    Column("count", "Count", "count"),
    Column("patient_months", "Patients, each month's added", "count"),
    Column("rate", "Rate per 1,000 patients a month", "rate"),
    Column("lower", "95% interval from", "rate"),
    Column("upper", "95% interval to", "rate"),
    Column("rate_all", "All Places that sent", "rate"),
    Column("lower_all", "its 95% interval from", "rate"),
    Column("upper_all", "its 95% interval to", "rate"),
    Column("n_hidden", "Numbers hidden", "count"),
)
NOTES = (
    "A rate is the sum of the group's counts over the sum of its patients, each month's added: no average of rates.",
    "Patients are grouped as on the first day of the month, and what happened as on its own day: a birthday or a move "
    "can put the two in different groups.",
    "Where a number is hidden a rate is given as the range in which it must lie.",
    "Groups differ in age and illness, and in whom a Place chose. A difference between groups does not say why.",
    "With some twenty groups side by side, one or so lies outside its interval about the others by chance alone.",
)


def national(asked: Asked) -> Exhibit:
    """Build a metric's rate by group, of all Places; UsageError for a line without a rate."""
    return of_all(read_last(asked, lines_for(asked.metric), POOLED), asked.metric)


def place(asked: Asked) -> Exhibit:
    """Build a metric's rate by group in one Place, beside all Places where the installation has others."""
    return of_place(read_last(asked, lines_for(asked.metric), POOLED), asked.metric, asked.place)


def lines_for(metric: str) -> tuple[str, ...]:
    """Return the lines that a metric's rate is made of; UsageError for a line without a rate."""
    if not words.line_words(metric).has_rate:
        raise UsageError(f"{metric} is a number of people and has no rate", expected="one of the metrics O1a to O6b")
    return (metric, PATIENTS, *((STAYS,) if metric == BED_DAYS else ()))


def of_all(figures: Figures, metric: str) -> Exhibit:
    """Return a metric's rate by group, of all Places together."""
    kept = last_months(figures, POOLED)
    return _exhibit("by-group", "all Places", kept, metric, kept.places, ())


def of_place(figures: Figures, metric: str, slug: str) -> Exhibit:
    """Return a metric's rate by group in one Place, over its last twelve months, beside all Places in those."""
    own = last_months(of_one_place(figures, slug), POOLED)
    kept = Figures(figures.edition, tuple(line for line in figures.lines if line.month in own.months))
    others = kept.places if len(kept.places) > 1 else ()
    return _exhibit("by-group-place", words.place_name(slug), kept, metric, (slug,), others)


def _exhibit(
    name: str, whose: str, figures: Figures, metric: str, slugs: Sequence[str], others: Sequence[str]
) -> Exhibit:
    said = words.line_words(metric)
    whole, last = (_Rates(figures, metric, slugs, others, months) for months in (figures.months, [newest(figures)]))
    pictures = [_picture(name, said, whole, breakdown) for breakdown in BREAKDOWNS]
    return Exhibit(
        name,
        f"{said.short} by group: {whose}",
        tuple(filter(None, _told(figures, said, whole))),
        _sheet(said, whole),
        (words.about(metric, figures.edition),),
        pictures[0],
        (_sheet(said, last),),
        tuple(pictures[1:]),
    )


class _Rates:
    """The rates of every group over some months, those of `others` beside them; by column, 0 for everybody."""

    def __init__(
        self, figures: Figures, metric: str, slugs: Sequence[str], others: Sequence[str], months: Sequence[date]
    ) -> None:
        self.months, self.has_others = months, bool(others)
        columns = [TOTAL, *(group.column for group in EVERY)]
        own, of_all = (pooling.rates(figures, metric, _parts(some, months), columns) for some in (slugs, others))
        self.own, self.of_all = dict(zip(columns, own, strict=True)), dict(zip(columns, of_all, strict=True))


def _sheet(said: LineWords, found: _Rates) -> Sheet:
    rows = tuple(_row(found, group) for group in EVERY)
    sheet = Sheet(f"{said.short}, {sentences.span(found.months)}", COLUMNS, rows, NOTES)
    return sheet if found.has_others else without(sheet, "rate_all", "lower_all", "upper_all")


def _parts(slugs: Sequence[str], months: Sequence[date]) -> list[Part]:
    return [(slug, month) for slug in slugs for month in months]


def _row(found: _Rates, group: Group) -> tuple[Cell, ...]:
    own = found.own[group.column]
    return (
        group.breakdown,
        group.words,
        count_cell(own.events if own else None),
        count_cell(own.people if own else None),
        *rate_cells(own),
        *rate_cells(found.of_all[group.column]),
        own.n_hidden if own else None,
    )


def _picture(name: str, said: LineWords, found: _Rates, of: Breakdown) -> Picture:
    rows = [dot_row(group.words, found.own[group.column], found.of_all[group.column]) for group in groups(of)]
    return dots(f"{name}-{of.slug}", f"{said.short} by {of.title.lower()}", f"{said.axis} a month", rows)


def _told(figures: Figures, said: LineWords, found: _Rates) -> tuple[str, ...]:
    by_group = [rate for group in EVERY if (rate := found.own[group.column])]
    return (
        sentences.pooled(said.short, figures.months, POOLED, found.own[TOTAL]),
        sentences.hidden(
            sum(rate.n_hidden for rate in by_group), sum(rate.n_parts for rate in by_group), "Place-month-group"
        ),
        sentences.provisional(provisional_months(figures), figures.edition.made_on),
    )


KINDS = {
    "by-group": Kind("by-group", "Rates by group", national, needs=("metric",), roles=("national",)),
    "by-group-place": Kind("by-group-place", "Rates by group in a Place", place, needs=("place", "metric")),
}
