"""The monthly pack: what was collected, how good it is, what the series show, and every figure with its definition.

A pack is made of one edition, beside the edition before it. The same edition gives the same pack, word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from doorstep.errors import UsageError
from doorstep.programme.figures.numbers import Edition, Figures
from doorstep.programme.scorecard import demographics, engagement, inequality, overview, sentences, spc, words
from doorstep.programme.scorecard.by_group import POOLED
from doorstep.programme.scorecard.exhibits import About, Column, Exhibit, Sheet
from doorstep.programme.scorecard.logged import Log
from doorstep.programme.scorecard.newest import last_months, newest, of_one_place
from doorstep.programme.scorecard.pack_changes import Changes, changes
from doorstep.programme.scorecard.pack_signals import fresh
from doorstep.programme.scorecard.sending import listed_places, provisional_months, sending
from doorstep.returns.figures import METRICS

Series = Callable[[Figures, str], Exhibit]


@dataclass(frozen=True)
class Topic:
    """One thing that the pack says at its beginning."""

    heading: str
    sentences: tuple[str, ...]
    sheets: tuple[Sheet, ...] = ()


@dataclass(frozen=True)
class Contents:
    """Everything a pack shows. `place` is empty for the pack of all Places."""

    title: str
    whose: str
    place: str
    edition: Edition
    previous: Edition | None
    topics: tuple[Topic, ...]
    exhibits: tuple[Exhibit, ...]

    @property
    def definitions(self) -> tuple[About, ...]:
        """Where every figure comes from, each definition once, in the order of the return."""
        found = {about.definition: about for exhibit in self.exhibits for about in exhibit.about}
        return tuple(found.values())

    @property
    def shared_choices(self) -> tuple[tuple[str, str], ...]:
        """The open choices that bear on every figure with a rate: said once."""
        rates = [set(about.choices) for about in self.definitions if about.definition.split("@")[0] in METRICS]
        both = set.intersection(*rates) if rates else set()
        first = next((about for about in self.definitions if both <= set(about.choices)), None)
        return tuple(choice for choice in first.choices if choice in both) if first else ()

    @property
    def shared_cautions(self) -> tuple[str, ...]:
        """The cautions that every definition has: said once."""
        first, *others = self.definitions or (None,)
        return tuple(c for c in first.cautions if all(c in about.cautions for about in others)) if first else ()


def of_all(now: Figures, before: Figures | None = None, log: Log = overview.NOTHING) -> Contents:
    """Return the pack of all Places; `before` are the figures of the edition before, None where there is none."""
    listed, month = listed_places(), newest(now)
    came = sending(now, month, listed)
    collected = (
        sentences.sent(month, len(came.sent), len(listed)),
        sentences.awaited(words.place_name(slug) for slug in came.awaited),
        sentences.came(len(came.late), len(came.corrected)),
    )
    exhibits = (
        overview.of_all(now, listed, log),
        engagement.of_all(now, listed),
        demographics.of_all(now),
        *(spc.national_exhibit(now, line, log.of(line)) for line in _sent(now)),
    )
    signals = fresh(now, before, "", log)
    return _contents("all Places", "", now, before, _topics(now, before, log, collected, signals), exhibits)


def of_place(now: Figures, slug: str, before: Figures | None = None, log: Log = overview.NOTHING) -> Contents:
    """Return the pack of one Place; `now` may hold the others, to stand beside."""
    own, earlier = of_one_place(now, slug), of_one_place(before, slug) if before else None
    month = newest(own)
    came = sending(own, month, (slug,))
    exhibits = (
        overview.of_place(own, slug, log),
        engagement.of_place(own, slug),
        demographics.of_place(now, slug),
        *(spc.place_exhibit(own, slug, line, log.of(line)) for line in _sent(own)),
    )
    collected = (overview.version_of(own, month, is_late=bool(came.late)),)
    signals = fresh(own, earlier, slug, log)
    name = words.place_name(slug)
    return _contents(name, slug, own, earlier, _topics(own, earlier, log, collected, signals), exhibits)


def _contents(
    whose: str,
    place: str,
    now: Figures,
    before: Figures | None,
    topics: tuple[Topic, ...],
    exhibits: tuple[Exhibit, ...],
) -> Contents:
    title = f"Monthly pack, {words.month_words(now.edition.through)}"
    return Contents(title, whose, place, now.edition, before.edition if before else None, topics, exhibits)


def _sent(figures: Figures) -> tuple[str, ...]:
    """Return the metrics that somebody sent, in the return's order."""
    sent = {line.line for line in figures.lines}
    return tuple(line for line in METRICS if line in sent)


