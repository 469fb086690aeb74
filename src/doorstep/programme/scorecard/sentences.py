"""Sentences computed from numbers: plain functions, no number typed. None says why, or that something worked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard.pooling import Between, Rate
from doorstep.programme.scorecard.words import listed, month_words
from doorstep.reference.policy import written

OF_ALL = "hidden numbers allowed for"
NOTHING = "Nothing to report."


def many(n: int, one: str, more: str = "") -> str:
    """Return a number of things: `1 Place`, `1,204 patients`."""
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def count(found: Between) -> str:
    """Return a count, or its range where something is hidden: `between 1,230 and 1,241`."""
    if found.high is None:
        return f"at least {found.low:,.0f}"
    return f"{found.low:,.0f}" if found.is_exact else f"between {found.low:,.0f} and {found.high:,.0f}"


def decimal(found: Between, decimals: int = 1) -> str:
    """Return a rate or share in the same way; ends that read alike are said once."""
    low = fixed(found.low, decimals)
    if found.high is None:
        return f"at least {low}"
    high = fixed(found.high, decimals)
    return low if low == high else f"between {low} and {high}"


def fixed(value: float, decimals: int = 1) -> str:
    """Return a number with its decimals, thousands with commas; what rounds to nought has no sign."""
    return f"{round(value, decimals) + 0.0:,.{decimals}f}"


def interval(found: Rate, decimals: int = 1) -> str:
    """Return a rate's interval: `95% interval 99.0 to 107.5`, and whether hidden numbers widen it."""
    if found.lower is None:
        return "no interval can be given"
    upper = "no upper limit" if found.upper is None else f"{found.upper:,.{decimals}f}"
    widened = "" if found.value.is_exact else f", {OF_ALL}"
    return f"95% interval {found.lower:,.{decimals}f} to {upper}{widened}"


def rate(found: Rate, of: str = "per 1,000 patients") -> str:
    """Return a rate with its interval and what it was made of."""
    made = f"{count(found.events)} for {count(found.people)} patients"
    return f"{decimal(found.value)} {of} ({interval(found)}; {made})"


def share(found: Rate, of: str) -> str:
    """Return a share with its interval: `12.3% of the cohort (95% interval 11.0 to 13.7)`."""
    return f"{decimal(found.value)}% {of} ({interval(found)})"


def sent(month: date, n_sent: int, n_places: int) -> str:
    """Say how many Places sent a month."""
    return f"{n_sent:,} of {n_places:,} Places have a signed-off return for {month_words(month)}."


def came(n_late: int, n_corrected: int) -> str:
    """Say how many of a month's returns came after the second window, and how many correct an earlier version."""
    late = f"{many(n_late, 'return')} came after the second window" if n_late else "None came after the second window"
    again = f"{many(n_corrected, 'return')} {'replaces' if n_corrected == 1 else 'replace'} an earlier version"
    return f"{late}; {again if n_corrected else 'none replaces an earlier version'}."


def version(month: date, n: int, is_late: bool, of: str = "the return") -> str:
    """Say which version of a Place's return, or of its own figures, a month is from."""
    late = ", which came after the second window" if is_late else ""
    return f"{month_words(month)} is from version {n} of {of}{late}."


def signals(signs: Sequence[tuple[str, str, date | None]], n_judged: int) -> str:
    """Say which series show something beyond chance: (line, state, since) each; `n_judged` series could."""
    if not n_judged:
        return ""
    if not signs:
        return f"Of {many(n_judged, 'series', 'series')} with enough months, none shows a sign of change beyond chance."
    told = (f"{line} ({state}, since {month_words(since)})" for line, state, since in signs if since)
    return (
        f"Of {many(n_judged, 'series', 'series')} with enough months, {len(signs)} "
        f"{'shows' if len(signs) == 1 else 'show'} a sign of change beyond chance: {listed(told)}. "
        "A sign says that something changed, not what, and not why."
    )


