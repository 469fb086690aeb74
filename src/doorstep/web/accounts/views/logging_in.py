"""Logging in, in two steps; logging out; staying logged in."""

from __future__ import annotations

import time
from typing import cast

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import match_token

from doorstep.web.accounts import actions, enrolment, forms, slowing
from doorstep.web.accounts.models import User
from doorstep.web.middleware import SECOND_FACTOR
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest

PASSWORD_BACKEND = "doorstep.web.accounts.backends.Password"  # noqa: S105  (a module's name)
_WAITING = "waiting_for_code"  # in the session: the account whose password was right, and when
_WAITS = 600  # seconds for the second factor
_WRONG = (
    "The email address or password is not right, or the account is locked. After 5 wrong tries it locks for 15 minutes."
)
_WRONG_CODE = "The code is not right, or it was used before. Enter the code your app shows now."
_WRONG_RECOVERY = "The recovery code is not right, or it was used before."


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail address and password."""
    form = forms.LogIn(request.POST or None)
    if request.method == "POST" and slowing.is_too_many(request):
        return render(request, "log_in_later.jinja", status=429)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        user = authenticate(request, email=email, password=form.cleaned_data["password"])
        if isinstance(user, User):
            request.session.cycle_key()
            request.session[_WAITING] = {"account": str(user.pk), "at": time.time()}
            request.session["next"] = safe_address(request, request.GET.get("next", ""))
            return redirect("log-in-code")
        _note_failure(request, email, "password")
        form.add_error("password", _WRONG)
    return form_page(request, "log_in.jinja", form, ended="ended" in request.GET, provider=settings.OIDC)


@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time code."""
    user = _waiting(request)
    if user is None:
        return redirect("log-in")
    form = forms.Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = None if user.is_locked else match_token(user, form.cleaned_data["code"].replace(" ", ""))
        if device is not None:
            return let_in(request, user, factor="code", backend=PASSWORD_BACKEND)
        _note_failure(request, user.email, "code")
        form.add_error("code", _WRONG_CODE)
    return form_page(request, "log_in_code.jinja", form)


@require_http_methods(["GET", "POST"])
def log_in_recovery(request: HttpRequest) -> HttpResponse:
    """Ask for a recovery code in the place of the one-time code."""
    user = _waiting(request)
    if user is None:
        return redirect("log-in")
    form = forms.Recovery(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if not user.is_locked and enrolment.use_recovery_code(user=user, code=form.cleaned_data["code"]):
            return let_in(request, user, factor="recovery code", backend=PASSWORD_BACKEND)
        _note_failure(request, user.email, "recovery code")
        form.add_error("code", _WRONG_RECOVERY)
    return form_page(request, "log_in_recovery.jinja", form)


def let_in(request: HttpRequest, user: User, *, factor: str, backend: str) -> HttpResponse:
    """Begin the session of somebody who passed both factors, and lead where they were going."""
    after = request.session.get("next") or "/"
    login(request, user, backend=backend)
    request.session[SECOND_FACTOR] = factor
    for name in (_WAITING, "next"):
        request.session.pop(name, None)
    actions.note_success(user=user, factor=factor)
    return redirect(after)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    actions.note_end(user=cast(KnownRequest, request).user)
    logout(request)
    return redirect("log-in")


@require_POST
def stay(_: HttpRequest) -> HttpResponse:
    """Answer nothing: that the person asked keeps the session."""
    return HttpResponse(status=204)


def _waiting(request: HttpRequest) -> User | None:
    """Return the account whose password was right in this session, not long ago."""
    told = request.session.get(_WAITING)
    if not told or time.time() - told["at"] > _WAITS:
        return None
    return User.objects.filter(pk=told["account"], is_active=True).first()


def _note_failure(request: HttpRequest, email: str, step: str) -> None:
    slowing.note(request)
    actions.note_failure(email=email, step=step)


def safe_address(request: HttpRequest, address: str) -> str:
    """Return an address of this site, or nothing: a log-in never leads elsewhere."""
    hosts = {request.get_host()}
    return address if url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure()) else ""
