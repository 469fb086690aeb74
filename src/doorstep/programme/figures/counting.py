"""How many numbers an edition shows and hides, counted by the database."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Func, IntegerField, Sum

from doorstep.programme.figures.changes import in_edition
from doorstep.programme.figures.knowing import WIDTH


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


def counts(number: int) -> Counts:
    """Count what an edition shows and hides."""
    hidden = Func("values", template="cardinality(array_positions(%(expressions)s, NULL))", output_field=IntegerField())
    rows = in_edition(number)
    found = rows.aggregate(
        n_places=Count("place", distinct=True),
        n_lines=Count("pk"),
        n_hidden=Sum(hidden, default=0),
        n_sent_hidden=Sum("n_sent_hidden", default=0),
        n_shown_before=Sum("n_shown_before", default=0),
    )
    n_returns = rows.values("place", "month").distinct().count()
    n_withheld = rows.exclude(withheld="").count()
    return Counts(**found, n_returns=n_returns, n_withheld=n_withheld)


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
