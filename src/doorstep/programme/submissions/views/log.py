"""The issues and changes log: read by all, written by the Centre; entries are closed, never changed."""

from __future__ import annotations

from typing import Any

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from doorstep.errors import DoorstepError
from doorstep.programme.places.models import Place
from doorstep.programme.submissions import actions, reading
from doorstep.programme.submissions.forms import CloseForm, EntryForm
from doorstep.programme.submissions.models import LogEntry
from doorstep.programme.submissions.views.parts import asked, can
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest


@require_GET
def log(request: KnownRequest) -> HttpResponse:
    """Show the log, of all or of one Place."""
    places = list(Place.objects.all())
    place = asked(request.GET.get("place"), [one.slug for one in places])
    kind = asked(request.GET.get("kind"), LogEntry.Kind.values)
    context = {
        "entries": reading.entries(place=place, kind=kind),
        "places": places,
        "place": place,
        "kind": kind,
        "kinds": LogEntry.Kind.choices,
        "may_write": can(request, "quality", "write"),
    }
    return render(request, "submissions/log.jinja", context)


@require_http_methods(["GET", "POST"])
def add(request: KnownRequest) -> HttpResponse:
    """Write an entry."""
    form = EntryForm(request.POST if request.method == "POST" else None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid() and _written(form, request):
        return redirect("log")
    return form_page(request, "submissions/log_add.jinja", form)


@require_http_methods(["GET", "POST"])
def close(request: KnownRequest, id: int) -> HttpResponse:
    """Close an entry by another that stands in its stead."""
    entry = get_object_or_404(LogEntry.objects.select_related("place"), pk=id, closed_by__isnull=True)
    first = {"kind": entry.kind, "month_from": f"{entry.month_from:%Y-%m}"}
    form = CloseForm(request.POST if request.method == "POST" else None, initial=first)
    same = {"place": entry.place_id or "", "lines": entry.lines}
    if request.method == "POST" and form.is_valid() and _written(form, request, closes=entry, **same):
        return redirect("log")
    return form_page(request, "submissions/log_close.jinja", form, entry=entry)


def _written(form: Form, request: KnownRequest, **more: Any) -> bool:
    """Write it; what the action refuses is an error of the form."""
    try:
        actions.log(**{**form.cleaned_data, **more}, by=request.user)
    except DoorstepError as error:
        form.add_error("words", f"{error.seen}. Needed: {error.expected}")
        return False
    return True
