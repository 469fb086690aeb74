"""Sentences about one series, computed from its numbers. None says why something changed, or that something worked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from doorstep.programme.scorecard import plain, words
from doorstep.programme.scorecard.control import Control, Jump, Signal
from doorstep.programme.scorecard.sentences import span
from doorstep.programme.scorecard.series import MonthRow
from doorstep.statistics.spc import SpecialCause

RULES: Final = {
    SpecialCause.ABOVE_LIMIT: "above the upper limit",
    SpecialCause.BELOW_LIMIT: "below the lower limit",
    SpecialCause.RISING: "in a row of seven months or more that each rise",
    SpecialCause.FALLING: "in a row of seven months or more that each fall",
    SpecialCause.TWO_OF_THREE_HIGH: "one of two months in three close to the upper limit",
    SpecialCause.TWO_OF_THREE_LOW: "one of two months in three close to the lower limit",
    SpecialCause.ABOVE_MEAN: "in a row of seven months or more above the mean",
    SpecialCause.BELOW_MEAN: "in a row of seven months or more below the mean",
}
WHAT_A_SIGNAL_IS: Final = (
    "A signal says that something changed beyond what chance usually does. It does not say what, and no comparison "
    "group stands behind it. About 15 in 100 steady charts of 24 months show a signal by chance."
)
SHIFTING_EMERGENCY_CARE: Final = frozenset({"O2a", "O5b"})
REGRESSION: Final = (
    "regression to the mean: people chosen while they needed much care need less of it afterwards, with or without a "
    "programme"
)
STOCK: Final = (
    "This is a stock: most people of a month were there the month before. Limits from moves between neighbouring "
    "months would be too narrow, so none are drawn."
)


def sentences(control: Control, whose: str) -> tuple[str, ...]:
    """Return what a series shows. `whose` ends "usual for …": `this Place`, or the pool's words."""
    parts = (_now(control), _state(control, whose), _reading(control), _series(control), _months(control))
    return tuple(sentence for part in parts for sentence in part)


def _now(control: Control) -> Iterator[str]:
    """Yield the newest shown number with its parts and interval, and the same month a year before."""
    if control.latest is None:
        yield "No month has a number that may be shown."
        return
    row = control.rows[control.latest]
    yield f"{words.month_words(row.month)}: {rate_words(control.line, row)}."
    before = next(
        (r for r in control.rows if (r.month.year + 1, r.month.month) == (row.month.year, row.month.month)), None
    )
    if before and (before.is_shown or (before.count is not None and not words.line_words(control.line).has_rate)):
        yield f"The same month a year earlier: {rate_words(control.line, before)}."


def rate_words(line: str, row: MonthRow) -> str:
    """Return a shown month's number with everything it is made of."""
    said = words.line_words(line)
    rate = row.rate
    if not said.has_rate or not rate or not row.patients:
        return f"{row.count:,} {said.unit}"
    interval = words.interval_words(rate.low, rate.high)
    return (
        f"{row.count:,} {said.unit} among {row.patients.value:,} patients, "
        f"{words.decimal(rate.value)} {words.PER_PATIENTS}{interval}"
    )


def _state(control: Control, whose: str) -> Iterator[str]:
    if control.chart is None or control.latest is None:
        if not words.line_words(control.line).has_rate:
            yield STOCK
        return
    now = words.decimal(control.values[control.latest] or 0.0)
    yield f"On months of equal length: {now}; {_limits(control, whose)}."
    if control.signal:
        yield f"{signal_words(control.signal, whose)}."
    else:
        yield f"{control.icon_words.capitalize()}."
    if control.is_provisional:
        until = " Until there are more, no low month is pointed out." if control.aims_low else ""
        yield f"The limits are provisional: they rest on {control.n_behind_limits} months, fewer than 13.{until}"


def _limits(control: Control, whose: str) -> str:
    chart, at = control.chart, control.latest
    if chart is None or at is None or chart.lower[at] != chart.lower[at]:
        return "there are too few months in a row for limits"
    low, mean, high = (float(of[at]) for of in (chart.lower, chart.mean, chart.upper))
    return (
        f"usual for {whose} is {words.decimal(max(0.0, low))} to {words.decimal(high)} about a mean of "
        f"{words.decimal(mean)}, from {control.n_behind_limits} months"
    )


def signal_words(signal: Signal, whose: str) -> str:
    """Return which way a signal points, by which rule, and since when; nothing of what it means."""
    side = words.HIGHER if signal.is_high else words.LOWER
    since = (
        f"in {words.month_words(signal.last)}" if signal.n_months == 1 else f"since {words.month_words(signal.first)}"
    )
    return f"{side.capitalize()} for {whose} {since}: {words.month_words(signal.last)} is {RULES[signal.cause]}"


