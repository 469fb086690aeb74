"""Checks across files and months: what one workbook by itself cannot show. No database here.

All but the same numbers in two files are notes: a large change can be true, and somebody looks at it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from doorstep.programme.submissions.parsing import Lines
from doorstep.returns import METRICS
from doorstep.returns.faults import Fault
from doorstep.returns.layout import SUBMISSION, TOTAL, Kind, Spot, next_month
from doorstep.returns.printed import CASELOAD, LINE_IDS, PATIENTS

# code -> what was found, for readers who may not see numbers; with `returns.faults.CODES` the whole list.
CODES: Final = {
    "too-large": "A count is larger than any Place can have.",
    "cohort-jump": "The patients changed, or the caseload fell, by more than a fifth, and the log has no break for it.",
    "went-silent": "A metric that had numbers is nought or hidden throughout.",
    "part-silent": "A metric fell so far that a provider's data may be missing.",
    "unchanged": "A metric has the very numbers of the month before.",
    "patients-changed": "The patients differ from those of the version before.",
    "all-differ": "Every total differs from the version before: is the month right?",
    "not-compared": "No earlier month could be compared with.",
}
ENOUGH: Final = 12  # months of a Place's own series that limits can rest on
_SOME: Final = 6  # months with which a jump that stays within the series' limits says nothing
_SIGMAS: Final = 3
_COHORT_RATIO, _COHORT_LEAST = 1.2, 20
_AMPLE: Final = 20  # of a Poisson count with this mean 7 in 100,000 are below 6
_MANY: Final = 8  # so many shown numbers do not all come again by chance; a hidden one says nothing
_PART: Final = 0.6  # below this share of what was usual a provider may be missing
_RATIO: Final = 1.5  # with no series to judge by: beyond a half more or a third less


@dataclass(frozen=True)
class Known:
    """What is known beside the file: numbers of earlier months, of the version before, and declared breaks."""

    month: date
    earlier: Mapping[date, Lines]
    version_before: Lines | None
    breaks: frozenset[date]

    @property
    def month_before(self) -> Lines | None:
        """The numbers of the month just before."""
        return next((lines for month, lines in self.earlier.items() if next_month(month) == self.month), None)

    def since_break(self) -> dict[date, Lines]:
        """Return the earlier months that can be compared: those since the newest break, none where one is now."""
        start = max((day for day in self.breaks if day <= self.month), default=date.min)
        return {month: lines for month, lines in sorted(self.earlier.items()) if month >= start}


def checks(lines: Lines, known: Known) -> Iterator[Fault]:
    """Yield what is found."""
    yield from _versions(lines, known.version_before)
    before = known.month_before
    if before is None:
        yield _note("", "not-compared", "there is no return of the month before to compare with")
        return
    yield from _cohort(lines, before, known)
    for metric in METRICS:
        found = _metric(metric, lines, before, known)
        if found:
            yield found


def _note(line: str, code: str, message: str) -> Fault:
    return Fault(SUBMISSION, _total_cell(line) if line else "", "note", code, message)


def _total_cell(line: str) -> str:
    return Spot("O1a" if line == PATIENTS else line, Kind.PATIENTS if line == PATIENTS else Kind.COUNT, TOTAL).address


def _versions(lines: Lines, before: Lines | None) -> Iterator[Fault]:
    if before is None:
        return
    # A month's name that was left in the cell looks so; a whole restatement does too, so somebody asks.
    if all(before[line][TOTAL] != lines[line][TOTAL] for line in LINE_IDS):
        yield _note("", "all-differ", "every total differs from the version before: is it of another month?")
    if before[PATIENTS] != lines[PATIENTS]:
        n = sum(a != b for a, b in zip(before[PATIENTS], lines[PATIENTS], strict=True))
        message = f"{n} of the 23 numbers of patients differ from the version before: every rate changes with them"
        yield _note(PATIENTS, "patients-changed", message)


def _cohort(lines: Lines, before: Lines, known: Known) -> Iterator[Fault]:
    if known.month in known.breaks:
        return
    for name, what in ((PATIENTS, "patients in the cohort"), (CASELOAD, "people on the caseload")):
        old, new = before[name][TOTAL], lines[name][TOTAL]
        if not isinstance(old, int) or not isinstance(new, int):
            continue
        if name == CASELOAD and new > old:
            continue  # Places build their caseload up over months: only a fall is odd
        low, high = sorted((old, new))
        if high > low * _COHORT_RATIO and high - low >= _COHORT_LEAST:
            message = f"{new:,} {what}, {old:,} the month before; no break in series is in the log"
            yield _note(name, "cohort-jump", message)


def _metric(metric: str, lines: Lines, before: Lines, known: Known) -> Fault | None:
    now, then = lines[metric], before[metric]
    if _is_silent(now) and _is_ample(then):
        return _note(
            metric, "went-silent", f"every number of {metric} is nought or hidden; the month before had numbers"
        )
    if now == then and sum(isinstance(value, int) and value > 0 for value in now) >= _MANY:
        return _note(metric, "unchanged", f"every number of {metric} is that of the month before")
    return _change(metric, now[TOTAL], then[TOTAL], lines, known)


def _is_silent(line: list[int | str]) -> bool:
    return not any(isinstance(value, int) and value > 0 for value in line)


def _is_ample(line: list[int | str]) -> bool:
    """Say whether a total is so large that it does not fall below 6 by chance alone."""
    total = line[TOTAL]
    return isinstance(total, int) and total >= _AMPLE


def _change(metric: str, new: int | str, old: int | str, lines: Lines, known: Known) -> Fault | None:
    if not isinstance(new, int) or not isinstance(old, int):
        shown = new if isinstance(new, int) else old
        told = f"the total of {metric} is {new}, and was {old}"
        return _note(metric, "implausible-change", told) if isinstance(shown, int) and shown >= 100 else None
    expected, sentence = _usual(metric, new, old, lines, known)
    if expected is None:
        return None
    if new < expected * _PART:
        told = f"the total of {metric} is {new:,}; {sentence}: a provider's data may be missing"
        return _note(metric, "part-silent", told)
    return _note(metric, "implausible-change", f"the total of {metric} is {new:,}; {sentence}")


def _usual(metric: str, new: int, old: int, lines: Lines, known: Known) -> tuple[float | None, str]:
    """Return what was to be expected and the words for it, or None where the new total is within what is usual.

    By the Place's own series since its last break where that has 12 months: the rate lies outside the limits of an XmR
    chart of the months before, and further from their mean than three standard deviations of a Poisson count. With
    fewer months: beyond three standard deviations of a difference of two counts, and a half more or a third less; with
    six or more of them outside those limits too, for a count that jumps each month is not news.
    """
    patients = lines[PATIENTS][TOTAL]
    rates = _rates(metric, known)
    if isinstance(patients, int) and patients and len(rates) >= ENOUGH:
        expected = sum(rates.values()) / len(rates) * patients / 1000
        if abs(new - expected) <= _SIGMAS * math.sqrt(max(expected, 1)):
            return None, ""
        told = f"by its own {len(rates)} months about {expected:,.0f} was to be expected"
        return (None, "") if _is_inside(new / patients * 1000, rates) else (expected, told)
    low, high = sorted((old, new))
    is_far = high - low > _SIGMAS * math.sqrt(high + low) and high > low * _RATIO
    if is_far and isinstance(patients, int) and patients and len(rates) >= _SOME:
        is_far = not _is_inside(new / patients * 1000, rates)
    return (float(old), f"it was {old:,} the month before") if is_far else (None, "")


def _rates(metric: str, known: Known) -> dict[date, float]:
    """Return the rate per 1,000 patients of each earlier month that can be compared and shows both numbers."""
    totals = {month: (one[metric][TOTAL], one[PATIENTS][TOTAL]) for month, one in known.since_break().items()}
    return {
        month: count / patients * 1000
        for month, (count, patients) in totals.items()
        if isinstance(count, int) and isinstance(patients, int) and patients
    }


def _is_inside(rate: float, rates: Mapping[date, float]) -> bool:
    """Say whether a rate is within the process limits of the months before; with none there are no limits to leave."""
    from doorstep.statistics.spc import xmr  # heavy: only where a total is far from its mean

    chart = xmr(list(rates.values()), list(rates))
    return not (rate < float(chart.lower[-1]) or rate > float(chart.upper[-1]))
