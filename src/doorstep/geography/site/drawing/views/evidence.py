"""What is recorded about a set beside its areas: who recognises one, why one is out of range, when the set ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from doorstep import clock
from doorstep.errors import DoorstepError
from doorstep.geography.neighbourhoods import Evidence
from doorstep.geography.neighbourhoods.ground import residents
from doorstep.geography.site.drawing import actions, reading
from doorstep.geography.site.drawing.changing import label_of
from doorstep.geography.site.drawing.forms import EvidenceForm, ReasonForm, RetireForm
from doorstep.geography.site.drawing.views.parts import crumbs, neighbourhood_or_404, version_or_404, words_of
from doorstep.geography.site.models import SetVersion
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest


@require_http_methods(["GET", "POST"])
def recognise(request: KnownRequest, slug: str, area: str) -> HttpResponse:
    """Record who recognises a neighbourhood."""
    one = version_or_404(slug)
    n = neighbourhood_or_404(reading.content(one), area)

    def act(told: dict[str, Any]) -> SetVersion:
        return actions.recognise(slug=slug, area=area, evidence=Evidence(**told), by=request.user)

    form = EvidenceForm(_sent(request), initial={"on": clock.today()})
    done = f"Recorded: {label_of(n)} is recognised."
    return _answered(request, form, act, "where/neighbourhoods_recognise.jinja", one, done, n=n)


@require_http_methods(["GET", "POST"])
def reason(request: KnownRequest, slug: str, area: str) -> HttpResponse:
    """Record why a neighbourhood is outside the range of its tier."""
    one = version_or_404(slug)
    n = neighbourhood_or_404(reading.content(one), area)

    def act(told: dict[str, Any]) -> SetVersion:
        return actions.give_reason(slug=slug, area=area, text=told["text"], by=request.user)

    form = ReasonForm(_sent(request))
    more = {"n": n, "residents": residents(n.areas)}
    done = f"The reason for the size of {label_of(n)} is recorded."
    return _answered(request, form, act, "where/neighbourhoods_reason.jinja", one, done, **more)


@require_http_methods(["GET", "POST"])
def retire(request: KnownRequest, slug: str) -> HttpResponse:
    """Say when a set ends."""
    one = version_or_404(slug)

    def act(told: dict[str, Any]) -> SetVersion:
        return actions.retire(slug=slug, last_day=told["last_day"], why=told["why"], by=request.user)

    form = RetireForm(_sent(request), initial={"last_day": clock.today()})
    return _answered(request, form, act, "where/neighbourhoods_retire.jinja", one, "The end of the set is recorded.")


def _sent(request: KnownRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _answered(
    request: KnownRequest, form: forms.Form, act: Callable[[dict[str, Any]], SetVersion], template: str,
    one: SetVersion, done: str, **more: Any,
) -> HttpResponse:  # fmt: skip
    """Act on a filled form and go back to the set; else show it, with what the action refused."""
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except DoorstepError as error:
            form.add_error(error.where if error.where in form.fields else None, words_of(error))
        else:
            messages.success(request, done)
            return redirect("neighbourhoods-set", one.area_set_id)
    return form_page(request, template, form, one=one, label=label_of, crumbs=crumbs(one), **more)
