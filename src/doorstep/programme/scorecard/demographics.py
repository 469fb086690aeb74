"""Who is in the cohort and on the caseload: by age, ethnic group and deprivation quintile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from doorstep.programme.figures.numbers import TOTAL, Figures
from doorstep.programme.scorecard import pooling, sentences, words
from doorstep.programme.scorecard.control import COHORT_JUMP
from doorstep.programme.scorecard.dotted import dot_row, dots
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Picture, Sheet
from doorstep.programme.scorecard.groups import AGE, BREAKDOWNS, EVERY, QUINTILE, Breakdown, Group, groups
from doorstep.programme.scorecard.newest import months_back, newest, of_one_place, read_last
from doorstep.programme.scorecard.pooling import CASELOAD, PATIENTS, Part, Rate
from doorstep.programme.scorecard.sending import provisional_months
from doorstep.programme.scorecard.table_cells import count_cell, rate_cells
from doorstep.web.charts import DotRow

LINES = (PATIENTS, CASELOAD)
OLDEST = ("80-89", "90+")

COLUMNS = (
    Column("breakdown", "Breakdown"),
    Column("group", "Group"),
    Column("count", "Patients", "count"),
    Column("share", "% of the total", "percent"),
    Column("share_lower", "95% interval from", "percent"),
    Column("share_upper", "95% interval to", "percent"),
    Column("share_all", "% of all Places' total", "percent"),
    Column("n_hidden", "Numbers hidden", "count"),
)
NOTES = (
    "Attributes are those of the first day of the month. A quintile is that of the home's small area (LSOA) in "
    "England: 1 is the most deprived fifth of areas.",
    "Places chose their cohorts by rules of their own. The make-up of a cohort shows whom a Place chose to look for, "
    "which is no measure of need among its residents.",
    "A share is of all patients, 'not known' included. The interval says what chance alone would leave open if the "
    "cohort were a sample of people like these.",
)


def national(asked: Asked) -> Exhibit:
    """Build the make-up of the cohorts of all Places; UsageError where the edition is empty."""
    return of_all(read_last(asked, LINES, 1))


def place(asked: Asked) -> Exhibit:
    """Build the make-up of one Place's cohort, beside that of all Places where the installation has others."""
    return of_place(read_last(asked, LINES, 1), asked.place)


def of_all(figures: Figures) -> Exhibit:
    """Return the make-up of the cohorts of all Places together in the newest month."""
    month = newest(figures)
    parts = [(slug, month) for slug in figures.places]
    return _exhibit("demographics", "Who is in the cohorts: all Places", figures, parts, ())


def of_place(figures: Figures, slug: str) -> Exhibit:
    """Return the make-up of one Place's cohort in its newest month, beside all Places that sent that month."""
    month = newest(of_one_place(figures, slug))
    others = [(other, month) for other in figures.places] if len(figures.places) > 1 else []
    heading = f"Who is in the cohort: {words.place_name(slug)}"
    return _exhibit("demographics-place", heading, figures, [(slug, month)], others)


def composition(figures: Figures, line: str, parts: Sequence[Part], some: Sequence[Group]) -> Rate | None:
    """Return the share that some groups of one breakdown have of a line's total, over Places and months."""
    sent = [part for part in parts if figures.number(line, *part)]
    part = pooling.numbers_of(figures, line, sent, [group.column for group in some])
    return pooling.share(part, pooling.numbers_of(figures, line, sent))


def _exhibit(name: str, heading: str, figures: Figures, parts: Sequence[Part], others: Sequence[Part]) -> Exhibit:
    month = words.month_words(parts[0][1])
    sheets = [_sheet(figures, line, parts, others, month) for line in LINES if _has_groups(figures, line, parts)]
    told = (*_told(figures, parts), sentences.provisional(_provisional(figures, parts), figures.edition.made_on))
    pictures = [_picture(name, figures, breakdown, parts, others) for breakdown in BREAKDOWNS]
    return Exhibit(
        name,
        f"{heading}, {month}",
        tuple(filter(None, told)),
        sheets[0],
        tuple(words.about(line, figures.edition) for line in LINES),
        pictures[0],
        tuple(sheets[1:]),
        tuple(pictures[1:]),
    )


def _has_groups(figures: Figures, line: str, parts: Sequence[Part]) -> bool:
    """Say whether a line is there, and (of the caseload, whose breakdown few know) whether any group is shown."""
    columns = [TOTAL] if line == PATIENTS else [group.column for group in EVERY]
    return any(not number.is_hidden or line == PATIENTS for number in pooling.numbers_of(figures, line, parts, columns))


