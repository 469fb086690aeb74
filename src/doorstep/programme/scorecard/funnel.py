"""Places side by side: rates in a funnel, with whom each Place chose beside them. No order of merit, no rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

import numpy as np

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import adjusting, plain, provisional, words
from doorstep.programme.scorecard.areas import AGED_80, LEVELS, MOST_DEPRIVED, TABLE_LEVELS, Area, Areas, areas_of
from doorstep.programme.scorecard.exhibits import Asked, Cell, Column, Exhibit, Kind, Picture, Sheet
from doorstep.programme.scorecard.funnel_words import sentences
from doorstep.statistics.funnels import Funnel
from doorstep.web.charts import Curve, FunnelChart, FunnelDot, Shape, draw_funnel

DRAWN_SIZES: Final = 60
TABLE_SIZES: Final = 8


def funnel_exhibit(figures: Figures, line: str, month: date, own: str = "") -> Exhibit:
    """Return the Places of a month side by side; `own` is the Place that is ringed.

    UsageError for a line without a denominator, and where no Place sent the month.
    """
    _refuse_without_rate(line)
    found = areas_of(figures, line, month)
    if not found.areas:
        raise UsageError(
            f"edition {figures.edition.number} has no {line} of {words.month_words(month)}",
            expected=f"a month up to {words.month_words(figures.edition.through)}",
        )
    waits = provisional.is_provisional(month, figures.edition.made_on)
    said = sentences(found, waits, own)
    title = f"{words.line_words(line).short}, {words.month_words(month)}"
    return Exhibit(
        f"funnel-{line}-{month:%Y-%m}",
        words.FUNNEL_HEADING,
        said,
        _sheet(found, title),
        (words.about(line, figures.edition),),
        Picture(_drawing(found, title, " ".join(said[:3]), own), " ".join(said[:3])),
        tuple(_limits_sheet(found)),
    )


def _refuse_without_rate(line: str) -> None:
    if not words.line_words(line).has_rate:
        raise UsageError(f"{line} has no denominator, so there is no rate to compare", do="choose one of O1a to O6b")


# --- The chart ------------------------------------------------------------------------------------------------------


def _drawing(found: Areas, title: str, description: str, own: str) -> str:
    one, pool = words.line_words(found.line), found.pool
    chart = FunnelChart(
        name=f"funnel-{found.line}-{found.month:%Y-%m}".replace(".", "-"),
        title=title,
        description=description,
        x_axis="Patients in the cohort",
        y_axis=f"{one.axis}, {words.month_words(found.month)}",
        dots=tuple(_dots(found, own)),
        centre=pool.value if pool else None,
        centre_words="pooled rate",
        curves=tuple(_curves(found)),
        words=(
            (Shape.UP, "above the wide outer limit"),
            (Shape.DOWN, "below the wide outer limit"),
            (Shape.DIAMOND, "between the wide limits"),
        ),
    )
    return draw_funnel(chart).both


def _dots(found: Areas, own: str) -> Iterator[FunnelDot]:
    shapes = dict(zip((area.place for area in found.shown), _shapes(found), strict=True))
    for number, area in enumerate(found.areas, start=1):
        rate, hidden = area.rate, area.hidden_rates
        shape = shapes.get(area.place, Shape.CIRCLE)
        is_named = shape in (Shape.UP, Shape.DOWN) or area.place == own or bool(hidden)
        if area.n_patients:
            yield FunnelDot(
                area.n_patients,
                rate.value if rate else None,
                hidden[0] if hidden else None,
                hidden[1] if hidden else None,
                str(number) if is_named else "",
                shape,
                area.place == own,
            )


def _shapes(found: Areas) -> list[Shape]:
    """Return a shape for each shown Place by the wide limits; all circles where there are none."""
    wide = found.widened()
    if wide is None:
        return [Shape.CIRCLE] * len(found.shown)
    names = {0: Shape.CIRCLE, 1: Shape.DIAMOND, -1: Shape.DIAMOND, 2: Shape.UP, -2: Shape.DOWN}
    return [names[int(position)] for position in wide.position]


def _curves(found: Areas) -> Iterator[Curve]:
    for chart, told, is_wide in ((found.chance(), "chance alone", False), (found.widened(), "wide limits", True)):
        if chart is None:
            continue
        at = chart.limits_at(np.linspace(found.patients.min(), found.patients.max(), DRAWN_SIZES))
        for i, level in enumerate(LEVELS):
            yield Curve(
                f"{told}, {percent(level)}",
                tuple(at.denominator.tolist()),
                tuple(at.lower[i].tolist()),
                tuple(at.upper[i].tolist()),
                is_wide,
                is_outer=i > 0,
            )


def percent(level: float) -> str:
    """Return a level as people write it: 99.8%."""
    return f"{100 * level:g}%"


# --- The tables -----------------------------------------------------------------------------------------------------


def _columns(found: Areas) -> tuple[Column, ...]:
    one = words.line_words(found.line)
    return (
        Column("place", "Place"),
        Column("number", "No. in the chart", "count"),
        Column("count", one.unit.capitalize(), "count"),
        Column("patients", "Patients in the cohort", "count"),
        Column("rate", f"Rate {words.PER_PATIENTS}", "rate"),
        Column("rate_low", "95% interval from", "rate"),
        Column("rate_high", "95% interval to", "rate"),
        Column("aged_80", "Patients aged 80 or over, %", "percent"),
        Column("most_deprived", "Patients in the most deprived fifth, %", "percent"),
        Column("caseload", "Patients on the caseload", "count"),
        Column("chance", "Against limits of chance alone"),
        Column("wide", "Against wide limits"),
        Column("state", "State", "state"),
    )


def _sheet(found: Areas, title: str) -> Sheet:
    chance = _against(found, found.chance(TABLE_LEVELS))
    wide = _against(found, found.widened(TABLE_LEVELS))
    rows = tuple(
        _row(found, number, area, chance.get(area.place, ""), wide.get(area.place, ""))
        for number, area in enumerate(found.areas, start=1)
    )
    notes = (
        "Places stand in the order of their names; the numbers are those in the chart and mean nothing else.",
        adjusting.interval_note(found.line),
        *words.line_words(found.line).cautions,
    )
    return Sheet(f"{title}: Places by name", _columns(found), rows, notes)


def _row(found: Areas, number: int, area: Area, chance: str, wide: str) -> tuple[Cell, ...]:
    rate = area.rate
    return (
        area.name,
        number,
        words.cell(area.events),
        words.cell(area.patients.number() if area.patients else None),
        *((rate.value, rate.low, rate.high) if rate else (None, None, None)),
        area.share(AGED_80),
        area.share(MOST_DEPRIVED),
        words.cell(area.caseload),
        chance,
        wide,
        state_words(area),
    )


def _against(found: Areas, chart: Funnel | None) -> dict[str, str]:
    """Return for each shown Place which of the three levels it lies beyond."""
    if chart is None:
        return {}
    names = {0: "within 95%"}
    for i, level in enumerate(TABLE_LEVELS, start=1):
        names |= {i: f"above {percent(level)}", -i: f"below {percent(level)}"}
    return {area.place: names[int(p)] for area, p in zip(found.shown, chart.position, strict=True)}


def state_words(area: Area) -> str:
    """Return what is special about a Place's row."""
    found = []
    if area.events.is_hidden:
        found.append(words.HIDDEN)
    if area.n_patients is None:
        found.append("patients hidden or not sent")
    caseload = area.caseload
    if caseload is None:
        found.append("caseload not sent")
    elif caseload.high == 0:
        found.append("no caseload")
    elif caseload.is_hidden and caseload.low == 0:
        found.append("caseload hidden, perhaps none")
    if area.patients and area.patients.version > 1:
        found.append("corrected")
    return ", ".join(found)


