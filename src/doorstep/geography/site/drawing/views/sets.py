"""All sets, one set with its map and table, and what two of its versions have in common."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from doorstep.geography.neighbourhoods.model import BASES
from doorstep.geography.site.drawing import changing, presenting, reading, tables
from doorstep.geography.site.drawing.views.parts import crumbs, may_draw, version_or_404
from doorstep.geography.site.models import SetVersion
from doorstep.web.requests import KnownRequest


@require_safe
def sets(request: KnownRequest) -> HttpResponse:
    """List the sets, each by its newest version."""
    words = request.GET.get("q", "").strip()[:100]
    context = {"found": list(reading.newest_of_all(words)), "words": words, "may_draw": may_draw(request)}
    return render(request, "where/neighbourhoods.jinja", context)


@require_safe
def one_set(request: KnownRequest, slug: str) -> HttpResponse:
    """Show a set as it is now."""
    return _shown(request, version_or_404(slug))


@require_safe
def one_version(request: KnownRequest, slug: str, number: int) -> HttpResponse:
    """Show a set as it was in one of its versions."""
    return _shown(request, version_or_404(slug, number))


def _shown(request: KnownRequest, one: SetVersion) -> HttpResponse:
    made, found = reading.content(one), reading.audited(one)
    newest = reading.newest_number(one.area_set_id)
    moved = changing.moved_since(reading.history(one.area_set_id, one.number))
    context = {
        "one": one,
        "made": made,
        "basis": BASES[made.basis] if "made" not in made.settings else f"drawn {made.settings['made']}",
        "rows": presenting.rows(made, found, moved),
        "asks": len(found.asks) + len(moved),
        "label": changing.label_of,
        "nearest": tables.nearest(found),
        "gaps": presenting.gaps(made),
        "is_stated": found.flows.is_stated,
        "data": presenting.map_data(made),
        "versions": list(reading.versions(one.area_set_id)),
        "newest": newest,
        "may_draw": may_draw(request) and one.number == newest and one.valid_to is None,
        "crumbs": crumbs(),
    }
    return render(request, "where/neighbourhoods_set.jinja", context)


@require_safe
def compare(request: KnownRequest, slug: str) -> HttpResponse:
    """Show which areas moved from one version to another; without two numbers: from the one before to the newest."""
    newest = version_or_404(slug)
    old = _number(request, "from", max(newest.number - 1, 1), newest.number)
    new = _number(request, "to", newest.number, newest.number)
    was, now = (version_or_404(slug, number) for number in sorted((old, new)))
    context = {
        "one": newest,
        "was": was,
        "now": now,
        "difference": changing.difference(reading.content(was), reading.content(now)),
        "versions": list(reading.versions(slug)),
        "crumbs": crumbs(newest),
    }
    return render(request, "where/neighbourhoods_compare.jinja", context)


def _number(request: KnownRequest, name: str, default: int, most: int) -> int:
    text = request.GET.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= most):
        raise Http404
    return int(text)
