"""The overview: a row a metric, its rate with its interval, the month before, and what the series shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from doorstep.programme.figures.monthly import Sums
from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import pooling, sentences, series, small_lines, words
from doorstep.programme.scorecard.control import ICON_WORDS, Control, Signal
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Sheet
from doorstep.programme.scorecard.logged import Log, logged
from doorstep.programme.scorecard.newest import months_back, newest, of_one_place, read_newest, read_totals
from doorstep.programme.scorecard.pooling import Between, Rate
from doorstep.programme.scorecard.provisional import is_provisional
from doorstep.programme.scorecard.sending import listed_places, provisional_months, sending
from doorstep.programme.scorecard.series import MonthRow
from doorstep.programme.scorecard.small_lines import SmallLine
from doorstep.programme.scorecard.spc_words import RULES
from doorstep.programme.scorecard.table_cells import count_cell, rate_cells, value_cell
from doorstep.returns.figures import METRICS
from doorstep.statistics.spc import PROVISIONAL_BELOW
from doorstep.web.charts import Icon

NOTHING = Log()
STOCK = "not judged: a stock"
LINES = (pooling.PATIENTS, pooling.CASELOAD, *METRICS)

COLUMNS = (
    Column("line", "Metric"),
    Column("title", "What it counts"),
    Column("count", "Count", "count"),
    Column("patients", "Patients", "count"),
    Column("rate", "Rate per 1,000 patients", "rate"),
    Column("lower", "95% interval from", "rate"),
    Column("upper", "95% interval to", "rate"),
    Column("rate_before", "Rate the month before", "rate"),
    Column("lower_before", "its 95% interval from", "rate"),
    Column("upper_before", "its 95% interval to", "rate"),
    Column("variation", "What the series shows", "state"),
    Column("since", "Since", "month"),
    Column("rule", "By which rule"),
    Column("n_months", "Months in the series", "count"),
    Column("status", "Provisional or final", "state"),
    Column("n_places", "Places in the count", "count"),
    Column("n_hidden", "of them hidden", "count"),
)

NOTES = (
    "A rate is the sum of counts over the sum of patients of the same Places, per 1,000: never an average of rates.",
    "Where a number is hidden, a count or rate is given as the range in which it must lie, and the interval is the "
    "widest that any number behind it would give.",
    "The interval allows for chance alone, as if every event stood for itself. Some people come often, so that it is "
    "rather too narrow. For bed days it allows for days of one stay coming together.",
    "What the series shows is judged on all months so far by the rules of statistical process control, never on the "
    "change from one month to the next. A signal says that something changed beyond chance, not what or why.",
)
DIFFERENT_PLACES = (
    "The Places that sent differ between months: a national series can move because of who is in it. The series is of "
    "Places whose numbers are shown."
)


def national(asked: Asked) -> Exhibit:
    """Build the overview of all Places that sent; UsageError where the edition is empty."""
    from doorstep.programme.figures import sums

    found = sums.read(asked.edition, LINES)
    return of_all(read_newest(asked, LINES, found.months), listed_places(), logged("", asked.edition), found)


def place(asked: Asked) -> Exhibit:
    """Build the overview of one Place."""
    log = logged(asked.place, asked.edition)
    return of_place(read_totals(asked, LINES, asked.place), asked.place, log)


def of_all(figures: Figures, places: Sequence[str], log: Log = NOTHING, sums: Sums | None = None) -> Exhibit:
    """Return the overview of the Places in `figures`; `places` are all that the programme has.

    With `sums` of the edition the figures need only be those of the newest month and the one before.
    """
    month, every = newest(figures), sums or figures
    came = sending(figures, month, places)
    rows = [_row(figures, line, came.sent, month, series.of_pool(every, line), log) for line in LINES]
    told = (
        sentences.sent(month, len(came.sent), len(places)),
        sentences.came(len(came.late), len(came.corrected)),
        *_of_rows(rows),
        sentences.provisional(provisional_months(every), figures.edition.made_on),
    )
    notes = (*NOTES, DIFFERENT_PLACES)
    return _exhibit("overview", f"All Places: {words.month_words(month)}", figures, rows, told, notes)


def of_place(figures: Figures, slug: str, log: Log = NOTHING) -> Exhibit:
    """Return the overview of one Place: its newest month in the edition."""
    own = of_one_place(figures, slug)
    month = newest(own)
    came = sending(own, month, (slug,))
    rows = [_row(own, line, (slug,), month, series.of_place(own, line, slug), log) for line in LINES]
    missing = [m for m in months_back(figures.edition.through, 12) if m > own.months[0] and m not in own.months]
    told = (
        version_of(own, month, is_late=bool(came.late)),
        *_of_rows(rows),
        sentences.not_sent(missing, "No figures are" if own.edition.is_own else "No return is"),
        sentences.provisional(provisional_months(own), own.edition.made_on),
    )
    heading = f"{words.place_name(slug)}: {words.month_words(month)}"
    return _exhibit("overview-place", heading, own, rows, told, NOTES)


def version_of(own: Figures, month: date, *, is_late: bool) -> str:
    """Say which version of its return a Place's month is from; of its own figures where it loads them itself."""
    newest_version = max(line.version for line in own.lines if line.month == month)
    if own.edition.is_own:
        return sentences.version(month, newest_version, False, "the Place's own figures")
    return sentences.version(month, newest_version, is_late)


