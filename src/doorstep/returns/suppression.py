"""Which numbers of a return are hidden, and how many of these a reader can still work out.

A reader knows every printed number, earlier versions of the month that were sent, that each line's three breakdowns
add up to its total, and that each stay of a day or more has bed days. No other rule ties lines together: a person may
stand in other columns in a count than among the patients. The rates add nothing: the template's formula shows 0 where
either of its numbers is hidden.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Literal

from doorstep.errors import UsageError
from doorstep.returns.figures import COLUMNS, Figures
from doorstep.returns.layout import PARTITIONS, SUPPRESSED, TOTAL
from doorstep.returns.printed import Line, Suppressed, lines_of
from doorstep.statistics import disclosure

THRESHOLD: Final = disclosure.THRESHOLD
Method = Literal["primary", "secondary"]
METHODS: Final[tuple[Method, ...]] = ("primary", "secondary")

# The "Not known" columns: readers miss them least.
_SPARE: Final = tuple(i for i, (_, value) in enumerate(COLUMNS) if value.casefold() == "not known")


def table_of(lines: Mapping[str, Sequence[int | str]]) -> disclosure.Table:
    """Return a return's lines with everything a reader knows about how they go together; hidden cells hold 0."""
    built = tuple(_line(name, tuple(v if isinstance(v, int) else 0 for v in line)) for name, line in lines.items())
    columns = range(len(COLUMNS))
    return disclosure.Table(built, disclosure.bed_day_links("O3", "O2b", columns))


def _line(name: str, values: tuple[int, ...]) -> disclosure.Line:
    if len(values) == 1:
        return disclosure.Line(name, values, TOTAL)
    return disclosure.Line(name, values, TOTAL, PARTITIONS, _SPARE)


def hidden_in(lines: Mapping[str, Sequence[int | str]]) -> frozenset[disclosure.Cell]:
    """Return the cells printed as `*`."""
    return frozenset((name, c) for name, line in lines.items() for c, v in enumerate(line) if v == SUPPRESSED)


def version_of(lines: Mapping[str, Sequence[int | str]]) -> disclosure.Version:
    """Return a printed return as an earlier version of its month."""
    return disclosure.Version(table_of(lines), hidden_in(lines))


def worked_out_in(lines: Mapping[str, Line]) -> tuple[int, int]:
    """Return how many suppressed cells of a printed return can hold one number only, and how many there are."""
    hidden = hidden_in(lines)
    return disclosure.worked_out(table_of(lines), hidden), len(hidden)


def worked_out_cells(
    lines: Mapping[str, Line], earlier: Sequence[Mapping[str, Sequence[int | str]]] = ()
) -> dict[disclosure.Cell, int]:
    """Return the suppressed cells of a printed return that can hold one number only, with that number."""
    found = disclosure.ranges(table_of(lines), hidden_in(lines), [version_of(old) for old in earlier])
    return {cell: range_.low for cell, range_ in found.items() if range_.is_exact}


def sentence_for(n: int, m: int) -> str:
    """Say how many suppressed cells can be worked out."""
    return f"{n} of {m} suppressed cells can be worked out by subtraction"


def small_numbers(figures: Figures) -> Suppressed:
    """Return the numbers that `primary` hides, without asking what a reader could still work out: for many at once."""
    lines = lines_of(figures).items()
    small = frozenset((name, c) for name, line in lines for c, n in enumerate(line) if n < THRESHOLD)
    return Suppressed(small, "primary")


def apply_suppression(
    figures: Figures, method: Method = "primary", earlier: Sequence[Mapping[str, Sequence[int | str]]] = ()
) -> Suppressed:
    """Return which numbers to hide.

    `primary` hides every number below 6, as the guide asks. `secondary` hides more, so that each hidden number could
    still be anything from 0 to 5 for someone who knows all that is printed and the `earlier` versions (printed lines
    by line id). Raises UsageError for another method, DataError where the figures break their own rules.
    """
    if method not in METHODS:
        raise UsageError(f"there is no suppression called {method!r}", expected=" or ".join(METHODS))
    table, versions = table_of(lines_of(figures)), [version_of(lines) for lines in earlier]
    if method == "primary":
        hidden = disclosure.primary(table)
        return Suppressed(hidden, method, _sentence(table, hidden, versions))
    found = disclosure.secondary(table, earlier=versions)
    return Suppressed(found.hidden, method, _sentence(table, found.hidden, versions) + _cost(found))


def _sentence(
    table: disclosure.Table, hidden: frozenset[disclosure.Cell], versions: Sequence[disclosure.Version]
) -> str:
    told = sentence_for(disclosure.worked_out(table, hidden, versions), len(hidden))
    return told + (
        f" (knowing {len(versions)} earlier version{'s' * (len(versions) > 1)} of the month)" if versions else ""
    )


def _cost(found: disclosure.Suppression) -> str:
    text = f"; numbers of 6 or more hidden to protect the others: {len(found.extra)}"
    exposed = len(found.exposures_after)
    return text + (f"; still exposed by an earlier version: {exposed}" if exposed else "")
