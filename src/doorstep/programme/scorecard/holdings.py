"""What an edition holds: which Places, months and lines can be asked for, with their names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from django.db.models import Q
from django.utils import timezone

from doorstep.programme.figures.models import Edition as EditionRow
from doorstep.programme.figures.models import SafeLine
from doorstep.programme.figures.numbers import Edition
from doorstep.programme.places.models import Place
from doorstep.programme.scorecard.words import place_name
from doorstep.returns.figures import METRICS
from doorstep.returns.printed import CASELOAD

# What can be chosen as a metric: everything in the return but the denominator.
CHOSEN = (*METRICS, CASELOAD)


@dataclass(frozen=True)
class Holdings:
    """The Places (slug -> name, by the alphabet: an order of nothing else) and months of an edition, oldest first."""

    places: dict[str, str]
    months: tuple[date, ...]


@lru_cache(maxsize=40)
def holdings(edition: Edition) -> Holdings:
    """Return what an edition holds: one query, and one for the names; none where asked before (none ever changes)."""
    in_it = Q(since__lte=edition.number) & (Q(until__isnull=True) | Q(until__gt=edition.number))
    found = set(SafeLine.objects.filter(in_it, line="patients").values_list("place", "month"))
    slugs = {place for place, _ in found}
    names = dict(Place.objects.filter(slug__in=slugs).values_list("slug", "name"))
    named = {slug: names.get(slug, place_name(slug)).strip() for slug in slugs}
    return Holdings(
        dict(sorted(named.items(), key=lambda item: item[1].casefold())), tuple(sorted({m for _, m in found}))
    )


def published() -> tuple[Edition, ...]:
    """Return every edition, newest first."""
    rows = EditionRow.objects.values_list("number", "made_at", "through", "rules", "pk")
    return tuple(
        Edition(number, timezone.localdate(made), through, rules, pk) for number, made, through, rules, pk in rows
    )


def forget() -> None:
    """Forget what was read, for another database in the same process."""
    holdings.cache_clear()
