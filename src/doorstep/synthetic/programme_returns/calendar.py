"""What arrives when: each Place's workbooks in the order in which they are sent, and what is wrong with some."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np

from doorstep.returns import Figures
from doorstep.returns.layout import TimetableLine
from doorstep.synthetic.programme_returns.cast import Cast, cast, plants
from doorstep.synthetic.programme_returns.faulty import FAULTS
from doorstep.synthetic.programme_returns.parameters import Parameters
from doorstep.synthetic.programme_returns.series import PlaceSeries, simulate
from doorstep.synthetic.streams import Streams

_FRIDAY = 4
_INCOMPLETE = {"O1b": 0.85, "O5b": 0.8, "O6b": 0.7}  # metrics of a first version that a provider had not yet filled


@dataclass(frozen=True)
class Sending:
    """One file as it arrives: whose, of which month, when, and what it holds.

    `figures` are those in the file; `fault` is a key of `faulty.FAULTS`, empty where nothing is wrong; `said` is what
    the Place wrote beside it.
    """

    place: str
    month: date
    received: date
    figures: Figures = field(repr=False)
    version: int = 1
    method: str = "primary"
    fault: str = ""
    said: str = ""
    copy: int = 0

    @property
    def name(self) -> str:
        """The file's name, as the Place would give it."""
        version = f" v{self.version}" if self.version > 1 else ""
        copy = f" ({self.copy})" if self.copy else ""
        return f"NNHIP {self.figures.place.strip()} {self.month:%Y-%m}{version}{copy}{FAULTS.get(self.fault, '.xlsx')}"

    @property
    def file(self) -> str:
        """The file's path within the folder: the month in which it arrived, and its name."""
        return f"{self.received:%Y-%m}/{self.name}"


Planted = dict[str, str | int | float | bool]


@dataclass
class Calendar:
    """Every sending in the order of arrival, and what is planted among them."""

    sendings: list[Sending]
    planted: list[Planted]


def windows(month: date) -> tuple[date, date]:
    """Return the days on which the first and the second window of a month close, by the template's rule."""
    dates = TimetableLine(0, month).dates
    return dates["D"], dates["F"]


def calendar(parameters: Parameters, series: Sequence[PlaceSeries]) -> Calendar:
    """Say what each Place sends, in time and sound unless something is planted."""
    draft = _Draft(parameters, {one.slug: one for one in series})
    for plant in (_missing, _late, _faulty, _corrected, _twice):
        plant(draft)
    _secondary(draft)
    sendings = sorted(draft.sendings(), key=lambda s: (s.received, s.place, s.month, s.version, s.copy))
    return Calendar(sendings, [*_of_figures(parameters, draft), *draft.planted])


class _Draft:
    """Sendings by Place and month while they are planned; each Place and month carries at most one plant."""

    def __init__(self, parameters: Parameters, series: dict[str, PlaceSeries]) -> None:
        self.parameters, self.series, self.cast = parameters, series, cast(parameters)
        self.rng = Streams(parameters.seed)("calendar")
        self.planted: list[Planted] = []
        self.taken: set[tuple[str, date]] = set()
        self.next_other = itertools.count()
        self.by_month: dict[tuple[str, date], list[Sending]] = {}
        for slug, one in series.items():
            for month, figures in zip(one.months, one.figures(), strict=True):
                received = self.before(windows(month)[0], 1, 12)
                self.by_month[slug, month] = [Sending(slug, month, received, figures, said=self._said(slug, month))]

    def _said(self, slug: str, month: date) -> str:
        """Say of the Place that widens its rule what it declares with the first month under it."""
        at = plants(self.parameters).get("wider_rule")
        is_break = at is not None and self.cast.part(slug) == "wider_rule" and self.parameters.window[at] == month
        return f"From {month:%B %Y} our cohort follows a wider rule: a break in our series" if is_break else ""

    def before(self, day: date, least: int, most: int) -> date:
        """Draw a weekday so many days before a day."""
        return _weekday(day - timedelta(days=int(self.rng.integers(least, most + 1))))

    def after(self, day: date, least: int, most: int) -> date:
        """Draw a weekday so many days after a day."""
        found = day + timedelta(days=int(self.rng.integers(least, most + 1)))
        return found if found.weekday() <= _FRIDAY else found + timedelta(days=7 - found.weekday())

    def sendings(self) -> Iterator[Sending]:
        """Yield every sending, in no order."""
        for found in self.by_month.values():
            yield from found

    def somewhere(self, at: int, count: int = 1, first: int = 0) -> Iterator[tuple[str, date]]:
        """Yield `count` months of one of the other Places that carry no plant yet, from position `at` of its window.

        The positions before `first` are left out; where no month is free, or no other Place, nothing is yielded.
        """
        slug = self.cast.other(next(self.next_other))
        if slug is None:
            return
        months = self.series[slug].months[first:]
        free = [months[(at + i) % len(months)] for i in range(len(months))] if months else []
        for month in [m for m in free if (slug, m) not in self.taken][:count]:
            self.taken.add((slug, month))
            yield slug, month

    def change(self, slug: str, month: date, *sendings: Sending) -> None:
        """Put other sendings in the place of a month's."""
        self.by_month[slug, month] = list(sendings)

    def of(self, slug: str, month: date) -> Sending:
        """Return the one sending of a month that carries no plant."""
        return self.by_month[slug, month][0]

    def plant(self, kind: str, slug: str, month: date, what: str, **more: str | int | float | bool) -> None:
        """Keep what is planted."""
        self.planted.append({"kind": kind, "place": slug, "month": f"{month:%Y-%m}", "what": what, **more})


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.weekday() - _FRIDAY))