def _limits_sheet(found: Areas) -> Iterator[Sheet]:
    """Yield the limits at a few sizes, at the programme's own levels (95% and 99%) and at 99.8%."""
    charts = [("chance", found.chance(TABLE_LEVELS)), ("wide", found.widened(TABLE_LEVELS))]
    drawn = [(name, chart) for name, chart in charts if chart]
    if not drawn:
        return
    sizes = np.unique(np.linspace(found.patients.min(), found.patients.max(), TABLE_SIZES).round())
    columns = [Column("patients", "Patients in the cohort", "count")]
    values: list[Sequence[Cell]] = [[int(size) for size in sizes]]
    for name, chart in drawn:
        at = chart.limits_at(sizes)
        for i, level in enumerate(TABLE_LEVELS):
            for side, numbers in (("low", at.lower[i]), ("high", at.upper[i])):
                columns.append(Column(f"{name}_{level * 1000:.0f}_{side}", f"{name} {percent(level)} {side}", "rate"))
                values.append(numbers.tolist())
    yield Sheet("Limits at cohorts of several sizes", tuple(columns), tuple(zip(*values, strict=True)))


# --- The shelf ------------------------------------------------------------------------------------------------------


def _build(asked: Asked) -> Exhibit:
    from doorstep.programme.figures import reading

    _refuse_without_rate(asked.metric)
    month = asked.month or asked.edition.through
    lines = (*plain.read_with(asked.metric), plain.CASELOAD)
    found = reading.figures(asked.edition, lines=lines, months=(month, month))
    return funnel_exhibit(found, asked.metric, month, asked.own or asked.place)


KINDS: Final = {"funnel": Kind("funnel", "Places side by side", _build, ("metric", "month"), ("national",))}
