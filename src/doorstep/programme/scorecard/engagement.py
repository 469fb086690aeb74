"""Engagement: how many people the Places work with, of how many they chose; who sent what; the contacts they had."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from doorstep.programme.figures.numbers import TOTAL, Figures, Number
from doorstep.programme.scorecard import pooling, sentences, words
from doorstep.programme.scorecard.demographics import without
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Picture, Sheet
from doorstep.programme.scorecard.newest import newest, of_one_place, read_totals
from doorstep.programme.scorecard.pooling import CASELOAD, PATIENTS, Rate
from doorstep.programme.scorecard.provisional import is_provisional
from doorstep.programme.scorecard.sending import Sending, listed_places, provisional_months, sending
from doorstep.programme.scorecard.table_cells import count_cell, rate_cells
from doorstep.returns.layout import months_from
from doorstep.web.charts import TimeChart, TimePoint, draw_time

CONTACTS = ("O6a", "O6b")
LINES = (PATIENTS, CASELOAD, *CONTACTS)

NONE, FEW, HIDDEN, ABOVE, ACTIVE, NOT_SENT = (
    "no caseload",
    "caseload below 6 or none",
    "caseload hidden",
    "caseload larger than the cohort",
    "caseload reported",
    "nothing sent",
)
OF_MANY = ("n_sent", "n_awaited", "n_late", "n_corrected", "n_without")  # columns that say nothing of one Place
FEWEST = 6  # a count below this is sent as a star, nought included

_SHARE = (
    Column("share", "Caseload as % of the cohort", "percent"),
    Column("share_lower", "95% interval from", "percent"),
    Column("share_upper", "95% interval to", "percent"),
)
MONTHLY = (
    Column("month", "Month", "month"),
    Column("n_sent", "Places that sent", "count"),
    Column("n_awaited", "Places awaited", "count"),
    Column("n_late", "came late", "count"),
    Column("n_corrected", "replace an earlier version", "count"),
    Column("patients", "Patients in the cohort", "count"),
    Column("caseload", "Patients on the caseload", "count"),
    *_SHARE,
    Column("n_without", "Places with no caseload, or below 6", "count"),
    Column("provisional", "Provisional", "state"),
)
BY_PLACE = (
    Column("place", "Place"),
    Column("patients", "Patients in the cohort", "count"),
    Column("caseload", "Patients on the caseload", "count"),
    *_SHARE,
    Column("state", "State", "state"),
    Column("version", "Version", "count"),
    Column("received_on", "Received", "day"),
)
CONTACTS_BY_MONTH = (
    Column("month", "Month", "month"),
    Column("line", "Metric"),
    Column("title", "What it counts"),
    Column("count", "Count", "count"),
    Column("patients", "Patients", "count"),
    Column("rate", "Rate per 1,000 patients", "rate"),
    Column("lower", "95% interval from", "rate"),
    Column("upper", "95% interval to", "rate"),
)

NOTES = (
    "The caseload is whom a Place was actively working with in the month; the cohort is everybody who met the Place's "
    "own rule. Clinicians may add people whom no rule found, so the caseload need not lie within the cohort.",
    "Places chose their cohorts by rules of their own: a share says how far a Place has got with the people it chose, "
    "and can't be compared between Places that chose differently.",
    "A return has a star for any number below 6, nought included: no caseload and a caseload of 5 look alike.",
)


def national(asked: Asked) -> Exhibit:
    """Build the engagement of all Places; UsageError where the edition is empty."""
    return of_all(read_totals(asked, LINES), listed_places())


def place(asked: Asked) -> Exhibit:
    """Build the engagement of one Place."""
    return of_place(read_totals(asked, LINES, asked.place), asked.place)


def of_all(figures: Figures, places: Sequence[str]) -> Exhibit:
    """Return the engagement of the Places in `figures`; `places` are all that the programme has."""
    month = newest(figures)
    came = sending(figures, month, places)
    without = [slug for slug in came.sent if state(figures, slug, month) in (NONE, FEW)]
    told = (
        sentences.sent(month, len(came.sent), len(places)),
        sentences.came(len(came.late), len(came.corrected)),
        *_caseload(figures, month),
        sentences.without_caseload([words.place_name(slug) for slug in without]),
        _provisional(figures),
    )
    by_place = Sheet(
        f"Places in {words.month_words(month)}, in the order of their names",
        BY_PLACE,
        tuple(_of_place(figures, slug, month) for slug in words.by_name({*came.sent, *came.awaited})),
        NOTES,
    )
    return _exhibit("engagement", "Engagement: all Places", figures, places, told, by_place)


def of_place(figures: Figures, slug: str) -> Exhibit:
    """Return the engagement of one Place."""
    own = of_one_place(figures, slug)
    month = newest(own)
    told = (*_caseload(own, month), _in_words(state(own, slug, month)), _provisional(own))
    return _exhibit("engagement-place", f"Engagement: {words.place_name(slug)}", own, (slug,), told)


def state(figures: Figures, slug: str, month: date) -> str:
    """Return what is known of a Place's caseload in a month, in a few words."""
    found = figures.of_month(CASELOAD, month).get(slug)
    if found is None:
        return NOT_SENT
    value, high = found.values[TOTAL], found.highs[TOTAL]
    if value is None:
        return FEW if high is not None and high < FEWEST else HIDDEN
    cohort = figures.of_month(PATIENTS, month).get(slug)
    most = cohort.highs[TOTAL] if cohort else None
    return NONE if value == 0 else ABOVE if most is not None and value > most else ACTIVE


