"""Pages of packs: which there are, asking for one, and one as HTML and as PDF."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from doorstep.programme.figures.numbers import Edition
from doorstep.programme.scorecard import editions, holdings, making, pack_pages
from doorstep.programme.scorecard.asking import UnknownError
from doorstep.programme.scorecard.models import Pack, Wanted
from doorstep.programme.scorecard.unknown import in_words, nothing_yet
from doorstep.web.downloads import PDF, attachment
from doorstep.web.requests import KnownRequest

ALL = "all"  # stands for all Places in an address
LONG = timedelta(minutes=15)  # 44 packs take some three minutes


@require_safe
@in_words
def packs(request: KnownRequest) -> HttpResponse:
    """List the packs of an edition, those that were made and those that can be."""
    among = editions.shown_to(request.roles)
    if not among:
        return nothing_yet(request)
    edition = editions.chosen(request.GET.get("edition", ""), among)
    made = {kept.place: kept for kept in Pack.objects.filter(edition__number=edition.number).defer("html", "pdf")}
    wanted = {one.place: one for one in Wanted.objects.filter(edition__number=edition.number)}
    rows = [
        {"word": slug or ALL, "name": name, "pack": made.get(slug), "wanted": wanted.get(slug)}
        for slug, name in _can_be(edition).items()
    ]
    waiting = [one.at for one in wanted.values() if not one.failure]
    context = {
        "edition": edition,
        "editions": among,
        "rows": rows,
        "n_waiting": len(waiting),
        "is_stuck": bool(waiting) and timezone.now() - max(waiting) > LONG,
    }
    return render(request, "scorecard/packs.jinja", context)


@require_POST
@in_words
def make(request: KnownRequest, number: int, word: str) -> HttpResponse:
    """Ask for a pack, which is made beside the pages."""
    edition, place = _asked(request, number, word)
    making.ask(edition=edition.number, place=place, by=request.user)
    return redirect(f"{reverse('packs')}?edition={edition.number}")


@require_safe
@in_words
def page(request: KnownRequest, number: int, word: str) -> HttpResponse:
    """Answer a pack as the page it is."""
    return HttpResponse(pack_pages.with_nonce(_kept(request, number, word).html, request.csp_nonce))


@require_safe
@in_words
def html_file(request: KnownRequest, number: int, word: str) -> HttpResponse:
    """Answer a pack as a file that stands alone."""
    kept = _kept(request, number, word)
    return attachment(f"{_name(number, word)}.html", kept.html.encode(), "text/html; charset=utf-8")


@require_safe
@in_words
def pdf_file(request: KnownRequest, number: int, word: str) -> HttpResponse:
    """Answer a pack as PDF."""
    return attachment(f"{_name(number, word)}.pdf", bytes(_kept(request, number, word).pdf), PDF)


def _can_be(edition: Edition) -> dict[str, str]:
    """Return what an edition can have packs of: all Places (on a national installation), and each of them."""
    places = holdings.holdings(edition).places
    return {"": "All Places", **places} if settings.DOORSTEP_ROLE == "national" else places


def _asked(request: KnownRequest, number: int, word: str) -> tuple[Edition, str]:
    edition = editions.chosen(str(number), editions.shown_to(request.roles))
    place = "" if word == ALL else word
    if place not in _can_be(edition):
        raise UnknownError(f"Edition {edition.number} has no pack of {word[:40]!r}")
    return edition, place


def _kept(request: KnownRequest, number: int, word: str) -> Pack:
    edition, place = _asked(request, number, word)
    kept = Pack.objects.filter(edition__number=edition.number, place=place).first()
    if kept is None:
        raise Http404
    return kept


def _name(number: int, word: str) -> str:
    return f"pack_{word}_edition-{number}"
