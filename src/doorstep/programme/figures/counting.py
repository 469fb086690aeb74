"""How many numbers an edition shows and hides, from its stored sums."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from doorstep.programme.figures import sums
from doorstep.programme.figures.changes import in_edition
from doorstep.programme.figures.knowing import WIDTH
from doorstep.programme.figures.numbers import Edition


@dataclass(frozen=True)
class Counts:
    """Numbers of an edition. The last three are for the Centre alone: they tell which hidden numbers are small."""

    n_returns: int
    n_places: int
    n_lines: int
    n_hidden: int
    n_sent_hidden: int
    n_shown_before: int
    n_withheld: int

    @property
    def n_shown(self) -> int:
        """How many numbers can be read."""
        return self.n_lines * WIDTH - self.n_hidden

    @property
    def n_hidden_by_us(self) -> int:
        """How many were sent as numbers and are hidden all the same."""
        return self.n_hidden - self.n_sent_hidden


@dataclass(frozen=True)
class Withheld:
    """Lines of one Place and month that an edition hides wholly, and why."""

    place: str
    month: date
    lines: tuple[str, ...]
    why: str


def counts(of: Edition) -> Counts:
    """Say what an edition shows and hides, from its sums."""
    rows = sums.read(of).rows
    sent: dict[date, set[str]] = {}
    for row in rows:
        sent.setdefault(row.month, set()).update(row.places)
    return Counts(
        n_returns=sum(map(len, sent.values())),
        n_places=len(set().union(*sent.values())),
        n_lines=sum(len(row.places) for row in rows),
        n_hidden=sum(row.n_hidden for row in rows),
        n_sent_hidden=sum(row.n_sent_hidden for row in rows),
        n_shown_before=sum(row.n_shown_before for row in rows),
        n_withheld=sum(row.n_withheld for row in rows),
    )


def withheld(number: int) -> tuple[Withheld, ...]:
    """Return the lines that an edition hides wholly, newest month first."""
    rows = in_edition(number).exclude(withheld="").order_by("-month", "place", "pk")
    return together(rows.values_list("place", "month", "line", "withheld"))


def together(rows: Iterable[tuple[str, date, str, str]]) -> tuple[Withheld, ...]:
    """Put lines of one Place, month and reason together, given as Place, month, line and reason."""
    found: dict[tuple[str, date, str], list[str]] = {}
    for place, month, line, why in rows:
        found.setdefault((place, month, why), []).append(line)
    return tuple(Withheld(place, month, tuple(lines), why) for (place, month, why), lines in found.items())