# --- What it says first ---------------------------------------------------------------------------------------------


def _topics(
    now: Figures, before: Figures | None, log: Log, collected: Sequence[str], signals: Sequence[str]
) -> tuple[Topic, ...]:
    changed = changes(now, before)
    since = sentences.since(before.edition if before else None)
    found = (
        Topic("What was collected", (*collected, sentences.new_returns(changed.new, since))),
        Topic("Quality of the data", tuple(_quality(now, log))),
        Topic(f"What the series show{since}", tuple(signals)),
        Topic("What may still change", (sentences.provisional(provisional_months(now), now.edition.made_on),)),
        Topic(f"What was corrected{since}", tuple(_corrected(changed, before, since))),
        Topic("Inequality", (_slopes_note(now),), (_slopes(now),)),
        Topic("Issues and changes", (sentences.entries(len(log.entries)),), tuple(_log(log))),
    )
    return tuple(Topic(t.heading, tuple(filter(None, t.sentences)) or (sentences.NOTHING,), t.sheets) for t in found)


def _quality(now: Figures, log: Log) -> Iterator[str]:
    month = newest(now)
    totals = [line.number() for line in now.lines if line.month == month]
    yield sentences.hidden(sum(number.is_hidden for number in totals), len(totals), "total")
    yield sentences.unknown_groups(demographics.not_known(now, month))
    yield sentences.cohort_jumps(
        [(words.place_name(slug), *jump) for slug, jump in demographics.jumps(now, month).items()], month
    )


def _corrected(changed: Changes, before: Figures | None, since: str) -> Iterator[str]:
    if before is None:
        return
    yield sentences.corrected([(words.place_name(slug), month, n) for slug, month, n in changed.corrected], since)
    yield sentences.withdrawn([(words.place_name(slug), month) for slug, month in changed.withdrawn], since)


def _slopes(now: Figures) -> Sheet:
    kept = last_months(now, POOLED)
    metric = Column("metric", "Metric")
    rows = tuple(
        (f"{line} {words.line_words(line).short}", *inequality.slope_row(kept, line, kept.months)[2:])
        for line in _sent(kept)
    )
    caption = f"Slope and relative index of inequality by deprivation quintile, {sentences.span(kept.months)}"
    return Sheet(caption, (metric, *inequality.SLOPES[2:]), rows, inequality.NOTES)


def _slopes_note(now: Figures) -> str:
    return sentences.months_pooled(last_months(now, POOLED).months, POOLED)


def _log(log: Log) -> Iterator[Sheet]:
    if not log.entries:
        return
    columns = (Column("place", "Place"), Column("kind", "Kind"), Column("from", "From", "month"),
               Column("to", "To", "month"), Column("lines", "Metrics"), Column("words", "What"))  # fmt: skip
    rows = tuple(
        (
            words.place_name(entry.place) if entry.place else "all Places",
            entry.noted.kind,
            entry.noted.month_from,
            entry.noted.month_to,
            ", ".join(entry.lines) or "all",
            entry.noted.words,
        )
        for entry in log.entries
    )
    yield Sheet("Log of issues and changes", columns, rows)


def refuse_unknown(place: str, figures: Figures) -> None:
    """Raise UsageError where a pack is asked for of a Place that the edition does not show."""
    if place and place not in figures.places:
        raise UsageError(
            f"edition {figures.edition.number} shows no figures of {words.place_name(place)}",
            expected="a Place that sent a return",
        )
