"""The register as it was on a day, as it was known on a day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from doorstep import clock
from doorstep.programme.places.models import Place, PlaceFact

Kind = PlaceFact.Kind


@dataclass(frozen=True)
class Entry:
    """One Place on a day: the facts that held, by kind; more than one of a kind where sources differ."""

    place: Place
    facts: Mapping[str, tuple[PlaceFact, ...]]

    def value(self, kind: str) -> str:
        """Return what is known of a kind, sources that differ joined by `or`; empty where nothing is."""
        return " or ".join(dict.fromkeys(fact.value for fact in self.facts.get(kind, ())))

    @property
    def differs(self) -> tuple[str, ...]:
        """The kinds of which sources say different things."""
        return tuple(k for k, found in self.facts.items() if len({fact.value for fact in found}) > 1)


@dataclass(frozen=True)
class Register:
    """The register on a day: the Places that had been named by then, and what sources say of how many there are."""

    day: date
    known_on: date
    entries: tuple[Entry, ...]
    counts: tuple[PlaceFact, ...]

    @property
    def headline(self) -> str:
        """How many Places there were by the newest source, such as `43 named`; `42 planned` before there were names."""
        return self.counts[-1].value if self.counts else "no number of Places is known"

    @property
    def conflict(self) -> tuple[PlaceFact, ...]:
        """The sources, where they give different numbers for this day; else nothing."""
        return self.counts if len({fact.value for fact in self.counts}) > 1 else ()

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region in it, in order."""
        found = {fact.value for entry in self.entries for fact in entry.facts.get(Kind.REGION, ())}
        return tuple(sorted(found))


def as_at(day: date, known_on: date | None = None) -> Register:
    """Return the register of a day; with `known_on` as it was known at the end of that day, else as now known."""
    known_on = known_on or clock.today()
    held: dict[str | None, list[PlaceFact]] = defaultdict(list)
    for fact in _known(known_on).filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day):
        held[fact.place_id].append(fact)
    entries = (Entry(place, _by_kind(held[place.slug])) for place in Place.objects.all())
    named = tuple(entry for entry in entries if entry.facts.get(Kind.STATUS))
    counts = sorted(held[None], key=lambda fact: fact.valid_from)
    return Register(day, known_on, named, tuple(counts))


def _known(known_on: date) -> QuerySet[PlaceFact]:
    """Return the facts that had been recorded by the end of a day and not been replaced by then."""
    end = timezone.make_aware(datetime.combine(known_on + timedelta(days=1), time()))
    replaced = PlaceFact.objects.filter(recorded_at__lt=end, replaces__isnull=False).values("replaces")
    return PlaceFact.objects.filter(recorded_at__lt=end).exclude(pk__in=replaced)


def _by_kind(facts: Iterable[PlaceFact]) -> dict[str, tuple[PlaceFact, ...]]:
    found: dict[str, list[PlaceFact]] = defaultdict(list)
    for fact in facts:
        found[fact.kind].append(fact)
    return {kind: tuple(facts) for kind, facts in found.items()}


@dataclass(frozen=True)
class Recorded:
    """One fact in a Place's history, and what became of it: "holds", "ended" or "corrected"."""

    fact: PlaceFact
    became: str

    @property
    def by(self) -> PlaceFact | None:
        """The fact that stands in its stead."""
        return getattr(self.fact, "replaced_by", None)


def history(place: Place | None) -> tuple[Recorded, ...]:
    """Return every fact ever recorded of a Place (None: of the programme), by kind and day, the wrong ones too."""
    facts = PlaceFact.objects.filter(place=place).select_related("replaced_by", "replaces", "recorded_by")
    return tuple(Recorded(fact, _became(fact)) for fact in facts)


def _became(fact: PlaceFact) -> str:
    by: PlaceFact | None = getattr(fact, "replaced_by", None)
    if by is None:
        return "holds"
    is_same = (by.value, by.valid_from) == (fact.value, fact.valid_from)
    return "ended" if is_same and by.valid_to is not None and not by.why else "corrected"


def expected_from() -> dict[str, tuple[date, date | None]]:
    """Return for each Place with a recorded joining the day it last joined, and the day it left since where it did.

    A Place without one is expected in every month.
    """
    days: dict[str, tuple[date, date | None]] = {}
    for fact in _known(clock.today()).filter(kind=Kind.STATUS, value__in=("joined", "left")):
        start, _ = days.get(fact.place_id or "", (date.min, None))
        is_join = fact.value == "joined"
        days[fact.place_id or ""] = (fact.valid_from, None) if is_join else (start, fact.valid_from)
    return days
