"""Making a set: drawn by the optimiser, by hand, or from a list."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from doorstep import clock
from doorstep.errors import DoorstepError
from doorstep.geography.areas import names_of_places
from doorstep.geography.neighbourhoods import NeighbourhoodSet
from doorstep.geography.neighbourhoods.checks import HIGH, LOW
from doorstep.geography.neighbourhoods.ground import areas
from doorstep.geography.site.drawing import actions, starting
from doorstep.geography.site.drawing.forms import DrawForm, HandForm, ImportForm
from doorstep.geography.site.drawing.views.parts import crumbs, words_of
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest


@require_safe
def ways(request: KnownRequest) -> HttpResponse:
    """Ask how a set shall begin."""
    return render(request, "where/neighbourhoods_new.jinja", {"crumbs": crumbs()})


def _drawn(slug: str, told: dict[str, Any]) -> NeighbourhoodSet:
    return starting.drawn(
        slug, told["scope"], title=told["title"], low=told["low"], high=told["high"], towards=told["towards"],
        on=told["valid_from"],
    )  # fmt: skip


def _by_hand(slug: str, told: dict[str, Any]) -> NeighbourhoodSet:
    return starting.by_hand(
        slug, told["scope"], title=told["title"], start=told["start"], names=told["names"], on=told["valid_from"]
    )


def _brought(slug: str, told: dict[str, Any]) -> NeighbourhoodSet:
    file = told["file"]
    return starting.brought(
        slug, file.name, file.read(), told["units"], title=told["title"], on=told["valid_from"]
    )  # fmt: skip


_Way = tuple[type[forms.Form], Callable[[str, dict[str, Any]], NeighbourhoodSet], str, str]
WAYS: dict[str, _Way] = {
    "draw": (DrawForm, _drawn, "scope", "Drawn by the optimiser"),
    "by-hand": (HandForm, _by_hand, "scope", "Begun by hand"),
    "import": (ImportForm, _brought, "file", "From a list"),
}


@require_http_methods(["GET", "POST"])
def new(request: KnownRequest, way: str) -> HttpResponse:
    """Show the form of one way to begin, or make the set."""
    if way not in WAYS:
        raise Http404
    make_form, make, blamed, why = WAYS[way]
    first = {"low": LOW, "high": HIGH, "towards": "none", "start": "pieces", "valid_from": clock.today()}
    form = make_form(request.POST, request.FILES) if request.method == "POST" else make_form(initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = make(actions.free_slug(form.cleaned_data["title"]), form.cleaned_data)
            kept = actions.create_titled(made=made, why=why, by=request.user)
        except DoorstepError as error:
            form.add_error(blamed, words_of(error))
        else:
            if way == "by-hand":  # who begins by hand goes on by hand; what was drawn or brought is looked at first
                return redirect("neighbourhoods-edit", kept.area_set_id)
            messages.success(request, f"{kept.title} was made. It is version 1.")
            return redirect("neighbourhoods-set", kept.area_set_id)
    more = {"crumbs": crumbs(), "grounds": () if way == "import" else _grounds(), "most": starting.MOST_AREAS}
    return form_page(request, f"where/neighbourhoods_new_{way.replace('-', '_')}.jinja", form, **more)


@cache
def _grounds() -> tuple[str, ...]:
    """Return the names that a field of the ground offers."""
    councils = {area.council_name for area in areas().values()}
    return tuple(sorted(councils | set(names_of_places())))
