"""Enrolling with a link: a password, then an authenticator, then recovery codes."""

from __future__ import annotations

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doorstep.errors import UsageError
from doorstep.web.accounts import actions, enrolment, forms
from doorstep.web.accounts.drawing import qr
from doorstep.web.accounts.models import Invitation
from doorstep.web.pages import form_page

_STARTED = "enrolling"  # in the session: the link's hash, the hash of the password chosen, the authenticator's secret


@require_http_methods(["GET", "POST"])
def choose_password(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for a password, twice."""
    found = enrolment.invitation(secret)
    if found is None:
        return _ended(request)
    form = forms.NewPassword(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_strong(form, found):
        request.session.cycle_key()
        request.session[_STARTED] = {
            "link": found.hash,
            "password": make_password(form.cleaned_data["new"]),
            "key": enrolment.new_key(),
        }
        return redirect("enrol-code", secret=secret)
    return form_page(request, "enrol.jinja", form, person=found.user)


@require_http_methods(["GET", "POST"])
def confirm_code(request: HttpRequest, secret: str) -> HttpResponse:
    """Show the authenticator's secret, ask for its code, and show the recovery codes once."""
    found, started = enrolment.invitation(secret), request.session.get(_STARTED, {})
    if found is None:
        return _ended(request)
    if started.get("link") != found.hash:
        return redirect("enrol", secret=secret)
    form, key = forms.Code(request.POST or None), started["key"]
    if request.method == "POST" and form.is_valid():
        codes = _enrolled(request, form, secret)
        if codes:
            return render(request, "recovery_codes.jinja", {"codes": codes, "next": "log-in"})
    shown = {"qr": qr(enrolment.address_of_key(key, found.user.email)), "key": enrolment.typed_key(key)}
    return form_page(request, "enrol_code.jinja", form, **shown)


def _enrolled(request: HttpRequest, form: forms.Code, secret: str) -> list[str]:
    """Enrol, and return the recovery codes; none where the code was wrong or the link was used meanwhile."""
    started = request.session[_STARTED]
    try:
        made = enrolment.enrol(
            secret_of_link=secret,
            password_hash=started["password"],
            key=started["key"],
            code=form.cleaned_data["code"],
        )
    except UsageError as error:
        form.add_error("code", error.seen)
        return []
    if made is None:
        form.add_error("code", "The code is not right. Enter the code your app shows now.")
        return []
    request.session.flush()
    return made[1]


def _is_strong(form: forms.NewPassword, found: Invitation) -> bool:
    try:
        actions.check_password(form.cleaned_data["new"], email=found.user.email, name=found.user.name)
    except UsageError as error:
        form.add_error("new", error.seen)
        return False
    return True


def _ended(request: HttpRequest) -> HttpResponse:
    return render(request, "enrol_ended.jinja", status=410)
