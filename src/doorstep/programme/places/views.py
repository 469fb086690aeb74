"""The register's pages: the list as at a day, a Place with its dated facts, and forms to record, correct and end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from doorstep import clock
from doorstep.errors import DoorstepError
from doorstep.programme.places import actions, reading
from doorstep.programme.places.forms import CorrectionForm, EndForm, FactForm
from doorstep.programme.places.models import Place, PlaceFact
from doorstep.web import downloads, rights
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest

PROGRAMME = "programme"  # stands for the whole programme in an address; no Place has this slug
_KINDS = (PlaceFact.Kind.REGION, PlaceFact.Kind.ICB, PlaceFact.Kind.STATUS, PlaceFact.Kind.WAVE)


@require_GET
def register(request: KnownRequest) -> HttpResponse:
    """Show the register as at a day, as known on a day, of all regions or one."""
    today = clock.today()
    errors: list[dict[str, str]] = []
    day = _day(request, "day", today, errors)
    known_on = _day(request, "known", today, errors)
    found = reading.as_at(day, known_on)
    region = request.GET.get("region", "")
    entries = [e for e in found.entries if not region or region in e.value("region").split(" or ")]
    context = {"found": found, "entries": entries, "region": region, "today": today, "errors": errors}
    status = 422 if errors else 200
    return render(request, "places/register.jinja", {**context, "may_change": _may_change(request)}, status=status)


@require_GET
def register_file(request: KnownRequest) -> HttpResponse:
    """Give the register as at a day as CSV: a row for each fact that held."""
    today = clock.today()
    errors: list[dict[str, str]] = []
    day, known_on = _day(request, "day", today, errors), _day(request, "known", today, errors)
    if errors:
        return register(request)
    found = reading.as_at(day, known_on)
    header = ("place", "kind", "value", "valid_from", "valid_to", "source", "sureness", "as_at", "known_on")
    rows = (
        (str(e.place), f.kind, f.value, f.valid_from, f.valid_to, f.source, f.sureness, day, known_on)
        for e in found.entries
        for facts in e.facts.values()
        for f in facts
    )
    return downloads.csv_answer(f"places-{day}.csv", header, rows)


def _day(request: KnownRequest, name: str, default: date, errors: list[dict[str, str]]) -> date:
    """Return a day asked for; today, and an error, where it is none."""
    text = request.GET.get(name, "")
    try:
        return date.fromisoformat(text) if text else default
    except ValueError:
        errors.append({"text": "Enter a day such as 9 September 2025", "href": f"#{name}"})
        return default


@require_GET
def place(request: KnownRequest, slug: str) -> HttpResponse:
    """Show a Place: what holds today, and every fact ever recorded."""
    one = _place(slug)
    today = clock.today()
    found = reading.as_at(today)
    entry = next((e for e in found.entries if one and e.place.slug == slug), None)
    context = {
        "place": one,
        "slug": slug,
        "entry": entry,
        "counts": found.counts if one is None else (),
        "history": reading.history(one),
        "may_change": _may_change(request),
        "shown": _KINDS,
    }
    return render(request, "places/place.jinja", context)


def _place(slug: str) -> Place | None:
    return None if slug == PROGRAMME else get_object_or_404(Place, slug=slug)


def _may_change(request: KnownRequest) -> bool:
    return rights.may(request.user, request.roles, "place", "change")


@require_http_methods(["GET", "POST"])
def add(request: KnownRequest, slug: str) -> HttpResponse:
    """Record a fact."""
    one = _place(slug)
    form = FactForm(_posted(request), of_programme=one is None)
    if _did(form, lambda given: actions.record_fact(place=one, **given, by=request.user)):
        return redirect("register-place", slug)
    return form_page(request, "places/fact_add.jinja", form, place=one, slug=slug)


@require_http_methods(["GET", "POST"])
def correct(request: KnownRequest, id: int) -> HttpResponse:
    """Put a right fact in the stead of a wrong one."""
    fact = get_object_or_404(PlaceFact.objects.select_related("place"), pk=id)
    names = ("value", "valid_from", "valid_to", "source", "sureness")
    initial = {name: getattr(fact, name) for name in names}
    form = CorrectionForm(_posted(request), of_programme=fact.place is None, initial=initial)
    if _did(form, lambda given: actions.correct_fact(fact=fact, **given, by=request.user)):
        return redirect("register-place", fact.place_id or PROGRAMME)
    return form_page(request, "places/fact_correct.jinja", form, fact=fact, slug=fact.place_id or PROGRAMME)


@require_http_methods(["GET", "POST"])
def end(request: KnownRequest, id: int) -> HttpResponse:
    """Say when a fact ended."""
    fact = get_object_or_404(PlaceFact.objects.select_related("place"), pk=id)
    form = EndForm(_posted(request))
    if _did(form, lambda given: actions.end_fact(fact=fact, **given, by=request.user)):
        return redirect("register-place", fact.place_id or PROGRAMME)
    return form_page(request, "places/fact_end.jinja", form, fact=fact, slug=fact.place_id or PROGRAMME)


def _posted(request: KnownRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _did(form: Form, act: Any) -> bool:
    """Do it where the form is right; what the action refuses is an error of the form."""
    if not form.is_bound or not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except DoorstepError as error:
        field = error.where if error.where in form.fields else next(iter(form.fields))
        form.add_error(field, f"{error.seen[:1].upper()}{error.seen[1:]}. Needed: {error.expected or error.do}")
        return False
    return True
