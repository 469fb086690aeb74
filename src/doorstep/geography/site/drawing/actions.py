"""What can be done to sets: make one, save a version, record recognition or a reason, end one. All of it only adds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from doorstep import clock
from doorstep.errors import DataError, UsageError
from doorstep.geography.neighbourhoods import Evidence, Neighbourhood, NeighbourhoodSet, Reason
from doorstep.geography.site.drawing import changing, reading
from doorstep.geography.site.drawing.canonical import sha256_of, text_of
from doorstep.geography.site.drawing.changing import Changes, Difference
from doorstep.geography.site.models import AreaSet, SetVersion
from doorstep.web.accounts.models import User
from doorstep.web.audit import actions as audit

Did = SetVersion.Did
_NOTHING = Difference((), ())
MOST_TRIES = 20


class TakenError(UsageError):
    """A set of this id is there already."""


class ChangedMeanwhileError(DataError):
    """Somebody saved another version first. `newest` is theirs, `difference` what it changed."""

    def __init__(self, newest: SetVersion, difference: Difference) -> None:
        self.newest, self.difference = newest, difference
        super().__init__(f"version {newest.number} was saved meanwhile", do="look at what it changed, then save on it")


def free_slug(title: str) -> str:
    """Return an id for a set of this title that no set has: small letters, digits and hyphens."""
    plain = slugify(title).replace("_", "-").strip("-")[:60].strip("-") or "set"
    while "--" in plain:
        plain = plain.replace("--", "-")
    taken = {"new", *AreaSet.objects.filter(slug__startswith=plain).values_list("slug", flat=True)}  # new: an address
    return next(name for i in range(1, 100_000) if (name := plain if i == 1 else f"{plain}-{i}") not in taken)


@transaction.atomic
def create(*, made: NeighbourhoodSet, why: str, by: User | None) -> SetVersion:
    """Keep a set as the first version of its own. Raises TakenError where its id is not free."""
    try:
        with transaction.atomic():
            area_set = AreaSet.objects.create(slug=made.id, at=clock.now(), by=by)
    except IntegrityError as error:
        raise TakenError(f"there is a set {made.id} already", expected="another title") from error
    return _keep(area_set, replace(made, version=0), Did.CREATED, _said(why), by)


def create_titled(*, made: NeighbourhoodSet, why: str, by: User | None) -> SetVersion:
    """Keep a set under an id of its title that is free now: while it was drawn, somebody may have taken its own."""
    for _ in range(MOST_TRIES):
        try:
            return create(made=replace(made, id=free_slug(made.title)), why=why, by=by)
        except TakenError:
            continue  # two of one title at the same moment: the other is kept, and the next id is free
    raise UsageError(f"many sets are called {made.title!r} just now", expected="another title", do="try again")


@dataclass(frozen=True)
class Saved:
    """A version that was saved, and what it changed."""

    version: SetVersion
    difference: Difference


@transaction.atomic
def save_version(*, slug: str, base: int, changes: Changes, why: str, by: User | None) -> Saved:
    """Save changes that somebody made looking at version `base`.

    Raises ChangedMeanwhileError where that is not the newest any more, and nothing is saved: whoever made the changes
    sees what the other version changed and may save on it. UsageError for changes that do nothing or cannot be.
    """
    old = _newest_for_update(slug)
    before = reading.content(old)
    if old.number != base:
        raise ChangedMeanwhileError(old, _since(slug, base, before))
    after = changing.changed(before, changes)
    difference = changing.difference(before, after)
    if difference.is_nothing:
        raise UsageError("nothing is different from the version before", expected="a change to save")
    did = Did.TEAMS if changes.is_of_teams_only else Did.CHANGED
    return Saved(_keep(old.area_set, after, did, _said(why), by, difference), difference)


def _since(slug: str, base: int, now: NeighbourhoodSet) -> Difference:
    then = SetVersion.objects.filter(area_set=slug, number=base).first()
    if then is None:
        raise UsageError(f"there is no version {base}", expected="the version that was changed")
    return changing.difference(reading.content(then), now)


def recognise(*, slug: str, area: str, evidence: Evidence, by: User | None) -> SetVersion:
    """Add a sign that people recognise one neighbourhood."""
    if evidence.on > clock.today():
        raise UsageError("the day is in the future", expected="the day on which they did it", where="on")

    def added(n: Neighbourhood) -> Neighbourhood:
        return replace(n, recognition=(*n.recognition, evidence))

    return _with_one(slug, area, added, Did.RECOGNISED, f"{evidence.who}: {evidence.what}", by)


def give_reason(*, slug: str, area: str, text: str, by: User | None) -> SetVersion:
    """Record why a neighbourhood is outside the range of its tier."""
    reason = Reason(text.strip(), by.name if by else "the installation", clock.today())

    def added(n: Neighbourhood) -> Neighbourhood:
        return replace(n, reasons=(*n.reasons, reason))

    return _with_one(slug, area, added, Did.REASONED, text, by)


@transaction.atomic
def _with_one(
    slug: str, area: str, added: Callable[[Neighbourhood], Neighbourhood], did: str, why: str, by: User | None
) -> SetVersion:
    old = _newest_for_update(slug)
    before = reading.content(old)
    if area not in {n.id for n in before.neighbourhoods}:
        raise UsageError(f"the set has no area with the id {area} any more", expected="one of its newest version")
    after = tuple(added(n) if n.id == area else n for n in before.neighbourhoods)
    return _keep(old.area_set, replace(before, neighbourhoods=after), did, why, by)


@transaction.atomic
def retire(*, slug: str, last_day: date, why: str, by: User | None) -> SetVersion:
    """Say which day is the last on which a set holds. It stays readable; nobody changes it any more."""
    old = _newest_for_update(slug)
    before = reading.content(old)
    return _keep(old.area_set, replace(before, valid_to=last_day), Did.RETIRED, _said(why), by)


def _newest_for_update(slug: str) -> SetVersion:
    """Return the newest version with its set locked: of two who save at once, the second sees the first's version."""
    AreaSet.objects.select_for_update().get(slug=slug)
    newest = reading.newest(slug)
    if newest.valid_to is not None:
        raise UsageError(f"the set ended on {newest.valid_to}", expected="a set that holds", do="make a new set")
    return newest


def _said(why: str) -> str:
    if not why.strip():
        raise UsageError("no reason was given", expected="a sentence that says why", where="why")
    return why


def _keep(
    area_set: AreaSet, made: NeighbourhoodSet, did: str, why: str, by: User | None,
    difference: Difference = _NOTHING,
) -> SetVersion:  # fmt: skip
    number = made.version + 1
    text = text_of(replace(made, version=number))
    kept = SetVersion.objects.create(
        area_set=area_set,
        number=number,
        content=text,
        sha256=sha256_of(text),
        made_from=made.version,
        did=did,
        why=" ".join(why.split())[:500],
        title=made.title,
        scope=made.scope[:300],
        n_areas=len(made.neighbourhoods),
        n_recognised=sum(n.is_recognised for n in made.neighbourhoods),
        valid_from=made.valid_from,
        valid_to=made.valid_to,
        at=clock.now(),
        by=by,
    )
    audit.record(
        actor=by, action=did, thing="neighbourhoods", thing_id=area_set.slug, version=number, sha256=kept.sha256,
        n_areas_moved=len(difference.moves), residents_moved=difference.people, n_practices=len(difference.joined),
    )  # fmt: skip
    return kept
