"""What the register starts with: the 43 names and what sources say of them. No database here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from doorstep.reference import places

PLANNED_ON: Final = date(2025, 7, 9)
NAMED_ON: Final = date(2025, 9, 9)
VERIFIED, INFERRED = "verified", "inferred"
_LIST: Final = "Lookup list of the data collection template v1.2"
_GEOGRAPHY: Final = "Read from the Place's name and the 2024 lookup of councils, ICBs and regions"
_MOST: Final = 300  # characters of a fact's value


@dataclass(frozen=True)
class SeedFact:
    """One fact to begin with; `place` is a slug, empty for the whole programme."""

    place: str
    kind: str
    value: str
    valid_from: date
    source: str
    sureness: str


def names() -> Iterator[tuple[str, str, int]]:
    """Yield slug, the return's own name and the position in its list."""
    for place in places.all_places():
        yield place.slug, place.name, place.order


def facts() -> Iterator[SeedFact]:
    """Yield every fact: how many Places were planned and named, then each Place's own.

    Both numbers stay: one source plans 42 Places, another names 43, and none says which came or went.
    """
    plan = "The programme's launch documents of July 2025: 42 Places, without names"
    named = "The announcement of 9 September 2025, 43 pilot areas; the same 43 names in the template's lookup list"
    yield SeedFact("", "count", "42 planned", PLANNED_ON, plan, INFERRED)
    yield SeedFact("", "count", "43 named", NAMED_ON, named, VERIFIED)
    for place in places.all_places():
        yield from _facts_of(place)


def _facts_of(place: places.PlaceDefinition) -> Iterator[SeedFact]:
    announced = "no announcement" not in place.note
    where = "announced on 9 September 2025" if announced else "in no announcement that we have seen"
    sureness = VERIFIED if announced else INFERRED
    yield SeedFact(place.slug, "status", "named", NAMED_ON, f"{_LIST}; {where}", sureness)
    yield SeedFact(place.slug, "wave", "first wave", NAMED_ON, _LIST, VERIFIED)
    yield SeedFact(place.slug, "region", place.region, NAMED_ON, _GEOGRAPHY, INFERRED)
    yield SeedFact(place.slug, "icb", place.icb_name, NAMED_ON, f"{_GEOGRAPHY}: {place.icb_status}", INFERRED)
    yield SeedFact(place.slug, "councils", _councils(place), NAMED_ON, _area_source(place), INFERRED)


def _councils(place: places.PlaceDefinition) -> str:
    named = ", ".join(place.councils) or "none named"
    return f"{named} ({places.STATUSES[place.status].split(':')[0]})"[:_MOST]


def _area_source(place: places.PlaceDefinition) -> str:
    return f"Read from the Place's name. {place.note}".strip()[:_MOST]
