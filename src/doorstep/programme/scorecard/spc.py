"""One line over time: rates on months of equal length, process limits, and what may lie behind a signal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from doorstep.errors import UsageError
from doorstep.programme.figures.monthly import Sums
from doorstep.programme.figures.numbers import Edition, Figures
from doorstep.programme.scorecard import adjusting, plain, series, words
from doorstep.programme.scorecard.control import Control
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Picture, Sheet
from doorstep.programme.scorecard.logged import logged
from doorstep.programme.scorecard.noted import Noted
from doorstep.programme.scorecard.series import MonthRow
from doorstep.programme.scorecard.spc_words import RULES, sentences
from doorstep.web.charts import Level, Mark, Shape, TimeChart, TimePoint, draw_icon_with_words, draw_time

POOL: Final = "the Places that sent"
WINTER: Final = frozenset({12, 1, 2})


def place_exhibit(figures: Figures, place: str, line: str, noted: Sequence[Noted] = ()) -> Exhibit:
    """Return a Place's series of one line. UsageError where the Place sent none of it."""
    control = Control(line, series.of_place(figures, line, place), tuple(noted))
    name = words.place_name(place)
    heading = f"{words.line_words(line).short}: {name}"
    return _exhibit(control, figures.edition, f"spc-{place}-{line}", heading, "this Place")


def national_exhibit(figures: Figures | Sums, line: str, noted: Sequence[Noted] = ()) -> Exhibit:
    """Return the series of all Places that sent, as pooled sums. UsageError where none did."""
    control = Control(line, series.of_pool(figures, line), tuple(noted))
    heading = f"{words.line_words(line).short}: all Places that sent"
    return _exhibit(control, figures.edition, f"spc-national-{line}", heading, POOL)


def _exhibit(control: Control, edition: Edition, name: str, heading: str, whose: str) -> Exhibit:
    if not any(row.is_sent for row in control.rows):
        raise UsageError(
            f"edition {edition.number} has no {control.line} of {whose}", do="choose another Place or line"
        )
    said = sentences(control, whose)
    icon = Picture(draw_icon_with_words(control.icon, control.icon_words), control.icon_words)
    return Exhibit(
        name,
        heading,
        said,
        _sheet(control, heading),
        (words.about(control.line, edition),),
        Picture(_drawing(control, name, heading, " ".join(said[:4])), " ".join(said[:4])),
        tuple(_log_sheet(control)),
        (icon,) if control.chart else (),
    )


# --- The chart ------------------------------------------------------------------------------------------------------


def _drawing(control: Control, name: str, heading: str, description: str) -> str:
    one = words.line_words(control.line)
    chart = TimeChart(
        name=name.replace(".", "-"),
        title=heading,
        description=description,
        axis=f"{one.axis}, months of equal length" if one.has_rate else one.axis,
        first=control.rows[0].month,
        n_months=len(control.rows),
        points=tuple(_points(control)),
        levels=tuple(_levels(control)),
        marks=tuple(Mark(month, letter) for month, letter in letters(control).items()),
        shaded=frozenset(row.month for row in control.rows if row.month.month in WINTER and one.season),
        shaded_words="December to February",
        high_words=words.HIGHER,
        low_words=words.LOWER,
    )
    return draw_time(chart).both


def letters(control: Control) -> dict[date, str]:
    """Return the letter of each break: A, B, … as chart and table name them."""
    months = sorted({found.month_from for found in control.breaks})
    return {month: chr(ord("A") + i) if i < 26 else str(i + 1) for i, month in enumerate(months)}


def _points(control: Control) -> Iterator[TimePoint]:
    breaks = letters(control)
    for i, row in enumerate(control.rows):
        low, high = row.hidden_rates or (None, None)
        yield TimePoint(
            row.month,
            control.values[i],
            low,
            high,
            _shape(control, i),
            starts=row.month in breaks,
            is_provisional=row.is_sent and row.is_provisional,
            is_corrected=row.version > 1,
            is_missing=not row.is_sent,
        )


def _shape(control: Control, at: int) -> Shape:
    direction = control.direction(at)
    return Shape.UP if direction > 0 else Shape.DOWN if direction < 0 else Shape.CIRCLE


def _levels(control: Control) -> Iterator[Level]:
    """Yield the mean and limits of each segment; a lower limit below nought is not drawn, as no rate can be there."""
    chart = control.chart
    if chart is None:
        return
    groups = chart.series.group
    for group in range(int(groups[-1]) + 1):
        here = [i for i in range(len(control.rows)) if groups[i] == group]
        mean, lower, upper = adjusting.blanks(
            chart.limits.mean[here[:1]].tolist() + chart.lower[here[:1]].tolist() + chart.upper[here[:1]].tolist()
        )
        yield Level(
            control.rows[here[0]].month,
            control.rows[here[-1]].month,
            mean,
            lower if lower is not None and lower > 0 else None,
            upper,
            bool(chart.is_provisional[here[0]]),
        )


# --- The table ------------------------------------------------------------------------------------------------------


