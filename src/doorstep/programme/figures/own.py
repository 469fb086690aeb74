"""A Place's own figures on its own installation: as true numbers for its analysts, and as they may be shown to others.

Each time figures change two editions are made, one of each kind, and both hold every month. What the second hides is
decided as the Centre does: small numbers, then what would give them away, beside earlier editions of its kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from doorstep.programme.figures.knowing import Past
from doorstep.programme.figures.models import Edition, SafeLine
from doorstep.programme.figures.numbers import SAFE_RULES as SAFE_RULES
from doorstep.programme.figures.numbers import TRUE_RULES as TRUE_RULES
from doorstep.programme.figures.protecting import Protected, protected
from doorstep.programme.figures.sources import Key
from doorstep.programme.figures.writing import MonthOfPlace
from doorstep.reference import places
from doorstep.returns import COLUMNS, Figures
from doorstep.returns.printed import lines_of

Months = dict[Key, MonthOfPlace]


def newest_true() -> Edition | None:
    """Return the newest edition of true numbers."""
    return Edition.objects.filter(rules=TRUE_RULES).first()


def with_changes(figures: Iterable[Figures], received_on: date) -> tuple[Months, int]:
    """Return all months as they are now and how many of them have changed; one that has counts as its next version."""
    months, n_changed = _loaded(newest_true()), 0
    for one in figures:
        key = (places.find(one.place).slug, one.month)
        lines = tuple(true_line(name, numbers) for name, numbers in lines_of(one).items())
        before = months.get(key)
        if before is None or _by_name(before) != {line.line: line.values for line in lines}:
            months[key] = MonthOfPlace(*key, before.version + 1 if before else 1, received_on, lines)
            n_changed += 1
    return months, n_changed


def true_line(name: str, numbers: tuple[int, ...]) -> Protected:
    """Return a line with all its numbers; of a breakdown that is not known each is from 0 to the total."""
    unknown = len(COLUMNS) - len(numbers)
    return Protected(
        name, (*numbers, *[None] * unknown), (*numbers, *[0] * unknown), (*numbers, *[numbers[0]] * unknown)
    )


def safe_months(months: Iterable[MonthOfPlace]) -> list[MonthOfPlace]:
    """Return months as they may be shown, beside what earlier such editions have shown of them."""
    past = _past()
    return [replace(one, lines=protected(_as_printed(one), past[one.place, one.month])) for one in months]


def _as_printed(month: MonthOfPlace) -> dict[str, list[int | str]]:
    return {line.line: ["*" if v is None else v for v in line.values] for line in month.lines}


def _by_name(month: MonthOfPlace) -> dict[str, tuple[int | None, ...]]:
    return {line.line: line.values for line in month.lines}


def _loaded(edition: Edition | None) -> Months:
    """Return the months of an edition of true numbers."""
    lines: dict[tuple[str, date, int, date], list[Protected]] = defaultdict(list)
    names = ("place", "month", "version", "received_on", "line", "values", "lows", "highs")
    rows = SafeLine.objects.filter(since=edition.number if edition else 0).order_by("pk").values_list(*names)
    for place, month, version, received, line, values, lows, highs in rows:
        lines[place, month, version, received].append(Protected(line, tuple(values), tuple(lows), tuple(highs)))
    return {key[:2]: MonthOfPlace(*key, tuple(found)) for key, found in lines.items()}


def _past() -> dict[Key, dict[str, list[Past]]]:
    """Return what safe editions so far have shown, by Place and month, then by line, oldest first."""
    found: dict[Key, dict[str, list[Past]]] = defaultdict(lambda: defaultdict(list))
    safe = Edition.objects.filter(rules=SAFE_RULES).values("number")
    rows = SafeLine.objects.filter(since__in=safe).order_by("since")
    for place, month, line, values in rows.values_list("place", "month", "line", "values"):
        shown, before = tuple(values), found[place, month][line]
        if shown not in before:
            before.append(shown)
    return found
