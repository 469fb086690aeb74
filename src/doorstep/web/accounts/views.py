"""Logging in, in two steps; logging out; staying logged in; one's own account."""

from __future__ import annotations

import uuid

from django.contrib.auth import authenticate, login, logout
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST
from django_otp import login as otp_login
from django_otp import match_token

from doorstep.web.accounts import actions, forms
from doorstep.web.accounts.models import User
from doorstep.web.navigation import items_for
from doorstep.web.requests import KnownRequest

_WAITING = "waiting_for_code"  # the account whose password was right, in the session until the code is
_WRONG = (
    "The email address or password is not right, or the account is locked. After 5 wrong tries it locks for 15 minutes."
)
_WRONG_CODE = "The code is not right, or it was used before. Enter the code your app shows now."


@require_http_methods(["GET", "POST"])
def log_in(request: HttpRequest) -> HttpResponse:
    """Ask for the e-mail address and password."""
    form = forms.LogIn(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        user = authenticate(request, email=email, password=form.cleaned_data["password"])
        if isinstance(user, User):
            request.session.cycle_key()
            request.session[_WAITING] = str(user.pk)
            request.session["next"] = _safe(request, request.GET.get("next", ""))
            return redirect("log-in-code")
        actions.note_failure(email=email, step="password")
        form.add_error("password", _WRONG)
    return _page(request, "log_in.jinja", form, ended="ended" in request.GET)


@require_http_methods(["GET", "POST"])
def log_in_code(request: HttpRequest) -> HttpResponse:
    """Ask for the one-time code."""
    user = User.objects.filter(pk=request.session.get(_WAITING) or uuid.UUID(int=0), is_active=True).first()
    if user is None:
        return redirect("log-in")
    form = forms.Code(request.POST or None)
    if request.method == "POST" and form.is_valid():
        device = None if user.is_locked else match_token(user, form.cleaned_data["code"].replace(" ", "").strip())
        if device is not None:
            return _let_in(request, user, device)
        actions.note_failure(email=user.email, step="code")
        form.add_error("code", _WRONG_CODE)
    return _page(request, "log_in_code.jinja", form)


def _let_in(request: HttpRequest, user: User, device: object) -> HttpResponse:
    after = request.session.get("next") or "/"
    login(request, user, backend="doorstep.web.accounts.backends.Password")
    otp_login(request, device)
    for name in (_WAITING, "next"):
        request.session.pop(name, None)
    actions.note_success(user=user)
    return redirect(after)


@require_POST
def log_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return redirect("log-in")


@require_POST
def stay(_: HttpRequest) -> HttpResponse:
    """Answer nothing: that the person asked keeps the session."""
    return HttpResponse(status=204)


def account(request: KnownRequest) -> HttpResponse:
    """Show one's own account and roles."""
    return render(request, "account.jinja", {"roles": request.user.assignments.order_by("role", "starts_on")})


def home(request: KnownRequest) -> HttpResponse:
    """Show what the person can do here."""
    return render(request, "home.jinja", {"roles": request.roles, "items": items_for(request)})


def _page(request: HttpRequest, template: str, form: Form, *, ended: bool = False) -> HttpResponse:
    errors = [{"text": text, "href": f"#{name}"} for name, texts in form.errors.items() for text in texts]
    status = 422 if errors else 200
    return render(request, template, {"form": form, "errors": errors, "ended": ended}, status=status)


def _safe(request: HttpRequest, address: str) -> str:
    """Return an address of this site, or nothing: a log-in never leads elsewhere."""
    hosts = {request.get_host()}
    return address if url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure()) else ""
