"""What can be done to the register: seed it, record a fact, correct one, end one. Nothing is changed or deleted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from doorstep import clock
from doorstep.errors import UsageError
from doorstep.programme.places import seeding
from doorstep.programme.places.models import Place, PlaceFact
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit

Kind, Sureness = PlaceFact.Kind, PlaceFact.Sureness
_MAILBOX: Final = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+")
_TITLES: Final = re.compile(r"\b(mr|mrs|ms|miss|mx|dr|prof|sir|dame|lord|lady)\b\.?\s", re.IGNORECASE)
# Words that shared mailboxes have: an address of two names without any is a person's.
_SHARED: Final = re.compile(
    r"team|contact|enquir|info|admin|office|hub|return|data|report|nnhip|neighbourhood|health|place|programme|pmo|mailbox"
    r"|england|icb|nhs|council|intelligence|analyt|performance|integrat|shared|support|service",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Seeded:
    """How many Places and facts were added; both 0 where all were there."""

    n_places: int
    n_facts: int


@transaction.atomic
def seed(by: User | None) -> Seeded:
    """Add the 43 Places and what is known of them, each fact with its day, source and sureness.

    A Place or a seeded fact that is there already stays as it is, also where it was corrected since.
    """
    known = set(Place.objects.values_list("slug", flat=True))
    places = [Place(slug=slug, name=name, order=n) for slug, name, n in seeding.names() if slug not in known]
    Place.objects.bulk_create(places)
    there = set(PlaceFact.objects.values_list("place", "kind", "value", "valid_from"))
    now = clock.now()
    facts = [
        PlaceFact(
            place_id=fact.place or None,
            kind=fact.kind,
            value=fact.value,
            valid_from=fact.valid_from,
            source=fact.source,
            sureness=fact.sureness,
            recorded_at=now,
            recorded_by=by,
        )
        for fact in seeding.facts()
        if (fact.place or None, fact.kind, fact.value, fact.valid_from) not in there
    ]
    PlaceFact.objects.bulk_create(facts)
    n_places, n_facts = len(places), len(facts)
    if n_places or n_facts:
        audit.record(actor=by, action="seed", thing="place", n_places=n_places, n_facts=n_facts)
    return Seeded(n_places, n_facts)


@transaction.atomic
def record_fact(
    *,
    place: Place | None,
    kind: str,
    value: str,
    valid_from: date,
    source: str,
    sureness: str,
    valid_to: date | None = None,
    by: User | None,
) -> PlaceFact:
    """Record a fact beside those that are there; None as Place: about the whole programme.

    Where another fact of the kind holds on the same days both are shown, each with its source: which of them is right
    is said by correcting or ending the other. Raises UsageError with what is missing.
    """
    return _write(place, kind, value, valid_from, valid_to, source, sureness, by, "record")


@transaction.atomic
def correct_fact(
    *,
    fact: PlaceFact,
    value: str,
    valid_from: date,
    valid_to: date | None,
    source: str,
    sureness: str,
    why: str,
    by: User | None,
) -> PlaceFact:
    """Put another fact in the stead of one that was wrong, saying why; the wrong one stays, as it was known."""
    if not why.strip():
        raise UsageError("no reason was given", expected="what was wrong with the fact", where="why")
    _check_is_newest(fact)
    return _write(fact.place, fact.kind, value, valid_from, valid_to, source, sureness, by, "correct", fact, why)


@transaction.atomic
def end_fact(*, fact: PlaceFact, on: date, source: str, by: User | None) -> PlaceFact:
    """Say which day was the last on which a fact held, and how that is known."""
    _check_is_newest(fact)
    if on < fact.valid_from:
        raise UsageError(
            f"the fact began on {fact.valid_from} and would end on {on}", expected="a day from then on", where="on"
        )
    return _write(fact.place, fact.kind, fact.value, fact.valid_from, on, source, fact.sureness, by, "end", fact)


def _check_is_newest(fact: PlaceFact) -> None:
    PlaceFact.objects.select_for_update().get(pk=fact.pk)
    if PlaceFact.objects.filter(replaces=fact).exists():
        raise UsageError("the fact was corrected or ended before", do="correct the newer one")


def _write(
    place: Place | None,
    kind: str,
    value: str,
    valid_from: date,
    valid_to: date | None,
    source: str,
    sureness: str,
    by: User | None,
    action: str,
    replaces: PlaceFact | None = None,
    why: str = "",
) -> PlaceFact:
    _check(place, kind, value, valid_from, valid_to, source, sureness)
    made = PlaceFact.objects.create(
        place=place,
        kind=kind,
        value=value.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        source=source.strip(),
        sureness=sureness,
        replaces=replaces,
        why=why.strip(),
        recorded_at=clock.now(),
        recorded_by=by,
    )
    slug = place.slug if place else ""
    audit.record(actor=by, action=action, thing="place", thing_id=str(made.pk), place=slug, kind=kind)
    return made


def _check(
    place: Place | None, kind: str, value: str, valid_from: date, valid_to: date | None, source: str, sureness: str
) -> None:
    if kind not in Kind.values or (kind == Kind.COUNT) != (place is None):
        raise UsageError(f"{kind!r} is no kind of fact here", expected=", ".join(Kind.values), where="kind")
    if sureness not in Sureness.values:
        raise UsageError(f"{sureness!r} is no sureness", expected=", ".join(Sureness.values), where="sureness")
    for name, text in (("value", value), ("source", source)):
        if not 0 < len(text.strip()) <= 300:
            raise UsageError(f"the {name} is empty or too long", expected="1 to 300 characters", where=name)
    if valid_to is not None and valid_to < valid_from:
        raise UsageError("the fact ends before it begins", expected="a last day not before the first", where="valid_to")
    if kind == Kind.CONTACT:
        check_contact(value)


def check_contact(value: str) -> None:
    """Raise UsageError where a contact is not a role and a shared mailbox, such as a person's name or own address."""
    found = _MAILBOX.search(value)
    role = value.replace(found[0], "").strip(" ,;:()<>") if found else ""
    if found is None or not role:
        raise UsageError(
            "the contact has no role or no mailbox", expected="such as: Data lead, nnhip.sefton@nhs.net", where="value"
        )
    local = found[0].partition("@")[0]
    looks_personal = re.fullmatch(r"[a-z'-]+\.([a-z]\.)?[a-z'-]+\d*", local, re.IGNORECASE)
    if _TITLES.search(value) or (looks_personal and not _SHARED.search(local)):
        raise UsageError(
            "the contact looks like a person's name or own address",
            expected="a role and a mailbox that several people read",
            where="value",
        )
