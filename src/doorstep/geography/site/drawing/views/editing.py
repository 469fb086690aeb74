"""The editor: areas moved on a map or in a table, saved as a version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doorstep.errors import DoorstepError
from doorstep.geography.neighbourhoods import NeighbourhoodSet
from doorstep.geography.site.drawing import actions, changing, presenting, reading
from doorstep.geography.site.drawing.actions import ChangedMeanwhileError
from doorstep.geography.site.drawing.changing import Changes
from doorstep.geography.site.drawing.views.meanwhile import base_of, meanwhile
from doorstep.geography.site.drawing.views.parts import crumbs, version_or_404, words_of
from doorstep.geography.site.models import SetVersion
from doorstep.web.requests import KnownRequest

LISTED = 150  # areas that the table shows at once; a filter finds the rest


@require_http_methods(["GET", "POST"])
def edit(request: KnownRequest, slug: str) -> HttpResponse:
    """Show the editor of the newest version, or save what was changed."""
    one = version_or_404(slug)
    if one.valid_to is not None:
        messages.error(request, "This set has ended, so it is not changed any more.")
        return redirect("neighbourhoods-set", slug)
    return _page(request, one, Changes(), "") if request.method == "GET" else _saved(request, one)


def _saved(request: KnownRequest, one: SetVersion) -> HttpResponse:
    asked, why = Changes(), request.POST.get("why", "")
    try:
        base = base_of(request)
        asked = _asked(request, reading.content(version_or_404(one.area_set_id, base)))
        saved = actions.save_version(
            slug=one.area_set_id, base=base, changes=asked, why=why, by=request.user
        )  # fmt: skip
    except ChangedMeanwhileError as error:
        return meanwhile(request, error, asked, why)
    except DoorstepError as error:
        field = "why" if error.where == "why" else "areas"
        words = "Enter what you changed and why" if field == "why" else words_of(error)
        return _page(request, one, asked, why, [{"text": words, "href": f"#{field}"}])
    messages.success(request, f"Version {saved.version.number} was saved. {saved.difference.sentence}.")
    return redirect("neighbourhoods-set", one.area_set_id)


def _asked(request: KnownRequest, made: NeighbourhoodSet) -> Changes:
    """Return the changes as the map sent them, else what the fields of the table say that is different."""
    if request.POST.get("changes"):
        return changing.read(request.POST["changes"])
    homes = {code: n.id for code, n in made.members()}
    names = {n.id: n.name for n in made.neighbourhoods}
    sent = [(key, str(value)) for key, value in request.POST.items()]
    moved = {key[3:]: value for key, value in sent if key.startswith("to-") and homes.get(key[3:], "") != value}
    named = {key[5:]: value for key, value in sent if key.startswith("name-") and names.get(key[5:], "") != value}
    new = request.POST.get("new", "").strip()
    return Changes(moved, named, {"new-1": new} if new else {})


def _page(
    request: KnownRequest, one: SetVersion, asked: Changes, why: str, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    made = reading.content(one)
    words, within = request.GET.get("q", "")[:100], request.GET.get("in", "")
    listed = presenting.listed_areas(made, words, within)
    context = {
        "one": one,
        "made": made,
        "data": presenting.map_data(made) | {"changes": _plain(asked)},
        "listed": listed[:LISTED],
        "label": changing.label_of,
        "n_listed": len(listed),
        "words": words,
        "within": within,
        "asked": asked,
        "why": why,
        "errors": errors or [],
        "crumbs": crumbs(one),
        "residents": {row.id: row.residents for row in presenting.sizes(made)},
    }
    return render(request, "where/neighbourhoods_edit.jinja", context, status=422 if errors else 200)


def _plain(asked: Changes) -> dict[str, Any]:
    return {**vars(asked), "removed": list(asked.removed), "teams": dict(asked.teams)}
