"""A Place's own true figures as an edition's lines: nothing is hidden, so they never leave its installation."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from doorstep.programme.figures.models import SafeLine
from doorstep.programme.figures.protecting import Protected
from doorstep.programme.figures.sources import Key
from doorstep.programme.figures.writing import MonthOfPlace
from doorstep.reference import places
from doorstep.returns import COLUMNS, Figures
from doorstep.returns.printed import lines_of

OWN_RULES = "true numbers of this Place; not for sending"


def changed(figures: Iterable[Figures], received_on: date) -> tuple[MonthOfPlace, ...]:
    """Return the months whose figures are not the newest edition's; a month changed counts as its next version."""
    now, versions = _now()
    found = []
    for one in figures:
        key = (places.find(one.place).slug, one.month)
        lines = tuple(true_line(name, numbers) for name, numbers in lines_of(one).items())
        if now.get(key) != {line.line: line.values for line in lines}:
            found.append(MonthOfPlace(*key, versions.get(key, 0) + 1, received_on, lines))
    return tuple(found)


def true_line(name: str, numbers: tuple[int, ...]) -> Protected:
    """Return a line with all its numbers; of a breakdown that is not known each is from 0 to the total."""
    unknown = len(COLUMNS) - len(numbers)
    return Protected(
        name, (*numbers, *[None] * unknown), (*numbers, *[0] * unknown), (*numbers, *[numbers[0]] * unknown)
    )


def _now() -> tuple[dict[Key, dict[str, tuple[int | None, ...]]], dict[Key, int]]:
    """Return the newest edition's numbers and versions by Place and month."""
    found: dict[Key, dict[str, tuple[int | None, ...]]] = {}
    versions: dict[Key, int] = {}
    rows = SafeLine.objects.filter(until__isnull=True).values_list("place", "month", "line", "values", "version")
    for place, month, line, values, version in rows:
        found.setdefault((place, month), {})[line] = tuple(values)
        versions[place, month] = version
    return found, versions
