"""Making the monthly pack of an edition, once."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from doorstep import __version__
from doorstep.programme.figures import models as figures
from doorstep.programme.figures import reading
from doorstep.programme.figures.numbers import Edition, Figures
from doorstep.programme.scorecard import pack, pack_pages, pack_pdf
from doorstep.programme.scorecard.editions import TRUE_NUMBERS
from doorstep.programme.scorecard.logged import logged
from doorstep.programme.scorecard.models import Pack
from doorstep.web import locks
from doorstep.web.audit import actions as audit
from doorstep.web.locks import Lock


@transaction.atomic
def make_pack(*, edition: int, place: str = "", by: Any) -> Pack:
    """Make the pack of an edition, of all Places or of one, and keep it; the kept one where it was made before.

    Raises UsageError where there is no such edition, or it shows nothing of the Place, and ConfigurationError where a
    PDF cannot be drawn.
    """
    locks.take(Lock.PACK)
    of = reading.edition(edition)
    kept = Pack.objects.filter(edition__number=of.number, place=place).first()
    if kept is not None:
        return kept
    page = pack_pages.html(contents(of, place), is_demo=settings.IS_DEMO)
    made = _keep(of, place, page, pack_pdf.pdf(pack_pages.for_paper(page)), by)
    audit.record(
        actor=by,
        action="make",
        thing="pack",
        thing_id=str(made.pk),
        place=place,
        edition=of.number,
        sha256=made.pdf_sha256,
    )
    return made


def contents(of: Edition, place: str = "") -> pack.Contents:
    """Return what the pack of an edition shows, beside the edition before it."""
    now, before = reading.figures(of), _before(of)
    pack.refuse_unknown(place, now)
    log = logged(place, of, of_every_place=not place)
    return pack.of_place(now, place, before, log) if place else pack.of_all(now, before, log)


def _before(of: Edition) -> Figures | None:
    """Return the figures of the edition before, of the same kind: true numbers never stand beside others."""
    is_true = of.rules.startswith(TRUE_NUMBERS)
    rows = figures.Edition.objects.filter(number__lt=of.number).values_list("number", "rules")
    number = next((n for n, rules in rows if rules.startswith(TRUE_NUMBERS) == is_true), None)
    return reading.figures(reading.edition(number)) if number else None


def _keep(of: Edition, place: str, page: str, drawn: bytes, by: Any) -> Pack:
    return Pack.objects.create(
        edition=figures.Edition.objects.get(number=of.number),
        place=place,
        html=page,
        html_sha256=sha256(page.encode()).hexdigest(),
        pdf=drawn,
        pdf_sha256=sha256(drawn).hexdigest(),
        program=__version__,
        made_at=timezone.now(),
        made_by=by,
    )
