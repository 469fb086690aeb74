"""A metric's rate by age, ethnic group and deprivation quintile: twelve months pooled, and the newest month."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import pooling, sentences, words
from doorstep.programme.scorecard.demographics import without
from doorstep.programme.scorecard.dotted import dot_row, dots
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Picture, Sheet
from doorstep.programme.scorecard.groups import BREAKDOWNS, EVERY, Breakdown, Group, groups
from doorstep.programme.scorecard.newest import last_months, newest, of_one_place, read_last
from doorstep.programme.scorecard.pooling import BED_DAYS, PATIENTS, STAYS, Part
from doorstep.programme.scorecard.sending import provisional_months
from doorstep.programme.scorecard.table_cells import count_cell, rate_cells

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
    months, last = figures.months, [newest(figures)]
    pictures = [_picture(name, figures, metric, b, (slugs, others)) for b in BREAKDOWNS]
    return Exhibit(
        name,
        f"{said.short} by group: {whose}",
        tuple(filter(None, _told(figures, metric, slugs))),
        _sheet(figures, metric, slugs, others, months),
        (words.about(metric, figures.edition),),
        pictures[0],
        (_sheet(figures, metric, slugs, others, last),),
        tuple(pictures[1:]),
    )


def _sheet(figures: Figures, metric: str, slugs: Sequence[str], others: Sequence[str], months: Sequence[date]) -> Sheet:
    rows = [_row(figures, metric, group, _parts(slugs, months), _parts(others, months)) for group in EVERY]
    sheet = Sheet(f"{words.line_words(metric).short}, {sentences.span(months)}", COLUMNS, tuple(rows), NOTES)
    return sheet if others else without(sheet, "rate_all", "lower_all", "upper_all")


def _parts(slugs: Sequence[str], months: Sequence[date]) -> list[Part]:
    return [(slug, month) for slug in slugs for month in months]


def _row(
    figures: Figures, metric: str, group: Group, parts: Sequence[Part], others: Sequence[Part]
) -> tuple[Cell, ...]:
    own, of_all = (pooling.rate(figures, metric, of, group.column) for of in (parts, others))
    return (
        group.breakdown,
        group.words,
        count_cell(own.events if own else None),
        count_cell(own.people if own else None),
        *rate_cells(own),
        *rate_cells(of_all),
        own.n_hidden if own else None,
    )


def _picture(
    name: str, figures: Figures, metric: str, of: Breakdown, who: tuple[Sequence[str], Sequence[str]]
) -> Picture:
    parts = [_parts(slugs, figures.months) for slugs in who]
    rates = [[pooling.rate(figures, metric, some, group.column) for some in parts] for group in groups(of)]
    rows = [dot_row(group.words, own, of_all) for group, (own, of_all) in zip(groups(of), rates, strict=True)]
    said = words.line_words(metric)
    return dots(f"{name}-{of.slug}", f"{said.short} by {of.title.lower()}", f"{said.axis} a month", rows)


def _told(figures: Figures, metric: str, slugs: Sequence[str]) -> tuple[str, ...]:
    parts = _parts(slugs, figures.months)
    whole = pooling.rate(figures, metric, parts)
    by_group = [pooling.rate(figures, metric, parts, group.column) for group in EVERY]
    hidden = sum(found.n_hidden for found in by_group if found)
    return (
        sentences.pooled(words.line_words(metric).short, figures.months, POOLED, whole),
        sentences.hidden(hidden, sum(found.n_parts for found in by_group if found), "Place-month-group"),
        sentences.provisional(provisional_months(figures), figures.edition.made_on),
    )


KINDS = {
    "by-group": Kind("by-group", "Rates by group", national, needs=("metric",), roles=("national",)),
    "by-group-place": Kind("by-group-place", "Rates by group in a Place", place, needs=("place", "metric")),
}