def _sheet(figures: Figures, line: str, parts: Sequence[Part], others: Sequence[Part], month: str) -> Sheet:
    rows = [_row(figures, line, parts, others, group) for group in EVERY]
    sheet = Sheet(f"{words.line_words(line).short}, {month}", COLUMNS, tuple(rows), NOTES)
    return sheet if others else without(sheet, "share_all")


def without(sheet: Sheet, *names: str) -> Sheet:
    """Return a table without some of its columns."""
    kept = [at for at, column in enumerate(sheet.columns) if column.name not in names]
    rows = tuple(tuple(row[at] for at in kept) for row in sheet.rows)
    return replace(sheet, columns=tuple(sheet.columns[at] for at in kept), rows=rows)


def _row(figures: Figures, line: str, parts: Sequence[Part], others: Sequence[Part], group: Group) -> tuple[Cell, ...]:
    numbers = pooling.numbers_of(figures, line, parts, (group.column,))
    return (
        group.breakdown,
        group.words,
        count_cell(pooling.total(numbers) if numbers else None),
        *rate_cells(composition(figures, line, parts, [group])),
        rate_cells(composition(figures, line, others, [group]))[0],
        sum(number.is_hidden for number in numbers),
    )


def _picture(name: str, figures: Figures, of: Breakdown, parts: Sequence[Part], others: Sequence[Part]) -> Picture:
    rows = [_dot(figures, group, parts, others) for group in groups(of)]
    return dots(f"{name}-{of.slug}", f"Cohort by {of.title.lower()}", "% of the cohort", rows)


def _dot(figures: Figures, group: Group, parts: Sequence[Part], others: Sequence[Part]) -> DotRow:
    own, of_all = (composition(figures, PATIENTS, of, [group]) for of in (parts, others))
    return dot_row(group.words, own, of_all, "%")


def _told(figures: Figures, parts: Sequence[Part]) -> tuple[str, ...]:
    """Say how many there are, how many are 80 or over, in the most deprived fifth, and not known."""
    total = pooling.total(pooling.numbers_of(figures, PATIENTS, parts))
    oldest = [group for group in groups(AGE) if group.words in OLDEST]
    deprived = groups(QUINTILE)[0]
    unknown = [group for group in EVERY if not group.is_known]
    return (
        sentences.cohort(total),
        sentences.make_up("People of 80 or over", composition(figures, PATIENTS, parts, oldest)),
        sentences.make_up(
            "People in the most deprived fifth of areas", composition(figures, PATIENTS, parts, [deprived])
        ),
        *(sentences.not_known(g.breakdown, composition(figures, PATIENTS, parts, [g])) for g in unknown),
        sentences.hidden(*_hidden(figures, parts)),
    )


def _hidden(figures: Figures, parts: Sequence[Part]) -> tuple[int, int]:
    numbers = pooling.numbers_of(figures, PATIENTS, parts, [group.column for group in EVERY])
    return sum(number.is_hidden for number in numbers), len(numbers)


def _provisional(figures: Figures, parts: Sequence[Part]) -> list[date]:
    return [month for month in provisional_months(figures) if month in {when for _, when in parts}]


def not_known(figures: Figures, month: date) -> list[tuple[str, Rate]]:
    """Return for each breakdown the share of patients of whom it is not known, where that itself is known."""
    parts = [(slug, month) for slug in figures.places]
    shares = ((g.breakdown, composition(figures, PATIENTS, parts, [g])) for g in EVERY if not g.is_known)
    return [(name, found) for name, found in shares if found]


def _jumped(before: int, after: int) -> bool:
    return abs(after - before) > before * COHORT_JUMP


def jumps(figures: Figures, month: date) -> dict[str, tuple[int, int]]:
    """Return the Places whose cohort is more than a tenth larger or smaller than the month before: before and after."""
    last = months_back(month, 2)[0]
    found = {}
    for slug in words.by_name(figures.places):
        before, after = (figures.number(PATIENTS, slug, when) for when in (last, month))
        if before and after and before.value and after.value and _jumped(before.value, after.value):
            found[slug] = (before.value, after.value)
    return found


KINDS = {
    "demographics": Kind("demographics", "Who is in the cohorts", national, roles=("national",)),
    "demographics-place": Kind("demographics-place", "Who is in a Place's cohort", place, needs=("place",)),
}