def _columns(control: Control) -> tuple[Column, ...]:
    one = words.line_words(control.line)
    count = Column("count", one.unit.capitalize(), "count")
    ends = (Column("places", "Places that sent", "count"), Column("state", "State", "state"),
            Column("version", "Version", "count"), Column("received_on", "Received", "day"))  # fmt: skip
    if not one.has_rate:
        return (Column("month", "Month", "month"), count, *ends)
    per = words.PER_PATIENTS
    return (
        Column("month", "Month", "month"),
        count,
        Column("patients", "Patients in the cohort", "count"),
        Column("rate", f"Rate {per}", "rate"),
        Column("rate_low", "95% interval from", "rate"),
        Column("rate_high", "95% interval to", "rate"),
        Column("equal_rate", f"Charted: {per}, month of 30.4 days", "rate"),
        Column("mean", "Mean", "rate"),
        Column("lower_limit", "Lower limit", "rate"),
        Column("upper_limit", "Upper limit", "rate"),
        Column("signal", "Signal", "text"),
        *((Column("working_days", "Working days", "count"),) if one.rhythm == "working" else ()),
        *ends,
    )


def _sheet(control: Control, heading: str) -> Sheet:
    one = words.line_words(control.line)
    notes = [adjusting.EQUAL_MONTHS, adjusting.interval_note(control.line)] if one.has_rate else []
    if one.rhythm == "working":
        notes.append(adjusting.WORKING_DAYS)
    notes += [text for text in (one.aim_words, one.season) if text]
    rows = tuple(tuple(_cells(control, i)) for i in range(len(control.rows)))
    return Sheet(f"{heading}, month by month", _columns(control), rows, (*notes, *one.cautions))


def _cells(control: Control, at: int) -> Iterator[Cell]:
    row, one = control.rows[at], words.line_words(control.line)
    yield row.month
    yield words.cell(row.events)
    if one.has_rate:
        yield words.cell(row.patients)
        yield from _rates(control, at)
        yield from _limits(control, at)
        if one.rhythm == "working":
            yield adjusting.working_days(row.month)
    yield row.n_places
    yield state_words(control, row)
    yield row.version if row.is_sent else None
    yield row.received_on


def _rates(control: Control, at: int) -> Iterator[Cell]:
    rate = control.rows[at].rate
    yield from (rate.value, rate.low, rate.high) if rate else (None, None, None)
    yield control.values[at]


def _limits(control: Control, at: int) -> Iterator[Cell]:
    chart = control.chart
    if chart is None:
        yield from (None, None, None, "")
        return
    yield from adjusting.blanks(chart.mean[at : at + 1])
    yield from adjusting.blanks(chart.lower[at : at + 1].clip(min=0))
    yield from adjusting.blanks(chart.upper[at : at + 1])
    yield RULES[chart.causes[at]] if control.direction(at) else ""


def state_words(control: Control, row: MonthRow) -> str:
    """Return everything that is special about a month, other than its signal."""
    if not row.is_sent:
        return words.NOT_SENT
    mark = letters(control).get(row.month)
    found = (
        ("provisional" if row.is_provisional else "final", True),
        (words.HIDDEN, row.count is None),
        (f"{row.n_hidden} Places hidden", row.n_hidden > 0 and row.count is not None),
        ("corrected", row.version > 1),
        (f"break {mark}", mark is not None),
    )
    return ", ".join(text for text, applies in found if applies)


def _log_sheet(control: Control) -> Iterator[Sheet]:
    """Yield what the log says of the line, breaks with their letter in the chart."""
    entries = sorted({*control.noted, *control.breaks}, key=lambda n: (n.month_from, n.words))
    if not entries:
        return
    columns = (Column("mark", "In the chart"), Column("kind", "Kind"), Column("from", "From", "month"),
               Column("to", "To", "month"), Column("words", "What"))  # fmt: skip
    marks = letters(control)
    rows = tuple(
        (marks.get(n.month_from, "") if n.is_break else "", n.kind, n.month_from, n.month_to, n.words) for n in entries
    )
    yield Sheet("Issues and changes", columns, rows)


# --- The shelf ------------------------------------------------------------------------------------------------------


def _build_place(asked: Asked) -> Exhibit:
    from doorstep.programme.figures import reading

    words.line_words(asked.metric)  # a wrong id is refused before anything is read
    found = reading.figures(asked.edition, lines=plain.read_with(asked.metric), places=(asked.place,), only_totals=True)
    return place_exhibit(found, asked.place, asked.metric, logged(asked.place, asked.edition).of(asked.metric))


def _build_national(asked: Asked) -> Exhibit:
    from doorstep.programme.figures import sums

    words.line_words(asked.metric)
    found = sums.read(asked.edition, plain.read_with(asked.metric))
    return national_exhibit(found, asked.metric, logged("", asked.edition).of(asked.metric))


KINDS: Final = {
    "spc": Kind("spc", "One measure over time", _build_place, ("place", "metric")),
    "spc-national": Kind(
        "spc-national", "One measure over time, all Places", _build_national, ("metric",), ("national",)
    ),
}
