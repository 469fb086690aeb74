"""One's own account: what it holds, another password, another authenticator; and the start page."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from doorstep.errors import UsageError
from doorstep.web.accounts import actions, enrolment, forms
from doorstep.web.accounts.drawing import qr
from doorstep.web.navigation import items_for
from doorstep.web.pages import form_page
from doorstep.web.requests import KnownRequest

_KEY = "new_authenticator"  # in the session: the secret of an authenticator that is not confirmed yet


def home(request: KnownRequest) -> HttpResponse:
    """Show what the person can do here."""
    return render(request, "home.jinja", {"roles": request.roles, "items": items_for(request)})


def account(request: KnownRequest) -> HttpResponse:
    """Show one's own account and roles."""
    user = request.user
    facts = {
        "roles": user.assignments.order_by("role", "starts_on"),
        "codes_left": user.recovery_codes.filter(used_at__isnull=True).count(),
        "has_password": user.has_usable_password(),
    }
    return render(request, "account.jinja", facts)


@require_http_methods(["GET", "POST"])
def password(request: KnownRequest) -> HttpResponse:
    """Change one's own password; every other session of the account ends."""
    form = forms.ChangePassword(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_right_password(request, form):
        try:
            enrolment.change_password(user=request.user, password=form.cleaned_data["new"])
        except UsageError as error:
            form.add_error("new", error.seen)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "Your password is changed, and every other session of yours has ended")
            return redirect("account")
    return form_page(request, "account_password.jinja", form)


@require_http_methods(["GET", "POST"])
def authenticator(request: KnownRequest) -> HttpResponse:
    """Take another authenticator, and new recovery codes with it."""
    form = forms.ChangeAuthenticator(request.POST or None)
    key = request.session.setdefault(_KEY, enrolment.new_key())
    if request.method == "POST" and form.is_valid() and _is_right_password(request, form):
        codes = enrolment.change_authenticator(user=request.user, key=key, code=form.cleaned_data["code"])
        if codes is not None:
            del request.session[_KEY]
            update_session_auth_hash(request, request.user)
            return render(request, "recovery_codes.jinja", {"codes": codes, "next": "account"})
        form.add_error("code", "The code is not right. Enter the code the new authenticator shows now.")
    shown = {"qr": qr(enrolment.address_of_key(key, request.user.email)), "key": enrolment.typed_key(key)}
    return form_page(request, "account_authenticator.jinja", form, **shown)


def _is_right_password(request: KnownRequest, form: forms.WithPassword) -> bool:
    """Check the present password again; a wrong one counts as one at log-in does."""
    user = request.user
    if not user.is_locked and user.check_password(form.cleaned_data["password"]):
        return True
    actions.note_failure(email=user.email, step="password")
    form.add_error("password", "The password is not right, or the account is locked for 15 minutes")
    return False
