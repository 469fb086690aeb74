"""Packs are made beside the pages, never in a request: what is wanted stands in a table, and one maker works it off.

Publishing an edition asks for all of its packs, and a page for one. A maker (`doorstep serve` has one, `doorstep site
packs` is one) takes the next with its row locked: another maker passes over it, and a maker that is killed leaves it
as it was.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from doorstep.errors import DoorstepError, UsageError
from doorstep.programme.figures import models as figures
from doorstep.programme.figures import reading
from doorstep.programme.scorecard import actions, holdings
from doorstep.programme.scorecard.models import Pack, Wanted
from doorstep.web.audit import actions as audit

MOST_TRIES: Final = 3  # a pack that ended its maker so often is not tried again by itself
ENDED: Final = "the program ended while it was being made"
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Outcome:
    """What became of one wanted pack; `why` says why it could not be made."""

    edition: int
    place: str
    why: str = ""


@transaction.atomic
def ask(*, edition: int, place: str = "", by: Any) -> None:
    """Ask for the pack of an edition, of all Places or of one; nothing where it is made, or asked for and not failed.

    Raises UsageError where there is no such edition, or it shows nothing of the Place.
    """
    of = reading.edition(edition)
    if place and place not in holdings.holdings(of).places:
        raise UsageError(f"edition {edition} shows no figures of {place}", expected="a Place that sent a return")
    if Pack.objects.filter(edition=of.id, place=place).exists():
        return
    wanted, is_new = Wanted.objects.get_or_create(
        edition_id=of.id, place=place, defaults={"at": timezone.now(), "by": by}
    )
    if not is_new and not wanted.failure:
        return
    Wanted.objects.filter(pk=wanted.pk).update(at=timezone.now(), by=by, n_tries=0, why="", is_of_publishing=False)
    audit.record(actor=by, action="ask", thing="pack", place=place, edition=of.number)


def ask_for_all(*, edition: figures.Edition, by: Any, **_: Any) -> None:
    """Ask for every pack of an edition that is being published; what publishing asked for before is out of date."""
    of = reading.edition(edition.number)
    Wanted.objects.filter(is_of_publishing=True).exclude(edition=edition).delete()
    Wanted.objects.bulk_create(
        Wanted(edition=edition, place=place, at=timezone.now(), by=by, is_of_publishing=True)
        for place in ("", *holdings.holdings(of).places)
    )


def make_next() -> Outcome | None:
    """Make the pack that is next: of the newest edition, all Places before each of them. None where none waits."""
    while (chosen := _choose()) is not None:
        with transaction.atomic():
            mine = Wanted.objects.select_for_update(skip_locked=True).filter(pk=chosen.pk).first()
            if mine is not None:
                return _made(mine, chosen)
    return None


def _choose() -> Wanted | None:
    """Choose the next and write down that it is tried: a pack that ends its maker must not do so for ever."""
    with transaction.atomic():
        waiting = Wanted.objects.select_for_update(skip_locked=True, of=("self",)).select_related("edition", "by")
        found = waiting.filter(why="", n_tries__lt=MOST_TRIES).order_by("-edition__number", "place").first()
        if found is not None:
            Wanted.objects.filter(pk=found.pk).update(n_tries=found.n_tries + 1)
        return found


def _made(mine: Wanted, chosen: Wanted) -> Outcome:
    number, why = chosen.edition.number, ""
    try:
        with transaction.atomic():
            actions.make_pack(edition=number, place=mine.place, by=chosen.by)
    except DoorstepError as error:
        why = f"{error.seen}: {error.do}" if error.do else error.seen
    except Exception as error:
        _log.exception("a pack could not be made")
        why = f"a fault of the program ({type(error).__name__})"
    if why:
        Wanted.objects.filter(pk=mine.pk).update(why=why[:300])
    else:
        mine.delete()
    return Outcome(number, mine.place, why)