def _reading(control: Control) -> Iterator[str]:
    """Yield what a signal is, and what could lie behind it other than the work itself."""
    signal = control.signal
    earlier = [s for s in control.signals if s != signal][-3:]
    if earlier:
        yield f"Earlier: {'; '.join(_brief(s) for s in earlier)}."
    if signal is None:
        return
    yield WHAT_A_SIGNAL_IS
    yield f"What else could lie behind it: {'; '.join(other_causes(control, signal))}."


def _brief(signal: Signal) -> str:
    side = words.HIGHER if signal.is_high else words.LOWER
    months = [words.month_words(m) for m in dict.fromkeys((signal.first, signal.last))]
    return f"{side} {'in' if len(months) == 1 else 'from'} {' to '.join(months)}"


def other_causes(control: Control, signal: Signal) -> tuple[str, ...]:
    """Return what could lie behind a signal besides care that changed, the likelier first where the numbers say so."""
    return tuple(_other_causes(control, signal))


def _other_causes(control: Control, signal: Signal) -> Iterator[str]:
    jumps = [j for j in control.cohort_jumps if control.segment_from < j.month <= signal.last]
    if jumps:
        yield (
            f"another cohort: it went from {jumps[-1].before:,} to {jumps[-1].after:,} patients in "
            f"{words.month_words(jumps[-1].month)}"
        )
    else:
        yield "a change in the rule that chooses the cohort, or in who was added to it"
    if not signal.is_high:
        yield REGRESSION
    if any(c.month > control.segment_from for c in control.changes_of_pool):
        yield "other Places in the pool than before"
    if control.line in SHIFTING_EMERGENCY_CARE:
        yield "same-day emergency care that a trust moved from admissions (O2a) to type 05 departments (O5b)"
    if plain.season(control.line):
        yield "the time of year"
    yield "a change in recording or coding"
    if any(row.is_provisional for row in control.rows if signal.first <= row.month <= signal.last):
        yield "data that are still coming in: some of these months are provisional"


def _series(control: Control) -> Iterator[str]:
    """Yield where months cannot be compared with each other."""
    for found in control.breaks:
        what = f" ({found.words.rstrip('.')})" if found.words else ""
        yield (
            f"The series breaks at {words.month_words(found.month_from)}{what}: limits start afresh there, and months "
            "on either side cannot be compared."
        )
    broken = {found.month_from for found in control.breaks}
    yield from _jumps([jump for jump in control.cohort_jumps if jump.month not in broken])
    changes = control.changes_of_pool
    if changes:
        last = changes[-1]
        yield (
            f"The Places in the pool are not the same in every month: last in {words.month_words(last.month)}, "
            f"{last.before} before and {last.after} since."
        )


def _jumps(jumps: Sequence[Jump]) -> Iterator[str]:
    """Yield where the cohort became much larger or smaller: the last time in numbers, those before by their months."""
    if not jumps:
        return
    *earlier, last = jumps
    before = f", after jumps in {span([jump.month for jump in earlier])}" if earlier else ""
    yield (
        f"The cohort went from {last.before:,} to {last.after:,} patients in {words.month_words(last.month)}{before}: "
        "rates before and after may be of different people."
    )


def _months(control: Control) -> Iterator[str]:
    """Yield which months are provisional, corrected, hidden or missing."""
    rows = control.rows
    yield from _of(
        [r for r in rows if r.is_sent and r.is_provisional], "provisional: the final report is still to come"
    )
    yield from _of([r for r in rows if r.is_sent and r.version > 1], "corrected since first sent")
    yield from _of([r for r in rows if r.is_sent and r.count is None], "hidden to protect small numbers")
    if any(row.n_hidden and row.count is not None for row in rows):
        yield from _hidden_in_pool(control)
    yield from _of([r for r in rows if not r.is_sent], "missing: nothing was sent")


def _hidden_in_pool(control: Control) -> Iterator[str]:
    """Yield what hidden Places may do to the pool of the newest month: they are the ones with few events."""
    yield (
        "Places whose number is hidden in a month are left out of that month's pool, with their patients. Hidden "
        "numbers are mostly small, so that the rate shown is rather too high."
    )
    row = control.rows[control.latest or 0]
    if row.n_hidden and row.whole_rates and row.whole_rates[1] is not None:
        low, high = row.whole_rates[0], row.whole_rates[1]
        yield f"With them the rate of {words.month_words(row.month)} {words.spanned(low, high)}."


def _of(rows: Sequence[MonthRow], what: str) -> Iterator[str]:
    if rows:
        verb = "is" if len(rows) == 1 else "are"
        yield f"{span([row.month for row in rows])} {verb} {what}."