def shared(figures: Figures, slugs: Sequence[str], month: date) -> Rate | None:
    """Return the caseload as a share of the cohort, of the Places that sent both; it need not be of the cohort."""
    caseload, cohort = (figures.of_month(line, month) for line in (CASELOAD, PATIENTS))
    both = [slug for slug in slugs if slug in caseload and slug in cohort]
    numbers = ([found[slug].number() for slug in both] for found in (caseload, cohort))
    return pooling.share(*numbers, is_part=False)


def _caseload(figures: Figures, month: date) -> tuple[str, ...]:
    numbers = _numbers(figures, CASELOAD, month)
    if not numbers:
        return (sentences.no_caseload_line(month),)
    return (sentences.caseload(pooling.total(numbers), shared(figures, figures.places, month)),)


def _numbers(figures: Figures, line: str, month: date) -> list[Number]:
    return [found.number() for found in figures.of_month(line, month).values()]


def _in_words(found: str) -> str:
    return "" if found == ACTIVE else f"{found[0].upper()}{found[1:]}."


def _provisional(figures: Figures) -> str:
    return sentences.provisional(provisional_months(figures), figures.edition.made_on)


def _exhibit(
    name: str, heading: str, figures: Figures, places: Sequence[str], told: Sequence[str], *sheets: Sheet
) -> Exhibit:
    monthly = tuple(_of_month(figures, sending(figures, month, places)) for month in figures.months)
    months = Sheet("Caseload and cohort by month", MONTHLY, monthly, NOTES)
    return Exhibit(
        name,
        heading,
        tuple(filter(None, told)),
        months if sheets else without(months, *OF_MANY),
        tuple(words.about(line, figures.edition) for line in LINES),
        _picture(name, figures, monthly),
        more_sheets=(*sheets, _contacts(figures)),
    )


def _picture(name: str, figures: Figures, monthly: Sequence[tuple[Cell, ...]]) -> Picture:
    months = list(months_from(figures.months[0], sentences.n_months(figures.months[0], figures.months[-1])))
    points = [_point(figures, month) for month in months]
    at = [column.name for column in MONTHLY].index("caseload")
    said = "; ".join(f"{words.month_words(month)}: {_shown(found)}" for month, found in _last_year(monthly, at))
    title = "Patients on the caseload"
    chart = TimeChart(name, title, said, title, months[0], len(months), tuple(points))
    return Picture(draw_time(chart).both, f"{title}. {said}")


def _last_year(monthly: Sequence[tuple[Cell, ...]], at: int) -> list[tuple[date, Cell]]:
    return [(row[0], row[at]) for row in monthly[-12:] if isinstance(row[0], date)]


def _shown(found: Cell) -> str:
    return f"{found:,}" if isinstance(found, int) else str(found or words.NOT_SENT)


def _point(figures: Figures, month: date) -> TimePoint:
    numbers, waits = _numbers(figures, CASELOAD, month), is_provisional(month, figures.edition.made_on)
    if not numbers:
        return TimePoint(month, is_missing=True)
    known = pooling.total(numbers)
    if known.drawn is None:
        return TimePoint(month, None, known.low, known.high, is_provisional=waits)
    return TimePoint(month, known.drawn, is_provisional=waits)


def _of_month(figures: Figures, came: Sending) -> tuple[Cell, ...]:
    caseload = _numbers(figures, CASELOAD, came.month)
    return (
        came.month,
        len(came.sent),
        len(came.awaited),
        len(came.late),
        len(came.corrected),
        count_cell(pooling.total(_numbers(figures, PATIENTS, came.month))),
        count_cell(pooling.total(caseload) if caseload else None),
        *rate_cells(shared(figures, came.sent, came.month)),
        sum(state(figures, slug, came.month) in (NONE, FEW) for slug in came.sent),
        "provisional" if is_provisional(came.month, figures.edition.made_on) else "final",
    )


def _of_place(figures: Figures, slug: str, month: date) -> tuple[Cell, ...]:
    sent = figures.line(PATIENTS, slug, month)
    return (
        words.place_name(slug),
        words.cell(figures.number(PATIENTS, slug, month)),
        words.cell(figures.number(CASELOAD, slug, month)),
        *rate_cells(shared(figures, (slug,), month)),
        state(figures, slug, month),
        sent.version if sent else None,
        sent.received_on if sent else None,
    )


def _contacts(figures: Figures) -> Sheet:
    rows = [row for line in CONTACTS for row in _contacts_of(figures, line)]
    cautions = [f"{line}: {caution}" for line in CONTACTS for caution in words.line_words(line).cautions]
    return Sheet("Contacts by month", CONTACTS_BY_MONTH, tuple(rows), tuple(cautions))


def _contacts_of(figures: Figures, line: str) -> Iterator[tuple[Cell, ...]]:
    each = pooling.rates_each(figures, line, ([(slug, month) for slug in figures.places] for month in figures.months))
    for month, found in zip(figures.months, each, strict=True):
        made = (count_cell(found.events), count_cell(found.people)) if found else (None, None)
        yield (month, line, words.line_words(line).short, *made, *rate_cells(found))


KINDS = {
    "engagement": Kind("engagement", "Engagement", national, roles=("national",)),
    "engagement-place": Kind("engagement-place", "Engagement of a Place", place, needs=("place",)),
}
