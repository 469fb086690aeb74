"""Reading what an exhibit asks for, and its newest month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Figures
from doorstep.programme.scorecard.exhibits import Asked


def read(asked: Asked, lines: Collection[str], *places: str) -> Figures:
    """Return lines of the edition that is asked for, of all Places where none is named."""
    from doorstep.programme.figures import reading

    return reading.figures(asked.edition, lines=lines, places=places)


def read_last(asked: Asked, lines: Collection[str], n: int) -> Figures:
    """Return at least the last `n` months of such lines of all Places, as they count from the newest month.

    The newest is that of the edition; where a Place is asked for that has not sent it, or nobody else has, everything
    is read, since its own newest month is not known.
    """
    from doorstep.programme.figures import reading

    through = asked.edition.through
    found = reading.figures(asked.edition, lines=lines, months=(months_back(through, n)[0], through))
    sent = {line.place for line in found.lines if line.month == through}
    is_enough = len(sent) > 1 and asked.place in sent if asked.place else bool(sent)
    return found if is_enough else read(asked, lines)


def read_totals(asked: Asked, lines: Collection[str], *places: str) -> Figures:
    """Return the totals alone of such lines."""
    from doorstep.programme.figures import reading

    return reading.figures(asked.edition, lines=lines, places=places, only_totals=True)


def read_newest(asked: Asked, lines: Collection[str], months: Sequence[date]) -> Figures:
    """Return the totals alone of the newest of some months and of the month before it; of no month, nothing."""
    from doorstep.programme.figures import reading

    if not months:
        return Figures(asked.edition, ())
    both = months_back(months[-1], 2)
    return reading.figures(asked.edition, lines=lines, months=(both[0], both[1]), only_totals=True)


def of_one_place(figures: Figures, slug: str) -> Figures:
    """Return the lines of one Place."""
    return Figures(figures.edition, tuple(line for line in figures.lines if line.place == slug))


def newest(figures: Figures) -> date:
    """Return the newest month; UsageError where there is none."""
    if not figures.months:
        raise UsageError(
            f"edition {figures.edition.number} shows no figures", expected="a month that was signed off and published"
        )
    return figures.months[-1]


def last_months(figures: Figures, n: int) -> Figures:
    """Return the lines of the last `n` months on the calendar up to the newest; UsageError where there is none."""
    through = newest(figures)
    first = through.year * 12 + through.month - n
    kept = (line for line in figures.lines if line.month.year * 12 + line.month.month > first)
    return Figures(figures.edition, tuple(kept))


def months_back(through: date, n: int) -> list[date]:
    """Return the `n` months that end with `through`, oldest first."""
    newest = through.year * 12 + through.month - 1
    return [date(k // 12, k % 12 + 1, 1) for k in range(newest - n + 1, newest + 1)]
