"""What the next edition would hold: which Places' months are new, corrected or gone, and their lines, protected."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

from doorstep.errors import UsageError
from doorstep.programme.figures import sources
from doorstep.programme.figures.counting import Withheld, together
from doorstep.programme.figures.knowing import Past
from doorstep.programme.figures.models import Edition, SafeLine
from doorstep.programme.figures.protecting import Protected, protected
from doorstep.programme.figures.sources import Accepted, Key


class Gone(NamedTuple):
    """A Place's month that the next edition would no longer show."""

    place: str
    month: date


@dataclass(frozen=True)
class Prepared:
    """The next edition, not published yet.

    `new` months were not in the newest edition, `corrected` ones were in another version, `gone` ones are no longer
    accepted; `n_logged` entries came to the log since, which charts show as it is when an edition is published. Raises
    UsageError where there would be nothing in it.
    """

    number: int
    through: date
    new: tuple[Accepted, ...]
    corrected: tuple[Accepted, ...]
    gone: tuple[Gone, ...]
    n_logged: int

    @property
    def has_changes(self) -> bool:
        """Whether it would differ from the newest edition, in numbers or in what the log says of them."""
        return bool(self.new or self.corrected or self.gone or self.n_logged)

    @cached_property
    def lines(self) -> dict[Accepted, tuple[Protected, ...]]:
        """The lines of new and corrected months, protected beside all earlier editions."""
        written = (*self.new, *self.corrected)
        past = _past(written)
        return {one: protected(one.lines, past.get(one.key)) for one in written}

    @cached_property
    def withheld_rows(self) -> tuple[Withheld, ...]:
        """The lines that would be hidden wholly, and why."""
        found = ((one, line) for one, lines in self.lines.items() for line in lines if line.withheld)
        return together((one.place, one.month, line.line, line.withheld) for one, line in found)

    @cached_property
    def n_shown(self) -> int:
        """How many numbers would be shown in new and corrected months."""
        return sum(len(line.values) - line.values.count(None) for lines in self.lines.values() for line in lines)

    @cached_property
    def n_sent_hidden(self) -> int:
        """How many were hidden as sent."""
        return sum(line.n_sent_hidden for lines in self.lines.values() for line in lines)

    @cached_property
    def n_hidden_by_us(self) -> int:
        """How many more would be hidden to protect these."""
        hidden = sum(line.values.count(None) for lines in self.lines.values() for line in lines)
        return hidden - self.n_sent_hidden

    @cached_property
    def n_shown_before(self) -> int:
        """How many hidden as sent had been shown by an earlier edition, which cannot be undone."""
        return sum(line.n_shown_before for lines in self.lines.values() for line in lines)

    @property
    def fingerprint(self) -> str:
        """A text that differs wherever anything else would be published."""
        written = [f"{one.place} {one.month} {one.version}" for one in (*self.new, *self.corrected)]
        log = f"log {self.n_logged}"
        told = "\n".join([str(self.number), str(self.through), *written, "gone", *map(str, self.gone), log])
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def prepare(through: date | None = None) -> Prepared:
    """Return the next edition up to a month (default: the newest accepted one).

    Raises UsageError where nothing was accepted, or where it would stop before the newest edition does.
    """
    newest = Edition.objects.first()
    accepted = sources.accepted(through)
    last = through or max((one.month for one in accepted), default=None)
    if last is None:
        raise UsageError("no return was signed off yet", do="sign off a month's returns first")
    last = max(last, newest.through) if newest and not through else last
    if newest and last < newest.through:
        raise UsageError(
            f"edition {newest.number} goes through {newest.through:%B %Y}", expected=f"{newest.through:%B %Y} or later"
        )
    shown = _shown_now()
    return Prepared(
        number=newest.number + 1 if newest else 1,
        through=last,
        new=tuple(one for one in accepted if one.key not in shown),
        corrected=tuple(one for one in accepted if shown.get(one.key, one.version) != one.version),
        gone=tuple(Gone(*key) for key in sorted(shown.keys() - {one.key for one in accepted})),
        n_logged=sources.n_logged_since(newest.made_at) if newest else 0,
    )


def months_to_choose() -> tuple[date, ...]:
    """Return the months that the next edition may end with, newest first."""
    newest = Edition.objects.first()
    months = {one.month for one in sources.accepted()} | ({newest.through} if newest else set())
    return tuple(sorted((month for month in months if not newest or month >= newest.through), reverse=True))


def _shown_now() -> dict[Key, int]:
    """Return the version of each Place's month in the newest edition."""
    rows = SafeLine.objects.filter(until__isnull=True).values_list("place", "month", "version").distinct()
    return {(place, month): version for place, month, version in rows}


def _past(wanted: Iterable[Accepted]) -> dict[Key, dict[str, list[Past]]]:
    """Return what editions so far have shown of some Places' months, by line, oldest first."""
    keys = {one.key for one in wanted}
    found: dict[Key, dict[str, list[Past]]] = defaultdict(lambda: defaultdict(list))
    rows = SafeLine.objects.filter(month__in={month for _, month in keys}).order_by("since")
    for place, month, line, values in rows.values_list("place", "month", "line", "values"):
        if (place, month) in keys:
            found[place, month][line].append(tuple(values))
    return found
