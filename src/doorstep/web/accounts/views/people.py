"""Other people's accounts, for administrators: who is here, what they may do, and letting them in or out."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from doorstep.errors import UsageError
from doorstep.web.accounts import actions, enrolment, forms
from doorstep.web.accounts.models import Assignment, User
from doorstep.web.audit import actions as audit
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest


def people(request: KnownRequest) -> HttpResponse:
    """List accounts with the roles they hold today."""
    held = Prefetch("assignments", Assignment.objects.filter(Assignment.holds_on()).order_by("role"), "held")
    found = User.objects.prefetch_related(held).order_by("-is_active", "name", "email")
    audit.record(actor=request.user, action="list", thing="account", roles=request.roles)
    return render(request, "people.jinja", {"people": found})


def person(request: KnownRequest, person: uuid.UUID) -> HttpResponse:
    """Show one account, with a form to give a role."""
    return _person_page(request, get_object_or_404(User, pk=person), forms.GiveRole())


@require_http_methods(["GET", "POST"])
def invite(request: KnownRequest) -> HttpResponse:
    """Make an account, and show its enrolment link once."""
    form = forms.Invite(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            user, secret = enrolment.invite(**form.cleaned_data, by=request.user)
        except UsageError as error:
            form.add_error("email", error.seen)
        else:
            return _link_page(request, user, secret)
    return form_page(request, "people_invite.jinja", form)


@require_POST
def new_link(request: KnownRequest, person: uuid.UUID) -> HttpResponse:
    """Make a new enrolment link, for one that has ended or a person who lost everything, and show it once."""
    user = get_object_or_404(User, pk=person)
    try:
        return _link_page(request, user, enrolment.new_link(user=user, by=request.user))
    except UsageError as error:
        messages.error(request, error.seen)
        return redirect("person", person=person)


@require_POST
def give_role(request: KnownRequest, person: uuid.UUID) -> HttpResponse:
    """Give a role from today on."""
    user, form = get_object_or_404(User, pk=person), forms.GiveRole(request.POST)
    if form.is_valid():
        try:
            actions.assign(user=user, by=request.user, **form.cleaned_data)
        except UsageError as error:
            form.add_error(error.where or "role", error.seen)
        else:
            messages.success(request, f"{user.name} has the role now")
            return redirect("person", person=person)
    return _person_page(request, user, form)


@require_POST
def end_role(request: KnownRequest, person: uuid.UUID, assignment: int) -> HttpResponse:
    """End a role at once."""
    held = get_object_or_404(Assignment.objects.filter(Assignment.holds_on()), pk=assignment, user_id=person)
    ended = timezone.localdate()
    return _done(
        request,
        held.user,
        lambda: actions.end_assignment(assignment=held, on=ended, by=request.user),
        "The role has ended",
    )


@require_POST
def change(request: KnownRequest, person: uuid.UUID, what: str) -> HttpResponse:
    """Close, open again or unlock an account."""
    user = get_object_or_404(User, pk=person)
    act, said = _CHANGES[what]
    return _done(request, user, lambda: act(user=user, by=request.user), said)


@require_POST
def subject(request: KnownRequest, person: uuid.UUID) -> HttpResponse:
    """Link the account to an identity of the log-in provider."""
    user, form = get_object_or_404(User, pk=person), forms.Subject(request.POST)
    found = form.cleaned_data["subject"].strip() if form.is_valid() else ""
    said = "The identity is linked" if found else "No identity is linked now"
    return _done(request, user, lambda: actions.link_subject(user=user, subject=found, by=request.user), said)


_CHANGES: dict[str, tuple[Callable[..., None], str]] = {
    "close": (actions.deactivate, "The account is closed"),
    "open": (actions.activate, "The account is open again"),
    "unlock": (actions.unlock, "The account is unlocked"),
}
CHANGES = tuple(_CHANGES)


def _done(request: KnownRequest, user: User, act: Callable[[], None], said: str) -> HttpResponse:
    """Do it and say so on the person's page, or say why not."""
    try:
        act()
    except UsageError as error:
        messages.error(request, error.seen)
    else:
        messages.success(request, said)
    return redirect("person", person=user.pk)


def _person_page(request: KnownRequest, user: User, form: forms.GiveRole) -> HttpResponse:
    audit.record(actor=request.user, action="read", thing="account", thing_id=str(user.pk), roles=request.roles)
    found: dict[str, Any] = {
        "person": user,
        "held": user.assignments.filter(Assignment.holds_on()).order_by("role", "place"),
        "ended": user.assignments.exclude(Assignment.holds_on()).order_by("-ends_on"),
        "is_self": user.pk == request.user.pk,
        "has_provider": settings.OIDC is not None,
    }
    return form_page(request, "person.jinja", form, **found)


def _link_page(request: HttpRequest, user: User, secret: str) -> HttpResponse:
    """Show the link in the answer to the form: it stands in no other page, and going back does not show it again."""
    link = request.build_absolute_uri(reverse("enrol", kwargs={"secret": secret}))
    return render(request, "people_link.jinja", {"person": user, "link": link})