def _missing(draft: _Draft) -> None:
    """Two Places never send some months: one a single month, one two running."""
    for at, count in ((6, 1), (9, 2)):
        for slug, month in list(draft.somewhere(at, count)):
            draft.change(slug, month)
            draft.plant("missing_month", slug, month, "nothing was ever sent for this month")


def _late(draft: _Draft) -> None:
    """Three Places are late: two in the second window, one after it has closed."""
    for at, count, kind in ((3, 3, "second_window"), (11, 2, "second_window"), (7, 2, "after_the_windows")):
        for slug, month in list(draft.somewhere(at, count)):
            first, second = windows(month)
            is_after = kind == "after_the_windows"
            received = draft.after(second, 3, 12) if is_after else min(draft.after(first, 1, 4), second)
            draft.change(slug, month, replace(draft.of(slug, month), received=received))
            draft.plant(kind, slug, month, f"sent on {received}, due {first}, second window to {second}")


def _faulty(draft: _Draft) -> None:
    """One Place each sends a file with one kind of fault; every other one mends it in the second window."""
    for number, fault in enumerate(FAULTS):
        for slug, month in list(draft.somewhere(4 + number, first=fault == "wrong_month")):
            sound, is_mended = draft.of(slug, month), number % 2 == 0
            mended = replace(sound, version=2, received=min(draft.after(windows(month)[0], 2, 5), windows(month)[1]))
            draft.change(slug, month, replace(sound, fault=fault), *([mended] if is_mended else []))
            draft.plant("faulty_file", slug, month, "the file cannot be accepted", fault=fault, mended=is_mended)


def _corrected(draft: _Draft) -> None:
    """Three Places send a month again with other numbers, one of them long after the windows closed."""
    for at, is_late in ((5, False), (8, False), (10, True)):
        for slug, month in list(draft.somewhere(at)):
            whole, second = draft.of(slug, month), windows(month)[1]
            received = draft.after(second, 30, 45) if is_late else min(draft.after(windows(month)[0], 1, 5), second)
            first = replace(whole, figures=_incomplete(draft, whole), said="One provider's data are not yet complete")
            again = replace(whole, version=2, received=received, said="With the provider's complete data")
            draft.change(slug, month, first, again)
            metrics = ", ".join(_INCOMPLETE)
            draft.plant("corrected", slug, month, f"sent again on {received} with more of {metrics}", late=is_late)


def _incomplete(draft: _Draft, whole: Sending) -> Figures:
    """Return the month with fewer events of some metrics, as drawn at a lower level."""
    counts = dict(whole.figures.counts)
    for metric, share in _INCOMPLETE.items():
        lower = replace(draft.parameters, level=draft.parameters.level * share)
        (found,) = simulate(lower, [whole.place], [metric])
        counts[metric] = tuple(found.counts[metric][found.months.index(whole.month)].tolist())
    return replace(whole.figures, counts=counts)


def _twice(draft: _Draft) -> None:
    """One Place sends the same file twice, the second time under another name."""
    for slug, month in list(draft.somewhere(2)):
        sending = draft.of(slug, month)
        again = replace(sending, copy=1, received=_weekday(sending.received + timedelta(days=1)))
        draft.change(slug, month, sending, again)
        draft.plant("same_file_twice", slug, month, f"the same bytes as {sending.name} and as {again.name}")


def _secondary(draft: _Draft) -> None:
    """Two large Places hide more than the guide asks in their last months, so that nothing can be worked out."""
    if not draft.parameters.hiding_more:
        return
    size = {slug: int(draft.series[slug].patients[-1, 0]) for slug in draft.cast.others}
    for slug in sorted(size, key=lambda s: -size[s])[:2]:
        months = draft.series[slug].months[-draft.parameters.hiding_more :]
        for month in months:
            found = [replace(s, method="secondary") for s in draft.by_month[slug, month]]
            draft.by_month[slug, month] = found
        draft.plant("secondary_suppression", slug, months[0], "hides more numbers from this month on")


def _of_figures(parameters: Parameters, draft: _Draft) -> Iterator[Planted]:
    """Yield what is planted in the figures themselves."""
    who: Cast = draft.cast
    for kind, at in plants(parameters).items():
        slug, month = who.of_part[kind], f"{parameters.window[at]:%Y-%m}"
        yield {"kind": kind, "place": slug, "month": month, **dict(_details(kind, parameters, draft.series[slug], at))}


def _details(kind: str, parameters: Parameters, one: PlaceSeries, at: int) -> Iterable[tuple[str, str | int | float]]:
    if kind == "true_change" and parameters.change:
        change = parameters.change
        yield "what", "from this month on fewer events happen, truly"
        yield from (("metric", change.metric), ("ratio", change.ratio))
    elif kind == "regression_to_the_mean":
        yield "what", "chose its people by recent use in every month before this one, then followed them; no effect"
        before, after = (float(np.mean(one.underlying["O2b"][part])) for part in (slice(0, at), slice(at, None)))
        yield from (("true_rate_before", round(before, 3)), ("true_rate_after", round(after, 3)), ("metric", "O2b"))
    elif kind == "wider_rule":
        yield "what", "from this month on the cohort follows a wider rule: a declared break"
        yield from (("people_before", int(one.patients[at - 1, 0])), ("people_after", int(one.patients[at, 0])))
    elif kind == "joined_late":
        yield "what", "this is its first month in the programme"
    else:
        yield "what", "nobody is ever on its caseload"
