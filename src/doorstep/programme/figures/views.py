"""Pages of editions: which there are, what one holds and changed, and publishing the next."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from doorstep.errors import DoorstepError, UsageError
from doorstep.programme.figures import actions, changes, counting, models, naming, preparing, reading
from doorstep.programme.figures.forms import PublishForm, month_of
from doorstep.web import rights
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest


@require_GET
def editions(request: KnownRequest) -> HttpResponse:
    """List every edition, the newest first."""
    context = {"editions": models.Edition.objects.all(), "may_publish": _may_publish(request)}
    return render(request, "figures/editions.jinja", context)


@require_GET
def edition(request: KnownRequest, number: int) -> HttpResponse:
    """Show what an edition holds, and what is different from the one before."""
    found = models.Edition.objects.filter(number=number).select_related("made_by").first()
    if found is None:
        raise Http404
    before = models.Edition.objects.filter(number__lt=number).first()
    may_publish, this = _may_publish(request), reading.edition(number)
    context = {
        "edition": found,
        "before": before,
        "counts": counting.counts(this),
        "changes": changes.changes_between(reading.edition(before.number), this) if before else (),
        "words": changes.WORDS,
        "withheld": counting.withheld(number) if may_publish else (),
        "may_publish": may_publish,
        "names": naming.names(),
    }
    return render(request, "figures/edition.jinja", context)


@require_http_methods(["GET", "POST"])
def publish(request: KnownRequest) -> HttpResponse:
    """Show what would be published, and publish it once somebody agrees."""
    form = PublishForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.publish(by=request.user, **form.cleaned_data)
        except UsageError as error:
            form.add_error(None, f"{error.seen[:1].upper()}{error.seen[1:]}. {error.do[:1].upper()}{error.do[1:]}")
        else:
            messages.success(request, f"Edition {made.number} is published")
            return redirect("edition", number=made.number)
    return form_page(request, "figures/publish.jinja", form, **_preview(request))


def _preview(request: KnownRequest) -> dict[str, Any]:
    """Return what publishing now would do, or why it cannot be done."""
    context: dict[str, Any] = {"names": naming.names(), "problem": None, "prepared": None}
    try:
        context["prepared"] = prepared = preparing.prepare(_through(request))
    except DoorstepError as error:
        return {**context, "problem": error}
    return {**context, "months": preparing.months_to_choose(), "through": prepared.through}


def _through(request: KnownRequest) -> date | None:
    text = request.POST.get("through") or request.GET.get("through") or ""
    try:
        return month_of(text) if text else None
    except ValidationError as error:
        raise Http404 from error


def _may_publish(request: KnownRequest) -> bool:
    return rights.may(request.user, request.roles, "figure", "publish")
