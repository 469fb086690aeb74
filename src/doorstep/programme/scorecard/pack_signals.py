"""Signals that an edition shows and the one before did not, in words that claim nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard import sentences, series, spc, words
from doorstep.programme.scorecard.control import Control, Signal
from doorstep.programme.scorecard.logged import Log
from doorstep.programme.scorecard.spc_words import WHAT_A_SIGNAL_IS, signal_words
from doorstep.returns.figures import METRICS


def fresh(now: Figures, before: Figures | None, place: str, log: Log) -> tuple[str, ...]:
    """Say which signals are new since the edition before, and which are no longer shown; `place` empty: the pool.

    Where there is no edition before, the signals of each series' newest month are said.
    """
    whose = "this Place" if place else spc.POOL
    told, gone, n_judged = [], [], 0
    for line in METRICS:
        control, earlier = control_of(now, line, place, log), control_of(before, line, place, log) if before else None
        n_judged += control is not None and control.chart is not None
        told += [f"{line} {words.line_words(line).short}: {signal_words(s, whose)}." for s in _new(control, earlier)]
        gone += [line for s in _ended(control, earlier)]
    return (
        sentences.new_signals(len(told), n_judged, before.edition if before else None),
        *told,
        sentences.no_longer(sorted(set(gone), key=METRICS.index)),
        WHAT_A_SIGNAL_IS if told else "",
    )


def control_of(figures: Figures, line: str, place: str, log: Log) -> Control | None:
    """Return a line's series; None where nobody sent it."""
    rows = series.of_place(figures, line, place) if place else series.of_pool(figures, line)
    return Control(line, rows, log.of(line)) if any(row.is_sent for row in rows) else None


def _new(control: Control | None, earlier: Control | None) -> tuple[Signal, ...]:
    """Return signals that were not shown before and rest on a new or corrected month.

    Others come and go as limits are worked out afresh with each month: nothing happened in their months.
    """
    if control is None:
        return ()
    if earlier is None:
        return (control.signal,) if control.signal else ()
    known = {(s.last, s.is_high) for s in earlier.signals}
    had = dict(zip((row.month for row in earlier.rows), earlier.values, strict=True))
    other = [row.month for row, v in zip(control.rows, control.values, strict=True) if had.get(row.month) != v]
    return tuple(s for s in control.signals if (s.last, s.is_high) not in known and _holds(s, other))


def _holds(signal: Signal, months: Sequence[date]) -> bool:
    return any(signal.first <= month <= signal.last for month in months)


def _ended(control: Control | None, earlier: Control | None) -> tuple[Signal, ...]:
    """Return signals that were shown before and are not now: numbers were corrected, or limits moved."""
    if control is None or earlier is None:
        return ()
    return tuple(s for s in earlier.signals if not any(_meet(s, other) for other in control.signals))


def _meet(one: Signal, other: Signal) -> bool:
    return one.is_high == other.is_high and one.first <= other.last and other.first <= one.last