def too_few(lines: Sequence[str], enough: int) -> str:
    """Say which series are too short to judge; empty where none is."""
    if not lines:
        return ""
    verb = "has" if len(lines) == 1 else "have"
    return f"{listed(lines)} {verb} fewer than the {enough} months that a judgement rests on."


def provisional(months: Sequence[date], made_on: date) -> str:
    """Say which months may still change; empty where none may."""
    if not months:
        return ""
    verb = "is" if len(months) == 1 else "are"
    return (
        f"{span(months)} {verb} provisional: the timetable's final report was not yet due on {written(made_on)}, when "
        "this edition was made, so numbers may still be corrected."
    )


def not_sent(months: Sequence[date], what: str = "No return is") -> str:
    """Say which months a Place did not send, or has no figures of; empty where none is missing."""
    return f"{what} shown for {span(months)}." if months else ""


def hidden(n_hidden: int, n_parts: int, what: str = "number") -> str:
    """Say how much is hidden; empty where nothing is."""
    if not n_hidden:
        return ""
    verb = "is" if n_hidden == 1 else "are"
    return (
        f"{n_hidden:,} of {many(n_parts, what)} {verb} hidden, because small numbers could identify people: sums are "
        "given as the range in which they must lie."
    )


def cohort(found: Between) -> str:
    """Say how many patients there are."""
    return f"The cohort has {count(found)} patients."


def make_up(who: str, found: Rate | None) -> str:
    """Say how many of a cohort are of a kind; empty where that is not known."""
    return f"{who} are {share(found, 'of the cohort')}." if found else ""


def not_known(what: str, found: Rate | None) -> str:
    """Say for how many something is not known; empty where that itself is not known, or for none."""
    if found is None or found.value.high == 0:
        return ""
    return f"{what} is not known for {decimal(found.value)}%."


def caseload(found: Between, of: Rate | None) -> str:
    """Say how many patients are on the caseload, and their share of the cohort."""
    people = f"The caseload is {count(found)} patients"
    return f"{people}, {share(of, 'of the cohort')}." if of else f"{people}."


def no_caseload_line(month: date) -> str:
    """Say that no return of a month has a caseload."""
    return f"No return for {month_words(month)} has a caseload."


def without_caseload(names: Sequence[str]) -> str:
    """Name the Places whose caseload is nought or below 6; empty where there is none."""
    if not names:
        return ""
    verb = "has" if len(names) == 1 else "have"
    return f"{many(len(names), 'Place')} {verb} no caseload, or one below 6: {listed(names)}."


def months_pooled(months: Sequence[date], wanted: int) -> str:
    """Say over which months sums were made, and how many of those wanted were sent."""
    if len(months) == wanted:
        return f"Sums are over {wanted} months, {span(months)}."
    return f"Sums are over {many(len(months), 'month')} of the last {wanted}: {span(months)}."


def pooled(what: str, months: Sequence[date], wanted: int, found: Rate | None) -> str:
    """Say a metric's rate over months."""
    over = months_pooled(months, wanted)
    return f"{over} {what}: {rate(found, 'per 1,000 patients a month')}." if found else f"{over} {what}: no rate."


def slope(found: Between, lower: float, upper: float) -> str:
    """Say how much the line through the quintiles differs between its ends, and whether chance alone could do it."""
    limits = f"95% interval {fixed(lower)} to {fixed(upper)}{'' if found.is_exact else f', {OF_ALL}'}"
    said = (
        "The slope index, the rate at the most deprived end less that at the least deprived end, is "
        f"{decimal(found)} per 1,000 patients a month ({limits})"
    )
    if lower <= 0 <= upper:
        return f"{said}: the interval holds nought, so that no difference is possible too."
    return f"{said}: the more deprived of the people chosen have {'more' if lower > 0 else 'fewer'}."


def no_slope(quintiles: Sequence[str]) -> str:
    """Say why there is no slope."""
    if not quintiles:
        return "No slope index is given: there is no interval to give with it."
    return f"No slope index is given: too much is hidden in quintile {listed(quintiles)}."


