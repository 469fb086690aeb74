"""Logging in with a provider of identities, and coming back from it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import authenticate
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from doorstep.web.accounts.models import User
from doorstep.web.accounts.views.logging_in import let_in, safe_address
from doorstep.web.audit import actions as audit
from doorstep.web.environment import OpenId

_STARTED = "oidc"
_BACKEND = "doorstep.web.accounts.backends.OpenIdConnect"


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Send a person to the provider."""
    from doorstep.web.accounts import oidc  # here: its libraries are slow to load, and many sites have no provider

    try:
        address, started = oidc.begin(_told(), _back(request))
    except oidc.RefusedError as refused:
        return _refuse(request, refused.reason)
    request.session.cycle_key()
    request.session[_STARTED] = started
    request.session["next"] = safe_address(request, request.GET.get("next", ""))
    return redirect(address)


@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """Take the provider's answer, and let the person in whose account an administrator linked."""
    from doorstep.web.accounts import oidc

    started = request.session.pop(_STARTED, {})  # an answer is looked at once
    try:
        subject = oidc.finish(_told(), _back(request), request.GET.dict(), started)
    except oidc.RefusedError as refused:
        return _refuse(request, refused.reason)
    user = authenticate(request, oidc_subject=subject)
    if not isinstance(user, User):
        return _refuse(request, "account", subject)
    return let_in(request, user, factor="provider", backend=_BACKEND)


def _refuse(request: HttpRequest, reason: str, subject: str = "") -> HttpResponse:
    """Write down why, and say what the person can do; their own identifier is shown to them, and kept nowhere."""
    audit.record(actor=None, action="log in: provider", thing="account", outcome="refused", reason=reason)
    told = {"reason": reason, "subject": subject, "provider": _told().name}
    return render(request, "oidc_refused.jinja", told, status=403)


def _told() -> OpenId:
    if settings.OIDC is None:
        raise Http404
    return settings.OIDC


def _back(request: HttpRequest) -> str:
    return request.build_absolute_uri(reverse("oidc-back"))