@dataclass(frozen=True)
class Row:
    """One metric of the overview. `now` and `before` are None where nothing was sent, or where a line has no rate."""

    line: str
    count: Between | None
    patients: Between | None
    now: Rate | None
    before: Rate | None
    control: Control
    is_provisional: bool
    n_places: int
    n_hidden: int

    @property
    def signal(self) -> Signal | None:
        """What the series' newest months show beyond chance, if anything."""
        return self.control.signal

    @property
    def icon(self) -> Icon | None:
        """The icon of the series: none of a stock; `too few` where limits are provisional and nothing lies outside."""
        if self.control.chart is None:
            return None
        return Icon.TOO_FEW if self.control.is_provisional and not self.signal else self.control.icon

    @property
    def is_judged(self) -> bool:
        """Whether the series says anything: it is no stock, and long enough."""
        return self.icon not in (None, Icon.TOO_FEW)

    @property
    def state(self) -> str:
        """What the series shows, in words."""
        if not words.line_words(self.line).has_rate:
            return STOCK
        if self.control.latest is None:
            return words.HIDDEN if self.n_places else words.NOT_SENT
        return ICON_WORDS[self.icon] if self.icon else words.TOO_FEW


def _row(
    figures: Figures, line: str, places: Sequence[str], month: date, months: tuple[MonthRow, ...], log: Log
) -> Row:
    parts = [(place, month) for place in places]
    numbers = pooling.numbers_of(figures, line, parts)
    has_rate = words.line_words(line).has_rate
    last = months_back(month, 2)[0]
    return Row(
        line,
        pooling.total(numbers) if numbers else None,
        pooling.total(pooling.numbers_of(figures, pooling.PATIENTS, parts)) if has_rate else None,
        pooling.rate(figures, line, parts) if has_rate else None,
        pooling.rate(figures, line, [(p, last) for p in figures.places]) if has_rate else None,
        Control(line, months, log.of(line)),
        is_provisional(month, figures.edition.made_on),
        len(numbers),
        sum(number.is_hidden for number in numbers),
    )


def _cells(row: Row) -> tuple[Cell, ...]:
    return (
        "" if row.line == pooling.PATIENTS else row.line,
        words.line_words(row.line).short,
        count_cell(row.count),
        count_cell(row.patients if row.now else None),
        *rate_cells(row.now),
        *rate_cells(row.before),
        row.state,
        row.signal.first if row.signal else None,
        RULES[row.signal.cause] if row.signal else "",
        sum(value is not None for value in row.control.values),
        "provisional" if row.is_provisional else "final",
        row.n_places,
        row.n_hidden,
    )


def _of_rows(rows: Sequence[Row]) -> tuple[str, ...]:
    signs = [(row.line, row.state, row.signal.first) for row in rows if row.signal]
    few = [row.line for row in rows if row.state == words.TOO_FEW]
    caseload = next(row for row in rows if row.line == pooling.CASELOAD)
    return (
        sentences.caseload(caseload.count, None) if caseload.count else "",
        sentences.signals(signs, sum(row.is_judged for row in rows)),
        sentences.too_few(few, PROVISIONAL_BELOW),
        sentences.hidden(sum(row.n_hidden for row in rows), sum(row.n_places for row in rows)),
    )


def _exhibit(
    name: str, heading: str, figures: Figures, rows: Sequence[Row], told: Sequence[str], notes: tuple[str, ...]
) -> Exhibit:
    month = words.month_words(newest(figures))
    return Exhibit(
        name,
        heading,
        tuple(filter(None, told)),
        Sheet(f"Every metric in {month}", COLUMNS, tuple(map(_cells, rows)), notes),
        tuple(words.about(row.line, figures.edition) for row in rows),
        small_lines.picture(name, f"Every metric in {month}", tuple(map(_small, rows))),
    )


def _small(row: Row) -> SmallLine:
    line = "" if row.line == pooling.PATIENTS else row.line
    value = value_cell(row.now.value) if row.now else count_cell(row.count)
    shown = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else value
    return SmallLine(line, words.line_words(row.line).short, str(shown or "not sent"), row.control, row.icon, row.state)


KINDS = {
    "overview": Kind("overview", "Overview", national, roles=("national",)),
    "overview-place": Kind("overview-place", "Overview of a Place", place, needs=("place",)),
}