def since(edition: Edition | None) -> str:
    """Say since when: ` since edition 6`; empty where there was none before."""
    return f" since edition {edition.number}" if edition else ""


def awaited(names: Iterable[str]) -> str:
    """Name the Places that sent nothing so far; empty where all did."""
    found = list(names)
    return f"Awaited: {listed(found)}." if found else ""


def new_returns(months: Sequence[tuple[date, int]], since: str) -> str:
    """Say how many returns are new, by month; empty where none is."""
    told = listed(f"{many(n, 'return')} for {month_words(month)}" for month, n in months[-3:])
    older = sum(n for _, n in months[:-3])
    before = f", and {many(older, 'return')} for months before" if older else ""
    return f"New{since}: {told}{before}." if months else f"No return is new{since}."


def corrected(found: Sequence[tuple[str, date, int]], since: str) -> str:
    """Say which Places' months were corrected: (name, month, version) each; empty where none."""
    told = listed(f"{name} ({month_words(month)}, version {n})" for name, month, n in found)
    return f"Corrected{since}: {told}." if found else f"No return was corrected{since}."


def withdrawn(found: Sequence[tuple[str, date]], since: str) -> str:
    """Say which Places' months are no longer shown; empty where none."""
    told = listed(f"{name} ({month_words(month)})" for name, month in found)
    return f"Withdrawn{since}: {told}." if found else ""


def unknown_groups(shares: Sequence[tuple[str, Rate]]) -> str:
    """Say for how many patients each breakdown is not known."""
    told = listed(f"{name.lower()} for {decimal(found.value)}%" for name, found in shares)
    return f"Of the patients, not known: {told}." if shares else ""


def cohort_jumps(found: Sequence[tuple[str, int, int]], month: date) -> str:
    """Say which cohorts are much larger or smaller than the month before; empty where none is."""
    told = listed(f"{name} ({before:,} to {after:,} patients)" for name, before, after in found)
    if not found:
        return ""
    return (
        f"In {month_words(month)} {many(len(found), 'cohort')} changed by more than a tenth: {told}. Rates before and "
        "after may be of different people."
    )


def new_signals(n: int, n_judged: int, before: Edition | None) -> str:
    """Say how many signals are new among the series that have limits."""
    of = f"Of {many(n_judged, 'series', 'series')} with limits"
    if before is None:
        return f"{of}, {n or 'none'} {'shows' if n <= 1 else 'show'} a signal in the newest month."
    if not n:
        return f"{of}, none has a signal that edition {before.number} did not show."
    return f"{of}, there {'is' if n == 1 else 'are'} {many(n, 'signal')} that edition {before.number} did not show."


def no_longer(lines: Sequence[str]) -> str:
    """Say which signals an earlier edition showed and this one does not; empty where none."""
    if not lines:
        return ""
    return f"No longer shown, as numbers were corrected or limits moved: earlier signals of {listed(lines)}."


def entries(n: int) -> str:
    """Say how many entries the log of issues and changes has."""
    return f"The log has {many(n, 'entry', 'entries')}." if n else "The log has no entry."


def span(months: Sequence[date]) -> str:
    """Return months in order as they run: `April to June 2026`, `May 2026 and July to October 2026`."""
    runs: list[list[date]] = []
    for month in months:
        if runs and n_months(runs[-1][-1], month) == 2:
            runs[-1].append(month)
        else:
            runs.append([month])
    return listed(words for run in runs for words in _run(run)) or "no month"


def _run(months: Sequence[date]) -> Iterable[str]:
    """Return months without a gap from the first to the last; one or two by name."""
    first, last = months[0], months[-1]
    if len(months) < 3:
        return map(month_words, months)
    return (f"{first:%B}{'' if first.year == last.year else f' {first:%Y}'} to {month_words(last)}",)


def n_months(first: date, last: date) -> int:
    """Return how many months there are from one to another, both counted."""
    return (last.year - first.year) * 12 + last.month - first.month + 1
